/* Loss and other metrics by step, for training and test data. */

import { About } from "./about.js";
import { rgb } from "./colour.js";
import { begin, element, mount, write } from "./mount.js";
import { brief, drawTicks, logTicks, niceTicks, roundedPath, setFont } from "./plot.js";
import { nearest } from "./series.js";
import { compact, words } from "./words.js";

const LEFT = 44, RIGHT = 10, ABOVE = 8, BELOW = 24;
const SPLITS = ["train", "test"];
const STARTS_AT_0 = 0.25; // a range that begins within this share of its top is drawn from 0
const STEPS = { // how far to the right a step lies, and the step that lies so far
  linear: { far: (step) => step, step: (far) => far },
  log: { far: Math.log1p, step: Math.expm1 }, // step 0 has a place too
};
const FIRST = ["loss", "accuracy", "r2", "phone_error_rate", "average_precision"];

export default (component) => mount(component, (panel) => new Curves(panel));

class Curves {
  hasFrames = false;

  constructor(panel) {
    Object.assign(this, { panel, at: null, metric: null });
    this.chooser = element("select", { ariaLabel: words.metric });
    this.chooser.addEventListener("change", () => this.choose(this.chooser.value));
    this.log = element("input", { type: "checkbox", checked: panel.data.log ?? false });
    this.log.addEventListener("change", () => panel.redraw());
    this.legend = element("span", { className: "nx-legend" });
    this.marks = Object.fromEntries(SPLITS.map((split) => [split, this.legendEntry(split)]));
    const plot = element("div", { className: "nx-plot" }), about = new About();
    about.tell(words.explain.curves);
    panel.root.classList.add("nx-curves");
    panel.root.append(element("div", { className: "nx-title" }, this.chooser, this.legend,
      element("label", { className: "nx-end" }, this.log, words.logScale), about.box), plot);
    this.sized = panel.canvas(plot, { role: "img" });
    this.sized.canvas.addEventListener("pointermove", ({ offsetX }) => this.point(offsetX));
    this.sized.canvas.addEventListener("pointerleave", () => this.point(null));
  }

  legendEntry(split) {
    const value = element("b"), entry = element("span", { className: `nx-${split}` }, words.shortSplit(split), " ", value);
    this.legend.append(entry);
    return { entry, value };
  }

  choose(metric) {
    this.metric = metric;
    this.panel.keep("metric", metric);
    this.panel.redraw();
  }

  point(x) {
    this.at = x;
    this.panel.redraw();
  }

  draw() {
    if (!begin(this.sized)) return;
    this.offer();
    const { width, height } = this.sized;
    const box = (this.box = { x: LEFT, y: ABOVE, width: width - LEFT - RIGHT, height: height - ABOVE - BELOW });
    const shown = this.shown();
    this.sized.canvas.ariaLabel = this.describe(shown);
    if (!shown.length) return this.drawNothing();
    this.scales(shown, box);
    this.drawAxes(box);
    this.drawEvents(box);
    for (const curve of shown) this.drawCurve(curve);
    this.drawShownStep(box);
    this.readOut(shown, box);
  }

  /* The metrics that have arrived, as a menu: loss first. */
  offer() {
    const found = [...new Set([...this.panel.store.curves.keys()].map((name) => name.slice(name.indexOf(".") + 1)))];
    const rank = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
    const names = (this.panel.data.metrics ?? found.sort((one, other) => rank(one) - rank(other))).filter((name) => found.includes(name));
    const known = [...this.chooser.options].map((option) => option.value).join();
    if (known !== names.join()) this.chooser.replaceChildren(...names.map((name) => element("option", { value: name, textContent: name })));
    this.chooser.hidden = !names.length;
    if (!names.includes(this.metric)) this.metric = names.includes(this.panel.data.metric) ? this.panel.data.metric : names[0] ?? null;
    if (this.metric && this.chooser.value !== this.metric) this.chooser.value = this.metric;
  }

  shown() {
    const named = SPLITS.map((split) => ({ split, ...this.panel.store.curves.get(`${split}.${this.metric}`) }));
    return named.filter(({ steps }) => steps?.length);
  }

  colour(split) {
    const { colours } = this.panel.theme;
    return rgb(split === "test" ? colours.negative : colours.positive);
  }

  scales(shown, box) {
    const isLog = this.log.checked;
    const numbers = shown.flatMap(({ values }) => values).filter((value) => Number.isFinite(value) && (!isLog || value > 0));
    let low = numbers.reduce((least, value) => Math.min(least, value), Infinity);
    let high = numbers.reduce((most, value) => Math.max(most, value), -Infinity);
    if (!numbers.length) [low, high] = [isLog ? 0.1 : 0, 1];
    if (!isLog && low >= 0 && low < STARTS_AT_0 * high + 0.05) low = 0;
    if (low === high) high = low + (Math.abs(low) || 1);
    const last = Math.max(1, this.panel.store.status?.step ?? 0, ...shown.map(({ steps }) => steps.at(-1)));
    const scale = isLog ? Math.log : (value) => value;
    const { far, step } = STEPS[this.panel.data.is_log ? "log" : "linear"];
    Object.assign(this, { low, high, last });
    this.x = (at) => box.x + (far(at) / far(last)) * box.width;
    this.stepAt = (x) => Math.max(0, Math.min(last, step(((x - box.x) / box.width) * far(last))));
    this.y = (value) => box.y + box.height - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (box.height - 6);
  }

