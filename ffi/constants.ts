/** The constants of the C interface that belong to no enum. */

/** No connection. */
export const invalidConnection = 0;
/** No listen socket. */
export const invalidListenSocket = 0;
/** No poll group. */
export const invalidPollGroup = 0;

/** The largest message that can be sent, in bytes. */
export const maxMessageSizeSend = 524_288;

/** Room for an error text of the networking library, with its closing zero. */
export const maxErrorMessage = 1024;
/** Room for an error text of steam_api. */
export const maxSteamErrorMessage = 1024;
/** Room for an address as text. */
export const maxAddressString = 48;
/** Room for an identity as text. */
export const maxIdentityString = 128;
/** Room for the text of a `str:` identity. */
export const maxGenericString = 32;
/** Bytes of a `gen:` identity at most. */
export const maxGenericBytes = 32;
/** Room for an Xbox ID. */
export const maxXboxPairwiseID = 33;
/** Room for the text with which a connection is closed. */
export const maxConnectionCloseReason = 128;
/** Room for a connection's description. */
export const maxConnectionDescription = 128;
/** Room for the name that the application gives a connection. */
export const maxConnectionAppName = 32;
/** Room for a ping location as text. */
export const maxPingLocationString = 1024;

/** A ping that could not be estimated. */
export const pingFailed = -1;
/** A ping of which nothing is known yet. */
export const pingUnknown = -2;

/** The data center of development, "dev". */
export const popIDDev = 0x646576;

/** The largest message that a fake UDP port sends in one packet for certain. */
export const fakeUDPPortRecommendedMTU = 1200;
/** The largest message that a fake UDP port takes. */
export const fakeUDPPortMaxMessageSize = 4096;
/** How many ports a fake IP can have. */
export const maxFakeIPPorts = 8;

/** The query port of a game server that answers queries on its game port. */
export const queryPortShared = 0xffff;

/** Room for a relay ticket, serialized. */
export const maxSerializedTicket = 512;
/** Bytes that an application can add to a game coordinator login. */
export const maxGameCoordinatorServerLoginAppData = 2048;
/** Room for a game coordinator login, serialized. */
export const maxGameCoordinatorServerLoginSerialized = 4096;

/** The interface versions that a Steam client is asked for when a game server starts. */
export const steamUtilsVersion = "SteamUtils010";
/** As above. */
export const steamGameServerVersion = "SteamGameServer015";
/** As above. */
export const steamNetworkingUtilsVersion = "SteamNetworkingUtils004";
/** As above. */
export const steamNetworkingMessagesVersion = "SteamNetworkingMessages002";
/** As above; `SteamNetworkingSockets013` in newer SDKs. */
export const steamNetworkingSocketsVersion = "SteamNetworkingSockets012";

/** The version of the helper's contract that ffi/ is written for. */
export const helperContract = 9;
/** How many libraries the helper can have open at once. */
export const helperLibraries = 4;
/** How many instances a library can have at once. */
export const helperInstances = 8191;
/** How many reliable segments of a connection may be un-acknowledged. */
export const helperSegments = 50_000;
/** How many slots a pool can have. */
export const helperSlots = 1_048_576;
/** How many bytes a slot can have. */
export const helperSlotBytes = 524_288;
/** How many shares of one pool can be lent out. */
export const helperShares = 64;
/** What stands behind each slot of a guarded pool. */
export const helperGuard = 0x5afe_510d;
/** The longest signal that is taken, in bytes. */
export const helperSignalBytes = 65_536;
/** The window of a payload that was copied into the arena. */
export const helperInArena = 0;
/** The window of a payload that lies in a slot: this and the number of the pool. */
export const helperInPool = 0x8000_0000;
/** The window of a payload that gets one of its own: this and the number of the message. */
export const helperApart = 0x4000_0000;

/** What each of these is called in C. */
export const constantNames: Readonly<Record<string, string>> = {
  invalidConnection: "k_HSteamNetConnection_Invalid",
  invalidListenSocket: "k_HSteamListenSocket_Invalid",
  invalidPollGroup: "k_HSteamNetPollGroup_Invalid",
  maxMessageSizeSend: "k_cbMaxSteamNetworkingSocketsMessageSizeSend",
  maxErrorMessage: "k_cchMaxSteamNetworkingErrMsg",
  maxSteamErrorMessage: "k_cchMaxSteamErrMsg",
  maxAddressString: "SteamNetworkingIPAddr::k_cchMaxString",
  maxIdentityString: "SteamNetworkingIdentity::k_cchMaxString",
  maxGenericString: "SteamNetworkingIdentity::k_cchMaxGenericString",
  maxGenericBytes: "SteamNetworkingIdentity::k_cbMaxGenericBytes",
  maxXboxPairwiseID: "SteamNetworkingIdentity::k_cchMaxXboxPairwiseID",
  maxConnectionCloseReason: "k_cchSteamNetworkingMaxConnectionCloseReason",
  maxConnectionDescription: "k_cchSteamNetworkingMaxConnectionDescription",
  maxConnectionAppName: "k_cchSteamNetworkingMaxConnectionAppName",
  maxPingLocationString: "k_cchMaxSteamNetworkingPingLocationString",
  pingFailed: "k_nSteamNetworkingPing_Failed",
  pingUnknown: "k_nSteamNetworkingPing_Unknown",
  popIDDev: "k_SteamDatagramPOPID_dev",
  fakeUDPPortRecommendedMTU: "k_cbSteamNetworkingSocketsFakeUDPPortRecommendedMTU",
  fakeUDPPortMaxMessageSize: "k_cbSteamNetworkingSocketsFakeUDPPortMaxMessageSize",
  maxFakeIPPorts: "SteamNetworkingFakeIPResult_t::k_nMaxReturnPorts",
  queryPortShared: "STEAMGAMESERVER_QUERY_PORT_SHARED",
  maxSerializedTicket: "k_cbSteamDatagramMaxSerializedTicket",
  maxGameCoordinatorServerLoginAppData: "k_cbMaxSteamDatagramGameCoordinatorServerLoginAppData",
  maxGameCoordinatorServerLoginSerialized: "k_cbMaxSteamDatagramGameCoordinatorServerLoginSerialized",
  steamUtilsVersion: "STEAMUTILS_INTERFACE_VERSION",
  steamGameServerVersion: "STEAMGAMESERVER_INTERFACE_VERSION",
  steamNetworkingUtilsVersion: "STEAMNETWORKINGUTILS_INTERFACE_VERSION",
  steamNetworkingMessagesVersion: "STEAMNETWORKINGMESSAGES_INTERFACE_VERSION",
  steamNetworkingSocketsVersion: "STEAMNETWORKINGSOCKETS_INTERFACE_VERSION",
  helperContract: "STEAM_SOCKETS_CONTRACT",
  helperLibraries: "STEAM_SOCKETS_LIBRARIES",
  helperInstances: "STEAM_SOCKETS_INSTANCES",
  helperSegments: "STEAM_SOCKETS_SEGMENTS",
  helperSlots: "STEAM_SOCKETS_SLOTS",
  helperSlotBytes: "STEAM_SOCKETS_SLOT_BYTES",
  helperShares: "STEAM_SOCKETS_SHARES",
  helperGuard: "STEAM_SOCKETS_GUARD",
  helperSignalBytes: "STEAM_SOCKETS_SIGNAL_BYTES",
  helperInArena: "STEAM_SOCKETS_IN_ARENA",
  helperInPool: "STEAM_SOCKETS_IN_POOL",
  helperApart: "STEAM_SOCKETS_APART",
};
