/* Every text of the views of lenses. */

import { brief } from "./plot.js";
import { whole } from "./words.js";

const AXES = {
  key: "key", query: "query", time: "step", unit: "unit", class: "class", head: "head", channel: "channel", layer: "layer",
  token: "token", feature: "feature", rank: "rank", example: "example",
};

const queue = (count) => (count === 1 ? "Waiting for one other" : `Waiting for ${count} others`);

export const lensWords = {
  comes: "The picture appears in a moment.", cancel: "Cancel",
  computing: (seconds, { waiting = 0, doing = "" }) => `${waiting ? queue(waiting) : doing || "Computing…"} · ${seconds.toFixed(1)} s`,
  progress: "How far it is",
  cancelled: "Cancelled. Nothing was computed.", failed: "The server did not answer. Try again in a moment.", again: "Compute again",
  atStep: (step) => `step ${whole(step)}`, noView: (name) => `There is no view called ${name}.`,

  noWall: "This network has no attention to show here.", noMap: "There is no matrix of this name in the picture.",
  noLines: "There is no attention of this name in the picture.", noSheet: "There is no state over time in the picture.",
  noCurves: "There is no curve in the picture.", noBars: "There is no list of numbers in the picture.",
  noPoints: "There are no points in the picture.", noPictures: "There are no maps in the picture.",
  noOverlay: "There are no scores in the picture.", noNumbers: "There is no number of this name in the picture.",

  axis: (name) => AXES[name] ?? name.replaceAll("_", " "),
  item: (axis, index) => `${AXES[axis] ?? axis.replaceAll("_", " ")} ${index}`,
  frame: (index) => `frame ${index}`,
  head: (layer, index) => `${layer} · head ${index + 1}`, shortHead: (layer, index) => `${layer} · ${index + 1}`,
  pair: (query, key, value) => `${query} → ${key}: ${brief(value)}`,
  cell: (row, column, value) => `${row}, ${column}: ${value}`, named: (name, value) => `${name}: ${value}`,
  target: "target", prediction: "prediction", point: (index) => `example ${index + 1}`, picture: (index) => `${index + 1}`,
  nothing: "nothing", value: "value",

  wallAlt: (rows, heads) => `Attention of ${heads} heads in ${rows} layers, query tokens down and key tokens across.`,
  mapAlt: (name, rows, columns, low, high) => `${name}: ${rows} rows by ${columns} columns, from ${low} to ${high}.`,
  linesAlt: (name, count) => `${name}: lines from each of ${count} tokens to those it reads from.`,
  sheetAlt: (name, units, times, low, high) => `${name}: ${units} units over ${times} steps, from ${low} to ${high}.`,
  curvesAlt: (names) => `Curves: ${names.join("; ")}.`, barsAlt: (rows) => `Bars: ${rows.join(", ")}.`,
  pointsAlt: (count) => `${whole(count)} points.`, picturesAlt: (name, count) => `${name}: ${count} maps.`,
  overlayAlt: (what, strongest) => `Scores over the ${what}; the strongest: ${strongest.join(", ")}.`,
  numbersAlt: (rows) => `${rows.join(", ")}.`,
  curve: (name, last) => `${name} ends at ${last}`,
};

/* The texts of progress measures. */
export const courseWords = {
  comes: "The first values appear in a moment.", atStep: lensWords.atStep, named: (name, value) => `${name}: ${value}`,
  map: (title, axis) => `${title}, ${axis} upwards`,
  alt: (courses) => `By step: ${courses.map(({ name, title, values }) => `${title} ends at ${brief(values[name].at(-1))}`).join("; ")}.`,
};
