/*
 * The helper's contract with ffi/: everything that the shared library exports beside GameNetworkingSockets' own flat
 * functions. Plain C, no C++ types, fixed-width integers, so that any language can call it.
 *
 * What the helper is for
 *  - It starts and ends a networking library and counts who has it open, because the library's objects are gone after
 *    the last close and a call on them crashes. Count, owner thread and epoch live here and not in JavaScript, so that
 *    a JavaScript thread that ends without cleaning up leaves nothing behind.
 *  - It receives every callback that the library makes, on whatever thread, and keeps a record of it until the owner
 *    thread asks. No callback ever enters JavaScript.
 *  - It moves a batch of messages in one call.
 *
 * It calls the networking library through the pointers of steam_sockets_functions only, so it serves every library
 * with this flat interface; several may be open in one process, each with a number of its own.
 *
 * Threads: an open library belongs to the thread that opened it first. Every function that takes a library's number
 * and epoch must be called there and answers STEAM_SOCKETS_NOT_OPEN elsewhere, or when the epoch is not the present
 * one. When that thread ends with the library still open, the library is ended on its behalf.
 *
 * Memory: nothing that is passed in is kept after the call.
 */
#ifndef STEAM_SOCKETS_H
#define STEAM_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#define STEAM_SOCKETS_API __declspec(dllexport)
#else
#define STEAM_SOCKETS_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this contract. A program built for another one must not call anything else here. */
#define STEAM_SOCKETS_CONTRACT 2

/* How many libraries can be open at once. */
#define STEAM_SOCKETS_LIBRARIES 4

/* Negative answers. */
enum {
  STEAM_SOCKETS_NOT_OPEN = -1,     /* no such library, closed, another epoch, or not the owner thread */
  STEAM_SOCKETS_OTHER_THREAD = -2, /* open already, and another thread owns it */
  STEAM_SOCKETS_START_FAILED = -3, /* the library's own start failed; the error text says why */
  STEAM_SOCKETS_TOO_MANY = -4,     /* STEAM_SOCKETS_LIBRARIES libraries are open */
  STEAM_SOCKETS_NO_FUNCTION = -5,  /* a pointer that this call needs is null */
  STEAM_SOCKETS_BAD_ARGUMENT = -6, /* an index, a length or a count is out of range; nothing was done */
  STEAM_SOCKETS_NO_HANDLE = -7,    /* the networking library does not know this connection or poll group */
};

/* STEAM_SOCKETS_CONTRACT as the library was built. */
STEAM_SOCKETS_API uint32_t steam_sockets_contract(void);

/* How the library was built: one JSON object as text, valid for the life of the process. */
STEAM_SOCKETS_API const char *steam_sockets_build(void);

/* ---- opening and closing ---------------------------------------------------------------------------------------- */

/* The flat functions that the helper calls. Those of the first group must be there, others may be null. */
typedef struct steam_sockets_functions {
  bool (*init)(const void *identity, char *error);                      /* GameNetworkingSockets_Init */
  void (*kill)(void);                                                   /* GameNetworkingSockets_Kill */
  void *(*sockets)(void);                                               /* the accessor of ISteamNetworkingSockets */
  void *(*utils)(void);                                                 /* the accessor of ISteamNetworkingUtils */
  bool (*set_config_pointer)(void *utils, int32_t option, void *value); /* ..Utils_SetGlobalConfigValuePtr */
  void (*run_callbacks)(void *sockets);                                 /* ..Sockets_RunCallbacks */
  void *(*allocate_message)(void *utils, int32_t bytes);                /* ..Utils_AllocateMessage */
  void (*send_messages)(void *sockets, int32_t count, void **messages, int64_t *results, bool delete_failed);
  int32_t (*receive_on_connection)(void *sockets, uint32_t connection, void **messages, int32_t maximum);
  int32_t (*receive_on_poll_group)(void *sockets, uint32_t poll_group, void **messages, int32_t maximum);
  void (*release_message)(void *message); /* SteamNetworkingMessage_t_Release */

  void (*set_debug_output)(void *utils, int32_t level, void (*function)(int32_t level, const char *text));
  void (*set_manual_poll_mode)(bool manual); /* SteamNetworkingSockets_SetManualPollMode */
  void (*poll)(int32_t milliseconds);        /* SteamNetworkingSockets_Poll */
  int32_t (*configure_lanes)(void *sockets, uint32_t connection, int32_t lanes, const int32_t *priorities,
                             const uint16_t *weights);
} steam_sockets_functions;

