/* Films: the frames of all snapshots of a lens, fetched once for each length of the run and kept in the browser. */

import { parseFilm } from "./frames.js";
import { nearest } from "./series.js";

const MOST_FILMS = 6; // others are fetched again when they are wanted

export class FilmShelf {
  constructor(address, changed) {
    Object.assign(this, { address, changed, films: new Map() });
  }

  get isLoading() {
    return [...this.films.values()].some((film) => film.loading);
  }

  /* Fetch the film unless the one in hand was fetched at this step of the run. */
  async load(watch, step) {
    const film = this.film(watch);
    if (film.loading) return film.loading;
    if (film.upTo === step) return undefined;
    film.loading = this.fetch(film, watch, step).finally(() => {
      film.loading = null;
      this.changed();
    });
    this.changed();
    return film.loading;
  }

  async fetch(film, watch, step) {
    try {
      const answer = await fetch(this.address(watch));
      if (!answer.ok) return;
      film.frames = parseFilm(await answer.arrayBuffer());
      film.steps = film.frames.map((frame) => frame.header.step);
      film.upTo = step;
    } catch {
      // the film in hand stays; the next touch of the timeline tries again
    }
  }

  /* The frame nearest to a step, or null while there is none. */
  frame(watch, step) {
    const film = this.films.get(keyOf(watch));
    return film?.frames[nearest(film.steps, step)] ?? null;
  }

  /* Steps of the longest film among these. */
  steps(watches) {
    const all = watches.map((watch) => this.films.get(keyOf(watch))?.steps ?? []);
    return all.reduce((longest, steps) => (steps.length > longest.length ? steps : longest), []);
  }

  clear() {
    this.films.clear();
  }

  film(watch) {
    const key = keyOf(watch);
    const film = this.films.get(key) ?? { frames: [], steps: [], upTo: null, loading: null };
    this.films.delete(key);
    this.films.set(key, film); // the last one used stands last
    for (const old of this.films.keys()) if (this.films.size > MOST_FILMS) this.films.delete(old);
    return film;
  }
}

const keyOf = ({ lens, settings, example }) => JSON.stringify([lens, settings, example]);
