/** How late ticks were. */

/** Milliseconds behind the deadline. */
export interface LatenessSummary {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Remembers the lateness of each tick. */
export class Lateness {
  readonly #values: Float64Array;
  #count = 0;

  /** @param most how many ticks there can be. */
  constructor(most: number) {
    this.#values = new Float64Array(most);
  }

  /** Takes down how late one more tick was. */
  add(milliseconds: number): void {
    this.#values[this.#count++] = milliseconds;
  }

  /** Over the latest `count` ticks, or over all; zeros when there was none. */
  summary(count = this.#count): LatenessSummary {
    const sorted = this.#values.slice(Math.max(0, this.#count - count), this.#count).sort();
    const at = (share: number) => rounded(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}

function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(3));
}
