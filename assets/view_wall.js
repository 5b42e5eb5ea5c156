/* Every attention head as a small map: layers down, heads across; layers of one head stand side by side. */

import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { fitted, setFont } from "./plot.js";
import { outline } from "./stage_units.js";
import { LEGEND_ROOM, drawLegend, drawPixels, grid, namesAlong, partOf, placeName, scaleOf } from "./view_common.js";

const GAP = 8, HEAD = 16, LEAST = 18;

export function draw(scene) {
  const layers = layersOf(scene.frame);
  if (!layers.length) return words.noWall;
  const { theme, options } = scene, scale = scaleOf(layers, theme, options), tiles = layOut(scene, layers);
  for (const tile of tiles) drawHead(scene, tile, scale);
  drawLegend(scene, scale);
  const columns = Math.max(...layers.map(({ heads }) => heads));
  return {
    alt: words.wallAlt(layers.length, columns), rows: layers.length, columns,
    at: (row, column) => headHit(tiles.find((tile) => tile.row === row && tile.head === column)),
    find: (x, y) => cellHit(scene, tiles.find((tile) => tile.cells.find(x, y)), x, y),
  };
}

/* (head, query, key), or (query, key) as one head. */
function layersOf(frame) {
  const found = [...frame.arrays].filter(([, { axes, shape }]) => axes.slice(-2).join() === "query,key" && shape.length >= 2 && shape.length <= 3);
  return found.map(([name, array]) => ({ ...array, name, title: name.replace(/\.(pattern|rollout)$/, ""), heads: array.shape.length === 3 ? array.shape[0] : 1 }));
}

function layOut({ box }, layers) {
  const most = Math.max(...layers.map(({ heads }) => heads)), isRow = most === 1;
  const [across, down] = isRow ? [layers.length, 1] : [most, layers.length];
  const wide = (box.width - GAP * (across - 1)) / across, high = (box.height - LEGEND_ROOM - GAP * (down - 1)) / down - HEAD;
  const side = Math.max(LEAST, Math.min(wide, high));
  const shift = Math.max(0, Math.min(wide - side, 40));
  return layers.flatMap((layer, row) => Array.from({ length: layer.heads }, (_, head) => {
    const [x, y] = isRow ? [row, 0] : [head, row];
    const square = { x: box.x + x * (side + shift + GAP), y: box.y + HEAD + y * (side + HEAD + GAP), width: side, height: side };
    const [queries, keys] = layer.shape.slice(-2);
    return { layer, row, head, square, cells: grid(queries, keys, square) };
  }));
}

function drawHead(scene, { layer, head, square }, scale) {
  const { context, theme, options, paints } = scene, [queries, keys] = layer.shape.slice(-2);
  const atlas = paints.get(layer.name, [layer.values], layer.heads, queries, keys, scale, (i) => numberAt(layer, i));
  drawPixels(context, atlas.canvas, { x: 0, y: head * queries, width: keys, height: queries }, square, 5);
  const isChosen = options.chosen?.array === layer.name && (options.chosen?.index ?? 0) === head;
  outline(context, square, isChosen ? theme.primary : theme.border, isChosen ? 3 : 1, 5);
  setFont(context, theme, 10.5, isChosen ? 600 : 400);
  Object.assign(context, { fillStyle: isChosen ? theme.primary : theme.muted, textAlign: "left", textBaseline: "alphabetic" });
  context.fillText(fitted(context, words.shortHead(layer.title, head), square.width + GAP - 2), square.x, square.y - 4);
}

function headHit(tile) {
  if (!tile) return null;
  const { layer, head, square } = tile;
  return { key: `${layer.name} ${head}`, text: words.head(layer.title, head), box: square, sent: ["chosen", { array: layer.name, index: head }] };
}

function cellHit(scene, tile, x, y) {
  if (!tile) return null;
  const { layer, head, cells } = tile, [row, column] = cells.find(x, y), part = partOf(layer.name, layer, 2, [head]);
  const query = placeName(namesAlong(scene, "query", cells.rows), "query", row), key = placeName(namesAlong(scene, "key", cells.columns), "key", column);
  const text = `${words.head(layer.title, head)}\n${words.pair(query, key, numberAt(part, row * cells.columns + column))}`;
  return { ...headHit(tile), key: `${layer.name} ${head} ${row} ${column}`, text, box: cells.cell(row, column), at: [x, y - 4] };
}
