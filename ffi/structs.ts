/** Every struct that the flat functions and the helper pass, under its C name. */
import type { Fields, Struct } from "./layout.ts";

function struct<const Members extends Fields>(
  headers: Struct["headers"],
  packing: Struct["packing"],
  fields: Members,
): Struct<Members> {
  return { headers, packing, fields };
}

const both = ["gns", "steam"] as const;

/** An IP address, IPv4 ones mapped into IPv6, and a port in host order. */
export const SteamNetworkingIPAddr = struct(both, 1, {
  ipv6: { c: "m_ipv6", type: "u8", count: 16 },
  port: { c: "m_port", type: "u16" },
});

/** Who a host is. `type` tells which of the fields after `byteLength` holds. */
export const SteamNetworkingIdentity = struct(both, 1, {
  type: { c: "m_eType", type: "i32" },
  byteLength: { c: "m_cbSize", type: "i32" },
  steamID64: { c: "m_steamID64", type: "u64" },
  psnID: { c: "m_PSNID", type: "u64", over: "steamID64" },
  genericString: { c: "m_szGenericString", type: "char", count: 32, over: "steamID64" },
  xboxPairwiseID: { c: "m_szXboxPairwiseID", type: "char", count: 33, over: "steamID64" },
  genericBytes: { c: "m_genericBytes", type: "u8", count: 32, over: "steamID64" },
  unknownRawString: { c: "m_szUnknownRawString", type: "char", count: 128, over: "steamID64" },
  ip: { c: "m_ip", type: SteamNetworkingIPAddr, over: "steamID64" },
  reserved: { c: "m_reserved", type: "u32", count: 32, over: "steamID64" },
});

/** A message, received or to be sent. */
export const SteamNetworkingMessage_t = struct(both, "natural", {
  data: { c: "m_pData", type: "ptr" },
  byteLength: { c: "m_cbSize", type: "i32" },
  connection: { c: "m_conn", type: "u32" },
  identityPeer: { c: "m_identityPeer", type: SteamNetworkingIdentity },
  connectionUserData: { c: "m_nConnUserData", type: "i64" },
  timeReceived: { c: "m_usecTimeReceived", type: "i64" },
  messageNumber: { c: "m_nMessageNumber", type: "i64" },
  freeData: { c: "m_pfnFreeData", type: "ptr" },
  release: { c: "m_pfnRelease", type: "ptr" },
  channel: { c: "m_nChannel", type: "i32" },
  flags: { c: "m_nFlags", type: "i32" },
  userData: { c: "m_nUserData", type: "i64" },
  lane: { c: "m_idxLane", type: "u16" },
  padding: { c: "_pad1__", type: "u16" },
});

/** One option and its value. `dataType` tells which field of the value holds. */
export const SteamNetworkingConfigValue_t = struct(both, "natural", {
  value: { c: "m_eValue", type: "i32" },
  dataType: { c: "m_eDataType", type: "i32" },
  int32: { c: "m_val.m_int32", type: "i32" },
  int64: { c: "m_val.m_int64", type: "i64", over: "int32" },
  float: { c: "m_val.m_float", type: "f32", over: "int32" },
  string: { c: "m_val.m_string", type: "ptr", over: "int32" },
  ptr: { c: "m_val.m_ptr", type: "ptr", over: "int32" },
});

/** What is known of a connection. */
export const SteamNetConnectionInfo_t = struct(both, "callback", {
  identityRemote: { c: "m_identityRemote", type: SteamNetworkingIdentity },
  userData: { c: "m_nUserData", type: "i64" },
  listenSocket: { c: "m_hListenSocket", type: "u32" },
  addressRemote: { c: "m_addrRemote", type: SteamNetworkingIPAddr },
  padding: { c: "m__pad1", type: "u16" },
  popRemote: { c: "m_idPOPRemote", type: "u32" },
  popRelay: { c: "m_idPOPRelay", type: "u32" },
  state: { c: "m_eState", type: "i32" },
  endReason: { c: "m_eEndReason", type: "i32" },
  endDebug: { c: "m_szEndDebug", type: "char", count: 128 },
  description: { c: "m_szConnectionDescription", type: "char", count: 128 },
  flags: { c: "m_nFlags", type: "i32" },
  reserved: { c: "reserved", type: "u32", count: 63 },
});

