/* Scores over the input that they are about, in the form that the input has. */

import { boxAt, boxText, boxesOf, drawFrame, shapeColour } from "./boxes.js";
import { classColour, rgb } from "./colour.js";
import { largest, numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { paintOver } from "./over_picture.js";
import { asPicture, CHIP, drawRuns, phoneName } from "./phones.js";
import { brief, drawTicks, fitted, niceTicks, roundedPath, setFont } from "./plot.js";
import { outline } from "./stage_units.js";
import { LEGEND_ROOM, drawLegend, drawPixels, grid, inkOn, inputOf, isWhole, namesAlong, placeName, roomFor, scaleOf, sizeOf, tokenText } from "./view_common.js";

const PLANE = 6, TOKEN = 28, ROW = 24, TICKS = 20, FRAMES = { left: 48 }, NAMED = 240; // pixels

export function draw(scene) {
  const { frame, diagram, options } = scene, input = inputOf(scene), scores = frame.arrays.get(options.scores ?? "scores");
  if (!scores) return words.noOverlay;
  const scale = { ...scaleOf([scores], scene.theme, { scale: "signed", ...options }) };
  const kind = input && kindOf(input, scores, diagram);
  const found = FORMS[kind ?? "row"](scene, input, scores, scale);
  if (typeof found !== "string") drawLegend(scene, scale);
  return found;
}

function kindOf(input, scores, { view }) {
  if (input.shape.length === 3) return "picture";
  if (isWhole(input) && input.shape.length === 1) return "tokens";
  if (input.shape.length === 2) return view === "frames" ? "frames" : "series";
  return view === "points" && input.values.length === 2 && scores.values.length === 2 ? "point" : "row";
}

const strongest = (scores, name, count = 3) => Array.from(scores.values, (_, i) => i)
  .sort((one, other) => Math.abs(scores.values[other]) - Math.abs(scores.values[one])).slice(0, count).map((i) => `${name(i)} ${brief(numberAt(scores, i))}`);

const overlayAlt = (what, scores, name) => words.overlayAlt(what, strongest(scores, name));

/* The picture in grey, over it the sum of the scores of its channels, and of a detector the boxes. */
function drawPicture(scene, input, scores, scale) {
  const { theme, box, options } = scene, [, height, width] = input.shape, [rows, columns] = scores.shape.slice(-2);
  const channels = scores.values.length / (rows * columns), sums = new Float32Array(rows * columns);
  for (let i = 0; i < scores.values.length; i++) sums[i % sums.length] += numberAt(scores, i);
  Object.assign(scale, scaleOf([{ values: sums, factor: 1 }], theme, { scale: "signed", ...options }));
  const room = { width: box.width, height: box.height - LEGEND_ROOM }, unit = Math.min(room.width / width, room.height / height);
  const place = grid(rows, columns, { x: box.x + (room.width - unit * width) / 2, y: box.y, width: unit * width, height: unit * height });
  paintOver(scene, place.box, input, { sums, stamp: scores.values, rows, columns }, scale);
  const boxes = drawBoxes(scene, place.box);
  const isSame = rows === height && columns === width;
  const value = (row, column) => (isSame ? ` · ${words.value} ${brief(numberAt(input, row * width + column))}` : "");
  const at = (row, column, x, y) => {
    const cell = place.cell(row, column), chosen = boxAt(boxes, x ?? cell.x + cell.width / 2, y ?? cell.y + cell.height / 2);
    const told = chosen < 0 ? "" : `${boxes[chosen].text}\n`;
    const text = `${told}${words.cell(row, column, brief(sums[row * columns + column]))}${channels === 1 ? value(row, column) : ""}`;
    return { key: `${row},${column}`, box: cell, sent: ["chosen", { index: row * columns + column, row, column, box: chosen }], text };
  };
  return {
    alt: overlayAlt("picture", { values: sums, factor: 1 }, (i) => `(${Math.floor(i / columns)}, ${i % columns})`), rows, columns, at,
    find: (x, y) => ((found) => found && at(...found, x, y))(place.find(x, y)),
  };
}

/* The boxes that a detector draws, the one that is explained with a thicker frame: [{x, y, width, height, text}]. */
function drawBoxes(scene, picture) {
  const { context, theme, frame, diagram } = scene;
  const told = frame.arrays.get("boxes"), marked = frame.arrays.get("marked");
  if (!told) return [];
  const classes = frame.arrays.get("classes").values, sureness = frame.arrays.get("sureness");
  const boxes = boxesOf(told, picture).map((box, index) => ({ ...box, text: boxText(diagram, classes[index], numberAt(sureness, index)) }));
  const hasRoom = picture.width > NAMED, text = (box) => (hasRoom ? box.text : "");
  boxes.forEach((box, index) => drawFrame(context, theme, box, shapeColour(classes[index]), { thickness: 1.5, text: text(box), top: picture.y }));
  if (marked) drawMarked(scene, boxesOf(marked, picture)[0]);
  return boxes;
}

/* Around what is explained: seen on light and on dark. */
function drawMarked({ context, theme }, box) {
  outline(context, box, "#fff", 4, 3);
  outline(context, box, theme.isDark ? "#d6329c" : "#b3127a", 2, 3);
}

function drawTokens(scene, input, scores, scale) {
  const { context, theme, box, diagram } = scene, names = Array.from(input.values, (id) => tokenText(diagram, id));
  const each = summed(scores, names.length), boxes = [];
  Object.assign(scale, scaleOf([each], theme, { scale: "signed", ...scene.options }));
  setFont(context, theme, 13);
  let x = box.x, y = box.y;
  names.forEach((name, place) => {
    const text = fitted(context, name, 140), width = Math.max(18, context.measureText(text).width + 10);
    if (x + width > box.x + box.width) [x, y] = [box.x, y + TOKEN];
    boxes.push({ x, y, width, height: TOKEN - 4 });
    const colour = scale.colour(each.values[place]);
    roundedPath(context, boxes.at(-1), 4);
    context.fillStyle = colour;
    context.fill();
    Object.assign(context, { fillStyle: inkOn(colour), textAlign: "center", textBaseline: "middle" });
    context.fillText(text, x + width / 2, y + TOKEN / 2 - 1.5);
    x += width + 3;
  });
  const at = (_, place) => ({ key: String(place), box: boxes[place], sent: ["chosen", { index: place }], text: `${words.item("time", place)} · ${words.named(names[place], brief(each.values[place]))}` });
  const find = (left, top) => ((place) => (place < 0 ? null : at(0, place)))(boxes.findIndex((b) => left >= b.x && left <= b.x + b.width + 3 && top >= b.y && top <= b.y + b.height));
  return { alt: overlayAlt("tokens", each, (i) => names[i]), rows: 1, columns: names.length, at, find };
}

/* One number for each of n places: what stands behind a place is added up. */
function summed(scores, n) {
  const values = new Float32Array(n), size = Math.max(1, scores.values.length / n);
  for (let i = 0; i < scores.values.length; i++) values[Math.min(n - 1, Math.floor(i / size))] += numberAt(scores, i);
  return { values, factor: 1 };
}

/* (time, feature): lines over time, the background of every step in the colour of its score. */
function drawSeries(scene, input, scores, scale) {
  const { context, theme, box } = scene, isTime = input.axes[0] === "time" || input.axes[0] !== "channel";
  const [times, features] = isTime ? input.shape : [input.shape[1], input.shape[0]], at = (time, row) => (isTime ? time * features + row : row * times + time);
  const strips = Math.min(features, 6), pitch = (box.height - LEGEND_ROOM - 20) / strips, isFull = scores.values.length === times * features;
  const place = grid(strips, times, { x: box.x + 44, y: box.y, width: box.width - 52, height: pitch * strips }), score = (row, time) => numberAt(scores, isFull ? at(time, row) : time);
  const atlas = scene.paints.get("overlay", [scores.values], 1, strips, times, scale, (i) => score(Math.floor(i / times), i % times));
  const names = namesAlong(scene, "feature", features), label = scene.diagram.feature_names?.length === features ? scene.diagram.feature_names : names;
  context.save();
  context.globalAlpha = 0.7;
  drawPixels(context, atlas.canvas, { x: 0, y: 0, width: times, height: strips }, place.box, 4);
  context.restore();
  for (let row = 0; row < strips; row++) {
    const values = Array.from({ length: times }, (_, time) => numberAt(input, at(time, row))), low = Math.min(...values), high = Math.max(...values);
    const y = (value) => place.box.y + (row + 0.92) * pitch - ((value - low) / (high - low || 1)) * pitch * 0.84;
    context.beginPath();
    values.forEach((value, time) => context.lineTo(place.box.x + (time + 0.5) * place.wide, y(value)));
    Object.assign(context, { strokeStyle: theme.text, lineWidth: 1.6, lineJoin: "round" });
    context.stroke();
    setFont(context, theme, 10.5);
    Object.assign(context, { fillStyle: theme.muted, textAlign: "right", textBaseline: "middle" });
    context.fillText(fitted(context, String(label[row]), 40), place.box.x - 5, place.box.y + (row + 0.5) * pitch);
  }
  drawTicks(context, theme, place.box, niceTicks(0, times - 1, place.box.width / 80).filter(Number.isInteger), { along: "x", place: (tick) => place.box.x + (tick + 0.5) * place.wide });
  const hit = (row, time) => ({ key: `${row},${time}`, box: place.cell(row, time), sent: ["chosen", { index: time, row }], text: `${placeName(names, "feature", row)}, ${words.item("time", time)}: ${brief(score(row, time))} · ${words.value} ${brief(numberAt(input, at(time, row)))}` });
  return { alt: overlayAlt("series", scores, (i) => words.item("time", isFull && isTime ? Math.floor(i / features) : i)), rows: strips, columns: times, at: hit, find: (x, y) => ((found) => found && hit(...found))(place.find(x, y)) };
}

/* An utterance: its bands over time in grey, the scores over them, the phones that are heard below, and the frame explained. */
function drawFrames(scene, input, scores, scale) {
  const { context, theme, box, frame, diagram } = scene, [times, bands] = input.shape, path = frame.arrays.get("path"), marked = frame.arrays.get("marked");
  const place = grid(bands, times, { x: box.x + FRAMES.left, y: box.y, width: box.width - FRAMES.left - 4, height: box.height - LEGEND_ROOM - TICKS - (path ? CHIP : 0) });
  const sums = asPicture(scores).values, band = (row) => bands - 1 - row, names = namesAlong(scene, "feature", bands);
  paintOver(scene, place.box, asPicture(input), { sums, stamp: scores.values, rows: bands, columns: times }, scale);
  setFont(context, theme, 10.5);
  Object.assign(context, { fillStyle: theme.muted, textAlign: "right", textBaseline: "middle" });
  for (const row of [0, bands - 1]) context.fillText(fitted(context, names[band(row)], FRAMES.left - 6), place.box.x - 6, place.box.y + (row + 0.5) * place.high);
  const below = place.box.y + place.box.height;
  const under = { ...place.box, height: place.box.height + (path ? CHIP : 0) };
  drawTicks(context, theme, under, niceTicks(0, times - 1, 6).filter(Number.isInteger), { along: "x", place: (tick) => place.box.x + (tick + 0.5) * place.wide });
  if (marked) {
    const [start, end] = [0, 1].map((side) => place.box.x + numberAt(marked, side) * place.box.width);
    drawMarked(scene, { x: start - 1, y: place.box.y - 1, width: end - start + 2, height: place.box.height + 2 });
  }
  if (path) drawRuns(context, theme, { x: place.box.x, y: below + 3, width: place.box.width }, path.values, diagram);
  const heard = (time) => (path ? ` · ${phoneName(diagram, path.values[Math.floor((time * path.values.length) / times)])}` : "");
  const at = (row, time) => ({
    key: `${row},${time}`, box: place.cell(row, time), sent: ["chosen", { index: time, row: band(row), share: (time + 0.5) / times }],
    text: `${placeName(names, "feature", band(row))}, ${words.frame(time)}${heard(time)}\n${brief(sums[row * times + time] * scores.factor)} · ${words.value} ${brief(numberAt(input, time * bands + band(row)))}`,
  });
  return { alt: overlayAlt("utterance", scores, (i) => words.frame(Math.floor(i / bands))), rows: bands, columns: times, at, find: (x, y) => ((found) => found && at(...found))(place.find(x, y)) };
}

/* A row of a table: every column with its number and its score as a bar. */
function drawRow(scene, input, scores, scale) {
  const { context, theme, box, options } = scene, n = sizeOf(scores.shape), names = namesAlong(scene, "feature", n);
  const order = Array.from({ length: n }, (_, i) => i);
  if (options.is_sorted) order.sort((one, other) => Math.abs(scores.values[other]) - Math.abs(scores.values[one]));
  const most = Math.max(1, Math.floor((box.height - LEGEND_ROOM) / 16)), shown = order.slice(0, most), pitch = Math.min(ROW, (box.height - LEGEND_ROOM) / shown.length);
  setFont(context, theme, 11.5);
  const hasInput = input?.values.length === n, room = roomFor(context, names, 140), values = hasInput ? 70 : 0, x0 = box.x + room + values, wide = box.width - room - values - 52;
  shown.forEach((index, place) => {
    const score = numberAt(scores, index), y = box.y + place * pitch, zero = x0 + wide / 2, end = zero + (score / scale.peak) * (wide / 2);
    setFont(context, theme, Math.min(11.5, pitch - 2));
    Object.assign(context, { fillStyle: theme.text, textAlign: "right", textBaseline: "middle" });
    context.fillText(fitted(context, names[index], room - 6), box.x + room - 6, y + pitch / 2);
    context.fillStyle = theme.muted;
    if (hasInput) context.fillText(brief(numberAt(input, index)), x0 - 10, y + pitch / 2);
    roundedPath(context, { x: Math.min(zero, end), y: y + 3, width: Math.max(1.5, Math.abs(end - zero)), height: pitch - 6 }, 3);
    context.fillStyle = rgb(score < 0 ? theme.colours.negative : theme.colours.positive);
    context.fill();
    Object.assign(context, { fillStyle: theme.muted, textAlign: "left" });
    context.fillText(brief(score), x0 + wide + 6, y + pitch / 2);
  });
  const at = (place) => ({ key: String(place), box: { x: box.x, y: box.y + place * pitch, width: box.width - 1, height: pitch }, sent: ["chosen", { index: shown[place] }], text: `${placeName(names, "feature", shown[place])}: ${brief(numberAt(scores, shown[place]))}` });
  return { alt: overlayAlt("row", scores, (i) => names[i]), rows: shown.length, columns: 1, at, find: (_, y) => ((place) => (place >= 0 && place < shown.length ? at(place) : null))(Math.floor((y - box.y) / pitch)) };
}

/* A point of the plane among the others, with an arrow along each coordinate as long as its score. */
function drawPoint(scene, input, scores, scale) {
  const { context, theme, box, diagram } = scene, side = Math.min(box.width - 60, box.height - LEGEND_ROOM - 24);
  const inner = { x: box.x + (box.width - side) / 2, y: box.y, width: side, height: side }, peak = Math.max(PLANE, largest(input.values) * input.factor);
  const x = (value) => inner.x + ((value + peak) / (2 * peak)) * side, y = (value) => inner.y + side - ((value + peak) / (2 * peak)) * side;
  for (const along of ["x", "y"]) drawTicks(context, theme, inner, niceTicks(-peak, peak, 4), { along, place: along === "x" ? x : y, isGrid: true });
  const { train } = diagram.points ?? {};
  for (let i = 0; i < Math.min(300, train?.x.length ?? 0); i++) {
    context.beginPath();
    context.arc(x(train.x[i]), y(train.y[i]), 2.2, 0, 2 * Math.PI);
    context.fillStyle = rgb(classColour(Number.isInteger(train.target[i]) ? train.target[i] : 0), 0.35);
    context.fill();
  }
  const [left, top] = [x(numberAt(input, 0)), y(numberAt(input, 1))], names = namesAlong(scene, "feature", 2).isPlain ? ["x₁", "x₂"] : namesAlong(scene, "feature", 2);
  [0, 1].forEach((axis) => drawArrow(scene, left, top, axis, (numberAt(scores, axis) / scale.peak) * side * 0.3, names[axis], numberAt(scores, axis)));
  context.beginPath();
  context.arc(left, top, 6, 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: theme.text, strokeStyle: theme.background, lineWidth: 2 });
  context.fill();
  context.stroke();
  const at = (_, axis) => ({ key: String(axis), isPlain: true, at: [left, top - 8], box: { x: left - 6, y: top - 6, width: 12, height: 12 }, sent: ["chosen", { index: axis }], text: `${names[axis]} = ${brief(numberAt(input, axis))}: ${brief(numberAt(scores, axis))}` });
  return { alt: overlayAlt("point", scores, (i) => names[i]), rows: 1, columns: 2, at, find: (px, py) => (Math.hypot(px - left, py - top) < 60 ? at(0, Math.abs(px - left) >= Math.abs(py - top) ? 0 : 1) : null) };
}

function drawArrow({ context, theme }, left, top, axis, length, name, score) {
  const colour = rgb(score < 0 ? theme.colours.negative : theme.colours.positive), [x, y] = axis ? [left, top - length] : [left + length, top];
  const sign = Math.sign(length) || 1;
  Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 5, lineCap: "round" });
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(x, y);
  context.stroke();
  context.beginPath();
  context.moveTo(axis ? x - 7 : x, axis ? y : y - 7);
  context.lineTo(axis ? x + 7 : x, axis ? y : y + 7);
  context.lineTo(axis ? x : x + 10 * sign, axis ? y - 10 * sign : y);
  context.fill();
  setFont(context, theme, 11.5, 600);
  context.fillStyle = theme.text;
  Object.assign(context, axis ? { textAlign: "left", textBaseline: "middle" } : { textAlign: sign > 0 ? "left" : "right", textBaseline: "bottom" });
  context.fillText(`${name} ${brief(score)}`, axis ? x + 12 : x + 12 * sign, axis ? y : y - 8);
}

const FORMS = { picture: drawPicture, tokens: drawTokens, series: drawSeries, frames: drawFrames, row: drawRow, point: drawPoint };
