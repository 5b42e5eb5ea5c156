/* A question mark beside a picture: what it shows and what it does not, in a sentence of words.js. */

import { element, write } from "./mount.js";
import { words } from "./words.js";

export class About {
  constructor(...classes) {
    this.button = element("button", { type: "button", className: "nx-ask", textContent: "?", ariaExpanded: "false" });
    this.bubble = element("span", { className: "nx-bubble", role: "note", hidden: true });
    this.box = element("span", { className: ["nx-about", ...classes].join(" ") }, this.button, this.bubble);
    this.button.addEventListener("click", () => this.show(this.bubble.hidden));
    this.button.addEventListener("blur", () => this.show(false));
    this.button.addEventListener("keydown", (event) => event.key === "Escape" && this.show(false));
  }

  show(isShown) {
    this.bubble.hidden = !isShown;
    this.button.ariaExpanded = String(isShown);
  }

  tell(text) {
    if (this.button.title === text) return;
    this.button.title = text;
    this.button.ariaLabel = words.whatIsThis(text);
    write(this.bubble, text);
  }
}
