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
 *  - It moves a batch of messages in one call: out of slots of a pool, and into columns of numbers beside an arena.
 *  - It counts what every connection has under way, because the library ends the process when that is too much.
 *
 * It calls the networking library through the pointers of steam_sockets_functions only, so it serves every library
 * with this flat interface; several may be open in one process, each with a number of its own.
 *
 * Threads: an open library belongs to the thread that opened it first. Every function that takes a library's number
 * and epoch must be called there and answers STEAM_SOCKETS_NOT_OPEN elsewhere, or when the epoch is not the present
 * one. When that thread ends with the library still open, the library is ended on its behalf.
 *
 * Memory: nothing that is passed in is kept after the call. What has to live longer than that, the slots of pools, lies
 * in memory of the helper's own, over which JavaScript has windows: it is unmapped when the last window and the last
 * message are gone, whichever thread made it and whether or not that thread still runs.
 */
#ifndef STEAM_SOCKETS_H
#define STEAM_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
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
#define STEAM_SOCKETS_CONTRACT 9

/* How many libraries can be open at once. */
#define STEAM_SOCKETS_LIBRARIES 4

/* How many instances a library can have at once: as many as a process can have connections. */
#define STEAM_SOCKETS_INSTANCES 8191

/* How many reliable segments of a connection may be un-acknowledged. GameNetworkingSockets ends the process at about
 * 65,000. A message takes one for each 1,000 bytes that it has, and one more. */
#define STEAM_SOCKETS_SEGMENTS 50000

/* The most that a pool holds, and the most shares that one can have lent out. */
#define STEAM_SOCKETS_SLOTS 1048576
#define STEAM_SOCKETS_SLOT_BYTES 524288
#define STEAM_SOCKETS_SHARES 64

/* What stands behind every slot of a guarded pool. */
#define STEAM_SOCKETS_GUARD 0x5afe510d

/* Negative answers. */
enum {
  STEAM_SOCKETS_NOT_OPEN = -1,     /* no such library, closed, another epoch, or not the owner thread */
  STEAM_SOCKETS_OTHER_THREAD = -2, /* open already, and another thread owns it */
  STEAM_SOCKETS_START_FAILED = -3, /* the library's own start failed; the error text says why */
  STEAM_SOCKETS_TOO_MANY = -4,     /* all numbers for libraries, pools, shares or inboxes are in use */
  STEAM_SOCKETS_NO_FUNCTION = -5,  /* a pointer that this call needs is null */
  STEAM_SOCKETS_BAD_ARGUMENT = -6, /* an index, a length or a count is out of range; nothing was done */
  STEAM_SOCKETS_NO_HANDLE = -7,    /* the networking library does not know this connection or poll group */
  STEAM_SOCKETS_NO_MEMORY = -8,    /* the system gives no more memory */
};

/* STEAM_SOCKETS_CONTRACT as the library was built. */
STEAM_SOCKETS_API uint32_t steam_sockets_contract(void);

/* How the library was built: one JSON object as text, valid for the life of the process. */
STEAM_SOCKETS_API const char *steam_sockets_build(void);

/* ---- opening and closing ---------------------------------------------------------------------------------------- */

/* The flat functions that the helper calls. Those of the first group must be there, and one way to start with what
 * belongs to it; others may be null. */
