/* About the unit that is selected: its layer's equation, and the sum that makes its value, in live numbers. */

import { equation } from "./equation.js";
import { numberAt, slab } from "./frames.js";
import { element, write } from "./mount.js";
import { brief, steady } from "./plot.js";
import { words } from "./words.js";

const MOST_TERMS = 4;
const EXTENT = 6; // of the plane that the maps of 2-D points cover
const MIDDLE = [0, 0];

export class UnitCard {
  constructor(stage) {
    this.stage = stage;
    this.title = element("strong");
    this.about = element("span", { className: "nx-muted" });
    this.equation = element("div", { className: "nx-equation" });
    this.rows = element("table", { className: "nx-terms" });
    this.note = element("div", { className: "nx-muted" });
    const close = element("button", { type: "button", textContent: "×", ariaLabel: words.close, className: "nx-close" });
    close.addEventListener("click", () => stage.store.select(null));
    this.box = element("aside", { className: "nx-card", hidden: true },
      close, this.title, this.about, this.equation, this.rows, this.note);
    stage.frameElement.append(this.box);
  }

  show() {
    const unit = this.stage.store.selected, column = unit && this.stage.scene.byName.get(unit.layer);
    this.box.hidden = !column;
    if (!column) return;
    if (this.shown !== column.layer) this.showLayer(column);
    this.place(unit, column);
    write(this.title, unitName(column, unit.index));
    const sum = this.sum(column, unit.index);
    this.showTerms(sum);
    write(this.note, sum ? this.noteOf(sum) : aboutValues(column, this.stage.array(column.name), unit.index));
  }

  showLayer(column) {
    this.shown = column.layer;
    write(this.about, [column.layer.title, words.shape(column.layer.shape ?? []), words.parameters(column.layer.parameters)].filter(Boolean).join(" · "));
    this.equation.replaceChildren(...(column.layer.equation ? [equation(column.layer.equation)] : []));
  }

  /* In the half of the stage where the unit is not. */
  place(unit, column) {
    const isLeft = this.stage.camera.toScreen({ x: column.centre, y: 0 }).x < this.stage.sized.width / 2;
    this.box.classList.toggle("nx-right", isLeft);
  }

  /* {terms: [{name, weight, input}], bias, total, value} of a unit of a linear layer; null for others. */
  sum(column, index) {
    const link = this.stage.scene.links.find(({ to, tensor }) => to === column && tensor);
    const weights = link && this.stage.array(`${link.tensor}.weight`);
    if (!weights) return null;
    const bias = this.stage.array(`${column.name}.bias`);
    const terms = Array.from({ length: link.from.total }, (_, input) => ({
      name: link.from.unitNames[input] ?? String(input + 1),
      weight: numberAt(weights, index * link.from.total + input), input: this.valueOf(link.from, input),
    }));
    const constant = bias ? numberAt(bias, index) : 0;
    const total = terms.reduce((sum, term) => sum + term.weight * term.input, constant);
    return { terms, bias: constant, total, value: this.valueOf(column, index), isPlane: column.look === "maps" };
  }

  get probe() {
    return this.stage.store.probe ?? MIDDLE;
  }

  /* The unit's number: of the example, or at the point of the plane in hand. */
  valueOf(column, index) {
    const array = this.stage.array(column.name);
    if (!array) return 0;
    if (column.look !== "maps") return numberAt(array, index);
    const [, rows, columns] = array.shape;
    const cell = (x, count) => Math.max(0, Math.min(count - 1, Math.round(((x + EXTENT) / (2 * EXTENT)) * (count - 1))));
    const [x, y] = this.probe;
    return slab(array, index)[cell(y, rows) * columns + cell(x, columns)] * array.factor;
  }

  showTerms(sum) {
    const shown = sum ? [...sum.terms].sort((one, other) => size(other) - size(one)).slice(0, MOST_TERMS) : [];
    const rows = shown.map(({ name, weight, input }) => [name, `${steady(weight)} × ${steady(input)}`, steady(weight * input)]);
    const rest = sum ? sum.terms.length - shown.length : 0;
    if (rest) rows.push([words.moreUnits(rest), "", steady(sum.total - sum.bias - shown.reduce((all, term) => all + term.weight * term.input, 0))]);
    if (sum) rows.push(["b", "", steady(sum.bias)], ["", "w·x + b", steady(sum.total)]);
    fillTable(this.rows, rows);
  }

  noteOf(sum) {
    const where = sum.isPlane ? ` ${words.at(...this.probe.map((part) => brief(part, 2)))}` : "";
    return `${words.value} ${steady(sum.value)}${where}`;
  }
}

const size = ({ weight, input }) => Math.abs(weight * input);

export function unitName({ layer, look, unitNames, name }, index) {
  const shown = layer.isInput ? words.input : name;
  if (unitNames?.[index] !== undefined) return `${shown} · ${unitNames[index]}`;
  if (look === "patterns") return words.head(shown, index);
  return look === "pictures" || look === "picture" ? words.channel(shown, index) : words.unit(shown, index);
}

/* The numbers of one unit, or how they are spread. */
export function aboutValues(column, array, index) {
  if (!array || column.look === "blank") return "";
  if (column.look === "cells") return `${words.value} ${steady(numberAt(array, index))}`;
  if (column.look === "tokens") return column.layer.tokenNames?.[array.values[index]] ?? String(array.values[index]);
  const values = column.look === "sheet" ? unitOverTime(array, index) : slab(array, Math.min(index, array.shape[0] - 1));
  let low = Infinity, high = -Infinity, sum = 0;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return words.range(...[low, high, sum / values.length].map((value) => steady(value * array.factor)));
}

function unitOverTime({ values, shape: [times, units] }, index) {
  return Array.from({ length: times }, (_, time) => values[time * units + index]);
}

/* Rows of text; cells are made once and rewritten. */
function fillTable(table, rows) {
  while (table.rows.length > rows.length) table.deleteRow(-1);
  rows.forEach((cells, place) => {
    const row = table.rows[place] ?? table.insertRow();
    cells.forEach((text, column) => write(row.cells[column] ?? row.insertCell(), text));
  });
}
