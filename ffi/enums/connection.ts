/** Where a connection stands (`ESteamNetworkingConnectionState`). */
export const ConnectionState = {
  /** `k_ESteamNetworkingConnectionState_None`: no such connection, or it was closed here */
  None: 0,
  /** `k_ESteamNetworkingConnectionState_Connecting`: being set up; an incoming one waits here to be accepted */
  Connecting: 1,
  /** `k_ESteamNetworkingConnectionState_FindingRoute`: accepted, and no way to the other end is known yet */
  FindingRoute: 2,
  /** `k_ESteamNetworkingConnectionState_Connected`: both ends can send */
  Connected: 3,
  /** `k_ESteamNetworkingConnectionState_ClosedByPeer`: the other end closed it; it must still be closed here */
  ClosedByPeer: 4,
  /** `k_ESteamNetworkingConnectionState_ProblemDetectedLocally`: it broke or timed out; it must still be closed here */
  ProblemDetectedLocally: 5,
  /** `k_ESteamNetworkingConnectionState_FinWait`: internal: closed here, kept to tell the other end */
  FinWait: -1,
  /** `k_ESteamNetworkingConnectionState_Linger`: internal: closed here while reliable data is still being sent */
  Linger: -2,
  /** `k_ESteamNetworkingConnectionState_Dead`: internal: about to be freed */
  Dead: -3,
  /** `k_ESteamNetworkingConnectionState__Force32Bit`: no state; makes the C enum 32 bits wide */
  Force32Bit: 0x7fffffff,
} as const;
/** One of {@link ConnectionState}. */
export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState];

/** Why a connection ended (`ESteamNetConnectionEnd`). */
export const ConnectionEnd = {
  /** `k_ESteamNetConnectionEnd_Invalid`: no reason */
  Invalid: 0,
  /** `k_ESteamNetConnectionEnd_App_Min`: first code for an application's ordinary end */
  App_Min: 1000,
  /** `k_ESteamNetConnectionEnd_App_Generic`: the ordinary end when no code was given */
  App_Generic: 1000,
  /** `k_ESteamNetConnectionEnd_App_Max`: last code for an application's ordinary end */
  App_Max: 1999,
  /** `k_ESteamNetConnectionEnd_AppException_Min`: first code for an application's unusual end */
  AppException_Min: 2000,
  /** `k_ESteamNetConnectionEnd_AppException_Generic`: the unusual end when no code was given */
  AppException_Generic: 2000,
  /** `k_ESteamNetConnectionEnd_AppException_Max`: last code for an application's unusual end */
  AppException_Max: 2999,
  /** `k_ESteamNetConnectionEnd_Local_Min`: first code for trouble at this end */
  Local_Min: 3000,
  /** `k_ESteamNetConnectionEnd_Local_OfflineMode`: offline mode */
  Local_OfflineMode: 3001,
  /** `k_ESteamNetConnectionEnd_Local_ManyRelayConnectivity`: no relay can be reached, so the trouble is here */
  Local_ManyRelayConnectivity: 3002,
  /** `k_ESteamNetConnectionEnd_Local_HostedServerPrimaryRelay`: a hosted server lost the relay that its client uses */
  Local_HostedServerPrimaryRelay: 3003,
  /** `k_ESteamNetConnectionEnd_Local_NetworkConfig`: the relay network's configuration could not be fetched */
  Local_NetworkConfig: 3004,
  /** `k_ESteamNetConnectionEnd_Local_Rights`: Steam says that we may not */
  Local_Rights: 3005,
  /**
   * `k_ESteamNetConnectionEnd_Local_P2P_ICE_NoPublicAddresses`: our public address could not be found; used internally
   * where relays can stand in
   */
  Local_P2P_ICE_NoPublicAddresses: 3006,
  /** `k_ESteamNetConnectionEnd_Local_Max`: last code for trouble at this end */
  Local_Max: 3999,
  /** `k_ESteamNetConnectionEnd_Remote_Min`: first code for trouble at the other end or on the way */
  Remote_Min: 4000,
  /** `k_ESteamNetConnectionEnd_Remote_Timeout`: the other end fell silent while our own network works */
  Remote_Timeout: 4001,
  /** `k_ESteamNetConnectionEnd_Remote_BadCrypt`: the other end's handshake makes no sense */
  Remote_BadCrypt: 4002,
  /** `k_ESteamNetConnectionEnd_Remote_BadCert`: the other end's certificate is not one that we trust */
  Remote_BadCert: 4003,
  /** `k_ESteamNetConnectionEnd_Remote_NotLoggedIn_DEPRECATED`: historical, never returned now */
  Remote_NotLoggedIn: 4004,
  /** `k_ESteamNetConnectionEnd_Remote_NotRunningApp_DEPRECATED`: historical, never returned now */
  Remote_NotRunningApp: 4005,
  /** `k_ESteamNetConnectionEnd_Remote_BadProtocolVersion`: the other end speaks another version */
  Remote_BadProtocolVersion: 4006,
  /**
   * `k_ESteamNetConnectionEnd_Remote_P2P_ICE_NoPublicAddresses`: the other end sent no public address; used internally
   * where relays can stand in
   */
  Remote_P2P_ICE_NoPublicAddresses: 4007,
  /** `k_ESteamNetConnectionEnd_Remote_Max`: last code for trouble at the other end */
  Remote_Max: 4999,
  /** `k_ESteamNetConnectionEnd_Misc_Min`: first code for everything else */
  Misc_Min: 5000,
  /** `k_ESteamNetConnectionEnd_Misc_Generic`: rare enough to have no code; the text says more */
  Misc_Generic: 5001,
  /** `k_ESteamNetConnectionEnd_Misc_InternalError`: most likely a bug */
  Misc_InternalError: 5002,
  /** `k_ESteamNetConnectionEnd_Misc_Timeout`: timed out, and nobody knows whose fault it is */
  Misc_Timeout: 5003,
  /** `k_ESteamNetConnectionEnd_Misc_RelayConnectivity_DEPRECATED`: historical, never returned now */
  Misc_RelayConnectivity: 5004,
  /** `k_ESteamNetConnectionEnd_Misc_SteamConnectivity`: trouble talking to Steam */
  Misc_SteamConnectivity: 5005,
  /** `k_ESteamNetConnectionEnd_Misc_NoRelaySessionsToClient`: a hosted server has no relay session to its client */
  Misc_NoRelaySessionsToClient: 5006,
  /** `k_ESteamNetConnectionEnd_Misc_P2P_Rendezvous`: the two ends did not find each other */
  Misc_P2P_Rendezvous: 5008,
  /** `k_ESteamNetConnectionEnd_Misc_P2P_NAT_Firewall`: no way through a NAT or firewall */
  Misc_P2P_NAT_Firewall: 5009,
  /** `k_ESteamNetConnectionEnd_Misc_PeerSentNoConnection`: the other end knows nothing of this connection */
  Misc_PeerSentNoConnection: 5010,
  /** `k_ESteamNetConnectionEnd_Misc_Max`: last code for everything else */
  Misc_Max: 5999,
} as const;
/** One of {@link ConnectionEnd}. */
export type ConnectionEnd = (typeof ConnectionEnd)[keyof typeof ConnectionEnd];

