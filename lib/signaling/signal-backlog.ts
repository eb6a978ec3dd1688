/** Signals that wait for somebody. */
import { signalMilliseconds } from "./service.ts";

/** A signal that waits. */
export interface WaitingSignal {
  /** The other end of it: whom it is for, or whom it is from. */
  readonly peer: string;
  readonly signal: Uint8Array;
  /** Since when it waits, as of `performance.now()`. */
  readonly since: number;
}

/** How much may wait. */
export interface BacklogLimits {
  readonly signals: number;
  readonly bytes: number;
  /** For how long: 10,000 when it is left out. */
  readonly milliseconds?: number;
}

// What an entry takes beside its bytes, roughly.
const overhead = 256;

/** What a waiting signal counts towards a limit of bytes. */
export function costOf({ signal }: WaitingSignal): number {
  return signal.length + overhead;
}

/** A queue with limits. Where there is no room the oldest signals go: they are of the least use. */
export class SignalBacklog {
  readonly #limits: Required<BacklogLimits>;
  readonly #waiting: WaitingSignal[] = [];
  #bytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = { milliseconds: signalMilliseconds, ...limits };
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** What they count: their bytes, and 256 more for each. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of a signal. Answers how many older ones had to go, or 1 when there is no room for this one. */
  push(peer: string, signal: Uint8Array, since = performance.now()): number {
    const entry = { peer, signal: signal.slice(), since };
    const cost = costOf(entry);
    const { signals, bytes } = this.#limits;
    if (signals < 1 || cost > bytes) return 1;
    let dropped = 0;
    for (; this.size >= signals || this.#bytes + cost > bytes; dropped++) this.shift();
    this.#waiting.push(entry);
    this.#bytes += cost;
    return dropped;
  }

  /** The oldest, which stays. */
  peek(): WaitingSignal | undefined {
    return this.#waiting[0];
  }

  /** Takes the oldest out. */
  shift(): WaitingSignal | undefined {
    const entry = this.#waiting.shift();
    if (entry !== undefined) this.#bytes -= costOf(entry);
    return entry;
  }

  /** Drops those that have waited for too long; answers how many. */
  expire(now = performance.now()): number {
    let expired = 0;
    for (let oldest = this.peek(); oldest !== undefined; oldest = this.peek()) {
      if (now - oldest.since < this.#limits.milliseconds) break;
      this.shift();
      expired++;
    }
    return expired;
  }

  /** Drops all. */
  clear(): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
  }
}
