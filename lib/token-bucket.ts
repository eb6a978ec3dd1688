/** A rate limit. */

/** Lets `rate` a second through on average, and up to `burst` at once. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #since: number;

  constructor(rate: number, burst: number, now = performance.now()) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#since = now;
  }

  /** Takes `amount`, or nothing and answers false. */
  take(amount: number, now = performance.now()): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#since) * this.#rate) / 1000);
    this.#since = now;
    if (this.#tokens < amount) return false;
    this.#tokens -= amount;
    return true;
  }
}
