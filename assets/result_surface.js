/* The plane: the answer or one unit as a smooth heat map, with axes and the points of the data. */

import { Atlas, classColour, mix, packed, rgb, shareLevel, signedColour, signedLevel, unpacked } from "./colour.js";
import { largest, numberAt, slab } from "./frames.js";
import { write } from "./mount.js";
import { brief, drawTicks, fitted, niceTicks, roundedPath, setFont } from "./plot.js";
import { answersClasses } from "./result_tools.js";
import { words } from "./words.js";

const EXTENT = 6;
const LEFT = 26, BELOW = 24, SCALE_ROOM = 48, LEGEND_ROOM = 22; // pixels around the square: ticks, and the colours' meaning
const SOFT = 0.8; // of the palette's strength, so that points stand out
const POINT = 3.6;
const MOST_POINTS = 1_500;

export class Surface {
  constructor(result) {
    Object.assign(this, { result, atlas: new Atlas(), points: null, painted: null, at: null });
    const { canvas } = result.sized;
    canvas.addEventListener("pointermove", (event) => this.point(event));
    canvas.addEventListener("pointerleave", () => this.leave());
  }

  get panel() {
    return this.result.panel;
  }

  get isDiscrete() {
    return answersClasses(this.panel.diagram);
  }

  forget() {
    this.points = this.painted = null;
  }

  draw(frame, unit) {
    const array = unit?.column.look === "maps" ? unit.array : frame?.arrays.get("surface");
    const shown = { array, index: unit?.index ?? null, title: unit?.title ?? words.answer };
    const hasLegend = shown.index === null && this.isDiscrete;
    const box = (this.box = this.square(hasLegend));
    write(this.result.title, shown.title);
    if (array) this.drawMap(frame, shown, box);
    this.drawFrame(box);
    this.drawPoints(box);
    if (array) this.drawScale(shown, box);
    this.readOut(shown);
  }

  /* A legend of classes stands below the square, a scale of numbers beside it. */
  square(hasLegend) {
    const { width, height } = this.result.sized, beside = hasLegend ? 8 : SCALE_ROOM, below = BELOW + (hasLegend ? LEGEND_ROOM : 0);
    const side = Math.max(40, Math.min(width - LEFT - beside, height - below - 6));
    return { x: LEFT + Math.max(0, (width - LEFT - beside - side) / 2), y: 4, width: side, height: side };
  }

  drawMap(frame, shown, box) {
    const key = [frame, shown.index, shown.array, this.panel.theme];
    if (!this.painted || key.some((part, place) => part !== this.painted[place])) {
      this.paint(shown);
      this.painted = key;
    }
    const { context } = this.result.sized;
    context.save();
    roundedPath(context, box, 8);
    context.clip();
    context.imageSmoothingEnabled = !this.isDiscretised;
    context.drawImage(this.atlas.canvas, box.x, box.y, box.width, box.height);
    context.restore();
  }

  get isDiscretised() {
    return this.discretise?.input.checked;
  }

  paint({ array, index }) {
    const [outputs, rows, columns] = array.shape, cells = rows * columns;
    if (index === null && this.isDiscrete && outputs > 2) return this.paintClasses(array, rows, columns);
    const level = this.levelOf(array, index, cells);
    const middle = unpacked(packed(this.panel.theme.colours.middle));
    const soft = Uint32Array.from(this.panel.theme.colours.diverging, (pixel) => packed(mix(middle, unpacked(pixel), SOFT).map(Math.round)));
    return this.atlas.paint(1, rows, columns, soft, level, true);
  }

  /* The palette's entry for the i-th point of the plane: of the unit, or of the answer. */
  levelOf(array, index, cells) {
    const number = this.numberOf(array, index, cells), gain = 1 / this.reach({ array, index });
    if (!this.isDiscretised) return (i) => signedLevel(number(i) * gain);
    return (i) => signedLevel(Math.sign(number(i)));
  }

  /* Two classes are drawn as the difference of their probabilities, -1 to 1. */
  numberOf(array, index, cells) {
    const { values, factor } = array;
    if (index !== null) {
      const part = slab(array, index);
      return (i) => part[i] * factor;
    }
    if (this.isDiscrete && array.shape[0] === 2) return (i) => (values[cells + i] - values[i]) * factor;
    return (i) => values[i] * factor;
  }

  /* The number that has the full colour. */
  reach({ array, index }) {
    if (index !== null) return array.scale ?? (largest(array.values) || 1);
    return this.isDiscrete ? 1 : this.targetReach;
  }

  get targetReach() {
    return this.panel.diagram.points ? largest(this.panel.diagram.points.train.target.flat()) || 1 : 1;
  }

  /* More than two classes: the likeliest's colour, as strong as it is sure. */
  paintClasses({ values, shape: [outputs], factor }, rows, columns) {
    const cells = rows * columns, { middle } = this.panel.theme.colours;
    const shades = Array.from({ length: outputs }, (_, index) => Uint32Array.from({ length: 256 }, (__, level) => (
      packed(mix(middle, classColour(index), (level / 255) * SOFT).map(Math.round)))));
    this.atlas.paintPixels(1, rows, columns, (i) => {
      let best = 0;
      for (let k = 1; k < outputs; k++) if (values[k * cells + i] > values[best * cells + i]) best = k;
      const sure = (values[best * cells + i] * factor - 1 / outputs) / (1 - 1 / outputs);
      return shades[best][this.isDiscretised ? 255 : shareLevel(sure)];
    }, true);
  }

