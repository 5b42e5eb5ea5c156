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

const METRICS = {
  accuracy: "Accuracy", precision: "Precision", recall: "Recall", f1: "F1", exact_match: "All right", r2: "R²", loss: "Loss",
  perplexity: "Perplexity", phone_error_rate: "Phone errors", average_precision: "Average prec.", mean_iou: "Mean IoU", mean_squared_error: "Squared error", mean_absolute_error: "Absolute error",
};

/* What a feature expansion makes of the two coordinates. */
const FEATURES = {
  x1: "x₁", x2: "x₂", x1_squared: "x₁²", x2_squared: "x₂²", x1_x2: "x₁x₂", sin_x1: "sin x₁", sin_x2: "sin x₂",
};

/* What each picture shows, and what it does not. */
const EXPLAIN = {
  stage: "Every column is a layer: what it makes of the input, blue for positive and orange for negative numbers. Lines are weights: "
    + "the wider, the larger. It does not show which of them matter for the answer.",
  plane: "The colour at each point of the plane is the network's answer there, and dots are the data. It says nothing about points "
    + "outside the square.",
  example: "One example, and what the network answers to it. How it does on the others, the scores tell.",
  transcript: "The bands of an utterance over time, and below them how likely each phone is in each frame; the lowest row says nothing. "
    + "A spike need not lie where the phone sounds: only the order was learnt.",
  detections: "Dashed are the objects that are there, coloured the boxes that the network draws. IoU is the shared part of a box and "
    + "its object; from 0.5 it is found. It does not show what a box was drawn for.",
  scores: "How the network does on at most 512 held-out examples. Precision, recall and F1 are means over the classes. It does not show "
    + "how sure the answers are.",
  text: "The grey text is held-out data; the network goes on by drawing one token after the other. It is one draw of many, and does not "
    + "show what was learned by heart.",
  curves: "A metric by training step, on training data and on held-out data. A small loss does not tell which examples are wrong.",
  timeline: "The snapshots kept of this run: drag, and every picture shows that step. Between two snapshots nothing is kept.",
};

const UNITS = {
  maps: "One unit's value at each point of the plane. It does not show how much the layers behind it use the unit.",
  pictures: "Where in the picture this channel answers. It does not show what the channel looks for in other pictures.",
  picture: "The picture that enters the network, before any layer has changed it.",
  patterns: "How much each token (row) reads from each earlier one (column). Attention tells where is read, not what is done with it.",
  sheet: "One unit of the state over time, for this example. It does not show what the unit does in others.",
};

const SPLITS = { train: "Training data", test: "Test data" };

export const words = {
  state: (name) => STATES[name] ?? name,
  event: (kind) => EVENTS[kind] ?? kind.replaceAll("_", " "),
  shortSplit: (name) => ({ train: "train", test: "test" })[name] ?? name,
  split: (name) => SPLITS[name] ?? name,

  offline: "The connection is lost. It is tried again by itself.",
  connecting: "Connecting…",
  dropped: "The connection was lost before the answer came.",
  unreachable: "The server cannot be reached.",
  refused: "The run is not there, or may not be looked at from this page.",

  train: "Train", trainOn: "Train on", pause: "Pause", step: "One step", epoch: "One epoch", rewind: "Back to the start",
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
  briefParameters: (count) => (count ? compact(count) : ""),
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
  editNetwork: "Change the network", fewerUnits: (layer) => `One unit fewer in ${layer}`, oneMoreUnit: (layer) => `One unit more in ${layer}`,
  addLayer: (layer) => `Add a layer after ${layer}`, removeLayer: (layer) => `Remove ${layer}`,
  networkComes: "The network appears in a moment.",
  noNetwork: "Add a layer, and the network is drawn here.",
  value: "value", heads: "query in rows, key in columns",

  views: { answer: "Answer", scores: "Scores", text: "Text" }, whatIsShown: "What is shown",
  explain: { ...EXPLAIN, unit: (look) => UNITS[look] ?? EXPLAIN.stage }, whatIsThis: (text) => `What is this? ${text}`,
  featureName: (name) => FEATURES[name] ?? name,
  metricName: (key) => METRICS[key] ?? key.replaceAll("_", " "),
  scoresTitle: "On held-out data", noScores: "Scores appear in a moment.", confusion: "True class in rows, predicted in columns",
  scoresAlt: (rows) => `Scores on held-out data: ${rows.join(", ")}.`,
  examples: (count) => `${whole(count)} answers`,
  confused: (truth, guess, count, all) => (truth === guess
    ? `${truth}: ${whole(count)} of ${whole(all)} right` : `${truth} taken for ${guess}: ${whole(count)} of ${whole(all)}`),
  textTitle: "Text of the network", noText: "The text appears in a moment.", textAlt: (text) => `The network writes: ${text}`,
  temperature: "Temperature", length: "Length", drawAgain: "Draw another text",

  heard: "Heard", said: "Said", silence: "nothing",
  edits: (count) => (count === 0 ? "all phones right" : count === 1 ? "1 edit away" : `${whole(count)} edits away`),
  transcriptAlt: (heard, said) => [`Heard: ${heard}.`, said && `Said: ${said}.`].filter(Boolean).join(" "),
  overlap: (isHit, share) => `${isHit ? "✓" : "✗"} IoU ${share}`, missed: (count) => (count === 1 ? "missed" : `${whole(count)} missed`),
  found: (count, all) => `${whole(count)} of ${whole(all)} found`,
  detectionsAlt: (rows) => (rows.length ? `Boxes: ${rows.join(", ")}.` : "No box is drawn."),

  answer: "Over the plane",
  showTest: "Test data", discretise: "Discretise",
  classes: "Class probabilities", output: "Output", asked: { next_token: "Next token", masked_token: "Masked token" },
  rightOf: (name) => `right ${name}`, titleAtStep: (title, step) => `${title} at step ${whole(step)}`,
  steps: "The network's answer at every step",
  stepsBeside: (isClasses) => (isClasses ? "At every step: right answer above, the network's below" : "At every step: right answer dashed, the network's solid"),
  example: (split, index) => `${SPLITS[split] ?? split} ${whole(index + 1)}`,
  previousExample: "Previous example", nextExample: "Next example", splitMenu: "Which data",
  noAnswer: "The answer appears with the first picture of the network.",
  surfaceAlt: (what, low, high) => `${what} over the plane, from ${low} to ${high}.`,
  answerAlt: (rows, right, told) => [`Most likely: ${rows.join(", ")}.`, right && `Right: ${right}.`, told && `${told}.`].filter(Boolean).join(" "),
  stepsRight: (right, asked) => `${whole(right)} of ${whole(asked)} steps right`,

  metric: "Metric", logScale: "Log", noCurves: "Curves appear when training starts.",
  curvesAlt: (name, parts) => `${name} by step: ${parts.join(", ")}.`,

  live: "Live", backToLive: "Back to live", play: "Play the run as a film", stop: "Stop the film",
  branch: "Continue from here", loadingFilm: "Loading snapshots…",
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
