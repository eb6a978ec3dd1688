import type { FlatFunctions } from "./function.ts";

/** Start and end of steam_api for a user, and manual callback dispatch for user and game server. */
export const steam = {
  InitFlat: {
    c: "ESteamAPIInitResult SteamAPI_InitFlat(SteamErrMsg *pOutErrMsg)",
    args: ["ptr"],
    returns: "i32",
    only: "steam",
  },
  SteamInternal_SteamAPI_Init: {
    c: "ESteamAPIInitResult SteamInternal_SteamAPI_Init(const char *pszInternalCheckInterfaceVersions, SteamErrMsg *pOutErrMsg)",
    args: ["cstring", "ptr"],
    returns: "i32",
    only: "steam",
  },
  Shutdown: {
    c: "void SteamAPI_Shutdown()",
    args: [],
    returns: "void",
    only: "steam",
  },
  IsSteamRunning: {
    c: "bool SteamAPI_IsSteamRunning()",
    args: [],
    returns: "bool",
    only: "steam",
  },
  RestartAppIfNecessary: {
    c: "bool SteamAPI_RestartAppIfNecessary(uint32 unOwnAppID)",
    args: ["u32"],
    returns: "bool",
    only: "steam",
  },
  ReleaseCurrentThreadMemory: {
    c: "void SteamAPI_ReleaseCurrentThreadMemory()",
    args: [],
    returns: "void",
    only: "steam",
  },
  RunCallbacks: {
    c: "void SteamAPI_RunCallbacks()",
    args: [],
    returns: "void",
    only: "steam",
  },
  GetHSteamPipe: {
    c: "HSteamPipe SteamAPI_GetHSteamPipe()",
    args: [],
    returns: "i32",
    only: "steam",
  },
  GetHSteamUser: {
    c: "HSteamUser SteamAPI_GetHSteamUser()",
    args: [],
    returns: "i32",
    only: "steam",
  },
  ManualDispatch_Init: {
    c: "void SteamAPI_ManualDispatch_Init()",
    args: [],
    returns: "void",
    only: "steam",
  },
  ManualDispatch_RunFrame: {
    c: "void SteamAPI_ManualDispatch_RunFrame(HSteamPipe hSteamPipe)",
    args: ["i32"],
    returns: "void",
    only: "steam",
  },
  ManualDispatch_GetNextCallback: {
    c: "bool SteamAPI_ManualDispatch_GetNextCallback(HSteamPipe hSteamPipe, CallbackMsg_t *pCallbackMsg)",
    args: ["i32", "ptr"],
    returns: "bool",
    only: "steam",
  },
  ManualDispatch_FreeLastCallback: {
    c: "void SteamAPI_ManualDispatch_FreeLastCallback(HSteamPipe hSteamPipe)",
    args: ["i32"],
    returns: "void",
    only: "steam",
  },
  ManualDispatch_GetAPICallResult: {
    c: "bool SteamAPI_ManualDispatch_GetAPICallResult(HSteamPipe hSteamPipe, SteamAPICall_t hSteamAPICall, void *pCallback, int cubCallback, int iCallbackExpected, bool *pbFailed)",
    args: ["i32", "u64", "ptr", "i32", "i32", "ptr"],
    returns: "bool",
    only: "steam",
  },
} as const satisfies FlatFunctions;
