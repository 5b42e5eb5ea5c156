/* One frame of a lens that is too heavy to be live: asked for when things stand still, left when something else is wanted,
   and asked for again now and then while the run goes on, if it did not take long. */

import { framesOf } from "./frames.js";
import { lensWords as words } from "./lens_words.js";

const STILL = 300; // milliseconds without another wish before a look is asked for, where wishes follow each other
const SELDOM = 1500, RARE = 20; // milliseconds, and times as long as it took, between two looks that nobody asked for
const SOON = 1000; // milliseconds that such a look may take
const TICK = 100; // milliseconds between two read-outs of the time
const asked = new Map(); // by address: the answer under way, and how many pictures wait for it

export class Look {
  constructor(changed) {
    Object.assign(this, { changed, wanted: "", frame: null, fault: "", began: null, number: 0, wished: 0, isProven: false, isSilent: false, took: 0, came: 0 });
  }

  get isLooking() {
    return this.began !== null && !this.isSilent;
  }

  /* How far the look is, once the server tells: `waiting` for others, or the `share` done and what it is `doing`. */
  get standing() {
    return this.joined?.standing ?? {};
  }

  get seconds() {
    return this.began === null ? 0 : (performance.now() - this.began) / 1000;
  }

  /* The last wish wins; the same wish again changes nothing. One that comes after a rest is asked for at once. */
  want(store, wish) {
    const wanted = JSON.stringify(wish), now = performance.now();
    if (wanted === this.wanted) return;
    const isFirst = this.isProven && now - this.wished > STILL;
    Object.assign(this, { store, wish, wanted, fault: "", wished: now });
    this.begin(isFirst ? 0 : STILL);
  }

  again() {
    if (this.wish) this.begin(0);
  }

  /* The run went on: the picture follows, seldom, and nothing but the picture tells of it. */
  follow() {
    if (this.began !== null || this.later || !this.frame || this.took > SOON) return;
    const rest = this.came + Math.max(SELDOM, RARE * this.took) - performance.now();
    if (rest <= 0) this.begin(0, true);
    else this.later = setTimeout(() => Object.assign(this, { later: null }).changed(), rest);
  }

  cancel() {
    this.leave();
    this.fault = words.cancelled;
    this.changed();
  }

  /* Nothing is wanted any more; the next wish is asked for whatever it is. */
  forget() {
    this.leave();
    Object.assign(this, { wanted: "", wish: null, frame: null, fault: "" });
  }

  leave() {
    clearTimeout(this.waiting);
    clearTimeout(this.later);
    clearInterval(this.ticking);
    this.joined?.leave();
    Object.assign(this, { joined: null, began: null, later: null, number: this.number + 1 });
  }

  begin(delay, isSilent = false) {
    this.leave();
    Object.assign(this, { began: performance.now(), fault: "", isSilent });
    if (!isSilent) this.ticking = setInterval(this.changed, TICK);
    this.waiting = setTimeout(() => this.ask(this.number), delay);
    if (!isSilent) this.changed();
  }

  async ask(number) {
    const { lens, settings, step, example } = this.wish;
    const fields = { lens, settings: JSON.stringify(settings), example: JSON.stringify(example), ...(step === null ? {} : { step }) };
    const begun = performance.now();
    this.joined = join(this.store.address("/look", fields));
    const found = await this.joined.answer;
    if (number !== this.number) return; // something else is wanted by now
    const { isSilent } = this;
    this.leave();
    this.came = performance.now();
    this.took = this.came - begun;
    this.fault = isSilent ? "" : found.fault ?? "";
    this.frame = found.frame ?? this.frame;
    this.isProven ||= this.frame !== null; // stays when the frame is forgotten
    this.changed();
  }
}

/* Several pictures of one look ask once; the last one that leaves ends it. */
function join(address) {
  const key = address.href;
  if (!asked.has(key)) {
    const controller = new AbortController(), mine = { waiting: 0, controller, standing: {} };
    mine.answer = fetchFrame(address, controller.signal, (standing) => (mine.standing = standing)).finally(() => asked.get(key) === mine && asked.delete(key));
    asked.set(key, mine);
  }
  const found = asked.get(key);
  found.waiting += 1;
  const leave = () => {
    found.waiting -= 1;
    if (found.waiting) return;
    if (asked.get(key) === found) asked.delete(key);
    found.controller.abort();
  };
  return { answer: found.answer, leave, get standing() { return found.standing; } };
}

/* The last piece of an answer is the frame, or why there is none; those before tell how far it is. */
async function fetchFrame(address, signal, tell) {
  try {
    const answer = await fetch(address, { signal });
    if (!answer.ok) return { fault: (await answer.text()) || words.failed };
    for await (const frame of framesOf(answer.body)) {
      if (frame.header.error) return { fault: frame.header.error };
      if (frame.header.lens) return { frame };
      tell(frame.header);
    }
    return { fault: words.failed };
  } catch {
    return { fault: words.failed };
  }
}
