/* One list of numbers, or several of the same length side by side, as bars from zero. */

import { classColour, rgb } from "./colour.js";
import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, drawTicks, fitted, niceTicks, roundedPath, setFont } from "./plot.js";
import { chosenPart, endingIn, namesAlong, numbersOf, placeName, roomFor, seriesColour } from "./view_common.js";

const ROW = 22, MOST_NAME = 150, NUMBER = 52, LEAST_ROW = 15, LEFT = 50, BELOW = 24;

export function draw(scene) {
  const bars = barsOf(scene);
  if (!bars?.rows.length) return words.noBars;
  return scene.options.edges ? drawUpright(scene, bars) : drawLying(scene, bars);
}

/* {rows: [{name, index, values: [one for each series]}], series, array}. */
function barsOf(scene) {
  const { frame, options } = scene;
  const groups = options.groups ?? (options.stack ? [options.stack] : null);
  if (groups) return scalarsOf(frame, groups, options);
  const part = chosenPart(scene, 1, ({ shape }) => shape.length === 1);
  if (!part) return null;
  const names = namesAlong(scene, part.axes[0], part.shape[0]), values = numbersOf(part);
  const ranks = options.order ? [...(frame.arrays.get(options.order)?.values ?? [])] : null;
  const order = ranks?.length ? ranks : options.is_sorted ? values.map((_, i) => i).sort((one, other) => Math.abs(values[other]) - Math.abs(values[one])) : values.map((_, i) => i);
  const marked = typeof options.marked === "string" ? frame.arrays.get(options.marked)?.values[0] : options.marked;
  const rows = order.slice(0, options.most ?? order.length).map((index) => ({
    index, name: names[index], full: placeName(names, part.axes[0], index), values: [values[index]], isMarked: index === marked,
  }));
  return { rows, series: [""], array: part.name, axis: part.axes[0] };
}

/* Single numbers whose names end alike: a row for each, or a group of bars where there are several endings. */
function scalarsOf(frame, endings, { labels }) {
  const columns = endings.map((ending) => new Map(endingIn(frame, ending).filter(([, { shape }]) => !shape.length)));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = names.map((name, index) => ({ index, name, full: name, values: columns.map((column) => (column.has(name) ? numberAt(column.get(name), 0) : NaN)) }));
  return { rows, series: endings.map((ending) => labels?.[ending] ?? ending.replace(/^[._]/, "").replaceAll("_", " ")), array: null, axis: "layer" };
}

function drawLying(scene, { rows, series, array }) {
  const { context, theme, box, options } = scene, legend = series.length > 1 ? 20 : 0;
  const most = Math.max(1, Math.floor((box.height - legend) / LEAST_ROW)), shown = rows.slice(0, most);
  const pitch = Math.min(ROW * Math.max(1, series.length * 0.7), (box.height - legend) / shown.length);
  const all = shown.flatMap(({ values }) => values).filter(Number.isFinite), low = Math.min(0, ...all), high = Math.max(0, options.peak ?? 0, ...all);
  setFont(context, theme, 11.5, 700);
  const room = roomFor(context, shown.map(({ name }) => name), Math.min(MOST_NAME, box.width * 0.4));
  const inner = { x: box.x + room, width: box.width - room - NUMBER - (low < 0 ? NUMBER : 0) };
  const x = (value) => inner.x + (low < 0 ? NUMBER : 0) + ((value - low) / (high - low || 1)) * inner.width;
  shown.forEach((row, place) => drawRow(scene, row, { y: box.y + place * pitch, pitch, x, room, isOne: series.length === 1 }));
  if (legend) drawSeries(scene, series);
  const at = (place) => ({
    key: String(place), box: { x: box.x, y: box.y + place * pitch, width: box.width - 1, height: pitch }, sent: ["chosen", { array, index: shown[place].index, name: shown[place].name }],
    text: words.named(shown[place].full, series.map((name, k) => `${name} ${brief(shown[place].values[k])}`.trim()).join(" · ")),
  });
  const find = (_, y) => ((place) => (place >= 0 && place < shown.length ? at(place) : null))(Math.floor((y - box.y) / pitch));
  return { alt: words.barsAlt(shown.slice(0, 8).map(({ name, values }) => `${name} ${values.map((value) => brief(value)).join(" ")}`)), rows: shown.length, columns: 1, at, find };
}

