/* What the pointer does on the stage: point at units and weights, click them, drag, zoom. */

import { biasSpot, pagerBox } from "./stage_units.js";
import { lineAt } from "./stage_links.js";

const REACH = 7; // pixels around a weight or a bias that still mean it
const STILL = 4; // pixels that a click may wander
const ZOOM_SPEED = 0.0015;

export function listenPointer(stage) {
  const { canvas } = stage;
  const pointers = new Map(); // two of them pinch
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, place(event));
    travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId), now = place(event);
    if (!before) return point(stage, now);
    travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (travelled > STILL) canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 2) pinch(stage, pointers, event.pointerId, now);
    else if (travelled > STILL) stage.camera.pan(now.x - before.x, now.y - before.y);
    return pointers.set(event.pointerId, now);
  });
  const release = (event) => pointers.delete(event.pointerId);
  canvas.addEventListener("pointerup", (event) => {
    if (release(event) && travelled <= STILL) click(stage, place(event));
  });
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => leave(stage));
  canvas.addEventListener("dblclick", (event) => !thingAt(stage, place(event)) && stage.camera.fit());
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    stage.camera.zoom(Math.exp(-event.deltaY * ZOOM_SPEED), place(event));
  }, { passive: false });
}

const place = (event) => ({ x: event.offsetX, y: event.offsetY });

function pinch(stage, pointers, moved, now) {
  const [other] = [...pointers].filter(([id]) => id !== moved).map(([, at]) => at);
  const before = pointers.get(moved);
  const apart = (at) => Math.hypot(at.x - other.x, at.y - other.y) || 1;
  stage.camera.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
}

/* {bias}, {unit}, {line} or {pager}: whatever lies at a place on the screen. */
export function thingAt(stage, screen) {
  if (!stage.scene) return null;
  const at = stage.camera.toStage(screen), reach = REACH / stage.camera.scale;
  for (const column of stage.scene.columns) {
    const bias = biasAt(stage, column, at, reach);
    if (bias) return bias;
    const unit = column.units.find(({ box }) => inside(box, at));
    if (unit) return { unit: { layer: column.name, index: unit.index } };
    if (column.shown < column.total && inside(pagerBox(column, stage.scene), at)) return { pager: column };
  }
  const line = lineAt(stage.lines, at, reach);
  return line ? { line: { ...line, at: screen } } : null;
}

function biasAt(stage, column, at, reach) {
  const bias = stage.array(`${column.name}.bias`);
  for (const unit of column.units) {
    const spot = biasSpot(column, unit, bias);
    if (spot && Math.hypot(spot.x - at.x, spot.y - at.y) < reach) return { bias: { layer: column.name, index: unit.index } };
  }
  return null;
}

const inside = ({ x, y, width, height }, at) => at.x >= x && at.x <= x + width && at.y >= y && at.y <= y + height;

function point(stage, screen) {
  const thing = thingAt(stage, screen);
  stage.canvas.style.cursor = thing ? "pointer" : stage.camera.isWide || stage.camera.isTouched ? "grab" : "";
  stage.line = thing?.line ?? null;
  const { hovered } = stage.store, unit = thing?.unit ?? thing?.bias ?? null;
  if (hovered?.layer !== unit?.layer || hovered?.index !== unit?.index) stage.store.hover(unit);
  stage.panel.redraw();
}

function leave(stage) {
  stage.line = null;
  if (stage.store.hovered) stage.store.hover(null);
  stage.panel.redraw();
}

function click(stage, screen) {
  const thing = thingAt(stage, screen);
  stage.editor.close();
  if (thing?.pager) return stage.turnPage(thing.pager);
  if (thing?.bias) return stage.editor.open(`${thing.bias.layer}.bias`, [thing.bias.index], screen);
  if (thing?.line) {
    const { link, to, from } = thing.line;
    return stage.editor.open(`${link.tensor}.weight`, [to.index, from.index], screen);
  }
  const { selected } = stage.store, unit = thing?.unit ?? null;
  const isSame = unit && selected?.layer === unit.layer && selected?.index === unit.index;
  return stage.store.select(isSame ? null : unit);
}
