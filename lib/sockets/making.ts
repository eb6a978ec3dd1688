/** Listen sockets and connections by address: making and ending them. */
import { maxConnectionCloseReason } from "../../ffi/constants.ts";
import { ConnectionEnd, type Result } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { splitOptions, type ConnectionOptions, type ListenSocketOptions } from "../authentication/gate.ts";
import { boolean, handle, integer, text } from "../validate.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { parseAddress, type NativeAddress } from "../values/native-address.ts";
import { parseIdentity } from "../values/native-identity.ts";
import { asResult, SocketsCore } from "./core.ts";

const { App_Min, AppException_Max } = ConnectionEnd;
// C counts the closing zero.
const mostReasonBytes = maxConnectionCloseReason - 1;
const portTries = 16;

/** @internal */
export abstract class Making extends SocketsCore {
  /**
   * Listens for connections at a local UDP address. Each one that comes in is told by `connectionStatusChanged` in the
   * state Connecting, and must be accepted or closed within a second or two.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreateListenSocketIP`.
   *
   * @param address `"127.0.0.1:27015"` for one interface, `"0.0.0.0:27015"` for every IPv4 interface, `"[::]:27015"`
   * for every interface, IPv4 and IPv6 alike where the system allows it. Port 0 is a free port of the system's choice:
   * {@link getListenSocketAddress} tells which.
   * @param options config options, set before anything can come in, and handed on to the connections; and whether peers
   * must be authenticated.
   * @throws CreationError when the address is taken or not this machine's; its `reason` has the library's words.
   */
  createListenSocketIP(address: string, options?: ListenSocketOptions): ListenSocketHandle {
    const native = parseAddress(this.backend.library, address);
    const { isRequired, config } = splitOptions(options);
    const list = this.config.list(isRequired ? { ...config, ...this.gate.listenOptions(this.backend, true) } : config);
    const anyPort = native.port === 0;
    this.backend.takeComplaint();
    for (let tries = anyPort ? portTries : 1; tries > 0; tries--) {
      if (anyPort) native.port = this.backend.freePort(native.memory);
      if (native.port === 0) break;
      const socket = this.functions.CreateListenSocketIP(
        this.backend.sockets,
        native.memory.bytes,
        list.count,
        list.array,
      );
      if (socket !== 0) {
        this.gate.listens(this.backend, socket as ListenSocketHandle, isRequired, true);
        return socket as ListenSocketHandle;
      }
    }
    throw this.refused(
      `A listen socket at ${address}`,
      "Name a local address whose port is free, or port 0",
      "no UDP port is free there, or it is no address of this machine",
    );
  }

  /**
   * Begins to connect to a listen socket at an address. `connectionStatusChanged` tells when the connection is
   * Connected, or why it failed: after 10 seconds without an answer, unless the option TimeoutInitial says otherwise.
   * Messages may be sent at once; they wait.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConnectByIPAddress`.
   *
   * @param address with its port: `"127.0.0.1:27015"`, `"[::1]:27015"`. Names of hosts must be resolved first.
   * @param options config options; and whether the other end must be authenticated, and who it must be.
   * @throws RangeError when the address is all zeros or has no port.
   * @throws CreationError when the library refuses, or we have no certificate and need one.
   */
  connectByIPAddress(address: string, options?: ConnectionOptions): ConnectionHandle {
    const native = parseAddress(this.backend.library, address);
    refuseNowhere(address, native);
    const { isRequired, expect, config } = splitOptions(options);
    const expected = this.gate.expected(this.backend, expect);
    const what = `A connection to ${address}`;
    const list = this.config.list(
      isRequired ? { ...config, ...this.gate.connectOptions(this.backend, true, what) } : config,
    );
    const connection = this.made<ConnectionHandle>(
      () => this.functions.ConnectByIPAddress(this.backend.sockets, native.memory.bytes, list.count, list.array),
      what,
      "See that the options allow it",
    );
    if (isRequired) this.gate.begun(this.backend, connection, expected, true);
    return connection;
  }

