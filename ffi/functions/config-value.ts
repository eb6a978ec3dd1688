import type { FlatFunctions } from "./function.ts";

/** SteamNetworkingConfigValue_t. */
export const configValue = {
  SetInt32: {
    c: "void SteamAPI_SteamNetworkingConfigValue_t_SetInt32(SteamNetworkingConfigValue_t *self, ESteamNetworkingConfigValue eVal, int32_t data)",
    args: ["ptr", "i32", "i32"],
    returns: "void",
    only: "steam",
  },
  SetInt64: {
    c: "void SteamAPI_SteamNetworkingConfigValue_t_SetInt64(SteamNetworkingConfigValue_t *self, ESteamNetworkingConfigValue eVal, int64_t data)",
    args: ["ptr", "i32", "i64"],
    returns: "void",
    only: "steam",
  },
  SetFloat: {
    c: "void SteamAPI_SteamNetworkingConfigValue_t_SetFloat(SteamNetworkingConfigValue_t *self, ESteamNetworkingConfigValue eVal, float data)",
    args: ["ptr", "i32", "f32"],
    returns: "void",
    only: "steam",
  },
  SetPtr: {
    c: "void SteamAPI_SteamNetworkingConfigValue_t_SetPtr(SteamNetworkingConfigValue_t *self, ESteamNetworkingConfigValue eVal, void *data)",
    args: ["ptr", "i32", "ptr"],
    returns: "void",
    only: "steam",
  },
  SetString: {
    c: "void SteamAPI_SteamNetworkingConfigValue_t_SetString(SteamNetworkingConfigValue_t *self, ESteamNetworkingConfigValue eVal, const char *data)",
    args: ["ptr", "i32", "cstring"],
    returns: "void",
    only: "steam",
  },
} as const satisfies FlatFunctions;
