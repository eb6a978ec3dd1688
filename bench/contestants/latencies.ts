/** Latencies of messages, in bins of 10 microseconds up to 200 milliseconds; as the native program counts them. */

import type { ReceiveAnswer } from "./load.ts";

const binNanoseconds = 10_000;

export class Latencies {
  readonly #bins = new Uint32Array(20_000);
  #count = 0;

  add(nanoseconds: number): void {
    const bin = Math.max(0, Math.min(this.#bins.length - 1, Math.trunc(nanoseconds / binNanoseconds)));
    this.#bins[bin]!++;
    this.#count++;
  }

  /** What a receiver answers whose processor time is this; 0 when the end did not come. */
  answer(cpu: number): ReceiveAnswer {
    return { received: this.#count, p50: this.at(0.5), p99: this.at(0.99), cpu, ended: cpu > 0 };
  }

  /** In milliseconds. */
  at(share: number): number {
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    const bin = this.#bins.findIndex((messages) => (seen += messages) >= rank);
    return ((bin + 1) * binNanoseconds) / 1e6;
  }
}
