/* What comes out: the answer, the scores on held-out data, or a text that the network writes. A unit under the pointer
takes the picture's place, enlarged. */

import { About } from "./about.js";
import { begin, element, mount, write } from "./mount.js";
import { setFont } from "./plot.js";
import { AnswerView } from "./result_answer_view.js";
import { ScoresView } from "./result_scores.js";
import { TextView } from "./result_text.js";
import { drawEnlarged } from "./result_unit.js";
import { unitName } from "./stage_card.js";
import { describeColumns } from "./stage_layout.js";
import { words } from "./words.js";

export default (component) => mount(component, (panel) => new Result(panel));

class Result {
  constructor(panel) {
    this.panel = panel;
    this.makeParts();
    this.sized = panel.canvas(this.plot, { role: "img" });
    this.views = { answer: new AnswerView(this), scores: new ScoresView(this), text: new TextView(this) };
    this.buttons = Object.fromEntries(Object.keys(this.views).map((name) => [name, this.switchButton(name)]));
    this.switch.append(...Object.values(this.buttons));
    this.name = "answer";
  }

  makeParts() {
    this.switch = element("div", { className: "nx-switch", role: "group", ariaLabel: words.whatIsShown });
    this.about = new About("nx-end");
    this.title = element("strong");
    this.readout = element("span", { className: "nx-muted nx-readout" });
    this.plot = element("div", { className: "nx-plot" });
    this.tools = element("div", { className: "nx-tools" });
    this.panel.root.classList.add("nx-result");
    this.panel.root.append(
      element("div", { className: "nx-title" }, this.switch, this.about.box),
      element("div", { className: "nx-subtitle" }, this.title, this.readout), this.plot, this.tools,
    );
  }

  switchButton(name) {
    const button = element("button", { type: "button", textContent: words.views[name] });
    button.addEventListener("click", () => this.choose(name));
    return button;
  }

  get view() {
    return this.views[this.name];
  }

  choose(name) {
    if (this.isOpen && name === this.name) return;
    if (this.isOpen) this.view.close();
    Object.assign(this, { name, isOpen: true });
    for (const [each, button] of Object.entries(this.buttons)) button.ariaPressed = String(each === name);
    this.view.open();
    this.tools.replaceChildren(...this.view.tools());
    this.panel.redraw();
  }

  /* Only what applies to this network is offered; an offer that is gone leads back to the answer. */
  update(isNewStore) {
    const { data, diagram } = this.panel, hidden = new Set(data.hidden ?? []);
    if (isNewStore) {
      this.panel.watch("stage", "stage", data.settings ?? {}, data.example ?? null);
      if (this.isOpen) this.view.close();
      this.isOpen = false;
    }
    for (const [name, view] of Object.entries(this.views)) {
      view.isOffered = view.fits(diagram) && !hidden.has(name);
      this.buttons[name].hidden = !view.isOffered;
    }
    this.switch.hidden = Object.values(this.views).filter((view) => view.isOffered).length < 2;
    this.choose(this.view.isOffered ? this.name : "answer");
    this.view.update?.();
  }

  restyle() {
    this.view.restyle?.();
  }

  draw() {
    if (!begin(this.sized)) return;
    const frame = this.panel.store.frame("stage");
    this.view.follow?.();
    const unit = this.enlarged(frame);
    const isCovered = unit !== null && this.name !== "answer";
    this.view.cover?.(isCovered);
    this.about.tell(unit ? words.explain.unit(unit.column.look) : this.view.explanation);
    if (isCovered && unit.column.look === "maps") this.views.answer.draw(frame, unit);
    else if (unit && unit.column.look !== "maps") drawEnlarged(this, unit, frame);
    else this.view.draw(frame, unit);
  }

  /* The unit under the pointer on the stage, else the selected one beside the answer, if there is something to enlarge. */
  enlarged(frame) {
    const { hovered, selected } = this.panel.store, unit = hovered ?? (this.name === "answer" ? selected : null);
    const array = unit && frame?.arrays.get(unit.layer);
    if (!array || array.shape.length < 2) return null;
    const column = describeColumns(this.panel.diagram, frame).find(({ name }) => name === unit.layer);
    return column ? { ...unit, array, column, title: unitName(column, unit.index) } : null;
  }

  drawNothing(title, sentence) {
    const { context, width, height } = this.sized;
    write(this.title, title);
    write(this.readout, "");
    this.say(sentence);
    setFont(context, this.panel.theme, 12.5);
    context.fillStyle = this.panel.theme.muted;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(sentence, width / 2, height / 2, width - 20);
  }

  say(text) {
    if (this.sized.canvas.ariaLabel !== text) this.sized.canvas.ariaLabel = text;
  }
}
