/** Connections that were ended here, until all that was sent on them has arrived and the other end knows of the end. */
import type { NetworkingSockets } from "../sockets/sockets.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import type { Backlog } from "./backlog.ts";
import type { Party } from "./party.ts";

/** What is needed for it. */
export interface FarewellsGround {
  readonly sockets: NetworkingSockets;
  readonly backlog: Backlog;
  /** Lets as many bytes wait to be sent on a connection as there can be. */
  widenSendBuffer(connection: ConnectionHandle): void;
}

/** One who has messages that found no room yet, and what is said when they have. */
interface Departing {
  /** Through which it was made. */
  readonly sockets: NetworkingSockets;
  readonly party: Party;
  readonly goodbye: () => void;
}

// The library looks once a second whether a connection that lingers is done.
const goodbyeMilliseconds = 1050;

/** The connections that are being ended with care. Those of {@link Connection.close} without `linger` are not here. */
export class Farewells {
  readonly #ground: FarewellsGround;
  readonly #departing = new Map<ConnectionHandle, Departing>();
  /** Those whose messages are all under way; with the time at which they were seen to have arrived. */
  readonly #lingering = new Map<ConnectionHandle, number>();

  constructor(ground: FarewellsGround) {
    this.#ground = ground;
  }

  /** Ends a connection as soon as everything reliable that was sent on it is under way, which mostly is now. */
  begin(party: Party, sockets: NetworkingSockets, code: number, text: string): void {
    const { backlog, widenSendBuffer } = this.#ground;
    const { handle } = party;
    const goodbye = () => {
      backlog.forget(party);
      sockets.closeConnection(handle, code, text, true);
      if (sockets.getUnacknowledgedSegments(handle) > 0) this.#lingering.set(handle, Infinity);
    };
    if (backlog.has(party)) {
      widenSendBuffer(handle);
      // There is a limit beside that: of what the other end has not acknowledged.
      if (!backlog.send(party)) {
        this.#departing.set(handle, { party, sockets, goodbye });
        return;
      }
    }
    goodbye();
  }

  /** A connection has room again. */
  drained(handle: ConnectionHandle): void {
    const departing = this.#departing.get(handle);
    if (departing !== undefined && this.#ground.backlog.send(departing.party)) this.#end(handle, departing);
  }

  /** A connection has ended by itself. False when it is none of these. */
  ended(handle: ConnectionHandle): boolean {
    const departing = this.#departing.get(handle);
    if (departing !== undefined) this.#end(handle, departing);
    return departing !== undefined;
  }

  /** Ends those that wait still, with what is under way by now: all, or those that were made through these sockets. */
  hurry(sockets?: NetworkingSockets): void {
    for (const [handle, departing] of [...this.#departing]) {
      if (sockets === undefined || departing.sockets === sockets) this.#end(handle, departing);
    }
  }

  /** Whether all is done. Forgets those that are, so it must be asked now and then. */
  get areOver(): boolean {
    const now = performance.now();
    const { sockets } = this.#ground;
    for (const [handle, departing] of [...this.#departing]) {
      if (sockets.getConnectionInfo(handle) === undefined) this.#end(handle, departing);
    }
    for (const [handle, arrivedAt] of this.#lingering) {
      if (now - arrivedAt > goodbyeMilliseconds) this.#lingering.delete(handle);
      else if (arrivedAt === Infinity && sockets.getUnacknowledgedSegments(handle) <= 0) {
        this.#lingering.set(handle, now);
      }
    }
    return this.#departing.size + this.#lingering.size === 0;
  }

  #end(handle: ConnectionHandle, { goodbye }: Departing): void {
    this.#departing.delete(handle);
    goodbye();
  }
}
