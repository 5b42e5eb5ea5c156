/* Which part of the stage is seen: wheel and pinch zoom, drag pans, double click shows the whole network. */

const LEAST = 0.4, MOST = 6;
const LEAST_FIT = 0.62; // smaller than this nothing could be read: a longer network is panned

export class Camera {
  constructor(stage) {
    Object.assign(this, { stage, scale: 1, x: 0, y: 0, isTouched: false });
  }

  get fitting() {
    return Math.max(LEAST_FIT, Math.min(1, this.stage.sized.width / this.stage.scene.width));
  }

  /* After a new layout: stay where a person has looked, else show everything. */
  settle() {
    if (this.isTouched) this.clamp();
    else this.fit();
  }

  fit() {
    const { sized, scene } = this.stage;
    this.scale = this.fitting;
    this.isTouched = false;
    this.x = Math.max(0, (sized.width - scene.width * this.scale) / 2);
    this.y = (sized.height - scene.height * this.scale) / 2;
    this.changed();
  }

  zoom(factor, at) {
    const scale = Math.max(Math.min(LEAST, this.fitting), Math.min(MOST, this.scale * factor));
    this.x = at.x - ((at.x - this.x) * scale) / this.scale;
    this.y = at.y - ((at.y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.isTouched = true;
    this.clamp();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.isTouched = true;
    this.clamp();
  }

  /* Some of the network always stays in sight. */
  clamp() {
    const { sized, scene } = this.stage;
    const hold = (place, room, size) => Math.max(Math.min(0, room - size) - room / 3, Math.min(Math.max(0, room - size) + room / 3, place));
    this.x = hold(this.x, sized.width, scene.width * this.scale);
    this.y = hold(this.y, sized.height, scene.height * this.scale);
    this.changed();
  }

  /* Bring a box of the stage into sight. */
  reveal({ x, width }) {
    const { sized } = this.stage, left = this.x + x * this.scale, right = left + width * this.scale;
    if (left < 0) this.pan(24 - left, 0);
    else if (right > sized.width) this.pan(sized.width - 24 - right, 0);
  }

  get isWide() {
    return this.stage.scene.width * this.scale > this.stage.sized.width + 1;
  }

  changed() {
    // a finger scrolls the page unless there is something to pan here
    this.stage.canvas.style.touchAction = this.isTouched || this.isWide ? "none" : "pan-y";
    this.stage.panel.redraw();
  }

  apply(context) {
    context.translate(this.x, this.y);
    context.scale(this.scale, this.scale);
  }

  toStage({ x, y }) {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  toScreen({ x, y }) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }
}