/** How a connection fares at this moment. Times are microseconds, but for `ping`: milliseconds. */
export const SteamNetConnectionRealTimeStatus_t = struct(both, "callback", {
  state: { c: "m_eState", type: "i32" },
  ping: { c: "m_nPing", type: "i32" },
  connectionQualityLocal: { c: "m_flConnectionQualityLocal", type: "f32" },
  connectionQualityRemote: { c: "m_flConnectionQualityRemote", type: "f32" },
  outPacketsPerSecond: { c: "m_flOutPacketsPerSec", type: "f32" },
  outBytesPerSecond: { c: "m_flOutBytesPerSec", type: "f32" },
  inPacketsPerSecond: { c: "m_flInPacketsPerSec", type: "f32" },
  inBytesPerSecond: { c: "m_flInBytesPerSec", type: "f32" },
  sendRateBytesPerSecond: { c: "m_nSendRateBytesPerSecond", type: "i32" },
  pendingUnreliable: { c: "m_cbPendingUnreliable", type: "i32" },
  pendingReliable: { c: "m_cbPendingReliable", type: "i32" },
  sentUnackedReliable: { c: "m_cbSentUnackedReliable", type: "i32" },
  queueTime: { c: "m_usecQueueTime", type: "i64" },
  maxJitter: { c: "m_usecMaxJitter", type: "i32" },
  reserved: { c: "reserved", type: "u32", count: 15 },
});

/** How one lane of a connection fares. */
export const SteamNetConnectionRealTimeLaneStatus_t = struct(both, "callback", {
  pendingUnreliable: { c: "m_cbPendingUnreliable", type: "i32" },
  pendingReliable: { c: "m_cbPendingReliable", type: "i32" },
  sentUnackedReliable: { c: "m_cbSentUnackedReliable", type: "i32" },
  padding: { c: "_reservePad1", type: "i32" },
  queueTime: { c: "m_usecQueueTime", type: "i64" },
  reserved: { c: "reserved", type: "u32", count: 10 },
});

/** Callback: a connection was made, changed its state, or ended. */
export const SteamNetConnectionStatusChangedCallback_t = struct(both, "callback", {
  connection: { c: "m_hConn", type: "u32" },
  info: { c: "m_info", type: SteamNetConnectionInfo_t },
  oldState: { c: "m_eOldState", type: "i32" },
});

/** Callback: whether we can prove who we are. */
export const SteamNetAuthenticationStatus_t = struct(both, "callback", {
  availability: { c: "m_eAvail", type: "i32" },
  debugMessage: { c: "m_debugMsg", type: "char", count: 256 },
});

/** Callback: whether the relay network can be used. */
export const SteamRelayNetworkStatus_t = struct(both, "natural", {
  availability: { c: "m_eAvail", type: "i32" },
  pingMeasurementInProgress: { c: "m_bPingMeasurementInProgress", type: "i32" },
  availabilityNetworkConfig: { c: "m_eAvailNetworkConfig", type: "i32" },
  availabilityAnyRelay: { c: "m_eAvailAnyRelay", type: "i32" },
  debugMessage: { c: "m_debugMsg", type: "char", count: 256 },
});

/** Callback: somebody without a session sends us a message. */
export const SteamNetworkingMessagesSessionRequest_t = struct(both, 1, {
  identityRemote: { c: "m_identityRemote", type: SteamNetworkingIdentity },
});

/** Callback: a session broke. */
export const SteamNetworkingMessagesSessionFailed_t = struct(both, 1, {
  info: { c: "m_info", type: SteamNetConnectionInfo_t },
});

