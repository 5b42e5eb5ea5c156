/* Lists of numbers as curves over a common axis. */

import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, drawTicks, fitted, logTicks, niceTicks, setFont } from "./plot.js";
import { LEGEND_ROOM, endingIn, namesAlong, numbersOf, seriesColour } from "./view_common.js";

const LEFT = 50, BELOW = 36, ABOVE = 6, RIGHT = 12, MOST_SERIES = 10;

export function draw(scene) {
  const curves = curvesOf(scene).slice(0, MOST_SERIES);
  const numbers = curves.flatMap(({ values }) => values).filter((value) => Number.isFinite(value) && (!scene.options.log || value > 0));
  if (!numbers.length) return words.noCurves;
  const plot = layOut(scene, curves, numbers);
  drawAxes(scene, plot);
  curves.forEach((curve, index) => drawCurve(scene, plot, curve, seriesColour(index)));
  drawNames(scene, curves);
  const { marked } = scene.options;
  if (marked !== undefined && marked < plot.xs.length) drawPointed(scene, plot, curves, marked);
  const columns = plot.xs.length, at = (_, column) => hitAt(scene, curves, plot, column);
  if (scene.pointed?.column !== undefined) drawPointed(scene, plot, curves, scene.pointed.column);
  return {
    alt: words.curvesAlt(curves.map(({ name, values }) => words.curve(name, brief(values.at(-1))))), rows: 1, columns, at,
    find: (x) => (x < plot.box.x - 8 || x > plot.box.x + plot.box.width + 8 ? null : at(0, nearestPlace(plot, x))),
  };
}

/* {name, values, axis}: the arrays that the options name, those that end alike, the rows of one, else all of one axis. */
function curvesOf({ frame, options }) {
  const single = options.array ? frame.arrays.get(options.array) : null;
  if (single?.shape.length === 2) return rowsOf(options, single);
  const listed = options.arrays ? options.arrays.map((name) => [options.labels?.[name] ?? name, frame.arrays.get(name)])
    : options.stack ? endingIn(frame, options.stack) : single ? [[options.array, single]] : [...frame.arrays].filter(([name]) => name !== options.x);
  const flat = listed.filter(([, array]) => array?.shape.length === 1 && array.values.length > 1), axis = flat[0]?.[1].axes[0];
  return flat.filter(([, array]) => array.axes[0] === axis).map(([name, array]) => ({ name: options.labels?.[name] ?? name, values: numbersOf(array), axis }));
}

function rowsOf({ labels }, array) {
  const [rows, length] = array.shape;
  return Array.from({ length: rows }, (_, row) => ({
    name: labels?.[array.axes[0]]?.[row] ?? words.item(array.axes[0], row + 1), axis: array.axes[1],
    values: Array.from({ length }, (__, place) => numberAt(array, row * length + place)),
  }));
}

function layOut({ frame, box, options }, curves, numbers) {
  const length = Math.max(...curves.map(({ values }) => values.length)), given = options.x ? frame.arrays.get(options.x) : null;
  const xs = given?.values.length >= length ? numbersOf(given).slice(0, length) : Array.from({ length }, (_, place) => place);
  let low = options.low ?? Math.min(...numbers), high = options.high ?? Math.max(...numbers);
  if (!options.log && options.low === undefined && low > 0 && low < 0.5 * high) low = 0;
  if (low === high) [low, high] = options.log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const inner = { x: box.x + LEFT, y: box.y + ABOVE, width: box.width - LEFT - RIGHT, height: box.height - ABOVE - BELOW - LEGEND_ROOM };
  const [first, last] = [Math.min(...xs), Math.max(...xs)], scale = options.log ? Math.log : (value) => value;
  return {
    box: inner, xs, low, high, isGiven: Boolean(given), x: (value) => inner.x + ((value - first) / (last - first || 1)) * inner.width,
    y: (value) => inner.y + inner.height - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * inner.height,
    axis: options.x_name ?? options.x ?? words.axis(curves[0].axis), first, last,
  };
}

