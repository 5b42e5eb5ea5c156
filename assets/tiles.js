/* Datasets to choose from: one tile each, with its own points in it. */

import { classColour, rgb, signedColour } from "./colour.js";
import { element, mount } from "./mount.js";

const SPACE = "http://www.w3.org/2000/svg";
const STYLE = new URL("data.css", import.meta.url).href;
const REACH = 6.6; // a little more than the plane, so that no point is cut
const RADIUS = 0.3;
const PENCIL = "M-3.6 3.6l.5-2.6L2.4-4.5a.8.8 0 0 1 1.1 0l1 1a.8.8 0 0 1 0 1.1L-1 3.1z";

export default (component) => mount(component, (panel) => new Tiles(panel));

class Tiles {
  constructor(panel) {
    Object.assign(this, { panel, told: "" });
    this.style = element("link", { rel: "stylesheet", href: STYLE });
    panel.root.before(this.style);
    panel.root.classList.add("nx-tiles");
    panel.root.setAttribute("role", "radiogroup");
    panel.root.addEventListener("keydown", (event) => this.move(event));
  }

  update() {
    const { tiles = [], label = "" } = this.panel.data, told = JSON.stringify(tiles);
    this.panel.root.ariaLabel = label;
    if (told !== this.told) {
      this.told = told;
      this.buttons = new Map(tiles.map((tile) => [tile.kind, this.tile(tile)]));
      this.panel.root.replaceChildren(...this.buttons.values());
    }
    this.mark(this.panel.data.chosen);
  }

  draw() {}

  destroy() {
    this.style.remove();
  }

  restyle() {
    this.told = "";
    this.update();
  }

  tile({ kind, title, about, points, isNumeric }) {
    const picture = points ? this.scatter(points, isNumeric) : pencil();
    const made = element("button", { className: "nx-tile", type: "button", role: "radio", title: about ?? "", dataset: { kind } },
      picture, element("span", {}, title));
    made.addEventListener("click", () => this.choose(kind));
    return made;
  }

  scatter({ x, y, target }, isNumeric) {
    const picture = sheet(), { colours } = this.panel.theme;
    const most = Math.max(...target.map(Math.abs), 1e-9);
    x.forEach((left, i) => {
      const dot = document.createElementNS(SPACE, "circle");
      const colour = isNumeric ? signedColour(colours, target[i] / most) : rgb(classColour(target[i]));
      for (const [name, value] of Object.entries({ cx: left, cy: -y[i], r: RADIUS, fill: colour })) dot.setAttribute(name, value);
      picture.append(dot);
    });
    return picture;
  }

  mark(chosen) {
    const known = this.buttons.has(chosen) ? chosen : this.buttons.keys().next().value;
    for (const [kind, button] of this.buttons) {
      button.setAttribute("aria-checked", String(kind === chosen));
      button.tabIndex = kind === known ? 0 : -1;
    }
  }

  choose(kind) {
    this.mark(kind);
    this.panel.trigger("chosen", { kind });
  }

  move(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...this.buttons.values()], here = all.indexOf(event.target.closest("button"));
    const next = all[(here + step + all.length) % all.length];
    next.focus();
    this.choose(next.dataset.kind);
  }
}

function sheet() {
  const picture = document.createElementNS(SPACE, "svg");
  picture.setAttribute("viewBox", [-REACH, -REACH, 2 * REACH, 2 * REACH].join(" "));
  picture.setAttribute("aria-hidden", "true");
  return picture;
}

function pencil() {
  const picture = sheet(), path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", PENCIL);
  path.setAttribute("class", "nx-pencil");
  picture.append(path);
  return picture;
}
