/** Who gets in, and to whom we speak, where authentication is required. */
import { Availability, ConnectionInfoFlags, ConnectionState, HelperAnswer } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { steam_sockets_peer } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";
import { Demands, type Unproved } from "./demands.ts";
import { CreationError, UnsupportedError } from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { NetworkingEvent } from "../events/events.ts";
import { mustBeFirst, Signaling } from "../signaling/signaling.ts";
import { TokenBucket } from "../token-bucket.ts";
import type { ConfigOptions } from "../utils/config.ts";
import { boolean } from "../validate.ts";
import { CloseCode } from "../values/close-code.ts";
import type { ConnectionInfo } from "../values/connection-info.ts";
import type { ConnectionHandle, ListenSocketHandle, PollGroupHandle } from "../values/handles.ts";
import { formatIdentity } from "../values/native-identity.ts";
import { parsePeerIdentity, type PeerIdentity } from "../values/peer-identity.ts";
import { Certificates } from "./certificates.ts";

/** Options of a listen socket. */
export type ListenSocketOptions = ConfigOptions & {
  /**
   * Whether only those get in who have a certificate that counts here: signed by an authority that is trusted, not
   * expired, not revoked. Others are told why, with the code {@link CloseCode.Unauthenticated}, before
   * `connectionStatusChanged` tells of them; the event `authenticationRefused` does. False when it is left out.
   *
   * Whoever has seen a handshake can say it again. So Connected is told, and `open` called, when something has come that
   * nobody else can have said, which the other end is asked for: a round trip later.
   *
   * Our own certificate should be ready, for the other ends ask for it as well.
   *
   * On Steam, where Steam has certificates for everybody, the library itself keeps them out.
   */
  readonly requireAuthentication?: boolean;
};

/** Options of a connection that we begin. */
export type ConnectionOptions = ConfigOptions & {
  /**
   * Whether the other end must have a certificate that counts here, and we must have one for it. The connection fails
   * otherwise, before anything was sent; it is Connected a round trip later than the library says, when the other end
   * has said what nobody else can. False when it is left out.
   */
  readonly requireAuthentication?: boolean;
  /**
   * Who must be on the other end: one of these. Any valid certificate, a player's as well, could play the server
   * otherwise. Nothing is sent before that is known: sending answers `InvalidState`, until `connectionStatusChanged` says
   * Connected; the connection fails where it is somebody else. With `requireAuthentication` only.
   */
  readonly expect?: PeerIdentity | readonly PeerIdentity[];
};

const { Connecting, Connected } = ConnectionState;
const refusalsPerSecond = 10;
const refusalsAtOnce = 20;
// Clocks differ.
const toleratedSeconds = 300;
const peer = layoutOf(steam_sockets_peer);
const noSocket = 0 as ListenSocketHandle;
// 0 for never, for those of this machine as well.
const onlyWithCertificates = { IP_AllowWithoutAuth: 0, IPLocalHost_AllowWithoutAuth: 0 } as const;
const evenWithout = { IP_AllowWithoutAuth: 2, IPLocalHost_AllowWithoutAuth: 2 } as const;
// Without encryption nothing is signed either: whoever is on the way could speak for anybody.
const encrypted = { Unencrypted: 0 } as const;

/**
 * The library can keep those without a certificate out, but says nothing to them then, and on connections by identity it
 * can't. So it lets them come as far as Connecting, where nothing of theirs is read and nothing is sent to them, and they
 * are turned away here, before anybody hears of them.
 */
export class Gate {
  // One for all openings, as a hub is, and gone with the last of them.
  static readonly #gates = new WeakMap<EventHub, Gate>();

  /** The gate of the library whose hub this is. */
  static of(hub: EventHub, backend: Backend): Gate {
    let gate = Gate.#gates.get(hub);
    if (gate === undefined) Gate.#gates.set(hub, (gate = new Gate(hub, backend)));
    return gate;
  }

