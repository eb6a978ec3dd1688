/** Of whom it must be known who he is. */
import type { EventHub } from "../events/event-hub.ts";
import type { ConnectionHandle, ListenSocketHandle, PollGroupHandle } from "../values/handles.ts";

/** A connection that we have begun and that is not known to be the right one yet. */
export interface Unproved {
  /** The identities of which the other end must have one; anybody's will do when there are none. */
  readonly expected: readonly string[];
  /** The poll group where it is to be when it is known. */
  group?: PollGroupHandle;
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
    if (demands === undefined) Demands.#known.set(root, (demands = new Demands()));
    return demands;
  }

  /** Listen sockets that let only those in who are authenticated. */
  readonly listenSockets = new Set<ListenSocketHandle>();
  /** Those of them that have a virtual port. */
  readonly virtualPorts = new Set<ListenSocketHandle>();
  /** Connections whose other end is to be authenticated. */
  readonly unproved = new Map<ConnectionHandle, Unproved>();
}
