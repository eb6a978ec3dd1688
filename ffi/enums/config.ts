/** The options (`ESteamNetworkingConfigValue`). */
export const ConfigValue = {
  /** `k_ESteamNetworkingConfig_Invalid`: no option */
  Invalid: 0,
  /** `k_ESteamNetworkingConfig_TimeoutInitial`: connection: milliseconds to wait for the first answer */
  TimeoutInitial: 24,
  /** `k_ESteamNetworkingConfig_TimeoutConnected`: connection: milliseconds of silence after which it is lost */
  TimeoutConnected: 25,
  /** `k_ESteamNetworkingConfig_SendBufferSize`: connection: bytes that may wait to be sent */
  SendBufferSize: 9,
  /** `k_ESteamNetworkingConfig_RecvBufferSize`: connection: bytes that may wait to be received */
  RecvBufferSize: 47,
  /** `k_ESteamNetworkingConfig_RecvBufferMessages`: connection: messages that may wait to be received */
  RecvBufferMessages: 48,
  /**
   * `k_ESteamNetworkingConfig_RecvMaxMessageSize`: connection: the largest message that is taken; a larger one ends the
   * connection
   */
  RecvMaxMessageSize: 49,
  /**
   * `k_ESteamNetworkingConfig_RecvMaxSegmentsPerPacket`: connection: how many segments of messages one packet may carry
   */
  RecvMaxSegmentsPerPacket: 50,
  /**
   * `k_ESteamNetworkingConfig_ConnectionUserData`: connection: a 64-bit number of the application's own; -1 until set
   */
  ConnectionUserData: 40,
  /** `k_ESteamNetworkingConfig_SendRateMin`: connection: least bytes a second to send */
  SendRateMin: 10,
  /** `k_ESteamNetworkingConfig_SendRateMax`: connection: most bytes a second to send */
  SendRateMax: 11,
  /** `k_ESteamNetworkingConfig_NagleTime`: connection: microseconds that a small message waits for company */
  NagleTime: 12,
  /**
   * `k_ESteamNetworkingConfig_IP_AllowWithoutAuth`: connection: whether peers without a certificate may connect by IP:
   * 0 no, 1 with a warning, 2 yes
   */
  IP_AllowWithoutAuth: 23,
  /**
   * `k_ESteamNetworkingConfig_IPLocalHost_AllowWithoutAuth`: connection: as IP_AllowWithoutAuth, for peers on this
   * machine
   */
  IPLocalHost_AllowWithoutAuth: 52,
  /** `k_ESteamNetworkingConfig_MTU_PacketSize`: connection: the largest UDP payload */
  MTU_PacketSize: 32,
  /** `k_ESteamNetworkingConfig_MTU_DataSize`: connection, read only: the largest message that fits one packet */
  MTU_DataSize: 33,
  /**
   * `k_ESteamNetworkingConfig_Unencrypted`: connection: 0 never unencrypted, 1 if the peer insists, 2 if it agrees, 3
   * always
   */
  Unencrypted: 34,
  /** `k_ESteamNetworkingConfig_SymmetricConnect`: connection: both ends may connect at once and get one connection */
  SymmetricConnect: 37,
  /** `k_ESteamNetworkingConfig_LocalVirtualPort`: connection: our virtual port, where it differs from the peer's */
  LocalVirtualPort: 38,
  /** `k_ESteamNetworkingConfig_DualWifi_Enable`: connection: use two wireless bands: 0 no, 1 yes, 2 pretend */
  DualWifi_Enable: 39,
  /** `k_ESteamNetworkingConfig_EnableDiagnosticsUI`: connection: let Steam's own display show it */
  EnableDiagnosticsUI: 46,
  /**
   * `k_ESteamNetworkingConfig_SendTimeSincePreviousPacket`: connection: tell the peer the gap between packets: 0 no, 1
   * yes, -1 as fits its type
   */
  SendTimeSincePreviousPacket: 59,
  /** `k_ESteamNetworkingConfig_FakePacketLoss_Send`: global, for tests: percentage of outgoing packets to lose */
  FakePacketLoss_Send: 2,
  /** `k_ESteamNetworkingConfig_FakePacketLoss_Recv`: global, for tests: percentage of incoming packets to lose */
  FakePacketLoss_Recv: 3,
  /** `k_ESteamNetworkingConfig_FakePacketLag_Send`: global, for tests: milliseconds to hold outgoing packets */
  FakePacketLag_Send: 4,
  /** `k_ESteamNetworkingConfig_FakePacketLag_Recv`: global, for tests: milliseconds to hold incoming packets */
  FakePacketLag_Recv: 5,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Send_Avg`: global, for tests: mean of the random delay of outgoing
   * packets, in milliseconds
   */
  FakePacketJitter_Send_Avg: 53,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Send_Max`: global, for tests: most that such a delay may be, in
   * milliseconds
   */
  FakePacketJitter_Send_Max: 54,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Send_Pct`: global, for tests: percentage of outgoing packets that get
   * one
   */
  FakePacketJitter_Send_Pct: 55,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Recv_Avg`: global, for tests: mean of the random delay of incoming
   * packets, in milliseconds
   */
  FakePacketJitter_Recv_Avg: 56,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Recv_Max`: global, for tests: most that such a delay may be, in
   * milliseconds
   */
  FakePacketJitter_Recv_Max: 57,
  /**
   * `k_ESteamNetworkingConfig_FakePacketJitter_Recv_Pct`: global, for tests: percentage of incoming packets that get
   * one
   */
  FakePacketJitter_Recv_Pct: 58,
  /**
   * `k_ESteamNetworkingConfig_FakePacketReorder_Send`: global, for tests: percentage of outgoing packets to delay past
   * later ones
   */
  FakePacketReorder_Send: 6,
  /**
   * `k_ESteamNetworkingConfig_FakePacketReorder_Recv`: global, for tests: percentage of incoming packets to delay past
   * later ones
   */
  FakePacketReorder_Recv: 7,
  /** `k_ESteamNetworkingConfig_FakePacketReorder_Time`: global, for tests: milliseconds of that delay */
  FakePacketReorder_Time: 8,
  /** `k_ESteamNetworkingConfig_FakePacketDup_Send`: global, for tests: percentage of outgoing packets to send twice */
  FakePacketDup_Send: 26,
  /** `k_ESteamNetworkingConfig_FakePacketDup_Recv`: global, for tests: percentage of incoming packets to take twice */
  FakePacketDup_Recv: 27,
  /** `k_ESteamNetworkingConfig_FakePacketDup_TimeMax`: global, for tests: most milliseconds until the copy follows */
  FakePacketDup_TimeMax: 28,
  /**
   * `k_ESteamNetworkingConfig_PacketTraceMaxBytes`: global: bytes of each packet to print; 0 the fact alone, -1 nothing
   */
  PacketTraceMaxBytes: 41,
  /**
   * `k_ESteamNetworkingConfig_FakeRateLimit_Send_Rate`: global, for tests: bytes a second that may go out; 0 is no
   * limit
   */
  FakeRateLimit_Send_Rate: 42,
  /** `k_ESteamNetworkingConfig_FakeRateLimit_Send_Burst`: global, for tests: bytes that may go out at once */
  FakeRateLimit_Send_Burst: 43,
  /**
   * `k_ESteamNetworkingConfig_FakeRateLimit_Recv_Rate`: global, for tests: bytes a second that may come in; 0 is no
   * limit
   */
  FakeRateLimit_Recv_Rate: 44,
  /** `k_ESteamNetworkingConfig_FakeRateLimit_Recv_Burst`: global, for tests: bytes that may come in at once */
  FakeRateLimit_Recv_Burst: 45,
  /**
   * `k_ESteamNetworkingConfig_OutOfOrderCorrectionWindowMicroseconds`: global: how long a packet that came early waits
   * for the one before it
   */
  OutOfOrderCorrectionWindowMicroseconds: 51,
  /**
   * `k_ESteamNetworkingConfig_Callback_ConnectionStatusChanged`: connection: function to call when its state changes
   */
  Callback_ConnectionStatusChanged: 201,
  /** `k_ESteamNetworkingConfig_Callback_AuthStatusChanged`: global: function to call when our authentication changes */
  Callback_AuthStatusChanged: 202,
  /**
   * `k_ESteamNetworkingConfig_Callback_RelayNetworkStatusChanged`: global: function to call when the relay network's
   * state changes
   */
  Callback_RelayNetworkStatusChanged: 203,
  /**
   * `k_ESteamNetworkingConfig_Callback_MessagesSessionRequest`: global: function to call when somebody new sends a
   * message
   */
  Callback_MessagesSessionRequest: 204,
  /** `k_ESteamNetworkingConfig_Callback_MessagesSessionFailed`: global: function to call when a session broke */
  Callback_MessagesSessionFailed: 205,
  /**
   * `k_ESteamNetworkingConfig_Callback_CreateConnectionSignaling`: global: function that makes the signaling object of
   * a new connection
   */
  Callback_CreateConnectionSignaling: 206,
  /** `k_ESteamNetworkingConfig_Callback_FakeIPResult`: global: function to call when a fake address was given */
  Callback_FakeIPResult: 207,
  /** `k_ESteamNetworkingConfig_P2P_STUN_ServerList`: connection: STUN servers, separated by commas */
  P2P_STUN_ServerList: 103,
  /**
   * `k_ESteamNetworkingConfig_P2P_Transport_ICE_Enable`: connection: which of our addresses ICE may tell the peer; bits
   * of {@link P2PTransportICEEnable}
   */
  P2P_Transport_ICE_Enable: 104,
  /**
   * `k_ESteamNetworkingConfig_P2P_Transport_ICE_Penalty`: connection: milliseconds to count against ICE when routes are
   * compared
   */
  P2P_Transport_ICE_Penalty: 105,
  /**
   * `k_ESteamNetworkingConfig_P2P_Transport_SDR_Penalty`: connection: milliseconds to count against relays when routes
   * are compared
   */
  P2P_Transport_SDR_Penalty: 106,
  /** `k_ESteamNetworkingConfig_P2P_TURN_ServerList`: connection: TURN servers, separated by commas */
  P2P_TURN_ServerList: 107,
  /** `k_ESteamNetworkingConfig_P2P_TURN_UserList`: connection: user names for them, in the same order */
  P2P_TURN_UserList: 108,
  /** `k_ESteamNetworkingConfig_P2P_TURN_PassList`: connection: passwords for them, in the same order */
  P2P_TURN_PassList: 109,
  /**
   * `k_ESteamNetworkingConfig_P2P_Transport_ICE_Implementation`: connection: which implementation of ICE is used; 0 is
   * the default
   */
  P2P_Transport_ICE_Implementation: 110,
  /**
   * `k_ESteamNetworkingConfig_SDRClient_ConsecutitivePingTimeoutsFailInitial`: global: lost pings after which a relay's
   * port that never answered is given up
   */
  SDRClient_ConsecutitivePingTimeoutsFailInitial: 19,
  /**
   * `k_ESteamNetworkingConfig_SDRClient_ConsecutitivePingTimeoutsFail`: global: lost pings in a row after which a
   * relay's port that answered before is given up
   */
  SDRClient_ConsecutitivePingTimeoutsFail: 20,
  /** `k_ESteamNetworkingConfig_SDRClient_MinPingsBeforePingAccurate`: global: pings before a measurement counts */
  SDRClient_MinPingsBeforePingAccurate: 21,
  /** `k_ESteamNetworkingConfig_SDRClient_SingleSocket`: global: one local port for all relays */
  SDRClient_SingleSocket: 22,
  /** `k_ESteamNetworkingConfig_SDRClient_ForceRelayCluster`: global: use relays of this data center only */
  SDRClient_ForceRelayCluster: 29,
  /** `k_ESteamNetworkingConfig_SDRClient_DevTicket`: connection: a ticket for development */
  SDRClient_DevTicket: 30,
  /** `k_ESteamNetworkingConfig_SDRClient_ForceProxyAddr`: global: use these relays only */
  SDRClient_ForceProxyAddr: 31,
  /** `k_ESteamNetworkingConfig_SDRClient_FakeClusterPing`: global, for tests: pretend these pings to data centers */
  SDRClient_FakeClusterPing: 36,
  /** `k_ESteamNetworkingConfig_SDRClient_LimitPingProbesToNearestN`: global: measure only the nearest data centers */
  SDRClient_LimitPingProbesToNearestN: 60,
  /** `k_ESteamNetworkingConfig_LogLevel_AckRTT`: connection: how much is printed of round-trip times */
  LogLevel_AckRTT: 13,
  /** `k_ESteamNetworkingConfig_LogLevel_PacketDecode`: connection: how much is printed of packets' contents */
  LogLevel_PacketDecode: 14,
  /** `k_ESteamNetworkingConfig_LogLevel_Message`: connection: how much is printed of messages */
  LogLevel_Message: 15,
  /** `k_ESteamNetworkingConfig_LogLevel_PacketGaps`: connection: how much is printed of lost packets */
  LogLevel_PacketGaps: 16,
  /** `k_ESteamNetworkingConfig_LogLevel_P2PRendezvous`: connection: how much is printed of signaling */
  LogLevel_P2PRendezvous: 17,
  /** `k_ESteamNetworkingConfig_LogLevel_SDRRelayPings`: global: how much is printed of pings to relays */
  LogLevel_SDRRelayPings: 18,
  /** `k_ESteamNetworkingConfig_ECN`: global, experimental: ECN bits of each packet; -1 is automatic */
  ECN: 999,
  /**
   * `k_ESteamNetworkingConfig_SDRClient_EnableTOSProbes`: global, experimental: try whether routers change the type of
   * service
   */
  SDRClient_EnableTOSProbes: 998,
  /** `k_ESteamNetworkingConfig_DELETED_EnumerateDevVars`: deleted; does nothing */
  DELETED_EnumerateDevVars: 35,
} as const;
/** One of {@link ConfigValue}. */
export type ConfigValue = (typeof ConfigValue)[keyof typeof ConfigValue];

/** What an option is set for (`ESteamNetworkingConfigScope`). */
export const ConfigScope = {
  /** `k_ESteamNetworkingConfig_Global`: the whole process, and what nothing more specific overrides */
  Global: 1,
  /** `k_ESteamNetworkingConfig_SocketsInterface`: one ISteamNetworkingSockets */
  SocketsInterface: 2,
  /** `k_ESteamNetworkingConfig_ListenSocket`: one listen socket, and what it accepts */
  ListenSocket: 3,
  /** `k_ESteamNetworkingConfig_Connection`: one connection */
  Connection: 4,
} as const;
/** One of {@link ConfigScope}. */
export type ConfigScope = (typeof ConfigScope)[keyof typeof ConfigScope];

/** The type of an option (`ESteamNetworkingConfigDataType`). */
export const ConfigDataType = {
  /** `k_ESteamNetworkingConfig_Int32`: 32-bit integer */
  Int32: 1,
  /** `k_ESteamNetworkingConfig_Int64`: 64-bit integer */
  Int64: 2,
  /** `k_ESteamNetworkingConfig_Float`: 32-bit floating point */
  Float: 3,
  /** `k_ESteamNetworkingConfig_String`: text */
  String: 4,
  /** `k_ESteamNetworkingConfig_Ptr`: address */
  Ptr: 5,
} as const;
/** One of {@link ConfigDataType}. */
export type ConfigDataType = (typeof ConfigDataType)[keyof typeof ConfigDataType];

/** How reading an option went (`ESteamNetworkingGetConfigValueResult`). */
export const GetConfigValueResult = {
  /** `k_ESteamNetworkingGetConfigValue_BadValue`: no such option */
  BadValue: -1,
  /** `k_ESteamNetworkingGetConfigValue_BadScopeObj`: no such connection or listen socket */
  BadScopeObj: -2,
  /** `k_ESteamNetworkingGetConfigValue_BufferTooSmall`: the value does not fit */
  BufferTooSmall: -3,
  /** `k_ESteamNetworkingGetConfigValue_OK`: set for this object */
  OK: 1,
  /** `k_ESteamNetworkingGetConfigValue_OKInherited`: not set for this object; the value is one that it inherits */
  OKInherited: 2,
  /** `k_ESteamNetworkingGetConfigValueResult__Force32Bit`: no result; makes the C enum 32 bits wide */
  Force32Bit: 0x7fffffff,
} as const;
/** One of {@link GetConfigValueResult}. */
export type GetConfigValueResult = (typeof GetConfigValueResult)[keyof typeof GetConfigValueResult];

/** Which of our addresses ICE may use; bits. */
export const P2PTransportICEEnable = {
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_Default`: what the user or the platform chose */
  Default: -1,
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_Disable`: no ICE */
  Disable: 0,
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_Relay`: through a TURN server */
  Relay: 1,
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_Private`: addresses of the local network */
  Private: 2,
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_Public`: public addresses */
  Public: 4,
  /** `k_nSteamNetworkingConfig_P2P_Transport_ICE_Enable_All`: everything */
  All: 0x7fffffff,
} as const;
/** One of {@link P2PTransportICEEnable}. */
export type P2PTransportICEEnable = (typeof P2PTransportICEEnable)[keyof typeof P2PTransportICEEnable];

