/** What the helper answers instead of doing it. */
export const HelperAnswer = {
  /** `STEAM_SOCKETS_NOT_OPEN`: no such library, closed, opened anew since, or not this thread's */
  NotOpen: -1,
  /** `STEAM_SOCKETS_OTHER_THREAD`: another thread has it open */
  OtherThread: -2,
  /** `STEAM_SOCKETS_START_FAILED`: the library did not start */
  StartFailed: -3,
  /** `STEAM_SOCKETS_TOO_MANY`: too many libraries are open */
  TooMany: -4,
  /** `STEAM_SOCKETS_NO_FUNCTION`: a function that this needs is missing */
  NoFunction: -5,
  /** `STEAM_SOCKETS_BAD_ARGUMENT`: something is out of range, and nothing was done */
  BadArgument: -6,
  /** `STEAM_SOCKETS_NO_HANDLE`: the library does not know this connection or poll group */
  NoHandle: -7,
  /** `STEAM_SOCKETS_NO_MEMORY`: the system gives no more memory, or all numbers are in use */
  NoMemory: -8,
} as const;
/** One of {@link HelperAnswer}. */
export type HelperAnswer = (typeof HelperAnswer)[keyof typeof HelperAnswer];

/** What a record of the helper holds. */
export const HelperRecordKind = {
  /** `STEAM_SOCKETS_STATUS_CHANGED`: SteamNetConnectionStatusChangedCallback_t */
  StatusChanged: 1,
  /** `STEAM_SOCKETS_AUTHENTICATION_STATUS`: SteamNetAuthenticationStatus_t */
  AuthenticationStatus: 2,
  /** `STEAM_SOCKETS_RELAY_NETWORK_STATUS`: SteamRelayNetworkStatus_t */
  RelayNetworkStatus: 3,
  /** `STEAM_SOCKETS_MESSAGES_SESSION_REQUEST`: SteamNetworkingMessagesSessionRequest_t */
  MessagesSessionRequest: 4,
  /** `STEAM_SOCKETS_MESSAGES_SESSION_FAILED`: SteamNetworkingMessagesSessionFailed_t */
  MessagesSessionFailed: 5,
  /** `STEAM_SOCKETS_DEBUG_OUTPUT`: text; the argument is its level */
  DebugOutput: 6,
  /** `STEAM_SOCKETS_DRAINED`: the handle of a connection that was full and has room again */
  Drained: 7,
  /** `STEAM_SOCKETS_FAKE_IP_RESULT`: SteamNetworkingFakeIPResult_t */
  FakeIPResult: 8,
  /** `STEAM_SOCKETS_LOGGED_ON`: SteamServersConnected_t */
  LoggedOn: 9,
  /** `STEAM_SOCKETS_LOG_ON_FAILED`: SteamServerConnectFailure_t */
  LogOnFailed: 10,
  /** `STEAM_SOCKETS_LOGGED_OFF`: SteamServersDisconnected_t */
  LoggedOff: 11,
  /** `STEAM_SOCKETS_SIGNAL`: steam_sockets_signal_head, then the signal */
  Signal: 12,
  /** `STEAM_SOCKETS_REFUSED`: SteamNetworkingIdentity of a peer that was refused, his address, a zero, and why */
  Refused: 13,
} as const;
/** One of {@link HelperRecordKind}. */
export type HelperRecordKind = (typeof HelperRecordKind)[keyof typeof HelperRecordKind];

/** Where the helper receives from. */
export const HelperSource = {
  /** `STEAM_SOCKETS_FROM_CONNECTION`: a connection */
  Connection: 1,
  /** `STEAM_SOCKETS_FROM_POLL_GROUP`: a poll group */
  PollGroup: 2,
  /** `STEAM_SOCKETS_FROM_CHANNEL`: a channel of NetworkingMessages */
  Channel: 3,
  /** `STEAM_SOCKETS_FROM_FAKE_PORT`: a fake UDP port, by its number */
  FakePort: 4,
} as const;
/** One of {@link HelperSource}. */
export type HelperSource = (typeof HelperSource)[keyof typeof HelperSource];

/** What becomes of peers that ask for a connection by a signal. */
export const HelperPeers = {
  /** `STEAM_SOCKETS_IGNORE_PEERS`: they get no answer */
  Ignore: 0,
  /** `STEAM_SOCKETS_ASK_FOR_PEERS`: a connection is made, Connecting */
  Ask: 1,
} as const;
/** One of {@link HelperPeers}. */
export type HelperPeers = (typeof HelperPeers)[keyof typeof HelperPeers];
