/** The timer that has a network's work done while nobody else does it. */

import { describe } from "../validate.ts";

const leastMilliseconds = 1;
const mostMilliseconds = 4;

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
    return new PumpUser(this);
  }

  /** Counts users, and those of them for whom the process shall live. */
  count(users: number, references: number): void {
    this.#users += users;
    this.#references += references;
    this.#adapt();
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

/** Somebody for whom the timer runs. */
export class PumpUser {
  readonly #pump: Pump;
  #isUser = true;
  #isReferenced = true;

  constructor(pump: Pump) {
    this.#pump = pump;
    pump.count(1, 1);
  }

  /** Whether the process shall live for it. */
  refer(wanted: boolean): void {
    if (!this.#isUser || wanted === this.#isReferenced) return;
    this.#isReferenced = wanted;
    this.#pump.count(0, wanted ? 1 : -1);
  }

  /** It needs it no more. */
  end(): void {
    if (!this.#isUser) return;
    this.#isUser = false;
    this.#pump.count(-1, this.#isReferenced ? -1 : 0);
  }
}

/** Whether the timer shall do the work. */
export function isPumped(pump: "auto" | "manual" | undefined): boolean {
  if (pump !== undefined && pump !== "auto" && pump !== "manual") {
    throw new TypeError(`pump must be "auto" or "manual", not ${describe(pump)}`);
  }
  return pump !== "manual";
}
