/* For everything but points: the example itself, and below it what the network answers. */

import { Atlas, classColour, paintArray, rgb, signedColour } from "./colour.js";
import { largest, numberAt } from "./frames.js";
import { write } from "./mount.js";
import { brief, drawTicks, fitted, niceTicks, percent, roundedPath, setFont } from "./plot.js";
import { drawSteps, LEFT, RIGHT, stepsRight } from "./result_steps.js";
import { answersClasses } from "./result_tools.js";
import { drawSeries } from "./result_unit.js";
import { words } from "./words.js";

const ROW = 22, MOST_BARS = 10, MOST_ROWS = 6, ON = 20, NAME = 84, NUMBER = 46;
const atlas = new Atlas();

export function drawAnswer(result, frame) {
  const { height } = result.sized, bars = barsOf(result.panel.diagram, frame);
  const room = Math.max(60, Math.min(height * 0.56, height - (bars.length + 1) * ROW - 14));
  const name = result.panel.diagram.inputs?.[0]?.name ?? "input";
  const used = drawSteps(result, frame, drawExample(result, frame.arrays.get(name), room) + 6) - 6;
  write(result.title, words.example(result.panel.store.example.split, result.panel.store.example.index));
  const counted = stepsRight(result, frame), told = counted ? words.stepsRight(...counted) : "";
  write(result.readout, told);
  drawBars(result, bars, used + 24, frame);
  const likeliest = [...bars].sort((one, other) => other.value - one.value).slice(0, 3);
  result.say(words.answerAlt(likeliest.map((bar) => `${bar.name} ${bar.text}`), bars.find((bar) => bar.isRight)?.name, told));
}

/* Returns where the example ends. */
function drawExample(result, array, room) {
  if (!array) return 0;
  if (array.shape.length === 3) return drawPicture(result, array, room);
  if (array.axes[0] === "time" && array.shape.length === 1) return drawTokens(result, array, room);
  if (array.shape.length === 2) return drawLines(result, array, room);
  return drawRow(result, array, room);
}

function drawPicture(result, array, room) {
  const [, rows, columns] = array.shape, { width, context } = result.sized;
  const side = Math.min(room, width - 20, 200), wide = (side * columns) / Math.max(rows, columns), high = (side * rows) / Math.max(rows, columns);
  paintArray(atlas, array, result.panel.theme.colours, { isGrey: true });
  const box = { x: (width - wide) / 2, y: 2, width: wide, height: high };
  context.save();
  roundedPath(context, box, 8);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(atlas.canvas, box.x, box.y, box.width, box.height);
  context.restore();
  return box.y + high;
}

/* Tokens one after the other, as many lines as there is room for. */
function drawTokens(result, array, room) {
  const { context, width } = result.sized, { theme, diagram } = result.panel;
  let x = 2, y = 2;
  setFont(context, theme, 11.5, 500);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const id of array.values) {
    const text = fitted(context, diagram.token_names?.[id] ?? String(id), 90), wide = Math.max(20, context.measureText(text).width + 12);
    if (x + wide > width) [x, y] = [2, y + 26];
    if (y + 22 > room) break;
    roundedPath(context, { x, y, width: wide, height: 22 }, 6);
    context.fillStyle = theme.panel;
    context.fill();
    context.fillStyle = theme.text;
    context.fillText(text, x + wide / 2, y + 11.5);
    x += wide + 4;
  }
  return y + 22;
}

/* (time, feature): a line for each feature; rows of cells where everything is either on or off. */
function drawLines(result, array, room) {
  const [times, features] = array.shape, { context, width } = result.sized, { theme } = result.panel;
  const peak = largest(array.values);
  if (features <= MOST_ROWS && array.values.every((value) => value === 0 || value === peak)) return drawSwitches(result, array);
  const box = { x: LEFT, y: 6, width: width - LEFT - RIGHT, height: Math.min(room, 170) - 26 };
  const reach = peak * array.factor || 1;
  const x = (time) => box.x + (times > 1 ? time / (times - 1) : 0.5) * box.width;
  const low = array.values.some((value) => value < 0) ? -reach : 0;
  const y = (value) => box.y + box.height - ((value - low) / (reach - low)) * box.height;
  drawTicks(context, theme, box, niceTicks(0, times - 1, 5), { along: "x", place: x });
  drawTicks(context, theme, box, niceTicks(low, reach, 3), { along: "y", place: y, isGrid: true, name: (tick) => brief(tick, 2) });
  for (let feature = 0; feature < Math.min(features, 6); feature++) {
    const values = Array.from({ length: times }, (_, time) => numberAt(array, time * features + feature));
    drawSeries(context, values, x, y, rgb(classColour(feature)));
  }
  return box.y + box.height + 24;
}

function drawSwitches(result, array) {
  const [times, features] = array.shape, { context, width } = result.sized, { theme, diagram } = result.panel;
  const step = (width - LEFT - RIGHT) / Math.max(1, times - 1);
  setFont(context, theme, 11, 500);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (let feature = 0; feature < features; feature++) {
    const y = 4 + feature * ON;
    context.fillStyle = theme.muted;
    context.fillText(fitted(context, String(diagram.feature_names?.[feature] ?? feature + 1), LEFT - 12), LEFT - 10, y + ON / 2);
    for (let time = 0; time < times; time++) if (array.values[time * features + feature]) context.fillRect(LEFT + (time - 0.5) * step, y, step - Math.min(1, step / 4), ON - 4);
  }
  return 4 + features * ON;
}

