/**
 * Handles: numbers that only the library gives out, told apart by their types. 0 is never valid.
 *
 * GameNetworkingSockets finds a connection by the low 16 bits of its handle. It does not give the last 256 of them out
 * again, but a handle that is kept long after its connection was closed may one day reach another: forget it then.
 */

declare const handleKind: unique symbol;

/** A connection to a peer. Valid until `closeConnection`, or until its listen socket is closed. C: `HSteamNetConnection`. */
export type ConnectionHandle = number & { readonly [handleKind]: "connection" };

/** A socket that takes connections. Valid until `closeListenSocket`. C: `HSteamListenSocket`. */
export type ListenSocketHandle = number & { readonly [handleKind]: "listen socket" };

/** A group of connections whose messages are received together. Valid until `destroyPollGroup`. C: `HSteamNetPollGroup`. */
export type PollGroupHandle = number & { readonly [handleKind]: "poll group" };

/** No connection. C: `k_HSteamNetConnection_Invalid`. */
export const NETWORKING_CONNECTION_INVALID = 0 as ConnectionHandle;

/** No listen socket. C: `k_HSteamListenSocket_Invalid`. */
export const LISTEN_SOCKET_INVALID = 0 as ListenSocketHandle;

/** No poll group; takes a connection out of its group. C: `k_HSteamNetPollGroup_Invalid`. */
export const NET_POLL_GROUP_INVALID = 0 as PollGroupHandle;