typedef struct steam_sockets_functions {
  void (*kill)(void);     /* GameNetworkingSockets_Kill, SteamAPI_Shutdown or SteamGameServer_Shutdown */
  void *(*sockets)(void); /* the accessor of ISteamNetworkingSockets */
  void *(*utils)(void);   /* the accessor of ISteamNetworkingUtils */
  void *(*allocate_message)(void *utils, int32_t bytes); /* ..Utils_AllocateMessage */
  void (*send_messages)(void *sockets, int32_t count, void **messages, int64_t *results, bool delete_failed);
  int32_t (*receive_on_connection)(void *sockets, uint32_t connection, void **messages, int32_t maximum);
  int32_t (*receive_on_poll_group)(void *sockets, uint32_t poll_group, void **messages, int32_t maximum);
  void (*release_message)(void *message); /* SteamNetworkingMessage_t_Release */
  /* What these two tell says when a connection that was full has room again. */
  int32_t (*real_time_status)(void *sockets, uint32_t connection, void *status, int32_t lanes, void *lane_statuses);
  int32_t (*config_value)(void *utils, int32_t option, int32_t scope, intptr_t object, int32_t *type, void *value,
                          size_t *bytes);

  /* GameNetworkingSockets: its start, and its callbacks by functions of ours that it calls. */
  bool (*init)(const void *identity, char *error);                      /* GameNetworkingSockets_Init */
  bool (*set_config_pointer)(void *utils, int32_t option, void *value); /* ..Utils_SetGlobalConfigValuePtr */
  void (*run_callbacks)(void *sockets);                                 /* ..Sockets_RunCallbacks */

  /* Steam: one of its starts, for a user or for a game server, and its callbacks, which are fetched from a pipe. */
  int32_t (*init_user)(char *error); /* SteamAPI_InitFlat */
  int32_t (*init_game_server)(uint32_t ip, uint16_t game_port, uint16_t query_port, int32_t mode, const char *version,
                              const char *interfaces, char *error); /* SteamInternal_GameServer_Init_V2 */
  int32_t (*pipe)(void);                               /* SteamAPI_GetHSteamPipe or SteamGameServer_GetHSteamPipe */
  void (*dispatch_by_hand)(void);                      /* SteamAPI_ManualDispatch_Init */
  void (*run_frame)(int32_t pipe);                     /* ..ManualDispatch_RunFrame */
  bool (*next_callback)(int32_t pipe, void *callback); /* ..ManualDispatch_GetNextCallback */
  void (*free_callback)(int32_t pipe);                 /* ..ManualDispatch_FreeLastCallback */

  void (*set_debug_output)(void *utils, int32_t level, void (*function)(int32_t level, const char *text));
  void (*set_manual_poll_mode)(bool manual); /* SteamNetworkingSockets_SetManualPollMode */
  void (*poll)(int32_t milliseconds);        /* SteamNetworkingSockets_Poll */
  int32_t (*configure_lanes)(void *sockets, uint32_t connection, int32_t lanes, const int32_t *priorities,
                             const uint16_t *weights);
  void *(*messages)(void); /* the accessor of ISteamNetworkingMessages */
  int32_t (*receive_on_channel)(void *messages, int32_t channel, void **received, int32_t maximum);
  int32_t (*receive_on_fake_port)(void *port, void **messages, int32_t maximum); /* ..FakeUDPPort_ReceiveMessages */
  /* For signals, all or none: ..Sockets_ReceivedP2PCustomSignal, ..CloseConnection and ..GetIdentity. */
  bool (*received_signal)(void *sockets, const void *signal, int32_t bytes, void *context);
  bool (*close_connection)(void *sockets, uint32_t connection, int32_t reason, const char *text, bool linger);
  bool (*own_identity)(void *sockets, void *identity);
  /* ..Messages_GetSessionConnectionInfo and ..CloseSessionWithUser, for peers that start anew. */
  int32_t (*session_state)(void *messages, const void *identity, void *info, void *status);
  bool (*close_session)(void *messages, const void *identity);
} steam_sockets_functions;

/* How to start a library. Looked at by the first open only, but for the debug level's ring. */
typedef struct steam_sockets_start {
  const void *identity;   /* GameNetworkingSockets: SteamNetworkingIdentity (136 bytes) or null */
  const char *version;    /* game server: its own version, "1.0.0.0" */
  const char *interfaces; /* game server: interface versions, a zero after each and one more at the end */
  int32_t debug_level;    /* most detailed ESteamNetworkingSocketsDebugOutputType that is kept; 0 is none */
  uint32_t manual_poll;   /* GameNetworkingSockets: 1 for no service thread, the owner calls steam_sockets_poll */
  uint32_t app_id;        /* Steam: put into the environment, where Steam looks for it; 0: as it is there */
  uint32_t ip;            /* game server: the IPv4 address to bind, in host order; 0 for all */
  uint16_t game_port;     /* game server */
  uint16_t query_port;    /* game server */
  int32_t mode;           /* game server: EServerMode */
  int32_t result;         /* out: Steam's ESteamAPIInitResult when the start failed */
  uint32_t reserved;
} steam_sockets_start;

/* What can be read of a library at any time, by any thread, without a call. It lies in static memory. */
typedef struct steam_sockets_state {
  uint32_t epoch;                 /* odd while the library is open; goes up by one at each start and each end */
  uint32_t opens;                 /* how many opens have not been closed */
  uint32_t events;                /* records that wait in the event ring */
  uint32_t debug_outputs;         /* records that wait in the debug ring */
  uint64_t debug_outputs_dropped; /* debug records that newer ones pushed out since the start */
  uint64_t owner;                 /* number of the owner thread, never used twice; 0 while closed */
  uint32_t manual_poll;           /* 1 when the library was started in manual poll mode */
  uint32_t signalings;            /* signaling objects that the library has not released */
} steam_sockets_state;