  readonly #hub: EventHub;
  readonly #signaling: Signaling;
  readonly #certificates: Certificates;
  readonly #demands: Demands;
  readonly #bucket = new TokenBucket(refusalsPerSecond, refusalsAtOnce);
  readonly #peer = new SharedMemory(peer.size);
  #unreported = 0;

  private constructor(hub: EventHub, backend: Backend) {
    this.#hub = hub;
    this.#demands = Demands.of(hub);
    this.#signaling = Signaling.of(hub, backend);
    this.#certificates = Certificates.of(hub, backend);
  }

  /** What to listen with, so that peers are told why they do not get in. */
  listenOptions(backend: Backend, isByAddress: boolean): ConfigOptions {
    this.#mustBeAble(backend);
    if (isSteam(backend)) return isByAddress ? onlyWithCertificates : {};
    return isByAddress ? { ...evenWithout, ...encrypted } : encrypted;
  }

  /** A listen socket was made, which lets anybody in, or only those who are authenticated. */
  listens(backend: Backend, socket: ListenSocketHandle, isRequired: boolean, isByAddress: boolean): void {
    this.#demands.opened(socket);
    if (!isRequired) return;
    const { helper, number, epoch } = backend;
    this.#watch();
    helper.tell_refusals(number, epoch);
    this.#demands.listenSockets.add(socket);
    if (!isByAddress) this.#demands.virtualPorts.add(socket);
  }

  /** A listen socket was closed. */
  closedSocket(socket: ListenSocketHandle): void {
    this.#demands.closed(socket);
  }

  /**
   * What to connect with, so that only somebody authenticated can answer.
   * @throws CreationError when we have no certificate ourselves.
   */
  connectOptions(backend: Backend, isByAddress: boolean, what: string): ConfigOptions {
    this.#mustBeAble(backend);
    if (!isSteam(backend)) {
      const { state, available, debugMessage } = this.#certificates.status;
      if (available !== Availability.Current) {
        throw new CreationError(what, `we have no certificate that counts (${state}: ${debugMessage})`, mend);
      }
    }
    return { ...(isByAddress ? onlyWithCertificates : {}), ...(isSteam(backend) ? {} : encrypted) };
  }

  /** The identities of which the other end must have one. @throws TypeError, RangeError when one is none. */
  expected(backend: Backend, expect: ConnectionOptions["expect"]): string[] {
    const list = expect === undefined ? [] : Array.isArray(expect) ? expect : [expect as PeerIdentity];
    if (expect !== undefined && list.length === 0) {
      throw new RangeError("expect must name somebody. Leave it out where anybody may be the other end");
    }
    return list.map((each: PeerIdentity) =>
      formatIdentity(backend.library, parsePeerIdentity(backend.library, each), 0),
    );
  }

  /** A connection was begun. Nothing is sent on it before its other end is known. */
  begun(backend: Backend, connection: ConnectionHandle, expected: readonly string[], isByAddress: boolean): void {
    this.#watch();
    const { helper, number, epoch } = backend;
    helper.guard(number, epoch, connection, true);
    if (!isByAddress && !isSteam(backend)) helper.prove(number, epoch, connection, true);
    this.#demands.unproved.set(connection, { hub: this.#hub, expected });
  }

  /** Whether it is not known yet who is on the other end. */
  isUnproved(connection: ConnectionHandle): boolean {
    return this.#demands.isUnproved(connection);
  }

  /** Whether a connection must wait before it may be in a poll group, which it then gets into. */
  keepsOut(connection: ConnectionHandle, group: PollGroupHandle): boolean {
    const unproved = this.#demands.unproved.get(connection);
    if (unproved !== undefined) unproved.group = group;
    return unproved !== undefined;
  }

