/* Many small maps side by side: what channels answer, filters, or examples of the data. */

import { Atlas, paintArray } from "./colour.js";
import { numberAt, slab } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, setFont } from "./plot.js";
import { outline } from "./stage_units.js";
import { LEGEND_ROOM, answerText, drawLegend, drawPixels, isWhole, partOf, scaleOf, tokenText } from "./view_common.js";

const GAP = 8, CAPTION = 15, LEAST = 16;
const SKIPPED = new Set(["target", "prediction"]);
const greys = new WeakMap(); // by the numbers of one picture

export function draw(scene) {
  const maps = mapsOf(scene);
  if (!maps) return words.noPictures;
  const { options } = scene, captions = captionsOf(scene), scale = scaleOf([maps], scene.theme, options);
  const place = layOut(scene, maps, captions.length ? CAPTION : 0);
  for (let index = 0; index < maps.count; index++) drawOne(scene, maps, scale, place.box(index), index, captions);
  if (!maps.isGrey && !maps.isWords) drawLegend(scene, scale);
  const at = (row, column) => hitAt(maps, place, captions, row * place.columns + column);
  return {
    alt: words.picturesAlt(options.title ?? maps.name, maps.count), rows: place.rows, columns: place.columns, at,
    find: (x, y) => ((index) => (index < 0 ? null : hitAt(maps, place, captions, index, x, y)))(place.find(x, y)),
  };
}

/* (n, height, width) after taking the wanted plane of (n, channel, height, width); three channels of an input stay colours. */
function mapsOf(scene) {
  const { frame, diagram, options } = scene, inputs = new Set((diagram.inputs ?? []).map(({ name }) => name));
  const [name, whole] = options.array ? [options.array, frame.arrays.get(options.array)]
    : [...frame.arrays].find(([each, { shape }]) => !SKIPPED.has(each) && shape.length >= 3) ?? [];
  if (!whole) return null;
  if (isWhole(whole) && whole.shape.length === 2) return { ...whole, name, isWords: true, count: whole.shape[0], rows: 1, columns: whole.shape[1], axis: whole.axes[0] };
  const array = whole.shape.length > 4 ? partOf(name, whole, 4, options.index) : whole;
  if (array.shape.length < 2) return null;
  const isGrey = options.is_grey ?? inputs.has(name), [rows, columns] = array.shape.slice(-2);
  if (array.shape.length === 4) {
    const [count, channels] = array.shape, isColour = isGrey && channels === 3, channel = Math.min(options.channel ?? 0, channels - 1);
    return { ...array, name, isGrey, isColour, count, rows, columns, channels, channel, axis: array.axes[0] };
  }
  return { ...array, name, isGrey, count: array.shape.length === 3 ? array.shape[0] : 1, rows, columns, channels: 1, channel: 0, axis: array.axes[0] };
}

const captionsOf = ({ frame, diagram, options }) => [options.captions ?? []].flat().map((name) => {
  const array = frame.arrays.get(name);
  const isPlace = /(^|\.)example$/.test(name); // its number in the data
  const read = array && isWhole(array) && !isPlace ? (i) => answerText(diagram, array.values[i]) : (i) => (isPlace ? words.point(array.values[i]) : brief(numberAt(array, i), 2));
  return array ? read : () => "";
});

function layOut({ box }, { count, rows, columns, isWords }, caption) {
  const width = box.width, height = box.height - LEGEND_ROOM, ratio = isWords ? 1 : columns / rows;
  let best = { wide: 0, across: 1 };
  for (let across = 1; across <= (isWords ? 1 : count); across++) {
    const down = Math.ceil(count / across), wide = Math.min((width - GAP * (across - 1)) / across, ((height - GAP * (down - 1)) / down - caption) * ratio);
    if (wide > best.wide) best = { wide, across };
  }
  const { across } = best, down = Math.ceil(count / across);
  const high = isWords ? Math.min(26, height / down - GAP) : Math.max(LEAST / ratio, best.wide / ratio), wide = isWords ? width : Math.max(LEAST, Math.min(best.wide, 220));
  const tall = isWords ? high : Math.min(high, wide / ratio), pitch = { x: wide + GAP, y: tall + GAP + caption };
  const boxOf = (index) => ({ x: box.x + (index % across) * pitch.x, y: box.y + Math.floor(index / across) * pitch.y, width: wide, height: tall });
  return {
    rows: down, columns: across, box: boxOf, caption,
    find(x, y) {
      const column = Math.floor((x - box.x) / pitch.x), index = Math.floor((y - box.y) / pitch.y) * across + column;
      return column >= 0 && column < across && index >= 0 && index < count ? index : -1;
    },
  };
}

