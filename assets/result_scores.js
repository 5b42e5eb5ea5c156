/* Scores on held-out data, and which classes are taken for which. */

import { luminanceOf, shareColour } from "./colour.js";
import { numberAt } from "./frames.js";
import { write } from "./mount.js";
import { brief, fitted, percent, roundedPath, setFont } from "./plot.js";
import { drawBar } from "./result_answer.js";
import { whole, words } from "./words.js";

const LENS = "evaluation";
const EXAMPLE = { split: "test", index: 0 }; // the scores are of all examples, so that choosing one changes nothing
const SHARES = ["accuracy", "precision", "recall", "f1", "exact_match", "average_precision", "mean_iou", "r2"]; // from 0 to 1: drawn as bars
const ROW = 20, NAME = 92;
const GAP = 34, LABEL = 44, LEAST_MATRIX = 96, LEAST_COUNT = 15, LEAST_LABEL = 10, BIGGEST = 64; // pixels
const STRONGEST = 0.72; // of the palette: counts are to be read on it

export class ScoresView {
  constructor(result) {
    Object.assign(this, { result, at: null });
    const { canvas } = result.sized;
    canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => this.point({ x: offsetX, y: offsetY }));
    canvas.addEventListener("pointerleave", () => this.point(null));
  }

  fits(diagram) {
    return (diagram.layers ?? []).length > 0;
  }

  get explanation() {
    return words.explain.scores;
  }

  open() {
    this.close = this.result.panel.watch(LENS, LENS, {}, EXAMPLE);
  }

  tools() {
    return [];
  }

  point(at) {
    if (this.result.view !== this) return;
    this.at = at;
    this.result.panel.redraw();
  }

  draw() {
    const frame = this.result.panel.store.frame(LENS);
    if (!frame) return this.result.drawNothing(words.scoresTitle, words.noScores);
    const matrix = frame.arrays.get("confusion") ?? null, scores = scoresOf(frame);
    write(this.result.title, words.scoresTitle);
    const { height } = this.result.sized;
    const most = matrix ? Math.max(1, Math.floor((height - LEAST_MATRIX - GAP) / ROW)) : Math.floor(height / ROW);
    const shown = scores.slice(0, most);
    shown.forEach((score, place) => this.drawScore(score, place * ROW));
    this.result.say(words.scoresAlt(shown.map(({ name, text }) => `${name} ${text}`)));
    write(this.result.readout, matrix ? words.examples(totalOf(matrix.values)) : "");
    if (matrix) this.drawMatrix(matrix, shown.length * ROW + GAP);
    return undefined;
  }

  drawScore({ name, value, text, isShare }, y) {
    const { theme } = this.result.panel;
    if (isShare) return drawBar(this.result, { y: y + 2, height: 13, name, share: Math.max(0, value) || 0, text, colour: shareColour(theme.colours, 0.55) }, NAME);
    const { context } = this.result.sized;
    setFont(context, theme, 11);
    Object.assign(context, { fillStyle: theme.text, textAlign: "right", textBaseline: "middle" });
    context.fillText(fitted(context, name, NAME - 10), NAME - 8, y + 9);
    setFont(context, theme, 11, 600);
    context.textAlign = "left";
    return context.fillText(text, NAME, y + 9);
  }

  /* Rows are the true classes, columns the predicted ones; the colour is the share of the row. */
  drawMatrix({ values, shape: [classes] }, top) {
    const { width, height } = this.result.sized;
    const side = Math.max(40, Math.min(width - LABEL - 8, height - top - 16, classes * BIGGEST)), cell = side / classes;
    const box = { x: LABEL, y: top, width: side, height: side };
    const rows = Array.from({ length: classes }, (_, row) => totalOf(values.subarray(row * classes, (row + 1) * classes)));
    const matrix = { values, classes, rows, cell, box };
    this.drawCells(matrix);
    this.nameClasses(matrix);
    this.tell(matrix);
  }

  drawCells({ values, classes, rows, cell, box }) {
    const { context } = this.result.sized, { theme } = this.result.panel;
    const gap = cell > 12 ? 1 : 0;
    setFont(context, theme, Math.min(12, cell * 0.42), 500);
    Object.assign(context, { textAlign: "center", textBaseline: "middle" });
    for (let row = 0; row < classes; row++) {
      for (let column = 0; column < classes; column++) {
        const count = values[row * classes + column], colour = shareColour(theme.colours, rows[row] ? (STRONGEST * count) / rows[row] : 0);
        const [x, y] = [box.x + column * cell, box.y + row * cell];
        context.fillStyle = colour;
        if (gap) roundedPath(context, { x, y, width: cell - gap, height: cell - gap }, Math.min(4, cell / 6));
        if (gap) context.fill();
        else context.fillRect(x, y, cell, cell);
        if (!count || cell < LEAST_COUNT) continue;
        context.fillStyle = luminanceOf(colour) > 0.5 ? "#14202b" : "#fff";
        context.fillText(fitted(context, whole(count), cell - 3), x + cell / 2, y + cell / 2 + 0.5);
      }
    }
  }

  nameOf(index) {
    return String(this.result.panel.diagram.task?.labels?.[index] ?? this.result.panel.diagram.token_names?.[index] ?? index);
  }

  nameClasses({ classes, cell, box }) {
    const { context } = this.result.sized, { theme } = this.result.panel;
    setFont(context, theme, 10);
    const names = Array.from({ length: classes }, (_, index) => fitted(context, this.nameOf(index), LABEL - 8));
    const widest = Math.max(...names.map((name) => context.measureText(name).width));
    const [down, across] = [LEAST_LABEL, widest + 4].map((least) => Math.ceil(least / cell));
    Object.assign(context, { fillStyle: theme.muted, textBaseline: "middle", textAlign: "right" });
    for (let k = 0; k < classes; k += down) context.fillText(names[k], box.x - 6, box.y + (k + 0.5) * cell);
    Object.assign(context, { textBaseline: "top", textAlign: "center" });
    for (let k = 0; k < classes; k += across) context.fillText(names[k], box.x + (k + 0.5) * cell, box.y + box.height + 4);
    setFont(context, theme, 10.5, 600);
    Object.assign(context, { textBaseline: "alphabetic", textAlign: "left" });
    context.fillText(words.confusion, 0, box.y - 9, this.result.sized.width);
  }

  /* The cell under the pointer, in words. */
  tell({ values, classes, rows, cell, box }) {
    if (!this.at) return;
    const column = Math.floor((this.at.x - box.x) / cell), row = Math.floor((this.at.y - box.y) / cell);
    if (row < 0 || column < 0 || row >= classes || column >= classes) return;
    const { context } = this.result.sized, count = values[row * classes + column];
    roundedPath(context, { x: box.x + column * cell, y: box.y + row * cell, width: cell - 1, height: cell - 1 }, Math.min(4, cell / 6));
    Object.assign(context, { strokeStyle: this.result.panel.theme.text, lineWidth: 1.5 });
    context.stroke();
    write(this.result.readout, words.confused(this.nameOf(row), this.nameOf(column), count, rows[row]));
  }
}

/* {name, value, text, isShare}, those between 0 and 1 first. */
function scoresOf({ arrays }) {
  const found = [...arrays].filter(([, { axes }]) => axes.length === 0).map(([key, array]) => {
    const value = numberAt(array, 0), isShare = SHARES.includes(key);
    return { key, name: words.metricName(key), value, isShare, text: isShare && key !== "r2" ? percent(value) : brief(value) };
  });
  const rank = ({ key }) => (SHARES.includes(key) ? SHARES.indexOf(key) : SHARES.length);
  return found.sort((one, other) => rank(one) - rank(other));
}

const totalOf = (values) => values.reduce((sum, value) => sum + value, 0);
