/** One library's events on their way to everybody who has it open on this thread. */
import type { Backend, EventRecord } from "../../sdk/backend.ts";
import type { Helper } from "../../sdk/helper.ts";
import { Emitter } from "../emitter.ts";
import { tellOfDrains } from "../traffic/pool.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import type { EventStream } from "./event-stream.ts";
import { connectionOf, eventNames, readEvent, type NetworkingEvent, type NetworkingEvents } from "./events.ts";

/** An event, and the network that it is of. */
interface Waiting {
  readonly hub: EventHub;
  readonly told: NetworkingEvent;
}

const lookMilliseconds = 50;

/**
 * The library empties one queue whoever asks, so all openings of it share a hub: each drain delivers to all of them.
 *
 * Promises: events are delivered in `run` and nowhere else, in the order in which they happened, each once; none for a
 * connection after it was closed by us; a handler that throws stops nothing; what is put off with `whenIdle` happens
 * after the drain.
 *
 * An instance has a hub of its own, a branch of the library's: the root does the work for all, and the branch tells those
 * who listen there.
 */
export class EventHub {
  // By helper, for each one numbers its own libraries.
  static readonly #hubs = new WeakMap<Helper, Map<string, EventHub>>();

  /** The hub of the library that this backend has open. */
  static of(backend: Backend): EventHub {
    let hubs = EventHub.#hubs.get(backend.helper);
    if (hubs === undefined) EventHub.#hubs.set(backend.helper, (hubs = new Map()));
    const key = `${backend.number}:${backend.epoch}`;
    let hub = hubs.get(key);
    if (hub === undefined) hubs.set(key, (hub = new EventHub(hubs, key)));
    return backend.instance === 0 ? hub : hub.#branch(backend);
  }

  /** Our own handlers, which are told of each event before all others. */
  readonly insiders = new Emitter<NetworkingEvents>(eventNames);
  /** Done at the beginning of each run. */
  readonly beforeRuns: ((backend: Backend) => void)[] = [];
  /** Asked before an event is told: false keeps it from everybody. */
  readonly screens: ((told: NetworkingEvent, backend: Backend) => boolean)[] = [];
  readonly #siblings: Map<string, EventHub>;
  readonly #key: string;
  readonly #root: EventHub;

  /** The hub of the first network, which an instance's is a branch of; that itself for the first. */
  get root(): EventHub {
    return this.#root;
  }

  // Of the root: by instance.
  readonly #branches = new Map<number, EventHub>();
  #lookAt = 0;
  // With the most detailed debug output that each one wants.
  readonly #emitters = new Map<Emitter<NetworkingEvents>, number>();
  readonly #streams = new Map<EventStream, Emitter<NetworkingEvents>>();
  readonly #idle: (() => void)[] = [];
  // What we tell of ourselves, for the next run.
  readonly #queued: Waiting[] = [];
  #draining = false;

