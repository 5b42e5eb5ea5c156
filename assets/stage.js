/* The network: every layer with what it makes of the input, and the weights that lead there. */

import { About } from "./about.js";
import { numberAt } from "./frames.js";
import { begin, element, isStill, mount } from "./mount.js";
import { roundedPath, setFont, steady } from "./plot.js";
import { UnitCard } from "./stage_card.js";
import { WeightEditor } from "./stage_editor.js";
import { Camera } from "./stage_camera.js";
import { listenKeys, Teller } from "./stage_keys.js";
import { drawBand, drawLine, drawLines, drawSkip, linesOf } from "./stage_links.js";
import { layOut, signature } from "./stage_layout.js";
import { listenPointer } from "./stage_pointer.js";
import { LayerTools } from "./stage_tools.js";
import { biasSpot, drawBias, drawColumn, drawHead, drawPager, drawUnitNames, outline, Paints } from "./stage_units.js";
import { words } from "./words.js";

const FLOW = 1.1; // pixels that the dashes move with every frame

export default (component) => mount(component, (panel) => new Stage(panel));

/* Every part reads this one object: the panel with its store, the layout, and what lies under the pointer. */
class Stage {
  constructor(panel) {
    this.panel = panel;
    this.frameElement = element("div", { className: "nx-stage" });
    panel.root.append(this.frameElement);
    this.sized = panel.canvas(this.frameElement, { tabIndex: 0, role: "img" });
    this.canvas = this.sized.canvas;
    Object.assign(this, { pages: new Map(), lines: [], line: null, offset: 0, frame: null, scene: null });
    this.paints = new Paints();
    this.camera = new Camera(this);
    this.teller = new Teller(this);
    this.editor = new WeightEditor(this);
    this.card = new UnitCard(this);
    this.tools = new LayerTools(this);
    this.about = new About("nx-corner");
    this.about.tell(words.explain.stage);
    this.frameElement.append(this.about.box);
    listenPointer(this);
    listenKeys(this);
  }

  get store() {
    return this.panel.store;
  }

  update(isNewStore) {
    if (isNewStore) this.panel.watch("stage", "stage", this.panel.data.settings ?? {}, this.panel.data.example ?? null);
    const { diagram } = this.panel;
    for (const part of [...(diagram.inputs ?? []), ...(diagram.layers ?? [])]) part.tokenNames = diagram.token_names ?? null;
    this.known = null; // the diagram may differ: lay out again
    this.teller.describe(diagram);
  }

  draw() {
    if (!begin(this.sized)) return;
    this.follow();
    if (!this.scene.columns.length) return this.drawNothing();
    const { context } = this.sized;
    context.save();
    this.camera.apply(context);
    this.drawLinks(context);
    for (const column of this.scene.columns) this.drawLayer(context, column);
    this.drawMarks(context);
    context.restore();
    this.drawLineLabel(context);
    this.card.show();
    this.editor.follow();
    this.tools.follow();
    this.teller.tell();
  }

  /* Take the frame of the step shown; lay out again where shapes, size or page differ. */
  follow() {
    const frame = this.store.frame("stage");
    const { width, height } = this.sized;
    const { mayEdit } = this.tools;
    const known = `${width} ${height} ${mayEdit} ${signature(frame)} ${[...this.pages].join()}`;
    if (known !== this.known) {
      this.known = known;
      this.scene = layOut(this.panel.diagram, frame, { width, height, hasTools: mayEdit }, this.pages);
      this.camera.settle();
    }
    if (frame !== this.frame && this.store.isTraining && !isStill()) this.offset += FLOW;
    this.frame = frame;
    this.paints.paint(frame, this.scene.columns, this.panel.theme);
  }

  array(name) {
    return this.frame?.arrays.get(name) ?? null;
  }

