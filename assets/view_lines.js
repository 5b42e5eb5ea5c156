/* Attention of one head as lines between two columns of tokens, as BertViz draws it (Vig 2019). */

import { rgb } from "./colour.js";
import { numberAt } from "./frames.js";
import { lensWords as words } from "./lens_words.js";
import { brief, fitted, setFont } from "./plot.js";
import { chosenPart, namesAlong, placeName, roomFor } from "./view_common.js";

const MOST_ROW = 24, MOST_NAME = 130, LEAST_SEEN = 0.004, FAINT = 0.06, HEAD = 18;
const SIDES = ["query", "key"];

export function draw(scene) {
  const part = chosenPart(scene, 2, ({ axes }) => axes.slice(-2).join() === "query,key");
  if (!part || part.axes.join() !== "query,key") return words.noLines;
  const { context } = scene, names = part.axes.map((axis, side) => namesAlong(scene, axis, part.shape[side]));
  const place = layOut(scene, part, names), pointed = scene.pointed?.token ?? null;
  drawLines(scene, part, place, pointed);
  drawTokens(scene, part, names, place, pointed);
  const at = (row, side) => (row < part.shape[side] ? hitAt(part, names, place, side, row) : null);
  return {
    alt: words.linesAlt(scene.options.title ?? part.name, part.shape[0]), rows: Math.max(...part.shape), columns: 2, at,
    find: (x, y) => ((found) => found && at(...found))(place.find(x, y)),
  };
}

function layOut({ context, box }, { shape }, names) {
  setFont(context, { font: "system-ui" }, 12);
  const rooms = names.map((each) => roomFor(context, each, Math.min(MOST_NAME, box.width / 3)));
  const row = Math.min(MOST_ROW, (box.height - HEAD) / Math.max(...shape));
  const width = Math.min(box.width, rooms[0] + rooms[1] + 420), x = box.x + (box.width - width) / 2;
  const tokenBox = (side, index) => ({ x: side ? x + width - rooms[1] : x, y: box.y + HEAD + index * row, width: rooms[side], height: row });
  return {
    row, left: x + rooms[0] + 4, right: x + width - rooms[1] - 4, tokenBox, middle: (index) => box.y + HEAD + (index + 0.5) * row,
    find(px, py) {
      const index = Math.floor((py - box.y - HEAD) / row), side = px < x + width / 2 ? 0 : 1;
      const near = side ? px > x + width - rooms[1] - 24 : px < x + rooms[0] + 24;
      return near && index >= 0 && index < shape[side] ? [index, side] : null;
    },
  };
}

function drawLines({ context, theme }, part, place, pointed) {
  const [queries, keys] = part.shape, colour = theme.colours.positive;
  for (let query = 0; query < queries; query++) for (let key = 0; key < keys; key++) {
    const share = Math.abs(numberAt(part, query * keys + key));
    const isMeant = pointed === null || [query, key][pointed.side] === pointed.index;
    if (!(share > LEAST_SEEN) || (!isMeant && pointed !== null && share < FAINT)) continue;
    context.beginPath();
    context.moveTo(place.left, place.middle(query));
    const bend = (place.right - place.left) / 2.4;
    context.bezierCurveTo(place.left + bend, place.middle(query), place.right - bend, place.middle(key), place.right, place.middle(key));
    context.strokeStyle = isMeant ? rgb(colour, Math.min(1, 0.1 + share)) : rgb(colour, 0.05);
    context.lineWidth = 0.6 + 3 * Math.min(1, share);
    context.stroke();
  }
}

/* While one token is pointed at, those at the other end are shaded by how much passes between them. */
function drawTokens({ context, theme }, part, names, place, pointed) {
  const keys = part.shape[1], size = Math.min(12, Math.max(8, place.row - 3));
  for (const side of [0, 1]) {
    setFont(context, theme, 10.5);
    const head = place.tokenBox(side, -1);
    Object.assign(context, { textBaseline: "middle", textAlign: side ? "left" : "right", fillStyle: theme.muted });
    const x = side ? place.right + 4 : place.left - 4;
    context.fillText(words.axis(SIDES[side]), x, head.y + head.height - 8);
    names[side].forEach((name, index) => {
      const box = place.tokenBox(side, index), isPointed = pointed?.side === side && pointed.index === index;
      if (pointed && pointed.side !== side) {
        const share = Math.abs(numberAt(part, side ? pointed.index * keys + index : index * keys + pointed.index));
        context.fillStyle = rgb(theme.colours.positive, 0.5 * Math.min(1, share));
        context.fillRect(box.x, box.y, box.width, box.height - 1);
      }
      setFont(context, theme, size, isPointed ? 700 : 400);
      context.fillStyle = isPointed ? theme.primary : theme.text;
      context.fillText(fitted(context, name, box.width - 4), x, place.middle(index));
    });
  }
}

function hitAt(part, names, place, side, index) {
  const [queries, keys] = part.shape, count = side ? queries : keys;
  const shares = Array.from({ length: count }, (_, other) => [other, numberAt(part, side ? other * keys + index : index * keys + other)]);
  const strongest = shares.filter(([, share]) => share > LEAST_SEEN).sort((one, other) => other[1] - one[1]).slice(0, 3);
  const told = strongest.map(([other, share]) => `${names[1 - side][other]} ${brief(share, 2)}`).join(", ") || words.nothing;
  return {
    key: `${side} ${index}`, token: { side, index }, isPlain: true, box: place.tokenBox(side, index),
    text: `${placeName(names[side], SIDES[side], index)} ${side ? "←" : "→"} ${told}`,
    at: [(place.left + place.right) / 2, place.middle(index)], sent: ["token", { side: SIDES[side], index }],
  };
}
