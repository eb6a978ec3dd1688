/** What users of `listen` and `connect` hand in. */
import { describe } from "../validate.ts";
import type { ConnectionClosing } from "./closing.ts";
import type { Connection } from "./connection.ts";
import type { Message } from "./message.ts";

/**
 * What happens on connections. One object serves all connections of a server; the connection comes first. Handlers run
 * in {@link Networking.pump}, by the timer that calls it, or in {@link Networking.run}; those of a connection that is
 * ended here, within the call that ends it. What one throws goes to `error`; without that it is thrown by whoever runs the
 * handlers, when all of them are done. So does what an async one rejects with; without `error` that is an unhandled
 * rejection.
 */
export interface ConnectionHandlers<Data = undefined> {
  /** The connection stands. Before any of its messages; not for one that never came about. */
  open?(connection: Connection<Data>): unknown;
  /** A message came. It is valid until this returns: an async handler copies what it needs before it waits. */
  message?(connection: Connection<Data>, message: Message): unknown;
  /**
   * The connection has ended. Once for each that was opened, and the last that is heard of it, but for what its async
   * handlers reject with later.
   */
  close?(connection: Connection<Data>, end: ConnectionClosing): unknown;
  /** There is room again on a connection whose `send` or `take` had none. */
  drain?(connection: Connection<Data>): unknown;
  /** A handler threw, `data` threw, or a message could not be sent. */
  error?(connection: Connection<Data>, error: unknown): unknown;
}

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
  const { open, message, close, drain, error } = handlers;
  mustBeFunctions({ open, message, close, drain, error });
  return handlers;
}

/** @throws TypeError when one of them is neither a function nor left out. */
export function mustBeFunctions(functions: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(functions)) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${name} must be a function, not ${describe(value)}`);
  }
}