/**
 * The type of each option, as the library itself tells by `GetConfigValueInfo`; written down so that the compiler
 * knows it too.
 */
export const configDataTypes = {
  TimeoutInitial: ConfigDataType.Int32,
  TimeoutConnected: ConfigDataType.Int32,
  SendBufferSize: ConfigDataType.Int32,
  RecvBufferSize: ConfigDataType.Int32,
  RecvBufferMessages: ConfigDataType.Int32,
  RecvMaxMessageSize: ConfigDataType.Int32,
  RecvMaxSegmentsPerPacket: ConfigDataType.Int32,
  ConnectionUserData: ConfigDataType.Int64,
  SendRateMin: ConfigDataType.Int32,
  SendRateMax: ConfigDataType.Int32,
  NagleTime: ConfigDataType.Int32,
  IP_AllowWithoutAuth: ConfigDataType.Int32,
  IPLocalHost_AllowWithoutAuth: ConfigDataType.Int32,
  MTU_PacketSize: ConfigDataType.Int32,
  MTU_DataSize: ConfigDataType.Int32,
  Unencrypted: ConfigDataType.Int32,
  SymmetricConnect: ConfigDataType.Int32,
  LocalVirtualPort: ConfigDataType.Int32,
  DualWifi_Enable: ConfigDataType.Int32,
  EnableDiagnosticsUI: ConfigDataType.Int32,
  SendTimeSincePreviousPacket: ConfigDataType.Int32,
  FakePacketLoss_Send: ConfigDataType.Float,
  FakePacketLoss_Recv: ConfigDataType.Float,
  FakePacketLag_Send: ConfigDataType.Int32,
  FakePacketLag_Recv: ConfigDataType.Int32,
  FakePacketJitter_Send_Avg: ConfigDataType.Float,
  FakePacketJitter_Send_Max: ConfigDataType.Float,
  FakePacketJitter_Send_Pct: ConfigDataType.Float,
  FakePacketJitter_Recv_Avg: ConfigDataType.Float,
  FakePacketJitter_Recv_Max: ConfigDataType.Float,
  FakePacketJitter_Recv_Pct: ConfigDataType.Float,
  FakePacketReorder_Send: ConfigDataType.Float,
  FakePacketReorder_Recv: ConfigDataType.Float,
  FakePacketReorder_Time: ConfigDataType.Int32,
  FakePacketDup_Send: ConfigDataType.Float,
  FakePacketDup_Recv: ConfigDataType.Float,
  FakePacketDup_TimeMax: ConfigDataType.Int32,
  PacketTraceMaxBytes: ConfigDataType.Int32,
  FakeRateLimit_Send_Rate: ConfigDataType.Int32,
  FakeRateLimit_Send_Burst: ConfigDataType.Int32,
  FakeRateLimit_Recv_Rate: ConfigDataType.Int32,
  FakeRateLimit_Recv_Burst: ConfigDataType.Int32,
  OutOfOrderCorrectionWindowMicroseconds: ConfigDataType.Int32,
  Callback_ConnectionStatusChanged: ConfigDataType.Ptr,
  Callback_AuthStatusChanged: ConfigDataType.Ptr,
  Callback_RelayNetworkStatusChanged: ConfigDataType.Ptr,
  Callback_MessagesSessionRequest: ConfigDataType.Ptr,
  Callback_MessagesSessionFailed: ConfigDataType.Ptr,
  Callback_CreateConnectionSignaling: ConfigDataType.Ptr,
  Callback_FakeIPResult: ConfigDataType.Ptr,
  P2P_STUN_ServerList: ConfigDataType.String,
  P2P_Transport_ICE_Enable: ConfigDataType.Int32,
  P2P_Transport_ICE_Penalty: ConfigDataType.Int32,
  P2P_Transport_SDR_Penalty: ConfigDataType.Int32,
  P2P_TURN_ServerList: ConfigDataType.String,
  P2P_TURN_UserList: ConfigDataType.String,
  P2P_TURN_PassList: ConfigDataType.String,
  P2P_Transport_ICE_Implementation: ConfigDataType.Int32,
  SDRClient_ConsecutitivePingTimeoutsFailInitial: ConfigDataType.Int32,
  SDRClient_ConsecutitivePingTimeoutsFail: ConfigDataType.Int32,
  SDRClient_MinPingsBeforePingAccurate: ConfigDataType.Int32,
  SDRClient_SingleSocket: ConfigDataType.Int32,
  SDRClient_ForceRelayCluster: ConfigDataType.String,
  SDRClient_DevTicket: ConfigDataType.String,
  SDRClient_ForceProxyAddr: ConfigDataType.String,
  SDRClient_FakeClusterPing: ConfigDataType.String,
  SDRClient_LimitPingProbesToNearestN: ConfigDataType.Int32,
  LogLevel_AckRTT: ConfigDataType.Int32,
  LogLevel_PacketDecode: ConfigDataType.Int32,
  LogLevel_Message: ConfigDataType.Int32,
  LogLevel_PacketGaps: ConfigDataType.Int32,
  LogLevel_P2PRendezvous: ConfigDataType.Int32,
  LogLevel_SDRRelayPings: ConfigDataType.Int32,
  ECN: ConfigDataType.Int32,
  SDRClient_EnableTOSProbes: ConfigDataType.Int32,
} as const satisfies Readonly<Partial<Record<keyof typeof ConfigValue, ConfigDataType>>>;
