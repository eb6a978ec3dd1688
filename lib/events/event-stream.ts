/** Events as an async iterator. */
import { NetworkingError } from "../errors.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { connectionOf, type NetworkingEvent } from "./events.ts";

/** How many events a stream holds for a reader that is slow. */
export const mostWaiting = 65_536;

interface Waiter {
  readonly resolve: (result: IteratorResult<NetworkingEvent, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const done = { done: true, value: undefined } as const;

/**
 * The events of a network from the moment on that it was asked for, each with its name. Made by
 * {@link Networking.events}, for `for await`.
 *
 * Events that come while nobody asks wait, {@link mostWaiting} of them; a reader that falls further behind gets a
 * NetworkingError, and the stream ends: none is lost without a word.
 */
export class EventStream implements AsyncIterableIterator<NetworkingEvent, undefined> {
  #waiting: NetworkingEvent[] = [];
  // How many of those were read; they go when they are many, because each going moves all the rest.
  #read = 0;
  readonly #waiters: Waiter[] = [];
  readonly #left: (stream: EventStream) => void;
  #problem: NetworkingError | undefined;
  #isOver = false;

  /** @internal Use {@link Networking.events}. */
  constructor(left: (stream: EventStream) => void) {
    this.#left = left;
  }

  /** The next event, as soon as there is one; `done` when the network was closed, or {@link return} called. */
  async next(): Promise<IteratorResult<NetworkingEvent, undefined>> {
    const value = this.#waiting[this.#read];
    if (value !== undefined) {
      this.#read++;
      if (this.#read * 2 >= this.#waiting.length) this.#keep(this.#waiting.slice(this.#read));
      return { done: false, value };
    }
    if (this.#problem !== undefined) {
      const problem = this.#problem;
      this.#problem = undefined;
      throw problem;
    }
    if (this.#isOver) return done;
    return await new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Ends the stream; `break` in a `for await` does so. What waits is dropped. */
  async return(): Promise<IteratorResult<NetworkingEvent, undefined>> {
    this.#keep([]);
    this.#problem = undefined;
    this.end();
    return done;
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** {@link return}, for `await using stream = net.events()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** @internal An event has come. */
  push(event: NetworkingEvent): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) waiter.resolve({ done: false, value: event });
    else if (this.#waiting.length - this.#read < mostWaiting) this.#waiting.push(event);
    else this.#overflow();
  }

  /** @internal A connection was closed: nothing more is to be heard of it. */
  forget(connection: ConnectionHandle): void {
    if (this.#waiting.length === 0) return;
    this.#keep(this.#waiting.slice(this.#read).filter((told) => connectionOf(told) !== connection));
  }

  /** @internal Nothing more comes. What waits can still be read. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#left(this);
    for (const { resolve } of this.#waiters.splice(0)) resolve(done);
  }

  #keep(events: NetworkingEvent[]): void {
    this.#waiting = events;
    this.#read = 0;
  }

  #overflow(): void {
    this.#keep([]);
    this.#problem = new NetworkingError(
      `Nobody read the events for so long that more than ${mostWaiting} came. Read them faster, or use on()`,
    );
    this.end();
  }
}
