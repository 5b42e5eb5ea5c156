/* How the sheet of drawn points looks: axes, points, the eraser and the cursor of the keyboard. */

import { classColour, rgb } from "./colour.js";

export const EXTENT = 6; // the plane goes from -EXTENT to EXTENT both ways
export const ERASER = 0.5; // its radius
const RADIUS = 4; // of a point, in pixels
const FROM = 3, TO = 10; // pixels from the middle of the cursor to the ends of its arms

export function drawSheet(sized, theme, points, { cursor, eraser }) {
  drawAxes(sized, theme);
  drawPoints(sized, theme, points);
  if (eraser) drawEraser(sized, theme, eraser);
  if (cursor) drawCursor(sized, theme, cursor);
}

function drawAxes({ context, width, height }, theme) {
  const [x, y] = [width, height].map((size) => Math.round(size / 2) + 0.5);
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
}

function drawPoints(sized, theme, points) {
  const { context } = sized;
  context.lineWidth = 1;
  context.strokeStyle = theme.isDark ? "rgba(255,255,255,.75)" : "#fff";
  for (const [x, y, index] of points) {
    context.beginPath();
    context.arc(...pixel(sized, [x, y]), RADIUS, 0, 2 * Math.PI);
    context.fillStyle = rgb(classColour(index));
    context.fill();
    context.stroke();
  }
}

function drawEraser(sized, theme, place) {
  const { context, width } = sized;
  context.beginPath();
  context.arc(...pixel(sized, place), (ERASER / (2 * EXTENT)) * width, 0, 2 * Math.PI);
  context.strokeStyle = theme.muted;
  context.stroke();
}

function drawCursor(sized, theme, place) {
  const { context } = sized, [x, y] = pixel(sized, place);
  context.beginPath();
  for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + FROM * right, y + FROM * down);
    context.lineTo(x + TO * right, y + TO * down);
  }
  context.lineWidth = 2;
  context.strokeStyle = theme.text;
  context.stroke();
}

function pixel({ width, height }, [x, y]) {
  return [((x + EXTENT) / (2 * EXTENT)) * width, ((EXTENT - y) / (2 * EXTENT)) * height];
}
