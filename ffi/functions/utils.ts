import { FFIType } from "bun:ffi";
import type { FlatFunctions } from "./function.ts";

/** ISteamNetworkingUtils and the accessors that give its `self`; user and game server share it. */
export const utils = {
  SteamNetworkingUtils_SteamAPI_v004: {
    c: "ISteamNetworkingUtils *SteamAPI_SteamNetworkingUtils_SteamAPI_v004()",
    args: [],
    returns: "ptr",
    only: "steam",
  },
  AllocateMessage: {
    c: "SteamNetworkingMessage_t *SteamAPI_ISteamNetworkingUtils_AllocateMessage(ISteamNetworkingUtils *self, int cbAllocateBuffer)",
    args: ["ptr", "i32"],
    returns: "ptr",
  },
  InitRelayNetworkAccess: {
    c: "void SteamAPI_ISteamNetworkingUtils_InitRelayNetworkAccess(ISteamNetworkingUtils *self)",
    args: ["ptr"],
    returns: "void",
  },
  GetRelayNetworkStatus: {
    c: "ESteamNetworkingAvailability SteamAPI_ISteamNetworkingUtils_GetRelayNetworkStatus(ISteamNetworkingUtils *self, SteamRelayNetworkStatus_t *pDetails)",
    args: ["ptr", "ptr"],
    returns: "i32",
  },
  GetLocalPingLocation: {
    c: "float SteamAPI_ISteamNetworkingUtils_GetLocalPingLocation(ISteamNetworkingUtils *self, SteamNetworkPingLocation_t &result)",
    args: ["ptr", "ptr"],
    returns: "f32",
  },
  EstimatePingTimeBetweenTwoLocations: {
    c: "int SteamAPI_ISteamNetworkingUtils_EstimatePingTimeBetweenTwoLocations(ISteamNetworkingUtils *self, const SteamNetworkPingLocation_t &location1, const SteamNetworkPingLocation_t &location2)",
    args: ["ptr", "ptr", "ptr"],
    returns: "i32",
  },
  EstimatePingTimeFromLocalHost: {
    c: "int SteamAPI_ISteamNetworkingUtils_EstimatePingTimeFromLocalHost(ISteamNetworkingUtils *self, const SteamNetworkPingLocation_t &remoteLocation)",
    args: ["ptr", "ptr"],
    returns: "i32",
  },
  ConvertPingLocationToString: {
    c: "void SteamAPI_ISteamNetworkingUtils_ConvertPingLocationToString(ISteamNetworkingUtils *self, const SteamNetworkPingLocation_t &location, char *pszBuf, int cchBufSize)",
    args: ["ptr", "ptr", "ptr", "i32"],
    returns: "void",
  },
  ParsePingLocationString: {
    c: "bool SteamAPI_ISteamNetworkingUtils_ParsePingLocationString(ISteamNetworkingUtils *self, const char *pszString, SteamNetworkPingLocation_t &result)",
    args: ["ptr", "cstring", "ptr"],
    returns: "bool",
  },
  CheckPingDataUpToDate: {
    c: "bool SteamAPI_ISteamNetworkingUtils_CheckPingDataUpToDate(ISteamNetworkingUtils *self, float flMaxAgeSeconds)",
    args: ["ptr", "f32"],
    returns: "bool",
  },
  GetPingToDataCenter: {
    c: "int SteamAPI_ISteamNetworkingUtils_GetPingToDataCenter(ISteamNetworkingUtils *self, SteamNetworkingPOPID popID, SteamNetworkingPOPID *pViaRelayPoP)",
    args: ["ptr", "u32", "ptr"],
    returns: "i32",
  },
  GetDirectPingToPOP: {
    c: "int SteamAPI_ISteamNetworkingUtils_GetDirectPingToPOP(ISteamNetworkingUtils *self, SteamNetworkingPOPID popID)",
    args: ["ptr", "u32"],
    returns: "i32",
  },
  GetPOPCount: {
    c: "int SteamAPI_ISteamNetworkingUtils_GetPOPCount(ISteamNetworkingUtils *self)",
    args: ["ptr"],
    returns: "i32",
  },
  GetPOPList: {
    c: "int SteamAPI_ISteamNetworkingUtils_GetPOPList(ISteamNetworkingUtils *self, SteamNetworkingPOPID *list, int nListSz)",
    args: ["ptr", "ptr", "i32"],
    returns: "i32",
  },
  GetLocalTimestamp: {
    c: "SteamNetworkingMicroseconds SteamAPI_ISteamNetworkingUtils_GetLocalTimestamp(ISteamNetworkingUtils *self)",
    args: ["ptr"],
    returns: FFIType.i64_fast,
  },
  SetDebugOutputFunction: {
    c: "void SteamAPI_ISteamNetworkingUtils_SetDebugOutputFunction(ISteamNetworkingUtils *self, ESteamNetworkingSocketsDebugOutputType eDetailLevel, FSteamNetworkingSocketsDebugOutput pfnFunc)",
    args: ["ptr", "i32", "ptr"],
    returns: "void",
  },
  IsFakeIPv4: {
    c: "bool SteamAPI_ISteamNetworkingUtils_IsFakeIPv4(ISteamNetworkingUtils *self, uint32 nIPv4)",
    args: ["ptr", "u32"],
    returns: "bool",
    only: "steam",
  },
  GetIPv4FakeIPType: {
    c: "ESteamNetworkingFakeIPType SteamAPI_ISteamNetworkingUtils_GetIPv4FakeIPType(ISteamNetworkingUtils *self, uint32 nIPv4)",
    args: ["ptr", "u32"],
    returns: "i32",
    only: "steam",
  },
  GetRealIdentityForFakeIP: {
    c: "EResult SteamAPI_ISteamNetworkingUtils_GetRealIdentityForFakeIP(ISteamNetworkingUtils *self, const SteamNetworkingIPAddr &fakeIP, SteamNetworkingIdentity *pOutRealIdentity)",
    args: ["ptr", "ptr", "ptr"],
    returns: "i32",
    only: "steam",
  },
  SetGlobalConfigValueInt32: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValueInt32(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, int32 val)",
    args: ["ptr", "i32", "i32"],
    returns: "bool",
  },
  SetGlobalConfigValueFloat: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValueFloat(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, float val)",
    args: ["ptr", "i32", "f32"],
    returns: "bool",
  },
  SetGlobalConfigValueString: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValueString(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, const char *val)",
    args: ["ptr", "i32", "cstring"],
    returns: "bool",
  },
  SetGlobalConfigValuePtr: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalConfigValuePtr(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, void *val)",
    args: ["ptr", "i32", "ptr"],
    returns: "bool",
  },
  SetConnectionConfigValueInt32: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetConnectionConfigValueInt32(ISteamNetworkingUtils *self, HSteamNetConnection hConn, ESteamNetworkingConfigValue eValue, int32 val)",
    args: ["ptr", "u32", "i32", "i32"],
    returns: "bool",
  },
  SetConnectionConfigValueFloat: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetConnectionConfigValueFloat(ISteamNetworkingUtils *self, HSteamNetConnection hConn, ESteamNetworkingConfigValue eValue, float val)",
    args: ["ptr", "u32", "i32", "f32"],
    returns: "bool",
  },
  SetConnectionConfigValueString: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetConnectionConfigValueString(ISteamNetworkingUtils *self, HSteamNetConnection hConn, ESteamNetworkingConfigValue eValue, const char *val)",
    args: ["ptr", "u32", "i32", "cstring"],
    returns: "bool",
  },
  SetGlobalCallback_SteamNetConnectionStatusChanged: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_SteamNetConnectionStatusChanged(ISteamNetworkingUtils *self, FnSteamNetConnectionStatusChanged fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  SetGlobalCallback_SteamNetAuthenticationStatusChanged: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_SteamNetAuthenticationStatusChanged(ISteamNetworkingUtils *self, FnSteamNetAuthenticationStatusChanged fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  SetGlobalCallback_SteamRelayNetworkStatusChanged: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_SteamRelayNetworkStatusChanged(ISteamNetworkingUtils *self, FnSteamRelayNetworkStatusChanged fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  SetGlobalCallback_FakeIPResult: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_FakeIPResult(ISteamNetworkingUtils *self, FnSteamNetworkingFakeIPResult fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
    only: "steam",
  },
  SetGlobalCallback_MessagesSessionRequest: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_MessagesSessionRequest(ISteamNetworkingUtils *self, FnSteamNetworkingMessagesSessionRequest fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
    only: "steam",
  },
  SetGlobalCallback_MessagesSessionFailed: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetGlobalCallback_MessagesSessionFailed(ISteamNetworkingUtils *self, FnSteamNetworkingMessagesSessionFailed fnCallback)",
    args: ["ptr", "ptr"],
    returns: "bool",
    only: "steam",
  },
  SetConfigValue: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetConfigValue(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, ESteamNetworkingConfigScope eScopeType, intptr_t scopeObj, ESteamNetworkingConfigDataType eDataType, const void *pArg)",
    args: ["ptr", "i32", "i32", "i64", "i32", "ptr"],
    returns: "bool",
  },
  SetConfigValueStruct: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SetConfigValueStruct(ISteamNetworkingUtils *self, const SteamNetworkingConfigValue_t &opt, ESteamNetworkingConfigScope eScopeType, intptr_t scopeObj)",
    args: ["ptr", "ptr", "i32", "i64"],
    returns: "bool",
  },
  GetConfigValue: {
    c: "ESteamNetworkingGetConfigValueResult SteamAPI_ISteamNetworkingUtils_GetConfigValue(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, ESteamNetworkingConfigScope eScopeType, intptr_t scopeObj, ESteamNetworkingConfigDataType *pOutDataType, void *pResult, size_t *cbResult)",
    args: ["ptr", "i32", "i32", "i64", "ptr", "ptr", "ptr"],
    returns: "i32",
  },
  GetConfigValueInfo: {
    c: "const char *SteamAPI_ISteamNetworkingUtils_GetConfigValueInfo(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eValue, ESteamNetworkingConfigDataType *pOutDataType, ESteamNetworkingConfigScope *pOutScope)",
    args: ["ptr", "i32", "ptr", "ptr"],
    returns: "cstring",
  },
  IterateGenericEditableConfigValues: {
    c: "ESteamNetworkingConfigValue SteamAPI_ISteamNetworkingUtils_IterateGenericEditableConfigValues(ISteamNetworkingUtils *self, ESteamNetworkingConfigValue eCurrent, bool bEnumerateDevVars)",
    args: ["ptr", "i32", "bool"],
    returns: "i32",
  },
  SteamNetworkingIPAddr_ToString: {
    c: "void SteamAPI_ISteamNetworkingUtils_SteamNetworkingIPAddr_ToString(ISteamNetworkingUtils *self, const SteamNetworkingIPAddr &addr, char *buf, uint32 cbBuf, bool bWithPort)",
    args: ["ptr", "ptr", "ptr", "u32", "bool"],
    returns: "void",
    only: "steam",
  },
  SteamNetworkingIPAddr_ParseString: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SteamNetworkingIPAddr_ParseString(ISteamNetworkingUtils *self, SteamNetworkingIPAddr *pAddr, const char *pszStr)",
    args: ["ptr", "ptr", "cstring"],
    returns: "bool",
    only: "steam",
  },
  SteamNetworkingIPAddr_GetFakeIPType: {
    c: "ESteamNetworkingFakeIPType SteamAPI_ISteamNetworkingUtils_SteamNetworkingIPAddr_GetFakeIPType(ISteamNetworkingUtils *self, const SteamNetworkingIPAddr &addr)",
    args: ["ptr", "ptr"],
    returns: "i32",
    only: "steam",
  },
  SteamNetworkingIdentity_ToString: {
    c: "void SteamAPI_ISteamNetworkingUtils_SteamNetworkingIdentity_ToString(ISteamNetworkingUtils *self, const SteamNetworkingIdentity &identity, char *buf, uint32 cbBuf)",
    args: ["ptr", "ptr", "ptr", "u32"],
    returns: "void",
    only: "steam",
  },
  SteamNetworkingIdentity_ParseString: {
    c: "bool SteamAPI_ISteamNetworkingUtils_SteamNetworkingIdentity_ParseString(ISteamNetworkingUtils *self, SteamNetworkingIdentity *pIdentity, const char *pszStr)",
    args: ["ptr", "ptr", "cstring"],
    returns: "bool",
    only: "steam",
  },
  SteamNetworkingUtils_v003: {
    c: "ISteamNetworkingUtils *SteamAPI_SteamNetworkingUtils_v003()",
    args: [],
    returns: "ptr",
    only: "gns",
  },
} as const satisfies FlatFunctions;
