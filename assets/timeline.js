/* All snapshots of a run as a bar: drag it and every picture on the page shows that step, from films in the browser. */

import { About } from "./about.js";
import { rgb } from "./colour.js";
import { icon, turnIcon } from "./icons.js";
import { leftAt } from "./live.js";
import { begin, element, mount, write } from "./mount.js";
import { roundedPath, setFont } from "./plot.js";
import { nearest } from "./series.js";
import { compact, whole, words } from "./words.js";

const SIDE = 12, TRACK = 6, KNOB = 8, MARK = 4; // pixels
const FILM = 8_000, LEAST_SHOT = 40; // milliseconds: a whole film, and the shortest time for one snapshot
const QUIET_MOMENT = 300; // milliseconds without a new step before the address is changed
const QUIET = ["created", "started", "resumed", "paused", "finished"];
const ALARMING = ["diverged", "failed"];

export default (component) => mount(component, (panel) => new Timeline(panel));

class Timeline {
  hasFrames = false;

  constructor(panel) {
    Object.assign(this, { panel, began: null });
    panel.root.classList.add("nx-timeline");
    this.play = element("button", { type: "button", className: "nx-round", title: words.play, ariaLabel: words.play }, icon("play"));
    this.play.addEventListener("click", () => (this.began === null ? this.start() : this.stop()));
    const bar = element("div", { className: "nx-bar" });
    this.label = element("span", { className: "nx-muted nx-label" });
    const about = new About();
    about.tell(words.explain.timeline);
    this.live = pill(words.backToLive, () => this.toLive());
    this.branch = pill(words.branch, () => panel.trigger("branch", { step: panel.store.shownStep }), "nx-strong");
    bar.append(element("div", { className: "nx-timeline-end" }, this.label, this.live, this.branch)); // over the bar: it must not move under the pointer
    panel.root.append(this.play, bar, about.box);
    this.sized = panel.canvas(bar, { tabIndex: 0, role: "slider", ariaLabel: words.timeline });
    this.listen(this.sized.canvas);
  }

  get store() {
    return this.panel.store;
  }

