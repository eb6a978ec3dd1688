/** What an identity consists of (`ESteamNetworkingIdentityType`). */
export const IdentityType = {
  /** `k_ESteamNetworkingIdentityType_Invalid`: nobody */
  Invalid: 0,
  /** `k_ESteamNetworkingIdentityType_IPAddress`: an address and port; never authenticated */
  IPAddress: 1,
  /** `k_ESteamNetworkingIdentityType_GenericString`: text of the application's own */
  GenericString: 2,
  /** `k_ESteamNetworkingIdentityType_GenericBytes`: bytes of the application's own */
  GenericBytes: 3,
  /** `k_ESteamNetworkingIdentityType_UnknownType`: well-formed text of a type that this library does not know */
  UnknownType: 4,
  /** `k_ESteamNetworkingIdentityType_SteamID`: a Steam ID */
  SteamID: 16,
  /** `k_ESteamNetworkingIdentityType_XboxPairwiseID`: an Xbox ID as text */
  XboxPairwiseID: 17,
  /** `k_ESteamNetworkingIdentityType_SonyPSN`: a PlayStation Network ID */
  SonyPSN: 18,
  /** `k_ESteamNetworkingIdentityType_GoogleStadia`: historical: gone from the headers */
  GoogleStadia: 19,
  /** `k_ESteamNetworkingIdentityType__Force32bit`: no type; makes the C enum 32 bits wide */
  Force32Bit: 0x7fffffff,
} as const;
/** One of {@link IdentityType}. */
export type IdentityType = (typeof IdentityType)[keyof typeof IdentityType];

/** Whether an address is a fake one (`ESteamNetworkingFakeIPType`). */
export const FakeIPType = {
  /** `k_ESteamNetworkingFakeIPType_Invalid`: not an IPv4 address */
  Invalid: 0,
  /** `k_ESteamNetworkingFakeIPType_NotFake`: a real address */
  NotFake: 1,
  /** `k_ESteamNetworkingFakeIPType_GlobalIPv4`: given out by Steam, unique within the app */
  GlobalIPv4: 2,
  /** `k_ESteamNetworkingFakeIPType_LocalIPv4`: given out by this process, for itself */
  LocalIPv4: 3,
} as const;
/** One of {@link FakeIPType}. */
export type FakeIPType = (typeof FakeIPType)[keyof typeof FakeIPType];
