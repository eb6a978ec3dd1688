/** `NetworkingMessages`: messages by user in place of connection. */
import { ConnectionState, HelperSource, Result } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetConnectionRealTimeStatus_t } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";
import { Gate } from "../authentication/gate.ts";
import type { Handler } from "../emitter.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { MessagesSessionRequestEvent } from "../events/events.ts";
import { Signaling } from "../signaling/signaling.ts";
import { asResult } from "../sockets/core.ts";
import type { Inbox } from "../traffic/inbox.ts";
import { receiveInto, type ReceivedMessage, type Receiver } from "../traffic/receive.ts";
import { boolean, bytes, describe, int32, type MessageData } from "../validate.ts";
import {
  infoBytes,
  readConnectionInfo,
  readConnectionStatus,
  statusBytes,
  type ConnectionInfo,
  type ConnectionStatus,
} from "../values/connection-info.ts";
import type { PeerIdentity } from "../values/peer-identity.ts";
import { Peers, type Peer } from "./peers.ts";
import { SessionBacklog } from "./session-backlog.ts";
import { SessionWatch } from "./session-watch.ts";

/**
 * What is known of a session. The fields of {@link ConnectionInfo} are there when they were asked for, as are those of
 * {@link ConnectionStatus}; all are zeros when there is no session.
 */
export type SessionConnectionInfo<WithConnection extends boolean = true, WithStatus extends boolean = true> = {
  /** What the connection behind the session is doing; `None` when there is no session. */
  readonly state: ConnectionState;
} & (WithConnection extends true ? ConnectionInfo : Partial<ConnectionInfo>) &
  (WithStatus extends true ? ConnectionStatus : Partial<ConnectionStatus>);

const { offsets } = layoutOf(SteamNetConnectionRealTimeStatus_t);
const noMemory = null;

/**
 * Messages that go to a user, without a connection of one's own to care for: the library makes a session with him when
 * the first message goes to him, and ends it when it was not used for some minutes. Made by {@link openNetworking};
 * works until that network is closed, then every method throws {@link ClosedError}. C: `ISteamNetworkingMessages`.
 *
 * On steam_api users are reached through Valve's network. GameNetworkingSockets reaches nobody by itself: it needs
 * signals of one's own to bring two hosts together.
 *
 * `connectionStatusChanged` tells of the connections behind sessions, too: leave those alone that are not yours.
 */
export class NetworkingMessages {
  readonly #backend: Backend;
  readonly #receiver: Receiver;
  readonly #peers: Peers;
  readonly #backlog: SessionBacklog;
  readonly #watch: SessionWatch;
  readonly #signaling: Signaling;
  readonly #hub: EventHub;
  readonly #gate: Gate;
  #acceptor: Handler<MessagesSessionRequestEvent> | undefined;

  /** @internal */
  constructor(backend: Backend, hub: EventHub, receiver: Receiver) {
    this.#backend = backend;
    this.#receiver = receiver;
    this.#peers = new Peers(backend.library);
    this.#backlog = SessionBacklog.of(hub);
    this.#watch = SessionWatch.of(hub);
    this.#signaling = Signaling.of(hub, backend);
    this.#hub = hub;
    this.#gate = Gate.of(hub, backend);
  }

  /**
   * Has sessions made only with users who have a certificate that counts here, and whose identity is the one that it
   * names. Who asks for a session without one is told why, with the code {@link CloseCode.Unauthenticated}, and the event
   * `authenticationRefused` tells of him; to whom we send, nothing goes before he has shown his: the session fails
   * otherwise, with `messagesSessionFailed`. Sessions that stand, stay. It is for signals of one's own on
   * GameNetworkingSockets; on Steam it is so always. For all openings of the network. A session with an instance of this
   * process comes about without signals, and nothing is asked of it.
   *
   * Ours, on every library.
   *
   * @param required false takes it back.
   * @throws UnsupportedError on an instance, which has no signals.
   */
  requireAuthentication(required = true): void {
    void this.#backend.messages; // which throws when it is closed
    this.#gate.requireInSessions(this.#backend, boolean(required, "required"));
  }