/* What can be read of a library at any time, by any thread, without a call. It lies in static memory. */
typedef struct steam_sockets_state {
  uint32_t epoch;                 /* odd while the library is open; goes up by one at each start and each end */
  uint32_t opens;                 /* how many opens have not been closed */
  uint32_t events;                /* records that wait in the event ring */
  uint32_t debug_outputs;         /* records that wait in the debug ring */
  uint64_t debug_outputs_dropped; /* debug records that newer ones pushed out since the start */
  uint64_t owner;                 /* number of the owner thread, never used twice; 0 while closed */
  uint32_t manual_poll;           /* 1 when the library was started in manual poll mode */
  uint32_t reserved;
} steam_sockets_state;

/*
 * Opens the networking library whose functions are given, or shares it when this thread has it open. Two opens mean
 * the same library when they give the same kill function.
 *  identity      SteamNetworkingIdentity (136 bytes) or null; looked at by the first open only
 *  manual_poll   first open only: no service thread, the owner calls steam_sockets_poll
 *  debug_level   most detailed ESteamNetworkingSocketsDebugOutputType that is kept in the debug ring; 0 is none
 *  error         1,024 bytes, gets a text when the answer is negative
 * Answers the library's number from 0 to STEAM_SOCKETS_LIBRARIES - 1, or OTHER_THREAD, START_FAILED, TOO_MANY,
 * NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_open(const steam_sockets_functions *functions, const void *identity,
                                             bool manual_poll, int32_t debug_level, char *error);

/*
 * Gives one open back. The last one drops what waits in the rings, waits for connections that linger (at most
 * linger_milliseconds, and only where the library is the one built together with the helper) and ends the library.
 * Answers how many opens are left, or NOT_OPEN.
 */
STEAM_SOCKETS_API int32_t steam_sockets_close(int32_t library, uint32_t epoch, uint32_t linger_milliseconds);

/* The state of a library's number, or null when there is no such number. */
STEAM_SOCKETS_API const steam_sockets_state *steam_sockets_state_of(int32_t library);

/* The calling thread's number, as in steam_sockets_state.owner. Never 0. */
STEAM_SOCKETS_API uint64_t steam_sockets_thread(void);

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* What a record tells. The payload is the library's own struct, but for debug output. */
enum {
  STEAM_SOCKETS_STATUS_CHANGED = 1,           /* SteamNetConnectionStatusChangedCallback_t */
  STEAM_SOCKETS_AUTHENTICATION_STATUS = 2,    /* SteamNetAuthenticationStatus_t */
  STEAM_SOCKETS_RELAY_NETWORK_STATUS = 3,     /* SteamRelayNetworkStatus_t */
  STEAM_SOCKETS_MESSAGES_SESSION_REQUEST = 4, /* SteamNetworkingMessagesSessionRequest_t */
  STEAM_SOCKETS_MESSAGES_SESSION_FAILED = 5,  /* SteamNetworkingMessagesSessionFailed_t */
  STEAM_SOCKETS_DEBUG_OUTPUT = 6,             /* UTF-8 text without a closing zero; argument is its level */
};

/* The head of a record. The payload follows at once; the next record starts `bytes` after this one. */
typedef struct steam_sockets_record {
  uint32_t bytes;   /* head, payload and filling: a multiple of 8 */
  uint32_t payload; /* bytes of payload */
  uint16_t kind;    /* one of the above */
  uint16_t reserved;
  int32_t argument; /* debug output: its level; else 0 */
} steam_sockets_record;

/*
 * Runs the library's callbacks, then moves as many waiting event records as fit to `into`, oldest first.
 * Answers the bytes written; 0 when nothing waits; BAD_ARGUMENT when the first record needs more than `capacity`;
 * NOT_OPEN. state.events tells whether more wait.
 */
STEAM_SOCKETS_API int32_t steam_sockets_run_callbacks(int32_t library, uint32_t epoch, void *into, uint32_t capacity);

/* As above without running callbacks: the event ring. */
STEAM_SOCKETS_API int32_t steam_sockets_read_events(int32_t library, uint32_t epoch, void *into, uint32_t capacity);

