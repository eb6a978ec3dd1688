import type { FlatFunctions } from "./function.ts";

/** SteamNetworkingIdentity. */
export const identity = {
  Clear: {
    c: "void SteamAPI_SteamNetworkingIdentity_Clear(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "void",
  },
  IsInvalid: {
    c: "bool SteamAPI_SteamNetworkingIdentity_IsInvalid(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "bool",
  },
  SetSteamID: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetSteamID(SteamNetworkingIdentity *self, uint64_steamid steamID)",
    args: ["ptr", "u64"],
    returns: "void",
  },
  GetSteamID: {
    c: "uint64_steamid SteamAPI_SteamNetworkingIdentity_GetSteamID(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "u64",
  },
  SetSteamID64: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetSteamID64(SteamNetworkingIdentity *self, uint64 steamID)",
    args: ["ptr", "u64"],
    returns: "void",
  },
  GetSteamID64: {
    c: "uint64 SteamAPI_SteamNetworkingIdentity_GetSteamID64(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "u64",
  },
  SetXboxPairwiseID: {
    c: "bool SteamAPI_SteamNetworkingIdentity_SetXboxPairwiseID(SteamNetworkingIdentity *self, const char *pszString)",
    args: ["ptr", "cstring"],
    returns: "bool",
  },
  GetXboxPairwiseID: {
    c: "const char *SteamAPI_SteamNetworkingIdentity_GetXboxPairwiseID(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "cstring",
  },
  SetPSNID: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetPSNID(SteamNetworkingIdentity *self, uint64 id)",
    args: ["ptr", "u64"],
    returns: "void",
    only: "steam",
  },
  GetPSNID: {
    c: "uint64 SteamAPI_SteamNetworkingIdentity_GetPSNID(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "u64",
    only: "steam",
  },
  SetIPAddr: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetIPAddr(SteamNetworkingIdentity *self, const SteamNetworkingIPAddr &addr)",
    args: ["ptr", "ptr"],
    returns: "void",
  },
  GetIPAddr: {
    c: "const SteamNetworkingIPAddr *SteamAPI_SteamNetworkingIdentity_GetIPAddr(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "ptr",
  },
  SetIPv4Addr: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetIPv4Addr(SteamNetworkingIdentity *self, uint32 nIPv4, uint16 nPort)",
    args: ["ptr", "u32", "u16"],
    returns: "void",
    only: "steam",
  },
  GetIPv4: {
    c: "uint32 SteamAPI_SteamNetworkingIdentity_GetIPv4(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "u32",
    only: "steam",
  },
  GetFakeIPType: {
    c: "ESteamNetworkingFakeIPType SteamAPI_SteamNetworkingIdentity_GetFakeIPType(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "i32",
    only: "steam",
  },
  IsFakeIP: {
    c: "bool SteamAPI_SteamNetworkingIdentity_IsFakeIP(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "bool",
    only: "steam",
  },
  SetLocalHost: {
    c: "void SteamAPI_SteamNetworkingIdentity_SetLocalHost(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "void",
  },
  IsLocalHost: {
    c: "bool SteamAPI_SteamNetworkingIdentity_IsLocalHost(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "bool",
  },
  SetGenericString: {
    c: "bool SteamAPI_SteamNetworkingIdentity_SetGenericString(SteamNetworkingIdentity *self, const char *pszString)",
    args: ["ptr", "cstring"],
    returns: "bool",
  },
  GetGenericString: {
    c: "const char *SteamAPI_SteamNetworkingIdentity_GetGenericString(SteamNetworkingIdentity *self)",
    args: ["ptr"],
    returns: "cstring",
  },
  SetGenericBytes: {
    c: "bool SteamAPI_SteamNetworkingIdentity_SetGenericBytes(SteamNetworkingIdentity *self, const void *data, uint32 cbLen)",
    args: ["ptr", "ptr", "u32"],
    returns: "bool",
  },
  GetGenericBytes: {
    c: "const uint8 *SteamAPI_SteamNetworkingIdentity_GetGenericBytes(SteamNetworkingIdentity *self, int &cbLen)",
    args: ["ptr", "ptr"],
    returns: "ptr",
  },
  IsEqualTo: {
    c: "bool SteamAPI_SteamNetworkingIdentity_IsEqualTo(SteamNetworkingIdentity *self, const SteamNetworkingIdentity &x)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  // The size is 32 bits wide in Steam and 64 in GNS; passed as 64, it is right for both.
  ToString: {
    c: "void SteamAPI_SteamNetworkingIdentity_ToString(const SteamNetworkingIdentity *self, char *buf, size_t cbBuf)",
    cSteam: "void SteamAPI_SteamNetworkingIdentity_ToString(SteamNetworkingIdentity *self, char *buf, uint32 cbBuf)",
    args: ["ptr", "ptr", "u64"],
    returns: "void",
  },
  // One symbol in two forms.
  ParseString: {
    c: "bool SteamAPI_SteamNetworkingIdentity_ParseString(SteamNetworkingIdentity *self, const char *pszStr)",
    args: ["ptr", "cstring"],
    returns: "bool",
    form: "steam",
  },
  ParseStringSized: {
    c: "bool SteamAPI_SteamNetworkingIdentity_ParseString(SteamNetworkingIdentity *self, size_t sizeofIdentity, const char *pszStr)",
    args: ["ptr", "u64", "cstring"],
    returns: "bool",
    form: "gns",
  },
} as const satisfies FlatFunctions;