  /**
   * Sends a message to a user. Where there is no session with him it is made, and one that he asks for is accepted; the
   * messages wait until it stands. The event `messagesSessionFailed` tells when that fails; of success nothing tells.
   * Reliable messages of a channel arrive in the order in which they were sent.
   *
   * How much is under way to a user is counted, as for connections: of
   * {@link NetworkingSockets.getUnacknowledgedSegments} there may be {@link MAX_UNACKNOWLEDGED_SEGMENTS}. But the
   * library does not tell when a message of this kind has arrived, so the count is one from above: where messages of
   * more than 1,000 bytes follow each other without a moment in which all have arrived, `LimitExceeded` may come
   * earlier than it must. No event tells when there is room again; try it again some time later.
   *
   * Each message is a call of its own, and is copied: the library has no batch for users, for what an {@link Outbox}
   * sends goes to connections. Where much goes to somebody, or the same to many, begin connections with them instead, by
   * {@link NetworkingSockets.connectP2P}. Receiving has no such limit: {@link receiveMessagesOnChannel} takes an
   * {@link Inbox}.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::SendMessageToUser`.
   *
   * @param identity who, as text or as a Steam ID.
   * @param data up to 512 KiB (524,288 bytes), copied before the call returns.
   * @param flags a sum of {@link SendFlags}. Before the session stands all are sent reliably. With
   * `AutoRestartBrokenSession` a session that broke is made anew.
   * @param channel with which number it is received there; small numbers are best.
   * @returns `OK` when it is under way or waits. `ConnectFailed` (`NoConnection` by the SDK's own words): the session
   * broke, and is made anew only with that flag or after {@link closeSessionWithUser}. `Fail`: there is no way to reach
   * anybody, as on GameNetworkingSockets without signals. `InvalidParam`: nobody, or too large. `LimitExceeded`: too much
   * waits to be sent, or to be acknowledged.
   */
  sendMessageToUser(identity: PeerIdentity, data: MessageData, flags: number, channel = 0): Result {
    const peer = this.#peers.of(identity);
    const payload = bytes(data);
    int32(flags, "flags");
    int32(channel, "a channel");
    const { messages } = this.#backend;
    if (!this.#backlog.hasRoom(peer, payload.length, this.#outstanding)) return Result.LimitExceeded;
    const result = asResult(
      this.#functions.SendMessageToUser(
        messages,
        peer.identity.bytes,
        payload.length === 0 ? noMemory : payload,
        payload.length,
        flags,
        channel,
      ),
    );
    if (result === Result.OK) {
      this.#backlog.sent(peer, payload.length, this.#outstanding);
      this.#watch.used(this.#backend, peer, 1);
    }
    return result;
  }

