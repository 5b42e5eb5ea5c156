/* A small box at a weight or a bias: it shows the live value until a new one is typed. */

import { numberAt } from "./frames.js";
import { element, write } from "./mount.js";
import { steady } from "./plot.js";
import { words } from "./words.js";

const ROOM = 150; // pixels that the box needs

export class WeightEditor {
  constructor(stage) {
    Object.assign(this, { stage, isOpen: false });
    this.input = element("input", { type: "text", inputMode: "decimal", ariaLabel: words.typeWeight });
    this.label = element("span", { className: "nx-muted" });
    this.fault = element("span", { className: "nx-fault", role: "alert" });
    this.box = element("div", { className: "nx-editor", hidden: true }, this.label, this.input, this.fault);
    stage.frameElement.append(this.box);
    this.input.addEventListener("input", () => (this.isTyped = true));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
  }

  open(tensor, index, { x, y }) {
    Object.assign(this, { tensor, index, isOpen: true, isTyped: false });
    write(this.label, tensor.endsWith(".bias") ? words.bias("") : words.weight(""));
    write(this.fault, "");
    this.box.hidden = false;
    const { width } = this.stage.sized;
    Object.assign(this.box.style, { left: `${Math.max(4, Math.min(width - ROOM, x - ROOM / 2))}px`, top: `${Math.max(4, y - 46)}px` });
    this.input.readOnly = !this.stage.store.maySteer;
    this.follow();
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  get value() {
    const array = this.stage.array(this.tensor);
    if (!array) return null;
    const [row, column] = this.index;
    return numberAt(array, column === undefined ? row : row * array.shape[1] + column);
  }

  /* While nothing is typed the box shows the value of the frame on screen. */
  follow() {
    if (!this.isOpen || this.isTyped || this.value === null) return;
    const text = steady(this.value);
    if (this.input.value === text) return;
    this.input.value = text;
    this.input.select();
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.leave();
    if (event.key === "Enter") this.send();
  }

  async send() {
    if (this.input.readOnly || !this.isTyped) return this.leave();
    const value = Number(this.input.value.trim().replace("−", "-").replace(",", "."));
    if (this.input.value.trim() === "" || !Number.isFinite(value)) return write(this.fault, words.notNumber);
    const { tensor, index } = this;
    try {
      await this.stage.store.command("set_weight", { tensor, index, value });
      return this.leave();
    } catch (error) {
      return write(this.fault, error.message);
    }
  }

  leave() {
    this.close();
    this.stage.canvas.focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.box.hidden = true;
    this.stage.panel.redraw();
  }
}
