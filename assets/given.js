/* What both ways to give an input in the browser have in common: the pictures follow at once, the page when it rests. */

const REST = 700; // milliseconds without a change after which the page itself hears of it
const unheard = new Map(); // by run: what was given just before its page was left

export class Given {
  /* `form` is how inputs are named on the way: text or picture. `take(value)` shows what Python says. */
  constructor(panel, form, trigger, take, longest = Infinity) {
    Object.assign(this, { panel, form, trigger, take, longest, stroke: 0, generation: null, value: null, pending: null });
  }

  /* A change that Python has not heard of yet is newer than what it says, unless another input came from elsewhere. */
  update() {
    const { generation = 0, stroke = 0, [this.form]: value = "" } = this.panel.data;
    const isNew = generation !== this.generation;
    if (!isNew && (this.pending || stroke < this.stroke)) return;
    if (isNew) this.drop();
    Object.assign(this, { generation, stroke: Math.max(stroke, this.stroke) });
    if (value !== this.value) this.follow(value);
    this.goOn();
  }

  follow(value) {
    this.value = value;
    this.panel.store.enter(null);
    this.take(value);
  }

  /* With what was given on the page before. */
  goOn() {
    const { run } = this.panel.data, left = unheard.get(run);
    unheard.delete(run);
    if (left?.form !== this.form || left.generation !== this.generation) return;
    this.take(left.value);
    this.change(left.value);
  }

  /* Another input: every picture that looks at one's own is asked for it now, unless it is longer than any may be. */
  change(value) {
    if (value === this.value) return;
    this.value = value;
    if (value.length <= this.longest) this.panel.store.enter({ [this.form]: value });
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

  leave() {
    const { form, value, generation } = this;
    if (this.pending) unheard.set(this.panel.data.run, { form, value, generation });
    this.drop();
    this.panel.store.enter(null);
  }
}
