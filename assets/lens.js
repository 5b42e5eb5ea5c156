/* One lens on a page: where its frames come from, the view that draws them, and the pointer and keys over it. */

import { Hand } from "./lens_hand.js";
import { Look } from "./look.js";
import { lensWords as words } from "./lens_words.js";
import { begin, element, mount, write } from "./mount.js";
import { setFont } from "./plot.js";
import { drawTip, Paints } from "./view_common.js";
import * as bars from "./view_bars.js";
import * as lines from "./view_lines.js";
import * as lines_over from "./view_lines_over.js";
import * as map from "./view_map.js";
import * as numbers from "./view_numbers.js";
import * as overlay from "./view_overlay.js";
import * as pictures from "./view_pictures.js";
import * as scatter from "./view_scatter.js";
import * as sheet from "./view_sheet.js";
import * as wall from "./view_wall.js";

const VIEWS = { bars, lines, lines_over, map, numbers, overlay, pictures, scatter, sheet, wall };
const STYLE = new URL("lens.css", import.meta.url).href;
const INSET = 2;
const shown = new Set(); // every lens of the page
const watches = new Map(); // by lens and settings: the name under which frames of it arrive

export default (component) => mount(component, (panel) => new LensPanel(panel));

class LensPanel {
  constructor(panel) {
    Object.assign(this, { panel, paints: new Paints(), frame: null, source: "", result: null, stop: () => {} });
    this.makeParts();
    this.sized = panel.canvas(this.plot, { role: "img", tabIndex: 0 });
    this.hand = new Hand(this);
    this.look = new Look(() => panel.redraw());
    shown.add(this);
  }

  makeParts() {
    this.style = element("link", { rel: "stylesheet", href: STYLE });
    this.title = element("strong");
    this.readout = element("span", { className: "nx-muted nx-readout" });
    this.again = element("button", { type: "button", className: "nx-again", textContent: words.again, hidden: true });
    this.again.addEventListener("click", () => shown.forEach((each) => each.needsLook && each.look.again()));
    this.head = element("div", { className: "nx-subtitle" }, this.title, this.readout, this.again);
    this.plot = element("div", { className: "nx-plot" });
    this.sentence = element("span", { role: "status" });
    this.cancel = element("button", { type: "button", textContent: words.cancel });
    this.cancel.addEventListener("click", () => this.look.cancel());
    this.bar = element("progress", { max: 1, ariaLabel: words.progress });
    this.state = element("div", { className: "nx-lens-state", hidden: true }, this.sentence, this.bar, this.cancel);
    this.told = element("div", { className: "nx-unseen", ariaLive: "polite" });
    this.plot.append(this.state, this.told);
    this.panel.root.before(this.style);
    this.panel.root.classList.add("nx-lens");
    this.panel.root.append(this.head, this.plot);
  }

  get data() {
    return this.panel.data;
  }

  /* Live lenses arrive over the line unless one step is asked for; the others are fetched, one frame at a time. */
  get isWatched() {
    return Boolean(this.data.is_live) && (this.data.step ?? null) === null;
  }

  update(isNewStore) {
    const { lens, settings = {}, example = null } = this.data;
    const source = JSON.stringify([this.isWatched, lens, settings, example]);
    if (isNewStore || source !== this.source) {
      if (!isNewStore) this.stop();
      if (isNewStore || lens !== this.lens) this.frame = null;
      Object.assign(this, { source, lens, stop: () => {} });
      this.look.forget();
      if (this.isWatched) this.stop = this.watch(lens, settings, example);
    }
    if (this.hand.view !== this.data.view) this.hand.let_go(this.data.view);
  }

  watch(lens, settings, example) {
    const key = JSON.stringify([lens, settings, example]);
    if (!watches.has(key)) watches.set(key, `lens ${watches.size + 1}`);
    this.id = watches.get(key);
    return this.panel.watch(this.id, lens, settings, example);
  }

  restyle() {
    this.paints.forget();
  }

  destroy() {
    shown.delete(this);
    this.look.forget();
    this.style.remove();
  }

