/* A text of one's own: with every key the pictures of the page show what the network makes of it. */

import { Given } from "./given.js";
import { element, mount, write } from "./mount.js";
import { ownWords as words } from "./own_words.js";

const STYLE = new URL("own.css", import.meta.url).href;
const MOST = 4_096; // characters that an input may have

export default (component) => mount(component, (panel) => new Typing(panel));

class Typing {
  constructor(panel) {
    this.panel = panel;
    this.field = element("textarea", { rows: 1, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    this.told = element("span", { className: "nx-typed-note", role: "status" });
    this.field.addEventListener("input", () => (this.fit(), this.given.change(this.field.value)));
    panel.root.classList.add("nx-typing");
    panel.root.append(element("link", { rel: "stylesheet", href: STYLE }), this.field, this.told);
    this.given = new Given(panel, "text", "typed", (text) => ((this.field.value = text), this.fit()), MOST);
  }

  update() {
    const { title = "" } = this.panel.data;
    Object.assign(this.field, { ariaLabel: title, placeholder: title });
    this.given.update();
  }

  /* As many lines as the text has. */
  fit() {
    this.field.rows = Math.min(6, Math.max(1, this.field.value.split("\n").length));
  }

  /* What a picture of this text tells of it. */
  draw() {
    const frame = [...this.panel.store.frames.values()].find(({ header }) => header.example?.text === this.given.value), steps = frame?.arrays.get("input")?.shape[0];
    const count = steps === undefined ? "" : words.count(steps, this.panel.data.length);
    if (frame) write(this.told, [count, ...(frame.header.notes ?? [])].filter(Boolean).join(" · "));
  }

  destroy() {
    this.given.leave();
  }
}
