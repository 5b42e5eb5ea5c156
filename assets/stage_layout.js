/* Where everything stands on the stage: a column for each layer in the order of computation, units below each other. */

import { words } from "./words.js";

const HEAD = 56, TOOLS = 24, FOOT = 22, SKIP_FOOT = 30; // pixels above and below the units; more below where edges go around
const SIDE = 20, NAME_ROOM = 46, ANSWER_ROOM = 62;
const GAP_SHARE = 0.46, LEAST_PITCH = 58; // of a column's pitch that is left to the edges; narrower columns make it pan
const BAND_GAP = 0.55; // of that gap where no single weights are drawn
const LOOKS = { // relative width, and the sizes of one unit in pixels
  maps: { weight: 1, biggest: 72, smallest: 15, gap: 6, columns: 3 },
  pictures: { weight: 1.35, biggest: 64, smallest: 16, gap: 6, columns: 4 },
  patterns: { weight: 1.5, biggest: 112, smallest: 24, gap: 12, columns: 2 },
  picture: { weight: 1.7, biggest: 132, smallest: 40, gap: 8, columns: 1 },
  cells: { weight: 0.75, biggest: 34, smallest: 11, gap: 4, columns: 3 },
  sheet: { weight: 1.7, row: 30 },
  tokens: { weight: 1.2, biggest: 22, smallest: 11, gap: 3, columns: 1 },
  blank: { weight: 0.8, biggest: 54 },
};

/* {columns, links, width, height}: all boxes in pixels of a stage that is not zoomed. */
export function layOut(diagram, frame, size, pages) {
  const columns = describeColumns(diagram, frame);
  const links = describeLinks(columns, frame);
  const area = areaOf(columns, links, size, diagram);
  placeColumns(columns, links, area);
  columns.forEach((column) => placeUnits(column, area, pages.get(column.name) ?? 0));
  const lowest = columns.reduce((most, { box }) => Math.max(most, box.y + box.height), area.top);
  return { columns, links, lowest, byName: new Map(columns.map((column) => [column.name, column])), ...area };
}

/* What the layout depends on in a frame: it is worked out again only when this changes. */
export function signature(frame) {
  return (frame?.header.arrays ?? []).map(({ name, shape }) => `${name}:${shape}`).join(" ");
}

export function describeColumns(diagram, frame) {
  const layers = diagram.layers ?? [];
  const all = [...inputsOf(diagram, layers), ...layers.map((layer) => ({ ...layer, isInput: false }))];
  return all.map((layer, place) => {
    const array = frame?.arrays.get(layer.name) ?? null;
    const axes = array?.axes ?? expectedAxes(layer, viewOf(diagram));
    const look = lookOf(axes, layer, array);
    return {
      name: layer.name, layer, place, look, axes, isLast: place === all.length - 1,
      total: countOf(look, array, layer), unitNames: namesOf(layer, diagram, place === all.length - 1),
    };
  });
}

export const viewOf = (diagram) => diagram.view ?? diagram.input?.view ?? "table";

/* The inputs' own columns; coordinates that only a feature layer reads are shown by that layer already. */
function inputsOf(diagram, layers) {
  const inputs = diagram.inputs ?? [{ name: "input", ...diagram.input }];
  const isShown = ({ name }) => {
    const readers = layers.filter((layer) => layer.inputs?.includes(name));
    return readers.length === 0 || readers.some((layer) => layer.kind !== "features");
  };
  return inputs.filter(isShown).map((input) => ({ ...input, kind: "input", isInput: true, inputs: [], parameters: 0 }));
}

function expectedAxes({ axes = [], shape = [] }, view) {
  if (view === "points" && shape.length === 1) return ["unit", "y", "x"];
  return axes.length ? axes.map((axis) => (axis === "feature" ? "unit" : axis)) : ["unit"];
}

function lookOf(axes, layer, array) {
  const [first] = axes;
  if (first === "head") return "patterns";
  if (axes.length === 3 && first === "unit") return "maps";
  if (axes.length === 3) return layer.isInput && [1, 3].includes((array ?? layer).shape[0]) ? "picture" : "pictures";
  if (axes.length === 2) return "sheet";
  return first === "time" ? "tokens" : axes.length === 1 ? "cells" : "blank";
}

function countOf(look, array, layer) {
  if (look === "picture" || look === "blank") return 1;
  const shape = array?.shape ?? layer.shape ?? [1];
  return look === "sheet" ? shape[1] ?? 1 : shape[0] ?? 1;
}

function namesOf(layer, diagram, isLast) {
  const names = layer.unit_names ?? (layer.isInput || layer.kind === "features" ? diagram.feature_names : null)
    ?? (isLast ? diagram.task?.labels : null) ?? [];
  const size = layer.shape?.at(-1);
  return names.length === size ? names.map(words.featureName) : [];
}

function describeLinks(columns, frame) {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return columns.flatMap((to) => (to.layer.inputs ?? []).filter((name) => byName.has(name)).map((name) => {
    const from = byName.get(name);
    const shape = frame?.arrays.get(`${to.name}.weight`)?.shape;
    const isDrawn = shape && isUnits(from) && isUnits(to) && shape[1] === from.total && shape[0] === to.total;
    return { from, to, tensor: isDrawn ? to.name : null, isSkip: to.place - from.place > 1 };
  }));
}

