/* The lines between units: width is the size of the weight, colour its sign. */

import { numberAt } from "./frames.js";
import { rgb } from "./colour.js";

const WIDTHS = 8; // lines of about the same width are drawn by one stroke
const MOST_LINES = 600; // of the strongest weights between two layers
const LEAST_WIDTH = 0.6, MOST_WIDTH = 9;
const QUIET = 0.12; // opacity of the lines that do not belong to the unit in hand
const DASH = [11, 3], MOST_DASHED = 300; // more moving dashes would blur, and slow a computer without a graphics card
const FEW = 160; // so many lines keep their full width; more share the room

/* The curve from a unit to one of the next layer, as the four points of a Bézier curve. */
export function curve(from, to) {
  const x0 = from.x + from.width, y0 = from.y + from.height / 2, x1 = to.x, y1 = to.y + to.height / 2;
  const bend = (x1 - x0) * 0.5;
  return [x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1];
}

/* Every line that is drawn between two layers: {from, to, weight, strength} with the strongest last. */
export function linesOf(link, array) {
  const columns = array.shape[1];
  const reach = 4 / Math.sqrt(Math.max(1, columns / 2)); // wide layers have small weights: their scale is smaller
  const lines = [];
  for (const to of link.to.units) {
    for (const from of link.from.units) {
      const weight = numberAt(array, to.index * columns + from.index);
      lines.push({ from, to, weight, strength: Math.min(1, Math.abs(weight) / reach) || 0 });
    }
  }
  if (lines.length <= MOST_LINES) return lines;
  return lines.sort((one, other) => one.strength - other.strength).slice(-MOST_LINES);
}

/* `isHot(line)` marks the lines of the unit in hand, or is null while there is none. */
export function drawLines(context, lines, { colours, isHot, offset, isMoving, thickest }) {
  const groups = new Map();
  for (const line of lines) {
    const key = `${line.weight < 0 ? -1 : 1}:${Math.round(line.strength * (WIDTHS - 1))}:${!isHot || isHot(line) ? 1 : 0}`;
    if (!groups.has(key)) groups.set(key, { line, path: new Path2D() });
    addCurve(groups.get(key).path, curve(line.from.box, line.to.box));
  }
  const share = Math.sqrt(Math.min(1, FEW / lines.length));
  if (isMoving && lines.length <= MOST_DASHED) context.setLineDash(DASH);
  context.lineDashOffset = -offset;
  for (const [key, { path }] of groups) {
    const [sign, level, hot] = key.split(":").map(Number);
    const strength = level / (WIDTHS - 1);
    context.strokeStyle = rgb(sign < 0 ? colours.negative : colours.positive, hot ? (0.28 + 0.62 * strength) * (0.4 + 0.6 * share) : QUIET * share);
    context.lineWidth = LEAST_WIDTH + Math.max(0, Math.min(MOST_WIDTH, thickest) * share - LEAST_WIDTH) * strength;
    context.stroke(path);
  }
  context.setLineDash([]);
}

/* The one line under the pointer, over all others. */
export function drawLine(context, { from, to, weight }, { colours, background }) {
  const path = new Path2D();
  addCurve(path, curve(from.box, to.box));
  context.lineWidth = 6;
  context.strokeStyle = background;
  context.stroke(path);
  context.lineWidth = 3;
  context.strokeStyle = rgb(weight < 0 ? colours.negative : colours.positive);
  context.stroke(path);
}

function addCurve(path, [x0, y0, ax, ay, bx, by, x1, y1]) {
  path.moveTo(x0, y0);
  path.bezierCurveTo(ax, ay, bx, by, x1, y1);
}

/* Between layers whose single weights are not drawn: one soft band. */
export function drawBand(context, from, to, theme) {
  const x0 = from.x + from.width + 3, x1 = to.x - 3, bend = (x1 - x0) / 2;
  const band = new Path2D();
  band.moveTo(x0, from.y);
  band.bezierCurveTo(x0 + bend, from.y, x1 - bend, to.y, x1, to.y);
  band.lineTo(x1, to.y + to.height);
  band.bezierCurveTo(x1 - bend, to.y + to.height, x0 + bend, from.y + from.height, x0, from.y + from.height);
  context.fillStyle = theme.faint;
  context.globalAlpha = 0.55;
  context.fill(band);
  context.globalAlpha = 1;
}

/* A connection that jumps over layers goes around below them, with an arrow at its end. */
export function drawSkip(context, from, to, { bottom, depth }, theme) {
  const x0 = from.x + from.width / 2, x1 = to.x + to.width / 2 - 5, low = bottom + 10 + depth;
  const y0 = from.y + from.height + 4, y1 = to.y + to.height + 4, bend = Math.min(36, (x1 - x0) / 3);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0, low, x0, low, x0 + bend, low);
  context.lineTo(x1 - bend, low);
  context.bezierCurveTo(x1, low, x1, low, x1, y1 + 5);
  context.stroke();
  context.fillStyle = theme.muted;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - 4, y1 + 7);
  context.lineTo(x1 + 4, y1 + 7);
  context.fill();
}

/* The line nearest to a point, if it is near. */
export function lineAt(lines, { x, y }, reach) {
  let found = null, best = reach;
  for (const line of lines) {
    const points = curve(line.from.box, line.to.box);
    if (x < points[0] - reach || x > points[6] + reach) continue;
    const away = Math.abs(heightAt(points, x) - y);
    if (away < best) [found, best] = [line, away];
  }
  return found;
}

/* The curve's y at x: its x grows evenly enough for a few halvings. */
function heightAt([x0, y0, ax, ay, bx, by, x1, y1], x) {
  let low = 0, high = 1;
  for (let k = 0; k < 12; k++) {
    const middle = (low + high) / 2;
    if (bezier(x0, ax, bx, x1, middle) < x) low = middle;
    else high = middle;
  }
  return bezier(y0, ay, by, y1, (low + high) / 2);
}

function bezier(a, b, c, d, t) {
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}
