/** Carries signals between players, well or badly. */
import { noiseInteger } from "../noise.ts";

/** What befalls signals. */
export interface PostConditions {
  /** How many of a hundred are lost. */
  readonly lost?: number;
  /** How many of a hundred come twice. */
  readonly doubled?: number;
  /** Each waits for up to so many milliseconds, so that later ones overtake it. */
  readonly delay?: number;
}

/** Takes signals that came for somebody. */
export interface Addressee {
  deliver(from: string, signal: Uint8Array): void;
}

/** A signaling service of the test's own: it vouches for who sends, and what befalls signals comes from a seed. */
export class Post {
  /** Whether it carries anything. */
  isUp = true;
  /** Which signals it keeps back until {@link release}; they are not lost and come whole. */
  keeps: (from: string, to: string, signal: Uint8Array) => boolean = () => false;
  /** What it makes of a signal, for a post in the wrong hands: the same, several, or none. */
  alters: (from: string, to: string, signal: Uint8Array) => readonly Uint8Array[] = (_from, _to, signal) => [signal];
  /** How many signals it was given. */
  given = 0;
  /** How many it lost. */
  lost = 0;
  readonly #addressees = new Map<string, Addressee>();
  readonly #conditions: PostConditions;
  #kept: { readonly from: string; readonly deliver: () => void }[] = [];
  #dice = 0;

  constructor(conditions: PostConditions = {}) {
    this.#conditions = conditions;
  }

  /** From now on this is who is meant by an identity. */
  register(identity: string, addressee: Addressee): void {
    this.#addressees.set(identity, addressee);
  }

  /** Nobody is meant by it any more, if he still was. */
  leave(identity: string, addressee: Addressee): void {
    if (this.#addressees.get(identity) === addressee) this.#addressees.delete(identity);
  }

  carry(from: string, to: string, signal: Uint8Array): void {
    for (const each of this.alters(from, to, signal)) this.#carry(from, to, each);
  }

  #carry(from: string, to: string, signal: Uint8Array): void {
    const { lost = 0, doubled = 0, delay = 0 } = this.#conditions;
    this.given++;
    if (!this.isUp || this.#roll(99) < lost) {
      this.lost++;
      return;
    }
    const deliver = () => this.#addressees.get(to)?.deliver(from, signal);
    if (this.keeps(from, to, signal)) {
      this.#kept.push({ from, deliver });
      return;
    }
    for (let copies = this.#roll(99) < doubled ? 2 : 1; copies > 0; copies--) {
      if (delay === 0) deliver();
      else setTimeout(deliver, this.#roll(delay));
    }
  }

  /** How many signals of somebody it keeps back. */
  keptOf(from: string): number {
    return this.#kept.filter((kept) => kept.from === from).length;
  }

  /** Delivers what it has kept back of somebody, oldest first, each as often as it is told. */
  release(from: string, times = 1): void {
    const mine = this.#kept.filter((kept) => kept.from === from);
    this.#kept = this.#kept.filter((kept) => kept.from !== from);
    for (const { deliver } of mine) for (let copies = times; copies > 0; copies--) deliver();
  }

  #roll(most: number): number {
    return noiseInteger(23, this.#dice++, most);
  }
}
