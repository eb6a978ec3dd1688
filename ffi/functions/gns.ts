import type { FlatFunctions } from "./function.ts";

/** Start and end of GameNetworkingSockets, manual poll mode, and what else is process-wide in it. */
export const gns = {
  Init: {
    c: "bool GameNetworkingSockets_Init(const SteamNetworkingIdentity *pIdentity, SteamNetworkingErrMsg &errMsg)",
    args: ["ptr", "ptr"],
    returns: "bool",
    only: "gns",
  },
  Kill: {
    c: "void GameNetworkingSockets_Kill()",
    args: [],
    returns: "void",
    only: "gns",
  },
  SetCustomMemoryAllocator: {
    c: "void SteamNetworkingSockets_SetCustomMemoryAllocator(void *(*pfn_malloc)(size_t s), void (*pfn_free)(void *p), void *(*pfn_realloc)(void *p, size_t s))",
    args: ["ptr", "ptr", "ptr"],
    returns: "void",
    only: "gns",
  },
  SetLockWaitWarningThreshold: {
    c: "void SteamNetworkingSockets_SetLockWaitWarningThreshold(SteamNetworkingMicroseconds usecThreshold)",
    args: ["i64"],
    returns: "void",
    only: "gns",
  },
  SetLockAcquiredCallback: {
    c: "void SteamNetworkingSockets_SetLockAcquiredCallback(void (*callback)(const char *tags, SteamNetworkingMicroseconds usecWaited))",
    args: ["ptr"],
    returns: "void",
    only: "gns",
  },
  SetLockHeldCallback: {
    c: "void SteamNetworkingSockets_SetLockHeldCallback(void (*callback)(const char *tags, SteamNetworkingMicroseconds usecWaited))",
    args: ["ptr"],
    returns: "void",
    only: "gns",
  },
  SetServiceThreadInitCallback: {
    c: "void SteamNetworkingSockets_SetServiceThreadInitCallback(void (*callback)())",
    args: ["ptr"],
    returns: "void",
    only: "gns",
  },
  SetManualPollMode: {
    c: "void SteamNetworkingSockets_SetManualPollMode(bool bFlag)",
    args: ["bool"],
    returns: "void",
    only: "gns",
  },
  Poll: {
    c: "void SteamNetworkingSockets_Poll(int msMaxWaitTime)",
    args: ["i32"],
    returns: "void",
    only: "gns",
  },
} as const satisfies FlatFunctions;