/** Callback, and the answer of `GetFakeIP`: the fake address that Steam gave us. */
export const SteamNetworkingFakeIPResult_t = struct(["steam"], "callback", {
  result: { c: "m_eResult", type: "i32" },
  identity: { c: "m_identity", type: SteamNetworkingIdentity },
  ip: { c: "m_unIP", type: "u32" },
  ports: { c: "m_unPorts", type: "u16", count: 8 },
});

/** Where a host is in the network, for estimates of the ping between two; opaque. */
export const SteamNetworkPingLocation_t = struct(both, "callback", {
  data: { c: "m_data", type: "u8", count: 512 },
});

/** One callback of Steam's manual dispatch. */
export const CallbackMsg_t = struct(["steam"], "callback", {
  user: { c: "m_hSteamUser", type: "i32" },
  callback: { c: "m_iCallback", type: "i32" },
  param: { c: "m_pubParam", type: "ptr" },
  paramByteLength: { c: "m_cubParam", type: "i32" },
});

/** Callback: an asynchronous call is done, its result can be fetched. */
export const SteamAPICallCompleted_t = struct(["steam"], "callback", {
  asyncCall: { c: "m_hAsyncCall", type: "u64" },
  callback: { c: "m_iCallback", type: "i32" },
  paramByteLength: { c: "m_cubParam", type: "u32" },
});

/** Callback: logged on to Steam. */
export const SteamServersConnected_t = struct(["steam"], "callback", {});

/** Callback: an attempt to log on failed. */
export const SteamServerConnectFailure_t = struct(["steam"], "callback", {
  result: { c: "m_eResult", type: "i32" },
  stillRetrying: { c: "m_bStillRetrying", type: "bool" },
});

/** Callback: the connection to Steam was lost. */
export const SteamServersDisconnected_t = struct(["steam"], "callback", {
  result: { c: "m_eResult", type: "i32" },
});

/** How relays reach a hosted server; opaque. */
export const SteamDatagramHostedAddress = struct(["steam"], "callback", {
  byteLength: { c: "m_cbSize", type: "i32" },
  data: { c: "m_data", type: "char", count: 128 },
});

/** One field that a ticket's maker added. `type`: 0 is text, 1 an integer, 2 an identifier of 64 bits. */
export const SteamDatagramRelayAuthTicket_ExtraField = struct(["steam"], "callback", {
  type: { c: "m_eType", type: "i32" },
  name: { c: "m_szName", type: "char", count: 28 },
  stringValue: { c: "m_szStringValue", type: "char", count: 128 },
  intValue: { c: "m_nIntValue", type: "i64", over: "stringValue" },
  fixed64Value: { c: "m_nFixed64Value", type: "u64", over: "stringValue" },
});

/** What a ticket that lets a client through the relays to one server says. */
export const SteamDatagramRelayAuthTicket = struct(["steam"], "callback", {
  identityGameserver: { c: "m_identityGameserver", type: SteamNetworkingIdentity },
  identityAuthorizedClient: { c: "m_identityAuthorizedClient", type: SteamNetworkingIdentity },
  publicIP: { c: "m_unPublicIP", type: "u32" },
  ticketExpiry: { c: "m_rtimeTicketExpiry", type: "u32" },
  routing: { c: "m_routing", type: SteamDatagramHostedAddress },
  appID: { c: "m_nAppID", type: "u32" },
  restrictToVirtualPort: { c: "m_nRestrictToVirtualPort", type: "i32" },
  extraFieldCount: { c: "m_nExtraFields", type: "i32" },
  extraFields: { c: "m_vecExtraFields", type: SteamDatagramRelayAuthTicket_ExtraField, count: 16 },
});

/** What a hosted server tells its game coordinator, signed. */
export const SteamDatagramGameCoordinatorServerLogin = struct(["steam"], "natural", {
  identity: { c: "m_identity", type: SteamNetworkingIdentity },
  routing: { c: "m_routing", type: SteamDatagramHostedAddress },
  appID: { c: "m_nAppID", type: "u32" },
  time: { c: "m_rtime", type: "u32" },
  appDataByteLength: { c: "m_cbAppData", type: "i32" },
  appData: { c: "m_appData", type: "char", count: 2048 },
});

