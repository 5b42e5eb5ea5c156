/* One store for all pictures of a run on a page: what is watched, what has arrived, and which step is shown.

Every component imports this module from the same address, so all share one store, one socket and one clock. */

import { FilmShelf } from "./film.js";
import { parseFrame } from "./frames.js";
import { Link } from "./link.js";
import { nearest, Series } from "./series.js";
import { words } from "./words.js";

const LINGER = 400; // milliseconds that a store outlives its last picture: a page that is redrawn needs it again
const RATE = 32; // pictures a second that are asked for: a little more than 30, so that 30 are drawn
const STILL = 300; // milliseconds without another input before its past is fetched
const LIVE = new URL("../live/", import.meta.url);
const stores = new Map();
const left = new Map(); // by run: the step that was shown when its last picture left

/* The past step at which a run was left on another page; null for the live picture. */
export const leftAt = (run) => left.get(run) ?? null;

/* The store of a run, made by the first who asks. Without a run it is idle, and a network is drawn without numbers. */
export function connect(run, token = null) {
  const key = JSON.stringify([run ?? null, token ?? null]);
  if (!stores.has(key)) stores.set(key, new Store(run ?? null, token ?? null, () => stores.delete(key)));
  const store = stores.get(key);
  store.users += 1;
  return store;
}

class Store {
  constructor(run, token, forget) {
    Object.assign(this, { run, token, forget, users: 0, status: null, error: "", events: [], diagram: null });
    Object.assign(this, { hovered: null, selected: null, probe: null, shownStep: null });
    this.example = { split: "test", index: 0 };
    this.entered = null; // an input of one's own that is newer than what the page knows
    this.series = new Series();
    this.frames = new Map(); // by id: the newest frame
    this.faults = new Map(); // by id: why there is none
    this.watched = new Map(); // by id: {users, lens, settings, example}
    this.subscribers = new Set();
    this.undrawn = new Set(); // ids of frames that wait for the next animation frame
    this.changes = 0; // of anything but frames
    this.counts = { arrived: 0, overtaken: 0, drawn: 0 };
    this.films = new FilmShelf((watch) => this.filmAddress(watch), () => this.schedule());
    if (run === null) return;
    this.link = new Link(this.socketAddress(), this.listener(), () => this.status?.state === "training");
    this.fetchDiagram();
  }

  release() {
    this.users -= 1;
    if (this.users === 0) setTimeout(() => this.users === 0 && this.close(), LINGER);
  }

  close() {
    left.set(this.run, this.shownStep);
    this.link?.close();
    this.forget();
  }

  // What is drawn

  /* `draw()` is called at most once per animation frame, after anything changed. */
  subscribe(draw) {
    this.subscribers.add(draw);
    this.schedule();
    return () => this.subscribers.delete(draw);
  }

  schedule(isFrameAlone = false) {
    if (!isFrameAlone) this.changes += 1;
    this.request ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.request = null;
    this.undrawn.clear();
    this.counts.drawn += 1;
    for (const draw of [...this.subscribers]) {
      try {
        draw();
      } catch (error) {
        console.error(error); // one broken picture must not stop the others
      }
    }
  }

  // What arrives

  listener() {
    return {
      open: () => (this.sendWatches(), this.fetchDiagram(), this.fetchEvents()),
      text: (message) => this.hear(message),
      binary: (buffer) => this.see(buffer),
      change: () => this.schedule(),
    };
  }

  see(buffer) {
    const frame = parseFrame(buffer);
    const id = frame.header.id ?? frame.header.lens;
    this.counts.arrived += 1;
    if (this.undrawn.has(id)) this.counts.overtaken += 1; // the newest wins; the one before was never drawn
    this.undrawn.add(id);
    if (frame.header.error) this.seeFault(id, frame.header.error);
    else this.seeWhole(id, frame);
    this.schedule(!frame.header.error);
  }

  /* What is wrong with the input that was just entered is told beside it. */
  seeFault(id, sentence) {
    this.faults.set(id, sentence);
    if (this.entered === null || !sentence.startsWith("example.")) this.error = sentence;
  }

  seeWhole(id, frame) {
    if (this.error === this.faults.get(id)) this.error = "";
    this.frames.set(id, frame);
    this.faults.delete(id);
  }

  hear(message) {
    if (message.curves) this.series.replace(message.curves);
    if ("may_steer" in message) this.mayLead = message.may_steer;
    if (message.status) this.hearStatus(message.status);
    if (message.error) this.error = message.error;
    this.schedule();
  }

  hearStatus(status) {
    const before = this.status;
    this.status = status;
    this.series.add(status.step, status.metrics);
    if (before && status.step < before.step) this.forgetFilms();
    if (before?.state !== status.state || before?.sentence !== status.sentence) this.fetchEvents();
  }

  get curves() {
    return this.series.curves;
  }

  get connection() {
    return this.link?.state ?? "idle";
  }

  get maySteer() {
    return this.status?.may_steer ?? this.mayLead ?? this.token !== null;
  }

  get isTraining() {
    return this.status?.state === "training";
  }

  // What is watched

  /* Watch a lens under a name; several pictures may watch the same. With a step it stays there. Returns how to stop. */
  watch(id, lens = id, settings = {}, example = null, step = null) {
    const same = this.watched.get(id);
    if (same) same.users += 1;
    else this.watched.set(id, { users: 1, lens, settings, example, step });
    if (!same) this.sendWatchesSoon();
    if (!same && this.shownStep !== null && step === null) this.loadFilms();
    return () => this.unwatch(id);
  }

