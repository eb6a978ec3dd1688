/** Messages of connections, and the events of all. */
import { helperSegments } from "../../ffi/constants.ts";
import { HelperSource, Result } from "../../ffi/enums.ts";
import { HandleError } from "../errors.ts";
import type { Inbox } from "../traffic/inbox.ts";
import { Outbox } from "../traffic/outbox.ts";
import { receiveInto, type ReceivedMessage } from "../traffic/receive.ts";
import type { OutgoingMessage } from "../traffic/send.ts";
import { LentShare } from "../traffic/share.ts";
import { bytes, describe, handle, int32, type MessageData } from "../validate.ts";
import type { ConnectionHandle, PollGroupHandle } from "../values/handles.ts";
import { Connections } from "./connections.ts";
import { asResult } from "./core.ts";

/**
 * How many reliable segments of a connection may be un-acknowledged: 50,000. More are refused with `LimitExceeded`.
 * GameNetworkingSockets itself ends the process at about 65,000.
 */
export const MAX_UNACKNOWLEDGED_SEGMENTS = helperSegments;

/** @internal */
export abstract class Traffic extends Connections {
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
    const answer = this.sender.sendOne(handle(connection, "connection"), bytes(data), int32(flags, "flags"));
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
    if (messages instanceof Outbox || messages instanceof LentShare) return messages.sendThrough(this.backend);
    if (!Array.isArray(messages)) throw new TypeError(`messages must be an array, not ${describe(messages)}`);
    if (connection === undefined) return this.sender.send(messages as readonly OutgoingMessage[]);
    const common = { connection, flags: flags === undefined ? 0 : int32(flags, "flags") };
    return this.sender.send(Array.from(messages as readonly MessageData[], (data) => ({ ...common, data })));
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
    return this.backend.segments(handle(connection, "connection"));
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
    return asResult(this.functions.FlushMessagesOnConnection(this.backend.sockets, handle(connection, "connection")));
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
    return this.receive(HelperSource.Connection, handle(connection, "connection"), into, maxMessages);
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
    return this.receive(HelperSource.PollGroup, handle(group, "poll group"), into, maxMessages);
  }

  /**
   * Delivers events: the same as {@link Networking.runCallbacks}.
   *
   * On every library. C: `ISteamNetworkingSockets::RunCallbacks`; on Steam `SteamAPI_ManualDispatch_RunFrame`.
   *
   * @throws what a handler threw, when nobody listens to `error`; several as one AggregateError.
   * @throws ClosedError when the network was closed.
   */
  runNetworkingCallbacks(): void {
    this.hub.run(this.backend);
  }

  private receive(
    source: HelperSource,
    from: number,
    into: Inbox | number | undefined,
    maxMessages: number | undefined,
  ): number | ReceivedMessage[] {
    const received = receiveInto(this.backend, this.receiver, source, from, into, maxMessages);
    if (received === undefined) {
      throw new HandleError(source === HelperSource.PollGroup ? "poll group" : "connection", from);
    }
    return received;
  }
}
