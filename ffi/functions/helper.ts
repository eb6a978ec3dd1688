import { FFIType } from "bun:ffi";
import type { FlatFunctions } from "./function.ts";

/** The batch helper: what its header `native/include/steam_sockets.h` promises. */
export const helper = {
  contract: {
    c: "uint32_t steam_sockets_contract()",
    args: [],
    returns: "u32",
  },
  build: {
    c: "const char *steam_sockets_build()",
    args: [],
    returns: "cstring",
  },
  open: {
    c: "int32_t steam_sockets_open(const steam_sockets_functions *functions, steam_sockets_start *start, char *error)",
    args: ["ptr", "ptr", "ptr"],
    returns: "i32",
  },
  close: {
    c: "int32_t steam_sockets_close(int32_t library, uint32_t epoch, uint32_t linger_milliseconds)",
    args: ["i32", "u32", "u32"],
    returns: "i32",
  },
  companions: {
    c: "int32_t steam_sockets_companions(int32_t library, uint32_t epoch)",
    args: ["i32", "u32"],
    returns: "i32",
  },
  state_of: {
    c: "const steam_sockets_state *steam_sockets_state_of(int32_t library)",
    args: ["i32"],
    returns: "ptr",
  },
  thread: {
    c: "uint64_t steam_sockets_thread()",
    args: [],
    returns: FFIType.u64_fast,
  },
  run_callbacks: {
    c: "int32_t steam_sockets_run_callbacks(int32_t library, uint32_t epoch, void *into, uint32_t capacity)",
    args: ["i32", "u32", "ptr", "u32"],
    returns: "i32",
  },
  read_events: {
    c: "int32_t steam_sockets_read_events(int32_t library, uint32_t epoch, void *into, uint32_t capacity)",
    args: ["i32", "u32", "ptr", "u32"],
    returns: "i32",
  },
  read_debug_output: {
    c: "int32_t steam_sockets_read_debug_output(int32_t library, uint32_t epoch, void *into, uint32_t capacity)",
    args: ["i32", "u32", "ptr", "u32"],
    returns: "i32",
  },
  set_debug_level: {
    c: "int32_t steam_sockets_set_debug_level(int32_t library, uint32_t epoch, int32_t level)",
    args: ["i32", "u32", "i32"],
    returns: "i32",
  },
  take_complaint: {
    c: "int32_t steam_sockets_take_complaint(char *into, uint32_t capacity)",
    args: ["ptr", "u32"],
    returns: "i32",
  },
  let_go: {
    c: "void steam_sockets_let_go(void *address, void *context)",
    args: ["ptr", "ptr"],
    returns: "void",
  },
  pool_open: {
    c: "int32_t steam_sockets_pool_open(uint32_t slots, uint32_t slot_bytes, bool guarded)",
    args: ["u32", "u32", "bool"],
    returns: "i32",
  },
  pool_window: {
    c: "int32_t steam_sockets_pool_window(int32_t pool, steam_sockets_window *window)",
    args: ["i32", "ptr"],
    returns: "i32",
  },
  pool_close: {
    c: "int32_t steam_sockets_pool_close(int32_t pool)",
    args: ["i32"],
    returns: "i32",
  },
  pool_in_flight: {
    c: "int32_t steam_sockets_pool_in_flight(int32_t pool)",
    args: ["i32"],
    returns: "i32",
  },
  pools: {
    c: "int32_t steam_sockets_pools()",
    args: [],
    returns: "i32",
  },
  share_open: {
    c: "int32_t steam_sockets_share_open(int32_t pool, const uint32_t *slots, uint32_t count)",
    args: ["i32", "ptr", "u32"],
    returns: "i32",
  },
  share_window: {
    c: "int32_t steam_sockets_share_window(int32_t pool, int32_t share, steam_sockets_window *window)",
    args: ["i32", "i32", "ptr"],
    returns: "i32",
  },
  share_reclaim: {
    c: "int32_t steam_sockets_share_reclaim(int32_t pool, int32_t share, uint32_t *into, uint32_t capacity, uint32_t *left)",
    args: ["i32", "i32", "ptr", "u32", "ptr"],
    returns: "i32",
  },
  send: {
    c: "int32_t steam_sockets_send(int32_t library, uint32_t epoch, int32_t pool, steam_sockets_outgoing *messages, int32_t count, const void *copies, uint32_t copies_bytes, bool keep_failed)",
    args: ["i32", "u32", "i32", "ptr", "i32", "ptr", "u32", "bool"],
    returns: "i32",
  },
  send_share: {
    c: "int32_t steam_sockets_send_share(int32_t library, uint32_t epoch, int32_t pool, int32_t share)",
    args: ["i32", "u32", "i32", "i32"],
    returns: "i32",
  },
  segments: {
    c: "int32_t steam_sockets_segments(int32_t library, uint32_t epoch, uint32_t connection)",
    args: ["i32", "u32", "u32"],
    returns: "i32",
  },
  signaling: {
    c: "int32_t steam_sockets_signaling(int32_t library, uint32_t epoch, int32_t peers, bool by_default)",
    args: ["i32", "u32", "i32", "bool"],
    returns: "i32",
  },
  signaling_new: {
    c: "void *steam_sockets_signaling_new(int32_t library, uint32_t epoch, const void *to)",
    args: ["i32", "u32", "ptr"],
    returns: "ptr",
  },
  signal_received: {
    c: "int32_t steam_sockets_signal_received(int32_t library, uint32_t epoch, const void *from, const void *signal, int32_t bytes)",
    args: ["i32", "u32", "ptr", "ptr", "i32"],
    returns: "i32",
  },
  signal_with_context: {
    c: "int32_t steam_sockets_signal_with_context(int32_t library, uint32_t epoch, void *sockets, const void *signal, int32_t bytes, void *context)",
    args: ["i32", "u32", "ptr", "ptr", "i32", "ptr"],
    returns: "i32",
  },
  signaling_closed: {
    c: "int32_t steam_sockets_signaling_closed(int32_t library, uint32_t epoch, uint32_t connection, int32_t reason, const char *text)",
    args: ["i32", "u32", "u32", "i32", "cstring"],
    returns: "i32",
  },
  session_closed: {
    c: "int32_t steam_sockets_session_closed(int32_t library, uint32_t epoch, const void *with)",
    args: ["i32", "u32", "ptr"],
    returns: "i32",
  },
  signaling_end: {
    c: "int32_t steam_sockets_signaling_end(int32_t library, uint32_t epoch)",
    args: ["i32", "u32"],
    returns: "i32",
  },
  trust_certificate: {
    c: "int32_t steam_sockets_trust_certificate(int32_t library, uint32_t epoch, const void *certificate, int32_t bytes, char *error)",
    args: ["i32", "u32", "ptr", "i32", "ptr"],
    returns: "i32",
  },
  revoke_key: {
    c: "int32_t steam_sockets_revoke_key(int32_t library, uint32_t epoch, uint64_t key)",
    args: ["i32", "u32", "u64"],
    returns: "i32",
  },
  revoke_identity: {
    c: "int32_t steam_sockets_revoke_identity(int32_t library, uint32_t epoch, const void *identity)",
    args: ["i32", "u32", "ptr"],
    returns: "i32",
  },
  is_key_trusted: {
    c: "int32_t steam_sockets_is_key_trusted(int32_t library, uint32_t epoch, uint64_t key, char *error)",
    args: ["i32", "u32", "u64", "ptr"],
    returns: "i32",
  },
  forget_certificates: {
    c: "int32_t steam_sockets_forget_certificates(int32_t library, uint32_t epoch)",
    args: ["i32", "u32"],
    returns: "i32",
  },
  instance_open: {
    c: "int32_t steam_sockets_instance_open(int32_t library, uint32_t epoch, const void *identity, char *error)",
    args: ["i32", "u32", "ptr", "ptr"],
    returns: "i32",
  },
  instance_close: {
    c: "int32_t steam_sockets_instance_close(int32_t library, uint32_t epoch, int32_t instance, uint32_t linger_milliseconds)",
    args: ["i32", "u32", "i32", "u32"],
    returns: "i32",
  },
  instance_sockets: {
    c: "void *steam_sockets_instance_sockets(int32_t library, uint32_t epoch, int32_t instance)",
    args: ["i32", "u32", "i32"],
    returns: "ptr",
  },
  instance_messages: {
    c: "void *steam_sockets_instance_messages(int32_t library, uint32_t epoch, int32_t instance)",
    args: ["i32", "u32", "i32"],
    returns: "ptr",
  },
  instances: {
    c: "int32_t steam_sockets_instances(int32_t library, uint32_t epoch)",
    args: ["i32", "u32"],
    returns: "i32",
  },
  listen_authenticated: {
    c: "int32_t steam_sockets_listen_authenticated(int32_t library, uint32_t epoch, const void *address, int32_t options, const void *option_list, uint32_t *socket)",
    args: ["i32", "u32", "ptr", "i32", "ptr", "ptr"],
    returns: "i32",
  },
  check_certificate: {
    c: "int32_t steam_sockets_check_certificate(int32_t library, uint32_t epoch, const void *certificate, int32_t bytes, char *error)",
    args: ["i32", "u32", "ptr", "i32", "ptr"],
    returns: "i32",
  },
  peer_certificate: {
    c: "int32_t steam_sockets_peer_certificate(int32_t library, uint32_t epoch, uint32_t connection, steam_sockets_peer *peer)",
    args: ["i32", "u32", "u32", "ptr"],
    returns: "i32",
  },
  end_connections: {
    c: "int32_t steam_sockets_end_connections(int32_t library, uint32_t epoch, uint64_t key, const void *identity, const char *why)",
    args: ["i32", "u32", "u64", "ptr", "cstring"],
    returns: "i32",
  },
  end_connection: {
    c: "int32_t steam_sockets_end_connection(int32_t library, uint32_t epoch, uint32_t connection, const char *why)",
    args: ["i32", "u32", "u32", "cstring"],
    returns: "i32",
  },
  has_spoken: {
    c: "int32_t steam_sockets_has_spoken(int32_t library, uint32_t epoch, uint32_t connection, bool ask)",
    args: ["i32", "u32", "u32", "bool"],
    returns: "i32",
  },
  guard: {
    c: "int32_t steam_sockets_guard(int32_t library, uint32_t epoch, uint32_t connection, bool guarded)",
    args: ["i32", "u32", "u32", "bool"],
    returns: "i32",
  },
  tell_refusals: {
    c: "int32_t steam_sockets_tell_refusals(int32_t library, uint32_t epoch)",
    args: ["i32", "u32"],
    returns: "i32",
  },
  prove: {
    c: "int32_t steam_sockets_prove(int32_t library, uint32_t epoch, uint32_t connection, bool required)",
    args: ["i32", "u32", "u32", "bool"],
    returns: "i32",
  },
  fake_port_open: {
    c: "int32_t steam_sockets_fake_port_open(int32_t library, uint32_t epoch, void *port)",
    args: ["i32", "u32", "ptr"],
    returns: "i32",
  },
  fake_port_close: {
    c: "int32_t steam_sockets_fake_port_close(int32_t library, uint32_t epoch, uint32_t port)",
    args: ["i32", "u32", "u32"],
    returns: "i32",
  },
  inbox_open: {
    c: "int32_t steam_sockets_inbox_open()",
    args: [],
    returns: "i32",
  },
  inbox_release: {
    c: "int32_t steam_sockets_inbox_release(int32_t inbox)",
    args: ["i32"],
    returns: "i32",
  },
  inbox_leave: {
    c: "int32_t steam_sockets_inbox_leave(int32_t inbox, const void *payload)",
    args: ["i32", "ptr"],
    returns: "i32",
  },
  inbox_close: {
    c: "int32_t steam_sockets_inbox_close(int32_t inbox)",
    args: ["i32"],
    returns: "i32",
  },
  receive: {
    c: "int32_t steam_sockets_receive(int32_t library, uint32_t epoch, int32_t inbox, int32_t source, uint32_t handle, steam_sockets_columns *columns, int32_t maximum, uint32_t copy_up_to)",
    args: ["i32", "u32", "i32", "i32", "u32", "ptr", "i32", "u32"],
    returns: "i32",
  },
  configure_lanes: {
    c: "int32_t steam_sockets_configure_lanes(int32_t library, uint32_t epoch, uint32_t connection, int32_t lanes, const int32_t *priorities, const uint16_t *weights)",
    args: ["i32", "u32", "u32", "i32", "ptr", "ptr"],
    returns: "i32",
  },
  poll: {
    c: "int32_t steam_sockets_poll(int32_t library, uint32_t epoch, int32_t milliseconds)",
    args: ["i32", "u32", "i32"],
    returns: "i32",
  },
  free_port: {
    c: "uint16_t steam_sockets_free_port(const uint8_t ipv6[16])",
    args: ["ptr"],
    returns: "u16",
  },
} as const satisfies FlatFunctions;
