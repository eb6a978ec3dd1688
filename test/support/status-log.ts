/** What `connectionStatusChanged` told, in the order of its telling. */
import type { ConnectionHandle, ConnectionState, ConnectionStatusChangedEvent, Networking } from "../../lib/index.ts";

export class StatusLog {
  readonly events: ConnectionStatusChangedEvent[] = [];

  /** Keeps every event of a network from now on. */
  constructor(net: Networking) {
    net.on("connectionStatusChanged", (event) => this.events.push(event));
  }

  /** The events of one connection. */
  of(connection: ConnectionHandle): ConnectionStatusChangedEvent[] {
    return this.events.filter(({ connectHandle }) => connectHandle === connection);
  }

  /** The state changes of one connection: before, after. */
  changesOf(connection: ConnectionHandle): [before: ConnectionState, after: ConnectionState][] {
    return this.of(connection).map(({ oldState, connection: { connectionState } }) => [oldState, connectionState]);
  }

  /** Everything up to now, forgotten by asking. */
  take(): ConnectionStatusChangedEvent[] {
    return this.events.splice(0);
  }
}
