/* The examples of a prompt, to be dragged: the lines of all learners follow over the line to the server, without a rerun. */

import { numberAt } from "./frames.js";
import { begin, element, mount, write } from "./mount.js";
import { setFont } from "./plot.js";
import { answersAt, attentionAt, headsOf, isAnswer, rowsOf, rounded } from "./prompt_frame.js";
import { drawPlot, layOut, radiusOf } from "./prompt_plot.js";
import { words } from "./prompt_words.js";
import { nearest } from "./series.js";

const STYLE = new URL("lens.css", import.meta.url).href;
const LENS = "prompt_lines", NEAR = 7; // pixels from what is taken up
const PATIENCE = 1_000; // milliseconds without an answer after which the newest prompt is sent all the same
const REST = 500; // milliseconds without a move after which the page is told
const STEP = 0.1, BIG_STEP = 0.5; // of an arrow key; with the shift key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export default (component) => mount(component, (panel) => new Prompt(panel));

class Prompt {
  constructor(panel) {
    Object.assign(this, { panel, own: null, frame: null, question: 0, chosen: null, pointed: null, taken: null, stroke: 0, head: "" });
    Object.assign(this, { sent: "", sentAt: 0, isAwaited: false, range: null, stop: () => {} });
    this.plot = element("div", { className: "nx-plot" });
    this.readout = element("div", { className: "nx-muted nx-readout", role: "status" });
    this.hint = element("div", { className: "nx-muted nx-prompt-hint" });
    panel.root.classList.add("nx-lens", "nx-prompt");
    panel.root.before(element("link", { rel: "stylesheet", href: STYLE }));
    panel.root.append(this.tools(), this.plot, this.readout, this.hint);
    this.sized = panel.canvas(this.plot, { tabIndex: 0, role: "application" });
    this.listen(this.sized.canvas);
  }

  tools() {
    const button = (name, act) => {
      const made = element("button", { type: "button", className: "nx-again", textContent: words[name] });
      made.addEventListener("click", act);
      return made;
    };
    this.heads = element("select", { ariaLabel: words.attention });
    this.heads.addEventListener("change", () => ((this.head = this.heads.value), this.panel.redraw()));
    this.asked = element("label", { className: "nx-muted" }, `${words.attention} `, this.heads);
    this.restorer = button("restore", () => this.put(null));
    return element("div", { className: "nx-subtitle" }, this.asked, this.restorer, button("another", () => this.panel.trigger("another", this.stroke)));
  }

  // What Python says

  /* A prompt that Python has not heard of yet is newer than what it says. */
  update(isNewStore) {
    const { points = [], stroke = 0 } = this.panel.data;
    if (isNewStore) Object.assign(this, { frame: null, sent: "", range: null });
    if (this.taken || this.pending || stroke < this.stroke) return;
    this.stroke = stroke;
    this.own = points.length ? points.map((point) => [...point]) : null;
  }

  tell() {
    clearTimeout(this.pending);
    this.pending = null;
    this.stroke += 1;
    this.panel.trigger("moved", { points: this.own ?? [], stroke: this.stroke });
  }

  destroy() {
    if (this.pending) this.tell();
  }

  // What is asked of the server

  get settings() {
    return { ...this.panel.data.settings, points: this.own ?? [] };
  }

  /* One question at a time: the next goes out when the answer is here, with the newest prompt. */
  ask() {
    const { store, data } = this.panel, { shownStep, snapshots } = store;
    const step = shownStep === null || !snapshots.length ? shownStep : snapshots[nearest(snapshots, shownStep)];
    const question = [LENS, this.settings, data.example ?? null, step], wanted = JSON.stringify(question);
    if (wanted === this.sent || (this.isAwaited && performance.now() - this.sentAt < PATIENCE)) return;
    Object.assign(this, { sent: wanted, sentAt: performance.now(), isAwaited: true });
    this.stop();
    this.stop = this.panel.watch("prompt", ...question);
  }

  hear() {
    const frame = this.panel.store.frames.get("prompt");
    this.fault = this.panel.store.faults.get("prompt") ?? "";
    if (this.fault) this.isAwaited = false;
    if (!frame || frame === this.frame || !isAnswer(frame, JSON.parse(this.sent)[1].points)) return;
    Object.assign(this, { frame, isAwaited: false });
  }

  // The examples

  /* One's own, else those of the frame. */
  get rows() {
    return this.own ?? rowsOf(this.frame);
  }

  get axis() {
    return Math.min(this.panel.data.settings?.axis ?? 0, this.rows[0].length - 2);
  }

  get points() {
    return this.rows.map((row) => [row[this.axis], row.at(-1)]);
  }

  put(rows) {
    this.own = rows;
    clearTimeout(this.pending);
    if (this.taken) this.taken.hasMoved = true;
    else this.pending = setTimeout(() => this.tell(), REST);
    this.panel.redraw();
  }

  moveTo(index, [x, y]) {
    const rows = this.rows.map((row) => [...row]);
    rows[index][this.axis] = rounded(x);
    rows[index][rows[index].length - 1] = rounded(y);
    this.put(rows);
  }

  add([x, y]) {
    const { rows } = this;
    if (rows.length >= (this.panel.data.most ?? rows.length)) return;
    const row = rows[0].map(() => 0);
    row[this.axis] = rounded(x);
    row[row.length - 1] = rounded(y);
    this.put([...rows, row]);
  }

  remove(index) {
    if (this.rows.length < 2) return;
    this.chosen = this.pointed = null;
    this.put(this.rows.filter((_, place) => place !== index));
  }

  // What a person does