function drawOne(scene, maps, scale, box, index, captions) {
  const { context, theme, options, diagram } = scene, { rows, columns, channels, channel, count } = maps;
  if (maps.isWords) drawTokens(scene, maps, box, index, diagram);
  else if (maps.isGrey) drawPixels(context, greyOf(maps, index, theme), { x: 0, y: 0, width: columns, height: rows }, box, 5);
  else {
    const plane = rows * columns, atlas = scene.paints.get("pictures", [maps.values, channel], count, rows, columns, scale,
      (i) => numberAt(maps, (Math.floor(i / plane) * channels + channel) * plane + (i % plane)));
    drawPixels(context, atlas.canvas, { x: 0, y: index * rows, width: columns, height: rows }, box, 5);
  }
  if (options.window?.index === index) drawWindow(scene, maps, box, windowOf(scene.frame, options.window));
  const isChosen = (options.chosen?.index ?? null) === index;
  if (!maps.isWords || isChosen) outline(context, box, isChosen ? theme.primary : theme.border, isChosen ? 3 : 1, 5);
  if (!captions.length) return;
  setFont(context, theme, 10.5);
  Object.assign(context, { fillStyle: theme.muted, textAlign: "left", textBaseline: "top" });
  const text = captions.map((read) => read(index)).filter(Boolean).join(" · ");
  context.fillText(fitted(context, text, box.width + GAP), box.x, box.y + box.height + 3);
}

/* Where the frame lies: as the options say, or as an array of four numbers in the picture says. */
function windowOf(frame, window) {
  if (!window.array) return window;
  const [row, column, rows, columns] = frame.arrays.get(window.array)?.values ?? [0, 0, 0, 0];
  return { row, column, rows, columns };
}

/* A frame around a part of one picture; what reaches over the edge is cut off. */
function drawWindow({ context, theme }, maps, box, { row, column, rows, columns }) {
  const [wide, high] = [box.width / maps.columns, box.height / maps.rows];
  const [left, top, right, bottom] = [Math.max(0, column), Math.max(0, row), Math.min(maps.columns, column + columns), Math.min(maps.rows, row + rows)];
  const frame = { x: box.x + left * wide - 1, y: box.y + top * high - 1, width: (right - left) * wide + 2, height: (bottom - top) * high + 2 };
  outline(context, frame, theme.primary, Math.max(1.5, Math.min(3, wide / 4)), 2);
}

function greyOf(maps, index, { colours }) {
  const values = slab(maps, index), plane = maps.rows * maps.columns;
  const shown = maps.isColour ? values : values.subarray(maps.channel * plane, (maps.channel + 1) * plane);
  if (!greys.has(maps.values)) greys.set(maps.values, new Map());
  const kept = greys.get(maps.values), key = `${index} ${maps.channel}`;
  if (!kept.has(key)) {
    const atlas = new Atlas();
    paintArray(atlas, { ...maps, values: shown, shape: [maps.isColour ? 3 : 1, maps.rows, maps.columns] }, colours, { isGrey: true });
    kept.set(key, atlas.canvas);
  }
  return kept.get(key);
}

/* A row of tokens; the place that counts, where the options name one, is underlined. */
function drawTokens({ context, theme, frame, options }, maps, box, index, diagram) {
  const marked = options.places ? frame.arrays.get(options.places)?.values[index] : null;
  setFont(context, theme, Math.min(12, box.height - 4));
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  let x = box.x + 4;
  const from = Math.max(0, (marked ?? 0) - 14);
  for (let place = from; place < maps.columns && x < box.x + box.width - 20; place++) {
    const text = fitted(context, tokenText(diagram, maps.values[index * maps.columns + place]), 120), wide = context.measureText(text).width;
    if (place === marked) {
      context.fillStyle = theme.primary;
      context.fillRect(x - 2, box.y + box.height - 4, wide + 4, 2.5);
    }
    context.fillStyle = place === marked ? theme.primary : theme.text;
    context.fillText(text, x, box.y + box.height / 2);
    x += wide + 5;
  }
}

function hitAt(maps, place, captions, index, x, y) {
  if (index >= maps.count) return null;
  const box = place.box(index), parts = [words.item(maps.axis, index + 1), ...captions.map((read) => read(index)).filter(Boolean)];
  const column = x === undefined ? -1 : Math.floor(((x - box.x) / box.width) * maps.columns), row = x === undefined ? -1 : Math.floor(((y - box.y) / box.height) * maps.rows);
  const isInside = !maps.isWords && !maps.isColour && row >= 0 && column >= 0 && row < maps.rows && column < maps.columns;
  if (isInside) parts.push(words.cell(row, column, brief(numberAt(maps, ((index * maps.channels + maps.channel) * maps.rows + row) * maps.columns + column))));
  return { key: `${index} ${row} ${column}`, box, text: parts.join(" · "), sent: ["chosen", { array: maps.name, index, ...(isInside ? { row, column } : {}) }] };
}
