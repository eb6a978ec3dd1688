import type { FlatFunctions } from "./function.ts";

/** SteamNetworkingIPAddr. */
export const address = {
  Clear: {
    c: "void SteamAPI_SteamNetworkingIPAddr_Clear(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "void",
  },
  IsIPv6AllZeros: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_IsIPv6AllZeros(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "bool",
  },
  SetIPv6: {
    c: "void SteamAPI_SteamNetworkingIPAddr_SetIPv6(SteamNetworkingIPAddr *self, const uint8 *ipv6, uint16 nPort)",
    args: ["ptr", "ptr", "u16"],
    returns: "void",
  },
  SetIPv4: {
    c: "void SteamAPI_SteamNetworkingIPAddr_SetIPv4(SteamNetworkingIPAddr *self, uint32 nIP, uint16 nPort)",
    args: ["ptr", "u32", "u16"],
    returns: "void",
  },
  IsIPv4: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_IsIPv4(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "bool",
  },
  GetIPv4: {
    c: "uint32 SteamAPI_SteamNetworkingIPAddr_GetIPv4(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "u32",
  },
  SetIPv6LocalHost: {
    c: "void SteamAPI_SteamNetworkingIPAddr_SetIPv6LocalHost(SteamNetworkingIPAddr *self, uint16 nPort)",
    args: ["ptr", "u16"],
    returns: "void",
  },
  IsLocalHost: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_IsLocalHost(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "bool",
  },
  // The size is 32 bits wide in Steam and 64 in GNS; passed as 64, it is right for both.
  ToString: {
    c: "void SteamAPI_SteamNetworkingIPAddr_ToString(const SteamNetworkingIPAddr *self, char *buf, size_t cbBuf, bool bWithPort)",
    cSteam:
      "void SteamAPI_SteamNetworkingIPAddr_ToString(SteamNetworkingIPAddr *self, char *buf, uint32 cbBuf, bool bWithPort)",
    args: ["ptr", "ptr", "u64", "bool"],
    returns: "void",
  },
  ParseString: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_ParseString(SteamNetworkingIPAddr *self, const char *pszStr)",
    args: ["ptr", "cstring"],
    returns: "bool",
  },
  IsEqualTo: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_IsEqualTo(SteamNetworkingIPAddr *self, const SteamNetworkingIPAddr &x)",
    args: ["ptr", "ptr"],
    returns: "bool",
  },
  GetFakeIPType: {
    c: "ESteamNetworkingFakeIPType SteamAPI_SteamNetworkingIPAddr_GetFakeIPType(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "i32",
    only: "steam",
  },
  IsFakeIP: {
    c: "bool SteamAPI_SteamNetworkingIPAddr_IsFakeIP(SteamNetworkingIPAddr *self)",
    args: ["ptr"],
    returns: "bool",
    only: "steam",
  },
} as const satisfies FlatFunctions;
