/**
 * Prediction: the client obeys its own inputs at once, long before the server's answer is there. When the answer comes,
 * it starts from what the server says and repeats the inputs that the server did not have by then.
 */
import { mostInputs } from "../shared/inputs.ts";
import { move, type Motion, type Place, type Steering } from "../shared/rules.ts";

/** A client's own player, as it will be when the server has all inputs. */
export class Prediction {
  readonly #pending: Steering[] = [];
  #first = 1;
  #motion: Motion;

  /** @param motion what the server said first. */
  constructor(motion: Motion) {
    this.#motion = { ...motion };
  }

  /** Where the player is, as far as we can tell. */
  get place(): Place {
    return this.#motion;
  }

  /** The sequence number of the first of {@link pending}. */
  get first(): number {
    return this.#first;
  }

  /** The inputs that the server has not acknowledged. */
  get pending(): readonly Steering[] {
    return this.#pending;
  }

  /** Obeys an input, which has the next sequence number. */
  obey(steering: Steering): void {
    move(this.#motion, steering);
    this.#pending.push(steering);
    if (this.#pending.length > mostInputs) this.#forget(1);
  }

  /**
   * Takes the server's word.
   * @param obeyed the latest input that is in it.
   * @returns how far off the prediction was.
   */
  reconcile(obeyed: number, { x, y, velocityX, velocityY }: Motion): number {
    this.#forget(obeyed - this.#first + 1);
    const motion: Motion = { x, y, velocityX, velocityY };
    for (const steering of this.#pending) move(motion, steering);
    const error = Math.hypot(motion.x - this.#motion.x, motion.y - this.#motion.y);
    this.#motion = motion;
    return error;
  }

  #forget(count: number): void {
    this.#first += this.#pending.splice(0, Math.max(0, count)).length;
  }
}
