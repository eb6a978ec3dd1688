/** The timer that has a network's work done while nobody else does it. */

import { describe } from "./validate.ts";

const leastMilliseconds = 1;
const mostMilliseconds = 4;

/** Somebody for whom the timer runs. */
export interface PumpUser {
  /** Whether the process shall live for it. */
  refer(wanted: boolean): void;
  /** It needs it no more. */
  end(): void;
}

/**
 * Calls `turn` every 1 to 4 ms, the slower the longer there was nothing to do. It runs while somebody uses it and
 * nobody holds it, and keeps the process alive while one of its users wants that.
 */
export class Pump {
  readonly #turn: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #milliseconds = leastMilliseconds;
  #users = 0;
  #references = 0;
  #holders = 0;

  /** @param turn answers whether there was something to do. */
  constructor(turn: () => boolean) {
    this.#turn = turn;
  }

  /** One user more, for whom the process shall live. */
  user(): PumpUser {
    let [isUser, isReferenced] = [true, false];
    const refer = (wanted: boolean) => {
      if (wanted !== isReferenced) this.#references += wanted ? 1 : -1;
      isReferenced = wanted;
      this.#adapt();
    };
    this.#users++;
    refer(true);
    return {
      refer: (wanted) => {
        if (isUser) refer(wanted);
      },
      end: () => {
        if (!isUser) return;
        isUser = false;
        this.#users--;
        refer(false);
      },
    };
  }

  /** Pauses it, for somebody who does the work himself; as often as it is held it must be let go. */
  hold(): void {
    this.#holders++;
    this.#adapt();
  }

  /** Takes a {@link hold} back. */
  letGo(): void {
    this.#holders--;
    this.#adapt();
  }

  #adapt(): void {
    if (this.#users === 0 || this.#holders > 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#milliseconds = leastMilliseconds;
      this.#wind();
    } else if (this.#references > 0) this.#timer.ref();
    else this.#timer.unref();
  }

  #wind(): void {
    this.#timer = setTimeout(() => this.#strike(), this.#milliseconds);
    if (this.#references === 0) this.#timer.unref();
  }

  #strike(): void {
    this.#timer = undefined;
    try {
      this.#milliseconds = this.#turn() ? leastMilliseconds : Math.min(this.#milliseconds + 1, mostMilliseconds);
    } finally {
      if (this.#timer === undefined && this.#users > 0 && this.#holders === 0) this.#wind();
    }
  }
}

/** Whether the timer shall do the work. */
export function isPumped(pump: "auto" | "manual" | undefined): boolean {
  if (pump !== undefined && pump !== "auto" && pump !== "manual") {
    throw new TypeError(`pump must be "auto" or "manual", not ${describe(pump)}`);
  }
  return pump !== "manual";
}