  listen(canvas) {
    canvas.addEventListener("pointerdown", (event) => this.take(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(name, () => this.letGo());
    canvas.addEventListener("pointerleave", () => ((this.pointed = null), this.panel.redraw()));
    canvas.addEventListener("dblclick", (event) => this.double(event));
    canvas.addEventListener("keydown", (event) => this.type(event));
  }

  take(event) {
    if (!this.frame || event.button !== 0) return;
    const { offsetX: x, offsetY: y } = event, index = this.find(x, y);
    if (index === null && Math.abs(this.laid.x(this.question) - x) > NEAR) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.taken = { index };
    this.chosen = index;
    this.panel.redraw();
  }

  drag({ offsetX, offsetY }) {
    if (!this.frame) return;
    if (!this.taken) {
      this.pointed = this.find(offsetX, offsetY);
      return this.panel.redraw();
    }
    const { box, back } = this.laid;
    const [x, y] = back(clamp(offsetX, box.x, box.x + box.width), clamp(offsetY, box.y, box.y + box.height));
    if (this.taken.index === null) this.question = x;
    else this.moveTo(this.taken.index, [x, y]);
    return this.panel.redraw();
  }

  letGo() {
    if (!this.taken) return;
    const { hasMoved } = this.taken;
    this.taken = null;
    if (hasMoved) this.tell();
    this.panel.redraw();
  }

  double({ offsetX, offsetY }) {
    if (!this.frame) return;
    const index = this.find(offsetX, offsetY);
    if (index === null) this.add(this.laid.back(offsetX, offsetY));
    else this.remove(index);
  }

  type(event) {
    const { key } = event, arrow = ARROWS[key];
    if (!this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) this.push(arrow, event.shiftKey ? BIG_STEP : STEP);
    else if (key === "." || key === ",") this.choose(key === "." ? 1 : -1);
    else if (key === "+") this.add([this.question, this.answers()[0][1]]);
    else if ((key === "Delete" || key === "Backspace") && this.chosen !== null) this.remove(this.chosen);
    else if (key === "Escape" && this.chosen !== null) this.chosen = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.panel.redraw();
  }

  push([right, up], by) {
    if (this.chosen === null) {
      this.question = clamp(this.question + right * by, this.laid.left, this.laid.right);
      return;
    }
    const [x, y] = this.points[this.chosen];
    this.moveTo(this.chosen, [x + right * by, y + up * by]);
  }

  choose(by) {
    const { length } = this.rows;
    this.chosen = ((this.chosen ?? (by > 0 ? -1 : length)) + by + length) % length;
  }

  // What is seen

  find(x, y) {
    const { laid, points } = this, attention = this.attention();
    const near = points.map(([across, up], index) => Math.hypot(laid.x(across) - x, laid.y(up) - y) - radiusOf(attention?.[index] ?? 0));
    const least = near.indexOf(Math.min(...near));
    return near[least] <= NEAR ? least : null;
  }

  answers() {
    return answersAt(this.frame, this.question);
  }

  attention() {
    return attentionAt(this.frame, this.question, this.head);
  }

  offerHeads() {
    const offered = headsOf(this.frame), key = offered.map(([value]) => value).join();
    this.asked.hidden = !offered.length;
    if (this.offered === key) return;
    this.offered = key;
    this.heads.replaceChildren(...[["", words.allHeads], ...offered].map(([value, text]) => element("option", { value, textContent: text })));
    this.head = "";
  }

  /* The ranges stay while an example is dragged, so that nothing runs away under the pointer. */
  ranges() {
    if (this.taken && this.range) return this.range;
    const { values } = this.frame.arrays.get("places"), line = this.frame.arrays.get("network").values;
    const ups = [...this.points.map(([, y]) => y), ...line].filter(Number.isFinite), low = Math.min(...ups, -1), high = Math.max(...ups, 1);
    this.range = [[values[0], values.at(-1)], [low - 0.06 * (high - low), high + 0.06 * (high - low)]];
    return this.range;
  }

  draw() {
    this.hear();
    this.ask();
    if (!begin(this.sized)) return;
    this.restorer.hidden = !this.own;
    if (!this.frame) return this.drawWords(this.fault || words.comes);
    this.offerHeads();
    this.laid = layOut(this.sized, ...this.ranges());
    const { points } = this, attention = this.attention(), answers = this.answers();
    const shots = numberAt(this.frame.arrays.get("shots"), 0), pointed = this.taken?.index ?? this.pointed;
    drawPlot({
      ...this.sized, theme: this.panel.theme, plot: this.laid, frame: this.frame, points, shots, attention, answers,
      question: this.question, chosen: this.chosen, pointed,
    });
    this.say(points, shots, attention, answers, pointed ?? this.chosen);
  }

  say(points, shots, attention, answers, index) {
    const { canvas } = this.sized, isUnused = index !== null && index >= shots && !this.isAwaited;
    const about = index === null || !points[index] ? words.at(this.question, answers) : isUnused ? words.unused(index)
      : words.example(index, points[index], attention?.[index] ?? null);
    write(this.readout, this.fault || about);
    write(this.hint, words.hint + (this.rows[0].length > 2 ? words.cut(this.axis) : ""));
    canvas.style.cursor = this.taken ? "grabbing" : this.pointed !== null ? "grab" : "";
    if (canvas.ariaLabel !== words.sheet(points.length)) canvas.ariaLabel = words.sheet(points.length);
  }

  drawWords(sentence) {
    const { context, width, height } = this.sized;
    setFont(context, this.panel.theme, 12.5);
    Object.assign(context, { fillStyle: this.panel.theme.muted, textAlign: "center", textBaseline: "middle" });
    context.fillText(sentence, width / 2, height / 2, width - 20);
  }
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
