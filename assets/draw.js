/* A sheet to draw points on: by mouse, finger or keyboard. Every finished stroke is sent to the page. */

import { classColour, rgb } from "./colour.js";
import { ERASER, EXTENT, drawSheet } from "./draw_sheet.js";
import { words } from "./draw_words.js";
import { begin, element, mount, write } from "./mount.js";

const STYLE = new URL("data.css", import.meta.url).href;
const SPACING = 0.3; // between two points of a dragged line
const STEP = 0.25, BIG_STEP = 1; // of the cursor; with the shift key
const REST = 600; // milliseconds without a key after which points that were typed are sent
const MOST_UNDO = 50;
const ICONS = {
  erase: "M15.1 4.2 20 9.1a1.5 1.5 0 0 1 0 2.1L12.8 18.4H20V20H8.2L4 15.8a1.5 1.5 0 0 1 0-2.1l9-9.5a1.5 1.5 0 0 1 2.1 0zM8.9 18.4h1.6l2.4-2.4-4.6-4.6-3.1 3.3z",
  undo: "M7.5 6.2 6.2 4.9 2 9l4.2 4.1 1.3-1.3L5.6 10H14a4 4 0 1 1 0 8h-3v2h3a6 6 0 1 0 0-12H5.6z",
  clear: "M9 3h6l1 2h4v2H4V5h4zM6 8.5h12L17.2 21H6.8z",
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export default (component) => mount(component, (panel) => new Sheet(panel));

class Sheet {
  constructor(panel) {
    Object.assign(this, { panel, points: [], before: [], chosen: 0, isErasing: false, stroke: 0, pending: null, line: null });
    Object.assign(this, { cursor: [0, 0], pointer: null, hasFocus: false });
    panel.root.classList.add("nx-draw");
    this.sheet = element("div", { className: "nx-sheet" });
    this.count = element("div", { className: "nx-count", role: "status" });
    panel.root.append(element("link", { rel: "stylesheet", href: STYLE }), this.tools(), this.sheet, this.count);
    this.sized = panel.canvas(this.sheet, { tabIndex: 0, role: "application", ariaLabel: words.sheet });
    this.listen(this.sized.canvas);
    this.mark();
  }

  tools() {
    const classes = element("div", { className: "nx-classes", role: "radiogroup", ariaLabel: words.classes });
    this.swatches = Array.from({ length: this.panel.data.classes ?? 4 }, (_, index) => {
      const dot = element("span", { className: "nx-swatch", style: { background: rgb(classColour(index)) } });
      const button = element("button", { type: "button", role: "radio", ariaLabel: words.className(index), title: words.className(index) }, dot);
      button.addEventListener("click", () => this.choose(index));
      return button;
    });
    classes.append(...this.swatches);
    this.eraser = this.tool("erase", () => this.erase(!this.isErasing));
    this.undoer = this.tool("undo", () => this.undo());
    this.clearer = this.tool("clear", () => this.clear());
    return element("div", { className: "nx-draw-tools" }, classes, this.eraser, this.undoer, this.clearer);
  }

  tool(name, act) {
    const button = element("button", { type: "button", title: words[name], ariaLabel: words[name] });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d="${ICONS[name]}"/></svg>`;
    button.addEventListener("click", act);
    return button;
  }

  // What Python says

  /* A stroke that Python has not heard of yet is newer than what it says. */
  update() {
    const { points = [], stroke = 0 } = this.panel.data;
    if (this.line || this.pending || stroke < this.stroke) return;
    this.stroke = stroke;
    if (JSON.stringify(points) === JSON.stringify(this.points)) return;
    this.points = points.map((point) => [...point]);
    this.before = [];
    this.mark();
  }

  send() {
    clearTimeout(this.pending);
    this.pending = null;
    this.stroke += 1;
    this.panel.trigger("drawn", { points: this.points, stroke: this.stroke });
  }

  sendSoon() {
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.send(), REST);
  }

  destroy() {
    if (this.pending) this.send();
  }

  // What a person does

  listen(canvas) {
    canvas.addEventListener("pointerdown", (event) => this.beginLine(event));
    canvas.addEventListener("pointermove", (event) => this.follow(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, () => this.endLine());
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.type(event));
    for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => this.look(name === "focus"));
  }

  beginLine(event) {
    if (event.button !== 0 && event.button !== 2) return;
    event.preventDefault();
    event.currentTarget.focus({ preventScroll: true });
    event.currentTarget.setPointerCapture(event.pointerId);
    this.remember();
    this.line = { isErasing: this.isErasing || event.button === 2 || event.ctrlKey, last: null, hasChanged: false };
    this.extend(this.placeOf(event));
  }

  follow(event) {
    this.point(this.placeOf(event));
    if (!this.line) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length ? passed : [event]) this.extend(this.placeOf(each));
  }

  extend(place) {
    const { line } = this;
    if (line.isErasing) line.hasChanged = this.eraseAround(place) || line.hasChanged;
    else if (!line.last || Math.hypot(place[0] - line.last[0], place[1] - line.last[1]) >= SPACING) {
      line.hasChanged = this.add(place) || line.hasChanged;
      line.last = place;
    }
    this.mark();
  }

  endLine() {
    if (!this.line) return;
    const { hasChanged } = this.line;
    this.line = null;
    if (hasChanged) this.send();
    else this.before.pop();
    this.mark();
  }

  type(event) {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z") this.undo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (ARROWS[key]) this.moveCursor(ARROWS[key], event.shiftKey ? BIG_STEP : STEP);
    else if (key === "Enter") this.typePoint((place) => this.add(place));
    else if (key === "Delete" || key === "Backspace") this.typePoint((place) => this.eraseAround(place));
    else if (key >= "1" && key <= String(this.swatches.length)) this.choose(Number(key) - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  moveCursor([right, up], step) {
    this.cursor = [this.cursor[0] + right * step, this.cursor[1] + up * step].map(inside);
    this.sayPlace();
    this.panel.redraw();
  }

  typePoint(act) {
    this.remember();
    if (act(this.cursor)) this.sendSoon();
    else this.before.pop();
    this.mark();
  }

  choose(index) {
    this.chosen = index;
    this.erase(false);
  }

  erase(isErasing) {
    this.isErasing = isErasing;
    this.mark();
  }

  undo() {
    if (!this.before.length || this.line) return;
    this.points = this.before.pop();
    this.mark();
    this.send();
  }

  clear() {
    if (!this.points.length) return;
    this.remember();
    this.points = [];
    this.mark();
    this.send();
  }

  // The points

  get most() {
    return this.panel.data.most ?? 5_000;
  }

  remember() {
    this.before.push(this.points.map((point) => [...point]));
    if (this.before.length > MOST_UNDO) this.before.shift();
  }

  add([x, y]) {
    if (this.points.length >= this.most) return false;
    this.points.push([rounded(x), rounded(y), this.chosen]);
    return true;
  }

  eraseAround([x, y]) {
    const kept = this.points.filter((point) => Math.hypot(point[0] - x, point[1] - y) > ERASER);
    const hasChanged = kept.length < this.points.length;
    this.points = kept;
    return hasChanged;
  }

  placeOf(event) {
    const { left, top, width, height } = this.sized.canvas.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * 2 * EXTENT - EXTENT;
    return [x, EXTENT - ((event.clientY - top) / height) * 2 * EXTENT].map(inside);
  }

  // What is seen

  point(place) {
    this.pointer = place;
    this.panel.redraw();
  }

  look(hasFocus) {
    this.hasFocus = hasFocus;
    this.panel.redraw();
  }

  mark() {
    const isFull = this.points.length >= this.most;
    this.swatches.forEach((button, index) => button.setAttribute("aria-checked", String(!this.isErasing && index === this.chosen)));
    this.eraser.setAttribute("aria-pressed", String(this.isErasing));
    this.undoer.disabled = !this.before.length;
    this.clearer.disabled = !this.points.length;
    this.sheet.dataset.mode = this.isErasing ? "erase" : "add";
    write(this.count, isFull ? words.full(this.most) : words.count(this.points.length, this.most));
    this.panel.redraw();
  }

  sayPlace() {
    write(this.count, words.at(...this.cursor.map(String), words.className(this.chosen)));
  }

  draw() {
    if (!begin(this.sized)) return;
    const { points, cursor, pointer } = this;
    const hasCursor = this.hasFocus && this.sized.canvas.matches(":focus-visible");
    drawSheet(this.sized, this.panel.theme, points, {
      cursor: hasCursor ? cursor : null, eraser: this.isErasing ? pointer : null,
    });
  }
}

const inside = (value) => Math.max(-EXTENT, Math.min(EXTENT, value));
const rounded = (value) => Math.round(value * 100) / 100;