/** The flat functions that the helper calls. */
export const steam_sockets_functions = struct(["helper"], "natural", {
  kill: { c: "kill", type: "ptr" },
  sockets: { c: "sockets", type: "ptr" },
  utils: { c: "utils", type: "ptr" },
  allocateMessage: { c: "allocate_message", type: "ptr" },
  sendMessages: { c: "send_messages", type: "ptr" },
  receiveOnConnection: { c: "receive_on_connection", type: "ptr" },
  receiveOnPollGroup: { c: "receive_on_poll_group", type: "ptr" },
  releaseMessage: { c: "release_message", type: "ptr" },
  realTimeStatus: { c: "real_time_status", type: "ptr" },
  configValue: { c: "config_value", type: "ptr" },
  init: { c: "init", type: "ptr" },
  setConfigPointer: { c: "set_config_pointer", type: "ptr" },
  runCallbacks: { c: "run_callbacks", type: "ptr" },
  initUser: { c: "init_user", type: "ptr" },
  initGameServer: { c: "init_game_server", type: "ptr" },
  pipe: { c: "pipe", type: "ptr" },
  dispatchByHand: { c: "dispatch_by_hand", type: "ptr" },
  runFrame: { c: "run_frame", type: "ptr" },
  nextCallback: { c: "next_callback", type: "ptr" },
  freeCallback: { c: "free_callback", type: "ptr" },
  setDebugOutput: { c: "set_debug_output", type: "ptr" },
  setManualPollMode: { c: "set_manual_poll_mode", type: "ptr" },
  poll: { c: "poll", type: "ptr" },
  configureLanes: { c: "configure_lanes", type: "ptr" },
  messages: { c: "messages", type: "ptr" },
  receiveOnChannel: { c: "receive_on_channel", type: "ptr" },
  receiveOnFakePort: { c: "receive_on_fake_port", type: "ptr" },
  receivedSignal: { c: "received_signal", type: "ptr" },
  closeConnection: { c: "close_connection", type: "ptr" },
  ownIdentity: { c: "own_identity", type: "ptr" },
  sessionState: { c: "session_state", type: "ptr" },
  closeSession: { c: "close_session", type: "ptr" },
});

/** How the helper shall start a library. */
export const steam_sockets_start = struct(["helper"], "natural", {
  identity: { c: "identity", type: "ptr" },
  version: { c: "version", type: "ptr" },
  interfaces: { c: "interfaces", type: "ptr" },
  debugLevel: { c: "debug_level", type: "i32" },
  manualPoll: { c: "manual_poll", type: "u32" },
  appID: { c: "app_id", type: "u32" },
  ip: { c: "ip", type: "u32" },
  gamePort: { c: "game_port", type: "u16" },
  queryPort: { c: "query_port", type: "u16" },
  mode: { c: "mode", type: "i32" },
  result: { c: "result", type: "i32" },
  reserved: { c: "reserved", type: "u32" },
});

/** What can be read of an open library at any time. */
export const steam_sockets_state = struct(["helper"], "natural", {
  epoch: { c: "epoch", type: "u32" },
  opens: { c: "opens", type: "u32" },
  events: { c: "events", type: "u32" },
  debugOutputs: { c: "debug_outputs", type: "u32" },
  debugOutputsDropped: { c: "debug_outputs_dropped", type: "u64" },
  owner: { c: "owner", type: "u64" },
  manualPoll: { c: "manual_poll", type: "u32" },
  signalings: { c: "signalings", type: "u32" },
});

/** Whom a signal is for; the signal follows at once. */
export const steam_sockets_signal_head = struct(["helper"], "natural", {
  to: { c: "to", type: "u8", count: 136 },
  connection: { c: "connection", type: "u32" },
  byteLength: { c: "bytes", type: "u32" },
});

/** What is known of a connection's peer by its certificate. */
export const steam_sockets_peer = struct(["helper"], "natural", {
  key: { c: "key", type: "u64" },
  created: { c: "created", type: "u32" },
  expires: { c: "expires", type: "u32" },
  cameIn: { c: "came_in", type: "u32" },
  reserved: { c: "reserved", type: "u32" },
});

