/* A state over time: units down, time across, and beneath it what went in, what was asked for and what was answered. */

import { classColour, rgb } from "./colour.js";
import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, setFont } from "./plot.js";
import { outline } from "./stage_units.js";
import {
  LEGEND_ROOM, answerText, chosenPart, drawColumnNames, drawLegend, drawPixels, drawRowNames, grid, inputOf, isWhole, namesAlong, placeName,
  roomFor, scaleOf, tokenText, tokensOf,
} from "./view_common.js";

const TRACK = { words: 20, numbers: 34 }, GAP = 4, AXIS = 17, MOST_NAME = 90, LEAST_WORD = 9;

export function draw(scene) {
  const part = chosenPart(scene, 2, ({ axes }) => axes.slice(-2).includes("time"));
  if (!part || !part.axes.includes("time")) return words.noSheet;
  const { context, theme, options } = scene, isTurned = part.axes[0] === "time";
  const [units, times] = isTurned ? [part.shape[1], part.shape[0]] : part.shape;
  const value = (unit, time) => numberAt(part, isTurned ? time * units + unit : unit * times + time);
  const axis = part.axes[isTurned ? 1 : 0], names = namesAlong(scene, axis, units), tracks = tracksOf(scene, times);
  const scale = scaleOf([part], theme, options), left = roomFor(context, [...names, ...tracks.map(({ name }) => name)], MOST_NAME);
  const below = tracks.reduce((sum, track) => sum + track.height + GAP, 0) + AXIS + LEGEND_ROOM;
  const { box } = scene, place = grid(units, times, { x: box.x + left, y: box.y, width: box.width - left - 2, height: Math.max(20, box.height - below) });
  const atlas = scene.paints.get("sheet", [part.values], 1, units, times, scale, (i) => value(Math.floor(i / times), i % times));
  drawPixels(context, atlas.canvas, { x: 0, y: 0, width: times, height: units }, place.box, 4);
  drawRowNames(scene, names, { ...place.box, room: left });
  markChosen(scene, place, units);
  const bottom = drawTracks(scene, tracks, place, left);
  drawColumnNames(scene, plainSteps(times), { x: place.box.x, y: bottom - 2, width: place.box.width, room: AXIS });
  drawLegend(scene, scale);
  const steps = namesAlong(scene, "time", times), full = { ...place.box, height: bottom - place.box.y };
  const at = (unit, time) => ({
    key: `${unit},${time}`, box: place.cell(unit, time), sent: ["chosen", { array: part.name, index: unit, time }],
    text: [words.cell(placeName(names, axis, unit), placeName(steps, "time", time), brief(value(unit, time))), ...tracks.slice(steps.isPlain ? 0 : 1).map((track) => track.tell(time))].filter(Boolean).join("\n"),
  });
  return {
    alt: words.sheetAlt(options.title ?? part.name, units, times, brief(scale.low), brief(scale.high)), rows: units, columns: times, at,
    find: (x, y) => ((found) => (found ? at(...found) : trackHit(tracks, steps, place, bottom, x, y)))(place.find(x, y)),
    drag: { at: (x) => Math.max(0, Math.min(times - 1, Math.floor((x - place.box.x) / place.wide))), about: { array: part.name },
      band: (start, stop) => ({ ...full, x: full.x + start * place.wide, width: (stop - start + 1) * place.wide }) },
  };
}

const plainSteps = (times) => Object.assign(Array.from({ length: times }, (_, time) => String(time)), { isPlain: true });

/* The rows beneath: words where they are whole numbers, a small plot where they are not. */
function tracksOf(scene, times) {
  const { frame, diagram } = scene, input = tokensOf(scene) ?? inputOf(scene);
  const listed = [[words.axis("input"), input, tokenText], [words.target, frame.arrays.get("target"), answerText], [words.prediction, frame.arrays.get("prediction"), answerText]];
  return listed.filter(([, array]) => array?.axes[0] === "time" && array.shape[0] === times).map(([name, array, read]) => {
    const isWords = isWhole(array) && array.shape.length === 1;
    const text = (time) => (array.values[time] < 0 ? "" : read(diagram, array.values[time]));
    const wide = array.shape[1] ?? 1, number = (time, row) => numberAt(array, time * wide + row);
    const tell = (time) => (isWords ? text(time) && words.named(name, text(time)) : words.named(name, Array.from({ length: Math.min(3, wide) }, (_, row) => brief(number(time, row))).join(" · ")));
    return { name, array, isWords, text, number, wide, tell, height: isWords ? TRACK.words : TRACK.numbers };
  });
}

