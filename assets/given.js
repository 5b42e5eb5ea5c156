/* What both ways to give an input in the browser have in common: the pictures follow at once, the page when it rests. */

const REST = 700; // milliseconds without a change after which the page itself hears of it

export class Given {
  /* `form` is how inputs are named on the way: text or picture. `take(value)` shows what Python says. */
  constructor(panel, form, trigger, take) {
    Object.assign(this, { panel, form, trigger, take, stroke: 0, generation: null, value: null, pending: null, since: null });
  }

  /* A change that Python has not heard of yet is newer than what it says, unless another input came from elsewhere. */
  update() {
    const { generation = 0, stroke = 0, [this.form]: value = "" } = this.panel.data;
    const isNew = generation !== this.generation;
    if (!isNew && (this.pending || stroke < this.stroke)) return;
    if (isNew) this.drop();
    Object.assign(this, { generation, stroke: Math.max(stroke, this.stroke) });
    if (value === this.value) return;
    this.value = value;
    this.panel.store.enter(null);
    this.take(value);
  }

  /* Another input: every picture that looks at one's own is asked for it now. */
  change(value) {
    if (value === this.value) return;
    Object.assign(this, { value, since: performance.now() });
    this.panel.store.enter({ [this.form]: value });
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.send(), REST);
  }

  send() {
    this.drop();
    this.stroke += 1;
    this.panel.trigger(this.trigger, { [this.form]: this.value, stroke: this.stroke });
  }

  drop() {
    clearTimeout(this.pending);
    this.pending = null;
  }

  /* The newest frame that answers what was given; the milliseconds that it took stand on the root once it is here. */
  answer() {
    const frames = [...this.panel.store.frames.values()];
    const found = frames.find(({ header }) => header.example?.[this.form] === this.value) ?? null;
    if (found && this.since !== null) {
      this.panel.root.dataset.milliseconds = Math.round(performance.now() - this.since);
      this.since = null;
    }
    return found;
  }

  leave() {
    if (this.pending) this.send();
    this.panel.store.enter(null);
  }
}
