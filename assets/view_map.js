/* A matrix with names on both sides; numbers or words in its cells where there is room. */

import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, inCell, setFont } from "./plot.js";
import {
  LEGEND_ROOM, answerText, chosenPart, drawColumnNames, drawLegend, drawPixels, drawRowNames, endingIn, grid, inkOn, namesAlong, partOf,
  placeName, roomBelow, roomFor, scaleOf,
} from "./view_common.js";

const MOST_NAME = 120, LEAST_CELL = { width: 26, height: 14 }, MOST_HIGH = 96;

export function draw(scene) {
  const matrix = matrixOf(scene);
  if (!matrix) return words.noMap;
  const { context, theme, options } = scene, { rows, columns, names } = matrix;
  const scale = scaleOf([matrix], theme, options), place = layOut(scene, matrix);
  const value = (row, column) => numberAt(matrix, options.is_turned && !options.stack ? column * matrix.shape[1] + row : row * columns + column);
  const atlas = scene.paints.get("map", [matrix.stamp, options.is_turned], 1, rows, columns, scale, (i) => value(Math.floor(i / columns), i % columns));
  drawPixels(context, atlas.canvas, { x: 0, y: 0, width: columns, height: rows }, place.box, 4);
  drawRowNames(scene, names[0], { ...place.box, room: place.left });
  drawColumnNames(scene, names[1], { x: place.box.x, y: place.box.y + place.box.height, width: place.box.width, room: place.below });
  drawCells(scene, matrix, place, scale, value);
  drawLegend(scene, scale);
  const at = (row, column) => hitAt(scene, matrix, place, value, row, column);
  const find = (x, y) => ((found) => found && at(...found))(place.find(x, y));
  return { alt: words.mapAlt(options.title ?? matrix.name, rows, columns, brief(scale.low), brief(scale.high)), rows, columns, at, find };
}

/* The numbers as rows and columns, with the names along both. */
function matrixOf(scene) {
  const { frame, options } = scene;
  if (options.stack) return stacked(scene, endingIn(frame, options.stack));
  const part = chosenPart(scene, 2);
  if (!part || !part.values.length) return null;
  const order = options.is_turned ? [1, 0] : [0, 1];
  const axes = order.map((axis) => part.axes[axis]), [rows, columns] = order.map((axis) => part.shape[axis]);
  return { ...part, stamp: part.values, rows, columns, axes, names: [namesAlong(scene, axes[0], rows), namesAlong(scene, axes[1], columns)] };
}

/* One row for each array of one axis, named as the array is; of more axes the last index of the options counts. */
function stacked(scene, listed) {
  const { options } = scene, lines = listed.map(([name, array]) => ({ name, ...line(array, options.rank ?? 0) })).filter(({ numbers }) => numbers);
  const columns = Math.max(0, ...lines.map(({ numbers }) => numbers.length));
  if (!columns) return null;
  const values = new Float32Array(lines.length * columns).fill(NaN);
  lines.forEach(({ numbers }, row) => values.set(numbers, row * columns));
  const names = lines.map(({ name }) => name), axis = lines[0].axis;
  const across = axis === "layer" && columns === names.length ? names : namesAlong(scene, axis, columns);
  return { name: options.stack, stamp: lines[0].stamp, values, factor: 1, shape: [names.length, columns], rows: names.length, columns, axes: ["layer", axis], names: [names, across] };
}

function line(array, rank) {
  if (array.shape.length === 1) return { axis: array.axes[0], stamp: array.values, numbers: Array.from(array.values, (_, i) => numberAt(array, i)) };
  if (array.shape.length !== 2) return {};
  const [length, width] = array.shape, column = Math.min(rank, width - 1);
  return { axis: array.axes[0], stamp: array.values, numbers: Array.from({ length }, (_, i) => numberAt(array, i * width + column)) };
}

function layOut({ context, box, options }, { rows, columns, names, axes }) {
  const left = roomFor(context, names[0], MOST_NAME);
  const isSquare = options.is_square ?? (axes.join() === "query,key" || rows === columns);
  const most = isSquare ? (box.height - LEGEND_ROOM) / rows : Infinity; // of a cell's width
  const below = roomBelow(context, names[1], Math.min(most, (box.width - left) / columns), MOST_NAME);
  let width = box.width - left - 2, height = Math.min(box.height - below - LEGEND_ROOM, MOST_HIGH * rows);
  if (isSquare) [width, height] = [Math.min(width, (height * columns) / rows), Math.min(height, (width * rows) / columns)];
  const shift = (box.width - left - 2 - width) / 2;
  return { ...grid(rows, columns, { x: box.x + left + shift, y: box.y, width, height: Math.max(8, height) }), left, below };
}

function drawCells(scene, { rows, columns }, place, scale, value) {
  const { context, theme, options } = scene;
  if (options.cells === false || place.wide < LEAST_CELL.width || place.high < LEAST_CELL.height) return;
  setFont(context, theme, Math.min(11.5, place.high - 3), 500);
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const number = value(row, column);
    if (!number) continue; // what is masked, or not there, stays bare
    const cell = place.cell(row, column);
    context.fillStyle = inkOn(scale.colour(number));
    context.fillText(fitted(context, textAt(scene, row, column) ?? inCell(number), place.wide - 4), cell.x + cell.width / 2, cell.y + cell.height / 2 + 0.5);
  }
}

/* The word of a cell: answers by their number, from arrays that the options name. */
function textAt({ frame, diagram, options }, row, column) {
  if (!options.texts) return null;
  if (options.stack) {
    const array = endingIn(frame, options.texts)[row]?.[1];
    if (!array) return null;
    return answerText(diagram, array.values[array.shape.length > 1 ? column * array.shape[1] + (options.rank ?? 0) : column]);
  }
  const array = frame.arrays.get(options.texts), part = array && partOf(options.texts, array, 2, options.index);
  return part ? answerText(diagram, part.values[row * part.shape[1] + column]) : null;
}

function hitAt(scene, matrix, place, value, row, column) {
  const { names, axes } = matrix, text = textAt(scene, row, column), number = value(row, column);
  if (Number.isNaN(number) && matrix.shape[1] > 1) return null;
  const isPair = axes.join() === "query,key", [down, across] = [placeName(names[0], axes[0], row), placeName(names[1], axes[1], column)];
  const said = text === null ? brief(number) : `“${text}” ${brief(number)}`;
  const where = scene.options.stack ? { array: `${names[0][row]}${scene.options.stack}` } : { array: matrix.name };
  return {
    key: `${row},${column}`, box: place.cell(row, column), sent: ["cell", { row, column, ...where }],
    text: isPair ? words.pair(down, across, number) : words.cell(scene.options.stack ? names[0][row] : down, across, said),
  };
}
