/* What the network answers at every step of a sequence, on the axis of the sequence: rows of cells for classes, a line
over the right one for numbers. */

import { classColour, rgb } from "./colour.js";
import { largest, numberAt } from "./frames.js";
import { brief, drawTicks, niceTicks, setFont } from "./plot.js";
import { answersClasses } from "./result_tools.js";
import { drawSeries } from "./result_unit.js";
import { words } from "./words.js";

export const LEFT = 34, RIGHT = 10; // pixels beside the axis of steps
const CAPTION = 16, CELL = 13, PLOT = 74, MOST_LINES = 4;

/* Returns where it ends; draws nothing where the answer is one for the whole sequence. */
export function drawSteps(result, frame, top) {
  const answers = frame.arrays.get("prediction.steps");
  if (!answers) return top;
  const target = frame.arrays.get("prediction.target"), isClasses = answersClasses(result.panel.diagram);
  drawCaption(result, target ? words.stepsBeside(isClasses) : words.steps, top);
  return (isClasses ? drawCells : drawLines)(result, answers, target, top + CAPTION);
}

/* The class whose answer is largest at a step, and how large it is. */
function likeliest(answers, time) {
  const count = answers.shape[1], shares = Array.from({ length: count }, (_, index) => numberAt(answers, time * count + index));
  const share = Math.max(...shares);
  return { index: shares.indexOf(share), share };
}

/* [steps answered right, steps that are asked]; null where that is not told. */
export function stepsRight(result, frame) {
  const [answers, target] = ["prediction.steps", "prediction.target"].map((name) => frame.arrays.get(name));
  if (!answers || !target || !answersClasses(result.panel.diagram)) return null;
  const asked = Array.from(target.values, (index, time) => [index, time]).filter(([index]) => index >= 0);
  return [asked.filter(([index, time]) => likeliest(answers, time).index === index).length, asked.length];
}

function drawCells(result, answers, target, top) {
  const times = answers.shape[0], rows = [];
  if (target) rows.push((time) => ({ index: target.values[time], share: target.values[time] < 0 ? 0 : 1 }));
  rows.push((time) => likeliest(answers, time));
  const { context, width } = result.sized, room = width - LEFT - RIGHT, step = times > 1 ? room / (times - 1) : room;
  rows.forEach((cell, row) => {
    for (let time = 0; time < times; time++) {
      const { index, share } = cell(time);
      if (!share) continue; // nothing is asked at this step
      context.fillStyle = rgb(classColour(index), 0.15 + 0.85 * share);
      context.fillRect(LEFT + (time - 0.5) * step, top + row * (CELL + 2), step - Math.min(1, step / 4), CELL);
    }
  });
  return top + rows.length * (CELL + 2) + 6;
}

function drawLines(result, answers, target, top) {
  const [times, count] = answers.shape, { context, width } = result.sized, { theme } = result.panel;
  const box = { x: LEFT, y: top, width: width - LEFT - RIGHT, height: PLOT };
  const reach = Math.max(...[answers, target].map((array) => (array ? largest(array.values) * array.factor : 0))) || 1;
  const x = (time) => box.x + (times > 1 ? time / (times - 1) : 0.5) * box.width;
  const y = (value) => box.y + box.height / 2 - (value / reach) * (box.height / 2);
  drawTicks(context, theme, box, niceTicks(-reach, reach, 3), { along: "y", place: y, isGrid: true, name: (tick) => brief(tick, 2) });
  const line = (array, output) => Array.from({ length: times }, (_, time) => numberAt(array, time * count + output));
  for (let output = 0; output < Math.min(count, MOST_LINES); output++) {
    if (target) dashed(context, () => drawSeries(context, line(target, output), x, y, rgb(theme.colours.negative)));
    drawSeries(context, line(answers, output), x, y, rgb(theme.colours.positive, 1 - output / (MOST_LINES + 1)));
  }
  return box.y + box.height + 8;
}

function dashed(context, draw) {
  context.setLineDash([4, 3]);
  draw();
  context.setLineDash([]);
}

function drawCaption(result, text, top) {
  const { context } = result.sized, { theme } = result.panel;
  setFont(context, theme, 10.5, 400);
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, LEFT, top + CAPTION / 2 - 2);
}
