/* Buttons over the stage that change the network: one unit more or less, a layer between two, a layer gone. */

import { element } from "./mount.js";
import { words } from "./words.js";

const WITH_UNITS = ["linear", "conv1d", "conv2d", "rnn", "lstm", "gru"];
const LEAST_PITCH = 46; // pixels from one column to the next that the buttons need
const LEAST_FULL = 72; // and with the one that removes a layer

export class LayerTools {
  constructor(stage) {
    this.stage = stage;
    this.box = element("div", { className: "nx-layer-tools", role: "group", ariaLabel: words.editNetwork });
    this.groups = [];
    stage.frameElement.append(this.box);
  }

  get mayEdit() {
    return Boolean(this.stage.panel.data.may_edit);
  }

  /* Made anew with every layout, moved with the camera. */
  follow() {
    const { scene, camera } = this.stage;
    this.box.hidden = !this.mayEdit;
    if (!this.mayEdit) return;
    if (this.scene !== scene) this.make(scene);
    const place = `${camera.scale} ${camera.x} ${camera.y}`;
    if (this.place === place) return;
    this.place = place;
    this.groups.forEach((group) => this.put(group));
  }

  make(scene) {
    Object.assign(this, { scene, place: null });
    const { columns } = scene, named = document.activeElement?.dataset?.tool;
    this.groups = columns.flatMap((column, place) => [
      this.layerGroup(column), this.gapGroup(column, columns[place + 1]),
    ]).filter(Boolean);
    this.box.replaceChildren(...this.groups.map(({ node }) => node));
    if (named) this.box.querySelector(`[data-tool="${CSS.escape(named)}"]`)?.focus(); // a press makes a new layout: stay on the button
  }

  layerGroup(column) {
    const { layer, name } = column;
    if (layer.isInput || column.isLast) return null;
    const units = WITH_UNITS.includes(layer.kind) ? [
      this.button("−", words.fewerUnits(name), { do: "units", layer: name, by: -1 }, column.total <= 1),
      this.button("+", words.oneMoreUnit(name), { do: "units", layer: name, by: 1 }),
    ] : [];
    const remove = this.button("×", words.removeLayer(name), { do: "remove", layer: name });
    remove.classList.add("nx-remove");
    const node = element("div", { className: "nx-tool-group" }, ...units, remove);
    return { node, x: column.centre, pitch: column.pitch, remove };
  }

  gapGroup(column, next) {
    if (!next) return null;
    const add = this.button("+", words.addLayer(column.layer.isInput ? words.input : column.name), { do: "add", after: column.name });
    add.classList.add("nx-add");
    const middle = (column.box.x + column.box.width + next.box.x) / 2;
    return { node: element("div", { className: "nx-tool-group nx-gap" }, add), x: middle, pitch: column.pitch };
  }

  button(text, label, edit, isDisabled = false) {
    const button = element("button", { type: "button", textContent: text, title: label, ariaLabel: label, disabled: isDisabled });
    button.dataset.tool = label;
    button.addEventListener("click", () => this.stage.panel.trigger("edit", edit));
    return button;
  }

  put({ node, x, pitch, remove }) {
    const { camera, scene } = this.stage, room = pitch * camera.scale;
    const at = camera.toScreen({ x, y: remove ? 0 : scene.headTop + scene.headHeight });
    node.hidden = room < LEAST_PITCH || at.y < -4;
    if (remove) remove.hidden = room < LEAST_FULL;
    node.style.transform = `translate(${at.x}px, ${at.y}px) translate(-50%, 0)`;
  }
}
