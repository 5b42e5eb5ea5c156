/* Steering a run: train, pause, one step, one epoch, back to the start, another seed, speed; and where it stands. */

import { icon, turnIcon } from "./icons.js";
import { element, mount, write } from "./mount.js";
import { listenShortcuts } from "./shortcuts.js";
import { nearest } from "./series.js";
import { brief } from "./plot.js";
import { duration, whole, words } from "./words.js";

const SPEEDS = [10, 50, 200, 1000, null]; // steps a second; null is as fast as it goes
const RATE_WINDOW = 2_000; // milliseconds over which the speed is measured
const PATIENCE = 3_000; // milliseconds that a pressed button waits for the status to agree

export default (component) => mount(component, (panel) => new Transport(panel));

class Transport {
  hasFrames = false;

  constructor(panel) {
    Object.assign(this, { panel, seen: [], expected: null });
    panel.root.classList.add("nx-transport");
    this.makeButtons();
    this.makeReadouts();
    this.makeBanner();
    this.keys = this.makeKeys();
    panel.root.append(element("div", { className: "nx-row" }, this.group, this.readoutRow), this.banner, this.keys);
    this.stop = listenShortcuts(this.actions());
  }

  get store() {
    return this.panel.store;
  }

  makeButtons() {
    this.main = button("play", words.train, () => this.toggle(), "nx-main");
    this.step = button("step", `${words.step} (S)`, () => this.order("steps", { n: 1 }));
    this.epoch = button("epoch", `${words.epoch} (E)`, () => this.order("epoch"));
    this.rewind = button("rewind", `${words.rewind} (R)`, () => this.toStart());
    this.seed = button("seed", words.seed, () => this.panel.trigger("command", { do: "new_seed" }));
    this.speed = element("select", { ariaLabel: words.speed, title: words.speed }, ...SPEEDS.map(speedOption));
    this.speed.value = "null";
    this.speed.addEventListener("change", () => {
      this.isChosen = true;
      this.tellPace();
    });
    this.help = element("button", { type: "button", textContent: "?", title: words.keys, ariaLabel: words.keys, className: "nx-round nx-help" });
    this.help.addEventListener("click", () => this.showKeys());
    this.parts = { rewind: this.rewind, train: this.main, step: this.step, epoch: this.epoch, seed: this.seed, speed: this.speed, help: this.help };
    this.group = element("div", { className: "nx-buttons", role: "toolbar", ariaLabel: words.train }, ...Object.values(this.parts));
  }

  makeReadouts() {
    this.readouts = {};
    this.state = element("span", { className: "nx-state", role: "status" });
    this.readoutRow = element("dl", { className: "nx-readouts" });
    for (const [name, label] of Object.entries(words.readouts)) {
      this.readouts[name] = element("dd");
      this.readoutRow.append(element("div", {}, element("dt", { textContent: label }), this.readouts[name]));
    }
    this.readoutRow.prepend(element("div", { className: "nx-state-cell" }, this.state));
  }

  makeBanner() {
    this.sentence = element("span");
    this.rollBack = element("button", { type: "button", textContent: words.rollBack, className: "nx-strong" });
    this.rollBack.addEventListener("click", () => this.goBack());
    this.banner = element("div", { className: "nx-banner", role: "alert", hidden: true }, this.sentence, this.rollBack);
  }

  makeKeys() {
    const rows = words.shortcuts.map(([key, what]) => element("tr", {}, element("td", {}, element("kbd", { textContent: key })), element("td", { textContent: what })));
    const close = element("button", { type: "button", textContent: "×", ariaLabel: words.close, className: "nx-close" });
    const keys = element("dialog", { className: "nx-keys" }, close, element("strong", { textContent: words.keys }), element("table", {}, ...rows));
    close.addEventListener("click", () => keys.close());
    keys.addEventListener("click", (event) => event.target === keys && keys.close());
    return keys;
  }

  actions() {
    return {
      " ": () => this.toggle(), s: () => this.order("steps", { n: 1 }), e: () => this.order("epoch"), r: () => this.toStart(),
      arrowleft: () => this.scrub(-1), arrowright: () => this.scrub(1), l: () => this.store.show(null), "?": () => this.showKeys(),
    };
  }

  showKeys() {
    if (!this.keys.open) this.keys.showModal();
  }

  tellPace() {
    this.isPaced = true;
    return this.order("pace", { steps_per_second: JSON.parse(this.speed.value) });
  }

  // What is pressed

  get isTraining() {
    return this.expected === null ? this.store.isTraining : this.expected;
  }

  /* The button turns at once; the status has to agree soon. */
  async toggle() {
    if (this.store.run === null) return this.panel.trigger("command", { do: "begin" });
    const { isTraining } = this;
    this.expect(!isTraining);
    this.store.show(null);
    if (this.store.status?.state === "finished") return this.trainOn();
    return this.order(isTraining ? "pause" : "begin");
  }

  /* A run whose steps are done goes on for as many again. */
  async trainOn() {
    await this.order("set", { assignments: [`recipe.steps=${2 * this.store.status.steps}`] });
    await this.order("begin");
    this.panel.trigger("command", { do: "follow" });
  }