/** The head of a record in the helper's rings; its payload follows at once. */
export const steam_sockets_record = struct(["helper"], "natural", {
  byteLength: { c: "bytes", type: "u32" },
  payloadByteLength: { c: "payload", type: "u32" },
  kind: { c: "kind", type: "u16" },
  reserved: { c: "reserved", type: "u16" },
  argument: { c: "argument", type: "i32" },
});

/** One message that the helper shall send. */
export const steam_sockets_outgoing = struct(["helper"], "natural", {
  connection: { c: "connection", type: "u32" },
  flags: { c: "flags", type: "i32" },
  place: { c: "place", type: "u32" },
  byteLength: { c: "bytes", type: "u32" },
  references: { c: "references", type: "u32" },
  lane: { c: "lane", type: "u16" },
  copied: { c: "copied", type: "u16" },
  result: { c: "result", type: "i64" },
});

/** The columns into which the helper receives. */
export const steam_sockets_columns = struct(["helper"], "natural", {
  capacity: { c: "capacity", type: "u32" },
  arenaByteLength: { c: "arena_bytes", type: "u32" },
  arena: { c: "arena", type: "ptr" },
  connection: { c: "connection", type: "ptr" },
  byteLength: { c: "bytes", type: "ptr" },
  window: { c: "window", type: "ptr" },
  offset: { c: "offset", type: "ptr" },
  identity: { c: "identity", type: "ptr" },
  flags: { c: "flags", type: "ptr" },
  channel: { c: "channel", type: "ptr" },
  lane: { c: "lane", type: "ptr" },
  userData: { c: "user_data", type: "ptr" },
  messageNumber: { c: "message_number", type: "ptr" },
  timeReceived: { c: "time_received", type: "ptr" },
  address: { c: "address", type: "ptr" },
  identities: { c: "identities", type: "ptr" },
  apart: { c: "apart", type: "u32" },
  held: { c: "held", type: "u32" },
});

/** Native memory that JavaScript lays a window over. */
export const steam_sockets_window = struct(["helper"], "natural", {
  address: { c: "address", type: "ptr" },
  byteLength: { c: "bytes", type: "u64" },
  context: { c: "context", type: "ptr" },
});

/** The head of a pool's memory. */
export const steam_sockets_pool_memory = struct(["helper"], "natural", {
  slots: { c: "slots", type: "u32" },
  slotByteLength: { c: "slot_bytes", type: "u32" },
  stride: { c: "stride", type: "u32" },
  firstSlot: { c: "first_slot", type: "u32" },
  states: { c: "states", type: "u32" },
  ring: { c: "ring", type: "u32" },
  ringSlots: { c: "ring_slots", type: "u32" },
  guarded: { c: "guarded", type: "u32" },
  unused: { c: "unused", type: "u32", count: 8 },
  returned: { c: "returned", type: "u32" },
  unusedToo: { c: "unused_too", type: "u32", count: 15 },
});

/** The head of a share's memory. */
export const steam_sockets_share_memory = struct(["helper"], "natural", {
  slots: { c: "slots", type: "u32" },
  ring: { c: "ring", type: "u32" },
  ringSlots: { c: "ring_slots", type: "u32" },
  entriesAt: { c: "entries_at", type: "u32" },
  entries: { c: "entries", type: "u32" },
  closed: { c: "closed", type: "u32" },
  borrowed: { c: "borrowed", type: "u32" },
  unused: { c: "unused", type: "u32", count: 9 },
  returned: { c: "returned", type: "u32" },
  unusedToo: { c: "unused_too", type: "u32", count: 15 },
  handed: { c: "handed", type: "u32" },
  unusedThree: { c: "unused_three", type: "u32", count: 15 },
  taken: { c: "taken", type: "u32" },
  sent: { c: "sent", type: "u32" },
  failed: { c: "failed", type: "u32" },
  unusedFour: { c: "unused_four", type: "u32", count: 13 },
});
