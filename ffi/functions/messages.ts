import type { FlatFunctions } from "./function.ts";

/** ISteamNetworkingMessages and the accessors that give its `self`. */
export const messages = {
  SteamNetworkingMessages_SteamAPI_v002: {
    c: "ISteamNetworkingMessages *SteamAPI_SteamNetworkingMessages_SteamAPI_v002()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  SteamGameServerNetworkingMessages_SteamAPI_v002: {
    c: "ISteamNetworkingMessages *SteamAPI_SteamGameServerNetworkingMessages_SteamAPI_v002()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  SendMessageToUser: {
    c: "EResult SteamAPI_ISteamNetworkingMessages_SendMessageToUser(ISteamNetworkingMessages *self, const SteamNetworkingIdentity &identityRemote, const void *pubData, uint32 cubData, int nSendFlags, int nRemoteChannel)",
    args: ["ptr", "ptr", "ptr", "u32", "i32", "i32"],
    returns: "i32",
  },
  ReceiveMessagesOnChannel: {
    c: "int SteamAPI_ISteamNetworkingMessages_ReceiveMessagesOnChannel(ISteamNetworkingMessages *self, int nLocalChannel, SteamNetworkingMessage_t **ppOutMessages, int nMaxMessages)",
    args: ["ptr", "i32", "ptr", "i32"],
    returns: "i32",
  },
  AcceptSessionWithUser: {
    c: "bool SteamAPI_ISteamNetworkingMessages_AcceptSessionWithUser(ISteamNetworkingMessages *self, const SteamNetworkingIdentity &identityRemote)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  CloseSessionWithUser: {
    c: "bool SteamAPI_ISteamNetworkingMessages_CloseSessionWithUser(ISteamNetworkingMessages *self, const SteamNetworkingIdentity &identityRemote)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  CloseChannelWithUser: {
    c: "bool SteamAPI_ISteamNetworkingMessages_CloseChannelWithUser(ISteamNetworkingMessages *self, const SteamNetworkingIdentity &identityRemote, int nLocalChannel)",
    args: ["ptr", "ptr", "i32"],
    returns: "bool",
  },
  GetSessionConnectionInfo: {
    c: "ESteamNetworkingConnectionState SteamAPI_ISteamNetworkingMessages_GetSessionConnectionInfo(ISteamNetworkingMessages *self, const SteamNetworkingIdentity &identityRemote, SteamNetConnectionInfo_t *pConnectionInfo, SteamNetConnectionRealTimeStatus_t *pQuickStatus)",
    args: ["ptr", "ptr", "ptr", "ptr"],
    returns: "i32",
  },
  SteamNetworkingMessages_v002: {
    c: "ISteamNetworkingMessages *SteamAPI_SteamNetworkingMessages_v002()",
    args: [],
    returns: "ptr",
    only: "gns",
  },
} as const satisfies FlatFunctions;
