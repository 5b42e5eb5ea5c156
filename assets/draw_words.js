/* Every text of the panel of data. */

import { whole } from "./words.js";

export const words = {
  className: (index) => `Class ${index + 1}`,
  classes: "Class of the points that you draw",
  erase: "Eraser", undo: "Undo the last stroke", clear: "Remove all points",
  count: (count, most) => `${whole(count)} of at most ${whole(most)} points`,
  full: (most) => `There is no room for more than ${whole(most)} points. Erase some first.`,
  sheet: "Sheet to draw points on. Arrow keys move the cursor, Enter adds a point, Delete erases around the cursor, "
    + "1 to 4 choose the class.",
  at: (x, y, name) => `${name} at ${x}, ${y}`,
};
