/** The processes of a demo. */
import type { Child } from "./child.ts";

// What the processes themselves may take for connecting and parting, and more: beyond it something hangs.
const extraMilliseconds = 60_000;
const watchMilliseconds = 250;

/** Who looks on. */
export interface Spectator<Progress> {
  /** A process was started. */
  started(name: string, pid: number): void;
  /** Called several times a second. */
  progress(progress: Progress): void;
}

/** Processes that play together: when one fails the others are ended, as all are when it takes too long. */
export class Company<Progress> implements Disposable {
  /** What went wrong with them: the first process that failed tells why. */
  readonly problems: string[] = [];
  readonly #children: Child<unknown>[] = [];
  readonly #spectator: Spectator<Progress>;
  readonly #interruption: AbortSignal;
  readonly #overdue: ReturnType<typeof setTimeout>;
  #watch: ReturnType<typeof setInterval> | undefined;

  /**
   * @param seconds how long they play.
   * @param interruption ends them early; its reason is the problem then.
   */
  constructor(seconds: number, spectator: Spectator<Progress>, interruption: AbortSignal) {
    this.#spectator = spectator;
    this.#interruption = interruption;
    const most = seconds * 1000 + extraMilliseconds;
    this.#overdue = setTimeout(() => this.#kill(`It was not over after ${most / 1000} s, so it was ended`), most);
    interruption.addEventListener("abort", this.#interrupt);
  }

  /** Takes a process in, and waits until it has ended. */
  async follow(child: Child<unknown>): Promise<void> {
    this.#children.push(child);
    this.#spectator.started(child.name, child.pid);
    if (this.#interruption.aborted) this.#interrupt();
    const problem = await child.ended;
    if (problem === undefined) return;
    if (this.problems.length === 0) this.problems.push(problem);
    this.#kill();
  }

  /** Has the spectator look on from now on. */
  watch(progress: () => Progress): void {
    this.#watch = setInterval(() => this.#spectator.progress(progress()), watchMilliseconds);
  }

  /** Ends those that have not ended. */
  [Symbol.dispose](): void {
    clearInterval(this.#watch);
    clearTimeout(this.#overdue);
    this.#interruption.removeEventListener("abort", this.#interrupt);
    this.#kill();
  }

  readonly #interrupt = () => this.#kill(String(this.#interruption.reason));

  #kill(why?: string): void {
    for (const child of this.#children) child.kill(why);
  }
}
