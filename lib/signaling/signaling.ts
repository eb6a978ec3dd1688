/** Signals: how two peers who can't reach each other yet arrange a connection, by way of a service that both reach. */
import { helperSignalBytes } from "../../ffi/constants.ts";
import { HelperAnswer, HelperPeers, HelperRecordKind } from "../../ffi/enums.ts";
import type { Address, SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { ClosedError, UnsupportedError } from "../../sdk/errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import { readEvent } from "../events/events.ts";
import { boolean, describe } from "../validate.ts";
import { parseIdentity } from "../values/native-identity.ts";
import type { SignalingService } from "./service.ts";

/** How signals are dealt with. */
export interface SignalingOptions {
  /**
   * Whether peers who ask for a connection get one, Connecting, which is yours to accept or to close: true when it is
   * left out. False: they hear nothing, as if nobody were here.
   */
  readonly peers?: boolean;
  /**
   * Whether connectP2P and NetworkingMessages use it too, until the last close: true when it is left out on
   * GameNetworkingSockets, which reaches nobody otherwise; false on Steam, where they have Steam's own signaling.
   */
  readonly byDefault?: boolean;
}

/**
 * A network's side of the signaling: what the library wants carried to peers goes to a service, and what came from
 * them is handed in here. One for all openings of the network on this thread, until the last close.
 *
 * Ready services are in `steam-sockets/signaling`; whatever else carries some hundred bytes to a peer is one, too.
 */
export class Signaling {
  static readonly #known = new WeakMap<EventHub, Signaling>();

  /** @internal The one of the library whose events this hub delivers. */
  static of(hub: EventHub, backend: Backend): Signaling {
    let signaling = Signaling.#known.get(hub);
    if (signaling === undefined) Signaling.#known.set(hub, (signaling = new Signaling(hub, backend)));
    return signaling;
  }

  readonly #backend: Backend;
  #service: SignalingService | undefined;

  private constructor(hub: EventHub, backend: Backend) {
    this.#backend = backend;
    hub.insiders.on("signal", ({ to, signal }) => this.#service?.send(to, signal));
  }

  /** Whether a service is in use. */
  get isOn(): boolean {
    return this.#service !== undefined;
  }

  /**
   * Uses a service from now on, in place of the one before.
   * @throws UnsupportedError when the library has no functions for it.
   */
  use(service: SignalingService, options: SignalingOptions = {}): void {
    mustBeFirst(this.#backend, whose);
    if (typeof service?.send !== "function") {
      throw new TypeError(`A signaling service must have a function send, not be ${describe(service)}`);
    }
    const { library, number, epoch, helper } = this.#backend;
    const peers = boolean(options.peers ?? true, "peers") ? HelperPeers.Ask : HelperPeers.Ignore;
    const byDefault = boolean(options.byDefault ?? library.kind === "gns", "byDefault");
    this.#answer(helper.signaling(number, epoch, peers, byDefault));
    this.#service = service;
  }

  /**
   * Hands in a signal that came from a peer.
   * @param from who sent it, as the service vouches for it: never what the sender says of itself. A signal that claims
   * to be from somebody else is refused.
   * @returns whether it was of use; false for what is no signal.
   */
  receive(from: string, signal: Uint8Array): boolean {
    if (!(signal instanceof Uint8Array)) throw new TypeError(`A signal must be a Uint8Array, not ${describe(signal)}`);
    mustBeFirst(this.#backend, whose);
    const identity = parseIdentity(this.#backend.library, from);
    if (signal.length === 0 || signal.length > helperSignalBytes) return false;
    const { number, epoch, helper } = this.#backend;
    return this.#answer(helper.signal_received(number, epoch, identity.bytes, signal, signal.length)) === 1;
  }

  /**
   * How many connections have signaling of ours that the library has not given back; it does so some seconds after
   * their end.
   */
  get connections(): number {
    return this.#backend.signalings;
  }

  /**
   * @internal The last close: what still stands ends, and the service sends what waits, such as the news of that.
   * @param last the opening that closes, which need not be the one that this was made by.
   */
  end(last: Backend): void {
    const service = this.#service;
    if (service === undefined) return;
    try {
      last.helper.signaling_end(last.number, last.epoch);
      const failures: unknown[] = [];
      last.runCallbacks((record) => {
        if (record.kind !== HelperRecordKind.Signal) return;
        const told = readEvent(last, record);
        if (told?.name !== "signal") return;
        try {
          service.send(told.event.to, told.event.signal);
        } catch (failure) {
          failures.push(failure);
        }
      });
      if (failures.length > 0)
        throw failures.length === 1 ? failures[0] : new AggregateError(failures, "Some signals were not sent");
    } finally {
      service.close?.();
    }
  }

  /** @internal A signaling object for a connection that is about to be begun. */
  objectFor(from: Backend, to: SharedMemory | undefined): Address {
    mustBeFirst(from, whose);
    const { number, epoch, helper } = this.#backend;
    const address = helper.signaling_new(number, epoch, to?.bytes ?? null);
    if (typeof address !== "number") throw new ClosedError("The network was closed");
    return address;
  }

  /** @internal Has the peer of a connection that was just closed hear of it at once. */
  closed(connection: number, reason: number, text: string): void {
    if (this.#service === undefined) return;
    const { number, epoch, helper } = this.#backend;
    helper.signaling_closed(number, epoch, connection, reason, text);
  }

  /** @internal Has somebody whose session was just closed hear of it at once. */
  sessionClosed(identity: SharedMemory): void {
    if (this.#service === undefined) return;
    const { number, epoch, helper } = this.#backend;
    helper.session_closed(number, epoch, identity.bytes);
  }

  #answer(answer: number): number {
    if (answer === HelperAnswer.NotOpen)
      throw new ClosedError("The network was closed. Open it again with openNetworking()");
    if (answer === HelperAnswer.NoFunction) {
      throw new UnsupportedError(
        "SteamAPI_ISteamNetworkingSockets_ReceivedP2PCustomSignal",
        this.#backend.library.path,
        "Another build of it may have it",
      );
    }
    return answer;
  }
}

const whose = "Signaling of an instance";

/** @internal Signals do not tell which instance they are of. @throws UnsupportedError when this is one. */
export function mustBeFirst({ instance, library }: Backend, what: string): void {
  if (instance === 0) return;
  throw new UnsupportedError(
    what,
    library.path,
    "Peers reach an instance by address, and instances of one process each other by identity",
  );
}
