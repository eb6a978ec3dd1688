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
  /** How many signals it was given. */
  given = 0;
  /** How many it lost. */
  lost = 0;
  readonly #addressees = new Map<string, Addressee>();
  readonly #conditions: PostConditions;
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
    const { lost = 0, doubled = 0, delay = 0 } = this.#conditions;
    this.given++;
    if (!this.isUp || this.#roll(99) < lost) {
      this.lost++;
      return;
    }
    for (let copies = this.#roll(99) < doubled ? 2 : 1; copies > 0; copies--) {
      const deliver = () => this.#addressees.get(to)?.deliver(from, signal);
      if (delay === 0) deliver();
      else setTimeout(deliver, this.#roll(delay));
    }
  }

  #roll(most: number): number {
    return noiseInteger(23, this.#dice++, most);
  }
}
