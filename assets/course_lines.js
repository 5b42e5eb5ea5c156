/* Lines over the steps of a run, with a dotted line where each jumps. */

import { courseWords as words } from "./lens_words.js";
import { brief, drawTicks, fitted, logTicks, niceTicks, setFont } from "./plot.js";
import { seriesColour } from "./view_common.js";

const LEFT = 46, BELOW = 24, ABOVE = 24, RIGHT = 12;
const NAME = { width: 104, height: 16 }; // the least room for a name with its value

/* The box of a plot, and where steps and values lie in it; step 0 has no place on a logarithmic axis. */
export function layOut({ width, height, courses, isLog }, [low, high]) {
  const steps = [...new Set(courses.flatMap((course) => course.steps))].filter((step) => step > 0 || !isLog).sort((a, b) => a - b);
  const room = width - LEFT - RIGHT, inRow = Math.min(courses.length, Math.max(1, Math.floor(room / NAME.width)));
  const above = ABOVE + NAME.height * (Math.ceil(courses.length / inRow) - 1);
  const box = { x: LEFT, y: above, width: room, height: height - above - BELOW };
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 1], scale = isLog ? Math.log : (step) => step;
  return {
    box, inRow, steps, first, last, low, high,
    x: (step) => box.x + ((scale(step) - scale(first)) / (scale(last) - scale(first) || 1)) * box.width,
    y: (value) => box.y + box.height - ((value - low) / (high - low || 1)) * box.height,
  };
}

export function drawSteps({ context, theme, isLog }, { box, x, first, last }) {
  const ticks = isLog ? logTicks(Math.max(1, first), Math.max(2, last)) : niceTicks(first, last, box.width / 80);
  drawTicks(context, theme, box, ticks, { along: "x", place: x });
}

export function drawCourses(scene) {
  const { context, theme, courses } = scene;
  const values = courses.flatMap((course) => course.values[course.name]).filter(Number.isFinite);
  const [low, high] = [Math.min(...values, Infinity), Math.max(...values, -Infinity)];
  const plot = layOut(scene, low < high ? [low > 0 && low < 0.5 * high ? 0 : low, high] : [low - 0.5, low + 0.5]);
  drawTicks(context, theme, plot.box, niceTicks(plot.low, plot.high, plot.box.height / 44), { along: "y", place: plot.y, isGrid: true });
  drawSteps(scene, plot);
  courses.forEach((course, index) => drawCourse(scene, plot, course, seriesColour(index)));
  drawShown(scene, plot);
  drawNames(scene, plot);
  return { ...plot, xs: plot.steps.map(plot.x) };
}

function drawCourse({ context, isLog }, plot, { name, steps, values, transition }, colour) {
  context.beginPath();
  let isDown = false;
  steps.forEach((step, index) => {
    const value = values[name][index];
    if (value === null || (isLog && step <= 0)) return;
    if (isDown) context.lineTo(plot.x(step), plot.y(value));
    else context.moveTo(plot.x(step), plot.y(value));
    isDown = true;
  });
  Object.assign(context, { strokeStyle: colour, lineWidth: 2, lineJoin: "round" });
  context.stroke();
  if (transition?.step) drawUpright(context, plot, transition.step, colour, [2, 3]);
}

/* The past step that all pictures of the page show. */
export function drawShown({ context, theme, shown }, plot) {
  if (shown !== null && shown >= plot.first && shown <= plot.last) drawUpright(context, plot, shown, theme.text, []);
}

function drawUpright(context, { box, x }, step, colour, dash) {
  const at = Math.round(x(step)) + 0.5;
  Object.assign(context, { strokeStyle: colour, lineWidth: 1.4 });
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(at, box.y);
  context.lineTo(at, box.y + box.height);
  context.stroke();
  context.setLineDash([]);
}

function drawNames({ context, theme, courses }, { box, inRow }) {
  setFont(context, theme, 11.5);
  Object.assign(context, { textAlign: "left", textBaseline: "middle" });
  const room = Math.max(30, box.width / inRow - 26);
  let x = box.x;
  courses.forEach(({ name, title, values }, index) => {
    const y = 11 + NAME.height * Math.floor(index / inRow);
    if (index % inRow === 0) ({ x } = box);
    const value = brief(values[name].at(-1)), text = words.named(fitted(context, title, room - context.measureText(value).width - 8), value);
    context.fillStyle = seriesColour(index);
    context.fillRect(x, y - 2, 14, 3);
    context.fillStyle = theme.text;
    context.fillText(text, x + 19, y);
    x += context.measureText(text).width + 34;
  });
}

/* What stands at the step nearest to the pointer: {text, at, xs, index}. */
export function hitCourses({ courses, row }, { box, steps, xs, rowAt }, pointer) {
  const index = xs.reduce((best, x, place) => (Math.abs(x - pointer.x) < Math.abs(xs[best] - pointer.x) ? place : best), 0);
  const told = courses.flatMap((course) => {
    const place = course.steps.indexOf(steps[index]);
    if (place < 0) return [];
    if (!row) return [words.named(course.title, brief(course.values[course.name][place]))];
    const number = rowAt(pointer.y);
    return number === null ? [] : [words.named(`${row.axis} ${row.first + number}`, brief(course.values[`${course.name}[${number}]`][place]))];
  });
  return { text: [words.atStep(steps[index]), ...told].join("\n"), at: [xs[index], Math.max(box.y + 26 + 16 * told.length, Math.min(pointer.y, box.y + box.height))], xs, index };
}
