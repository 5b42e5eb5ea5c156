/* The answer: over the plane for points, else the example with what the network says of it. A unit under the pointer
takes its place, enlarged. */

import { begin, element, mount, write } from "./mount.js";
import { setFont } from "./plot.js";
import { drawAnswer } from "./result_answer.js";
import { drawEnlarged } from "./result_unit.js";
import { Surface } from "./result_surface.js";
import { unitName } from "./stage_card.js";
import { describeColumns, viewOf } from "./stage_layout.js";
import { words } from "./words.js";

export default (component) => mount(component, (panel) => new Result(panel));

class Result {
  constructor(panel) {
    this.panel = panel;
    this.title = element("strong");
    this.readout = element("span", { className: "nx-muted nx-readout" });
    this.plot = element("div", { className: "nx-plot" });
    this.tools = element("div", { className: "nx-tools" });
    this.text = element("div", { className: "nx-unseen", ariaLive: "off" });
    panel.root.classList.add("nx-result");
    panel.root.append(element("div", { className: "nx-title" }, this.title, this.readout), this.plot, this.tools, this.text);
    this.sized = panel.canvas(this.plot, { role: "img" });
    this.surface = new Surface(this);
  }

  get isPlane() {
    return viewOf(this.panel.diagram) === "points";
  }

  update(isNewStore) {
    const { data } = this.panel;
    if (isNewStore) this.panel.watch("stage", "stage", data.settings ?? {}, data.example ?? null);
    this.surface.forget();
    const kind = this.isPlane ? "plane" : "example";
    if (kind !== this.kind) this.makeTools(kind);
    this.kind = kind;
  }

  restyle() {
    this.surface.forget();
  }

  makeTools(kind) {
    this.tools.replaceChildren(...(kind === "plane" ? this.planeTools() : this.exampleTools()));
  }

  planeTools() {
    const { data } = this.panel;
    this.showTest = check(words.showTest, data.show_test ?? false, () => this.toggled());
    this.discretise = check(words.discretise, data.discretise ?? false, () => this.toggled());
    return [this.showTest.label, this.discretise.label];
  }

  toggled() {
    this.surface.forget();
    this.panel.redraw();
  }

  /* Which example: the data, and one after the other. */
  exampleTools() {
    const options = ["test", "train"].map((split) => element("option", { value: split, textContent: words.split(split) }));
    this.splits = element("select", { ariaLabel: words.splitMenu }, ...options);
    this.splits.addEventListener("change", () => this.panel.store.lookAt({ split: this.splits.value, index: 0 }));
    const turn = (text, label, by) => {
      const button = element("button", { type: "button", textContent: text, ariaLabel: label, title: label });
      button.addEventListener("click", () => this.turn(by));
      return button;
    };
    this.place = element("span", { className: "nx-place" });
    return [this.splits, turn("‹", words.previousExample, -1), this.place, turn("›", words.nextExample, 1)];
  }

  turn(by) {
    const { index } = this.panel.store.example, size = this.panel.diagram.sizes?.[this.panel.store.example.split];
    const next = index + by;
    this.panel.store.lookAt({ index: size ? (next + size) % size : Math.max(0, next) });
  }

  draw() {
    if (!begin(this.sized)) return;
    const frame = this.panel.store.frame("stage");
    if (!this.isPlane) this.showExample();
    const unit = this.enlarged(frame);
    if (this.isPlane) this.surface.draw(frame, unit);
    else if (!frame) this.drawNothing();
    else if (unit) drawEnlarged(this, unit, frame);
    else drawAnswer(this, frame);
  }

  showExample() {
    const { example } = this.panel.store;
    if (this.splits.value !== example.split) this.splits.value = example.split;
    write(this.place, String(example.index + 1));
  }

  /* The unit under the pointer on the stage, else the selected one, if the frame has something of it to enlarge. */
  enlarged(frame) {
    const unit = this.panel.store.hovered ?? this.panel.store.selected, array = unit && frame?.arrays.get(unit.layer);
    if (!array || array.shape.length < 2) return null;
    const column = describeColumns(this.panel.diagram, frame).find(({ name }) => name === unit.layer);
    return column ? { ...unit, array, column, title: unitName(column, unit.index) } : null;
  }

  drawNothing() {
    const { context, width, height } = this.sized;
    write(this.title, words.output);
    setFont(context, this.panel.theme, 12.5);
    context.fillStyle = this.panel.theme.muted;
    context.textAlign = "center";
    context.fillText(words.noAnswer, width / 2, height / 2, width - 20);
  }

  say(text) {
    if (this.sized.canvas.ariaLabel !== text) this.sized.canvas.ariaLabel = text;
  }
}

function check(text, isOn, changed) {
  const input = element("input", { type: "checkbox", checked: isOn });
  input.addEventListener("change", changed);
  return { input, label: element("label", {}, input, text) };
}