  expect(isTraining) {
    this.expected = isTraining;
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.expect(null), PATIENCE);
    if (isTraining === null) clearTimeout(this.patience);
    this.panel.redraw();
  }

  async order(doing, fields) {
    if (!this.store.maySteer) return;
    if (this.store.run === null) return this.panel.trigger("command", { do: doing, ...fields });
    try {
      await this.store.command(doing, fields);
    } catch {
      this.expect(null); // the store holds the sentence, and the banner shows it
    }
  }

  /* Back to where it was sound; the controls of the page then show the halved learning rate. */
  async goBack() {
    await this.order("roll_back");
    this.panel.trigger("command", { do: "follow" });
  }

  /* Whoever only looks goes back in the film; the owner's run starts again from the same weights. */
  toStart() {
    if (!this.store.maySteer) return this.store.show(0);
    this.store.show(null);
    return this.order("rewind");
  }

  /* The snapshot before or after the one shown. */
  async scrub(by) {
    await this.store.loadFilms();
    const { snapshots, step } = this.store;
    if (!snapshots.length) return;
    const place = nearest(snapshots, step) + by;
    if (place >= snapshots.length) return this.store.show(null);
    this.store.show(snapshots[Math.max(0, place)]);
  }

  // What is shown

  update(isNewStore) {
    if (isNewStore) Object.assign(this, { seen: [], isPaced: false });
    if (!this.isChosen) this.speed.value = JSON.stringify(this.panel.data.pace ?? null);
    const hidden = new Set(this.panel.data.hidden ?? []);
    for (const [name, part] of Object.entries(this.parts)) part.hidden = hidden.has(name);
  }

  draw() {
    const { store } = this, { status } = store;
    if (this.expected !== null && status && store.isTraining === this.expected) this.expect(null);
    if (!this.isPaced && status && store.connection === "open" && store.maySteer) this.tellPace(); // a run knows no speed of before
    this.showButtons();
    write(this.state, this.stateText());
    this.state.dataset.state = this.isTraining ? "training" : status?.state ?? "paused";
    this.showBanner();
    this.showReadouts(status);
  }

  stateText() {
    const { connection } = this.store;
    if (connection === "offline" || connection === "refused") return words[connection];
    if (connection === "connecting") return words.connecting;
    return this.store.status ? words.state(this.isTraining ? "training" : this.store.status.state) : words.noRun;
  }

  showButtons() {
    const { isTraining } = this, isDone = this.store.status?.state === "finished";
    const label = `${isTraining ? words.pause : isDone ? words.trainOn : words.train} (Space)`;
    turnIcon(this.main.firstChild, isTraining ? "pause" : "play");
    if (this.main.title !== label) this.main.title = this.main.ariaLabel = label;
    const isOver = ["diverged", "failed"].includes(this.store.status?.state);
    const mayNot = !this.store.maySteer || (this.store.run !== null && this.store.connection !== "open");
    this.main.disabled = mayNot || isOver;
    this.step.disabled = this.epoch.disabled = mayNot || isOver || isDone;
    this.seed.disabled = this.speed.disabled = mayNot;
    this.group.title = this.store.maySteer ? "" : words.lookOnly;
  }

  /* A run that diverged says why, with the way back; other sentences and errors stand there without a button. */
  showBanner() {
    const { status, error, maySteer, run } = this.store, isBroken = status?.state === "diverged";
    const text = error || status?.sentence || (run !== null && status && !maySteer ? words.lookOnly : "");
    this.banner.hidden = !text;
    this.banner.dataset.kind = isBroken || error ? "fault" : "note";
    write(this.sentence, text);
    this.rollBack.hidden = !isBroken || !maySteer;
  }

  showReadouts(status) {
    const step = this.store.step, perEpoch = status?.steps_in_epoch;
    write(this.readouts.step, status?.steps ? `${whole(step)} / ${whole(status.steps)}` : whole(step));
    write(this.readouts.epoch, perEpoch ? brief(Math.floor((step / perEpoch) * 10) / 10, 4) : "–");
    write(this.readouts.seconds, duration(status?.seconds ?? 0));
    write(this.readouts.rate, status ? this.rate(status) : "–");
    write(this.readouts.device, status?.device ?? "–");
  }

  /* Steps a second over the last moments; over the whole run while it does not train. */
  rate({ step, seconds }) {
    const now = performance.now(), last = this.seen.at(-1);
    if (last && step < last.step) this.seen = [];
    if (!last || last.step !== step) this.seen.push({ step, now });
    while (this.seen.length > 2 && now - this.seen[0].now > RATE_WINDOW) this.seen.shift();
    const [first, newest] = [this.seen[0], this.seen.at(-1)];
    if (this.store.isTraining && newest.now > first.now) return whole(((newest.step - first.step) / (newest.now - first.now)) * 1000);
    return seconds ? whole(step / seconds) : "–";
  }

  destroy() {
    clearTimeout(this.patience);
    this.stop();
  }
}

function button(sign, label, pressed, kind = "") {
  const made = element("button", { type: "button", className: `nx-round ${kind}`, title: label, ariaLabel: label }, icon(sign));
  made.addEventListener("click", pressed);
  return made;
}

function speedOption(rate) {
  return element("option", { value: JSON.stringify(rate), textContent: rate === null ? words.full : words.perSecond(rate) });
}