function drawRow({ context, theme, box, options }, row, { y, pitch, x, room, isOne }) {
  const isChosen = row.isMarked || options.chosen?.index === row.index;
  setFont(context, theme, Math.min(11.5, pitch - 2), isChosen ? 700 : 400);
  Object.assign(context, { fillStyle: isChosen ? theme.primary : theme.text, textAlign: "right", textBaseline: "middle" });
  context.fillText(fitted(context, row.name, room - 8), box.x + room - 7, y + pitch / 2);
  const height = (pitch - 4) / row.values.length;
  row.values.forEach((value, place) => {
    if (!Number.isFinite(value)) return;
    const [left, right] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))], top = y + 2 + place * height;
    roundedPath(context, { x: left, y: top, width: Math.max(1.5, right - left), height: Math.max(1, height - 1) }, 3);
    context.fillStyle = !isOne ? seriesColour(place) : row.isMarked ? rgb(classColour(2)) : rgb(value < 0 ? theme.colours.negative : theme.colours.positive);
    context.fill();
    if (height < 9) return;
    setFont(context, theme, Math.min(11, height));
    Object.assign(context, { fillStyle: theme.muted, textAlign: value < 0 ? "right" : "left" });
    context.fillText(brief(value), value < 0 ? left - 6 : right + 6, top + height / 2);
  });
}

function drawSeries({ context, theme, box }, series) {
  setFont(context, theme, 11);
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  let left = box.x + 4;
  series.forEach((name, index) => {
    context.fillStyle = seriesColour(index);
    context.fillRect(left, box.y + box.height - 12, 10, 10);
    context.fillStyle = theme.muted;
    context.fillText(name, left + 15, box.y + box.height - 6);
    left += context.measureText(name).width + 36;
  });
}

/* A histogram: counts between edges. */
function drawUpright(scene, { rows, array }) {
  const { context, theme, box, frame, options } = scene, edges = frame.arrays.get(options.edges);
  if (!edges || edges.values.length !== rows.length + 1) return words.noBars;
  const inner = { x: box.x + LEFT, y: box.y + 6, width: box.width - LEFT - 10, height: box.height - BELOW - 6 };
  const counts = rows.map(({ values }) => values[0]), high = Math.max(...counts) || 1, [low, top] = [numberAt(edges, 0), numberAt(edges, rows.length)];
  const x = (value) => inner.x + ((value - low) / (top - low || 1)) * inner.width, y = (value) => inner.y + inner.height * (1 - value / high);
  drawTicks(context, theme, inner, niceTicks(0, high, Math.max(2, inner.height / 40)), { along: "y", place: y, isGrid: true });
  drawTicks(context, theme, inner, niceTicks(low, top, Math.max(2, inner.width / 70)), { along: "x", place: x });
  context.fillStyle = rgb(theme.colours.positive);
  const bar = (place) => {
    const [left, right] = [x(numberAt(edges, place)), x(numberAt(edges, place + 1))];
    return { x: left, y: y(counts[place]), width: Math.max(1, right - left - 1), height: inner.y + inner.height - y(counts[place]) };
  };
  counts.forEach((_, place) => ((at) => context.fillRect(at.x, at.y, at.width, at.height))(bar(place)));
  const at = (_, place) => ({
    key: String(place), box: bar(place), sent: ["chosen", { array, index: place }],
    text: `${brief(numberAt(edges, place))} … ${brief(numberAt(edges, place + 1))}: ${brief(counts[place])}`,
  });
  const find = (left) => ((place) => (place >= 0 && place < rows.length ? at(0, place) : null))(Math.floor(((left - inner.x) / inner.width) * rows.length));
  return { alt: words.barsAlt(counts.map((count) => brief(count))), rows: 1, columns: rows.length, at, find };
}