/*
 * Opens the networking library whose functions are given, or shares it when this thread has it open. Two opens mean
 * the same library when they give the same kill function, so Steam's user and its game server are two libraries.
 * `error` has 1,024 bytes and gets a text when the answer is negative.
 * Answers the library's number from 0 to STEAM_SOCKETS_LIBRARIES - 1, or OTHER_THREAD, START_FAILED, TOO_MANY,
 * NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_open(const steam_sockets_functions *functions, steam_sockets_start *start,
                                             char *error);

/*
 * Gives one open back. The last one drops what waits in the rings, waits for connections that linger (at most
 * linger_milliseconds, and only where the library is the one built together with the helper) and ends the library.
 * Answers how many opens are left, or NOT_OPEN.
 */
STEAM_SOCKETS_API int32_t steam_sockets_close(int32_t library, uint32_t epoch, uint32_t linger_milliseconds);

/*
 * How many other open libraries have the same ISteamNetworkingUtils, and with it the same global config options and the
 * same log: 1 for Steam's user and its game server while both are open, else 0. Or NOT_OPEN.
 */
STEAM_SOCKETS_API int32_t steam_sockets_companions(int32_t library, uint32_t epoch);

/* The state of a library's number, or null when there is no such number. */
STEAM_SOCKETS_API const steam_sockets_state *steam_sockets_state_of(int32_t library);

/* The calling thread's number, as in steam_sockets_state.owner. Never 0. */
STEAM_SOCKETS_API uint64_t steam_sockets_thread(void);

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* What a record tells. The payload is the library's own struct, but for 6, 7 and 12. */
enum {
  STEAM_SOCKETS_STATUS_CHANGED = 1,           /* SteamNetConnectionStatusChangedCallback_t */
  STEAM_SOCKETS_AUTHENTICATION_STATUS = 2,    /* SteamNetAuthenticationStatus_t */
  STEAM_SOCKETS_RELAY_NETWORK_STATUS = 3,     /* SteamRelayNetworkStatus_t */
  STEAM_SOCKETS_MESSAGES_SESSION_REQUEST = 4, /* SteamNetworkingMessagesSessionRequest_t */
  STEAM_SOCKETS_MESSAGES_SESSION_FAILED = 5,  /* SteamNetworkingMessagesSessionFailed_t */
  STEAM_SOCKETS_DEBUG_OUTPUT = 6,             /* UTF-8 text without a closing zero; argument is its level */
  STEAM_SOCKETS_DRAINED = 7,                  /* uint32_t: a connection that was full and has room again */
  STEAM_SOCKETS_FAKE_IP_RESULT = 8,           /* SteamNetworkingFakeIPResult_t */
  STEAM_SOCKETS_LOGGED_ON = 9,                /* SteamServersConnected_t */
  STEAM_SOCKETS_LOG_ON_FAILED = 10,           /* SteamServerConnectFailure_t */
  STEAM_SOCKETS_LOGGED_OFF = 11,              /* SteamServersDisconnected_t */
  STEAM_SOCKETS_SIGNAL = 12,                  /* steam_sockets_signal_head, then the signal */
  STEAM_SOCKETS_REFUSED = 13,                 /* SteamNetworkingIdentity of a peer that has no certificate, where known;
                                                 a uint32_t, how many more were refused since the last record; the
                                                 peer's address, a zero, and why, as UTF-8 without a closing zero */
};

