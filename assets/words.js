/* Every text that the pictures show, in one place. */

const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const whole = (value) => number.format(value);

const STATES = {
  training: "Training", paused: "Paused", finished: "Finished", diverged: "Diverged", failed: "Failed",
};

const EVENTS = {
  created: "Run created", started: "Training started", resumed: "Training went on", paused: "Paused",
  finished: "Finished", diverged: "Diverged", rolled_back: "Rolled back", setting_changed: "Setting changed",
  weight_set: "Weight typed", branched: "Branched", phase: "Phase change", phase_change: "Phase change",
};

const SPLITS = { train: "Training data", test: "Test data" };

export const words = {
  state: (name) => STATES[name] ?? name,
  event: (kind) => EVENTS[kind] ?? kind.replaceAll("_", " "),
  split: (name) => SPLITS[name] ?? name,

  offline: "The connection is lost. It is tried again by itself.",
  connecting: "Connecting…",
  dropped: "The connection was lost before the answer came.",
  unreachable: "The server cannot be reached.",
  refused: "The run is not there, or may not be looked at from this page.",

  train: "Train", pause: "Pause", step: "One step", epoch: "One epoch", rewind: "Back to the start",
  seed: "New seed", speed: "Speed", full: "full", perSecond: (rate) => `${whole(rate)} steps/s`,
  noRun: "Ready", lookOnly: "You look at somebody else's run. Only its owner can steer it.",
  rollBack: "Roll back and halve the learning rate", keys: "Keyboard shortcuts", close: "Close",
  readouts: { step: "Step", epoch: "Epoch", seconds: "Time", rate: "Steps/s", device: "Device" },
  shortcuts: [
    ["Space", "train or pause"], ["S", "one step"], ["E", "one epoch"], ["R", "back to the start"],
    ["← →", "step through the snapshots"], ["L", "back to the live picture"], ["?", "this list"],
  ],

  input: "Input",
  parameters: (count) => (count ? `${compact(count)} param.` : ""),
  shape: (shape) => shape.join("×"),
  unit: (layer, index) => `${layer} · unit ${index + 1}`,
  head: (layer, index) => `${layer} · head ${index + 1}`,
  channel: (layer, index) => `${layer} · channel ${index + 1}`,
  more: (first, last, total) => `${first}–${last} of ${total}`,
  moreUnits: (count) => `+${count} more`,
  weight: (value) => `weight ${value}`, bias: (value) => `bias ${value}`,
  typeWeight: "New value of this weight; Enter sets it, Escape leaves it",
  notNumber: "A number is needed, such as 0.5.",
  fit: "Show the whole network", zoomIn: "Zoom in", zoomOut: "Zoom out",
  at: (x, y) => `at the point (${x}, ${y})`,
  stageHint: "Arrow keys choose a layer and a unit, Enter types its bias, Escape lets go.",
  stageAlt: (layers) => `Network of ${layers.length} layers: ${layers.join("; ")}.`,
  layerAlt: (layer) => `${layer.name}, ${layer.title ?? layer.kind}, shape ${(layer.shape ?? []).join(" by ")}`,
  unitAlt: (name, about) => `${name}. ${about}`,
  range: (low, high, mean) => `from ${low} to ${high}, mean ${mean}`,
  hiddenWeights: (count) => `The ${whole(count)} strongest weights are drawn.`,
  noNetwork: "Add a layer, and the network is drawn here.",
  value: "value", heads: "query in rows, key in columns",

  answer: "Answer of the network", surfaceOf: (name) => name,
  showTest: "Test data", discretise: "Discretise",
  classes: "Class probabilities", nextToken: "Next token", output: "Output", right: "right",
  example: (split, index) => `${SPLITS[split] ?? split} ${whole(index + 1)}`,
  previousExample: "Previous example", nextExample: "Next example", splitMenu: "Which data",
  noAnswer: "The answer appears with the first picture of the network.",
  surfaceAlt: (what, low, high) => `${what} over the plane, from ${low} to ${high}.`,
  answerAlt: (rows) => `Most likely: ${rows.join(", ")}.`,

  metric: "Metric", logScale: "Log scale", noCurves: "Curves appear when training starts.",
  curvesAlt: (name, parts) => `${name} by step: ${parts.join(", ")}.`,

  live: "Live", backToLive: "Back to live", play: "Play the run as a film", stop: "Stop the film",
  branch: "Continue from here", loadingFilm: "Loading snapshots…", noFilm: "Snapshots appear as the run trains.",
  timeline: "Step shown", atStep: (step) => `step ${whole(step)}`, snapshots: (count) => `${whole(count)} snapshots`,
};

export function compact(value) {
  if (value < 10_000) return whole(value);
  const [size, letter] = value < 1e6 ? [1e3, "k"] : value < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${(value / size).toFixed(value / size < 10 ? 1 : 0)}${letter}`;
}

/* A duration as a person reads it: 12.3 s, 4:05, 1:02:03. */
export function duration(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
}
