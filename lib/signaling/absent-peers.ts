/** Signals for peers that are away: a few seconds' worth, for those who are about to come or to come back. */
import { SignalBacklog, type BacklogLimits, type WaitingSignal } from "./signal-backlog.ts";

/** How much is kept. */
export interface AbsentPeersLimits {
  /** For one peer. */
  readonly each: BacklogLimits;
  /** Bytes in all; each signal counts 256 more than it has. */
  readonly bytes: number;
}

/** A backlog for each peer that is away. Where there is no room in all, those who are longest awaited lose theirs. */
export class AbsentPeers {
  readonly #limits: AbsentPeersLimits;
  // By identity, the longest awaited first.
  readonly #backlogs = new Map<string, SignalBacklog>();
  #bytes = 0;
  #signals = 0;

  constructor(limits: AbsentPeersLimits) {
    this.#limits = limits;
  }

  /** How many signals wait. */
  get signals(): number {
    return this.#signals;
  }

  /** What they count. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of a signal; answers how many had to go for it. */
  keep(to: string, from: string, signal: Uint8Array): number {
    const backlog = this.#backlogs.get(to) ?? new SignalBacklog(this.#limits.each);
    let dropped = this.#count(backlog, () => backlog.push(from, signal));
    if (backlog.size > 0) this.#backlogs.set(to, backlog);
    for (const [peer, oldest] of this.#backlogs) {
      if (this.#bytes <= this.#limits.bytes) break;
      dropped += oldest.size;
      this.#forget(peer, oldest);
    }
    return dropped;
  }

  /** Takes out what waits for a peer, the oldest first. */
  take(to: string): WaitingSignal[] {
    const backlog = this.#backlogs.get(to);
    if (backlog === undefined) return [];
    return this.#count(backlog, () => {
      this.#backlogs.delete(to);
      backlog.expire();
      const waiting: WaitingSignal[] = [];
      for (let next = backlog.shift(); next !== undefined; next = backlog.shift()) waiting.push(next);
      return waiting;
    });
  }

  /** Drops those that have waited for too long; answers how many. */
  expire(): number {
    let expired = 0;
    for (const [peer, backlog] of this.#backlogs) {
      expired += this.#count(backlog, () => backlog.expire());
      if (backlog.size === 0) this.#backlogs.delete(peer);
    }
    return expired;
  }

  /** Drops all. */
  clear(): void {
    for (const [peer, backlog] of this.#backlogs) this.#forget(peer, backlog);
  }

  #forget(peer: string, backlog: SignalBacklog): void {
    this.#count(backlog, () => backlog.clear());
    this.#backlogs.delete(peer);
  }

  /** Does something to a backlog, and keeps the sums right. */
  #count<Result>(backlog: SignalBacklog, change: () => Result): Result {
    const { bytes, size } = backlog;
    const result = change();
    this.#bytes += backlog.bytes - bytes;
    this.#signals += backlog.size - size;
    return result;
  }
}
