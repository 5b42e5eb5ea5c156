/* One unit, enlarged: a feature map, an attention pattern with its tokens, or a hidden state over time. */

import { Atlas, paintArray, rgb } from "./colour.js";
import { slab } from "./frames.js";
import { write } from "./mount.js";
import { brief, drawTicks, fitted, niceTicks, roundedPath, setFont } from "./plot.js";
import { words } from "./words.js";

const LEFT = 34, BELOW = 30, LEAST_LABEL = 9; // pixels; a token needs so much room to be named
const atlas = new Atlas(); // only one unit is large at a time, and it is painted for every frame

export function drawEnlarged(result, unit, frame) {
  write(result.title, unit.title);
  write(result.readout, "");
  result.say(unit.title);
  if (unit.column.look === "sheet") return drawState(result, unit);
  return drawMap(result, unit, frame);
}

function drawMap(result, { array, index, column }, frame) {
  const isPicture = column.look === "picture", isPattern = column.look === "patterns";
  const [, rows, columns] = array.shape;
  const map = isPicture ? array : { ...array, values: slab(array, index), shape: [1, rows, columns] };
  paintArray(atlas, map, result.panel.theme.colours, { isGrey: isPicture, isShare: isPattern });
  const box = fit(result, columns / rows);
  drawAtlas(result.sized.context, box);
  if (isPattern) return nameTokens(result, box, array.shape, frame);
  const ticks = (count) => niceTicks(0, count - 1, 4).filter(Number.isInteger);
  const { theme } = result.panel;
  drawTicks(result.sized.context, theme, box, ticks(columns), { along: "x", place: (tick) => box.x + ((tick + 0.5) / columns) * box.width });
  return drawTicks(result.sized.context, theme, box, ticks(rows), { along: "y", place: (tick) => box.y + ((tick + 0.5) / rows) * box.height });
}

function fit(result, ratio) {
  const { width, height } = result.sized;
  const most = { width: width - LEFT - 10, height: height - BELOW - 6 };
  const w = Math.max(20, Math.min(most.width, most.height * ratio)), h = w / ratio;
  return { x: LEFT + (most.width - w) / 2, y: 4, width: w, height: h };
}

function drawAtlas(context, box) {
  context.save();
  roundedPath(context, box, 6);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(atlas.canvas, box.x, box.y, box.width, box.height);
  context.restore();
}

/* The tokens at both sides of a pattern: from which position (rows) to which (columns). */
function nameTokens(result, box, [, queries, keys], frame) {
  const { context } = result.sized, { theme, diagram } = result.panel;
  const tokens = [...frame.arrays.values()].find(({ axes }) => axes.length === 1 && axes[0] === "time");
  const name = (place) => (tokens ? diagram.token_names?.[tokens.values[place]] ?? String(tokens.values[place]) : String(place));
  setFont(context, theme, 10);
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const [row, column] = [box.height / queries, box.width / keys];
  const [down, across] = [row, column].map((size) => Math.max(1, Math.ceil(LEAST_LABEL / size)));
  for (let q = 0; q < queries; q += down) context.fillText(fitted(context, name(q), LEFT - 8), box.x - 5, box.y + (q + 0.5) * row);
  for (let k = 0; k < keys; k += across) slanted(context, fitted(context, name(k), LEFT - 8), box.x + (k + 0.5) * column, box.y + box.height + 5);
  write(result.readout, words.heads);
}

function slanted(context, text, x, y) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 4);
  context.fillText(text, 0, 3);
  context.restore();
}

/* A hidden unit as a line over time. */
function drawState(result, { array, index }) {
  const [times, units] = array.shape, { width, height, context } = result.sized, { theme } = result.panel;
  const values = Array.from({ length: times }, (_, time) => array.values[time * units + index] * array.factor);
  const reach = Math.max(array.scale ?? 0, ...values.map(Math.abs)) || 1;
  const box = { x: LEFT, y: 6, width: width - LEFT - 10, height: Math.min(240, height - BELOW - 8) };
  const x = (time) => box.x + (times > 1 ? time / (times - 1) : 0.5) * box.width;
  const y = (value) => box.y + box.height / 2 - (value / reach) * (box.height / 2);
  drawTicks(context, theme, box, niceTicks(0, times - 1, 5), { along: "x", place: x });
  drawTicks(context, theme, box, niceTicks(-reach, reach, 4), { along: "y", place: y, isGrid: true, name: (tick) => brief(tick, 2) });
  drawSeries(context, values, x, y, rgb(theme.colours.positive));
}

export function drawSeries(context, values, x, y, colour) {
  context.beginPath();
  values.forEach((value, place) => (place ? context.lineTo(x(place), y(value)) : context.moveTo(x(place), y(value))));
  context.strokeStyle = colour;
  context.lineWidth = 1.75;
  context.lineJoin = "round";
  context.stroke();
}
