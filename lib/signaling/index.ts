/**
 * `steam-sockets/signaling`: ready services that carry signals between peers, and their clients. The servers need no
 * native library.
 *
 * Start at {@link startRelay} and {@link connectRelay}.
 * @module
 */
export {
  SignalingClient,
  SignalingError,
  type SignalingClientEvents,
  type SignalingClientOptions,
  type SignalingClientStats,
  type SignalingState,
} from "./client.ts";
export { connectRelay, type RelayClientOptions } from "./relay-client.ts";
export type { RelayConnection } from "./relay-connection.ts";
export type { RelayLimits } from "./relay-limits.ts";
export type { RelayHello, RelayOptions } from "./relay-options.ts";
export { RelayCloseCode } from "./relay-protocol.ts";
export { RelayServer, startRelay, type RelayServerOptions } from "./relay-server.ts";
export { Relay, type RelayStats } from "./relay.ts";
export type { SignalingHost, SignalingService } from "./service.ts";
export { connectTrivialSignaling, type TrivialSignalingOptions } from "./trivial-client.ts";
export { startTrivialSignaling, TrivialServer, type TrivialServerOptions } from "./trivial-server.ts";