/** What a connection is like; bits. */
export const ConnectionInfoFlags = {
  /** `k_nSteamNetworkConnectionInfoFlags_Unauthenticated`: the other end showed no certificate */
  Unauthenticated: 1,
  /** `k_nSteamNetworkConnectionInfoFlags_Unencrypted`: what is sent can be read by others */
  Unencrypted: 2,
  /** `k_nSteamNetworkConnectionInfoFlags_LoopbackBuffers`: within this process, without a network */
  LoopbackBuffers: 4,
  /** `k_nSteamNetworkConnectionInfoFlags_Fast`: on this machine or the same local network, as far as can be told */
  Fast: 8,
  /** `k_nSteamNetworkConnectionInfoFlags_Relayed`: by way of a relay */
  Relayed: 16,
  /** `k_nSteamNetworkConnectionInfoFlags_DualWifi`: over two wireless bands */
  DualWifi: 32,
} as const;
/** One of {@link ConnectionInfoFlags}. */
export type ConnectionInfoFlags = (typeof ConnectionInfoFlags)[keyof typeof ConnectionInfoFlags];

/** Whether something in the network can be used (`ESteamNetworkingAvailability`). Below zero is a problem. */
export const Availability = {
  /** `k_ESteamNetworkingAvailability_CannotTry`: something that it needs is missing */
  CannotTry: -102,
  /** `k_ESteamNetworkingAvailability_Failed`: tried, and never worked */
  Failed: -101,
  /** `k_ESteamNetworkingAvailability_Previously`: worked before, and does not now */
  Previously: -100,
  /** `k_ESteamNetworkingAvailability_Retrying`: failed, and is being tried again */
  Retrying: -10,
  /** `k_ESteamNetworkingAvailability_NeverTried`: nobody asked for it yet */
  NeverTried: 1,
  /** `k_ESteamNetworkingAvailability_Waiting`: waits for something that it needs */
  Waiting: 2,
  /** `k_ESteamNetworkingAvailability_Attempting`: being tried */
  Attempting: 3,
  /** `k_ESteamNetworkingAvailability_Current`: works */
  Current: 100,
  /** `k_ESteamNetworkingAvailability_Unknown`: no answer, or it does not apply */
  Unknown: 0,
} as const;
/** One of {@link Availability}. */
export type Availability = (typeof Availability)[keyof typeof Availability];

/** How a message is sent; bits. */
export const SendFlags = {
  /** `k_nSteamNetworkingSend_Unreliable`: may be lost */
  Unreliable: 0,
  /** `k_nSteamNetworkingSend_NoNagle`: don't wait for more to fill the packet */
  NoNagle: 1,
  /** `k_nSteamNetworkingSend_UnreliableNoNagle`: `Unreliable` and `NoNagle` */
  UnreliableNoNagle: 1,
  /** `k_nSteamNetworkingSend_NoDelay`: drop it rather than let it wait; for unreliable messages */
  NoDelay: 4,
  /** `k_nSteamNetworkingSend_UnreliableNoDelay`: `Unreliable`, `NoNagle` and `NoDelay` */
  UnreliableNoDelay: 5,
  /** `k_nSteamNetworkingSend_Reliable`: arrives, and in order within its lane */
  Reliable: 8,
  /** `k_nSteamNetworkingSend_ReliableNoNagle`: `Reliable` and `NoNagle` */
  ReliableNoNagle: 9,
  /** `k_nSteamNetworkingSend_UseCurrentThread`: do the work of sending in this call */
  UseCurrentThread: 16,
  /** `k_nSteamNetworkingSend_AutoRestartBrokenSession`: messages interface only: open a broken session anew */
  AutoRestartBrokenSession: 32,
} as const;
/** One of {@link SendFlags}. */
export type SendFlags = (typeof SendFlags)[keyof typeof SendFlags];
