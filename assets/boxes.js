/* Boxes over a picture: those that a detector draws, and those of the objects that are there. */

import { classColour, rgb } from "./colour.js";
import { fitted, percent, setFont } from "./plot.js";

const NUMBERS = 5; // of a cell's answer that come before its classes: object, x, y, width, height
const LABEL = 15; // pixels of height

/* Rows of x and y of the middle, width and height, as shares of the picture, as rectangles of its pixels. */
export function boxesOf(array, picture) {
  const { values } = array, count = Math.floor(values.length / 4);
  return Array.from({ length: count }, (_, index) => {
    const [x, y, width, height] = Array.from(values.subarray(4 * index, 4 * index + 4), (value) => value * array.factor);
    return { x: picture.x + (x - width / 2) * picture.width, y: picture.y + (y - height / 2) * picture.height, width: width * picture.width, height: height * picture.height };
  });
}

export const shapeName = (diagram, kind) => String(diagram.task?.labels?.[NUMBERS + kind] ?? kind);
export const shapeColour = (kind) => rgb(classColour(kind));

/* What a detector says of a box: its class and how sure it is. */
export const boxText = (diagram, kind, score) => `${shapeName(diagram, kind)} ${percent(score)}`;

/* A frame; `text` stands on its upper side, or inside where there is no room above. */
export function drawFrame(context, theme, box, colour, { thickness = 2, isDashed = false, text = "", top = -Infinity } = {}) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: thickness });
  context.setLineDash(isDashed ? [5, 4] : []);
  context.strokeRect(box.x, box.y, box.width, box.height);
  if (text) drawLabel(context, theme, box, colour, text, top);
  context.restore();
}

function drawLabel(context, theme, box, colour, text, top) {
  setFont(context, theme, 10.5, 600);
  const wide = context.measureText(text).width + 8, y = box.y - LABEL < top ? box.y + box.height : box.y - LABEL;
  context.fillStyle = colour;
  context.fillRect(box.x - 1, y, wide, LABEL);
  Object.assign(context, { fillStyle: "#fff", textAlign: "left", textBaseline: "middle" });
  context.fillText(fitted(context, text, wide), box.x + 3, y + LABEL / 2 + 0.5);
}

/* The number of the smallest box around a point; -1 where there is none. */
export function boxAt(boxes, x, y) {
  let found = -1;
  boxes.forEach((box, index) => {
    const isInside = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    if (isInside && (found < 0 || box.width * box.height < boxes[found].width * boxes[found].height)) found = index;
  });
  return found;
}
