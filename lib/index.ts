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
export type { LibraryKind } from "../sdk/library.ts";
export type { CertificateSource } from "./authentication/certificate-blob.ts";
export type { CertificateOptions, Certificates } from "./authentication/certificates.ts";
export type { ConnectionOptions, ListenSocketOptions } from "./authentication/gate.ts";
export type { RenewCertificate } from "./authentication/renewal.ts";
export type { Handler } from "./emitter.ts";
export * from "./errors.ts";
export { EventStream } from "./events/event-stream.ts";
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
} from "./events/events.ts";
export type { AuthenticationRefusedEvent } from "./events/refusal.ts";
export type { AdoptOptions } from "./everyday/adopt.ts";
export type { ConnectionClosing } from "./everyday/closing.ts";
export type { ConnectOptions } from "./everyday/connect.ts";
export { Connection, type Lane, type SendOptions } from "./everyday/connection.ts";
export type { DispatcherOptions } from "./everyday/dispatcher.ts";
export type { ConnectionHandlers } from "./everyday/handlers.ts";
export { Message } from "./everyday/message.ts";
export type { Frame, RunOptions, RunSummary } from "./everyday/run.ts";
export {
  Server,
  type ConnectionLimits,
  type ConnectionRequest,
  type ListenOptions,
  type Refusal,
} from "./everyday/server.ts";
export { GameServer, type GameServerOptions } from "./game-server.ts";
export { NetworkInstance, type InstanceOptions } from "./instance.ts";
export { connect, listen } from "./listen.ts";
export { NetworkingMessages, type SessionConnectionInfo } from "./messages/messages.ts";
export type { NetworkingOptions } from "./networking-options.ts";
export { Networking, openNetworking, type LibraryInfo } from "./networking.ts";
export type { SignalingService } from "./signaling/service.ts";
export { Signaling, type SignalingOptions } from "./signaling/signaling.ts";
export type { RemoteFakeIP } from "./sockets/fake-ip.ts";
export {
  FakeUDPPort,
  NETWORKING_SOCKETS_FAKE_UDP_PORT_MAX_MESSAGE_SIZE,
  NETWORKING_SOCKETS_FAKE_UDP_PORT_RECOMMENDED_MTU,
} from "./sockets/fake-udp-port.ts";
export type { NativeObject } from "./sockets/peer-to-peer.ts";
export { NetworkingSockets } from "./sockets/sockets.ts";
export { MAX_UNACKNOWLEDGED_SEGMENTS } from "./sockets/traffic.ts";
export { Inbox, type InboxMode, type InboxOptions } from "./traffic/inbox.ts";
export { Outbox, type OutboxOptions } from "./traffic/outbox.ts";
export { MessagePool, type MessagePoolEvents, type MessagePoolOptions } from "./traffic/pool.ts";
export type { ReceivedMessage } from "./traffic/receive.ts";
export type { OutgoingMessage } from "./traffic/send.ts";
export { LentShare, PoolShare, type ShareTicket } from "./traffic/share.ts";
export type {
  ConfigOption,
  ConfigOptionName,
  ConfigOptions,
  ConfigOptionValue,
  ConfigTarget,
  ConfigValueOf,
} from "./utils/config.ts";
export type { DebugOutputGroup } from "./utils/logging.ts";
export { PING_FAILED, PING_UNKNOWN, PingLocation } from "./utils/ping-location.ts";
export { NETWORK_PRESETS, type NetworkConditions, type NetworkPreset } from "./utils/simulate.ts";
export { NetworkingUtils } from "./utils/utils.ts";
export type { MessageData } from "./validate.ts";
export * as Address from "./values/address.ts";
export type { AuthenticationState, AuthenticationStatus } from "./values/authentication-status.ts";
export { CloseCode } from "./values/close-code.ts";
export type { ConnectionInfo, ConnectionStatus, LaneStatus } from "./values/connection-info.ts";
export {
  DATAGRAM_POP_ID_DEV,
  MAX_GAME_COORDINATOR_SERVER_LOGIN_SERIALIZED,
  MAX_STEAM_PACKET_SIZE,
} from "./values/constants.ts";
export type { FakeIPResult } from "./values/fake-ip.ts";
export * from "./values/handles.ts";
export type { GameCoordinatorServerLogin, HostedAddress, RelayAuthTicket, TicketField } from "./values/hosted.ts";
export * as Identity from "./values/identity.ts";
export type { PeerIdentity } from "./values/peer-identity.ts";
export * as POP from "./values/pop.ts";
export type { RelayNetworkStatus } from "./values/relay-network-status.ts";
