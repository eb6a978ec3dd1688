/** Names of ours that no header of the two crates declares, and why they are right all the same. */
export const undeclared: Readonly<Record<string, string>> = {
  // Functions
  SteamNetworkingSockets_SetManualPollMode: "declared in GameNetworkingSockets' source only; compared with that below",
  SteamNetworkingSockets_Poll: "declared in GameNetworkingSockets' source only; compared with that below",
  SteamAPI_SteamNetworkingSockets_SteamAPI_v013: "the accessor of Steamworks SDK 1.65; the crate has an older SDK",
  SteamAPI_SteamGameServerNetworkingSockets_SteamAPI_v013: "the accessor of Steamworks SDK 1.65, as above",

  // Structs and constants of steamdatagram_tickets.h, a header of Valve's that neither crate carries
  SteamDatagramHostedAddress: "in steamdatagram_tickets.h; the real library is asked for its size below",
  SteamDatagramRelayAuthTicket: "in steamdatagram_tickets.h",
  SteamDatagramRelayAuthTicket_ExtraField: "in steamdatagram_tickets.h",
  SteamDatagramGameCoordinatorServerLogin: "in steamdatagram_tickets.h",
  k_cbSteamDatagramMaxSerializedTicket: "in steamdatagram_tickets.h",
  k_cbMaxSteamDatagramGameCoordinatorServerLoginAppData: "in steamdatagram_tickets.h",
  k_cbMaxSteamDatagramGameCoordinatorServerLoginSerialized: "in steamdatagram_tickets.h",

  // Enumerators
  k_ESteamNetConnectionEnd_Remote_NotLoggedIn_DEPRECATED: "historical: a comment in the header, compared below",
  k_ESteamNetConnectionEnd_Remote_NotRunningApp_DEPRECATED: "historical: a comment in the header, compared below",
  k_ESteamNetConnectionEnd_Misc_RelayConnectivity_DEPRECATED: "historical: a comment in the header, compared below",
  k_ESteamNetworkingIdentityType_GoogleStadia: "historical: named by an old document, gone from the headers",
};
