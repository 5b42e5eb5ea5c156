/* A WebSocket that comes back: after a lost network, a restarted server, or a laptop that slept. */

import { words } from "./words.js";

const FIRST_WAIT = 250, LONGEST_WAIT = 8_000; // milliseconds between two tries
const SILENCE = 12_000; // while a run trains something arrives ten times a second; so long without it is a dead line
const REFUSED = 4403;

export class Link {
  /* `on`: {open(), text(message), binary(buffer), change()}; `isBusy()` says whether silence is suspicious. */
  constructor(address, on, isBusy) {
    Object.assign(this, { address, on, isBusy, state: "connecting", tries: 0, number: 0, waiting: new Map() });
    this.retry = () => this.open();
    addEventListener("online", this.retry);
    this.guard = setInterval(() => this.doubt(), SILENCE / 4);
    this.open();
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    if (this.isClosed || this.socket) return;
    clearTimeout(this.timer);
    const socket = (this.socket = new WebSocket(this.address));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.opened();
    socket.onmessage = ({ data }) => this.received(data);
    socket.onclose = ({ code }) => this.socket === socket && this.dropped(code);
  }

  opened() {
    this.heard = performance.now();
    this.become("open");
    this.on.open();
  }

  received(data) {
    this.heard = performance.now();
    this.tries = 0; // a line that is opened and closed without a word was refused, and is tried ever more seldom
    if (data instanceof ArrayBuffer) return this.on.binary(data);
    const message = JSON.parse(data);
    if ("answer" in message && this.waiting.has(message.answer)) this.settle(message);
    else this.on.text(message);
  }

  settle({ answer, ...outcome }) {
    const { resolve, reject } = this.waiting.get(answer);
    this.waiting.delete(answer);
    if (outcome.error) reject(new Error(outcome.error));
    else resolve(outcome);
  }

  dropped(code) {
    this.socket = null;
    for (const { reject } of this.waiting.values()) reject(new Error(words.dropped));
    this.waiting.clear();
    if (this.isClosed) return;
    this.become(code === REFUSED ? "refused" : "offline");
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.tries++);
    this.timer = setTimeout(this.retry, wait * (0.75 + Math.random() / 2)); // thirty pages do not all return at once
  }

  become(state) {
    this.state = state;
    this.on.change();
  }

  /* A line that died without a word is dropped, so that a new one is opened. */
  doubt() {
    if (!this.isOpen || !this.isBusy() || performance.now() - this.heard < SILENCE) return;
    const { socket } = this;
    socket.onclose = null;
    socket.close();
    this.dropped(0);
  }

  send(message) {
    if (this.isOpen) this.socket.send(JSON.stringify(message));
  }

  /* Sends with a number; the promise settles by the answer that carries the same number. */
  ask(message) {
    if (!this.isOpen) return Promise.reject(new Error(words.unreachable));
    const request = ++this.number;
    const answer = new Promise((resolve, reject) => this.waiting.set(request, { resolve, reject }));
    this.send({ ...message, request });
    return answer;
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearInterval(this.guard);
    removeEventListener("online", this.retry);
    this.socket?.close();
  }
}