  // Kept from run to run, so that one in which nothing happens allocates nothing.
  readonly #events: Waiting[] = [];
  readonly #uncaught: unknown[] = [];
  // Of a branch its own; of the root the one that runs callbacks.
  #backend: Backend | undefined;
  readonly #read = (record: EventRecord) => {
    try {
      const hub = record.instance === 0 ? this : this.#branches.get(record.instance);
      const told = this.#backend && readEvent(this.#backend, record);
      if (hub !== undefined && told !== undefined) this.#events.push({ hub, told });
    } catch (error) {
      this.#uncaught.push(error);
    }
  };
  readonly #failed = (error: unknown) => this.#fail(error);

  // Closing queues a last event in the library. It comes out with the first run that begins after the close, so a
  // handle is forgotten when that run is over: later it may name another connection.
  readonly #closed = new Set<number>();
  readonly #closedSinceRun = new Set<number>();

  // Closed with messages under way, which a network that is to be closed waits for.
  readonly #lingering = new Set<ConnectionHandle>();

  private constructor(hubs: Map<string, EventHub>, key: string, root?: EventHub) {
    this.#siblings = hubs;
    this.#key = key;
    this.#root = root ?? this;
  }

  #branch(backend: Backend): EventHub {
    let branch = this.#branches.get(backend.instance);
    if (branch === undefined) {
      branch = new EventHub(this.#siblings, this.#key, this);
      branch.#backend = backend;
      this.#branches.set(backend.instance, branch);
    }
    return branch;
  }

  /** A new set of handlers that gets every event from now on. */
  attach(): Emitter<NetworkingEvents> {
    const emitter = new Emitter<NetworkingEvents>(eventNames);
    this.#emitters.set(emitter, 0);
    return emitter;
  }

  /** Ends delivery to these handlers. */
  detach(emitter: Emitter<NetworkingEvents>, backend: Backend): void {
    this.setDebugLevel(emitter, 0, backend);
    this.#emitters.delete(emitter);
    for (const [stream, follows] of [...this.#root.#streams]) if (follows === emitter) stream.end();
    if (this.#emitters.size > 0) return;
    if (this.#root === this) this.#siblings.delete(this.#key);
    else this.#root.#branches.delete(backend.instance);
  }

  /** Sets the most detailed debug output that these handlers get. The library makes what the most curious want. */
  setDebugLevel(emitter: Emitter<NetworkingEvents>, level: number, backend: Backend): void {
    this.#emitters.set(emitter, level);
    backend.setDebugLevel(Math.max(...this.#emitters.values()));
  }

  /** Gives a stream what these handlers get, until it ends. */
  follow(emitter: Emitter<NetworkingEvents>, stream: EventStream): void {
    this.#root.#streams.set(stream, emitter);
  }

  /** Ends that. */
  leave(stream: EventStream): void {
    this.#root.#streams.delete(stream);
  }

  /** Has an event that the library does not tell delivered in the next run. */
  queue(event: NetworkingEvent): void {
    this.#root.#queued.push({ hub: this, told: event });
  }

  /** Delivers one now, before the event that insiders are being told of. */
  tell(event: NetworkingEvent): void {
    this.#deliver(event);
  }

  /** Delivers no further event of a connection that was just closed. */
  suppress(connection: ConnectionHandle, lingers = false): void {
    this.#root.#closedSinceRun.add(connection);
    if (lingers) this.#root.#lingering.add(connection);
    for (const stream of this.#root.#streams.keys()) stream.forget(connection);
  }

  /** Connections that were closed while messages were under way, and may linger. */
  get lingering(): readonly ConnectionHandle[] {
    return [...this.#root.#lingering];
  }

  /** Does it now, or after the drain that is under way. */
  whenIdle(action: () => void): void {
    if (this.#root.#draining) this.#root.#idle.push(action);
    else action();
  }

  /**
   * Of a root: runs the library's callbacks and delivers all events. Within a handler it does nothing: what is new waits for the
   * next run.
   * @throws what a handler threw, when nobody handles `error`; several are one AggregateError.
   */
  run(backend: Backend): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#backend = backend;
    try {
      if (this.#closedSinceRun.size > 0) {
        for (const handle of this.#closedSinceRun) this.#closed.add(handle);
        this.#closedSinceRun.clear();
      }
      for (const handle of this.#lingering) if (backend.segments(handle) === 0) this.#lingering.delete(handle);
      for (const action of this.beforeRuns) action(backend);
      if (this.#branches.size > 0) this.#lookAtBranches();
      if (this.#queued.length > 0) this.#events.push(...this.#queued.splice(0));
      backend.runCallbacks(this.#read);
      if (this.#events.length > 0) for (const { hub, told } of this.#events.splice(0)) hub.#deliver(told);
      tellOfDrains(this.#failed);
      this.#closed.clear();
    } finally {
      this.#draining = false;
      this.#events.length = 0;
      if (this.#idle.length > 0) for (const action of this.#idle.splice(0)) this.#attempt(action);
    }
    if (this.#uncaught.length === 0) return;
    const uncaught = this.#uncaught.splice(0);
    throw uncaught.length === 1 ? uncaught[0] : new AggregateError(uncaught, "Several event handlers threw");
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#uncaught.push(error);
    }
  }

  /** What is done before each run goes by the clock, so for many instances now and then will do. */
  #lookAtBranches(): void {
    const now = performance.now();
    if (now < this.#lookAt) return;
    this.#lookAt = now + lookMilliseconds;
    for (const branch of this.#branches.values()) {
      if (branch.#backend?.isOpen === true) for (const action of branch.beforeRuns) action(branch.#backend);
    }
  }

  #deliver(told: NetworkingEvent): void {
    const uncaught = this.#root.#uncaught;
    if (this.screens.length > 0 && !this.#passes(told)) return;
    emit(this.insiders, told, this.#root.#failed, () => true);
    const connection = connectionOf(told);
    // Asked before each handler: the one before may have closed the connection.
    const isWanted = () => connection === undefined || this.#root.#isOpen(connection);
    for (const [emitter, debugLevel] of [...this.#emitters]) {
      if (told.name === "debugOutput" && told.event.level > debugLevel) continue;
      const failed = (error: unknown) => {
        if (emitter.has("error")) emitter.emit("error", error, (another) => uncaught.push(another));
        else uncaught.push(error);
      };
      emit(emitter, told, failed, isWanted);
      for (const [stream, follows] of this.#root.#streams) if (follows === emitter && isWanted()) stream.push(told);
    }
  }

  #passes(told: NetworkingEvent): boolean {
    const backend = this.#backend;
    return backend === undefined || this.screens.every((screen) => screen(told, backend));
  }

  /** Tells everybody who listens to errors of one that came from no set of handlers of ours. */
  #fail(error: unknown): void {
    const uncaught = this.#uncaught;
    const listeners = [...this.#emitters.keys()].filter((emitter) => emitter.has("error"));
    if (listeners.length === 0) uncaught.push(error);
    for (const emitter of listeners) emitter.emit("error", error, (another) => uncaught.push(another));
  }

  #isOpen(connection: ConnectionHandle): boolean {
    return !this.#closed.has(connection) && !this.#closedSinceRun.has(connection);
  }
}

/** Emits an event; generic, so that the compiler sees that name and event belong together. */
function emit<Name extends NetworkingEvent["name"]>(
  emitter: Emitter<NetworkingEvents>,
  { name, event }: NetworkingEvent<Name>,
  failed: (error: unknown) => void,
  isWanted: () => boolean,
): void {
  emitter.emit(name, event, failed, isWanted);
}
