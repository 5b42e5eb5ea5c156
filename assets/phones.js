/* Utterances as they are drawn: time to the right, the lowest band at the bottom, and phones below their frames. */

import { classColour, luminanceOf, rgb } from "./colour.js";
import { fitted, roundedPath, setFont } from "./plot.js";

const turned = new WeakMap(); // by the numbers of an utterance: the same as a picture
export const BLANK = 0; // the number of the answer that says nothing
export const CHIP = 18; // pixels of height

/* (time, band) as a picture (1, band, time), the highest band first. */
export function asPicture(array) {
  const { values, shape: [times, bands] } = array;
  if (!turned.has(values)) {
    const found = new values.constructor(values.length);
    for (let time = 0; time < times; time++) for (let band = 0; band < bands; band++) found[(bands - 1 - band) * times + time] = values[time * bands + band];
    turned.set(values, found);
  }
  return { ...array, values: turned.get(values), shape: [1, bands, times] };
}

/* [{phone, start, end}] of equal neighbours in a path of phones over frames; blanks are left out. */
export function runsOf(path) {
  const runs = [];
  for (let start = 0, end = 1; start < path.length; start = end, end = start + 1) {
    while (end < path.length && path[end] === path[start]) end += 1;
    if (path[start] !== BLANK) runs.push({ phone: path[start], start, end });
  }
  return runs;
}

export const phoneName = (diagram, phone) => String(diagram.task?.labels?.[phone] ?? phone);
export const phoneColour = (phone) => rgb(classColour((phone - 1) % 10));

/* The phones that are heard, each below its frames, in a row as high as a chip. */
export function drawRuns(context, theme, { x, y, width }, path, diagram) {
  const wide = width / path.length;
  for (const { phone, start, end } of runsOf(path)) {
    const name = phoneName(diagram, phone), middle = x + ((start + end) / 2) * wide, room = Math.max((end - start) * wide, 16);
    drawChip(context, theme, { x: middle - room / 2, y, width: room, height: CHIP }, name, phoneColour(phone));
  }
}

/* A phone on a ground of its colour; `isFaint` where only its outline is drawn. */
export function drawChip(context, theme, box, name, colour, isFaint = false) {
  roundedPath(context, { ...box, height: box.height - 2 }, 5);
  context.fillStyle = isFaint ? theme.faint : colour;
  context.fill();
  setFont(context, theme, 11.5, 600);
  Object.assign(context, { fillStyle: isFaint ? theme.text : luminanceOf(colour) > 0.42 ? "#14202b" : "#fff", textAlign: "center", textBaseline: "middle" });
  context.fillText(fitted(context, name, box.width - 2), box.x + box.width / 2, box.y + box.height / 2 - 0.5);
}
