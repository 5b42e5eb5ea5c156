/* What the views share: parts of a picture by name, words along its axes, colours by the sign of its numbers, and tips. */

import { Atlas, classColour, luminanceOf, rgb, shareColour, shareLevel, signedColour, signedLevel } from "./colour.js";
import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, roundedPath, setFont } from "./plot.js";

const OVER_TIME = new Set(["time", "query", "key", "position", "step"]);
const ANSWERS = new Set(["class", "token", "output", "answer"]);
const TRACKS = new Set(["target", "prediction"]);
const LEGEND = { width: 96, height: 8 };
export const LEGEND_ROOM = 22;

// Parts of a picture

export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);
export const isWhole = (array) => array.values instanceof Int32Array || array.values instanceof Uint8Array;

/* The last `rank` axes of an array at leading indices (missing ones are 0), as a view. */
export function partOf(name, array, rank, index = []) {
  const leading = array.shape.length - rank;
  if (leading < 0) return null;
  const chosen = Array.from({ length: leading }, (_, place) => Math.min([index].flat()[place] ?? 0, array.shape[place] - 1));
  const shape = array.shape.slice(leading), size = sizeOf(shape);
  const start = chosen.reduce((place, each, axis) => place * array.shape[axis] + each, 0) * size;
  return { ...array, name, index: chosen, axes: array.axes.slice(leading), shape, values: array.values.subarray(start, start + size) };
}

/* The part that the options name, else the first that is large enough and no track. */
export function chosenPart({ frame, diagram, options }, rank, fits = () => true) {
  const inputs = new Set((diagram.inputs ?? []).map(({ name }) => name));
  const isPicture = ([name, array]) => !TRACKS.has(name) && !inputs.has(name) && array.shape.length >= rank && fits(array);
  const found = options.array ? [options.array, frame.arrays.get(options.array)] : [...frame.arrays].find(isPicture);
  if (!found?.[1]) return null;
  return partOf(found[0], found[1], rank, options.index ?? []);
}

/* Arrays whose names end in a text, without it: [[short name, array]]. */
export function endingIn(frame, ending) {
  return [...frame.arrays].filter(([name]) => name.endsWith(ending)).map(([name, array]) => [name.slice(0, -ending.length) || name, array]);
}

export const numbersOf = (part) => Array.from(part.values, (_, place) => numberAt(part, place));

// Words along axes

/* The input over time, if there is one. */
export function inputOf({ frame, diagram, options }) {
  const names = [options.input, ...(diagram.inputs ?? []).map(({ name }) => name), "input"];
  const name = names.find((each) => each && frame.arrays.has(each));
  return name ? frame.arrays.get(name) : null;
}

/* The input as one token a step: by its numbers, or by which of its marks is set; null where steps are other things. */
export function tokensOf(scene) {
  const input = inputOf(scene), wide = input?.shape[1], { mark_names: marks = null } = scene.diagram;
  if (!input || (isWhole(input) && input.shape.length === 1)) return input;
  if (!marks || input.shape.length !== 2 || wide !== marks.length) return null;
  const values = Int32Array.from({ length: input.shape[0] }, (_, time) => marks.findIndex((_, mark) => numberAt(input, time * wide + mark) > 0.5));
  return { ...input, axes: input.axes.slice(0, 1), shape: input.shape.slice(0, 1), factor: 1, values };
}

export function tokenText(diagram, id) {
  return readable((diagram.token_names ?? diagram.mark_names)?.[id] ?? String(id));
}

export function answerText(diagram, id) {
  const names = diagram.task?.labels?.length ? diagram.task.labels : diagram.token_names ?? [];
  return readable(names[id] ?? String(id));
}

const readable = (text) => ({ " ": "␣", "\n": "⏎", "\t": "⇥", "": "∅" })[text] ?? String(text);