  /* The unit that is pointed at, else the one that is selected, if weights are drawn at it: the others then step back. */
  unitInHand() {
    const unit = this.store.hovered ?? this.store.selected;
    const isEnd = ({ tensor, from, to }) => tensor && (from.name === unit.layer || to.name === unit.layer);
    return unit && this.scene.links.some(isEnd) ? unit : null;
  }

  drawLinks(context) {
    const { theme } = this.panel;
    Object.assign(this, { lines: [], hand: this.unitInHand() });
    for (const link of this.scene.links) {
      const weights = link.tensor && this.array(`${link.tensor}.weight`);
      if (link.isSkip) drawSkip(context, link.from.box, link.to.box, this.skipRoom(link), theme);
      else if (weights) this.drawWeights(context, link, weights);
      else drawBand(context, link.from.box, link.to.box, theme);
    }
  }

  skipRoom({ from, to }) {
    return { bottom: this.scene.lowest, depth: Math.min(14, 3 * (to.place - from.place)) };
  }

  drawWeights(context, link, weights) {
    const lines = linesOf(link, weights).map((line) => Object.assign(line, { link }));
    const hand = this.hand;
    const isEnd = (line) => (hand.layer === link.to.name && hand.index === line.to.index)
      || (hand.layer === link.from.name && hand.index === line.from.index);
    const touches = hand && (hand.layer === link.to.name || hand.layer === link.from.name);
    drawLines(context, lines, {
      colours: this.panel.theme.colours, isHot: hand ? (touches ? isEnd : () => false) : null, offset: this.offset,
      isMoving: this.store.isTraining, thickest: Math.max(2, link.to.size * 0.3),
    });
    this.lines.push(...lines);
  }

  drawLayer(context, column) {
    const { theme } = this.panel;
    drawHead(context, column, this.scene, theme, this.store.selected?.layer === column.name);
    drawColumn(context, column, this.array(column.name), this.paints, theme);
    if (column.unitNames.length && column.columns === 1) drawUnitNames(context, column, theme);
    drawPager(context, column, this.scene, theme);
    const bias = this.array(`${column.name}.bias`);
    for (const unit of column.units) {
      const spot = biasSpot(column, unit, bias);
      if (spot) drawBias(context, spot, numberAt(bias, unit.index), theme);
    }
  }

  drawMarks(context) {
    const { theme } = this.panel, { hovered, selected } = this.store;
    if (this.line) drawLine(context, this.line, theme);
    for (const [unit, colour, thickness] of [[hovered, theme.primary, 2], [selected, theme.text, 2.5]]) {
      const box = unit && this.boxOf(unit);
      if (box) outline(context, box, colour, thickness);
    }
  }

  boxOf({ layer, index }) {
    return this.scene.byName.get(layer)?.units.find((unit) => unit.index === index)?.box ?? null;
  }

  /* The weight under the pointer, in a small label beside it. */
  drawLineLabel(context) {
    if (!this.line || this.editor.isOpen) return;
    const { theme } = this.panel, { x, y } = this.line.at;
    setFont(context, theme, 11.5, 500);
    const text = words.weight(steady(this.line.weight));
    const width = context.measureText(text).width + 14;
    const left = Math.max(4, Math.min(this.sized.width - width - 4, x - width / 2));
    roundedPath(context, { x: left, y: y - 31, width, height: 21 }, 6);
    context.fillStyle = theme.text;
    context.fill();
    context.fillStyle = theme.background;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(text, left + 7, y - 20);
  }

  drawNothing() {
    const { context, width, height } = this.sized;
    setFont(context, this.panel.theme, 13);
    context.fillStyle = this.panel.theme.muted;
    context.textAlign = "center";
    context.fillText(this.store.run !== null && !this.store.diagram ? words.networkComes : words.noNetwork, width / 2, height / 2);
  }

  turnPage(column) {
    const next = column.start + column.shown;
    this.pages.set(column.name, next >= column.total ? 0 : next);
    this.panel.redraw();
  }

  destroy() {
    this.teller.stop();
  }
}
