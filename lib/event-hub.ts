/** One library's events on their way to everybody who has it open on this thread. */
import type { GnsBackend } from "../sdk/gns.ts";
import type { ConnectionHandle } from "./handles.ts";
import { eventNames, readEvent, type NetworkingEvent, type NetworkingEvents } from "./events.ts";
import { Emitter } from "./emitter.ts";

/**
 * The library empties one queue whoever asks, so all openings of it share a hub: each drain delivers to all of them.
 *
 * Promises: events are delivered in `run` and nowhere else, in the order in which they happened, each once; none for a
 * connection after it was closed by us; a handler that throws stops nothing; what is put off with `whenIdle` happens
 * after the drain.
 */
export class EventHub {
  static readonly #hubs = new Map<string, EventHub>();

  /** The hub of the library that this backend has open. */
  static of(backend: GnsBackend): EventHub {
    const key = `${backend.number}:${backend.epoch}`;
    let hub = EventHub.#hubs.get(key);
    if (hub === undefined) EventHub.#hubs.set(key, (hub = new EventHub(key)));
    return hub;
  }

  readonly #key: string;
  readonly #emitters = new Set<Emitter<NetworkingEvents>>();
  readonly #idle: (() => void)[] = [];
  #draining = false;

  // Closing queues a last event in the library. It comes out with the first run that begins after the close, so a
  // handle is forgotten when that run is over: later it may name another connection.
  #closed = new Set<number>();
  #closedSinceRun = new Set<number>();

  private constructor(key: string) {
    this.#key = key;
  }

  /** A new set of handlers that gets every event from now on. */
  attach(): Emitter<NetworkingEvents> {
    const emitter = new Emitter<NetworkingEvents>(eventNames);
    this.#emitters.add(emitter);
    return emitter;
  }

  /** Ends delivery to these handlers. */
  detach(emitter: Emitter<NetworkingEvents>): void {
    this.#emitters.delete(emitter);
    if (this.#emitters.size === 0) EventHub.#hubs.delete(this.#key);
  }

  /** Delivers no further event of a connection that was just closed. */
  suppress(connection: ConnectionHandle): void {
    this.#closedSinceRun.add(connection);
  }

  /** Does it now, or after the drain that is under way. */
  whenIdle(action: () => void): void {
    if (this.#draining) this.#idle.push(action);
    else action();
  }

  /**
   * Runs the library's callbacks and delivers all events. Within a handler it does nothing: what is new waits for the
   * next run.
   * @throws what a handler threw, when nobody handles `error`; several are one AggregateError.
   */
  run(backend: GnsBackend): void {
    if (this.#draining) return;
    this.#draining = true;
    const uncaught: unknown[] = [];
    try {
      for (const handle of this.#closedSinceRun) this.#closed.add(handle);
      this.#closedSinceRun = new Set();
      const events: NetworkingEvent[] = [];
      backend.runCallbacks((record) => {
        const event = readEvent(backend, record);
        if (event !== undefined) events.push(event);
      });
      for (const event of events) this.#deliver(event, uncaught);
      this.#closed.clear();
    } finally {
      this.#draining = false;
      for (const action of this.#idle.splice(0)) action();
    }
    if (uncaught.length === 1) throw uncaught[0];
    if (uncaught.length > 1) throw new AggregateError(uncaught, "Several event handlers threw");
  }

  #deliver(event: NetworkingEvent, uncaught: unknown[]): void {
    if (event.name === "connectionStatusChanged" && this.#isClosed(event.event.connectHandle)) return;
    for (const emitter of [...this.#emitters]) {
      emitEvent(emitter, event, (error) => {
        if (emitter.has("error")) emitter.emit("error", error, (another) => uncaught.push(another));
        else uncaught.push(error);
      });
    }
  }

  #isClosed(connection: ConnectionHandle): boolean {
    return this.#closed.has(connection) || this.#closedSinceRun.has(connection);
  }
}

function emitEvent(
  emitter: Emitter<NetworkingEvents>,
  { name, event }: NetworkingEvent,
  failed: (error: unknown) => void,
): void {
  // The switch lets the compiler see that name and event belong together.
  switch (name) {
    case "connectionStatusChanged":
      return emitter.emit(name, event, failed);
    case "debugOutput":
      return emitter.emit(name, event, failed);
  }
}
