/* What is told frame by frame or box by box: an utterance with the phones over it, or a picture with its boxes. */

import { boxText, boxesOf, drawFrame, shapeColour, shapeName } from "./boxes.js";
import { Atlas, paintArray } from "./colour.js";
import { numberAt } from "./frames.js";
import { write } from "./mount.js";
import { brief, drawTicks, niceTicks, setFont } from "./plot.js";
import { asPicture, BLANK, CHIP, drawChip, drawRuns, phoneColour, phoneName } from "./phones.js";
import { words } from "./words.js";

export const TOLD = { ctc: "transcript", detection: "detections" }; // the lens that tells the answers of a task
const LEFT = 28, RIGHT = 8, ROW = 19, GAP = 6, HEAD = 62;
const atlas = new Atlas();

export function drawTold(result, frame) {
  const { panel } = result, { split, index } = panel.store.example;
  write(result.title, words.example(split, index));
  if (panel.diagram.task.kind === "ctc") drawTranscript(result, frame);
  else drawDetections(result, frame);
}

function paint(context, box, array, colours, options) {
  paintArray(atlas, array, colours, options);
  context.imageSmoothingEnabled = false;
  context.drawImage(atlas.canvas, box.x, box.y, box.width, box.height);
}

/* The bands over time, the likelihood of every phone below them, and the phones that were said and are heard. */
function drawTranscript(result, frame) {
  const { context, width, height } = result.sized, { theme, diagram } = result.panel;
  const input = frame.arrays.get(diagram.inputs[0].name), shares = frame.arrays.get("shares"), [frames, phones] = shares.shape;
  const heard = frame.arrays.get("heard").values, said = frame.arrays.get("said")?.values ?? null;
  const room = height - 2 * CHIP - 64, top = { x: LEFT, y: 2, width: width - LEFT - RIGHT, height: Math.round(room * 0.44) };
  const below = { ...top, y: top.y + top.height + GAP, height: room - top.height - GAP - 18 };
  paint(context, top, asPicture(input), theme.colours, { isGrey: true });
  paint(context, below, asPicture(shares), theme.colours, { isShare: true, peak: 1 / shares.factor });
  setFont(context, theme, 10.5, 500);
  Object.assign(context, { textAlign: "right", textBaseline: "middle", fillStyle: theme.muted });
  for (let phone = 0; phone < phones; phone++) context.fillText(phoneName(diagram, phone), LEFT - 7, below.y + (phones - phone - 0.5) * (below.height / phones));
  const path = Array.from({ length: frames }, (_, time) => bestOf(shares, time * phones, phones)), line = below.y + below.height + 3;
  drawRuns(context, theme, { ...below, y: line }, path, diagram);
  drawTicks(context, theme, { ...below, height: below.height + CHIP + 2 }, niceTicks(0, frames - 1, 5).filter(Number.isInteger), { along: "x", place: (tick) => below.x + ((tick + 0.5) / frames) * below.width });
  drawRow(result, words.heard, heard, line + CHIP + 24);
  if (said) drawRow(result, words.said, said, line + 2 * CHIP + 26);
  const edits = frame.arrays.get("edits")?.values[0];
  write(result.readout, edits === undefined ? "" : words.edits(edits));
  const spell = (row) => Array.from(row, (phone) => phoneName(diagram, phone)).join(" ") || words.silence;
  result.say(words.transcriptAlt(spell(heard), said && spell(said)));
}

function bestOf(array, start, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (array.values[start + k] > array.values[start + best]) best = k;
  return best;
}

function drawRow(result, title, row, y) {
  const { context } = result.sized, { theme, diagram } = result.panel;
  setFont(context, theme, 11, 500);
  Object.assign(context, { textAlign: "left", textBaseline: "middle", fillStyle: theme.muted });
  context.fillText(row.length ? title : `${title}  ${words.silence}`, 2, y + CHIP / 2);
  row.forEach((phone, place) => drawChip(context, theme, { x: HEAD + place * 28, y, width: 24, height: CHIP }, phoneName(diagram, phone), phoneColour(phone), phone === BLANK));
}

/* The picture with the boxes of its objects, dashed, and those that are drawn; below, each box with its overlap. */
function drawDetections(result, frame) {
  const { context, width, height } = result.sized, { theme, diagram } = result.panel, { arrays } = frame;
  const input = arrays.get(diagram.inputs[0].name), classes = arrays.get("classes").values, scores = arrays.get("scores");
  const [, rows, columns] = input.shape, side = Math.max(60, Math.min(width - 20, height - 5 * ROW - 20)), unit = side / Math.max(rows, columns);
  const picture = { x: (width - unit * columns) / 2, y: 2, width: unit * columns, height: unit * rows };
  paint(context, picture, input, theme.colours, { isGrey: true });
  const truth = arrays.get("truth"), drawn = boxesOf(arrays.get("boxes"), picture);
  if (truth) boxesOf(truth, picture).forEach((box) => drawFrame(context, theme, box, "#fff", { thickness: 1.5, isDashed: true }));
  const names = drawn.map((_, index) => boxText(diagram, classes[index], numberAt(scores, index)));
  drawn.forEach((box, index) => drawFrame(context, theme, box, shapeColour(classes[index]), { text: names[index], top: picture.y }));
  const hits = arrays.get("hits")?.values, overlaps = arrays.get("overlaps"), missed = truth ? missing(arrays) : [];
  const lines = names.map((name, index) => ({ name, colour: shapeColour(classes[index]), text: hits ? words.overlap(Boolean(hits[index]), brief(numberAt(overlaps, index), 2)) : "" }));
  missed.forEach(({ kind, count }) => lines.push({ name: shapeName(diagram, kind), colour: theme.muted, text: words.missed(count) }));
  lines.forEach((line, place) => drawLine(result, line, picture.y + picture.height + 10 + place * ROW));
  const found = hits ? hits.filter(Boolean).length : 0;
  write(result.readout, truth ? words.found(found, truth.shape[0]) : "");
  result.say(words.detectionsAlt(lines.map(({ name, text }) => `${name} ${text}`)));
}

/* How many objects of each class no box finds. */
function missing(arrays) {
  const left = new Map();
  for (const kind of arrays.get("truth_classes").values) left.set(kind, (left.get(kind) ?? 0) + 1);
  arrays.get("hits").values.forEach((isHit, index) => isHit && left.set(arrays.get("classes").values[index], left.get(arrays.get("classes").values[index]) - 1));
  return [...left].filter(([, count]) => count > 0).map(([kind, count]) => ({ kind, count }));
}

function drawLine(result, { name, colour, text }, y) {
  const { context, width, height } = result.sized, { theme } = result.panel;
  if (y + ROW > height) return;
  context.fillStyle = colour;
  context.fillRect(2, y + 3, 11, 11);
  setFont(context, theme, 11.5, 500);
  Object.assign(context, { fillStyle: theme.text, textAlign: "left", textBaseline: "middle" });
  context.fillText(name, 20, y + 9);
  Object.assign(context, { fillStyle: theme.muted, textAlign: "right" });
  context.fillText(text, width - 4, y + 9);
}