/* The head of a record. The payload follows at once; the next record starts `bytes` after this one. */
typedef struct steam_sockets_record {
  uint32_t bytes;   /* head, payload and filling: a multiple of 8 */
  uint32_t payload; /* bytes of payload */
  uint16_t kind;    /* one of the above */
  uint16_t reserved;
  int32_t argument; /* debug output: its level; else the instance that it is about, 0 for the library itself */
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

/* ---- signals ----------------------------------------------------------------------------------------------------- */

/* What a connection to a peer is arranged with goes by way of somebody whom both can reach: the signaling. What the
 * library wants sent comes as a record; what arrives is handed in. */

/* The longest signal that is taken. The library's own have some hundred bytes. */
#define STEAM_SOCKETS_SIGNAL_BYTES 65536

/* Whom a signal is for. */
typedef struct steam_sockets_signal_head {
  unsigned char to[136]; /* SteamNetworkingIdentity */
  uint32_t connection;   /* the connection that it is about, 0 for a refusal */
  uint32_t bytes;        /* of the signal, which follows */
} steam_sockets_signal_head;

/* What becomes of peers that ask for a connection. */
enum {
  STEAM_SOCKETS_IGNORE_PEERS = 0, /* they get no answer */
  STEAM_SOCKETS_ASK_FOR_PEERS = 1 /* a connection is made, Connecting, for the application to accept or to close */
};

/*
 * Says what becomes of peers that ask. With by_default, connections that are begun without signaling of their own,
 * those of ISteamNetworkingMessages among them, use this one from now on; that can't be taken back before the library
 * ends. Answers 0, or NOT_OPEN, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_signaling(int32_t library, uint32_t epoch, int32_t peers, bool by_default);

/*
 * Makes a signaling object (ISteamNetworkingConnectionSignaling) for one connection that is about to be begun; `to` is
 * the peer's SteamNetworkingIdentity, or null when it is not known. It goes with the connection; the call that begins
 * one takes it also when it fails. Null when the library is not open.
 */
STEAM_SOCKETS_API void *steam_sockets_signaling_new(int32_t library, uint32_t epoch, const void *to);

/*
 * Hands in a signal that came from a peer: `from` is the SteamNetworkingIdentity that the signaling vouches for. One
 * that claims to be from somebody else is refused. Answers 1 when it was taken, 0 when it is no signal or none that
 * could be of use, or NOT_OPEN, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_signal_received(int32_t library, uint32_t epoch, const void *from,
                                                        const void *signal, int32_t bytes);

/*
 * Hands in a signal with an answer of native code's own: `sockets` is the library's or an instance's
 * ISteamNetworkingSockets, `context` an ISteamNetworkingSignalingRecvContext. What steam_sockets_prove requires holds
 * here as well; who is turned away by it hears of it through the context. Answers 1 when the library took it, else 0,
 * or NOT_OPEN, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_signal_with_context(int32_t library, uint32_t epoch, void *sockets,
                                                            const void *signal, int32_t bytes, void *context);

/*
 * To be called right after a connection that has signaling was closed: the peer is told at once, which the library
 * itself leaves to a time-out. Answers 1 when a signal came of it, 0 when nothing is known of the connection, or
 * NOT_OPEN, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_signaling_closed(int32_t library, uint32_t epoch, uint32_t connection,
                                                         int32_t reason, const char *text);

/*
 * The same for a session of ISteamNetworkingMessages, right after it was closed: `with` is the peer's
 * SteamNetworkingIdentity. Answers of how many connections a signal came, or NOT_OPEN, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_session_closed(int32_t library, uint32_t epoch, const void *with);

/*
 * To be called before the last close: ends what has signaling and still stands, sessions as well, with the reason 2999
 * as the library does when it is shut down, and tells the peers. Answers of how many connections a signal came, or
 * NOT_OPEN, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_signaling_end(int32_t library, uint32_t epoch);

/* ---- certificates ------------------------------------------------------------------------------------------------ */

/* Whose certificates count. Only of the GameNetworkingSockets that is built together with the helper, NO_FUNCTION for
 * every other library. It is one store for the process, and it outlives the last close. Under the library's own lock.
 * A key's number is the first 8 bytes of the SHA-256 of the raw public key, little-endian. */

/*
 * Trusts the key of an authority's certificate (CMsgSteamDatagramCertificateSigned, at most 4,096 bytes): of a root,
 * which is signed by itself, or of an intermediate, whose signer must be trusted already. One that has expired, that
 * names an identity, whose key is revoked, or that has a private key in it is refused, and nothing is changed.
 * `error` has 1,024 bytes and gets the reason.
 * Answers 1 when the key is trusted, 0 when it is refused, or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT.
 */
STEAM_SOCKETS_API int32_t steam_sockets_trust_certificate(int32_t library, uint32_t epoch, const void *certificate,
                                                          int32_t bytes, char *error);

/*
 * Revokes a key, an authority's or a user's: certificates for it and, of an authority's, by it don't count any more.
 * Connections that stand stay. Answers 0, or NOT_OPEN, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_revoke_key(int32_t library, uint32_t epoch, uint64_t key);

/* Revokes an identity, a SteamNetworkingIdentity: certificates for it don't count any more where
 * steam_sockets_prove requires one. Answers 0, or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_revoke_identity(int32_t library, uint32_t epoch, const void *identity);

/* Whether an authority's key is trusted at this time. Answers 1, or 0 with the reason in `error` (1,024 bytes), or
 * NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_is_key_trusted(int32_t library, uint32_t epoch, uint64_t key, char *error);

/* Forgets who was trusted and what was revoked. Answers 0, or NOT_OPEN, NO_FUNCTION. */
STEAM_SOCKETS_API int32_t steam_sockets_forget_certificates(int32_t library, uint32_t epoch);

/*
 * CreateListenSocketIP with IP_AllowWithoutAuth and IPLocalHost_AllowWithoutAuth at 0, which the library itself refuses
 * to make: from the first packet on nobody gets in without a certificate that counts. `address` is a
 * SteamNetworkingIPAddr, `option_list` has `options` SteamNetworkingConfigValue_t. *socket gets the handle, 0 when the
 * library refuses. Answers 0, or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT.
 */
STEAM_SOCKETS_API int32_t steam_sockets_listen_authenticated(int32_t library, uint32_t epoch, const void *address,
                                                             int32_t options, const void *option_list,
                                                             uint32_t *socket);

/* ---- authentication ---------------------------------------------------------------------------------------------- */

/* Who is on the other end, and what he may do before that is known. Only of the GameNetworkingSockets that is built
 * together with the helper, NO_FUNCTION for every other library, but for steam_sockets_guard. */

/* Whether a user's certificate counts at this time: signed by a trusted key, not expired, not revoked. Answers 1, or 0
 * with the reason in `error` (1,024 bytes), or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_check_certificate(int32_t library, uint32_t epoch, const void *certificate,
                                                          int32_t bytes, char *error);

/* What is known of a connection's peer by its certificate, be it signed or not. */
typedef struct steam_sockets_peer {
  uint64_t key;     /* the number of the certificate's key, 0 for none */
  uint32_t created; /* Unix times, 0 where the certificate does not say */
  uint32_t expires;
  uint32_t came_in; /* 1 when it was the peer who began the connection */
  uint32_t reserved;
} steam_sockets_peer;

/* Tells it. Answers 0, or NO_HANDLE, NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_peer_certificate(int32_t library, uint32_t epoch, uint32_t connection,
                                                         steam_sockets_peer *peer);

/* Ends all connections of the process whose peer is `identity` (a SteamNetworkingIdentity) or, where that is null, has
 * this key, as the library ends those that have a problem: both ends are told, with the reason 4003 and the text.
 * Answers how many, or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_end_connections(int32_t library, uint32_t epoch, uint64_t key,
                                                        const void *identity, const char *why);

/* The same for one connection. Answers 1, 0 when it is none that lives, or NOT_OPEN, NO_FUNCTION, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_end_connection(int32_t library, uint32_t epoch, uint32_t connection,
                                                       const char *why);

/* Whether something came from the peer that only he can have said. A handshake by UDP is no such thing: it is in clear,
 * and anybody who has seen one can say it again. With `ask` he is asked to say something, if he has not. Answers 1, 0,
 * or NO_HANDLE, NOT_OPEN, NO_FUNCTION. */
STEAM_SOCKETS_API int32_t steam_sockets_has_spoken(int32_t library, uint32_t epoch, uint32_t connection, bool ask);

/* While a connection is guarded, nothing is sent on it: the result of each message is InvalidState, made negative; and
 * nothing is received from it but by a poll group. Of every library. Answers 0, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_guard(int32_t library, uint32_t epoch, uint32_t connection, bool guarded);

/* Has those told of by REFUSED whom the library itself turns away, until the last close. Answers 0, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_tell_refusals(int32_t library, uint32_t epoch);

/*
 * Requires that the peer of a connection which was begun by signals, or with 0 all peers of ISteamNetworkingMessages,
 * have a certificate that counts. A request without one is refused with the code 1006 and told by REFUSED; an answer
 * without one ends the connection with 4003, before anything was sent on it. Answers 0, or NO_HANDLE, NOT_OPEN,
 * NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_prove(int32_t library, uint32_t epoch, uint32_t connection, bool required);

/* ---- instances --------------------------------------------------------------------------------------------------- */

/*
 * An instance is a network beside the first one of an open library: it has an identity, a certificate, connections,
 * poll groups and sessions of its own, and a `self` for the flat functions. Only the library that is built together
 * with the helper can have any. All instances share the library's threads, clock, config options and handles: what goes
 * by a handle, as sending and receiving do, goes through the library's own functions here, whosever the handle is.
 *
 * What an instance tells is in the library's event ring, with the instance's number as the argument of its records. Its
 * own RunCallbacks has nothing to do.
 */

/*
 * Makes an instance of the library for an identity, a SteamNetworkingIdentity, or null for localhost. `error` has 1,024
 * bytes and gets a text with START_FAILED. Answers its number, from 1, which is never used again, or NOT_OPEN,
 * NO_FUNCTION, BAD_ARGUMENT, TOO_MANY, START_FAILED.
 */
STEAM_SOCKETS_API int32_t steam_sockets_instance_open(int32_t library, uint32_t epoch, const void *identity,
                                                      char *error);

/*
 * Ends an instance with all that it has, after it has waited for its connections that linger. The library's end ends
 * all that are left, without waiting for them alone. Answers 0 or NOT_OPEN.
 */
STEAM_SOCKETS_API int32_t steam_sockets_instance_close(int32_t library, uint32_t epoch, int32_t instance,
                                                       uint32_t linger_milliseconds);

/* The ISteamNetworkingSockets and ISteamNetworkingMessages of an instance, or null when it is not open. */
STEAM_SOCKETS_API void *steam_sockets_instance_sockets(int32_t library, uint32_t epoch, int32_t instance);
STEAM_SOCKETS_API void *steam_sockets_instance_messages(int32_t library, uint32_t epoch, int32_t instance);

/* How many instances of the library are open. Answers that number, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_instances(int32_t library, uint32_t epoch);

/* ---- pools ------------------------------------------------------------------------------------------------------- */

/* Memory that JavaScript may lay a window over. Each answer of one holds the memory until `let_go` is called with the
 * memory's first address and the context: both are meant for the deallocator of a foreign ArrayBuffer. */
typedef struct steam_sockets_window {
  void *address;
  uint64_t bytes;
  void *context;
} steam_sockets_window;

/* Gives a window back. Any thread. */
STEAM_SOCKETS_API void steam_sockets_let_go(void *address, void *context);

/*
 * A pool's memory: this head; `slots` words for the owner's own book-keeping, which the helper never looks at; the
 * return ring; then, from `first_slot` on, the slots, each `stride` bytes from the one before.
 *
 * A return ring has many writers and one reader. Its `ring_slots` words (a power of two) are 0 or the number of a slot
 * plus one. The reader takes the words in turn while they are not 0, and sets each to 0; it is never full, because each
 * slot is in it at most once.
 */
typedef struct steam_sockets_pool_memory {
  uint32_t slots;
  uint32_t slot_bytes;
  uint32_t stride;
  uint32_t first_slot; /* offset in bytes, as are the next two */
  uint32_t states;
  uint32_t ring;
  uint32_t ring_slots;
  uint32_t guarded; /* 1 when STEAM_SOCKETS_GUARD stands right behind each slot's last byte */
  uint32_t unused[8];
  uint32_t returned; /* how many slots the return ring has got, in all */
  uint32_t unused_too[15];
} steam_sockets_pool_memory;

/*
 * Makes a pool of up to 1 GiB, which belongs to the calling thread. When that thread ends, the pool is closed.
 * Answers its number, from 0, or BAD_ARGUMENT, NO_MEMORY, TOO_MANY.
 */
STEAM_SOCKETS_API int32_t steam_sockets_pool_open(uint32_t slots, uint32_t slot_bytes, bool guarded);

/* A window over a pool's memory. Any thread, until the pool is closed and nothing of it is under way. Answers 0 or
 * NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_pool_window(int32_t pool, steam_sockets_window *window);

/* Closes a pool: nothing more is sent from it. Its memory lives on for its windows and for the messages that are under
 * way. The owner. Answers 0 or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_pool_close(int32_t pool);

/* How many of a pool's slots are under way: sent and not come back. The owner. Answers that number, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_pool_in_flight(int32_t pool);

/* How many pools are not closed, or have messages under way. */
STEAM_SOCKETS_API int32_t steam_sockets_pools(void);

/* ---- shares of pools --------------------------------------------------------------------------------------------- */

/*
 * The memory of a share: this head; the return ring, as a pool has one; and a ring of steam_sockets_outgoing by which
 * its borrower hands messages over: it fills entry `handed % entries`, then raises `handed`; the owner raises `taken`.
 */
typedef struct steam_sockets_share_memory {
  uint32_t slots;
  uint32_t ring; /* offset in bytes, as is the next but one */
  uint32_t ring_slots;
  uint32_t entries_at;
  uint32_t entries;  /* a power of two */
  uint32_t closed;   /* 1 once the owner has reclaimed it or closed the pool */
  uint32_t borrowed; /* for those who borrow, to see that there is one of them */
  uint32_t unused[9];
  uint32_t returned; /* how many slots the return ring has got, in all */
  uint32_t unused_too[15];
  uint32_t handed; /* by the borrower */
  uint32_t unused_three[15];
  uint32_t taken;  /* by the owner, as are the next two */
  uint32_t sent;   /* messages that were sent */
  uint32_t failed; /* messages that were not; their slots came back all the same */
  uint32_t unused_four[13];
} steam_sockets_share_memory;

/*
 * Lends slots of a pool, which must be the owner's at this moment, to another thread: they wait in the share's return
 * ring. Answers the share's number, or NOT_OPEN, BAD_ARGUMENT, NO_MEMORY, TOO_MANY.
 */
STEAM_SOCKETS_API int32_t steam_sockets_share_open(int32_t pool, const uint32_t *slots, uint32_t count);

/* A window over a share's memory. Any thread, until it is reclaimed. Answers 0 or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_share_window(int32_t pool, int32_t share, steam_sockets_window *window);

/*
 * Takes back what was lent and is not under way, whether the borrower holds it or has handed it over unsent; the
 * borrower must have ended or have stopped. Writes the slots' numbers to `into`, which must have room for all of the
 * share: `capacity`.
 * What is under way comes back in time, and is got by asking again.
 * Answers how many came, or NOT_OPEN, BAD_ARGUMENT. *left is how many are still under way; at 0 the share is no more.
 */
STEAM_SOCKETS_API int32_t steam_sockets_share_reclaim(int32_t pool, int32_t share, uint32_t *into, uint32_t capacity,
                                                      uint32_t *left);

/* ---- sending ----------------------------------------------------------------------------------------------------- */

/* One message to send. */
typedef struct steam_sockets_outgoing {
  uint32_t connection;
  int32_t flags;
  uint32_t place; /* of the payload: the number of a slot, or the offset of bytes that are copied */
  uint32_t bytes;
  uint32_t references; /* slots: how many messages from this one on have the slot; 0 in those that follow the first */
  uint16_t lane;
  uint16_t copied; /* 1: the payload is copied, 0: it stays in the slot */
  int64_t result;  /* set by the call: the message's number, a negative EResult, or 0: not tried */
} steam_sockets_outgoing;

/*
 * Sends `count` messages: those in slots without a copy, the others copied once. A message that fails does not stop the
 * others, but later ones to the same connection are then not tried, however long the batch is. A message is refused
 * with LimitExceeded when its connection would have more than STEAM_SOCKETS_SEGMENTS, and with InvalidParam when slot,
 * offset, length or references are wrong, or the slot is under way already or another's (of a share, of the owner).
 *
 * A slot goes back through the return ring of its share (or its pool) when the last message that has it is done with;
 * of a message that failed at once, unless keep_failed is set and it is the only one that has the slot. A message that
 * is refused for its slot or its references has none, and leaves the slot where it is.
 *
 *  pool        whose slots they are; negative when all are copied
 *  copies      where the copied payloads lie
 * Answers how many were sent, or NOT_OPEN (the library, or the pool), BAD_ARGUMENT (nothing was sent).
 */
STEAM_SOCKETS_API int32_t steam_sockets_send(int32_t library, uint32_t epoch, int32_t pool,
                                             steam_sockets_outgoing *messages, int32_t count, const void *copies,
                                             uint32_t copies_bytes, bool keep_failed);

/* Sends what the borrower of a share has handed over up to now. Answers how many were sent, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_send_share(int32_t library, uint32_t epoch, int32_t pool, int32_t share);

/* How many reliable segments of a connection are not acknowledged, over all that was sent here. */
STEAM_SOCKETS_API int32_t steam_sockets_segments(int32_t library, uint32_t epoch, uint32_t connection);

/* ---- receiving --------------------------------------------------------------------------------------------------- */

/* Where a batch is received to: for each message one entry of each column. Payloads start at multiples of 8. */
typedef struct steam_sockets_columns {
  uint32_t capacity; /* entries of each column */
  uint32_t arena_bytes;
  void *arena;
  uint32_t *connection;
  uint32_t *bytes;    /* of payload */
  uint32_t *window;   /* what the payload is looked at through, see below */
  uint32_t *offset;   /* of the payload in that */
  uint32_t *identity; /* number of the sender among the identities */
  int32_t *flags;
  int32_t *channel;
  uint32_t *lane;
  int64_t *user_data; /* the connection's */
  int64_t *message_number;
  int64_t *time_received; /* microseconds, the library's clock */
  int64_t *address;       /* of the payload, where it is in none of our memory */
  void *identities;       /* `capacity` SteamNetworkingIdentity */
  uint32_t apart;         /* 1: payloads in none of our memory get a window each, 0: share windows */
  uint32_t held;          /* set by the call: how many of the messages the inbox holds */
} steam_sockets_columns;

/*
 * Windows of payloads. STEAM_SOCKETS_IN_ARENA: it was copied, and the message released. All others are held:
 * STEAM_SOCKETS_IN_POOL and the number of an open pool: it lies in a slot, at the offset from the first slot. A message
 * of a pair in memory is the very one that was sent.
 * STEAM_SOCKETS_APART and the entry's number: it lies at the address, and the offset is 0.
 * Less than that: it lies at the address, which is window * 2^20 + offset.
 */
enum { STEAM_SOCKETS_IN_ARENA = 0 };
#define STEAM_SOCKETS_IN_POOL 0x80000000
#define STEAM_SOCKETS_APART 0x40000000

/* Where messages are received from. A negative number is a channel of that instance's ISteamNetworkingMessages. */
enum {
  STEAM_SOCKETS_FROM_CONNECTION = 1,
  STEAM_SOCKETS_FROM_POLL_GROUP = 2,
  STEAM_SOCKETS_FROM_CHANNEL = 3,   /* of ISteamNetworkingMessages */
  STEAM_SOCKETS_FROM_FAKE_PORT = 4, /* by the number that steam_sockets_fake_port_open answered */
};

/* Makes a fake UDP port (ISteamNetworkingFakeUDPPort, of this library) known. Answers its number, the same for the same
 * port, or NOT_OPEN, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_fake_port_open(int32_t library, uint32_t epoch, void *port);

/* Forgets a fake UDP port, which then may be destroyed. Answers 0, or NOT_OPEN, NO_HANDLE. */
STEAM_SOCKETS_API int32_t steam_sockets_fake_port_close(int32_t library, uint32_t epoch, uint32_t port);

/* Makes an inbox, which belongs to the calling thread: it holds messages whose payload was not copied. Answers its
 * number, from 0, or TOO_MANY. When its thread ends, messages that it holds are left where they are: JavaScript may
 * have handed their memory to another thread. */
STEAM_SOCKETS_API int32_t steam_sockets_inbox_open(void);

/* Releases what an inbox holds. Answers how many messages that were, or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_inbox_release(int32_t inbox);

/* Makes an inbox forget the message whose payload begins at this address, without releasing it: its memory stays for
 * ever. For a payload that somebody has got hold of for good. Answers 0, or NOT_OPEN, BAD_ARGUMENT. */
STEAM_SOCKETS_API int32_t steam_sockets_inbox_leave(int32_t inbox, const void *payload);

/* Releases what an inbox holds, and ends it. Answers 0 or NOT_OPEN. */
STEAM_SOCKETS_API int32_t steam_sockets_inbox_close(int32_t inbox);

/*
 * Receives up to `maximum` messages, after releasing what the inbox holds. Payloads of up to copy_up_to bytes are
 * copied into the arena while it has room, and their messages released; those in slots of pools only when copy_up_to is
 * UINT32_MAX. The others are held by the inbox until it is released, receives again or is closed, or the library ends.
 * Answers how many entries were filled, or NOT_OPEN (the library, or the inbox), NO_HANDLE, BAD_ARGUMENT, NO_FUNCTION.
 */
STEAM_SOCKETS_API int32_t steam_sockets_receive(int32_t library, uint32_t epoch, int32_t inbox, int32_t source,
                                                uint32_t handle, steam_sockets_columns *columns, int32_t maximum,
                                                uint32_t copy_up_to);

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

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

/* Manual poll mode: does the library's work, waiting up to `milliseconds` for packets. Answers 0 or NOT_OPEN,
 * NO_FUNCTION, BAD_ARGUMENT (the library was not started in manual poll mode). */
STEAM_SOCKETS_API int32_t steam_sockets_poll(int32_t library, uint32_t epoch, int32_t milliseconds);

/* A UDP port that is free at this moment on the given local address (IPv6 or IPv4-mapped), or 0. */
STEAM_SOCKETS_API uint16_t steam_sockets_free_port(const uint8_t ipv6[16]);

#ifdef __cplusplus
}
#endif

#endif
