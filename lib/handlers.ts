/** What users of `listen` and `connect` hand in, and how connections end. */
import type { Connection } from "./connection.ts";
import type { Message } from "./message.ts";
import { describe } from "./validate.ts";

/** How a connection ended. */
export interface ConnectionClosing {
  /** Why: an application's code from 1000 to 2999, or one of the library's, see {@link ConnectionEnd}. */
  readonly code: number;
  /** The same in words. */
  readonly text: string;
  /** Who ended it: the other side, this one, or nobody, because something went wrong. */
  readonly by: "peer" | "local" | "problem";
}

/**
 * What happens on connections. One object serves all connections of a server; the connection comes first. Handlers run
 * in {@link Networking.pump}, by the timer that calls it, or in {@link Networking.run}. What one throws, or an async one
 * rejects with, goes to `error`; without that it is thrown by whoever runs the handlers.
 */
export interface ConnectionHandlers<Data = undefined> {
  /** The connection stands. Before any of its messages; not for one that never came about. */
  open?(connection: Connection<Data>): unknown;
  /** A message came. It is valid until this returns: an async handler copies what it needs before it waits. */
  message?(connection: Connection<Data>, message: Message): unknown;
  /** The connection has ended. Once for each that was opened, and the last that is heard of it. */
  close?(connection: Connection<Data>, end: ConnectionClosing): unknown;
  /** There is room again on a connection whose `send` or `take` had none. */
  drain?(connection: Connection<Data>): unknown;
  /** A handler threw, or a message could not be sent. */
  error?(connection: Connection<Data>, error: unknown): unknown;
}

const names = ["open", "message", "close", "drain", "error"] as const;

/** The handlers of a server, or of one connection that we made; they can be exchanged. */
export class HandlerSet<Data> {
  private current: ConnectionHandlers<Data>;

  constructor(handlers: ConnectionHandlers<Data>) {
    this.current = checked(handlers);
  }

  /** From the next event on these are called. */
  reload(handlers: ConnectionHandlers<Data>): void {
    this.current = checked(handlers);
  }

  /** Those that are called now. */
  get handlers(): ConnectionHandlers<Data> {
    return this.current;
  }
}

function checked<Data>(handlers: ConnectionHandlers<Data>): ConnectionHandlers<Data> {
  if (typeof handlers !== "object" || handlers === null) {
    throw new TypeError(`socket must be an object of handlers { open, message, close }, not ${describe(handlers)}`);
  }
  for (const name of names) {
    const handler: unknown = handlers[name];
    if (handler !== undefined && typeof handler !== "function") {
      throw new TypeError(`The handler ${name} must be a function, not ${describe(handler)}`);
    }
  }
  return handlers;
}
