/** Connections by identity: where a rendezvous service, or signals of one's own, bring two hosts together. */
import { HelperAnswer } from "../../ffi/enums.ts";
import { asAddress, type Address } from "../../ffi/memory.ts";
import { splitOptions, type ConnectionOptions, type ListenSocketOptions } from "../authentication/gate.ts";
import { Signaling } from "../signaling/signaling.ts";
import { bytes, describe, integer, type MessageData } from "../validate.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { parsePeerIdentity, type PeerIdentity } from "../values/peer-identity.ts";
import { Authentication } from "./authentication.ts";

/**
 * An object that native code has made, by its address. It is the maker's own care that the address is right and that
 * the object lives as long as the library needs it; a wrong one crashes the process.
 */
export interface NativeObject {
  /** Where it lies, as a pointer of `bun:ffi`. */
  readonly address: number;
}

const mostVirtualPort = 0xffff;
const noIdentity = null;

/** @internal */
export abstract class PeerToPeer extends Authentication {
  /**
   * Listens for connections by identity: what {@link connectP2P} begins, at the same virtual port. Each one that comes
   * in is told by `connectionStatusChanged` in the state Connecting, and must be accepted or closed within a second or
   * two.
   *
   * On steam_api they come through Valve's network. GameNetworkingSockets has no such network: there it takes those of
   * this process, and those that signals of one's own bring about.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreateListenSocketP2P`.
   *
   * @param virtualPort 0 to 65,535; best a small number, 0 where there is but one listen socket.
   * @param options config options, set before anything can come in, and handed on to the connections; and whether peers
   * must be authenticated: then also those who ask by signals for a virtual port where nobody listens.
   * @throws CreationError when the virtual port is taken; its `reason` has the library's words.
   */
  createListenSocketP2P(virtualPort: number, options?: ListenSocketOptions): ListenSocketHandle {
    integer(virtualPort, "a virtual port", 0, mostVirtualPort);
    const { isRequired, config } = splitOptions(options);
    const list = this.config.list(isRequired ? { ...config, ...this.gate.listenOptions(this.backend, false) } : config);
    const socket = this.made<ListenSocketHandle>(
      () => this.functions.CreateListenSocketP2P(this.backend.sockets, virtualPort, list.count, list.array),
      `A listen socket at virtual port ${virtualPort}`,
      "Name a virtual port that is free",
    );
    this.gate.listens(this.backend, socket, isRequired, false);
    return socket;
  }

  /**
   * Begins to connect to somebody who listens by {@link createListenSocketP2P}. `connectionStatusChanged` tells when
   * the connection is Connected, or why it failed.
   *
   * On steam_api Valve's network finds the other end; call `utils.initRelayNetworkAccess` early, for that takes a
   * while. GameNetworkingSockets reaches in this way nobody but the network's own identity, which is in this process.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConnectP2P`.
   *
   * @param identity who, as text or as a Steam ID.
   * @param virtualPort where he listens, 0 to 65,535; -1 for a fake IP address.
   * @throws TypeError, RangeError when the identity or the port is none.
   * @throws CreationError when the library refuses, or has no way to reach others; its `reason` has the library's words.
   */
  connectP2P(identity: PeerIdentity, virtualPort: number, options?: ConnectionOptions): ConnectionHandle {
    const native = parsePeerIdentity(this.backend.library, identity);
    integer(virtualPort, "a virtual port", -1, mostVirtualPort);
    const what = `A connection to ${identity} at virtual port ${virtualPort}`;
    const { list, begun } = this.#demands(options, what);
    const connection = this.made<ConnectionHandle>(
      () => this.functions.ConnectP2P(this.backend.sockets, native.bytes, virtualPort, list.count, list.array),
      what,
      "See that the other end listens there and that the library has a way to reach it",
    );
    begun(connection);
    return connection;
  }

  /**
   * Begins to connect to somebody with whom signals can be exchanged on a way of one's own: what the library wants to
   * tell the other end, it gives to the signaling object, and {@link receivedP2PCustomSignal} gets what comes back.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConnectP2PCustomSignaling`.
   *
   * @param signaling {@link Networking.signaling}, with a service in use. Or an `ISteamNetworkingConnectionSignaling`
   * that native code of yours made for this one connection: it is the library's from now on, which calls it on any
   * thread until it calls its `Release`; within this call when that fails.
   * @param identity who is expected there, or null when that is not known yet.
   * @param virtualPort the other end's, 0 to 65,535.
   * @throws CreationError when the library refuses; its `reason` has the library's words.
   */
  connectP2PCustomSignaling(
    signaling: Signaling | NativeObject,
    identity: PeerIdentity | null,
    virtualPort: number,
    options?: ConnectionOptions,
  ): ConnectionHandle {
    const native = identity === null ? noIdentity : parsePeerIdentity(this.backend.library, identity);
    integer(virtualPort, "a virtual port", 0, mostVirtualPort);
    const what = `A connection to ${identity ?? "somebody"} by signals`;
    const { list, begun } = this.#demands(options, what);
    // Last of all: from here on it is the library's.
    const object =
      signaling instanceof Signaling
        ? signaling.objectFor(this.backend, native ?? undefined)
        : addressOfNative(signaling, "a signaling object");
    const { ConnectP2PCustomSignaling } = this.functions;
    const expected = native?.bytes ?? noIdentity;
    const connection = this.made<ConnectionHandle>(
      () => ConnectP2PCustomSignaling(this.backend.sockets, object, expected, virtualPort, list.count, list.array),
      what,
      "See that the options allow it",
    );
    begun(connection);
    return connection;
  }

  /**
   * Gives the library a signal that has come on a way of one's own, with an answer of native code of yours to peers who
   * ask for a connection; {@link Signaling.receive} is the same without native code. The signal belongs to a connection
   * that there is, or asks for a new one, of which the library then asks the context; the context is not used after the
   * call.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ReceivedP2PCustomSignal`.
   *
   * @param signal what the other end's signaling object was given, at least one byte.
   * @param context an `ISteamNetworkingSignalingRecvContext` that native code made.
   * @returns false when there was something wrong with the signal; the log tells more.
   * @throws RangeError when the signal is empty, which the library can't bear.
   */
  receivedP2PCustomSignal(signal: MessageData, context: NativeObject): boolean {
    const payload = bytes(signal);
    if (payload.length === 0) throw new RangeError("a signal must have at least one byte");
    const object = addressOfNative(context, "a context");
    const { helper, number, epoch, sockets } = this.backend;
    const answer = helper.signal_with_context(number, epoch, sockets, payload, payload.length, object);
    if (answer !== HelperAnswer.NoFunction) return answer === 1;
    // Says what is missing.
    return this.functions.ReceivedP2PCustomSignal(sockets, payload, payload.length, object);
  }

  /** What the options ask of the other end of a connection that is about to be begun. */
  #demands(options: ConnectionOptions | undefined, what: string) {
    const { isRequired, expect, config } = splitOptions(options);
    const { backend, gate } = this;
    const expected = gate.expected(backend, expect);
    const list = this.config.list(isRequired ? { ...config, ...gate.connectOptions(backend, false, what) } : config);
    const begun = (connection: ConnectionHandle) => {
      if (isRequired) gate.begun(backend, connection, expected, false);
    };
    return { list, begun };
  }
}

function addressOfNative(object: NativeObject, what: string): Address {
  if (typeof object !== "object" || object === null) {
    throw new TypeError(`${what} must be an object { address }, not ${describe(object)}`);
  }
  return asAddress(integer(object.address, `the address of ${what}`, 1, Number.MAX_SAFE_INTEGER));
}
