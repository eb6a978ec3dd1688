/** `Networking.run`: a tick loop that holds its rate and leaves the event loop its turns. */
import { boolean, describe, number } from "../validate.ts";

/** How to run. */
export interface RunOptions {
  /** Ticks a second, made for 30 to 240: 1 to 1000, fractions too. */
  readonly hz: number;
  /**
   * The game's work at one tick. Whatever it throws ends the run. It may not be async: the next tick would not wait for
   * it, and what it has received and would send belongs to its tick.
   */
  tick(frame: Frame): void;
  /** Ends the run when it is aborted: {@link Networking.run} then resolves, for this is how a run is meant to end. */
  readonly signal?: AbortSignal;
  /**
   * What becomes of ticks whose time passed while there was other work: `"skip"`, the default, leaves them out, and the
   * next one has a longer `delta`; `"catch-up"` runs them one right after the other, each with the usual `delta`, but
   * no more than a quarter of a second of them, and leaves the rest out.
   */
  readonly overrun?: "skip" | "catch-up";
  /**
   * Ends the run at SIGINT (Ctrl-C) and SIGTERM too: false when it is left out. From the end of the run on they do what
   * they did before, so a second Ctrl-C ends the process.
   */
  readonly signals?: boolean;
}

/** What a tick is told. One object for all ticks of a run: what is to be kept must be copied. */
export interface Frame {
  /** Which tick this is: 1, 2, 3 and so on, without gaps. */
  readonly number: number;
  /** When this tick is due, in seconds since the run began: a multiple of 1 / hz, and the sum of all `delta`. */
  readonly time: number;
  /** Seconds of game time since the tick before: exactly 1 / hz, or a multiple where ticks were left out. */
  readonly delta: number;
  /** How many milliseconds after its time this tick begins. */
  readonly lateness: number;
  /** Milliseconds that the tick before took with all it does: receive, tick, send, callbacks. 0 at the first. */
  readonly work: number;
  /** Ticks left out so far. */
  readonly overruns: number;
  /** Ends the run after this tick, once what it has sent is on its way. Works at any other time, too. */
  readonly stop: () => void;
}

/** How a run went. */
export interface RunSummary {
  /** Ticks that ran. */
  readonly ticks: number;
  /** Ticks that were left out. */
  readonly overruns: number;
  /** How long it ran, in seconds. */
  readonly seconds: number;
  /** What ended it: `frame.stop()`, the abort of `signal`, a signal of the system, or the network was closed. */
  readonly reason: "stop" | "abort" | "SIGINT" | "SIGTERM" | "close";
}

/** What a run does for the network around each tick. */
export interface Phases {
  /** Whether there is a network to do it for. A run ends when there is none any more. */
  readonly isOpen: boolean;
  /** Before the first tick. */
  begin(): void;
  receive(): void;
  send(): void;
  callbacks(): void;
  /** After the last tick, however the run ended, also when the network is closed by then. */
  end(): void;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

// A timer fires up to a millisecond early or late, so it ends before the deadline; a futex is exact to 0.1 ms.
const timerSlackMilliseconds = 1.2;

const mostCaughtUpSeconds = 0.25;

/**
 * Runs until something ends it.
 * @throws TypeError, RangeError when an option is wrong; whatever a phase or a tick throws.
 */
export async function runLoop(phases: Phases, options: RunOptions): Promise<RunSummary> {
  return new Loop(phases, checked(options)).begin();
}

class Loop {
  // Not #private: these are read and written at each tick.
  private readonly phases: Phases;
  private readonly options: RunOptions;
  private readonly period: number;
  private readonly mostCaughtUp: number;
  private readonly outcome = Promise.withResolvers<RunSummary>();
  private readonly frame: { -readonly [Name in keyof Frame]: Frame[Name] };
  private readonly wake = () => this.step();
  private readonly abort = () => this.stop("abort");
  private readonly interrupt = () => this.stop("SIGINT");
  private readonly terminate = () => this.stop("SIGTERM");
  private timer: ReturnType<typeof setTimeout> | undefined;
  private start = 0;
  /** Deadlines lie on a grid, so that a late tick makes none after it late: this is the place of the last tick. */
  private place = 0;
  private isStepping = false;
  private isOver = false;
  private reason: RunSummary["reason"] | undefined;