/* As above without running callbacks: the debug ring. */
STEAM_SOCKETS_API int32_t steam_sockets_read_debug_output(int32_t library, uint32_t epoch, void *into,
                                                          uint32_t capacity);

/* Changes which debug output is kept: 0 is none, 8 is everything. */
STEAM_SOCKETS_API int32_t steam_sockets_set_debug_level(int32_t library, uint32_t epoch, int32_t level);

/*
 * Copies the latest complaint of the library (debug output of level Warning or graver) that was made on the calling
 * thread since the last call of this function, whatever the debug level is, and forgets it.
 * Answers its length without the closing zero, 0 when there was none.
 */
STEAM_SOCKETS_API int32_t steam_sockets_take_complaint(char *into, uint32_t capacity);

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* One message that was received; its payload lies in the arena. */
typedef struct steam_sockets_received {
  uint32_t connection;
  uint32_t bytes;  /* of payload */
  uint32_t offset; /* of the payload in the arena */
  int32_t flags;
  int32_t channel;
  uint16_t lane;
  uint16_t reserved;
  int64_t user_data; /* the connection's */
  int64_t message_number;
  int64_t time_received; /* microseconds, the library's clock */
  uint8_t identity[136]; /* SteamNetworkingIdentity of the sender */
} steam_sockets_received;

/* Where messages are received from. */
enum {
  STEAM_SOCKETS_FROM_CONNECTION = 1,
  STEAM_SOCKETS_FROM_POLL_GROUP = 2,
};

/*
 * Receives up to `maximum` messages, copies each payload into the arena, and releases them.
 * A message that does not fit in what is left of the arena waits in the helper, with those behind it: *needed is then
 * the arena that it needs, and the next call for the same source gives it first. *needed is 0 when nothing waits.
 * A call for another source in between drops what waits: ask again at once with a larger arena.
 * Answers how many rows were filled, or NOT_OPEN, NO_HANDLE, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_receive(int32_t library, uint32_t epoch, int32_t source, uint32_t handle,
                                                steam_sockets_received *rows, int32_t maximum, void *arena,
                                                uint32_t arena_bytes, uint32_t *needed);

/* One message to send; its payload lies in the payload memory. */
typedef struct steam_sockets_outgoing {
  uint32_t connection;
  int32_t flags;
  uint32_t offset;
  uint32_t bytes;
  uint16_t lane;
  uint16_t reserved;
  uint32_t reserved_too;
  int64_t result; /* set by the call: the message's number, a negative EResult, or 0: not tried */
} steam_sockets_outgoing;

/*
 * Sends `count` messages, copying each payload once. A message that fails does not stop the others, but later ones to
 * the same connection are then not tried, however long the batch is.
 * Answers 0, or NOT_OPEN, BAD_ARGUMENT (a payload outside of the memory; nothing was sent), NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_send(int32_t library, uint32_t epoch, steam_sockets_outgoing *messages,
                                             int32_t count, const void *payloads, uint32_t payload_bytes);

/*
 * ISteamNetworkingSockets::ConfigureConnectionLanes. GameNetworkingSockets 1.6.0 can crash, or leave a lane dead, when
 * lanes are configured again with fewer distinct priorities, and loses a connection on which more than 8 lanes are
 * used. For the library that was built in the first is mended, and more than 8 lanes are InvalidParam.
 * priorities and weights have one entry for each lane, or are null. Answers an EResult, or NOT_OPEN, NO_FUNCTION,
 * BAD_ARGUMENT.
 */
STEAM_SOCKETS_API int32_t steam_sockets_configure_lanes(int32_t library, uint32_t epoch, uint32_t connection,
                                                        int32_t lanes, const int32_t *priorities,
                                                        const uint16_t *weights);

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

/* Manual poll mode: does the library's work, waiting up to `milliseconds` for packets. Answers 0 or NOT_OPEN,
 * NO_FUNCTION, BAD_ARGUMENT (the library was not started in manual poll mode). */
STEAM_SOCKETS_API int32_t steam_sockets_poll(int32_t library, uint32_t epoch, int32_t milliseconds);

/* A UDP port that is free at this moment on the given local address (IPv6 or IPv4-mapped), or 0. */
STEAM_SOCKETS_API uint16_t steam_sockets_free_port(const uint8_t ipv6[16]);

#ifdef __cplusplus
}
#endif

#endif
