/* The stage without a pointer: keys move the selection, and a text says what is seen. */

import { element, write } from "./mount.js";
import { aboutValues, unitName } from "./stage_card.js";
import { words } from "./words.js";

const TELL_EVERY = 1_500; // milliseconds: a screen reader cannot follow thirty frames a second
const ZOOM = 1.25;

export function listenKeys(stage) {
  const { canvas } = stage;
  const moves = {
    ArrowLeft: () => moveLayer(stage, -1), ArrowRight: () => moveLayer(stage, 1),
    ArrowUp: () => moveUnit(stage, -1), ArrowDown: () => moveUnit(stage, 1),
    Escape: () => letGo(stage), Enter: () => typeBias(stage),
    "+": () => zoom(stage, ZOOM), "-": () => zoom(stage, 1 / ZOOM), 0: () => stage.camera.fit(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTab = event.key === "Tab";
    const isHandled = isTab ? moveLayer(stage, event.shiftKey ? -1 : 1, true) : moves[event.key] && (moves[event.key](), true);
    if (!isHandled) return; // Tab leaves the stage behind the last layer
    event.preventDefault();
    event.stopPropagation();
  });
}

function moveLayer(stage, by, mayLeave = false) {
  const { columns } = stage.scene, { selected } = stage.store;
  const place = columns.findIndex(({ name }) => name === selected?.layer);
  const next = place < 0 ? (by > 0 ? 0 : columns.length - 1) : place + by;
  if (!columns[next]) return !mayLeave;
  const index = Math.min(selected?.index ?? 0, columns[next].start + columns[next].units.length - 1);
  return choose(stage, columns[next], Math.max(columns[next].start, index));
}

function moveUnit(stage, by) {
  const { selected } = stage.store, column = stage.scene.byName.get(selected?.layer);
  if (!column) return moveLayer(stage, 1);
  const index = (selected.index + by + column.total) % column.total;
  if (index < column.start || index >= column.start + column.shown) stage.pages.set(column.name, index);
  return choose(stage, column, index);
}

function choose(stage, column, index) {
  stage.store.select({ layer: column.name, index });
  if (stage.camera.isWide) stage.camera.reveal(column.box);
  return true;
}

function letGo(stage) {
  stage.editor.close();
  stage.store.select(null);
}

function typeBias(stage) {
  const { selected } = stage.store;
  const box = selected && stage.boxOf(selected);
  if (!box || !stage.array(`${selected.layer}.bias`)) return;
  stage.editor.open(`${selected.layer}.bias`, [selected.index], stage.camera.toScreen({ x: box.x + box.width / 2, y: box.y }));
}

function zoom(stage, factor) {
  stage.camera.zoom(factor, { x: stage.sized.width / 2, y: stage.sized.height / 2 });
}

/* The text alternative: the whole network as the picture's label, the unit in hand as a live text. */
export class Teller {
  constructor(stage) {
    this.stage = stage;
    this.text = element("div", { className: "nx-unseen", ariaLive: "polite" });
    stage.frameElement.append(this.text, element("div", { className: "nx-unseen", textContent: words.stageHint }));
    this.told = 0;
  }

  describe({ layers = [] }) {
    this.stage.canvas.setAttribute("aria-label", words.stageAlt(layers.map(words.layerAlt)));
  }

  /* Now and then, and once more after the last change. */
  tell() {
    const wait = this.told + TELL_EVERY - performance.now();
    if (wait <= 0) return this.say();
    this.timer ??= setTimeout(() => this.say(), wait);
    return undefined;
  }

  say() {
    clearTimeout(this.timer);
    this.timer = null;
    this.told = performance.now();
    const unit = this.stage.store.selected, column = unit && this.stage.scene?.byName.get(unit.layer);
    if (!column) return write(this.text, "");
    const about = aboutValues(column, this.stage.array(column.name), unit.index);
    return write(this.text, words.unitAlt(unitName(column, unit.index), about));
  }

  stop() {
    clearTimeout(this.timer);
  }
}
