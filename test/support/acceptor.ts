/** A listen socket that takes whoever comes. */
import {
  ConnectionState,
  type ConfigOptions,
  type ConnectionHandle,
  type ListenSocketHandle,
  type Networking,
} from "../../lib/index.ts";

export class Acceptor {
  readonly listenSocket: ListenSocketHandle;
  readonly address: string;
  /** The connections that were accepted, in the order of their coming. */
  readonly accepted: ConnectionHandle[] = [];

  constructor(net: Networking, address = "127.0.0.1:0", options?: ConfigOptions) {
    const { sockets } = net;
    this.listenSocket = sockets.createListenSocketIP(address, options);
    this.address = sockets.getListenSocketAddress(this.listenSocket) ?? "";
    net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
      const { listenSocket, connectionState } = connection;
      if (listenSocket !== this.listenSocket || connectionState !== ConnectionState.Connecting) return;
      sockets.acceptConnection(connectHandle);
      this.accepted.push(connectHandle);
    });
  }
}
