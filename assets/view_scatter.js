/* Points of a plane in the colours of their classes, and ways through it. */

import { classColour, rgb, signedColour } from "./colour.js";
import { largest, numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, drawTicks, fitted, niceTicks, setFont } from "./plot.js";
import { answerText, chosenPart, isWhole } from "./view_common.js";

const LEFT = 40, BELOW = 24, ABOVE = 22, RIGHT = 10, REACH = 12, MOST_NAMES = 10, DOT = 3.6;

export function draw(scene) {
  const { frame, options } = scene;
  const part = chosenPart(scene, options.is_ways ? 3 : 2, ({ shape }) => shape.at(-1) >= 2);
  if (!part || part.shape.at(-1) < 2 || !part.values.length) return words.noPoints;
  const wide = part.shape.at(-1), [across, up] = options.components ?? [0, 1], count = part.values.length / wide;
  const points = Array.from({ length: count }, (_, i) => [numberAt(part, i * wide + across), numberAt(part, i * wide + up)]);
  const plot = layOut(scene, points), colours = frame.arrays.get(options.colour ?? "target"), length = options.is_ways ? part.shape[1] : options.is_way ? count : 1;
  const colour = colourOf(scene, colours, length);
  drawAxes(scene, plot);
  if (length > 1) drawWays(scene, plot, points, length, colour);
  else drawDots(scene, plot, points, colour);
  if (colours && isWhole(colours)) drawNames(scene, colours);
  const at = (_, index) => hitAt(scene, plot, points, colours, length, index);
  return { alt: words.pointsAlt(count), rows: 1, columns: count, at, find: (x, y) => ((index) => (index < 0 ? null : at(0, index)))(nearestPoint(plot, points, x, y)) };
}

function layOut({ box }, points) {
  const span = (axis) => {
    const all = points.map((point) => point[axis]).filter(Number.isFinite), low = Math.min(...all), high = Math.max(...all), room = (high - low || 1) * 0.05;
    return [low - room, high + room];
  };
  const inner = { x: box.x + LEFT, y: box.y + ABOVE, width: box.width - LEFT - RIGHT, height: box.height - ABOVE - BELOW };
  const [[left, right], [low, high]] = [span(0), span(1)];
  return {
    box: inner, left, right, low, high, x: (value) => inner.x + ((value - left) / (right - left)) * inner.width,
    y: (value) => inner.y + inner.height - ((value - low) / (high - low)) * inner.height,
  };
}

function drawAxes({ context, theme }, plot) {
  drawTicks(context, theme, plot.box, niceTicks(plot.left, plot.right, plot.box.width / 90), { along: "x", place: plot.x, isGrid: true });
  drawTicks(context, theme, plot.box, niceTicks(plot.low, plot.high, plot.box.height / 60), { along: "y", place: plot.y, isGrid: true });
}

/* By class, by a signed number, or all alike; a way has one colour from end to end. */
function colourOf({ theme }, colours, length) {
  if (!colours) return () => rgb(theme.colours.positive);
  const place = (i) => (colours.values.length > 1 ? Math.floor(i / length) : 0);
  if (isWhole(colours)) return (i) => rgb(classColour(Math.max(0, colours.values[place(i) * Math.max(1, colours.shape[1] ?? 1)])));
  const peak = largest(colours.values) || 1;
  return (i) => signedColour(theme.colours, colours.values[place(i)] / peak);
}

function drawDots({ context, theme }, plot, points, colour) {
  const size = points.length > 600 ? DOT - 1.2 : DOT;
  Object.assign(context, { strokeStyle: theme.background, lineWidth: 0.8 });
  points.forEach(([x, y], i) => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    context.beginPath();
    context.arc(plot.x(x), plot.y(y), size, 0, 2 * Math.PI);
    context.fillStyle = colour(i);
    context.fill();
    context.stroke();
  });
}

/* Lines from the first step to the last, which has a dot. */
function drawWays({ context, theme }, plot, points, length, colour) {
  for (let start = 0; start < points.length; start += length) {
    const way = points.slice(start, start + length);
    context.beginPath();
    way.forEach(([x, y]) => context.lineTo(plot.x(x), plot.y(y)));
    Object.assign(context, { strokeStyle: colour(start), lineWidth: points.length > length ? 1.1 : 1.8, globalAlpha: points.length > length ? 0.7 : 1 });
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(plot.x(way.at(-1)[0]), plot.y(way.at(-1)[1]), 4, 0, 2 * Math.PI);
    context.fillStyle = colour(start);
    context.fill();
    context.strokeStyle = theme.background;
    context.stroke();
  }
}

function drawNames({ context, theme, diagram, box, options }, { values }) {
  const found = [...new Set(values)].filter((value) => value >= 0).sort((one, other) => one - other).slice(0, MOST_NAMES);
  setFont(context, theme, 11);
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  let x = box.x + LEFT;
  for (const value of found) {
    const name = fitted(context, options.labels?.colour?.[value] ?? answerText(diagram, value), 110);
    context.beginPath();
    context.arc(x + 4, box.y + 9, 4, 0, 2 * Math.PI);
    context.fillStyle = rgb(classColour(value));
    context.fill();
    context.fillStyle = theme.muted;
    context.fillText(name, x + 12, box.y + 9.5);
    x += context.measureText(name).width + 28;
  }
}

function nearestPoint(plot, points, x, y) {
  let found = -1, least = REACH ** 2;
  points.forEach(([across, up], i) => {
    const distance = (plot.x(across) - x) ** 2 + (plot.y(up) - y) ** 2;
    if (distance < least) [found, least] = [i, distance];
  });
  return found;
}

function hitAt({ frame, diagram, options }, plot, points, colours, length, i) {
  const [x, y] = [plot.x(points[i][0]), plot.y(points[i][1])], isWay = length > 1, point = isWay ? Math.floor(i / length) : i;
  const index = frame.arrays.get(options.example ?? "example")?.values[point] ?? point;
  const told = isWay ? words.item("time", i % length) : words.point(index);
  const place = colours && (colours.values.length > 1 ? point * Math.max(1, colours.shape[1] ?? 1) : 0);
  const name = colours ? (isWhole(colours) ? options.labels?.colour?.[colours.values[place]] ?? answerText(diagram, colours.values[place]) : brief(colours.values[place])) : "";
  return {
    key: String(i), box: { x: x - 6, y: y - 6, width: 12, height: 12 }, sent: isWay ? ["chosen", { index: point, time: i % length }] : ["point", { index }],
    text: [told, name, `(${brief(points[i][0])}, ${brief(points[i][1])})`].filter(Boolean).join(" · "),
  };
}
