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

  button(label) {
    const roots = [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean);
    return [document, ...roots].map((root) => root.querySelector(`button[aria-label="${label}"]`)).find(Boolean);
  },

  /* The time since the page was asked for at which a person can work with it. */
  async usable(label) {
    const drawn = await this.drawn(0);
    return Math.max(drawn, await this.until(() => this.button(label)?.disabled === false));
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
addEventListener("click", (event) => (window.bench.clicked = event.timeStamp), true);
