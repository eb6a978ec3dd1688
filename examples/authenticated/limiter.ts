/** How often something may be tried. */

/** Counts attempts by whoever makes them: so many at once, and then one each so many seconds. */
export class Limiter {
  readonly #atOnce: number;
  readonly #secondsEach: number;
  /** By whom, the moment at which all of his attempts are his again, in seconds. */
  readonly #free = new Map<string, number>();
  #nextSweep = 0;

  constructor(atOnce: number, secondsEach: number) {
    this.#atOnce = atOnce;
    this.#secondsEach = secondsEach;
  }

  /** Whether somebody may try once more; if so, it is counted. */
  allows(who: string, now = Date.now() / 1000): boolean {
    if (now >= this.#nextSweep) this.#sweep(now);
    const free = Math.max(now, this.#free.get(who) ?? 0) + this.#secondsEach;
    if (free > now + this.#atOnce * this.#secondsEach) return false;
    this.#free.set(who, free);
    return true;
  }

  /** Forgets those who have all of their attempts again. */
  #sweep(now: number): void {
    this.#nextSweep = now + this.#atOnce * this.#secondsEach;
    for (const [who, free] of this.#free) if (free <= now) this.#free.delete(who);
  }
}