/* Names along an axis; plain numbers where nothing has a name. Steps count from 0, everything else from 1. */
export function namesAlong(scene, axis, length) {
  const { diagram, options } = scene, given = options.labels?.[axis];
  if (Array.isArray(given)) return given.map(String);
  const tokens = OVER_TIME.has(axis) ? tokensOf(scene) : null;
  if (tokens?.shape[0] === length) return Array.from(tokens.values, (id) => tokenText(diagram, id));
  if (axis === "feature" && diagram.feature_names?.length === length) return diagram.feature_names.map(String);
  if (ANSWERS.has(axis) && (diagram.task?.labels?.length === length || diagram.token_names?.length === length)) {
    return Array.from({ length }, (_, id) => answerText(diagram, id));
  }
  const first = OVER_TIME.has(axis) ? 0 : 1;
  return Object.assign(Array.from({ length }, (_, place) => String(place + first)), { isPlain: true, first });
}

/* A place in full, for a tip: a token with its step, a name, "unit 3". */
export const placeName = (names, axis, index) => (names.isPlain ? words.item(axis, names[index]) : OVER_TIME.has(axis) ? `“${names[index]}” (${index})` : `“${names[index]}”`);

// Colours

/* How numbers become colours: signed about 0, or one hue from 0 upwards; the same for all parts that are compared. */
export function scaleOf(parts, theme, options = {}) {
  let low = Infinity, high = -Infinity;
  for (const part of parts) for (let i = 0; i < part.values.length; i++) {
    const value = part.values[i] * part.factor;
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  if (low > high) [low, high] = [0, 0];
  const isSigned = options.scale ? options.scale === "signed" : low < 0;
  const peak = options.peak ?? (Math.max(Math.abs(low), Math.abs(high)) || 1);
  const table = isSigned ? theme.colours.diverging : theme.colours.sequential;
  const level = (value) => (!Number.isFinite(value) ? (isSigned ? 128 : 0) : isSigned ? signedLevel(value / peak) : shareLevel(value / peak));
  const colour = (value, alpha) => (isSigned ? signedColour : shareColour)(theme.colours, Number.isFinite(value) ? value / peak : 0, alpha);
  return { low, high, isSigned, peak, table, level, colour };
}

/* Black or white, whichever is read on a colour. */
export const inkOn = (colour) => (luminanceOf(colour) > 0.55 ? "#1f2937" : "#ffffff");

/* Pixels that are painted once for a frame and then only copied. */
export class Paints {
  constructor() {
    this.kept = new Map();
  }

  /* `count` maps of rows by columns, one below the other; `value(i)` in their order. */
  get(key, stamp, count, rows, columns, scale, value) {
    const mark = [...stamp, scale.peak, scale.isSigned, scale.table], kept = this.kept.get(key) ?? { atlas: new Atlas(), mark: [] };
    this.kept.set(key, kept);
    kept.isUsed = true;
    if (mark.length !== kept.mark.length || mark.some((each, place) => each !== kept.mark[place])) {
      kept.mark = mark;
      kept.atlas.paint(count, rows, columns, scale.table, (i) => scale.level(value(i)));
    }
    return kept.atlas;
  }

  /* Begins a drawing: what the one before did not use goes. */
  turn() {
    for (const [key, kept] of this.kept) if (!kept.isUsed) this.kept.delete(key);
    for (const kept of this.kept.values()) kept.isUsed = false;
  }

  forget() {
    this.kept.clear();
  }
}

export function drawPixels(context, canvas, from, box, radius = 0) {
  context.save();
  if (radius) {
    roundedPath(context, box, radius);
    context.clip();
  }
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, from.x, from.y, from.width, from.height, box.x, box.y, box.width, box.height);
  context.restore();
}

/* A strip of colours with its two ends, at the lower right corner of a box. */
export function drawLegend({ context, theme, box, paints }, scale, name = "") {
  const right = box.x + box.width, y = box.y + box.height - LEGEND.height - 3;
  const [low, high] = [brief(scale.isSigned ? -scale.peak : 0), brief(scale.peak)];
  setFont(context, theme, 10.5);
  Object.assign(context, { fillStyle: theme.muted, textBaseline: "middle", textAlign: "right" });
  context.fillText(high, right, y + LEGEND.height / 2);
  const start = name ? `${name}  ${low}` : low, texts = context.measureText(high).width + context.measureText(start).width + 12;
  const width = Math.max(8, Math.min(LEGEND.width, box.width - texts)); // a small picture has little room beside both numbers
  const strip = { ...LEGEND, x: right - context.measureText(high).width - 6 - width, y, width };
  context.fillText(start, strip.x - 6, y + LEGEND.height / 2);
  const ends = scale.isSigned ? (place) => ((2 * place) / 63 - 1) * scale.peak : (place) => (place / 63) * scale.peak;
  drawPixels(context, paints.get(" legend", [], 1, 1, 64, scale, ends).canvas, { x: 0, y: 0, width: 64, height: 1 }, strip, 3);
}

