/* A picture of one's own, drawn on as many pixels as the data's pictures have: what is seen is what the network gets. */

import { Given } from "./given.js";
import { element, mount } from "./mount.js";
import { ownWords as words } from "./own_words.js";

const STYLE = new URL("own.css", import.meta.url).href;
const PAPER = "#ffffff", INKS = ["#000000", "#d62728", "#e3a008", "#2ca02c", "#1f77b4", "#8b5a2b"];
const BRUSH = { ink: 0.1, colour: 0.08, erase: 0.16 }; // of the width of the picture
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export default (component) => mount(component, (panel) => new Pad(panel));

class Pad {
  constructor(panel) {
    Object.assign(this, { panel, ink: INKS[0], last: null, cursor: [0.5, 0.5] });
    this.canvas = element("canvas", { tabIndex: 0, role: "application", ariaLabel: words.pad });
    this.marker = element("div", { className: "nx-pad-cursor", hidden: true });
    this.tools = element("div", { className: "nx-pad-tools", role: "group" });
    panel.root.classList.add("nx-pad");
    panel.root.append(element("link", { rel: "stylesheet", href: STYLE }), element("div", { className: "nx-pad-sheet" }, this.canvas, this.marker), this.tools);
    this.given = new Given(panel, "picture", "drawn", (picture) => this.show(picture));
    this.listen();
  }

  update() {
    const [channels, height, width] = this.panel.data.shape ?? [1, 8, 8];
    if (this.canvas.width !== width || this.canvas.height !== height || !this.tools.childElementCount) {
      Object.assign(this.canvas, { width, height });
      this.context = this.canvas.getContext("2d", { willReadFrequently: true });
      this.makeTools(channels);
    }
    this.given.update();
  }

  makeTools(channels) {
    const inks = (channels === 1 ? INKS.slice(0, 1) : INKS).map((ink) => this.tool(words.pen, () => this.choose(ink), ink));
    const erase = this.tool(words.erase, () => this.choose(PAPER), PAPER);
    const clear = element("button", { type: "button", textContent: words.clear });
    clear.addEventListener("click", () => (this.blank(), this.tell()));
    this.tools.replaceChildren(...inks, erase, clear);
    this.choose(this.ink);
  }

  tool(title, act, ink) {
    const button = element("button", { type: "button", title, ariaLabel: title, dataset: { ink } }, element("span", { className: "nx-swatch", style: { background: ink } }));
    button.addEventListener("click", act);
    return button;
  }

  choose(ink) {
    this.ink = ink;
    for (const button of this.tools.querySelectorAll("[data-ink]")) button.ariaPressed = String(button.dataset.ink === ink);
  }

  blank() {
    Object.assign(this.context, { fillStyle: PAPER });
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /* What Python says, in URL-safe base64. */
  async show(picture) {
    this.blank();
    if (!picture) return;
    const bytes = Uint8Array.from(atob(picture.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes])).catch(() => null);
    if (image && picture === this.given.value) this.context.drawImage(image, 0, 0, this.canvas.width, this.canvas.height);
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.last && this.extend(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, () => (this.last = null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("focus", () => (this.marker.hidden = !canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => (this.marker.hidden = true));
  }

  begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.placeOf(event);
    this.stroke(this.last, this.last);
  }

  extend(event) {
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const place = this.placeOf(each);
      this.stroke(this.last, place);
      this.last = place;
    }
  }

  /* In shares of the sheet. */
  placeOf({ offsetX, offsetY }) {
    return [offsetX / this.canvas.clientWidth, offsetY / this.canvas.clientHeight];
  }

  stroke([x0, y0], [x1, y1], ink = this.ink) {
    const { width, height } = this.canvas, brush = ink === PAPER ? BRUSH.erase : this.panel.data.is_ink ? BRUSH.ink : BRUSH.colour;
    Object.assign(this.context, { strokeStyle: ink, lineWidth: brush * width, lineCap: "round", lineJoin: "round" });
    this.context.beginPath();
    this.context.moveTo(x0 * width, y0 * height);
    this.context.lineTo(x1 * width + 1e-3, y1 * height);
    this.context.stroke();
    this.tell();
  }

  key(event) {
    const step = ARROWS[event.key], { width, height } = this.canvas;
    if (step) this.cursor = [clamp(this.cursor[0] + step[0] / width), clamp(this.cursor[1] + step[1] / height)];
    else if (event.key === " ") this.stroke(this.cursor, this.cursor);
    else if (event.key === "Delete" || event.key === "Backspace") this.stroke(this.cursor, this.cursor, PAPER);
    else return;
    event.preventDefault();
    event.stopPropagation();
    Object.assign(this.marker.style, { left: `${100 * this.cursor[0]}%`, top: `${100 * this.cursor[1]}%` });
    this.marker.hidden = false;
  }

  /* At most once a frame of the screen. */
  tell() {
    this.telling ??= requestAnimationFrame(() => {
      this.telling = null;
      const [, text] = this.canvas.toDataURL("image/png").split(",");
      this.given.change(text.replaceAll("+", "-").replaceAll("/", "_"));
    });
  }

  draw() {}

  destroy() {
    this.given.leave();
  }
}

const clamp = (share) => Math.max(0, Math.min(1, share));
