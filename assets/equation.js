/* The LaTeX of the layers' equations as MathML, which browsers draw themselves. */

const SPACE = "http://www.w3.org/1998/Math/MathML";
const SYMBOLS = {
  sum: "∑", prod: "∏", odot: "⊙", sim: "∼", dots: "…", top: "⊤", cdot: "·", times: "×", in: "∈", infty: "∞",
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ϵ", varepsilon: "ε", eta: "η", theta: "θ", lambda: "λ",
  mu: "μ", sigma: "σ", varphi: "φ", phi: "ϕ", Phi: "Φ", Sigma: "Σ", tau: "τ", omega: "ω", partial: "∂",
  le: "≤", ge: "≥", to: "→",
};
const FUNCTIONS = ["max", "min", "tanh", "sin", "cos", "exp", "log", "ln"];
const GAPS = { ",": "0.17em", ";": "0.28em", "!": "-0.17em", quad: "1em", qquad: "2em", " ": "0.3em" };
const LARGE = new Set(["∑", "∏"]);
const OPERATORS = /[=+\-−,()[\]|⊙∼…·×∈→≤≥<>:;/]/;

export function equation(latex) {
  const row = node("mrow", ...sequence(tokens(latex), "end"));
  const made = node("math", row);
  made.setAttribute("aria-label", latex);
  return made;
}

/* A list of tokens that is read from the front: commands, braces, marks, or single characters. */
function tokens(latex) {
  return latex.match(/\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\S|\s+/g)?.filter((token) => token.trim() || token === "\\ ") ?? [];
}

function sequence(list, until) {
  const parts = [];
  while (list.length && list[0] !== until) parts.push(scripted(list));
  list.shift();
  return parts;
}

/* One part with what hangs on it: x_{t-1}^2. */
function scripted(list) {
  const base = part(list);
  let below = null, above = null;
  while (list[0] === "_" || list[0] === "^") {
    if (list.shift() === "_") below = part(list);
    else above = part(list);
  }
  if (!below && !above) return base;
  const isLarge = LARGE.has(base.textContent);
  if (below && above) return node(isLarge ? "munderover" : "msubsup", base, below, above);
  return below ? node(isLarge ? "munder" : "msub", base, below) : node("msup", base, above);
}

function part(list) {
  const token = list.shift() ?? "";
  if (token === "{") return node("mrow", ...sequence(list, "}"));
  if (token.startsWith("\\")) return command(token.slice(1), list);
  if (/^\d/.test(token)) return node("mn", token);
  return OPERATORS.test(token) ? node("mo", token === "-" ? "−" : token) : node("mi", token);
}

function command(name, list) {
  if (name === "frac") return node("mfrac", part(list), part(list));
  if (name === "sqrt") return node("msqrt", part(list));
  if (name === "text" || name === "operatorname") return words(name, list);
  if (name === "left" || name === "right") return node("mo", list.shift() ?? "");
  if (name in GAPS) return gap(GAPS[name]);
  if (FUNCTIONS.includes(name)) return upright(name);
  const symbol = SYMBOLS[name] ?? name;
  return OPERATORS.test(symbol) || LARGE.has(symbol) ? node("mo", symbol) : node("mi", symbol);
}

/* Words in braces, as they stand. */
function words(name, list) {
  if (list[0] === "{") list.shift();
  const letters = [];
  while (list.length && list[0] !== "}") letters.push(list.shift());
  list.shift();
  return name === "text" ? node("mtext", ` ${letters.join("")} `.replaceAll(":", ": ")) : upright(letters.join(""));
}

function upright(name) {
  const made = node("mi", name);
  made.setAttribute("mathvariant", "normal");
  return made;
}

function gap(width) {
  const made = node("mspace");
  made.setAttribute("width", width);
  return made;
}

function node(name, ...children) {
  const made = document.createElementNS(SPACE, name);
  made.append(...children);
  return made;
}
