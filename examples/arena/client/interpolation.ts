/**
 * Interpolation: others are shown a little in the past, between two snapshots that have both come, and so move smoothly
 * though some snapshots come late or never.
 */
import type { History } from "../shared/history.ts";
import { placeOf, type Positions } from "../shared/positions.ts";
import type { Place } from "../shared/rules.ts";

// 47 ms at 128 Hz: five snapshots in a row may be lost.
const delayTicks = 6;
const mostTicksOff = 32;
const gentleness = 32;

// Nobody moves farther in a tick: it is somebody else, or has been put somewhere else.
const farthest = 200;

/** Shows where others were a moment ago. */
export class Interpolation {
  readonly #history: History;
  #time = 0;

  constructor(history: History) {
    this.#history = history;
  }

  /** The moment that is shown, in ticks of the server. */
  get time(): number {
    return this.#time;
  }

  /** A tick of the client has passed. */
  advance(): void {
    const wanted = this.#history.newest - delayTicks;
    const off = wanted - (this.#time + 1);
    this.#time = Math.abs(off) > mostTicksOff ? wanted : this.#time + 1 + off / gentleness;
  }

  /** Where a body is to be shown; undefined when it is not there. */
  placeOf(body: number): Place | undefined {
    const [before, earlier] = this.#nearest(Math.floor(this.#time), -1);
    const [after, later] = this.#nearest(Math.floor(this.#time) + 1, 1);
    const from = earlier && placeOf(earlier, body);
    const to = later && placeOf(later, body);
    if (from === undefined || to === undefined) return later === undefined ? from : to;
    const [right, down] = [to.x - from.x, to.y - from.y];
    if (Math.abs(right) + Math.abs(down) > farthest * (after - before)) return to;
    const share = (this.#time - before) / (after - before);
    return { x: from.x + right * share, y: from.y + down * share };
  }

  /** The first tick from one on, forwards or backwards, whose snapshot has come. */
  #nearest(from: number, step: 1 | -1): [tick: number, positions: Positions | undefined] {
    for (let tick = from; Math.abs(tick - from) < mostTicksOff && tick <= this.#history.newest; tick += step) {
      const positions = this.#history.at(tick);
      if (positions !== undefined) return [tick, positions];
    }
    return [from, undefined];
  }
}
