import type { FlatFunctions } from "./function.ts";

/** SteamNetworkingMessage_t. */
export const message = {
  Release: {
    c: "void SteamAPI_SteamNetworkingMessage_t_Release(SteamNetworkingMessage_t *self)",
    args: ["ptr"],
    returns: "void",
  },
} as const satisfies FlatFunctions;