  draw() {
    const fault = this.follow();
    this.tellState(fault);
    if (!begin(this.sized)) return;
    this.paints.turn();
    write(this.title, this.data.options?.title ?? "");
    this.head.hidden = !this.title.textContent && !this.readout.textContent && this.again.hidden;
    const found = this.frame ? this.drawView() : null;
    this.result = typeof found === "string" ? null : found;
    const sentence = typeof found === "string" ? found : found?.alt ?? words.comes;
    if (typeof found === "string" || (!this.frame && this.state.hidden)) this.drawWords(sentence);
    this.hand.follow(sentence);
  }

  /* The newest frame, and what hinders it. */
  follow() {
    const { store } = this.panel;
    if (this.isWatched) {
      const frame = store.frame(this.id);
      this.frame = frame ?? this.frame;
      return frame ? "" : store.faults.get(this.id) ?? "";
    }
    const { lens, settings = {}, step = null, example = null } = this.data;
    if (store.run !== null) this.look.want(store, { lens, settings, step: step ?? store.shownStep, example: store.exampleOf(example) });
    if (this.needsLook && !this.look.fault) this.look.follow();
    this.frame = this.look.frame ?? this.frame;
    return this.look.fault;
  }

  /* Whether what stands here is of a step that has passed, or could not be had. */
  get needsLook() {
    if (this.isWatched || this.look.isLooking) return false;
    const step = this.frame?.header.step, now = this.panel.store.status?.step;
    return Boolean(this.look.fault) || ((this.data.step ?? this.panel.store.shownStep) === null && now !== undefined && step !== now);
  }

  tellState(fault) {
    const { look } = this, isLooking = !this.isWatched && look.isLooking;
    this.state.hidden = !isLooking && !fault;
    this.state.classList.toggle("nx-over", Boolean(this.frame));
    this.state.classList.toggle("nx-fault-state", Boolean(fault) && !isLooking);
    write(this.sentence, isLooking ? words.computing(look.seconds, look.standing) : fault);
    this.cancel.hidden = !isLooking;
    this.drawBar(isLooking ? look.standing.share : undefined);
    this.plot.classList.toggle("nx-stale", Boolean(this.frame) && isLooking);
    const step = this.frame?.header.step, isQuiet = Boolean(this.data.options?.is_quiet); // another picture beside it speaks
    this.again.hidden = !this.needsLook || (isQuiet && !fault);
    const isTold = !this.isWatched && step !== undefined && !isQuiet;
    write(this.readout, isTold ? words.atStep(step) : "");
  }

  drawBar(share) {
    this.bar.hidden = share === undefined;
    if (share !== undefined) this.bar.value = share;
  }

  drawView() {
    const { sized, panel } = this, { width, height, context } = sized;
    const scene = {
      context, panel, theme: panel.theme, diagram: panel.diagram, frame: this.frame, options: this.data.options ?? {},
      box: { x: INSET, y: INSET, width: width - 2 * INSET, height: height - 2 * INSET },
      pointed: this.hand.pointed, paints: this.paints,
    };
    const view = VIEWS[this.data.view];
    if (!view) return words.noView(this.data.view);
    setFont(context, panel.theme, 11);
    const found = view.draw(scene);
    if (typeof found !== "string") this.hand.mark(scene, found);
    if (typeof found !== "string" && this.hand.tip) drawTip(context, panel.theme, this.hand.tip, sized);
    return found;
  }

  drawWords(sentence) {
    const { context, width, height } = this.sized;
    setFont(context, this.panel.theme, 12.5);
    Object.assign(context, { fillStyle: this.panel.theme.muted, textAlign: "center", textBaseline: "middle" });
    context.fillText(sentence, width / 2, height / 2, width - 20);
  }

  /* What was clicked, and where the options name a list of numbers, the one that belongs to it. */
  send([name, value]) {
    const numbers = this.frame?.arrays.get(this.data.options?.numbers)?.values;
    this.panel.trigger(name, numbers ? { ...value, number: numbers[value.row ?? value.index] } : value);
  }
}
