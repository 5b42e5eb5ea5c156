/* One unit on the stage, and the words above a layer. */

import { Atlas, paintArray, rgb, signedColour, signedLevel } from "./colour.js";
import { largest, numberAt } from "./frames.js";
import { fitted, inCell, roundedPath, setFont } from "./plot.js";
import { words } from "./words.js";

const ROUND = 3; // pixels end within a corner of this radius without being clipped: a clip costs more than they do
const LEAST_NUMBER = 25, LEAST_BIAS = 20; // pixels of a unit that its number or its bias needs
const BIAS_RADIUS = 4.5;

/* Paints every layer's pixels once for a frame; drawing then only copies them. */
export class Paints {
  constructor() {
    this.atlases = new Map();
    this.peaks = new Map();
  }

  paint(frame, columns, theme) {
    if (frame === this.frame && theme === this.theme) return;
    Object.assign(this, { frame, theme });
    for (const column of columns) {
      const array = frame?.arrays.get(column.name);
      if (!array) this.atlases.delete(column.name);
      else if (column.look === "cells") this.peaks.set(column.name, largest(array.values) || 1);
      else if (column.look !== "tokens" && column.look !== "blank") this.paintColumn(column, array, theme);
    }
  }

  paintColumn({ name, look }, array, { colours }) {
    if (!this.atlases.has(name)) this.atlases.set(name, new Atlas());
    const atlas = this.atlases.get(name);
    if (look === "sheet") return paintSheet(atlas, array, colours);
    return paintArray(atlas, array, colours, {
      isShare: look === "patterns", isGrey: look === "picture", isFlipped: look === "maps",
    });
  }
}

/* (time, unit) turned so that time runs to the right. */
function paintSheet(atlas, array, colours) {
  const [times, units] = array.shape;
  const gain = 1 / (array.scale ? 127 : largest(array.values) || 1);
  const level = (i) => signedLevel(array.values[(i % times) * units + Math.floor(i / times)] * gain);
  atlas.paint(1, units, times, colours.diverging, level);
}

export function drawColumn(context, column, array, paints, theme) {
  if (column.look === "sheet") return drawPixels(context, column, column.box, paints, theme, null);
  for (const unit of column.units) drawUnit(context, column, unit, array, paints, theme);
}

function drawUnit(context, column, unit, array, paints, theme) {
  if (column.look === "tokens") return drawToken(context, column, unit, array, theme);
  if (column.look === "cells" && array) return drawCell(context, column, unit, array, paints, theme);
  const map = column.look === "picture" ? null : unit.index;
  return drawPixels(context, column, unit.box, paints, theme, map);
}

function drawPixels(context, column, box, paints, theme, map) {
  const atlas = paints.atlases.get(column.name);
  if (atlas?.canvas) {
    const rows = map === null ? atlas.height : atlas.height / column.total;
    context.imageSmoothingEnabled = column.look === "maps";
    context.drawImage(atlas.canvas, 0, (map ?? 0) * rows, atlas.width, rows, box.x + 1, box.y + 1, box.width - 2, box.height - 2);
  } else {
    roundedPath(context, box, ROUND);
    context.fillStyle = theme.panel;
    context.fill();
  }
  outline(context, box, theme.border, 1);
}

function drawCell(context, column, { index, box }, array, paints, theme) {
  const value = numberAt(array, index), peak = paints.peaks.get(column.name) * array.factor;
  roundedPath(context, box, Math.min(ROUND, box.height / 4));
  context.fillStyle = signedColour(theme.colours, value / peak);
  context.fill();
  outline(context, box, theme.border, 1, Math.min(ROUND, box.height / 4));
  if (box.height < LEAST_NUMBER) return;
  setFont(context, theme, 9.5, 500);
  context.fillStyle = Math.abs(value) > 0.6 * peak && !theme.isDark ? "#fff" : theme.text;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(inCell(value), box.x + box.width / 2, box.y + box.height / 2 + 0.5);
}

