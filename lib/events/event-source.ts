/** What networks and instances have in common: both tell of events. */
import type { Backend } from "../../sdk/backend.ts";
import type { Emitter, Handler } from "../emitter.ts";
import type { EventHub } from "./event-hub.ts";
import { EventStream } from "./event-stream.ts";
import type { NetworkingEvents } from "./events.ts";

/** Tells of the events of a network, or of an instance. {@link Networking} and {@link NetworkInstance} are such. */
export abstract class NetworkEventSource {
  /** @internal The handlers that users have added. */
  protected readonly handlers: Emitter<NetworkingEvents>;
  readonly #hub: EventHub;
  readonly #backend: Backend;

  /** @internal */
  constructor(hub: EventHub, backend: Backend) {
    this.#hub = hub;
    this.#backend = backend;
    this.handlers = hub.attach();
  }

  /**
   * Calls `handler` at each event of this name: a network's, or an instance's own, to which `debugOutput` does not come.
   * Events are delivered in {@link Networking.runCallbacks}, on this thread, and nowhere else. A handler that throws keeps
   * no other from running.
   */
  on<Name extends keyof NetworkingEvents>(name: Name, handler: Handler<NetworkingEvents[Name]>): this {
    this.handlers.on(name, handler);
    return this;
  }

  /** Calls `handler` at the next event of this name, and not again. */
  once<Name extends keyof NetworkingEvents>(name: Name, handler: Handler<NetworkingEvents[Name]>): this {
    this.handlers.once(name, handler);
    return this;
  }

  /** Takes one `on` or `once` of this handler back; without a handler all of this name. */
  off<Name extends keyof NetworkingEvents>(name: Name, handler?: Handler<NetworkingEvents[Name]>): this {
    this.handlers.off(name, handler);
    return this;
  }

  /**
   * All events from now on as an async iterator, each as `{ name, event }`, beside {@link on}: for
   * `for await (const { name, event } of net.events())`. What handlers get in {@link Networking.runCallbacks} comes here
   * right after it has returned, so somebody must run callbacks or the pump. Lines of the log come as far as
   * {@link NetworkingUtils.setDebugOutputFunction} asked for them; `error` does not come.
   *
   * Events that nobody reads wait: of a connection until it is closed, and 65,536 in all, then reading throws a
   * NetworkingError. The iterator ends with `close`, when all that waits was read, and at once with `break` or `return()`.
   * Each call makes one of its own.
   *
   * @throws ClosedError after `close`.
   */
  events(): EventStream {
    void this.#backend.sockets; // which throws when it is closed
    const stream = new EventStream((ended) => this.#hub.leave(ended));
    this.#hub.follow(this.handlers, stream);
    return stream;
  }
}
