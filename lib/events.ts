/** The events that a network tells of, and how they are read from the library's records. */
import { HelperRecordKind, type ConnectionState, type DebugOutputType } from "../ffi/enums.ts";
import type { Backend, EventRecord } from "../sdk/backend.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SteamNetConnectionStatusChangedCallback_t } from "../ffi/structs.ts";
import { readConnectionInfo, type ConnectionInfo } from "./connection-info.ts";
import type { ConnectionHandle } from "./handles.ts";

/** A connection was made, destroyed, or changed its state. C: `SteamNetConnectionStatusChangedCallback_t`. */
export interface ConnectionStatusChangedEvent {
  /** The connection. C: `m_hConn`. */
  readonly connectHandle: ConnectionHandle;
  /** The connection as it was when this happened; `connection.connectionState` is the new state. C: `m_info`. */
  readonly connection: ConnectionInfo;
  /** The state before. C: `m_eOldState`. */
  readonly oldState: ConnectionState;
}

/** A connection has room again. */
export interface DrainEvent {
  /** The connection, which had refused a message with `LimitExceeded`. */
  readonly connectHandle: ConnectionHandle;
}

/** One line of the library's own log. C: `FSteamNetworkingSocketsDebugOutput`. */
export interface DebugOutputEvent {
  /** How grave it is: the lower, the graver. */
  readonly level: DebugOutputType;
  /** The text. */
  readonly message: string;
}

/** The events by name. */
export interface NetworkingEvents {
  /** A connection was made, destroyed, or changed its state. On every library. */
  connectionStatusChanged: ConnectionStatusChangedEvent;
  /**
   * A connection that refused a message with `LimitExceeded` has room again: at most half of SendBufferSize waits to
   * be sent, and at most half of {@link MAX_UNACKNOWLEDGED_SEGMENTS} to be acknowledged. Told once after a refusal,
   * but not of a message that is larger than SendBufferSize and can never fit.
   */
  drain: DrainEvent;
  /** A line of the library's log, of the level that was asked for. See {@link NetworkingUtils.setDebugOutputFunction}. */
  debugOutput: DebugOutputEvent;
  /** What another handler threw. Without a handler for it, `runCallbacks` throws it when the drain is over. */
  error: unknown;
}

/** The names of all events. */
export const eventNames = [
  "connectionStatusChanged",
  "drain",
  "debugOutput",
  "error",
] as const satisfies (keyof NetworkingEvents)[];

/** An event with its name, on its way to the handlers. */
export type NetworkingEvent =
  | { readonly name: "connectionStatusChanged"; readonly event: ConnectionStatusChangedEvent }
  | { readonly name: "drain"; readonly event: DrainEvent }
  | { readonly name: "debugOutput"; readonly event: DebugOutputEvent };

const statusChanged = layoutOf(SteamNetConnectionStatusChangedCallback_t);

/** Reads an event record; undefined for kinds that nobody can listen to. */
export function readEvent(backend: Backend, record: EventRecord): NetworkingEvent | undefined {
  const { memory, payload } = record;
  switch (record.kind) {
    case HelperRecordKind.StatusChanged: {
      const { offsets } = statusChanged;
      return {
        name: "connectionStatusChanged",
        event: {
          connectHandle: memory.view.getUint32(payload + offsets.connection, true) as ConnectionHandle,
          connection: readConnectionInfo(backend.library, memory, payload + offsets.info),
          oldState: memory.view.getInt32(payload + offsets.oldState, true) as ConnectionState,
        },
      };
    }
    case HelperRecordKind.Drained:
      return {
        name: "drain",
        event: { connectHandle: memory.view.getUint32(payload, true) as ConnectionHandle },
      };
    case HelperRecordKind.DebugOutput:
      return {
        name: "debugOutput",
        event: {
          level: record.argument as DebugOutputType,
          message: memory.textOf(payload, record.payloadBytes),
        },
      };
    default:
      return undefined;
  }
}