  unwatch(id) {
    const watch = this.watched.get(id);
    if (!watch || --watch.users > 0) return;
    this.watched.delete(id);
    this.frames.delete(id);
    this.faults.delete(id);
    this.sendWatchesSoon();
  }

  /* Look at another example of the data; every picture that named none of its own follows. */
  lookAt(example) {
    this.example = { ...this.example, ...example };
    this.sendWatchesSoon();
    if (this.shownStep !== null) this.loadFilms();
    this.schedule();
  }

  /* Look at another input of one's own at once; every picture that looks at one of this form follows. */
  enter(own) {
    this.entered = own;
    this.sendWatchesSoon();
    clearTimeout(this.filming);
    if (this.shownStep !== null) this.filming = setTimeout(() => this.loadFilms(), STILL);
    this.schedule();
  }

  /* What a picture looks at: the input just entered, where it looks at one of this form. */
  exampleOf(example) {
    const found = example ?? this.example;
    const isOwn = this.entered !== null && Object.keys(this.entered).some((form) => form in found);
    return isOwn ? { ...found, ...this.entered } : found;
  }

  watches() {
    return [...this.watched].map(([id, watch]) => ({ ...this.described(id, watch), ...(watch.step === null ? {} : { step: watch.step }) }));
  }

  /* Those that follow the step shown. */
  filmed() {
    return this.watches().filter(({ step }) => step === undefined);
  }

  sendWatchesSoon() {
    this.telling ??= setTimeout(() => {
      this.telling = null;
      this.sendWatches();
    });
  }

  sendWatches() {
    this.link?.send({ watch: this.watches(), rate: RATE });
  }

  /* The frame to draw: the newest, or the one of the snapshot nearest to the step shown. */
  frame(id) {
    const watch = this.watched.get(id);
    const kept = this.shownStep === null || watch?.step !== null ? null : this.films.frame(this.described(id, watch), this.shownStep);
    return kept ?? this.frames.get(id) ?? null;
  }

  described(id, { lens, settings, example }) {
    return { id, lens, settings, example: this.exampleOf(example) };
  }

  // Time

  /* Show a past step, or null for the live picture. Frames come from the films in the browser. */
  show(step) {
    if (step !== null && this.shownStep === null) this.loadFilms().then(() => this.snap()); // once for a scrub, not once for a step
    this.shownStep = step;
    this.schedule();
  }

  /* Stand at a step of which there is a picture. */
  snap() {
    const { snapshots } = this;
    if (this.shownStep !== null && snapshots.length) this.shownStep = snapshots[nearest(snapshots, this.shownStep)];
    this.schedule();
  }

  /* Fetch what is not here yet: once for each length of the run. */
  loadFilms() {
    if (this.run === null) return Promise.resolve();
    return Promise.all(this.filmed().map((watch) => this.films.load(watch, this.status?.step ?? 0)));
  }

  /* After a rewind another past lies behind the run. */
  forgetFilms() {
    this.films.clear();
    if (this.shownStep !== null) this.loadFilms();
  }

  /* Steps of all snapshots in hand. */
  get snapshots() {
    return this.films.steps(this.filmed());
  }

  get step() {
    return this.shownStep ?? this.status?.step ?? 0;
  }

  /* What the network looks like: once for a run, and again with a new line where it could not be had. */
  async fetchDiagram() {
    if (this.diagram || this.isAsking) return;
    this.isAsking = true;
    this.diagram = await this.read("/diagram");
    this.isAsking = false;
    this.schedule();
  }

  async fetchEvents() {
    if (this.run === null || !this.users) return; // a picture that is gone asks for nothing
    this.events = (await this.read("/events")) ?? this.events;
    this.schedule();
  }

  /* What the server says about the run; null where it cannot be had: the next change, or the next line, asks again. */
  async read(path, parameters = {}) {
    try {
      const answer = await fetch(this.address(path, parameters));
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  // What a person does

  /* A command; the promise is refused with the server's sentence. */
  async command(doing, fields = {}) {
    try {
      if (!this.link) throw new Error(words.unreachable);
      const answer = await this.link.ask({ do: doing, ...fields });
      this.error = "";
      return answer;
    } catch (error) {
      this.error = error.message;
      throw error;
    } finally {
      this.schedule();
    }
  }

  hover(unit) {
    this.hovered = unit;
    this.schedule();
  }

  select(unit) {
    this.selected = unit;
    this.schedule();
  }

  pointAt(probe) {
    this.probe = probe;
    this.schedule();
  }

  // Addresses

  address(path = "", parameters = {}) {
    const address = new URL(encodeURIComponent(this.run) + path, LIVE);
    const all = this.token === null ? parameters : { ...parameters, token: this.token };
    for (const [name, value] of Object.entries(all)) address.searchParams.set(name, value);
    return address;
  }

  socketAddress() {
    const address = this.address();
    address.protocol = address.protocol.replace("http", "ws");
    return address.href;
  }

  filmAddress({ lens, settings, example }) {
    return this.address("/film", { lens, settings: JSON.stringify(settings), example: JSON.stringify(example) });
  }
}