  drawFrame(box) {
    const { context } = this.result.sized, { theme } = this.panel;
    const x = (value) => box.x + ((value + EXTENT) / (2 * EXTENT)) * box.width;
    const y = (value) => box.y + box.height - ((value + EXTENT) / (2 * EXTENT)) * box.height;
    const ticks = niceTicks(-EXTENT, EXTENT, Math.min(6, box.width / 32));
    drawTicks(context, theme, box, ticks, { along: "x", place: x });
    drawTicks(context, theme, box, ticks, { along: "y", place: y });
    roundedPath(context, { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 }, 8);
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.stroke();
  }

  /* Points do not move: they are drawn once, and copied for every frame. */
  drawPoints(box) {
    const { points } = this.panel.diagram, { context, width, height, ratio } = this.result.sized;
    if (!points) return;
    const key = `${box.x} ${box.width} ${ratio} ${this.test?.input.checked}`;
    if (!this.points || this.points.key !== key) {
      const canvas = new OffscreenCanvas(width * ratio, height * ratio), drawn = canvas.getContext("2d");
      drawn.scale(ratio, ratio);
      this.drawSplit(drawn, points.train, box, this.panel.theme.isDark ? "rgba(255,255,255,.85)" : "#fff");
      if (this.test?.input.checked && points.test) this.drawSplit(drawn, points.test, box, this.panel.theme.isDark ? "#05070a" : "#1f2937");
      this.points = { key, canvas };
    }
    context.drawImage(this.points.canvas, 0, 0, width, height);
  }

  drawSplit(context, { x, y, target }, box, line) {
    context.lineWidth = 1.1;
    context.strokeStyle = line;
    const radius = Math.max(2.2, (POINT * Math.min(300, box.width)) / 300);
    for (let i = 0; i < Math.min(x.length, MOST_POINTS); i++) {
      context.beginPath();
      context.arc(box.x + ((x[i] + EXTENT) / (2 * EXTENT)) * box.width, box.y + ((EXTENT - y[i]) / (2 * EXTENT)) * box.height, radius, 0, 2 * Math.PI);
      context.fillStyle = this.pointColour(target[i]);
      context.fill();
      context.stroke();
    }
  }

  pointColour(target) {
    if (this.isDiscrete) return rgb(classColour(target));
    return signedColour(this.panel.theme.colours, [target].flat()[0] / this.targetReach);
  }

  /* What the colours mean, beside the square. */
  drawScale(shown, box) {
    const { context } = this.result.sized, { theme, diagram } = this.panel;
    const bar = { x: box.x + box.width + 10, y: box.y, width: 8, height: box.height };
    if (shown.index === null && this.isDiscrete) return this.drawLegend(context, box, diagram.task?.labels ?? []);
    const fill = context.createLinearGradient(0, bar.y + bar.height, 0, bar.y);
    for (let k = 0; k <= 8; k++) fill.addColorStop(k / 8, signedColour(theme.colours, k / 4 - 1));
    roundedPath(context, bar, 4);
    context.fillStyle = fill;
    context.fill();
    setFont(context, theme, 10);
    context.fillStyle = theme.muted;
    context.textAlign = "left";
    context.textBaseline = "middle";
    const reach = this.reach(shown);
    [[reach, bar.y + 6], [0, bar.y + bar.height / 2], [-reach, bar.y + bar.height - 6]].forEach(
      ([value, y]) => context.fillText(brief(value, 2), bar.x + 12, y));
  }

  drawLegend(context, box, labels) {
    setFont(context, this.panel.theme, 11, 500);
    context.textAlign = "left";
    context.textBaseline = "middle";
    const y = box.y + box.height + BELOW + 12, most = this.result.sized.width - 4;
    let x = box.x + 2;
    for (const [index, label] of labels.slice(0, 10).entries()) {
      const text = fitted(context, String(label), 90), wide = context.measureText(text).width;
      if (x + 13 + wide > most) return;
      context.beginPath();
      context.arc(x + 4, y, 4.5, 0, 2 * Math.PI);
      context.fillStyle = rgb(classColour(index));
      context.fill();
      context.fillStyle = this.panel.theme.muted;
      context.fillText(text, x + 13, y);
      x += wide + 27;
    }
  }

  point(event) {
    if (!this.result.view.isPlane || !this.box) return;
    const x = ((event.offsetX - this.box.x) / this.box.width) * 2 * EXTENT - EXTENT;
    const y = EXTENT - ((event.offsetY - this.box.y) / this.box.height) * 2 * EXTENT;
    if (Math.abs(x) > EXTENT || Math.abs(y) > EXTENT) return this.leave();
    this.at = [x, y];
    this.panel.store.pointAt(this.at);
  }

  leave() {
    this.at = null;
    if (this.panel.store.probe) this.panel.store.pointAt(null);
  }

  /* The number under the pointer, in words. */
  readOut({ array, index, title }) {
    if (!array) return write(this.result.readout, "");
    this.result.say(words.surfaceAlt(title, brief(-this.reach({ array, index }), 2), brief(this.reach({ array, index }), 2)));
    if (!this.at) return write(this.result.readout, "");
    const [outputs, rows, columns] = array.shape;
    const cell = (value, count) => Math.round(((value + EXTENT) / (2 * EXTENT)) * (count - 1));
    const i = cell(this.at[1], rows) * columns + cell(this.at[0], columns);
    const where = `(${brief(this.at[0], 2)}, ${brief(this.at[1], 2)})`;
    if (index !== null || !this.isDiscrete || outputs === 1) {
      return write(this.result.readout, `${where}  ${brief(this.numberOf(array, index, rows * columns)(i))}`);
    }
    const shares = Array.from({ length: outputs }, (_, k) => numberAt(array, k * rows * columns + i));
    const best = shares.indexOf(Math.max(...shares));
    return write(this.result.readout, `${where}  ${this.panel.diagram.task?.labels?.[best] ?? best}: ${brief(shares[best], 2)}`);
  }
}
