/* What every component has in common: one root that stays, its theme, its store, and canvases of the screen's own pixels. */

import { palette } from "./colour.js";
import { connect } from "./live.js";

const STYLE = new URL("explorer.css", import.meta.url).href;
const NOTHING = {};
const panels = new WeakMap(); // by the element that Streamlit gives; it calls a component again with every change

/* `make(panel)` builds the view once: {draw(), update?(), destroy?(), hasFrames?}. Returns the cleanup.

A view whose `hasFrames` is false is not drawn again for a frame alone. */
export function mount(component, make) {
  const { parentElement } = component;
  const panel = panels.get(parentElement) ?? newPanel(parentElement, make);
  clearTimeout(panel.leaving); // the framework may clean up and call again at once: nothing is lost then
  panel.update(component);
  return () => {
    panel.leaving = setTimeout(() => {
      panel.destroy();
      panels.delete(parentElement);
    });
  };
}

function newPanel(parentElement, make) {
  const panel = new Panel(parentElement, make);
  panels.set(parentElement, panel);
  return panel;
}

class Panel {
  constructor(parentElement, make) {
    this.root = element("div", { className: "nx" });
    this.style = element("link", { rel: "stylesheet", href: STYLE, onload: () => this.restyle() });
    parentElement.append(this.style, this.root);
    Object.assign(this, { make, view: null, store: null, canvases: [], leavers: [] });
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.restyle = this.restyle.bind(this);
    this.scheme.addEventListener("change", this.restyle);
  }

  update({ data, setTriggerValue, setStateValue }) {
    this.data = data ?? {};
    this.trigger = setTriggerValue ?? (() => {});
    this.keep = setStateValue ?? (() => {});
    const isNew = this.useStore();
    this.theme = readTheme(this.root);
    this.view ??= this.make(this);
    this.root.style.height = this.data.height ? `${this.data.height}px` : "";
    this.described = this.diagram;
    this.view.update?.(isNew);
    this.redraw();
  }

  /* The network as it is drawn: the component's own, else what the store has fetched; empty until it is here. */
  get diagram() {
    return this.data.diagram ?? this.store.diagram ?? NOTHING;
  }

  draw() {
    if (!this.view) return;
    if (this.described !== this.diagram) {
      this.described = this.diagram;
      this.view.update?.(false);
    }
    if (this.view.hasFrames === false && this.drawn === this.store.changes) return;
    this.drawn = this.store.changes;
    this.view.draw();
  }

  useStore() {
    const { run = null, token = null } = this.data;
    if (this.store && this.store.run === run && this.store.token === token) return false;
    this.leaveStore();
    this.drawn = null;
    this.store = connect(run, token);
    const unsubscribe = this.store.subscribe(() => this.draw());
    this.leavers.push(unsubscribe, () => this.store.release());
    return true;
  }

  leaveStore() {
    this.leavers.splice(0).forEach((leave) => leave());
  }

  /* Watch a lens for as long as this store is used, or until the function that is returned is called. */
  watch(id, ...look) {
    const stop = this.store.watch(id, ...look);
    this.leavers.unshift(stop);
    return () => {
      const place = this.leavers.indexOf(stop);
      if (place >= 0) this.leavers.splice(place, 1)[0]();
    };
  }

  restyle() {
    this.theme = readTheme(this.root);
    this.view?.restyle?.();
    this.redraw();
  }

  redraw() {
    this.store.schedule();
  }

  /* A canvas that fills its parent, in the screen's own pixels. */
  canvas(parent, attributes = {}) {
    const canvas = element("canvas", attributes);
    parent.append(canvas);
    const sized = { canvas, context: canvas.getContext("2d"), width: 0, height: 0 };
    sized.observer = new ResizeObserver(() => {
      sized.room = [parent.clientWidth, parent.clientHeight]; // asked here, where the page is laid out already
      this.redraw();
    });
    sized.observer.observe(parent);
    this.canvases.push(sized);
    return sized;
  }

  destroy() {
    this.leaveStore();
    this.scheme.removeEventListener("change", this.restyle);
    this.canvases.forEach(({ observer }) => observer.disconnect());
    this.view?.destroy?.();
    this.root.remove();
    this.style.remove();
  }
}

/* Makes the canvas as large as its parent and clears it; false while there is no room. */
export function begin(sized) {
  const { canvas, context } = sized;
  const [width, height] = sized.room ?? [canvas.parentElement.clientWidth, canvas.parentElement.clientHeight];
  if (!width || !height) return false;
  const ratio = Math.min(3, devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  Object.assign(sized, { width, height, ratio });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return true;
}

export function element(name, properties = {}, ...children) {
  const { dataset, style, ...rest } = properties;
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(rest)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  Object.assign(made.dataset, dataset);
  Object.assign(made.style, style);
  made.append(...children);
  return made;
}

/* Writes only what differs: the page is not laid out again for nothing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function readTheme(root) {
  const style = getComputedStyle(root);
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const read = (name, light, dark) => style.getPropertyValue(`--st-${name}`).trim() || (prefersDark ? dark : light);
  const background = read("background-color", "#ffffff", "#0e1117");
  const isDark = luminance(background) < 0.4;
  root.classList.toggle("nx-dark", isDark);
  return {
    isDark, background, colours: palette(isDark),
    text: read("text-color", "#1f2937", "#e6eaf0"),
    panel: read("secondary-background-color", "#f4f6f8", "#181d25"),
    primary: read("primary-color", "#0877bd", "#42acf0"),
    border: read("border-color", "rgba(31,41,55,.14)", "rgba(230,234,240,.16)"),
    muted: isDark ? "rgba(226,232,240,.62)" : "rgba(31,41,55,.62)",
    faint: isDark ? "rgba(226,232,240,.13)" : "rgba(31,41,55,.10)",
    font: read("font", "system-ui, sans-serif", "system-ui, sans-serif"),
  };
}

/* How light a CSS colour is, 0 to 1; the browser reads the colour, whatever its notation. */
function luminance(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