  /** A connection was closed by us. */
  closed(backend: Backend, connection: ConnectionHandle): void {
    this.#demands.forget(connection);
    if (this.#demands.unproved.size > 0) this.#release(backend, connection);
  }

  /** Has NetworkingMessages deal only with those who are authenticated. */
  requireInSessions(backend: Backend, required: boolean): void {
    mustBeFirst(backend, "Authentication of an instance's sessions");
    this.#mustBeAble(backend);
    this.#watch();
    const { helper, number, epoch } = backend;
    if (!isSteam(backend)) helper.prove(number, epoch, noSocket, required);
  }

  #isWatching = false;

  /** From the first requirement on, events come by here. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#hub.screens.push((told, backend) => this.#screen(told, backend));
  }

  #screen(told: NetworkingEvent, backend: Backend): boolean {
    if (told.name === "authenticationRefused") return this.#isToldOf(told.event);
    if (told.name !== "connectionStatusChanged") return true;
    const { connectHandle, connection } = told.event;
    switch (connection.connectionState) {
      case Connecting:
        return !this.#isAsked(backend, connectHandle, connection) || this.#letIn(backend, connectHandle, connection);
      case Connected: {
        const unproved = this.#demands.unproved.get(connectHandle);
        if (unproved === undefined && !this.#isAsked(backend, connectHandle, connection)) return true;
        if (!hasSpoken(backend, connectHandle, connection)) {
          this.#demands.holdBack(connectHandle, this.#hub, told);
          return false;
        }
        // Native code may have accepted without an event before.
        if (unproved === undefined) return this.#letIn(backend, connectHandle, connection);
        return this.#isRight(backend, connectHandle, connection, unproved);
      }
      default:
        this.#demands.forget(connectHandle);
        return true;
    }
  }

  /** Whether a refusal is told of. Of those that are too many the next one tells the number. */
  #isToldOf(refusal: { unreported: number }): boolean {
    if (!this.#bucket.take(1)) {
      this.#unreported += 1 + refusal.unreported;
      return false;
    }
    refusal.unreported += this.#unreported;
    this.#unreported = 0;
    return true;
  }

  /** Whether somebody must show a certificate to come in. */
  #isAsked({ helper, number, epoch }: Backend, handle: ConnectionHandle, { listenSocket }: ConnectionInfo): boolean {
    if (listenSocket !== noSocket) return this.#demands.listenSockets.has(listenSocket);
    if (this.#demands.virtualPorts.size === 0) return false;
    // Who asks for a virtual port where nobody listens comes without a listen socket; so is what we begin ourselves.
    const answer = helper.peer_certificate(number, epoch, handle, this.#peer.bytes);
    return answer === 0 && this.#peer.view.getUint32(peer.offsets.cameIn, true) === 1;
  }

  /** Whether somebody may come in. Who may not is told why. */
  #letIn(backend: Backend, handle: ConnectionHandle, info: ConnectionInfo): boolean {
    const why = this.#whyNot(backend, handle, info);
    if (why === undefined) return true;
    const text = `not authenticated: ${why}`;
    const { CloseConnection } = backend.library.functions.sockets;
    CloseConnection(backend.sockets, handle, CloseCode.Unauthenticated, text, false);
    this.#hub.suppress(handle);
    this.#signaling.closed(handle, CloseCode.Unauthenticated, text);
    const { identity, remoteAddress: address, listenSocket } = info;
    const event = { identity, address, reason: why, listenSocket, unreported: 0 };
    this.#hub.queue({ name: "authenticationRefused", event });
    return false;
  }

