/* What a frame about a prompt tells: its examples, what every learner answers at an x, and where the heads look from there. */

import { numberAt } from "./frames.js";
import { LEARNERS } from "./prompt_plot.js";
import { words } from "./prompt_words.js";

const ENDING = ".to_examples";

export const rounded = (value) => Math.round(value * 1000) / 1000;

/* Rows of every x and then y. */
export function rowsOf({ arrays }) {
  const { values, shape: [count, wide] } = arrays.get("examples");
  return Array.from({ length: count }, (_, index) => Array.from(values.subarray(index * wide, (index + 1) * wide), rounded));
}

/* A late answer about other examples is no answer; without examples of one's own any will do. */
export function isAnswer({ arrays }, asked) {
  const { values } = arrays.get("examples"), numbers = asked.flat();
  return !numbers.length || (values.length === numbers.length && numbers.every((number, i) => Math.fround(number) === values[i]));
}

/* Every learner's answer at an x: [[name, value]]. */
export function answersAt({ arrays }, x) {
  const at = placeOf(arrays, x), low = Math.floor(at);
  const between = (array) => {
    const [from, to] = [numberAt(array, low), numberAt(array, Math.min(array.values.length - 1, low + 1))];
    return from + (at - low) * (to - from);
  };
  return LEARNERS.filter((name) => arrays.has(name)).map((name) => [name, between(arrays.get(name))]);
}

/* How much an x attends to each example that counts: of the head named "layer/head", or the mean of all; null without heads. */
export function attentionAt({ arrays }, x, chosen) {
  const walls = wallsOf(arrays), counted = walls[0]?.[1].shape[2];
  if (!counted) return null;
  const [layer, number] = chosen.split("/"), sums = new Array(counted).fill(0), place = Math.round(placeOf(arrays, x));
  let heads = 0;
  for (const [name, array] of walls) {
    const [n, places] = array.shape;
    for (let head = 0; head < n; head++) {
      if (chosen && !(name === layer && head === Number(number))) continue;
      heads += 1;
      for (let i = 0; i < counted; i++) sums[i] += numberAt(array, (head * places + place) * counted + i);
    }
  }
  return sums.map((sum) => sum / Math.max(1, heads));
}

/* [["layer/head", its name]] of all heads. */
export function headsOf({ arrays }) {
  return wallsOf(arrays).flatMap(([name, { shape }]) => (
    Array.from({ length: shape[0] }, (_, head) => [`${name}/${head}`, words.head(name.split(".")[0], head)])));
}

const wallsOf = (arrays) => [...arrays].filter(([name]) => name.endsWith(ENDING));

/* Where an x lies among the places that were asked, as a fraction of their count. */
function placeOf(arrays, x) {
  const { values } = arrays.get("places"), last = values.length - 1;
  return Math.max(0, Math.min(last, ((x - values[0]) / (values[last] - values[0])) * last));
}
