/* Metrics by step, gathered in the browser from the statuses that arrive. */

const MOST_POINTS = 4_000; // above it every second point goes: a screen has no room for more

export class Series {
  constructor() {
    this.curves = new Map(); // "train.loss" -> {steps, values}
    this.version = 0; // grows with every change, so that a drawing knows whether it is old
  }

  /* The full set, as the server sends it: {"train.loss": [steps, values]} or {train: {loss: [steps, values]}}. */
  replace(sent) {
    this.curves.clear();
    for (const [name, part] of Object.entries(sent ?? {})) {
      if (Array.isArray(part)) this.curves.set(name, { steps: [...part[0]], values: [...part[1]] });
      else for (const [metric, [steps, values]] of Object.entries(part)) {
        this.curves.set(`${name}.${metric}`, { steps: [...steps], values: [...values] });
      }
    }
    this.version += 1;
  }

  /* One status more. A step before the last one means that the run was rewound: what came later is forgotten. */
  add(step, metrics) {
    this.rewind(step);
    for (const [split, named] of Object.entries(metrics ?? {})) {
      for (const [metric, value] of Object.entries(named)) this.addPoint(`${split}.${metric}`, step, value);
    }
  }

  addPoint(name, step, value) {
    if (!this.curves.has(name)) this.curves.set(name, { steps: [], values: [] });
    const { steps, values } = this.curves.get(name);
    const last = steps.length - 1;
    if (value === null || steps[last] >= step || values[last] === value) return; // nothing was measured since
    steps.push(step);
    values.push(value);
    if (steps.length > MOST_POINTS) this.thin(name);
    this.version += 1;
  }

  rewind(step) {
    for (const { steps, values } of this.curves.values()) {
      if (!(steps.at(-1) > step)) continue;
      const kept = steps.findIndex((each) => each > step);
      steps.length = values.length = kept;
      this.version += 1;
    }
  }

  thin(name) {
    const { steps, values } = this.curves.get(name);
    const last = steps.length - 1;
    const keep = (_, place) => place % 2 === 0 || place === last;
    this.curves.set(name, { steps: steps.filter(keep), values: values.filter(keep) });
  }
}

/* The place of the entry nearest to a step in a rising list; -1 if the list is empty. */
export function nearest(steps, step) {
  let low = 0, high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low > 0 && step - steps[low - 1] <= steps[low] - step ? low - 1 : low < steps.length ? low : -1;
}