  /**
   * Receives messages of a channel, from whomever they come.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::ReceiveMessagesOnChannel`.
   *
   * @param maxMessages at most so many; 256 when it is left out.
   */
  receiveMessagesOnChannel(channel: number, maxMessages?: number): ReceivedMessage[];
  /**
   * Receives messages of a channel into an inbox, with one native call and nothing allocated.
   *
   * @param maxMessages at most so many, and as many as the inbox has room for.
   * @returns how many came.
   */
  receiveMessagesOnChannel(channel: number, inbox: Inbox, maxMessages?: number): number;
  receiveMessagesOnChannel(channel: number, into?: Inbox | number, maxMessages?: number): number | ReceivedMessage[] {
    // Unsigned on its way to the helper, which takes it back.
    const from = int32(channel, "channel") >>> 0;
    return receiveInto(this.#backend, this.#receiver, HelperSource.Channel, from, into, maxMessages) ?? [];
  }

  /**
   * Takes the session that a user asks for by sending a message, as the event `messagesSessionRequest` tells. Who does
   * not want it does nothing; the event comes again when the user tries again.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::AcceptSessionWithUser`.
   *
   * @returns false when there is no session with him, neither one that waits nor one that stands.
   */
  acceptSessionWithUser(identity: PeerIdentity): boolean {
    const peer = this.#peers.of(identity);
    const accepted = this.#functions.AcceptSessionWithUser(this.#backend.messages, peer.identity.bytes);
    if (accepted) this.#watch.used(this.#backend, peer, 0);
    return accepted;
  }

  /**
   * Has sessions accepted that users ask for, before the event `messagesSessionRequest` tells of them. It takes the
   * place of what was given before.
   *
   * On every library. C: `ISteamNetworkingMessages::AcceptSessionWithUser`.
   *
   * @param accept whether to take the session with this user; what it throws is told as what a handler throws, and the
   * session is not taken. Null: nothing is accepted by itself any more.
   */
  acceptSessions(accept: ((identity: string) => boolean) | null): void {
    if (accept !== null && typeof accept !== "function") {
      throw new TypeError(`What accepts sessions must be a function or null, not ${describe(accept)}`);
    }
    void this.#backend.messages; // which throws when it is closed
    if (this.#acceptor !== undefined) this.#hub.insiders.off("messagesSessionRequest", this.#acceptor);
    this.#acceptor = undefined;
    if (accept === null) return;
    this.#acceptor = ({ identity }) => {
      if (!this.#backend.isOpen) return;
      if (boolean(accept(identity), "what accepts a session must return true or false; it")) {
        this.acceptSessionWithUser(identity);
      }
    };
    this.#hub.insiders.on("messagesSessionRequest", this.#acceptor);
  }

  /**
   * Ends the session with a user at once. Messages that are under way, and those that came and were not fetched, are
   * lost. When he sends something again, that is a new session to be asked for.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::CloseSessionWithUser`.
   *
   * @returns false when there is no session with him.
   */
  closeSessionWithUser(identity: PeerIdentity): boolean {
    const peer = this.#peers.of(identity);
    const closed = this.#functions.CloseSessionWithUser(this.#backend.messages, peer.identity.bytes);
    if (closed) this.#ended(peer);
    return closed;
  }

  /**
   * Ends one channel of the session with a user; with the last one the session ends. Channels are those on which
   * something was received from him.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::CloseChannelWithUser`.
   *
   * @returns false when there is no session with him, or nothing came from him on this channel.
   */
  closeChannelWithUser(identity: PeerIdentity, channel: number): boolean {
    int32(channel, "a channel");
    const peer = this.#peers.of(identity);
    const closed = this.#functions.CloseChannelWithUser(this.#backend.messages, peer.identity.bytes, channel);
    if (closed && this.#stateOf(peer.identity) === ConnectionState.None) this.#ended(peer);
    return closed;
  }

  /**
   * What is known of the session with a user: for trials, and to learn why it failed. A session that broke is known for
   * a while only.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingMessages::GetSessionConnectionInfo`.
   *
   * @param getConnection false leaves the fields of {@link ConnectionInfo} out.
   * @param getStatus false leaves the fields of {@link ConnectionStatus} out.
   */
  getSessionConnectionInfo<WithConnection extends boolean = true, WithStatus extends boolean = true>(
    identity: PeerIdentity,
    getConnection?: WithConnection,
    getStatus?: WithStatus,
  ): SessionConnectionInfo<WithConnection, WithStatus>;
  getSessionConnectionInfo(
    identity: PeerIdentity,
    getConnection = true,
    getStatus = true,
  ): SessionConnectionInfo<boolean, boolean> {
    const info = boolean(getConnection, "getConnection") ? new SharedMemory(infoBytes) : undefined;
    const status = boolean(getStatus, "getStatus") ? new SharedMemory(statusBytes) : undefined;
    const state = this.#functions.GetSessionConnectionInfo(
      this.#backend.messages,
      this.#peers.of(identity).identity.bytes,
      info?.bytes ?? noMemory,
      status?.bytes ?? noMemory,
    ) as ConnectionState;
    return {
      ...(info === undefined ? {} : readConnectionInfo(this.#backend.library, info, 0)),
      ...(status === undefined ? {} : readConnectionStatus(status, 0)),
      state,
    };
  }

  #ended(peer: Peer): void {
    this.#backlog.forget(peer);
    this.#watch.forget(peer);
    this.#signaling.sessionClosed(peer.identity);
  }

  #stateOf(identity: SharedMemory): number {
    return this.#functions.GetSessionConnectionInfo(this.#backend.messages, identity.bytes, noMemory, noMemory);
  }

  /** How many reliable bytes are on their way to a user. */
  readonly #outstanding = (identity: SharedMemory): number => {
    const status = new SharedMemory(statusBytes);
    const { GetSessionConnectionInfo } = this.#functions;
    const state = GetSessionConnectionInfo(this.#backend.messages, identity.bytes, noMemory, status.bytes);
    const { Connecting, FindingRoute, Connected } = ConnectionState;
    if (state !== Connecting && state !== FindingRoute && state !== Connected) return 0;
    const { view } = status;
    return view.getInt32(offsets.pendingReliable, true) + view.getInt32(offsets.sentUnackedReliable, true);
  };

  get #functions() {
    return this.#backend.library.functions.messages;
  }
}
