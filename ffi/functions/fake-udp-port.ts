import type { FlatFunctions } from "./function.ts";

/** ISteamNetworkingFakeUDPPort; `self` comes from `CreateFakeUDPPort`. */
export const fakeUDPPort = {
  DestroyFakeUDPPort: {
    c: "void SteamAPI_ISteamNetworkingFakeUDPPort_DestroyFakeUDPPort(ISteamNetworkingFakeUDPPort *self)",
    args: ["ptr"],
    returns: "void",
    only: "steam",
  },
  SendMessageToFakeIP: {
    c: "EResult SteamAPI_ISteamNetworkingFakeUDPPort_SendMessageToFakeIP(ISteamNetworkingFakeUDPPort *self, const SteamNetworkingIPAddr &remoteAddress, const void *pData, uint32 cbData, int nSendFlags)",
    args: ["ptr", "ptr", "ptr", "u32", "i32"],
    returns: "i32",
    only: "steam",
  },
  ReceiveMessages: {
    c: "int SteamAPI_ISteamNetworkingFakeUDPPort_ReceiveMessages(ISteamNetworkingFakeUDPPort *self, SteamNetworkingMessage_t **ppOutMessages, int nMaxMessages)",
    args: ["ptr", "ptr", "i32"],
    returns: "i32",
    only: "steam",
  },
  ScheduleCleanup: {
    c: "void SteamAPI_ISteamNetworkingFakeUDPPort_ScheduleCleanup(ISteamNetworkingFakeUDPPort *self, const SteamNetworkingIPAddr &remoteAddress)",
    args: ["ptr", "ptr"],
    returns: "void",
    only: "steam",
  },
} as const satisfies FlatFunctions;
