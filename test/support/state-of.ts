/** What a connection is doing. */
import type { ConnectionHandle, ConnectionState, Networking } from "../../lib/index.ts";

/** The state of a connection; undefined when there is no such connection. */
export function stateOf({ sockets }: Networking, connection: ConnectionHandle): ConnectionState | undefined {
  return sockets.getConnectionInfo(connection)?.connectionState;
}
