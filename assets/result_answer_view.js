/* The answer: over the plane for points, else the example with what the network says of it. */

import { drawAnswer } from "./result_answer.js";
import { Surface } from "./result_surface.js";
import { check, ExamplePicker } from "./result_tools.js";
import { viewOf } from "./stage_layout.js";
import { words } from "./words.js";

export class AnswerView {
  constructor(result) {
    this.result = result;
    this.picker = new ExamplePicker(result.panel);
    this.surface = new Surface(result);
  }

  fits() {
    return true;
  }

  get isPlane() {
    return viewOf(this.result.panel.diagram) === "points";
  }

  get explanation() {
    return this.isPlane ? words.explain.plane : words.explain.example;
  }

  open() {
    this.kind = this.isPlane;
  }

  close() {
    this.surface.leave();
  }

  /* The diagram may have come meanwhile, and with it another kind of answer. */
  update() {
    this.surface.forget();
    if (this.kind === this.isPlane) return;
    this.open();
    this.result.tools.replaceChildren(...this.tools());
  }

  restyle() {
    this.surface.forget();
  }

  tools() {
    if (!this.isPlane) return this.picker.parts;
    const { data } = this.result.panel;
    this.surface.test ??= check(words.showTest, data.show_test ?? false, () => this.toggled());
    this.surface.discretise ??= check(words.discretise, data.discretise ?? false, () => this.toggled());
    return [this.surface.test.label, this.surface.discretise.label];
  }

  toggled() {
    this.surface.forget();
    this.result.panel.redraw();
  }

  follow() {
    if (!this.isPlane) this.picker.follow();
  }

  draw(frame, unit) {
    if (this.isPlane) this.surface.draw(frame, unit);
    else if (frame) drawAnswer(this.result, frame);
    else this.result.drawNothing(words.output, words.noAnswer);
  }
}
