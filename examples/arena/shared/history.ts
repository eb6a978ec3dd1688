/** Remembers the positions of the latest ticks: what differences are made to, and what is interpolated between. */
import { noPositions, type Positions } from "./positions.ts";

/** So many ticks are remembered, half a second. */
export const historyTicks = 64;

const nothing = noPositions();

/** A ring of tables. Tick 0 is known to all: nothing was there then. */
export class History {
  readonly #tables = Array.from({ length: historyTicks }, noPositions);
  readonly #ticks = new Array<number>(historyTicks).fill(-1);
  #newest = 0;

  /** The latest tick that was kept; 0 at first. */
  get newest(): number {
    return this.#newest;
  }

  /** The table of a tick; undefined when it is not, or no longer, known. */
  at(tick: number): Positions | undefined {
    if (tick === 0) return nothing;
    const place = tick % historyTicks;
    return this.#ticks[place] === tick ? this.#tables[place] : undefined;
  }

  /** The table to write a tick into, in place of the oldest one; {@link keep} it then. */
  room(tick: number): Positions {
    const place = tick % historyTicks;
    this.#ticks[place] = -1;
    return this.#tables[place]!;
  }

  /** From now on this tick is known. */
  keep(tick: number): void {
    this.#ticks[tick % historyTicks] = tick;
    this.#newest = tick;
  }
}