  constructor(phases: Phases, options: RunOptions) {
    const { hz, overrun } = options;
    this.phases = phases;
    this.options = options;
    this.period = 1000 / hz;
    this.mostCaughtUp = overrun === "catch-up" ? Math.max(1, Math.floor(hz * mostCaughtUpSeconds)) : 0;
    const stop = () => this.stop("stop");
    this.frame = { number: 0, time: 0, delta: 0, lateness: 0, work: 0, overruns: 0, stop };
  }

  begin(): Promise<RunSummary> {
    const { signal, signals } = this.options;
    this.phases.begin();
    this.start = performance.now();
    signal?.addEventListener("abort", this.abort);
    if (signals) process.on("SIGINT", this.interrupt).on("SIGTERM", this.terminate);
    if (signal?.aborted) this.abort();
    else this.wait();
    return this.outcome.promise;
  }

  /** Waits for the next tick. The event loop has a turn, however late it is. */
  private wait(): void {
    const deadline = this.start + (this.place + 1) * this.period;
    const milliseconds = Math.floor(deadline - performance.now() - timerSlackMilliseconds);
    if (milliseconds >= 1) this.timer = setTimeout(this.wake, milliseconds);
    else setImmediate(this.wake);
  }

  private step(): void {
    if (this.isOver) return;
    this.isStepping = true;
    try {
      const { frame, period } = this;
      const deadline = this.start + (this.place + 1) * period;
      let begin = performance.now();
      for (; begin < deadline; begin = performance.now()) Atomics.wait(sleeper, 0, 0, deadline - begin);
      const leftOut = Math.max(0, Math.floor((begin - deadline) / period) - this.mostCaughtUp);
      this.place += leftOut + 1;
      frame.number++;
      frame.overruns += leftOut;
      frame.time = (this.place * period) / 1000;
      frame.delta = ((leftOut + 1) * period) / 1000;
      frame.lateness = begin - deadline - leftOut * period;
      this.work();
      frame.work = performance.now() - begin;
    } catch (error) {
      this.finish({ error });
      return;
    }
    this.isStepping = false;
    if (!this.phases.isOpen) this.reason ??= "close";
    if (this.reason === undefined) this.wait();
    else this.finish();
  }

  /** One tick, up to where something closes the network. */
  private work(): void {
    const { phases } = this;
    if (phases.isOpen) phases.receive();
    if (phases.isOpen) this.tick();
    if (phases.isOpen) phases.send();
    if (phases.isOpen) phases.callbacks();
  }

  private tick(): void {
    const result: unknown = this.options.tick(this.frame);
    if (result instanceof Promise) {
      throw new TypeError(
        "tick must not be async: begin what takes longer in a tick, keep what comes of it, and use it in a later tick",
      );
    }
  }

  private stop(reason: RunSummary["reason"]): void {
    if (this.isOver) return;
    this.reason ??= reason;
    if (!this.isStepping) this.finish();
  }

  private finish(failure?: { readonly error: unknown }): void {
    const { frame, options, outcome, reason = "stop" } = this;
    this.isOver = true;
    clearTimeout(this.timer);
    options.signal?.removeEventListener("abort", this.abort);
    process.off("SIGINT", this.interrupt).off("SIGTERM", this.terminate);
    try {
      this.phases.end();
    } catch (error) {
      failure ??= { error };
    }
    if (failure !== undefined) outcome.reject(failure.error);
    else {
      const seconds = (performance.now() - this.start) / 1000;
      outcome.resolve({ ticks: frame.number, overruns: frame.overruns, seconds, reason });
    }
  }
}

function checked(options: RunOptions): RunOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`run takes an object of options, not ${describe(options)}`);
  }
  const { hz, tick, signal, overrun, signals } = options;
  number(hz, "hz", 1, 1000);
  if (typeof tick !== "function") throw new TypeError(`tick must be a function, not ${describe(tick)}`);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`);
  }
  if (overrun !== undefined && overrun !== "skip" && overrun !== "catch-up") {
    throw new TypeError(`overrun must be "skip" or "catch-up", not ${describe(overrun)}`);
  }
  if (signals !== undefined) boolean(signals, "signals");
  return options;
}
