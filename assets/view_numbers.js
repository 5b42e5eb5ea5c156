/* Single numbers, large enough to be read from afar. */

import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, percent, setFont } from "./plot.js";
import { isWhole } from "./view_common.js";

const WIDTH = 150, LEAST = 95, HEIGHT = 62;
const LIGHTS = ["#2e9e5b", "#e0a100", "#d64545"]; // below the first bound, below the second, above

export function draw(scene) {
  const { frame, options, context, theme, box } = scene;
  const listed = (options.arrays ?? [...frame.arrays.keys()]).filter((name) => frame.arrays.get(name)?.values.length === 1);
  if (!listed.length) return words.noNumbers;
  const shown = listed.map((name) => {
    const array = frame.arrays.get(name), value = numberAt(array, 0), names = options.names?.[name];
    return { name, label: options.labels?.[name] ?? name.replaceAll("_", " "), light: lightOf(options.lights?.[name], value), text: names?.[value] ?? told(value, array, options.shares?.includes(name)) };
  });
  const across = columnsOf(shown.length, box), wide = Math.min(240, box.width / across), size = wide < WIDTH ? 20 : 25;
  const boxOf = (index) => ({ x: box.x + (index % across) * wide, y: box.y + Math.floor(index / across) * HEIGHT, width: wide - 10, height: HEIGHT - 8 });
  shown.forEach(({ label, text, light }, index) => {
    const { x, y, width } = boxOf(index);
    Object.assign(context, { textAlign: "left", textBaseline: "top", fillStyle: theme.muted });
    setFont(context, theme, 12);
    context.fillText(fitted(context, label, width), x + 2, y + 4);
    setFont(context, theme, size, 600);
    context.fillStyle = theme.text;
    context.fillText(fitted(context, text, width), x + 2, y + 22);
    if (light) drawLight(context, x + context.measureText(fitted(context, text, width)).width + 16, y + 22 + size / 2, light);
  });
  return { alt: words.numbersAlt(shown.map(({ label, text }) => `${label} ${text}`)), rows: 1, columns: shown.length };
}

/* How many stand side by side: closer together where they would not fit below each other. */
function columnsOf(count, { width, height }) {
  const rows = Math.max(1, Math.floor(height / HEIGHT)), needed = Math.ceil(count / rows);
  const most = Math.max(1, Math.floor(width / (needed * WIDTH > width ? LEAST : WIDTH)));
  return Math.min(count, most, Math.max(needed, Math.floor(width / WIDTH)));
}

const told = (value, array, isShare) => (isShare && Number.isFinite(value) ? percent(value) : brief(value, isWhole(array) ? 9 : 3));

/* The colour of a number that has two bounds; none where it is no number. */
function lightOf(bounds, value) {
  return bounds && !Number.isNaN(value) ? LIGHTS[bounds.filter((bound) => value >= bound).length] : null;
}

function drawLight(context, x, y, colour) {
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}