  drawAxes(box) {
    const { context } = this.sized, { theme } = this.panel;
    const heights = this.log.checked ? logTicks(this.low, this.high) : niceTicks(this.low, this.high, Math.max(2, box.height / 40));
    drawTicks(context, theme, box, heights, { along: "y", place: this.y, isGrid: true });
    const steps = this.panel.data.is_log ? [0, ...logTicks(1, this.last)] : niceTicks(0, this.last, Math.max(2, box.width / 80));
    drawTicks(context, theme, box, steps, { along: "x", place: this.x, name: compact });
  }

  /* At most two points a pixel are drawn: the least and the greatest between them, so that no peak is lost. */
  drawCurve({ split, steps, values }) {
    const { context } = this.sized;
    context.beginPath();
    let isDown = false, pixel = -1, low = 0, high = 0;
    for (let i = 0; i < steps.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value) || (this.log.checked && value <= 0)) {
        isDown = false;
        continue;
      }
      const x = this.x(steps[i]), y = this.y(value), column = Math.round(x);
      if (isDown && column === pixel && y >= low && y <= high && i < steps.length - 1) continue;
      if (isDown) context.lineTo(x, y);
      else context.moveTo(x, y);
      [low, high] = isDown && column === pixel ? [Math.min(low, y), Math.max(high, y)] : [y, y];
      [isDown, pixel] = [true, column];
    }
    Object.assign(context, { strokeStyle: this.colour(split), lineWidth: 1.75, lineJoin: "round" });
    context.stroke();
  }

  drawEvents(box) {
    const { context } = this.sized, { theme } = this.panel;
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.beginPath();
    for (const { step, kind } of this.panel.store.events) {
      if (step <= 0 || step > this.last || ["started", "resumed", "paused", "created", "finished"].includes(kind)) continue;
      const x = Math.round(this.x(step)) + 0.5;
      context.moveTo(x, box.y);
      context.lineTo(x, box.y + box.height);
    }
    context.stroke();
    context.setLineDash([]);
  }

  drawShownStep(box) {
    const { shownStep } = this.panel.store;
    if (shownStep !== null) this.drawLine(Math.min(this.last, shownStep), this.panel.theme.primary, box);
  }

  drawLine(step, colour, box) {
    const { context } = this.sized, x = Math.round(this.x(step)) + 0.5;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, box.y);
    context.lineTo(x, box.y + box.height);
    context.stroke();
  }

  /* Numbers in the legend: at the pointer, else at the step shown, else the newest. */
  readOut(shown, box) {
    const { store } = this.panel, isInside = this.at !== null && this.at >= box.x - 4;
    const step = isInside ? this.stepAt(this.at) : store.shownStep ?? this.last;
    for (const split of SPLITS) {
      const curve = shown.find((each) => each.split === split);
      this.marks[split].entry.hidden = !curve;
      if (!curve) continue;
      const place = nearest(curve.steps, step);
      write(this.marks[split].value, brief(curve.values[place]));
      if (isInside) this.drawDot(curve, place);
    }
    if (isInside) this.drawStep(Math.round(step), box);
  }

  drawDot({ split, steps, values }, place) {
    if (!Number.isFinite(values[place])) return;
    const { context } = this.sized;
    context.beginPath();
    context.arc(this.x(steps[place]), this.y(values[place]), 3.5, 0, 2 * Math.PI);
    context.fillStyle = this.colour(split);
    context.fill();
    context.strokeStyle = this.panel.theme.background;
    context.stroke();
  }

  drawStep(step, box) {
    const { context } = this.sized, { theme } = this.panel, text = words.atStep(step);
    this.drawLine(step, theme.muted, box);
    setFont(context, theme, 10.5, 500);
    const width = context.measureText(text).width + 10;
    const x = Math.max(box.x, Math.min(box.x + box.width - width, this.x(step) - width / 2));
    roundedPath(context, { x, y: box.y + box.height + 4, width, height: 17 }, 5);
    context.fillStyle = theme.text;
    context.fill();
    Object.assign(context, { fillStyle: theme.background, textAlign: "left", textBaseline: "middle" });
    context.fillText(text, x + 5, box.y + box.height + 13);
  }

  describe(shown) {
    if (!shown.length) return words.noCurves;
    return words.curvesAlt(this.metric, shown.map(({ split, values }) => `${words.split(split)} ${brief(values.at(-1))}`));
  }

  drawNothing() {
    const { context, width, height } = this.sized;
    for (const { entry } of Object.values(this.marks)) entry.hidden = true;
    setFont(context, this.panel.theme, 12.5);
    Object.assign(context, { fillStyle: this.panel.theme.muted, textAlign: "center", textBaseline: "middle" });
    context.fillText(words.noCurves, width / 2, height / 2, width - 16);
  }
}
