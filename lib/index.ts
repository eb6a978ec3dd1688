/**
 * Valve's game networking for Bun.
 *
 * Start at {@link openNetworking}.
 * @module
 */
export {
  Availability,
  ConfigDataType,
  ConfigScope,
  ConfigValue,
  ConnectionEnd,
  ConnectionInfoFlags,
  ConnectionState,
  DebugOutputType,
  FakeIPType,
  GetConfigValueResult,
  IdentityType,
  Result,
  SendFlags,
  ServerMode,
} from "../ffi/enums.ts";
export type { AdoptOptions } from "./adopt.ts";
export type { AuthenticationState, AuthenticationStatus } from "./authentication-status.ts";
export type { CertificateSource } from "./certificate-blob.ts";
export type { CertificateOptions, Certificates } from "./certificates.ts";
export { CloseCode } from "./close-code.ts";
export type {
  ConfigOption,
  ConfigOptionName,
  ConfigOptions,
  ConfigOptionValue,
  ConfigTarget,
  ConfigValueOf,
} from "./config.ts";
export {
  DATAGRAM_POP_ID_DEV,
  MAX_GAME_COORDINATOR_SERVER_LOGIN_SERIALIZED,
  MAX_STEAM_PACKET_SIZE,
} from "./constants.ts";
export type { ConnectOptions } from "./connect.ts";
export { Connection, type Lane, type SendOptions } from "./connection.ts";
export type { ConnectionInfo, ConnectionStatus, LaneStatus } from "./connection-info.ts";
export type { DispatcherOptions } from "./dispatcher.ts";
export type { Handler } from "./emitter.ts";
export * from "./errors.ts";
export type { RenewCertificate } from "./renewal.ts";
export { EventStream } from "./event-stream.ts";
export type {
  ConnectionStatusChangedEvent,
  DebugOutputEvent,
  DrainEvent,
  LoggedOffEvent,
  LoggedOnEvent,
  LogOnFailedEvent,
  SignalEvent,
  MessagesSessionEndedEvent,
  MessagesSessionFailedEvent,
  MessagesSessionRequestEvent,
  NetworkingEvent,
  NetworkingEvents,
} from "./events.ts";
export type { FakeIPResult } from "./fake-ip.ts";
export type { ConnectionOptions, ListenSocketOptions } from "./gate.ts";
export type { AuthenticationRefusedEvent } from "./refusal.ts";
export {
  FakeUDPPort,
  NETWORKING_SOCKETS_FAKE_UDP_PORT_MAX_MESSAGE_SIZE,
  NETWORKING_SOCKETS_FAKE_UDP_PORT_RECOMMENDED_MTU,
} from "./fake-udp-port.ts";
export { GameServer, type GameServerOptions } from "./game-server.ts";
export type { ConnectionClosing, ConnectionHandlers } from "./handlers.ts";
export * from "./handles.ts";
export type { GameCoordinatorServerLogin, HostedAddress, RelayAuthTicket, TicketField } from "./hosted.ts";
export { Inbox, type InboxMode, type InboxOptions } from "./inbox.ts";
export { connect, listen } from "./listen.ts";
export { Message } from "./message.ts";
export { NetworkingMessages, type SessionConnectionInfo } from "./messages.ts";
export { NetworkInstance, type InstanceOptions } from "./instance.ts";
export { Networking, openNetworking, type LibraryInfo, type NetworkingOptions } from "./networking.ts";
export { Outbox, type OutboxOptions } from "./outbox.ts";
export type { PeerIdentity } from "./peer-identity.ts";
export { MessagePool, type MessagePoolEvents, type MessagePoolOptions } from "./pool.ts";
export type { ReceivedMessage } from "./receive.ts";
export type { RelayNetworkStatus } from "./relay-network-status.ts";
export type { Frame, RunOptions, RunSummary } from "./run.ts";
export type { OutgoingMessage } from "./send.ts";
export { Server, type ConnectionLimits, type ConnectionRequest, type ListenOptions, type Refusal } from "./server.ts";
export { LentShare, PoolShare, type ShareTicket } from "./share.ts";
export { NETWORK_PRESETS, type NetworkConditions, type NetworkPreset } from "./simulate.ts";
export type { RemoteFakeIP } from "./sockets/fake-ip.ts";
export type { NativeObject } from "./sockets/peer-to-peer.ts";
export { MAX_UNACKNOWLEDGED_SEGMENTS } from "./sockets/traffic.ts";
export { Signaling, type SignalingOptions } from "./signaling.ts";
export type { SignalingService } from "./signaling/service.ts";
export { NetworkingSockets } from "./sockets.ts";
export { NetworkingUtils } from "./utils.ts";
export type { DebugOutputGroup } from "./utils/logging.ts";
export { PING_FAILED, PING_UNKNOWN, PingLocation } from "./utils/ping-location.ts";
export type { MessageData } from "./validate.ts";
export type { LibraryKind } from "../sdk/library.ts";
export * as Address from "./values/address.ts";
export * as Identity from "./values/identity.ts";
export * as POP from "./values/pop.ts";
