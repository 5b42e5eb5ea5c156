/* How a prompt looks: its examples by attention, the lines of all learners through them, and the x in hand. */

import { shareColour } from "./colour.js";
import { numberAt } from "./frames.js";
import { drawTicks, niceTicks, setFont } from "./plot.js";
import { words } from "./prompt_words.js";
import { seriesColour } from "./view_common.js";

const LEFT = 40, BELOW = 24, ABOVE = 26, RIGHT = 12, HANDLE = 7;
const SMALL = 5, LARGE = 11; // radius of an example without attention, and what all attention adds
export const LEARNERS = ["network", "ridge", "least_squares", "truth"];
const DASHES = { network: [], ridge: [7, 4], least_squares: [2, 3], truth: [1, 5] };

export const learnerColour = (theme, name) => (name === "truth" ? theme.muted : seriesColour(LEARNERS.indexOf(name)));

/* {box, x, y, back}: places in pixels, and a place in pixels as numbers again. */
export function layOut({ width, height }, [left, right], [low, high]) {
  const box = { x: LEFT, y: ABOVE, width: width - LEFT - RIGHT, height: height - ABOVE - BELOW };
  return {
    box, left, right, low, high,
    x: (value) => box.x + ((value - left) / (right - left)) * box.width,
    y: (value) => box.y + box.height - ((value - low) / (high - low)) * box.height,
    back: (x, y) => [left + ((x - box.x) / box.width) * (right - left), low + ((box.y + box.height - y) / box.height) * (high - low)],
  };
}

export function drawPlot(scene) {
  const { context, theme, plot } = scene;
  drawTicks(context, theme, plot.box, niceTicks(plot.left, plot.right, plot.box.width / 70), { along: "x", place: plot.x, isGrid: true });
  drawTicks(context, theme, plot.box, niceTicks(plot.low, plot.high, plot.box.height / 44), { along: "y", place: plot.y, isGrid: true });
  context.save();
  context.beginPath();
  context.rect(plot.box.x, plot.box.y, plot.box.width, plot.box.height + BELOW);
  context.clip();
  for (const name of [...LEARNERS].reverse()) drawLine(scene, name);
  drawQuestion(scene);
  scene.points.forEach((_, index) => drawExample(scene, index));
  context.restore();
  drawNames(scene);
}

function drawLine({ context, theme, plot, frame }, name) {
  const line = frame.arrays.get(name), places = frame.arrays.get("places");
  if (!line) return;
  context.beginPath();
  for (let i = 0; i < line.values.length; i++) context.lineTo(plot.x(numberAt(places, i)), plot.y(numberAt(line, i)));
  Object.assign(context, { strokeStyle: learnerColour(theme, name), lineWidth: name === "network" ? 3 : 1.8, lineJoin: "round" });
  context.setLineDash(DASHES[name]);
  context.stroke();
  context.setLineDash([]);
}

/* The upright line at the x in hand, with a grip below and a dot on every learner's line. */
function drawQuestion({ context, theme, plot, question, answers }) {
  const x = plot.x(question), foot = plot.box.y + plot.box.height;
  Object.assign(context, { strokeStyle: theme.muted, fillStyle: theme.muted, lineWidth: 1 });
  context.beginPath();
  context.moveTo(x, plot.box.y);
  context.lineTo(x, foot);
  context.stroke();
  context.beginPath();
  context.moveTo(x, foot - 2);
  context.lineTo(x - HANDLE, foot + HANDLE);
  context.lineTo(x + HANDLE, foot + HANDLE);
  context.fill();
  for (const [name, value] of answers) {
    context.beginPath();
    context.arc(x, plot.y(value), name === "network" ? 4.5 : 3.5, 0, 2 * Math.PI);
    context.fillStyle = learnerColour(theme, name);
    context.fill();
  }
}

/* An example is the larger and the darker the more it is attended to; one that does not count is hollow. */
function drawExample({ context, theme, plot, points, shots, attention, chosen, pointed }, index) {
  const [x, y] = [plot.x(points[index].at(0)), plot.y(points[index].at(1))];
  const share = attention?.[index] ?? 0, most = Math.max(...(attention ?? []), 1e-9);
  context.beginPath();
  context.arc(x, y, radiusOf(share), 0, 2 * Math.PI);
  context.fillStyle = index >= shots ? "transparent" : attention ? shareColour(theme.colours, 0.25 + (0.6 * share) / most) : theme.muted;
  context.fill();
  const isChosen = index === chosen || index === pointed;
  Object.assign(context, { strokeStyle: isChosen ? theme.primary : theme.muted, lineWidth: isChosen ? 2.5 : 1 });
  context.stroke();
}

export const radiusOf = (share) => SMALL + LARGE * Math.sqrt(share);

function drawNames({ context, theme, frame, plot }) {
  setFont(context, theme, 11.5);
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  let x = plot.box.x;
  for (const name of LEARNERS.filter((each) => frame.arrays.has(each))) {
    Object.assign(context, { strokeStyle: learnerColour(theme, name), lineWidth: name === "network" ? 3 : 2, fillStyle: theme.text });
    context.setLineDash(DASHES[name]);
    context.beginPath();
    context.moveTo(x, 11);
    context.lineTo(x + 20, 11);
    context.stroke();
    context.setLineDash([]);
    context.fillText(words.learner(name), x + 26, 11);
    x += context.measureText(words.learner(name)).width + 44;
  }
}
