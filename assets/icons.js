/* The few signs on buttons, drawn here so that nothing is fetched. */

const SPACE = "http://www.w3.org/2000/svg";
const PATHS = {
  play: "M8 5.5v13l11-6.5z",
  pause: "M7 5h4v14H7zM13.5 5h4v14h-4z",
  step: "M6 6v12l8.5-6zM16 6h2.5v12H16z",
  epoch: "M4 6v12l7-6zM11.5 6v12l7-6zM19 6h2v12h-2z",
  rewind: "M5 6h2.5v12H5zM18.5 6v12L9 12z",
  seed: "M6 3.5h12A2.5 2.5 0 0 1 20.5 6v12a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 18V6A2.5 2.5 0 0 1 6 3.5zM8 6.5a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2zm8 7.8a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2zm-4-3.9a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z",
  stop: "M6.5 6.5h11v11h-11z",
};

export function icon(name) {
  const picture = document.createElementNS(SPACE, "svg"), path = document.createElementNS(SPACE, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill-rule", "evenodd");
  picture.append(path);
  return picture;
}

/* Another sign on the same button. */
export function turnIcon(picture, name) {
  const path = picture.firstChild;
  if (path.getAttribute("d") !== PATHS[name]) path.setAttribute("d", PATHS[name]);
}