function drawAxes(scene, plot) {
  const { context, theme, options } = scene, { box } = plot;
  const heights = options.log ? logTicks(plot.low, plot.high) : niceTicks(plot.low, plot.high, Math.max(2, box.height / 44));
  drawTicks(context, theme, box, heights, { along: "y", place: plot.y, isGrid: true });
  const all = niceTicks(plot.first, plot.last, Math.max(2, box.width / 80)), ticks = plot.isGiven ? all : all.filter(Number.isInteger);
  const names = plot.isGiven ? null : namesAlong(scene, scene.options.axis ?? "", plot.xs.length);
  drawTicks(context, theme, box, ticks, { along: "x", place: plot.x, name: (tick) => (names && !names.isPlain ? names[tick] : brief(tick)) });
  Object.assign(context, { fillStyle: theme.muted, textAlign: "center", textBaseline: "top" });
  setFont(context, theme, 10.5);
  context.fillText(plot.axis, box.x + box.width / 2, box.y + box.height + 21);
}

function drawCurve({ context }, plot, { values }, colour) {
  context.beginPath();
  let isDown = false;
  values.forEach((value, place) => {
    const y = plot.y(value);
    if (!Number.isFinite(y)) isDown = false;
    else if (isDown) context.lineTo(plot.x(plot.xs[place]), y);
    else [isDown] = [true, context.moveTo(plot.x(plot.xs[place]), y)];
  });
  Object.assign(context, { strokeStyle: colour, lineWidth: 1.9, lineJoin: "round" });
  context.stroke();
}

/* Names of the curves in one line at the bottom. */
function drawNames({ context, theme, box }, curves) {
  if (curves.length < 2 && !curves[0].name) return;
  setFont(context, theme, 11);
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  const room = Math.max(30, (box.width - LEFT) / curves.length - 24), y = box.y + box.height - 8;
  let x = box.x + LEFT;
  curves.forEach(({ name }, index) => {
    const text = fitted(context, name, room);
    context.fillStyle = seriesColour(index);
    context.fillRect(x, y - 2, 12, 3);
    context.fillStyle = theme.muted;
    context.fillText(text, x + 17, y);
    x += context.measureText(text).width + 32;
  });
}

function drawPointed({ context, theme }, plot, curves, column) {
  const x = Math.round(plot.x(plot.xs[column])) + 0.5;
  Object.assign(context, { strokeStyle: theme.muted, lineWidth: 1 });
  context.beginPath();
  context.moveTo(x, plot.box.y);
  context.lineTo(x, plot.box.y + plot.box.height);
  context.stroke();
  curves.forEach(({ values }, index) => {
    const y = plot.y(values[column]);
    if (!Number.isFinite(y)) return;
    context.beginPath();
    context.arc(x, y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = seriesColour(index);
    context.fill();
  });
}

function nearestPlace({ xs, x }, left) {
  return xs.reduce((best, value, place) => (Math.abs(x(value) - left) < Math.abs(x(xs[best]) - left) ? place : best), 0);
}

function hitAt(scene, curves, plot, column) {
  const rows = curves.filter(({ values }) => column < values.length).map(({ name, values }) => words.named(name, brief(values[column])));
  const x = plot.x(plot.xs[column]), names = plot.isGiven ? null : namesAlong(scene, scene.options.axis ?? "", plot.xs.length);
  const where = names && !names.isPlain ? names[column] : brief(plot.xs[column], 6);
  return {
    key: String(column), column, isPlain: true, at: [x, plot.box.y + 26 + 16 * rows.length], box: { x, y: plot.box.y, width: 0, height: plot.box.height },
    text: [`${plot.axis} ${where}`, ...rows].join("\n"), sent: scene.options.is_clickable ? ["chosen", { index: column, x: plot.xs[column] }] : null,
  };
}
