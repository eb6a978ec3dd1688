/** Two ends of one connection over real UDP, both in this process. */
import {
  ConnectionState,
  type ConfigOptions,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type ListenSocketHandle,
  type Networking,
} from "../../lib/index.ts";
import { pumpUntil } from "./pump.ts";

/** Both ends are Connected. */
export interface UDPPair {
  readonly listenSocket: ListenSocketHandle;
  /** The end that connected. */
  readonly client: ConnectionHandle;
  /** The end that was accepted. */
  readonly server: ConnectionHandle;
}

/** Where to listen, how to get there, and the options of both ends. */
export interface UDPPairOptions {
  /** The port 0 is a free one. */
  readonly listenAt?: string;
  /** The address without a port under which the client finds the listen socket. */
  readonly connectTo?: string;
  readonly options?: ConfigOptions;
}

/** Listens, connects and accepts. */
export async function connectOverUDP(
  net: Networking,
  { listenAt = "127.0.0.1:0", connectTo = "127.0.0.1", options }: UDPPairOptions = {},
): Promise<UDPPair> {
  const { sockets } = net;
  const listenSocket = sockets.createListenSocketIP(listenAt, options);
  const port = sockets.getListenSocketAddress(listenSocket)?.split(":").at(-1);
  let server: ConnectionHandle | undefined;
  const accept = ({ connectHandle, connection }: ConnectionStatusChangedEvent) => {
    if (connection.listenSocket !== listenSocket || connection.connectionState !== ConnectionState.Connecting) return;
    server = connectHandle;
    sockets.acceptConnection(connectHandle);
  };
  net.on("connectionStatusChanged", accept);
  const client = sockets.connectByIPAddress(`${connectTo}:${port}`, options);
  const connected = (connection: ConnectionHandle | undefined) =>
    connection !== undefined && sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected;
  await pumpUntil(net, `${connectTo} was connected to ${listenAt}`, () => connected(client) && connected(server));
  net.off("connectionStatusChanged", accept);
  if (server === undefined) throw new Error("Nothing came in");
  return { listenSocket, client, server };
}

/** Ends both ends and the listen socket. */
export function closePair({ sockets }: Networking, { listenSocket, client, server }: UDPPair): void {
  sockets.closeConnection(client);
  sockets.closeConnection(server);
  sockets.closeListenSocket(listenSocket);
}