const isUnits = ({ look }) => look === "maps" || look === "cells";

function areaOf(columns, links, { width, height, hasTools }, diagram) {
  const names = columns[0]?.unitNames.length ? NAME_ROOM : 0;
  const labels = (diagram.task?.labels ?? []).length && columns.at(-1)?.unitNames.length ? ANSWER_ROOM : 0;
  const left = SIDE + names, right = SIDE + labels;
  const least = left + right + columns.reduce((sum, { look }) => sum + LEAST_PITCH * LOOKS[look].weight, 0);
  const headTop = hasTools ? TOOLS : 0;
  const foot = FOOT + (links.some((link) => link.isSkip) ? SKIP_FOOT : 0);
  return { width: Math.max(width, least), height, left, right, headTop, headHeight: HEAD - 10, top: headTop + HEAD, bottom: height - foot };
}

function placeColumns(columns, links, { width, left, right }) {
  const weights = columns.map(({ look }) => LOOKS[look].weight);
  const inner = width - left - right;
  // the first and the last column stand at the edges, so the gaps are one fewer than the columns
  const unit = columns.length > 1 ? (inner * GAP_SHARE) / (columns.length - 1) : 0;
  const hasLines = (place) => links.some(({ tensor, from, to }) => tensor && from.place === place && to.place === place + 1);
  const bands = columns.slice(1).filter((_, place) => !hasLines(place)).length / Math.max(1, columns.length - 1);
  const gaps = columns.map((_, place) => (place === columns.length - 1 ? 0 : unit * (hasLines(place) ? 1 + bands : BAND_GAP)));
  const rooms = inner - total(gaps);
  let x = left;
  columns.forEach((column, place) => {
    const room = (rooms * weights[place]) / total(weights);
    Object.assign(column, { x, room, centre: x + room / 2 });
    x += room + gaps[place];
  });
  columns.forEach((column, place) => { // what stands over a column may reach half the way to the next one
    const near = [columns[place - 1], columns[place + 1]].filter(Boolean).map(({ centre }) => Math.abs(centre - column.centre));
    column.pitch = Math.min(...near, inner);
  });
}

const total = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

function placeUnits(column, area, first) {
  const room = { width: column.room, height: area.bottom - area.top };
  if (column.look === "sheet") return placeSheet(column, area, room);
  const look = LOOKS[column.look];
  if (column.look === "blank") return placeGrid(column, area, { size: Math.min(look.biggest, room.width), columns: 1, shown: 1 }, look, 0);
  const inOne = column.unitNames.length ? grid(column.total, room, { ...look, columns: 1 }) : { shown: 0 };
  const wanted = inOne.shown === column.total ? inOne : grid(column.total, room, look); // names need a side of their own
  return placeGrid(column, area, wanted, look, Math.min(first, Math.max(0, column.total - 1)));
}

/* The number of sub-columns that gives the largest units; where none fits, as many units as do. */
export function grid(count, { width, height }, { biggest, smallest, gap, columns }) {
  let best = { size: 0 };
  for (let k = 1; k <= columns; k++) {
    const rows = Math.ceil(count / k);
    const size = Math.min(biggest, (width - (k - 1) * gap) / k, (height + gap) / rows - gap);
    if (size > best.size * 1.15 || (k === 1 && size >= smallest)) best = { size, columns: k, shown: count };
  }
  if (best.size >= smallest) return best;
  const size = Math.min(smallest, width);
  const k = Math.max(1, Math.min(columns, Math.floor((width + gap) / (size + gap))));
  return { size, columns: k, shown: Math.min(count, k * Math.max(1, Math.floor((height + gap) / (size + gap)))) };
}

function placeGrid(column, area, { size, columns, shown }, { gap = 0 }, first) {
  const start = shown < column.total ? Math.floor(first / shown) * shown : 0;
  const visible = Math.min(shown, column.total - start);
  const rows = Math.ceil(visible / columns), wide = column.look === "tokens" ? column.room : size;
  const pitch = rows > 1 ? Math.min(size + gap * 2.4, (area.bottom - area.top - size) / (rows - 1)) : 0;
  const pixels = { width: columns * wide + (columns - 1) * gap, height: (rows - 1) * pitch + size };
  const x = column.centre - pixels.width / 2, y = area.top + (area.bottom - area.top - pixels.height) / 2;
  column.units = Array.from({ length: visible }, (_, place) => ({
    index: start + place,
    box: { x: x + (place % columns) * (wide + gap), y: y + Math.floor(place / columns) * pitch, width: wide, height: size },
  }));
  Object.assign(column, { box: { x, y, ...pixels }, size, start, shown, columns });
}

/* Hidden states are one heat map: a row for each unit, time from left to right. */
function placeSheet(column, area, room) {
  const height = Math.min(room.height, Math.max(36, column.total * LOOKS.sheet.row));
  const box = { x: column.x, y: area.top + (room.height - height) / 2, width: room.width, height };
  const row = height / column.total;
  column.units = Array.from({ length: column.total }, (_, index) => (
    { index, box: { x: box.x, y: box.y + index * row, width: box.width, height: row } }));
  Object.assign(column, { box, size: row, start: 0, shown: column.total });
}