export const seriesColour = (index) => rgb(classColour((index + 1) % 10));

// Text

/* The room that names need, bounded. */
export function roomFor(context, names, most) {
  return Math.min(most, names.reduce((widest, name) => Math.max(widest, context.measureText(name).width), 0) + 8);
}

/* Names down the left side of rows; those without room are left out evenly. */
export function drawRowNames({ context, theme }, names, { x, y, height, room }, size = 10.5) {
  const pitch = height / names.length, every = Math.max(1, Math.ceil(12 / pitch));
  setFont(context, theme, Math.min(size, Math.max(8, pitch)));
  Object.assign(context, { fillStyle: theme.muted, textAlign: "right", textBaseline: "middle" });
  for (let row = 0; row < names.length; row += every) context.fillText(fitted(context, names[row], room - 6), x - 5, y + (row + 0.5) * pitch);
}

/* Names below columns: upright where they fit, else turned; those without room are left out evenly. */
export function drawColumnNames({ context, theme }, names, { x, y, width, room }, size = 10.5) {
  const pitch = width / names.length;
  setFont(context, theme, size);
  context.fillStyle = theme.muted;
  const isTurned = turns(context, names, pitch), every = isTurned ? Math.max(1, Math.ceil(12 / pitch)) : spread(context, names, pitch);
  for (let column = 0; column < names.length; column += every) {
    context.save();
    context.translate(x + (column + 0.5) * pitch, y + 4);
    if (isTurned) context.rotate(-Math.PI / 2);
    Object.assign(context, isTurned ? { textAlign: "right", textBaseline: "middle" } : { textAlign: "center", textBaseline: "top" });
    context.fillText(fitted(context, names[column], isTurned ? room - 6 : Math.max(pitch * every, 12)), 0, 0);
    context.restore();
  }
}

/* The room below columns that their names need. */
export function roomBelow(context, names, pitch, most) {
  return turns(context, names, pitch) ? roomFor(context, names, most) : 17;
}

const turns = (context, names, pitch) => !names.isPlain && names.some((name) => context.measureText(name).width > pitch - 2);

function spread(context, names, pitch) {
  const widest = names.reduce((most, name) => Math.max(most, context.measureText(name).width), 0);
  return Math.max(1, Math.ceil((widest + 6) / pitch));
}

/* Words beside what is pointed at, inside the canvas. */
export function drawTip(context, theme, { text, box, at }, { width, height }) {
  setFont(context, theme, 11.5, 500);
  const rows = text.split("\n"), room = Math.min(width - 8, Math.max(...rows.map((row) => context.measureText(row).width)) + 16), high = rows.length * 16 + 8;
  const [left, top] = at ?? [box.x + box.width / 2, box.y];
  const x = Math.max(4, Math.min(width - room - 4, left - room / 2));
  const above = top - high - 6, y = above >= 2 ? above : Math.min(height - high - 2, (at ? top + 14 : box.y + box.height + 6));
  roundedPath(context, { x, y, width: room, height: high }, 7);
  Object.assign(context, { fillStyle: theme.text, textAlign: "left", textBaseline: "middle" });
  context.fill();
  context.fillStyle = theme.background;
  rows.forEach((row, line) => context.fillText(fitted(context, row, room - 14), x + 8, y + 12 + line * 16));
}

/* A grid of cells: where a point falls, and the box of a cell. */
export function grid(rows, columns, { x, y, width, height }) {
  const [wide, high] = [width / columns, height / rows];
  return {
    rows, columns, wide, high, box: { x, y, width, height },
    find(left, top) {
      const column = Math.floor((left - x) / wide), row = Math.floor((top - y) / high);
      return column >= 0 && row >= 0 && column < columns && row < rows ? [row, column] : null;
    },
    cell: (row, column) => ({ x: x + column * wide, y: y + row * high, width: wide, height: high }),
  };
}