function drawToken(context, { layer, size }, { index, box }, array, theme) {
  roundedPath(context, box, 4);
  context.fillStyle = theme.panel;
  context.fill();
  outline(context, box, theme.border, 1, 4);
  if (!array) return;
  const id = array.values[index];
  setFont(context, theme, Math.min(11.5, size - 2), 500);
  context.fillStyle = theme.text;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(fitted(context, layer.tokenNames?.[id] ?? String(id), box.width - 6), box.x + box.width / 2, box.y + box.height / 2 + 0.5);
}

export function outline(context, { x, y, width, height }, colour, thickness, round = ROUND) {
  roundedPath(context, { x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 }, round);
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.stroke();
}

/* Where a unit's bias is drawn and clicked; null where it has none or is too small. */
export function biasSpot(column, unit, bias) {
  if (!bias || column.look === "sheet" || unit.box.height < LEAST_BIAS || bias.values.length !== column.total) return null;
  return { x: unit.box.x + 1, y: unit.box.y + unit.box.height - 1, radius: BIAS_RADIUS };
}

export function drawBias(context, spot, value, theme) {
  context.beginPath();
  context.arc(spot.x, spot.y, spot.radius, 0, 2 * Math.PI);
  context.fillStyle = value === 0 ? theme.panel : rgb(value < 0 ? theme.colours.negative : theme.colours.positive);
  context.fill();
  context.strokeStyle = theme.background;
  context.lineWidth = 1.5;
  context.stroke();
}

/* Names of units that have one: beside the first column, and beside the answer. */
export function drawUnitNames(context, column, theme) {
  setFont(context, theme, 11.5, 500);
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  const isRight = column.isLast;
  context.textAlign = isRight ? "left" : "right";
  for (const { index, box } of column.units) {
    const x = isRight ? box.x + box.width + 8 : box.x - 8;
    context.fillText(fitted(context, String(column.unitNames[index]), isRight ? 58 : 42), x, box.y + box.height / 2);
  }
}

/* Name, kind, and shape with the number of parameters, above the layer. */
export function drawHead(context, column, { headTop }, theme, isChosen) {
  const { layer, centre, pitch } = column;
  const lines = [
    [layer.isInput ? words.input : layer.name, 12, 600, isChosen ? theme.primary : theme.text],
    [layer.isInput ? "" : layer.title ?? layer.kind, 10.5, 400, theme.muted],
    [sizeOf(context, layer, theme, pitch - 4), 10.5, 400, theme.muted],
  ].filter(([text]) => text);
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  lines.forEach(([text, size, weight, colour], line) => {
    setFont(context, theme, size, weight);
    context.fillStyle = colour;
    context.fillText(fitted(context, text, pitch - 4), centre, headTop + 15 + line * 14);
  });
}

/* Shape and parameters, in as many words as there is room for. */
function sizeOf(context, layer, theme, room) {
  const shape = words.shape(layer.shape ?? []), long = words.parameters(layer.parameters), short = words.briefParameters(layer.parameters);
  setFont(context, theme, 10.5);
  const texts = [long, short].map((parameters) => [shape, parameters].filter(Boolean).join(" · "));
  return texts.find((text) => context.measureText(text).width <= room) ?? shape;
}

/* Below a layer with more units than fit: which are shown; a click turns the page. */
export function drawPager(context, column, area, theme) {
  if (column.shown >= column.total) return;
  setFont(context, theme, 10.5, 500);
  context.fillStyle = theme.primary;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const rest = column.total - column.shown;
  const text = column.start === 0 ? words.moreUnits(rest)
    : words.more(column.start + 1, Math.min(column.total, column.start + column.shown), column.total);
  context.fillText(`‹ ${text} ›`, column.centre, pagerBox(column, area).y + 8);
}

export function pagerBox(column, { bottom }) {
  return { x: column.centre - column.pitch / 2, y: bottom + 3, width: column.pitch, height: 17 };
}
