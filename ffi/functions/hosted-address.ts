import type { FlatFunctions } from "./function.ts";

/** SteamDatagramHostedAddress. */
export const hostedAddress = {
  Clear: {
    c: "void SteamAPI_SteamDatagramHostedAddress_Clear(SteamDatagramHostedAddress *self)",
    args: ["ptr"],
    returns: "void",
    only: "steam",
  },
  GetPopID: {
    c: "SteamNetworkingPOPID SteamAPI_SteamDatagramHostedAddress_GetPopID(SteamDatagramHostedAddress *self)",
    args: ["ptr"],
    returns: "u32",
    only: "steam",
  },
  SetDevAddress: {
    c: "void SteamAPI_SteamDatagramHostedAddress_SetDevAddress(SteamDatagramHostedAddress *self, uint32 nIP, uint16 nPort, SteamNetworkingPOPID popid)",
    args: ["ptr", "u32", "u16", "u32"],
    returns: "void",
    only: "steam",
  },
} as const satisfies FlatFunctions;
