/** What a connection's other end has not acknowledged. */
import type { ConnectionHandle, Networking } from "../../lib/index.ts";

/** Bytes of reliable messages that are not known to have arrived: when it is 0, all have. */
export function unacknowledged(net: Pick<Networking, "sockets">, connection: ConnectionHandle): number {
  const { connectionStatus } = net.sockets.getConnectionRealTimeStatus(connection);
  if (connectionStatus === undefined) throw new Error("The connection is gone");
  return connectionStatus.pendingReliable + connectionStatus.sentUnacknowledgedReliable;
}