  listen(canvas) {
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.stop();
      this.scrub(event.offsetX);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons && canvas.hasPointerCapture(event.pointerId)) this.scrub(event.offsetX);
      else this.hint(event);
    });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  get last() {
    return Math.max(1, this.store.status?.step ?? 0, this.store.snapshots.at(-1) ?? 0);
  }

  x(step) {
    return SIDE + (step / this.last) * (this.sized.width - 2 * SIDE);
  }

  scrub(x) {
    if (this.store.run === null) return;
    const share = Math.max(0, Math.min(1, (x - SIDE) / Math.max(1, this.sized.width - 2 * SIDE)));
    this.show(Math.round(share * this.last));
  }

  /* The snapshot nearest to a step; the step itself until the film is here. */
  show(step) {
    const { snapshots } = this.store;
    this.store.show(snapshots[nearest(snapshots, step)] ?? step);
  }

  key(event) {
    const { snapshots } = this.store, place = nearest(snapshots, this.store.step);
    const wanted = { ArrowLeft: place - 1, ArrowRight: place + 1, PageDown: place - 10, PageUp: place + 10, Home: 0, End: snapshots.length - 1 }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!snapshots.length) return void this.store.show(this.store.step);
    this.store.show(snapshots[Math.max(0, Math.min(snapshots.length - 1, wanted))]);
  }

  toLive() {
    this.stop();
    this.store.show(null);
  }

  // The film

  async start() {
    this.store.show(0);
    await this.store.loadFilms();
    if (this.store.snapshots.length < 2) return this.toLive();
    this.began = performance.now();
    this.turn();
    return this.panel.redraw();
  }

  stop() {
    this.began = null;
    this.turn();
  }

  turn() {
    const label = this.began === null ? words.play : words.stop;
    turnIcon(this.play.firstChild, this.began === null ? "play" : "stop");
    this.play.title = this.play.ariaLabel = label;
  }

  /* The snapshot whose time has come. Every drawing asks for the next one until the film is over. */
  advance() {
    if (this.began === null) return;
    const { snapshots } = this.store, length = Math.max(FILM, LEAST_SHOT * snapshots.length);
    const share = Math.min(1, (performance.now() - this.began) / length);
    const step = snapshots[Math.round(share * (snapshots.length - 1))];
    if (step !== this.store.shownStep) this.store.show(step);
    if (share === 1) this.stop();
    else this.store.schedule();
  }

  // Drawing

  update(isNewStore) {
    this.branch.dataset.offered = this.panel.data.may_branch === false ? "" : "yes";
    if (!isNewStore) return;
    const step = this.panel.data.step ?? leftAt(this.store.run);
    if (Number.isInteger(step)) this.store.show(step);
  }

  /* The step shown stands in the page's address, so that a link leads to it. */
  noteStep() {
    const { shownStep } = this.store;
    if (this.noted === shownStep) return;
    this.noted = shownStep;
    clearTimeout(this.noting);
    this.noting = setTimeout(() => writeStep(shownStep), QUIET_MOMENT);
  }

  draw() {
    if (!begin(this.sized)) return;
    this.advance();
    this.drawLoss();
    this.drawTrack();
    this.drawEvents();
    this.drawKnob();
    this.showTexts();
    this.noteStep();
  }

  /* The loss behind the bar, so that one sees where something happened. */
  drawLoss() {
    const curve = this.store.curves.get("test.loss") ?? this.store.curves.get("train.loss");
    if (!curve || curve.steps.length < 2) return;
    const { context, height } = this.sized, sound = curve.values.filter(Number.isFinite);
    const high = sound.reduce((most, value) => Math.max(most, value), 0) || 1, stride = Math.ceil(curve.steps.length / 400);
    context.beginPath();
    context.moveTo(this.x(curve.steps[0]), this.middle);
    for (let i = 0; i < curve.steps.length; i += stride) {
      if (Number.isFinite(curve.values[i])) context.lineTo(this.x(Math.min(this.last, curve.steps[i])), this.middle - (curve.values[i] / high) * (height - 22));
    }
    context.lineTo(this.x(Math.min(this.last, curve.steps.at(-1))), this.middle);
    context.fillStyle = rgb(this.panel.theme.colours.positive, this.panel.theme.isDark ? 0.28 : 0.16);
    context.fill();
  }

  get middle() {
    return this.sized.height - 18;
  }

  drawTrack() {
    const { context, width } = this.sized, { theme } = this.panel, y = this.middle - TRACK / 2;
    roundedPath(context, { x: SIDE, y, width: width - 2 * SIDE, height: TRACK }, 3);
    context.fillStyle = theme.faint;
    context.fill();
    roundedPath(context, { x: SIDE, y, width: Math.max(1, this.x(Math.min(this.last, this.store.step)) - SIDE), height: TRACK }, 3);
    context.fillStyle = theme.primary;
    context.globalAlpha = this.store.shownStep === null ? 0.55 : 1;
    context.fill();
    context.globalAlpha = 1;
    this.drawSnapshots();
  }

  drawSnapshots() {
    const { context } = this.sized, { snapshots } = this.store;
    context.fillStyle = this.panel.theme.background;
    context.globalAlpha = 0.75;
    let before = -10;
    for (const step of snapshots) {
      const x = this.x(step);
      if (x - before < 3) continue; // closer ones could not be told apart
      context.fillRect(x - 0.5, this.middle - 1.5, 1, 3);
      before = x;
    }
    context.globalAlpha = 1;
  }

  /* What happened since the run last went back to its start. */
  get marks() {
    const { events } = this.store, start = events.findLastIndex(({ kind }) => kind === "rewound");
    return events.slice(start + 1).filter(({ kind, step }) => !QUIET.includes(kind) && step <= this.last);
  }

  drawEvents() {
    const { context } = this.sized, { theme } = this.panel;
    for (const { step, kind } of this.marks) {
      const x = this.x(step), y = this.middle - TRACK - 5;
      context.beginPath();
      context.moveTo(x, y + MARK + 1);
      context.lineTo(x - MARK, y - 2);
      context.lineTo(x + MARK, y - 2);
      context.closePath();
      context.fillStyle = ALARMING.includes(kind) ? "#d1453b" : theme.text;
      context.fill();
    }
    setFont(context, theme, 10);
    Object.assign(context, { fillStyle: theme.muted, textBaseline: "top", textAlign: "left" });
    context.fillText("0", SIDE - 3, this.middle + 7);
    context.textAlign = "right";
    context.fillText(compact(this.last), this.sized.width - SIDE + 3, this.middle + 7);
  }

  drawKnob() {
    const { context } = this.sized, { theme } = this.panel;
    if (this.store.run === null) return;
    context.beginPath();
    context.arc(this.x(Math.min(this.last, this.store.step)), this.middle, KNOB, 0, 2 * Math.PI);
    context.fillStyle = theme.background;
    context.fill();
    context.strokeStyle = theme.primary;
    context.lineWidth = 2.5;
    context.stroke();
  }

  showTexts() {
    const { store } = this, isPast = store.shownStep !== null, { canvas } = this.sized;
    write(this.label, this.text());
    this.live.hidden = !isPast;
    this.branch.hidden = !isPast || !this.branch.dataset.offered;
    this.play.disabled = store.run === null || !store.status;
    canvas.ariaValueMin = "0";
    canvas.ariaValueMax = String(this.last);
    canvas.ariaValueNow = String(store.step);
    canvas.ariaValueText = isPast ? words.atStep(store.step) : words.live;
  }

  text() {
    const { store } = this;
    if (store.shownStep === null) return store.snapshots.length ? words.snapshots(store.snapshots.length) : words.live;
    return store.films.isLoading ? words.loadingFilm : words.atStep(store.shownStep);
  }

  /* What a mark means, as the tip of the pointer. */
  hint({ offsetX }) {
    const near = this.marks.filter(({ step }) => Math.abs(this.x(step) - offsetX) < 6);
    const tip = near.map(({ kind, step, details }) => `${words.event(kind)} · ${whole(step)}${describe(details)}`).join("\n");
    if (this.sized.canvas.title !== tip) this.sized.canvas.title = tip;
  }

  destroy() {
    clearTimeout(this.noting);
    this.stop();
  }
}

function writeStep(step) {
  const address = new URL(location.href);
  if (!address.searchParams.has("run")) return; // a page that is about no run in particular
  if (step === null) address.searchParams.delete("step");
  else address.searchParams.set("step", step);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

function describe(details) {
  const parts = Object.entries(details ?? {}).map(([name, value]) => (name === "settings" ? [value].flat().join(", ") : `${name} ${value}`));
  return parts.length ? `\n${parts.join("\n")}` : "";
}

function pill(text, pressed, kind = "") {
  const made = element("button", { type: "button", textContent: text, className: `nx-pill ${kind}`, hidden: true });
  made.addEventListener("click", pressed);
  return made;
}
