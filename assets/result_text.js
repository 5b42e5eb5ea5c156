/* A held-out text and how the network goes on with it. */

import { element, write } from "./mount.js";
import { ExamplePicker, menu, press } from "./result_tools.js";
import { words } from "./words.js";

const LENS = "generation";
const TEMPERATURES = [0, 0.3, 0.5, 0.7, 1, 1.5], LENGTHS = [16, 32, 48, 96, 192];
const MOST_PROMPT = 120; // characters of the prompt that are shown: its end is what the network goes on from

export class TextView {
  constructor(result) {
    this.result = result;
    this.settings = { temperature: 0.7, length: 48, seed: 0 };
    this.picker = new ExamplePicker(result.panel);
    this.prompt = element("span", { className: "nx-muted" });
    this.written = element("span");
    this.page = element("div", { className: "nx-text", hidden: true, tabIndex: 0, role: "group", ariaLabel: words.textTitle },
      this.prompt, this.written);
    result.plot.append(this.page);
  }

  fits(diagram) {
    return diagram.task?.kind === "next_token" && (diagram.inputs ?? []).length === 1;
  }

  get explanation() {
    return words.explain.text;
  }

  open() {
    this.frame = null;
    this.stop = this.result.panel.watch(LENS, LENS, this.settings);
    this.page.hidden = false;
  }

  close() {
    this.stop();
    this.page.hidden = true;
  }

  /* The text in hand stays until the other one is here. */
  set(settings) {
    Object.assign(this, { settings: { ...this.settings, ...settings } });
    this.stop();
    this.stop = this.result.panel.watch(LENS, LENS, this.settings);
  }

  tools() {
    const { temperature, length } = this.settings;
    return [
      ...this.picker.parts,
      menu(words.temperature, TEMPERATURES, temperature, (value) => this.set({ temperature: value })),
      menu(words.length, LENGTHS, length, (value) => this.set({ length: value })),
      press("⟳", words.drawAgain, () => this.set({ seed: this.settings.seed + 1 })),
    ];
  }

  follow() {
    this.picker.follow();
  }

  /* While a unit is enlarged, the text steps back. */
  cover(isCovered) {
    this.page.hidden = isCovered;
  }

  draw() {
    this.frame = this.result.panel.store.frame(LENS) ?? this.frame;
    if (!this.frame) return this.result.drawNothing(words.textTitle, words.noText);
    const { example } = this.result.panel.store;
    write(this.result.title, words.example(example.split, example.index));
    write(this.result.readout, "");
    const tokens = this.frame.arrays.get("tokens").values, end = this.frame.arrays.get("prompt_length").values[0];
    const names = Array.from(tokens, (id) => String(this.result.panel.diagram.token_names?.[id] ?? id));
    const join = joinerOf(this.result.panel.diagram.token_names ?? []);
    const prompt = join(names.slice(0, end));
    write(this.prompt, (prompt.length > MOST_PROMPT ? `…${prompt.slice(-MOST_PROMPT)}` : prompt) + join.gap);
    write(this.written, join(names.slice(end)));
    this.result.say(words.textAlt(this.written.textContent));
    return undefined;
  }
}

/* Characters stand side by side, words apart; marks follow the word before them. */
function joinerOf(names) {
  const isCharacters = names.length > 0 && names.filter((name) => name.length > 1).length <= 1; // one may be <unknown>
  const join = (parts) => (isCharacters ? parts.join("") : parts.join(" ").replace(/ ([.,;:!?)\]}])/g, "$1").replace(/([([{]) /g, "$1").replace(/ ?\n ?/g, "\n"));
  join.gap = isCharacters ? "" : " ";
  return join;
}
