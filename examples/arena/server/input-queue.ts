/** The inputs of one player: each is obeyed once and in order, however often it came, and no faster than time passes. */
import type { Inputs } from "../shared/inputs.ts";
import type { Steering } from "../shared/rules.ts";

// Ticks that a player may save up while its packets are late: an eighth of a second.
const mostSaved = 16;

/** Inputs that have come and wait for their tick. */
export class InputQueue {
  readonly #waiting: { readonly sequence: number; readonly steering: Steering }[] = [];
  #newest = 0;
  #obeyed = 0;
  #saved = 0;

  /** The sequence number of the latest input that was taken. */
  get obeyed(): number {
    return this.#obeyed;
  }

  /** Puts in what has not come before. */
  add({ first, steerings }: Inputs): void {
    for (const [index, steering] of steerings.entries()) {
      const sequence = first + index;
      if (sequence <= this.#newest) continue;
      this.#newest = sequence;
      this.#waiting.push({ sequence, steering });
    }
    // Of somebody who sends more than one for each tick.
    if (this.#waiting.length > mostSaved) this.#waiting.splice(0, this.#waiting.length - mostSaved);
  }

  /** Time passes, and allows for so many inputs. */
  pass(ticks: number): void {
    this.#saved = Math.min(this.#saved + ticks, mostSaved);
  }

  /** The input to obey next; undefined when none has come, or it is not its time yet. */
  take(): Steering | undefined {
    if (this.#saved === 0) return undefined;
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    this.#saved--;
    this.#obeyed = next.sequence;
    return next.steering;
  }
}