  /** Whether the other end of a connection that we have begun is who it should be. Where it is not, the connection ends. */
  #isRight(backend: Backend, handle: ConnectionHandle, info: ConnectionInfo, unproved: Unproved): boolean {
    const why = this.#whyNot(backend, handle, info) ?? whyUnexpected(info.identity, unproved.expected);
    if (why === undefined) {
      this.#release(backend, handle);
      const { SetConnectionPollGroup } = backend.library.functions.sockets;
      if (unproved.group !== undefined) SetConnectionPollGroup(backend.sockets, handle, unproved.group);
      return true;
    }
    const { helper, number, epoch } = backend;
    const text = `The other end is not authenticated: ${why}`;
    if (helper.end_connection(number, epoch, handle, text) !== HelperAnswer.NoFunction) return false;
    // Steam's: its owner hears of it as of one that has failed.
    this.#release(backend, handle);
    const { CloseConnection } = backend.library.functions.sockets;
    CloseConnection(backend.sockets, handle, CloseCode.Unauthenticated, text, false);
    const ended = {
      ...info,
      connectionState: ConnectionState.ProblemDetectedLocally,
      endReason: CloseCode.Unauthenticated,
    };
    this.#hub.queue({
      name: "connectionStatusChanged",
      event: { connectHandle: handle, oldState: Connecting, connection: { ...ended, endDebug: text } },
    });
    return false;
  }

  #whyNot(backend: Backend, handle: ConnectionHandle, info: ConnectionInfo): string | undefined {
    const { helper, number, epoch } = backend;
    const { view, bytes } = this.#peer;
    const isAuthenticated = (info.infoFlags & ConnectionInfoFlags.Unauthenticated) === 0;
    const answer = helper.peer_certificate(number, epoch, handle, bytes);
    if (answer !== 0) return isAuthenticated ? undefined : "there is no certificate that counts here";
    const now = Date.now() / 1000;
    const expiry = view.getUint32(peer.offsets.expires, true);
    // Within a process the library asks for none, and sets no flag.
    if (expiry === 0) return "there is no certificate";
    const revoked = this.#certificates.whyRevoked(info.identity, view.getBigUint64(peer.offsets.key, true));
    if (revoked !== undefined) return revoked;
    if (isAuthenticated) {
      return view.getUint32(peer.offsets.created, true) > now + toleratedSeconds
        ? "the certificate does not count yet"
        : undefined;
    }
    if (expiry < now) return "the certificate has expired";
    return "the certificate is of no authority that is trusted here, or of a revoked one";
  }

  #release(backend: Backend, connection: ConnectionHandle): void {
    if (!this.#demands.unproved.delete(connection)) return;
    const { helper, number, epoch } = backend;
    helper.guard(number, epoch, connection, false);
    if (!isSteam(backend)) helper.prove(number, epoch, connection, false);
  }

  #mustBeAble({ library, helper, number, epoch }: Backend): void {
    if (library.kind === "steam") return;
    // Asks for nothing: 0 for a library that is the one of this package.
    if (helper.is_key_trusted(number, epoch, 1n, new SharedMemory(1024).bytes) !== HelperAnswer.NoFunction) return;
    throw new UnsupportedError("CertStore_CheckPublicKey", library.path, "The library of this package has it");
  }
}

const mend = "See net.certificates, and that the certificate was set or is renewed";

/** Whether an option is set; the rest of the options is the library's. */
export function splitOptions<Options extends ConnectionOptions | ListenSocketOptions>(
  options: Options | undefined,
): { isRequired: boolean; expect: ConnectionOptions["expect"]; config: ConfigOptions | undefined } {
  if (options === undefined || typeof options !== "object" || options === null || Array.isArray(options)) {
    return { isRequired: false, expect: undefined, config: options };
  }
  const { requireAuthentication = false, expect, ...config }: ConnectionOptions = options;
  const isRequired = boolean(requireAuthentication, "requireAuthentication");
  if (expect !== undefined && !isRequired) {
    throw new TypeError("expect goes with requireAuthentication: without it everybody can say to be anybody");
  }
  return { isRequired, expect, config };
}

function whyUnexpected(identity: string, expected: readonly string[]): string | undefined {
  if (expected.length === 0 || expected.includes(identity)) return undefined;
  // The other end hears it, too: whom we expect is not for everybody.
  return `it is ${JSON.stringify(identity)}, who is not expected`;
}

/** Whether something came from the other end that only he can have said; he is asked for it. */
function hasSpoken(
  { helper, number, epoch }: Backend,
  handle: ConnectionHandle,
  { infoFlags }: ConnectionInfo,
): boolean {
  // In memory nobody comes in between.
  if ((infoFlags & ConnectionInfoFlags.LoopbackBuffers) !== 0) return true;
  return helper.has_spoken(number, epoch, handle, true) !== 0;
}

function isSteam({ library }: Backend): boolean {
  return library.kind === "steam";
}
