/** Of whom it must be known who he is. */
import type { Backend } from "../../sdk/backend.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { NetworkingEvent } from "../events/events.ts";
import type { ConnectionHandle, ListenSocketHandle, PollGroupHandle } from "../values/handles.ts";

const mostClosed = 256;
const askAgainMilliseconds = 100;

/** A connection that we have begun and that is not known to be the right one yet. */
export interface Unproved {
  readonly hub: EventHub;
  /** The identities of which the other end must have one; anybody's will do when there are none. */
  readonly expected: readonly string[];
  /** The poll group where it is to be when it is known. */
  group?: PollGroupHandle;
}

/** A connection that stands, of whose other end nothing came yet that nobody else could have said. */
interface Silent {
  readonly hub: EventHub;
  /** The event that says that it stands. */
  readonly told: NetworkingEvent;
  askAt: number;
}

/**
 * The handles of which something is demanded: one set for a network and its instances, for each handle works through all
 * of them.
 */
export class Demands {
  static readonly #known = new WeakMap<EventHub, Demands>();

  /** Those of a hub's library. */
  static of({ root }: EventHub): Demands {
    let demands = Demands.#known.get(root);
    if (demands === undefined) {
      Demands.#known.set(root, (demands = new Demands()));
      const listen = demands.#listen.bind(demands);
      root.beforeRuns.push(listen);
    }
    return demands;
  }

  /** Listen sockets that let only those in who are authenticated; also the last that were closed, see {@link closed}. */
  readonly listenSockets = new Set<ListenSocketHandle>();
  /** Those of them that have a virtual port. */
  readonly virtualPorts = new Set<ListenSocketHandle>();
  /** Connections whose other end is to be authenticated. */
  readonly unproved = new Map<ConnectionHandle, Unproved>();
  readonly #silent = new Map<ConnectionHandle, Silent>();
  readonly #closed: ListenSocketHandle[] = [];

  /** Whether it is not known yet who is on the other end. */
  isUnproved(connection: ConnectionHandle): boolean {
    return this.unproved.has(connection) || this.#silent.has(connection);
  }

  /** Tells of a connection when something came from its other end; he is asked for it. */
  holdBack(connection: ConnectionHandle, hub: EventHub, told: NetworkingEvent): void {
    this.#silent.set(connection, { hub, told, askAt: performance.now() + askAgainMilliseconds });
  }

  /** That is not to be told of any more. */
  forget(connection: ConnectionHandle): void {
    this.#silent.delete(connection);
  }

  #listen({ helper, number, epoch }: Backend): void {
    if (this.#silent.size === 0) return;
    const now = performance.now();
    for (const [connection, silent] of this.#silent) {
      const asks = now >= silent.askAt;
      if (asks) silent.askAt = now + askAgainMilliseconds;
      const answer = helper.has_spoken(number, epoch, connection, asks);
      if (answer === 0) continue;
      this.#silent.delete(connection);
      if (answer === 1) silent.hub.queue(silent.told);
    }
  }

  /** A network or an instance has ended, and its connections with it. */
  left(hub: EventHub): void {
    for (const [connection, unproved] of this.unproved) if (unproved.hub === hub) this.unproved.delete(connection);
    for (const [connection, silent] of this.#silent) if (silent.hub === hub) this.#silent.delete(connection);
  }

  /** A listen socket was made, of which nothing is demanded yet. Handles of closed ones come again, thousands later. */
  opened(socket: ListenSocketHandle): void {
    if (!this.listenSockets.delete(socket)) return;
    const at = this.#closed.indexOf(socket);
    if (at >= 0) this.#closed.splice(at, 1);
  }

  /** A listen socket was closed. Who came to it before may be told of after, and must not get by. */
  closed(socket: ListenSocketHandle): void {
    this.virtualPorts.delete(socket);
    if (!this.listenSockets.has(socket)) return;
    this.#closed.push(socket);
    const oldest = this.#closed.length > mostClosed ? this.#closed.shift() : undefined;
    if (oldest !== undefined) this.listenSockets.delete(oldest);
  }
}
