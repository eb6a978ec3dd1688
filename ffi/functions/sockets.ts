import type { FlatFunctions } from "./function.ts";

/** ISteamNetworkingSockets and the accessors that give its `self`. */
export const sockets = {
  SteamNetworkingSockets_SteamAPI_v012: {
    c: "ISteamNetworkingSockets *SteamAPI_SteamNetworkingSockets_SteamAPI_v012()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  SteamGameServerNetworkingSockets_SteamAPI_v012: {
    c: "ISteamNetworkingSockets *SteamAPI_SteamGameServerNetworkingSockets_SteamAPI_v012()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  CreateListenSocketIP: {
    c: "HSteamListenSocket SteamAPI_ISteamNetworkingSockets_CreateListenSocketIP(ISteamNetworkingSockets *self, const SteamNetworkingIPAddr &localAddress, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "u32",
  },
  ConnectByIPAddress: {
    c: "HSteamNetConnection SteamAPI_ISteamNetworkingSockets_ConnectByIPAddress(ISteamNetworkingSockets *self, const SteamNetworkingIPAddr &address, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "u32",
  },
  CreateListenSocketP2P: {
    c: "HSteamListenSocket SteamAPI_ISteamNetworkingSockets_CreateListenSocketP2P(ISteamNetworkingSockets *self, int nLocalVirtualPort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "i32", "i32", "ptr"],
    returns: "u32",
  },
  ConnectP2P: {
    c: "HSteamNetConnection SteamAPI_ISteamNetworkingSockets_ConnectP2P(ISteamNetworkingSockets *self, const SteamNetworkingIdentity &identityRemote, int nRemoteVirtualPort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "ptr", "i32", "i32", "ptr"],
    returns: "u32",
  },
  AcceptConnection: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_AcceptConnection(ISteamNetworkingSockets *self, HSteamNetConnection hConn)",
    args: ["ptr", "u32"],
    returns: "i32",
  },
  CloseConnection: {
    c: "bool SteamAPI_ISteamNetworkingSockets_CloseConnection(ISteamNetworkingSockets *self, HSteamNetConnection hPeer, int nReason, const char *pszDebug, bool bEnableLinger)",
    args: ["ptr", "u32", "i32", "cstring", "bool"],
    returns: "bool",
  },
  CloseListenSocket: {
    c: "bool SteamAPI_ISteamNetworkingSockets_CloseListenSocket(ISteamNetworkingSockets *self, HSteamListenSocket hSocket)",
    args: ["ptr", "u32"],
    returns: "bool",
  },
  SetConnectionUserData: {
    c: "bool SteamAPI_ISteamNetworkingSockets_SetConnectionUserData(ISteamNetworkingSockets *self, HSteamNetConnection hPeer, int64 nUserData)",
    args: ["ptr", "u32", "i64"],
    returns: "bool",
  },
  GetConnectionUserData: {
    c: "int64 SteamAPI_ISteamNetworkingSockets_GetConnectionUserData(ISteamNetworkingSockets *self, HSteamNetConnection hPeer)",
    args: ["ptr", "u32"],
    returns: "i64",
  },
  SetConnectionName: {
    c: "void SteamAPI_ISteamNetworkingSockets_SetConnectionName(ISteamNetworkingSockets *self, HSteamNetConnection hPeer, const char *pszName)",
    args: ["ptr", "u32", "cstring"],
    returns: "void",
  },
  GetConnectionName: {
    c: "bool SteamAPI_ISteamNetworkingSockets_GetConnectionName(ISteamNetworkingSockets *self, HSteamNetConnection hPeer, char *pszName, int nMaxLen)",
    args: ["ptr", "u32", "ptr", "i32"],
    returns: "bool",
  },
  SendMessageToConnection: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_SendMessageToConnection(ISteamNetworkingSockets *self, HSteamNetConnection hConn, const void *pData, uint32 cbData, int nSendFlags, int64 *pOutMessageNumber)",
    args: ["ptr", "u32", "ptr", "u32", "i32", "ptr"],
    returns: "i32",
  },
  // Always called with five arguments: older libraries ignore the fifth, and no symbol tells which one is loaded.
  SendMessages: {
    c: "void SteamAPI_ISteamNetworkingSockets_SendMessages(ISteamNetworkingSockets *self, int nMessages, SteamNetworkingMessage_t **pMessages, int64 *pOutMessageNumberOrResult, bool bDeleteFailedMessages)",
    cSteam:
      "void SteamAPI_ISteamNetworkingSockets_SendMessages(ISteamNetworkingSockets *self, int nMessages, SteamNetworkingMessage_t *const *pMessages, int64 *pOutMessageNumberOrResult)",
    args: ["ptr", "i32", "ptr", "ptr", "bool"],
    returns: "void",
  },
  FlushMessagesOnConnection: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_FlushMessagesOnConnection(ISteamNetworkingSockets *self, HSteamNetConnection hConn)",
    args: ["ptr", "u32"],
    returns: "i32",
  },
  ReceiveMessagesOnConnection: {
    c: "int SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnConnection(ISteamNetworkingSockets *self, HSteamNetConnection hConn, SteamNetworkingMessage_t **ppOutMessages, int nMaxMessages)",
    args: ["ptr", "u32", "ptr", "i32"],
    returns: "i32",
  },
  GetConnectionInfo: {
    c: "bool SteamAPI_ISteamNetworkingSockets_GetConnectionInfo(ISteamNetworkingSockets *self, HSteamNetConnection hConn, SteamNetConnectionInfo_t *pInfo)",
    args: ["ptr", "u32", "ptr"],
    returns: "bool",
  },
  GetConnectionRealTimeStatus: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_GetConnectionRealTimeStatus(ISteamNetworkingSockets *self, HSteamNetConnection hConn, SteamNetConnectionRealTimeStatus_t *pStats, int nLanes, SteamNetConnectionRealTimeLaneStatus_t *pLanes)",
    args: ["ptr", "u32", "ptr", "i32", "ptr"],
    returns: "i32",
  },
  GetDetailedConnectionStatus: {
    c: "int SteamAPI_ISteamNetworkingSockets_GetDetailedConnectionStatus(ISteamNetworkingSockets *self, HSteamNetConnection hConn, char *pszBuf, int cbBuf)",
    args: ["ptr", "u32", "ptr", "i32"],
    returns: "i32",
  },
  GetListenSocketAddress: {
    c: "bool SteamAPI_ISteamNetworkingSockets_GetListenSocketAddress(ISteamNetworkingSockets *self, HSteamListenSocket hSocket, SteamNetworkingIPAddr *address)",
    args: ["ptr", "u32", "ptr"],
    returns: "bool",
  },
  CreateSocketPair: {
    c: "bool SteamAPI_ISteamNetworkingSockets_CreateSocketPair(ISteamNetworkingSockets *self, HSteamNetConnection *pOutConnection1, HSteamNetConnection *pOutConnection2, bool bUseNetworkLoopback, const SteamNetworkingIdentity *pIdentity1, const SteamNetworkingIdentity *pIdentity2)",
    args: ["ptr", "ptr", "ptr", "bool", "ptr", "ptr"],
    returns: "bool",
  },
  ConfigureConnectionLanes: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_ConfigureConnectionLanes(ISteamNetworkingSockets *self, HSteamNetConnection hConn, int nNumLanes, const int *pLanePriorities, const uint16 *pLaneWeights)",
    args: ["ptr", "u32", "i32", "ptr", "ptr"],
    returns: "i32",
  },
  GetIdentity: {
    c: "bool SteamAPI_ISteamNetworkingSockets_GetIdentity(ISteamNetworkingSockets *self, SteamNetworkingIdentity *pIdentity)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  InitAuthentication: {
    c: "ESteamNetworkingAvailability SteamAPI_ISteamNetworkingSockets_InitAuthentication(ISteamNetworkingSockets *self)",
    args: ["ptr"],
    returns: "i32",
  },
  GetAuthenticationStatus: {
    c: "ESteamNetworkingAvailability SteamAPI_ISteamNetworkingSockets_GetAuthenticationStatus(ISteamNetworkingSockets *self, SteamNetAuthenticationStatus_t *pDetails)",
    args: ["ptr", "ptr"],
    returns: "i32",
  },
  CreatePollGroup: {
    c: "HSteamNetPollGroup SteamAPI_ISteamNetworkingSockets_CreatePollGroup(ISteamNetworkingSockets *self)",
    args: ["ptr"],
    returns: "u32",
  },
  DestroyPollGroup: {
    c: "bool SteamAPI_ISteamNetworkingSockets_DestroyPollGroup(ISteamNetworkingSockets *self, HSteamNetPollGroup hPollGroup)",
    args: ["ptr", "u32"],
    returns: "bool",
  },
  SetConnectionPollGroup: {
    c: "bool SteamAPI_ISteamNetworkingSockets_SetConnectionPollGroup(ISteamNetworkingSockets *self, HSteamNetConnection hConn, HSteamNetPollGroup hPollGroup)",
    args: ["ptr", "u32", "u32"],
    returns: "bool",
  },
  ReceiveMessagesOnPollGroup: {
    c: "int SteamAPI_ISteamNetworkingSockets_ReceiveMessagesOnPollGroup(ISteamNetworkingSockets *self, HSteamNetPollGroup hPollGroup, SteamNetworkingMessage_t **ppOutMessages, int nMaxMessages)",
    args: ["ptr", "u32", "ptr", "i32"],
    returns: "i32",
  },
  ReceivedRelayAuthTicket: {
    c: "bool SteamAPI_ISteamNetworkingSockets_ReceivedRelayAuthTicket(ISteamNetworkingSockets *self, const void *pvTicket, int cbTicket, SteamDatagramRelayAuthTicket *pOutParsedTicket)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "bool",
  },
  FindRelayAuthTicketForServer: {
    c: "int SteamAPI_ISteamNetworkingSockets_FindRelayAuthTicketForServer(ISteamNetworkingSockets *self, const SteamNetworkingIdentity &identityGameServer, int nRemoteVirtualPort, SteamDatagramRelayAuthTicket *pOutParsedTicket)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "i32",
  },
  ConnectToHostedDedicatedServer: {
    c: "HSteamNetConnection SteamAPI_ISteamNetworkingSockets_ConnectToHostedDedicatedServer(ISteamNetworkingSockets *self, const SteamNetworkingIdentity &identityTarget, int nRemoteVirtualPort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "ptr", "i32", "i32", "ptr"],
    returns: "u32",
  },
  GetHostedDedicatedServerPort: {
    c: "uint16 SteamAPI_ISteamNetworkingSockets_GetHostedDedicatedServerPort(ISteamNetworkingSockets *self)",
    args: ["ptr"],
    returns: "u16",
  },
  GetHostedDedicatedServerPOPID: {
    c: "SteamNetworkingPOPID SteamAPI_ISteamNetworkingSockets_GetHostedDedicatedServerPOPID(ISteamNetworkingSockets *self)",
    args: ["ptr"],
    returns: "u32",
  },
  GetHostedDedicatedServerAddress: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_GetHostedDedicatedServerAddress(ISteamNetworkingSockets *self, SteamDatagramHostedAddress *pRouting)",
    args: ["ptr", "ptr"],
    returns: "i32",
  },
  CreateHostedDedicatedServerListenSocket: {
    c: "HSteamListenSocket SteamAPI_ISteamNetworkingSockets_CreateHostedDedicatedServerListenSocket(ISteamNetworkingSockets *self, int nLocalVirtualPort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "i32", "i32", "ptr"],
    returns: "u32",
  },
  GetGameCoordinatorServerLogin: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_GetGameCoordinatorServerLogin(ISteamNetworkingSockets *self, SteamDatagramGameCoordinatorServerLogin *pLoginInfo, int *pcbSignedBlob, void *pBlob)",
    args: ["ptr", "ptr", "ptr", "ptr"],
    returns: "i32",
  },
  ConnectP2PCustomSignaling: {
    c: "HSteamNetConnection SteamAPI_ISteamNetworkingSockets_ConnectP2PCustomSignaling(ISteamNetworkingSockets *self, ISteamNetworkingConnectionSignaling *pSignaling, const SteamNetworkingIdentity *pPeerIdentity, int nRemoteVirtualPort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "ptr", "ptr", "i32", "i32", "ptr"],
    returns: "u32",
  },
  ReceivedP2PCustomSignal: {
    c: "bool SteamAPI_ISteamNetworkingSockets_ReceivedP2PCustomSignal(ISteamNetworkingSockets *self, const void *pMsg, int cbMsg, ISteamNetworkingSignalingRecvContext *pContext)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "bool",
  },
  GetCertificateRequest: {
    c: "bool SteamAPI_ISteamNetworkingSockets_GetCertificateRequest(ISteamNetworkingSockets *self, int *pcbBlob, void *pBlob, SteamNetworkingErrMsg &errMsg)",
    args: ["ptr", "ptr", "ptr", "ptr"],
    returns: "bool",
  },
  SetCertificate: {
    c: "bool SteamAPI_ISteamNetworkingSockets_SetCertificate(ISteamNetworkingSockets *self, const void *pCertificate, int cbCertificate, SteamNetworkingErrMsg &errMsg)",
    args: ["ptr", "ptr", "i32", "ptr"],
    returns: "bool",
  },
  ResetIdentity: {
    c: "void SteamAPI_ISteamNetworkingSockets_ResetIdentity(ISteamNetworkingSockets *self, const SteamNetworkingIdentity *pIdentity)",
    args: ["ptr", "ptr"],
    returns: "void",
    only: "steam",
  },
  RunCallbacks: {
    c: "void SteamAPI_ISteamNetworkingSockets_RunCallbacks(ISteamNetworkingSockets *self)",
    args: ["ptr"],
    returns: "void",
  },
  BeginAsyncRequestFakeIP: {
    c: "bool SteamAPI_ISteamNetworkingSockets_BeginAsyncRequestFakeIP(ISteamNetworkingSockets *self, int nNumPorts)",
    args: ["ptr", "i32"],
    returns: "bool",
    only: "steam",
  },
  GetFakeIP: {
    c: "void SteamAPI_ISteamNetworkingSockets_GetFakeIP(ISteamNetworkingSockets *self, int idxFirstPort, SteamNetworkingFakeIPResult_t *pInfo)",
    args: ["ptr", "i32", "ptr"],
    returns: "void",
    only: "steam",
  },
  CreateListenSocketP2PFakeIP: {
    c: "HSteamListenSocket SteamAPI_ISteamNetworkingSockets_CreateListenSocketP2PFakeIP(ISteamNetworkingSockets *self, int idxFakePort, int nOptions, const SteamNetworkingConfigValue_t *pOptions)",
    args: ["ptr", "i32", "i32", "ptr"],
    returns: "u32",
    only: "steam",
  },
  GetRemoteFakeIPForConnection: {
    c: "EResult SteamAPI_ISteamNetworkingSockets_GetRemoteFakeIPForConnection(ISteamNetworkingSockets *self, HSteamNetConnection hConn, SteamNetworkingIPAddr *pOutAddr)",
    args: ["ptr", "u32", "ptr"],
    returns: "i32",
    only: "steam",
  },
  CreateFakeUDPPort: {
    c: "ISteamNetworkingFakeUDPPort *SteamAPI_ISteamNetworkingSockets_CreateFakeUDPPort(ISteamNetworkingSockets *self, int idxFakeServerPort)",
    args: ["ptr", "i32"],
    returns: "ptr",
    only: "steam",
  },
  SteamNetworkingSockets_SteamAPI_v013: {
    c: "ISteamNetworkingSockets *SteamAPI_SteamNetworkingSockets_SteamAPI_v013()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  SteamGameServerNetworkingSockets_SteamAPI_v013: {
    c: "ISteamNetworkingSockets *SteamAPI_SteamGameServerNetworkingSockets_SteamAPI_v013()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  SteamNetworkingSockets_v009: {
    c: "ISteamNetworkingSockets *SteamAPI_SteamNetworkingSockets_v009()",
    args: [],
    returns: "ptr",
    only: "gns",
  },
  CreateCustomSignaling: {
    c: "ISteamNetworkingConnectionSignaling *SteamAPI_ISteamNetworkingSockets_CreateCustomSignaling(void *ctx, FSteamNetworkingSocketsCustomSignaling_SendSignal fnSendSignal, FSteamNetworkingSocketsCustomSignaling_Release fnRelease)",
    args: ["ptr", "ptr", "ptr"],
    returns: "ptr",
    only: "gns",
  },
  ReceivedP2PCustomSignal2: {
    c: "bool SteamAPI_ISteamNetworkingSockets_ReceivedP2PCustomSignal2(ISteamNetworkingSockets *self, const void *pMsg, int cbMsg, void *ctx, FSteamNetworkingCustomSignalingRecvContext_OnConnectRequest fnOnConnectRequest, FSteamNetworkingCustomSignalingRecvContext_SendRejectionSignal fnSendRejectionSignal)",
    args: ["ptr", "ptr", "i32", "ptr", "ptr", "ptr"],
    returns: "bool",
    only: "gns",
  },
} as const satisfies FlatFunctions;
