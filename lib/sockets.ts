/** `NetworkingSockets`: connections, listen sockets, poll groups and the messages between them. */
import {
  helperSegments,
  maxConnectionAppName,
  maxConnectionCloseReason,
  maxConnectionDescription,
} from "../ffi/constants.ts";
import { ConnectionEnd, HelperSource, Result } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetworkingIPAddr } from "../ffi/structs.ts";
import type { Backend } from "../sdk/backend.ts";
import { formatAddress, parseAddress, type NativeAddress } from "./address.ts";
import type { ConfigOptions, ConfigTable } from "./config.ts";
import {
  infoBytes,
  laneStatusBytes,
  readConnectionInfo,
  readConnectionStatus,
  readLaneStatus,
  statusBytes,
  type ConnectionInfo,
  type ConnectionStatus,
  type LaneStatus,
} from "./connection-info.ts";
import { CreationError, HandleError } from "./errors.ts";
import type { EventHub } from "./event-hub.ts";
import type { ConnectionHandle, ListenSocketHandle, PollGroupHandle } from "./handles.ts";
import { formatIdentity, identityBytes, parseIdentity } from "./identity.ts";
import type { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import { receiveInto, type ReceivedMessage, type Receiver } from "./receive.ts";
import { Sender, type OutgoingMessage } from "./send.ts";
import { LentShare } from "./share.ts";
import {
  boolean,
  bytes,
  describe,
  handle,
  int32,
  integer,
  shortText,
  text,
  userData,
  type MessageData,
} from "./validate.ts";

/**
 * How many reliable segments of a connection may be un-acknowledged: 50,000. More are refused with `LimitExceeded`.
 * GameNetworkingSockets itself ends the process at about 65,000.
 */
export const MAX_UNACKNOWLEDGED_SEGMENTS = helperSegments;

const { App_Min, AppException_Max } = ConnectionEnd;
const mostLanes = 255;
// C counts the closing zero.
const mostNameBytes = maxConnectionAppName - 1;
const mostReasonBytes = maxConnectionCloseReason - 1;
const firstDetailBytes = 4096;
const portTries = 16;
const noBytes = null;

/**
 * Connections over UDP, and everything to be done with them. C: `ISteamNetworkingSockets`. Made by
 * {@link openNetworking}; works until that network is closed, then every method throws {@link ClosedError}.
 *
 * Functions that the C interface lets answer with an `EResult` return a {@link Result}. Arguments of a wrong type or
 * range throw `TypeError` or `RangeError` before the library sees them.
 */
export class NetworkingSockets {
  readonly #backend: Backend;
  readonly #config: ConfigTable;
  readonly #hub: EventHub;
  readonly #receiver: Receiver;
  readonly #sender: Sender;
  readonly #scratch = new SharedMemory(1024);

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, receiver: Receiver) {
    this.#backend = backend;
    this.#config = config;
    this.#hub = hub;
    this.#receiver = receiver;
    this.#sender = new Sender(backend);
  }

  // ---- making and ending ------------------------------------------------------------------------------------------

  /**
   * Listens for connections at a local UDP address. Each one that comes in is told by `connectionStatusChanged` in the
   * state Connecting, and must be accepted or closed within a second or two.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreateListenSocketIP`.
   *
   * @param address `"127.0.0.1:27015"` for one interface, `"0.0.0.0:27015"` for every IPv4 interface, `"[::]:27015"`
   * for every interface, IPv4 and IPv6 alike where the system allows it. Port 0 is a free port of the system's choice:
   * {@link getListenSocketAddress} tells which.
   * @param options set before anything can come in, and handed on to the connections.
   * @throws CreationError when the address is taken or not this machine's; its `reason` has the library's words.
   */
  createListenSocketIP(address: string, options?: ConfigOptions): ListenSocketHandle {
    const native = parseAddress(this.#backend.library, address);
    const list = this.#config.list(options);
    const anyPort = native.port === 0;
    this.#backend.takeComplaint();
    for (let tries = anyPort ? portTries : 1; tries > 0; tries--) {
      if (anyPort) native.port = this.#backend.freePort(native.memory);
      if (native.port === 0) break;
      const socket = this.#backend.library.functions.sockets.CreateListenSocketIP(
        this.#backend.sockets,
        native.memory.bytes,
        list.count,
        list.array,
      );
      if (socket !== 0) return socket as ListenSocketHandle;
    }
    throw this.#refused(
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
   * @throws RangeError when the address is all zeros or has no port.
   * @throws CreationError when the library refuses.
   */
  connectByIPAddress(address: string, options?: ConfigOptions): ConnectionHandle {
    const native = parseAddress(this.#backend.library, address);
    refuseNowhere(address, native);
    const list = this.#config.list(options);
    this.#backend.takeComplaint();
    const connection = this.#backend.library.functions.sockets.ConnectByIPAddress(
      this.#backend.sockets,
      native.memory.bytes,
      list.count,
      list.array,
    );
    if (connection === 0) throw this.#refused(`A connection to ${address}`, "See that the options allow it");
    return connection as ConnectionHandle;
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
    return asResult(
      this.#backend.library.functions.sockets.AcceptConnection(this.#backend.sockets, handle(connection, "connection")),
    );
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
    const closed = this.#backend.library.functions.sockets.CloseConnection(
      this.#backend.sockets,
      connection,
      reason,
      cutText(text(debugMessage, "a debug message"), mostReasonBytes),
      boolean(linger, "linger"),
    );
    if (closed) this.#hub.suppress(connection);
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
    return this.#backend.library.functions.sockets.CloseListenSocket(
      this.#backend.sockets,
      handle(socket, "listen socket"),
    );
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
    const { library } = this.#backend;
    const identity = (given: string | undefined) => (given === undefined ? null : parseIdentity(library, given).bytes);
    const out = new SharedMemory(8);
    this.#backend.takeComplaint();
    const made = library.functions.sockets.CreateSocketPair(
      this.#backend.sockets,
      out.bytes,
      out.bytes.subarray(4),
      boolean(loopback, "loopback"),
      identity(identity1),
      identity(identity2),
    );
    if (!made) throw this.#refused("A socket pair", "Try the other kind of pair");
    return {
      success: true,
      connection1: out.view.getUint32(0, true) as ConnectionHandle,
      connection2: out.view.getUint32(4, true) as ConnectionHandle,
    };
  }

  // ---- poll groups ------------------------------------------------------------------------------------------------

  /**
   * Makes a group of connections, whose messages {@link receiveMessagesOnPollGroup} receives together.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreatePollGroup`.
   */
  createPollGroup(): PollGroupHandle {
    this.#backend.takeComplaint();
    const group = this.#backend.library.functions.sockets.CreatePollGroup(this.#backend.sockets);
    if (group === 0) throw this.#refused("A poll group", "Destroy those that are not needed");
    return group as PollGroupHandle;
  }

  /**
   * Ends a poll group. Its connections live on without a group.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::DestroyPollGroup`.
   *
   * @returns false when there is no such group.
   */
  destroyPollGroup(group: PollGroupHandle): boolean {
    return this.#backend.library.functions.sockets.DestroyPollGroup(this.#backend.sockets, handle(group, "poll group"));
  }

  /**
   * Puts a connection into a poll group and takes it out of the one that it was in. What it has received and nobody
   * fetched comes along.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionPollGroup`.
   *
   * @param group {@link NET_POLL_GROUP_INVALID} for none.
   * @returns false when there is no such connection or no such group.
   */
  setConnectionPollGroup(connection: ConnectionHandle, group: PollGroupHandle): boolean {
    return this.#backend.library.functions.sockets.SetConnectionPollGroup(
      this.#backend.sockets,
      handle(connection, "connection"),
      handle(group, "poll group"),
    );
  }

  // ---- what a connection carries ------------------------------------------------------------------------------------

  /**
   * Sets a connection's user data: an integer of your own that comes with its messages and events. Messages always
   * have the latest; an event has what was set when it was queued.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionUserData`.
   *
   * @param data within ±2^53 as a number; a bigint for all 64 bits.
   * @returns false when there is no such connection.
   */
  setConnectionUserData(connection: ConnectionHandle, data: number | bigint): boolean {
    return this.#backend.library.functions.sockets.SetConnectionUserData(
      this.#backend.sockets,
      handle(connection, "connection"),
      BigInt(userData(data)),
    );
  }

  /**
   * A connection's user data; -1 when none was set, and when there is no such connection. Exact within ±2^53.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionUserData`.
   */
  getConnectionUserData(connection: ConnectionHandle): number {
    return Number(this.getConnectionUserDataBigInt(connection));
  }

  /** {@link getConnectionUserData} with all 64 bits. */
  getConnectionUserDataBigInt(connection: ConnectionHandle): bigint {
    return BigInt(
      this.#backend.library.functions.sockets.GetConnectionUserData(
        this.#backend.sockets,
        handle(connection, "connection"),
      ),
    );
  }

  /**
   * Names a connection in the library's log and in its `debugDescription`.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionName`.
   *
   * @param name up to 31 bytes of UTF-8.
   */
  setConnectionName(connection: ConnectionHandle, name: string): void {
    this.#backend.library.functions.sockets.SetConnectionName(
      this.#backend.sockets,
      handle(connection, "connection"),
      shortText(name, "a connection's name", mostNameBytes),
    );
  }

  /**
   * A connection's name; empty when it has none, and when there is no such connection.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionName`.
   */
  getConnectionName(connection: ConnectionHandle): string {
    this.#scratch.clear();
    const named = this.#backend.library.functions.sockets.GetConnectionName(
      this.#backend.sockets,
      handle(connection, "connection"),
      this.#scratch.bytes,
      maxConnectionDescription,
    );
    return named ? this.#scratch.text(0, maxConnectionDescription) : "";
  }

  /**
   * What is known of a connection: peer, address, state, why it ended. Undefined when there is no such connection.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionInfo`.
   */
  getConnectionInfo(connection: ConnectionHandle): ConnectionInfo | undefined {
    const info = new SharedMemory(infoBytes);
    const known = this.#backend.library.functions.sockets.GetConnectionInfo(
      this.#backend.sockets,
      handle(connection, "connection"),
      info.bytes,
    );
    return known ? readConnectionInfo(this.#backend.library, info, 0) : undefined;
  }

  /**
   * How a connection does right now: ping, quality, rates, and what waits to be sent, in all and by lane.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionRealTimeStatus`.
   *
   * @param lanes how many lanes to tell of, from the first; at most as many as the connection has.
   * @param getStatus false leaves `connectionStatus` out.
   * @returns `result` is `OK`, `NoConnection` when there is no such connection, or `InvalidParam` when it has fewer
   * lanes; the rest is there only with `OK`.
   */
  getConnectionRealTimeStatus(
    connection: ConnectionHandle,
    lanes = 0,
    getStatus = true,
  ): { result: Result; connectionStatus?: ConnectionStatus; lanesStatus: LaneStatus[] } {
    integer(lanes, "lanes", 0, mostLanes);
    const status = boolean(getStatus, "getStatus") ? new SharedMemory(statusBytes) : undefined;
    const laneMemory = lanes > 0 ? new SharedMemory(lanes * laneStatusBytes) : undefined;
    const result = asResult(
      this.#backend.library.functions.sockets.GetConnectionRealTimeStatus(
        this.#backend.sockets,
        handle(connection, "connection"),
        status?.bytes ?? noBytes,
        lanes,
        laneMemory?.bytes ?? noBytes,
      ),
    );
    if (result !== Result.OK) return { result, lanesStatus: [] };
    const lanesStatus = Array.from({ length: lanes }, (_, lane) => readLaneStatus(laneMemory!, lane * laneStatusBytes));
    return status === undefined
      ? { result, lanesStatus }
      : { result, connectionStatus: readConnectionStatus(status, 0), lanesStatus };
  }

  /**
   * Everything about a connection, as text for a log; its form may change.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetDetailedConnectionStatus`.
   *
   * @returns `success` 0, or -1 and no text when there is no such connection.
   */
  getDetailedConnectionStatus(connection: ConnectionHandle): { success: 0 | -1; buffer: string } {
    handle(connection, "connection");
    let memory = new SharedMemory(firstDetailBytes);
    for (;;) {
      const { length } = memory.bytes;
      const answer = this.#backend.library.functions.sockets.GetDetailedConnectionStatus(
        this.#backend.sockets,
        connection,
        memory.bytes,
        length,
      );
      if (answer < 0) return { success: -1, buffer: "" };
      if (answer === 0) return { success: 0, buffer: memory.text(0, length) };
      // A positive answer is how much room the text needs; it may have grown by the next call.
      memory = new SharedMemory(Math.max(answer, length) * 2);
    }
  }

  /**
   * The local address of a listen socket, with the real port where a free one was asked for. It is not the address
   * under which the world sees this machine. Undefined when there is no such listen socket.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetListenSocketAddress`.
   */
  getListenSocketAddress(socket: ListenSocketHandle, withPort = true): string | undefined {
    boolean(withPort, "withPort");
    const address = new SharedMemory(layoutOf(SteamNetworkingIPAddr).size);
    const known = this.#backend.library.functions.sockets.GetListenSocketAddress(
      this.#backend.sockets,
      handle(socket, "listen socket"),
      address.bytes,
    );
    return known ? formatAddress(this.#backend.library, address, 0, withPort) : undefined;
  }

  /**
   * Our own identity in the SDK's text form; `"ip:::1"`, localhost, when the network was opened without one.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetIdentity`.
   */
  getIdentity(): string {
    const identity = new SharedMemory(identityBytes);
    this.#backend.library.functions.sockets.GetIdentity(this.#backend.sockets, identity.bytes);
    return formatIdentity(this.#backend.library, identity, 0);
  }

  /**
   * Makes lanes of a connection for what we send on it. Reliable messages of one lane arrive in the order in which
   * they were sent; those of different lanes may overtake each other. Each lane numbers its messages from 1. Lanes can
   * be added later, not taken away.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConfigureConnectionLanes`.
   *
   * @param lanes how many, 1 to 255; a few are cheap. GameNetworkingSockets 1.6.0 loses connections that use more than
   * 8, so those are `InvalidParam`.
   * @param priorities one for each lane: a LOWER number goes first, and a lane waits while one with a lower number has
   * anything to send. Without it all are equal.
   * @param weights one for each lane, 1 to 65535: how lanes of equal priority share the bandwidth. Without it equally.
   * @returns `NoConnection` when there is no such connection, `InvalidParam` for too many lanes or fewer than there
   * are, `InvalidState` when it has ended, `Fail` when the peer is too old for lanes, which ends the connection.
   */
  configureConnectionLanes(
    connection: ConnectionHandle,
    lanes: number,
    priorities?: readonly number[] | null,
    weights?: readonly number[] | null,
  ): Result {
    integer(lanes, "lanes", 1, mostLanes);
    const priorityList = priorities == null ? null : new Int32Array(eachLane(priorities, lanes, "priorities", int32));
    const weightList =
      weights == null
        ? null
        : new Uint16Array(eachLane(weights, lanes, "weights", (weight, what) => integer(weight, what, 1, 0xffff)));
    return asResult(this.#backend.configureLanes(handle(connection, "connection"), lanes, priorityList, weightList));
  }

  // ---- messages -----------------------------------------------------------------------------------------------------

  /**
   * Sends one message. What arrives is the same message: none is joined with another or cut in two.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SendMessageToConnection`.
   *
   * @param data up to 512 KiB (524,288 bytes); copied before the call returns.
   * @param flags a sum of {@link SendFlags}. An unreliable message of more than about 16 KB is sent reliably.
   * @returns `messageNumber` from 1 when `result` is `OK`, else 0. `InvalidParam`: no such connection, or too large;
   * `NoConnection`: it has ended; `Ignored`: `NoDelay` was asked for and the connection is not connected yet;
   * `LimitExceeded`: too much waits to be sent (option SendBufferSize), or to be acknowledged
   * ({@link getUnacknowledgedSegments}). The event `drain` tells when to go on.
   */
  sendMessageToConnection(
    connection: ConnectionHandle,
    data: MessageData,
    flags: number,
  ): { result: Result; messageNumber: number } {
    const answer = this.#sender.sendOne(handle(connection, "connection"), bytes(data), int32(flags, "flags"));
    return answer > 0 ? { result: Result.OK, messageNumber: answer } : { result: asResult(-answer), messageNumber: 0 };
  }

  /**
   * Sends what an outbox holds with one native call, whatever the number. {@link Outbox.result} then tells what became
   * of each message.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SendMessages`.
   *
   * @returns how many were sent.
   * @throws ClosedError when the outbox, its pool or this network was closed.
   */
  sendMessages(outbox: Outbox): number;
  /** Sends what a Worker has handed over through a share of a pool of this thread. */
  sendMessages(share: LentShare): number;
  /**
   * Sends messages with one native call: each one where it says, on the lane that it says.
   *
   * @returns for each message its number from 1, or the {@link Result} of its failure made negative, or 0: not tried,
   * because an earlier one of this call to the same connection failed.
   */
  sendMessages(messages: readonly OutgoingMessage[]): number[];
  /** Sends several payloads over one connection with one native call. */
  sendMessages(messages: readonly MessageData[], connection: ConnectionHandle, flags: number): number[];
  sendMessages(
    messages: Outbox | LentShare | readonly OutgoingMessage[] | readonly MessageData[],
    connection?: ConnectionHandle,
    flags?: number,
  ): number | number[] {
    if (messages instanceof Outbox || messages instanceof LentShare) return messages.sendThrough(this.#backend);
    if (!Array.isArray(messages)) throw new TypeError(`messages must be an array, not ${describe(messages)}`);
    const outgoing =
      connection === undefined
        ? (messages as readonly OutgoingMessage[])
        : Array.from(messages as readonly MessageData[], (data) => ({ connection, data, flags: flags ?? 0 }));
    return this.#sender.send(outgoing);
  }

  /**
   * How many reliable segments of a connection wait for the peer's acknowledgement: one for each 1,000 bytes of a
   * reliable message, and one more. At {@link MAX_UNACKNOWLEDGED_SEGMENTS} nothing reliable is sent any more, because
   * the library would end the process somewhat above that; the event `drain` tells when half of them are acknowledged.
   * Of a pair in memory those count that were not received yet.
   *
   * Ours, on every library.
   */
  getUnacknowledgedSegments(connection: ConnectionHandle): number {
    return this.#backend.segments(handle(connection, "connection"));
  }

  /**
   * Sends at once what waits for company under Nagle's algorithm.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::FlushMessagesOnConnection`.
   *
   * @returns `InvalidParam` when there is no such connection, `NoConnection` when it has ended, `Ignored` when it is
   * not connected yet.
   */
  flushMessagesOnConnection(connection: ConnectionHandle): Result {
    return asResult(
      this.#backend.library.functions.sockets.FlushMessagesOnConnection(
        this.#backend.sockets,
        handle(connection, "connection"),
      ),
    );
  }

  /**
   * Receives messages of one connection, as many as have come, with one native call for up to 256. Reliable ones come
   * in the order in which they were sent on their lane.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ReceiveMessagesOnConnection`.
   *
   * @param maxMessages at most so many.
   * @throws HandleError when there is no such connection.
   */
  receiveMessagesOnConnection(connection: ConnectionHandle, maxMessages?: number): ReceivedMessage[];
  /**
   * Receives messages of one connection into an inbox, with one native call and nothing allocated.
   *
   * @param maxMessages at most so many, and as many as the inbox has room for.
   * @returns how many came.
   * @throws HandleError when there is no such connection.
   */
  receiveMessagesOnConnection(connection: ConnectionHandle, inbox: Inbox, maxMessages?: number): number;
  receiveMessagesOnConnection(
    connection: ConnectionHandle,
    into?: Inbox | number,
    maxMessages?: number,
  ): number | ReceivedMessage[] {
    return this.#receive(HelperSource.Connection, handle(connection, "connection"), into, maxMessages);
  }

  /**
   * Receives messages of all connections of a group, as many as have come, with one native call for up to 256. Those
   * of one connection keep their order; those of different ones are mixed about as they came.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ReceiveMessagesOnPollGroup`.
   *
   * @param maxMessages at most so many.
   * @throws HandleError when there is no such group.
   */
  receiveMessagesOnPollGroup(group: PollGroupHandle, maxMessages?: number): ReceivedMessage[];
  /**
   * Receives messages of all connections of a group into an inbox, with one native call and nothing allocated.
   *
   * @param maxMessages at most so many, and as many as the inbox has room for.
   * @returns how many came.
   * @throws HandleError when there is no such group.
   */
  receiveMessagesOnPollGroup(group: PollGroupHandle, inbox: Inbox, maxMessages?: number): number;
  receiveMessagesOnPollGroup(
    group: PollGroupHandle,
    into?: Inbox | number,
    maxMessages?: number,
  ): number | ReceivedMessage[] {
    return this.#receive(HelperSource.PollGroup, handle(group, "poll group"), into, maxMessages);
  }

  /**
   * Delivers events: the same as {@link Networking.runCallbacks}.
   *
   * On GameNetworkingSockets. C: `ISteamNetworkingSockets::RunCallbacks`.
   */
  runNetworkingCallbacks(): void {
    this.#hub.run(this.#backend);
  }

  #receive(
    source: HelperSource,
    from: number,
    into: Inbox | number | undefined,
    maxMessages: number | undefined,
  ): number | ReceivedMessage[] {
    const received = receiveInto(this.#backend, this.#receiver, source, from, into, maxMessages);
    if (received === undefined) {
      throw new HandleError(source === HelperSource.PollGroup ? "poll group" : "connection", from);
    }
    return received;
  }

  #refused(what: string, mend: string, otherwise = ""): CreationError {
    return new CreationError(what, this.#backend.takeComplaint() || otherwise, mend);
  }
}

function asResult(value: number): Result {
  // The library's own enum: it has no other values.
  return value as Result;
}

function refuseNowhere(address: string, native: NativeAddress): void {
  if (native.port === 0)
    throw new RangeError(`${address} has no port: write it after the address, as in "127.0.0.1:27015"`);
  if (native.isUnspecified)
    throw new RangeError(`${address} is no host to connect to: it stands for all local addresses`);
}

function eachLane(
  values: readonly number[],
  lanes: number,
  what: string,
  check: (value: number, what: string) => number,
): number[] {
  if (!Array.isArray(values)) throw new TypeError(`${what} must be an array, not ${describe(values)}`);
  if (values.length !== lanes)
    throw new RangeError(`${what} must hold one for each of ${lanes} lanes, not ${values.length}`);
  // By index, which neither skips holes nor asks the array's own iterator.
  return Array.from({ length: lanes }, (_, lane) => check(values[lane]!, what));
}

/** The start of a text that takes at most `most` bytes in UTF-8, without half a character at its end. */
function cutText(value: string, most: number): string {
  if (Buffer.byteLength(value) <= most) return value;
  const { read } = new TextEncoder().encodeInto(value, new Uint8Array(most));
  return value.slice(0, read);
}
