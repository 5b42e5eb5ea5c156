/* The answer: over the plane for points, else the example with what the network says of it. */

import { drawAnswer } from "./result_answer.js";
import { Surface } from "./result_surface.js";
import { drawTold, TOLD } from "./result_told.js";
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

  /* What tells the answer, where it is not told by the picture of the network. */
  get lens() {
    return TOLD[this.result.panel.diagram.task?.kind] ?? null;
  }

  get explanation() {
    return this.isPlane ? words.explain.plane : words.explain[this.lens] ?? words.explain.example;
  }

  open() {
    this.close();
    [this.kind, this.told] = [this.isPlane, this.lens];
    if (this.told) this.stop = this.result.panel.watch(this.told, this.told, {});
  }

  close() {
    this.surface.leave();
    this.stop?.();
    this.stop = null;
  }

  /* The diagram may have come meanwhile, and with it another kind of answer. */
  update() {
    this.surface.forget();
    if (this.kind === this.isPlane && this.told === this.lens) return;
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
    const told = this.lens && this.result.panel.store.frame(this.lens);
    if (this.isPlane) this.surface.draw(frame, unit);
    else if (told) drawTold(this.result, told);
    else if (frame) drawAnswer(this.result, frame);
    else this.result.drawNothing(words.output, words.noAnswer);
  }
}
