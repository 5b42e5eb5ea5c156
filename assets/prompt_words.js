/* Every text of the plot of examples in a prompt. */

import { brief } from "./plot.js";

const LEARNERS = { network: "network", ridge: "ridge regression", least_squares: "least squares", truth: "truth" };

export const words = {
  comes: "The prompt appears in a moment.",
  learner: (name) => LEARNERS[name],
  another: "Another prompt", restore: "Back to the prompt drawn", attention: "Attention of",
  allHeads: "all heads, their mean", head: (layer, index) => `${layer} · head ${index + 1}`,
  hint: "Drag the examples or the upright line. A double click adds or removes an example.",
  cut: (axis) => ` A cut along x${axis + 1}: the other inputs are 0.`,
  sheet: (count) => `Plot of ${count} examples in the prompt. Arrow keys move the upright line or the example chosen, `
    + "comma and full stop choose one, plus adds and Delete removes one, Escape lets go.",
  at: (x, answers) => `x = ${brief(x, 2)}:  ${answers.map(([name, value]) => `${LEARNERS[name]} ${brief(value, 2)}`).join(",  ")}`,
  example: (index, [x, y], share) => `example ${index + 1}: x ${brief(x, 2)}, y ${brief(y, 2)}`
    + (share === null ? "" : ` · attention ${brief(share, 2)}`),
  unused: (index) => `example ${index + 1} does not count`,
};
