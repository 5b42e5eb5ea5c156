/* The controls under a result, and what its pictures ask of the network. */

import { element, write } from "./mount.js";
import { words } from "./words.js";

/* Whether the answer tells classes or tokens rather than numbers. */
export const answersClasses = (diagram) => !/regression/.test(diagram.task?.kind ?? "");

export function check(text, isOn, changed) {
  const input = element("input", { type: "checkbox", checked: isOn });
  input.addEventListener("change", changed);
  return { input, label: element("label", {}, input, text) };
}

export function press(text, label, pressed) {
  const button = element("button", { type: "button", textContent: text, ariaLabel: label, title: label });
  button.addEventListener("click", pressed);
  return button;
}

/* A menu of numbers with its name before it. */
export function menu(text, values, value, changed) {
  const select = element("select", {}, ...values.map((each) => element("option", { value: String(each), textContent: String(each) })));
  select.value = String(value);
  select.addEventListener("change", () => changed(Number(select.value)));
  return element("label", {}, text, select);
}

/* Which example: the data, and one after the other. */
export class ExamplePicker {
  constructor(panel) {
    this.panel = panel;
    const options = ["test", "train"].map((split) => element("option", { value: split, textContent: words.split(split) }));
    this.splits = element("select", { ariaLabel: words.splitMenu }, ...options);
    this.splits.addEventListener("change", () => panel.store.lookAt({ split: this.splits.value, index: 0 }));
    this.place = element("span", { className: "nx-place" });
    const turns = [press("‹", words.previousExample, () => this.turn(-1)), this.place, press("›", words.nextExample, () => this.turn(1))];
    this.parts = [this.splits, element("span", { className: "nx-turns" }, ...turns)];
  }

  turn(by) {
    const { example } = this.panel.store, size = this.panel.diagram.sizes?.[example.split];
    const next = example.index + by;
    this.panel.store.lookAt({ index: size ? (next + size) % size : Math.max(0, next) });
  }

  follow() {
    const { example } = this.panel.store;
    if (this.splits.value !== example.split) this.splits.value = example.split;
    write(this.place, String(example.index + 1));
  }
}
