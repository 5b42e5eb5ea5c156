/* A picture in grey, and scores over it as colours that let it through. */

import { Atlas, paintArray } from "./colour.js";
import { drawPixels } from "./view_common.js";
import { outline } from "./stage_units.js";

const FAINT = 0.6;
const grey = new Atlas();
const faded = new WeakMap(); // by table of colours: the same, the clearer the nearer to its middle

/* `picture` (channel, height, width) over a box, and rows by columns of sums of scores over it. */
export function paintOver({ context, theme, paints, options }, box, picture, { sums, stamp, rows, columns }, scale) {
  const [, height, width] = picture.shape;
  paintArray(grey, picture, theme.colours, { isGrey: true });
  context.save();
  context.globalAlpha = FAINT;
  drawPixels(context, grey.canvas, { x: 0, y: 0, width, height }, box, 6);
  context.globalAlpha = options.opacity ?? 0.9;
  const atlas = paints.get("overlay", [stamp], 1, rows, columns, { ...scale, table: fadedTable(scale.table) }, (i) => sums[i]);
  drawPixels(context, atlas.canvas, { x: 0, y: 0, width: columns, height: rows }, box, 6);
  context.restore();
  outline(context, box, theme.border, 1, 6);
}

/* The hue of the sign, the clearer the nearer to 0; the power keeps middling scores in sight. */
function fadedTable(table) {
  if (!faded.has(table)) {
    const alpha = (level) => Math.round(255 * Math.min(1, Math.max(0, Math.abs(level - 127.5) - 0.5) / 127) ** 0.7);
    faded.set(table, table.map((_, level) => ((table[level < 128 ? 0 : 255] & 0xffffff) | (alpha(level) << 24)) >>> 0));
  }
  return faded.get(table);
}
