/** `listen` and `connect`: game networking in Bun's own idiom. */
import { borrowNetwork } from "./default-network.ts";
import { connectThrough, type ConnectOptions } from "./everyday/connect.ts";
import type { Connection } from "./everyday/connection.ts";
import { Server, type ListenOptions } from "./everyday/server.ts";
import { dispatcherOf } from "./networking.ts";

/**
 * Listens for connections over encrypted UDP, on a network that all on this thread share who name none. It is closed with
 * the last of them, and another thread can listen then; where messages of closed connections are under way, as soon as
 * they have come, for which it waits up to 2.5 seconds. {@link Networking.listen} does the same on a network that you
 * opened.
 *
 * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::CreateListenSocketIP`.
 *
 * ```ts
 * const server = listen<{ name: string }>({
 *   address: ":27015",
 *   socket: {
 *     open(connection) { connection.data = { name: connection.identity }; },
 *     message(connection, message) { connection.send(message.bytes(), { reliable: false }); },
 *   },
 * });
 * ```
 *
 * @throws CreationError when the address is taken or not this machine's.
 * @throws LibraryNotFoundError and the other errors of {@link openNetworking}.
 */
export function listen<Data = undefined>(options: ListenOptions<Data>): Server<Data> {
  const { net, release } = borrowNetwork();
  try {
    return new Server(net, dispatcherOf(net), options, release);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Connects to a server of {@link listen}, or to any listen socket, on a network as {@link listen} uses it.
 * {@link Networking.connect} does the same on a network that you opened.
 *
 * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConnectByIPAddress`.
 *
 * @param address `"example.org:27015"`, `"127.0.0.1:27015"`, `"[::1]:27015"`. A name is resolved by the system. Where it
 * has several addresses, the next one is tried as soon as one has failed or has not answered for a quarter of a second;
 * the first connection that stands is it. A refusal is an answer.
 * @returns the connection once it stands, after its handler `open` was called.
 * @throws ConnectError when it was refused, nobody answered, or the name does not resolve.
 * @throws CreationError when authentication is required and we have no certificate that counts.
 * @throws the reason of `signal` when that is aborted.
 */
export async function connect<Data = undefined>(
  address: string,
  options: ConnectOptions<Data> = {},
): Promise<Connection<Data>> {
  const { net, release } = borrowNetwork();
  try {
    return await connectThrough(dispatcherOf(net), address, options, release);
  } catch (error) {
    release();
    throw error;
  }
}
