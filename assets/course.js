/* Progress measures of a run by step, which grow while it trains: lines with the step of their jump, or a row of numbers as a map. */

import { begin, element, mount } from "./mount.js";
import { drawCourses, hitCourses } from "./course_lines.js";
import { drawMap } from "./course_map.js";
import { courseWords as words } from "./lens_words.js";
import { setFont } from "./plot.js";
import { drawTip } from "./view_common.js";

const STYLE = new URL("lens.css", import.meta.url).href;
const SOON = 600, LATER = 4_000; // milliseconds until it is asked again: while there is more to come, and at rest

export default (component) => mount(component, (panel) => new Course(panel));

class Course {
  hasFrames = false;

  constructor(panel) {
    Object.assign(this, { panel, courses: {}, version: "", pointer: null, fault: "", asking: 0, asked: "" });
    this.plot = element("div", { className: "nx-plot" });
    panel.root.classList.add("nx-lens", "nx-course");
    panel.root.before(element("link", { rel: "stylesheet", href: STYLE }));
    panel.root.append(this.plot);
    this.sized = panel.canvas(this.plot, { role: "img", tabIndex: 0 });
    const { canvas } = this.sized;
    canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => this.point(offsetX, offsetY));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  update(isNewStore) {
    const asked = (this.panel.data.names ?? []).join();
    if (!isNewStore && asked === this.asked) return;
    if (isNewStore) this.courses = {};
    Object.assign(this, { asked, version: "" });
    this.ask();
  }

  async ask() {
    clearTimeout(this.waiting);
    const number = ++this.asking, { store } = this.panel;
    const found = this.asked ? await store.read("/course", { names: this.asked, known: this.version }) : null;
    if (number !== this.asking || this.isGone) return;
    if (found?.courses) Object.assign(this, { courses: found.courses, version: found.version });
    const isMoving = !found?.is_whole || store.isTraining;
    this.waiting = setTimeout(() => this.ask(), document.hidden || !isMoving ? LATER : SOON);
    if (found?.courses) this.panel.redraw();
  }

  destroy() {
    this.isGone = true;
    clearTimeout(this.waiting);
  }

  point(x, y) {
    this.pointer = x === null ? null : { x, y };
    this.panel.redraw();
  }

  /* The arrows lead from value to value. */
  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.hit?.xs) return;
    const { xs, index } = this.hit;
    this.point(xs[Math.max(0, Math.min(xs.length - 1, (index ?? -1) + by))], this.sized.height / 2);
    event.preventDefault();
    event.stopPropagation();
  }

  get scene() {
    const { data, theme, store } = this.panel, { titles = {} } = data;
    const courses = (data.names ?? []).map((name) => ({ name, title: titles[name] ?? name, ...this.courses[name] }));
    return { ...this.sized, theme, courses: courses.filter(({ steps }) => steps?.length), isLog: data.is_log, row: data.row, shown: store.shownStep };
  }

  draw() {
    if (!begin(this.sized)) return;
    const { scene } = this, { canvas } = this.sized;
    if (!scene.courses.length) return this.drawWords(Object.values(this.courses).find(({ fault }) => fault)?.fault ?? words.comes);
    const drawn = (scene.row ? drawMap : drawCourses)(scene);
    this.hit = this.pointer ? hitCourses(scene, drawn, this.pointer) : { xs: drawn.xs };
    if (this.hit.text) drawTip(this.sized.context, this.panel.theme, this.hit, this.sized);
    const alt = words.alt(scene.courses);
    if (canvas.ariaLabel !== alt) canvas.ariaLabel = alt;
  }

  drawWords(sentence) {
    const { context, width, height } = this.sized;
    setFont(context, this.panel.theme, 12.5);
    Object.assign(context, { fillStyle: this.panel.theme.muted, textAlign: "center", textBaseline: "middle" });
    context.fillText(sentence, width / 2, height / 2, width - 20);
  }
}
