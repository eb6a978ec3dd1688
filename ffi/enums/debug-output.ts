/** How detailed debug output is (`ESteamNetworkingSocketsDebugOutputType`). */
export const DebugOutputType = {
  /** `k_ESteamNetworkingSocketsDebugOutputType_None`: nothing */
  None: 0,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Bug`: the library was used wrongly, or is wrong itself */
  Bug: 1,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Error`: something failed */
  Error: 2,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Important`: not an error, but must be read */
  Important: 3,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Warning`: something looks wrong */
  Warning: 4,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Msg`: what goes on, briefly */
  Msg: 5,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Verbose`: what goes on, at length */
  Verbose: 6,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Debug`: almost everything */
  Debug: 7,
  /** `k_ESteamNetworkingSocketsDebugOutputType_Everything`: each packet's contents too */
  Everything: 8,
  /** `k_ESteamNetworkingSocketsDebugOutputType__Force32Bit`: no level; makes the C enum 32 bits wide */
  Force32Bit: 0x7fffffff,
} as const;
/** One of {@link DebugOutputType}. */
export type DebugOutputType = (typeof DebugOutputType)[keyof typeof DebugOutputType];