function drawTracks(scene, tracks, place, left) {
  const { context, theme } = scene;
  let y = place.box.y + place.box.height + GAP;
  for (const track of tracks) {
    track.y = y;
    setFont(context, theme, 10.5);
    Object.assign(context, { fillStyle: theme.muted, textAlign: "right", textBaseline: "middle" });
    context.fillText(fitted(context, track.name, left - 6), place.box.x - 5, y + track.height / 2);
    if (track.isWords) drawWords(scene, track, place, y);
    else drawNumbers(scene, track, place, y);
    y += track.height + GAP;
  }
  return y;
}

function drawWords({ context, theme }, track, place, y) {
  context.fillStyle = theme.panel;
  context.fillRect(place.box.x, y, place.box.width, track.height);
  if (place.wide < LEAST_WORD) return drawStrip(context, track, place, y);
  setFont(context, theme, Math.min(11, place.wide));
  Object.assign(context, { fillStyle: theme.text, textAlign: "center", textBaseline: "middle" });
  for (let time = 0; time < place.columns; time++) context.fillText(short(context, track.text(time), place.wide), place.box.x + (time + 0.5) * place.wide, y + track.height / 2 + 0.5);
  return undefined;
}

/* As much of a word as fits, but of a name its first letter rather than that and a dot. */
function short(context, text, room) {
  const found = fitted(context, text, room);
  return found !== text && found.length < 3 && /^\p{L}/u.test(text) ? text[0] : found;
}

/* Too narrow for words: a colour for each. */
function drawStrip(context, track, place, y) {
  for (let time = 0; time < place.columns; time++) {
    if (track.array.values[time] < 0) continue;
    context.fillStyle = rgb(classColour(track.array.values[time]));
    context.fillRect(place.box.x + time * place.wide, y + 4, Math.max(1, place.wide - 0.5), track.height - 8);
  }
}

function drawNumbers({ context, theme }, track, place, y) {
  const all = Array.from(track.array.values, (value) => value * track.array.factor).filter(Number.isFinite);
  const low = Math.min(0, ...all), high = Math.max(1e-9, ...all), at = (value) => y + track.height - 2 - ((value - low) / (high - low)) * (track.height - 4);
  context.strokeStyle = theme.faint;
  context.beginPath();
  context.moveTo(place.box.x, at(0));
  context.lineTo(place.box.x + place.box.width, at(0));
  context.stroke();
  for (let row = 0; row < Math.min(6, track.wide); row++) {
    context.beginPath();
    for (let time = 0; time < place.columns; time++) context.lineTo(place.box.x + (time + 0.5) * place.wide, at(track.number(time, row)));
    Object.assign(context, { strokeStyle: rgb(classColour(row + 1)), lineWidth: 1.5, lineJoin: "round" });
    context.stroke();
  }
}

function trackHit(tracks, steps, place, bottom, x, y) {
  const track = tracks.find((each) => y >= each.y && y < each.y + each.height), time = Math.floor((x - place.box.x) / place.wide);
  if (!track || time < 0 || time >= place.columns) return null;
  return { key: `${track.name} ${time}`, text: [placeName(steps, "time", time), track.tell(time)].filter(Boolean).join(" · "), box: { x: place.box.x + time * place.wide, y: track.y, width: place.wide, height: track.height } };
}

function markChosen({ context, theme, frame, options }, place, units) {
  const chosen = options.chosen?.index ?? null;
  if (chosen !== null && chosen < units) outline(context, { ...place.cell(chosen, 0), width: place.box.width }, theme.primary, 2, 2);
  if (options.span) {
    const [start, stop] = spanOf(frame, options.span, place.columns);
    outline(context, { ...place.box, x: place.box.x + start * place.wide, width: (stop - start + 1) * place.wide }, theme.primary, 2, 2);
  }
}

/* First and last step: as the options say, or as the columns of a frame in the picture. */
function spanOf(frame, span, times) {
  if (Array.isArray(span)) return span;
  const [, start, , count] = frame.arrays.get(span)?.values ?? [0, 0, 0, 1];
  return [Math.max(0, start), Math.min(times, start + count) - 1];
}
