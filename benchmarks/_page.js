/* Runs in every page before its own code: finds the store that the pictures share, and stops the time in the page. */

window.bench = {
  address: null, // of the live line: it names the run and the token
  clicked: 0,

  async store() {
    const { connect } = await import("/assets/live.js");
    const { pathname, searchParams } = new URL(this.address);
    return connect(decodeURIComponent(pathname.split("/").pop()), searchParams.get("token"));
  },

  /* The time at which a condition holds, looked at before every drawing. */
  until(holds) {
    return new Promise((resolve) => {
      const look = async () => ((await holds()) ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    });
  },

  /* The time at which a picture of the stage was drawn whose step is at least this. */
  async drawn(step) {
    await this.until(() => this.address !== null);
    const store = await this.store();
    return new Promise((resolve) => {
      const leave = store.subscribe(() => {
        if (!((store.frames.get("stage")?.header.step ?? -1) >= step)) return;
        leave();
        resolve(performance.now());
      });
    });
  },

  find(selector) {
    const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
    return [document, ...roots].map((root) => root.querySelector(selector)).find(Boolean);
  },

  /* From now on, wait for the picture of a lens to show something else than it does. */
  watch(key) {
    const host = document.querySelector(`.st-key-canvas_lens_${key}`);
    const canvas = [host, ...host.querySelectorAll("*")].map((each) => (each.shadowRoot ?? each).querySelector("canvas")).find(Boolean);
    const before = canvas.toDataURL();
    this.changed = this.until(() => canvas.toDataURL() !== before);
  },

  /* The time since the page was asked for at which a person can work with it. */
  async usable(label) {
    const drawn = await this.drawn(0);
    return Math.max(drawn, await this.until(() => this.find(`button[aria-label="${label}"]`)?.disabled === false));
  },

  /* Move a pressed knob to and fro, once for every turn of the display: a driver outside the page sends too seldom. */
  async drag(slider, milliseconds) {
    const { left, width, bottom } = slider.getBoundingClientRect(), started = performance.now();
    const counting = this.count(milliseconds);
    await this.until(() => {
      const passed = performance.now() - started, share = 0.5 + 0.45 * Math.sin(passed / 500);
      const where = { clientX: left + share * width, clientY: bottom - 18, pointerId: 1, buttons: 1, bubbles: true };
      slider.dispatchEvent(new PointerEvent("pointermove", where));
      return passed >= milliseconds;
    });
    return counting;
  },

  /* Pictures of the stage and turns of the display over a while. */
  async count(milliseconds) {
    const store = await this.store(), before = { ...store.counts }, started = performance.now();
    let turns = 0;
    await this.until(() => (turns += 1, performance.now() - started >= milliseconds));
    const seconds = (performance.now() - started) / 1_000, rate = (name) => (store.counts[name] - before[name]) / seconds;
    return { arrived: rate("arrived"), seen: rate("arrived") - rate("overtaken"), drawings: rate("drawn"), turns: turns / seconds };
  },
};

window.WebSocket = class extends WebSocket {
  constructor(address, ...more) {
    super(address, ...more);
    if (new URL(address).pathname.startsWith("/live/")) window.bench.address = address;
  }
};
for (const name of ["click", "keydown"]) addEventListener(name, (event) => (window.bench.clicked = event.timeStamp), true);
