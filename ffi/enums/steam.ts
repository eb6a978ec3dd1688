/** How a game server deals with users (`EServerMode`). */
export const ServerMode = {
  /** `eServerModeInvalid`: none */
  Invalid: 0,
  /** `eServerModeNoAuthentication`: nobody is authenticated, and the server is not listed */
  NoAuthentication: 1,
  /** `eServerModeAuthentication`: users are authenticated, the server is listed */
  Authentication: 2,
  /** `eServerModeAuthenticationAndSecure`: the same, with VAC */
  AuthenticationAndSecure: 3,
} as const;
/** One of {@link ServerMode}. */
export type ServerMode = (typeof ServerMode)[keyof typeof ServerMode];

/** How starting steam_api went (`ESteamAPIInitResult`). */
export const SteamAPIInitResult = {
  /** `k_ESteamAPIInitResult_OK`: started */
  OK: 0,
  /** `k_ESteamAPIInitResult_FailedGeneric`: failed; the text says why */
  FailedGeneric: 1,
  /** `k_ESteamAPIInitResult_NoSteamClient`: Steam does not run */
  NoSteamClient: 2,
  /** `k_ESteamAPIInitResult_VersionMismatch`: the Steam client is too old */
  VersionMismatch: 3,
} as const;
/** One of {@link SteamAPIInitResult}. */
export type SteamAPIInitResult = (typeof SteamAPIInitResult)[keyof typeof SteamAPIInitResult];

/** The number of each callback, as manual dispatch gives it. */
export const CallbackID = {
  /** `SteamServersConnected_t::k_iCallback`: logged on */
  SteamServersConnected: 101,
  /** `SteamServerConnectFailure_t::k_iCallback`: logging on failed */
  SteamServerConnectFailure: 102,
  /** `SteamServersDisconnected_t::k_iCallback`: the connection to Steam was lost */
  SteamServersDisconnected: 103,
  /** `SteamAPICallCompleted_t::k_iCallback`: an asynchronous call is done */
  SteamAPICallCompleted: 703,
  /** `SteamNetConnectionStatusChangedCallback_t::k_iCallback`: a connection changed */
  SteamNetConnectionStatusChangedCallback: 1221,
  /** `SteamNetAuthenticationStatus_t::k_iCallback`: our authentication changed */
  SteamNetAuthenticationStatus: 1222,
  /** `SteamNetworkingFakeIPResult_t::k_iCallback`: a fake address was given or refused */
  SteamNetworkingFakeIPResult: 1223,
  /** `SteamNetworkingMessagesSessionRequest_t::k_iCallback`: somebody new sends a message */
  SteamNetworkingMessagesSessionRequest: 1251,
  /** `SteamNetworkingMessagesSessionFailed_t::k_iCallback`: a session broke */
  SteamNetworkingMessagesSessionFailed: 1252,
  /** `SteamRelayNetworkStatus_t::k_iCallback`: the relay network's state changed */
  SteamRelayNetworkStatus: 1281,
} as const;
/** One of {@link CallbackID}. */
export type CallbackID = (typeof CallbackID)[keyof typeof CallbackID];
