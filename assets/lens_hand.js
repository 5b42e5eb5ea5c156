/* The pointer and the keys over a view: both point at the same places, and what can be clicked can be pressed. */

import { write } from "./mount.js";
import { outline } from "./stage_units.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const DRAG = 4; // pixels that are still a click

export class Hand {
  constructor(lens) {
    Object.assign(this, { lens, pointer: null, cursor: null, span: null, pressed: null, pointed: null, view: null });
    const { canvas } = lens.sized;
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", () => this.drop());
    canvas.addEventListener("pointerleave", () => this.drop());
    canvas.addEventListener("blur", () => this.drop(true));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  let_go(view) {
    Object.assign(this, { view, pointer: null, cursor: null, span: null, pressed: null, pointed: null });
  }

  get result() {
    return this.lens.result;
  }

  get tip() {
    return this.pointed?.text ? this.pointed : null;
  }

  /* After a drawing: what lies under the pointer or the cursor in it, and what the canvas says. */
  follow(alt) {
    const { canvas } = this.lens.sized, { result } = this;
    const before = this.pointed;
    this.pointed = result ? this.find() : null;
    if (before?.text !== this.pointed?.text || before?.key !== this.pointed?.key) this.lens.panel.redraw();
    canvas.style.cursor = this.pointed?.sent ? "pointer" : result?.drag ? "crosshair" : "";
    if (canvas.ariaLabel !== alt) canvas.ariaLabel = alt;
  }

  find() {
    if (this.pointer) return this.result.find?.(this.pointer.x, this.pointer.y) ?? null;
    return this.cursor ? this.result.at?.(...this.cursor) ?? null : null;
  }

  mark({ context, theme }, found) {
    if (this.span && found.drag) {
      const { x, y, width, height } = found.drag.band(...this.ordered());
      context.fillStyle = theme.isDark ? "rgba(66,172,240,.22)" : "rgba(8,119,189,.16)";
      context.fillRect(x, y, width, height);
    }
    const box = this.pointed?.box;
    if (box && !this.pointed.isPlain) outline(context, box, theme.text, 1.5, Math.min(4, box.width / 3, box.height / 3));
  }

  move({ offsetX: x, offsetY: y }) {
    Object.assign(this, { pointer: { x, y }, cursor: this.pressed ? this.cursor : null });
    const drag = this.result?.drag;
    if (this.pressed && drag && Math.abs(x - this.pressed.x) > DRAG) this.span = [drag.at(this.pressed.x), drag.at(x)];
    this.lens.panel.redraw();
  }

  press(event) {
    const { offsetX: x, offsetY: y } = event;
    Object.assign(this, { pressed: { x, y }, pointer: { x, y }, cursor: null, span: null });
    if (this.result?.drag) this.lens.sized.canvas.setPointerCapture(event.pointerId);
  }

  release({ offsetX: x, offsetY: y }) {
    if (!this.pressed) return;
    const { span } = this;
    Object.assign(this, { pressed: null, pointer: { x, y } });
    if (span) return this.sendSpan();
    const hit = this.result?.find?.(x, y);
    if (hit?.sent) this.lens.send(hit.sent);
    return this.lens.panel.redraw();
  }

  sendSpan() {
    const [start, stop] = this.ordered();
    this.span = null;
    this.lens.send(["span", { start, stop, ...(this.result?.drag?.about ?? {}) }]);
    this.lens.panel.redraw();
  }

  ordered() {
    return [Math.min(...this.span), Math.max(...this.span)];
  }

  drop(isBlur = false) {
    Object.assign(this, { pointer: null, pressed: null, span: null });
    if (isBlur) this.cursor = null;
    this.lens.panel.redraw();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.result?.at) return;
    if (ARROWS[event.key]) this.step(ARROWS[event.key], event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") this.enter();
    else if (event.key === "Escape" && this.cursor) Object.assign(this, { cursor: null, span: null });
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.lens.panel.redraw();
  }

  step([down, right], isSpan) {
    const { rows, columns, drag } = this.result, before = this.cursor;
    const place = before ? [before[0] + down, before[1] + right] : [0, 0];
    this.cursor = [clamp(place[0], rows), clamp(place[1], columns)];
    this.pointer = null;
    if (isSpan && drag && right) this.span = [this.span?.[0] ?? before?.[1] ?? 0, this.cursor[1]];
    else this.span = null;
    this.pointed = this.result.at(...this.cursor);
    write(this.lens.told, this.pointed?.text ?? "");
  }

  enter() {
    if (this.span) return this.sendSpan();
    const hit = this.cursor && this.result.at(...this.cursor);
    return hit?.sent && this.lens.send(hit.sent);
  }
}

const clamp = (value, count) => Math.max(0, Math.min(count - 1, value));
