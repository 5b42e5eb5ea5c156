/* A row of numbers at every step as a map: steps to the right, the row upwards. */

import { courseWords as words } from "./lens_words.js";
import { Atlas } from "./colour.js";
import { drawShown, drawSteps, layOut } from "./course_lines.js";
import { drawTicks, fitted, niceTicks, setFont } from "./plot.js";
import { scaleOf } from "./view_common.js";

const atlas = new Atlas();

export function drawMap(scene) {
  const { context, theme, courses: [course], row, isLog } = scene;
  const names = Object.keys(course.values).filter((name) => name !== course.name), count = names.length;
  const plot = layOut(scene, [row.first - 0.5, row.first + count - 0.5]), { box, steps } = plot;
  const columns = course.steps.flatMap((step, place) => (step > 0 || !isLog ? [place] : []));
  const values = Float64Array.from({ length: count * columns.length }, (_, i) => (
    course.values[names[count - 1 - Math.floor(i / columns.length)]][columns[i % columns.length]] ?? NaN));
  const scale = scaleOf([{ values, factor: 1 }], theme, {});
  atlas.paint(1, count, columns.length, scale.table, (i) => scale.level(values[i]));
  context.imageSmoothingEnabled = false;
  steps.forEach((step, column) => {
    const [left, right] = [column ? (plot.x(steps[column - 1]) + plot.x(step)) / 2 : box.x, column + 1 < steps.length ? (plot.x(step) + plot.x(steps[column + 1])) / 2 : box.x + box.width];
    context.drawImage(atlas.canvas, column, 0, 1, count, left, box.y, right - left + 0.5, box.height);
  });
  drawTicks(context, theme, box, niceTicks(row.first, row.first + count - 1, Math.min(count, box.height / 30)), { along: "y", place: plot.y });
  drawSteps(scene, plot);
  drawShown(scene, plot);
  setFont(context, theme, 11.5);
  Object.assign(context, { fillStyle: theme.text, textAlign: "left", textBaseline: "middle" });
  context.fillText(fitted(context, words.map(course.title, row.axis), box.width), box.x, 11);
  const rowAt = (y) => ((found) => (found >= 0 && found < count ? found : null))(count - 1 - Math.floor(((y - box.y) / box.height) * count));
  return { ...plot, xs: steps.map(plot.x), rowAt };
}