  /**
   * Takes a connection that came in and is Connecting. Until then its peer gets no answer.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::AcceptConnection`.
   *
   * @returns `InvalidParam` when there is no such connection or we began it ourselves, `InvalidState` when it is not
   * waiting to be accepted any more.
   */
  acceptConnection(connection: ConnectionHandle): Result {
    return asResult(this.functions.AcceptConnection(this.backend.sockets, handle(connection, "connection")));
  }

  /**
   * Ends a connection and gives its handle back. Messages that were received and not fetched are dropped, and no
   * further event of it is delivered.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CloseConnection`.
   *
   * @param reason told to the peer: 1000 to 1999 for a usual end, 2000 to 2999 for an unusual one, 0 for none (the
   * peer then sees 1000).
   * @param debugMessage told to the peer for its log; cut after 127 bytes of UTF-8.
   * @param linger whether reliable messages that are under way are delivered first. The network must stay open
   * meanwhile; its `close` waits for them.
   * @returns false when there is no such connection.
   */
  closeConnection(connection: ConnectionHandle, reason = 0, debugMessage = "", linger = false): boolean {
    handle(connection, "connection");
    if (reason !== 0) integer(reason, "a reason other than 0", App_Min, AppException_Max);
    const words = cutText(text(debugMessage, "a debug message"), mostReasonBytes);
    const closed = this.functions.CloseConnection(
      this.backend.sockets,
      connection,
      reason,
      words,
      boolean(linger, "linger"),
    );
    if (closed) {
      this.hub.suppress(connection, linger);
      this.gate.closed(this.backend, connection);
      this.signaling.closed(connection, reason, words);
    }
    return closed;
  }

  /**
   * Ends a listen socket. The connections that it took are ended too, without a word to their peers: close those
   * first that shall end well. The library's own thread gives the port back, a moment later.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CloseListenSocket`.
   *
   * @returns false when there is no such listen socket.
   */
  closeListenSocket(socket: ListenSocketHandle): boolean {
    const closed = this.functions.CloseListenSocket(this.backend.sockets, handle(socket, "listen socket"));
    if (closed) this.gate.closedSocket(socket);
    return closed;
  }

  /**
   * Makes two connections that talk to each other, both Connected at once and without an event. Both must be closed.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreateSocketPair`.
   *
   * @param loopback true: through the system's loopback device with all that belongs to it, encryption and simulated
   * loss included. false: in memory, without copying; nothing is lost or late.
   * @param identity1 what `connection1` sees as its peer's identity (and `connection2` is); localhost without one.
   * @param identity2 what `connection2` sees as its peer's identity (and `connection1` is); localhost without one.
   * @throws CreationError when the library refuses.
   */
  createSocketPair(
    loopback = false,
    identity1?: string,
    identity2?: string,
  ): { success: true; connection1: ConnectionHandle; connection2: ConnectionHandle } {
    const { library } = this.backend;
    const identity = (given: string | undefined) => (given === undefined ? null : parseIdentity(library, given).bytes);
    const out = new SharedMemory(8);
    this.backend.takeComplaint();
    const made = library.functions.sockets.CreateSocketPair(
      this.backend.sockets,
      out.bytes,
      out.bytes.subarray(4),
      boolean(loopback, "loopback"),
      identity(identity1),
      identity(identity2),
    );
    if (!made) throw this.refused("A socket pair", "Try the other kind of pair");
    return {
      success: true,
      connection1: out.view.getUint32(0, true) as ConnectionHandle,
      connection2: out.view.getUint32(4, true) as ConnectionHandle,
    };
  }
}

function refuseNowhere(address: string, native: NativeAddress): void {
  if (native.port === 0)
    throw new RangeError(`${address} has no port: write it after the address, as in "127.0.0.1:27015"`);
  if (native.isUnspecified)
    throw new RangeError(`${address} is no host to connect to: it stands for all local addresses`);
}

/** The start of a text that takes at most `most` bytes in UTF-8, without half a character at its end. */
function cutText(value: string, most: number): string {
  if (Buffer.byteLength(value) <= most) return value;
  const { read } = new TextEncoder().encodeInto(value, new Uint8Array(most));
  return value.slice(0, read);
}
