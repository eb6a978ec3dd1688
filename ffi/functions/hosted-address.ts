import type { FlatFunctions } from "./function.ts";

/** SteamDatagramHostedAddress. */
export const hostedAddress = {
  Clear: {
    c: "void SteamAPI_SteamDatagramHostedAddress_Clear(SteamDatagramHostedAddress *self)",
    args: ["ptr"],
    returns: "void",
  },
  GetPopID: {
    c: "SteamNetworkingPOPID SteamAPI_SteamDatagramHostedAddress_GetPopID(SteamDatagramHostedAddress *self)",
    args: ["ptr"],
    returns: "u32",
  },
  SetDevAddress: {
    c: "void SteamAPI_SteamDatagramHostedAddress_SetDevAddress(SteamDatagramHostedAddress *self, uint32 nIP, uint16 nPort, SteamNetworkingPOPID popid)",
    args: ["ptr", "u32", "u16", "u32"],
    returns: "void",
  },
} as const satisfies FlatFunctions;
