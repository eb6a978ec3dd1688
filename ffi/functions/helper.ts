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
    c: "int32_t steam_sockets_open(const steam_sockets_functions *functions, const void *identity, bool manual_poll, int32_t debug_level, char *error)",
    args: ["ptr", "ptr", "bool", "i32", "ptr"],
    returns: "i32",
  },
  close: {
    c: "int32_t steam_sockets_close(int32_t library, uint32_t epoch, uint32_t linger_milliseconds)",
    args: ["i32", "u32", "u32"],
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
  receive: {
    c: "int32_t steam_sockets_receive(int32_t library, uint32_t epoch, int32_t source, uint32_t handle, steam_sockets_received *rows, int32_t maximum, void *arena, uint32_t arena_bytes, uint32_t *needed)",
    args: ["i32", "u32", "i32", "u32", "ptr", "i32", "ptr", "u32", "ptr"],
    returns: "i32",
  },
  send: {
    c: "int32_t steam_sockets_send(int32_t library, uint32_t epoch, steam_sockets_outgoing *messages, int32_t count, const void *payloads, uint32_t payload_bytes)",
    args: ["i32", "u32", "ptr", "i32", "ptr", "u32"],
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
