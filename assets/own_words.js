/* Every text about an input of one's own. */

import { whole } from "./words.js";

export const ownWords = {
  count: (count, most) => `${whole(count)} of at most ${whole(most)}`,
  pen: "Pen", erase: "Eraser", clear: "Blank sheet",
  pad: "Sheet to draw on. Arrow keys move the cursor, Space draws there, Delete erases there.",
};