/* A row of a table: every feature with its number. */
function drawRow(result, array, room) {
  const { diagram, theme } = result.panel, peak = largest(array.values) * array.factor || 1;
  const shown = Math.min(array.values.length, Math.floor(room / 18));
  for (let place = 0; place < shown; place++) {
    const value = numberAt(array, place);
    drawBar(result, { y: 2 + place * 18, height: 14, name: String(diagram.feature_names?.[place] ?? place + 1), share: Math.abs(value) / peak, text: brief(value), colour: signedColour(theme.colours, value / peak) });
  }
  return shown * 18;
}

/* {name, value, share, isRight} for every bar, in the order in which they are drawn. */
function barsOf(diagram, frame) {
  const prediction = frame.arrays.get("prediction");
  if (!prediction) return [];
  const isShare = answersClasses(diagram), names = diagram.task?.labels?.length ? diagram.task.labels : diagram.token_names ?? [];
  const target = targetOf(frame), peak = isShare ? 1 : Math.max(largest(prediction.values) * prediction.factor, ...target.map(Math.abs)) || 1;
  const bars = Array.from(prediction.values, (_, index) => {
    const value = numberAt(prediction, index);
    const text = isShare ? percent(value) : brief(value);
    return { index, name: String(names[index] ?? (isShare ? index : words.output)), value, text, share: Math.abs(value) / peak, isRight: isShare && target[0] === index };
  });
  if (!isShare && target.length) return bars.flatMap((bar) => [bar, rightBar(bar, target[bar.index], peak)]).slice(0, MOST_BARS);
  if (bars.length <= MOST_BARS) return bars;
  const [likely, others] = [bars.sort((one, other) => other.value - one.value).slice(0, MOST_BARS), bars.slice(MOST_BARS)];
  return [...likely, ...others.filter((bar) => bar.isRight)];
}

const rightBar = ({ index, name }, value, peak) => ({ index, name: words.rightOf(name), value, text: brief(value), share: Math.abs(value) / peak, isTarget: true });

const stepOf = (frame) => frame.arrays.get("prediction.step")?.values[0] ?? null;

/* The right answer to what the bars tell: one class, or a number for each; empty where nobody knows it. */
function targetOf(frame) {
  const target = frame.arrays.get("prediction.target"), step = stepOf(frame);
  if (!target) return [];
  if (step === null) return Array.from(target.values);
  const count = target.values.length / target.shape[0];
  return Array.from(target.values.slice(step * count, (step + 1) * count));
}

function drawBars(result, bars, top, frame) {
  const { context, height } = result.sized, { theme, diagram } = result.panel;
  if (!bars.length) return;
  setFont(context, theme, 11, 600);
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(titleOf(diagram, stepOf(frame)), 0, top - 6);
  const best = Math.max(...bars.filter((bar) => !bar.isTarget).map((bar) => bar.value));
  const isByClass = frame.arrays.has("prediction.steps") && !bars.some((bar) => bar.isTarget); // as the cells of all steps
  bars.filter((_, place) => top + (place + 1) * ROW < height + 8).forEach((bar, place) => {
    drawBar(result, { ...bar, y: top + 6 + place * ROW, height: 15, isBest: !bar.isTarget && bar.value === best, colour: isByClass ? rgb(classColour(bar.index)) : colourOf(bar, bar.value === best, theme) });
  });
}

function colourOf(bar, isBest, theme) {
  if (bar.isTarget) return rgb(theme.colours.negative, 0.8);
  return rgb(bar.isRight ? classColour(2) : theme.colours.positive, isBest || bar.isRight ? 1 : 0.6);
}

function titleOf(diagram, step) {
  const title = answersClasses(diagram) ? words.asked[diagram.task?.kind] ?? words.classes : words.output;
  return step === null ? title : words.titleAtStep(title, step);
}

/* A name, a bar of a share of the room, and a text behind it. */
export function drawBar(result, { y, height, name, share, text, colour, isRight, isBest }, room = NAME) {
  const { context, width } = result.sized, { theme } = result.panel;
  const bar = { x: room, y, width: width - room - NUMBER, height };
  setFont(context, theme, 11, isBest || isRight ? 600 : 400);
  context.textBaseline = "middle";
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.fillText(fitted(context, isRight ? `✓ ${name}` : name, room - 10), room - 8, y + height / 2 + 0.5);
  roundedPath(context, bar, 4);
  context.fillStyle = theme.faint;
  context.fill();
  roundedPath(context, { ...bar, width: Math.max(2, bar.width * Math.min(1, share)) }, 4);
  context.fillStyle = colour;
  context.fill();
  context.textAlign = "left";
  context.fillStyle = theme.muted;
  context.fillText(text, bar.x + bar.width + 7, y + height / 2 + 0.5);
}
