/* Numbers, ticks and axes that all plots share. */

const EDGE = 8; // pixels beside a plot that its last number may use

/* About `count` round numbers from low to high. */
export function niceTicks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, count), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(k * step + 0); // never −0
  return ticks;
}

/* Powers of ten between low and high, with 2 and 5 between them where there is room. */
export function logTicks(low, high) {
  const ticks = [];
  const decades = Math.log10(high / low);
  const factors = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) ticks.push(factor * 10 ** power);
  }
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/* A number in as few characters as tell it: three significant digits, a true minus. */
export function brief(value, digits = 3) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e6)
    ? value.toExponential(1).replace("e+", "e") : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

/* A share as a person reads it: 64.8%, 0.3%, 100%. */
export function percent(share) {
  if (!Number.isFinite(share)) return brief(share);
  const hundredths = 100 * share;
  return `${hundredths.toFixed(hundredths < 0.05 || hundredths > 99.95 ? 0 : 1)}%`;
}

/* A number of fixed width, for read-outs that change thirty times a second. */
export function steady(value) {
  if (!Number.isFinite(value)) return brief(value);
  return Math.abs(value) >= 1000 ? brief(value) : fixed(value, 2);
}

/* A number for a small cell: two digits behind the point at most. */
export function inCell(value) {
  if (!Number.isFinite(value) || Math.abs(value) >= 1000) return brief(value, 2);
  return fixed(value, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2);
}

/* So many digits behind the point; what rounds to nothing has no sign. */
function fixed(value, digits) {
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : "−");
}

export function setFont(context, theme, size, weight = 400) {
  context.font = `${weight} ${size}px ${theme.font}`;
}

/* Text no wider than a width, with an ellipsis. */
export function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let end = Math.max(1, Math.floor((text.length * width) / context.measureText(text).width));
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}

/* Hairlines with their numbers: `place(tick)` in pixels along the side `along` of the box. */
export function drawTicks(context, theme, box, ticks, { along, place, isGrid = false, name = brief }) {
  setFont(context, theme, 10.5);
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.faint;
  context.lineWidth = 1;
  context.beginPath();
  for (const tick of ticks) {
    const at = Math.round(place(tick)) + 0.5;
    if (along === "x") tickBelow(context, box, at, name(tick), isGrid);
    else tickBeside(context, box, at, name(tick), isGrid);
  }
  context.stroke();
}

function tickBelow(context, box, at, text, isGrid) {
  context.textAlign = "center";
  context.textBaseline = "top";
  const most = box.x + box.width + EDGE - context.measureText(text).width / 2; // the last number is not cut off
  context.fillText(text, Math.min(at, most), box.y + box.height + 6);
  context.moveTo(at, box.y + box.height + (isGrid ? 0 : 4));
  context.lineTo(at, isGrid ? box.y : box.y + box.height);
}

function tickBeside(context, box, at, text, isGrid) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(text, box.x - 7, at);
  context.moveTo(box.x - (isGrid ? 0 : 4), at);
  context.lineTo(isGrid ? box.x + box.width : box.x, at);
}

/* A rectangle with round corners as the path; one that is squeezed to nothing has none. */
export function roundedPath(context, { x, y, width, height }, radius) {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.max(0, Math.min(radius, width / 2, height / 2)));
}
