/** The events that a network tells of, and how they are read from the library's records. */
import { HelperRecordKind, type ConnectionState, type DebugOutputType, type Result } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import {
  SteamNetConnectionStatusChangedCallback_t,
  SteamNetworkingMessagesSessionFailed_t,
  SteamNetworkingMessagesSessionRequest_t,
  SteamServerConnectFailure_t,
  SteamServersDisconnected_t,
  steam_sockets_signal_head,
} from "../../ffi/structs.ts";
import type { Backend, EventRecord } from "../../sdk/backend.ts";
import { readAuthenticationStatus, type AuthenticationStatus } from "../values/authentication-status.ts";
import { readConnectionInfo, type ConnectionInfo } from "../values/connection-info.ts";
import { readFakeIPResult, type FakeIPResult } from "../values/fake-ip.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { formatIdentity, identityBytes } from "../values/native-identity.ts";
import { readRelayNetworkStatus, type RelayNetworkStatus } from "../values/relay-network-status.ts";
import type { AuthenticationRefusedEvent } from "./refusal.ts";

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

/** Somebody with whom there is no session sends us a message. C: `SteamNetworkingMessagesSessionRequest_t`. */
export interface MessagesSessionRequestEvent {
  /** Who. C: `m_identityRemote`. */
  readonly identity: string;
}

/** A session could not be made, or broke. C: `SteamNetworkingMessagesSessionFailed_t`. */
export interface MessagesSessionFailedEvent {
  /**
   * The connection behind the session as it was: `identity` is who, `endReason` and `endDebug` are why. C: `m_info`.
   */
  readonly connection: ConnectionInfo;
}

/** A session that stood is no more. */
export interface MessagesSessionEndedEvent {
  /** With whom. */
  readonly identity: string;
  /**
   * At most so many of the messages that were sent to him did not arrive: those since everything was last seen to have
   * been acknowledged.
   */
  readonly unconfirmed: number;
}

/** Steam let us in. C: `SteamServersConnected_t`, which has no fields. */
export type LoggedOnEvent = Readonly<Record<never, never>>;

/** Steam did not let us in. C: `SteamServerConnectFailure_t`. */
export interface LogOnFailedEvent {
  /** Why. C: `m_eResult`. */
  readonly result: Result;
  /** Whether Steam goes on trying by itself. C: `m_bStillRetrying`. */
  readonly stillRetrying: boolean;
}

/** The connection to Steam was lost, or we logged off. C: `SteamServersDisconnected_t`. */
export interface LoggedOffEvent {
  /** Why. C: `m_eResult`. */
  readonly result: Result;
}

/** The library wants a signal carried to a peer. */
export interface SignalEvent {
  /** The peer's identity in the SDK's text form; `"invalid"` when it is not known yet. */
  readonly to: string;
  /** The connection that it is about, 0 for the refusal of one. */
  readonly connectHandle: ConnectionHandle;
  /** The signal, some hundred bytes. Yours to keep. */
  readonly signal: Uint8Array;
}

/** The events by name. */
export interface NetworkingEvents {
  /** A connection was made, destroyed, or changed its state. On every library. */
  connectionStatusChanged: ConnectionStatusChangedEvent;
  /**
   * Whether we can take part in authenticated communication has changed. On every library: Steam tells of it by its
   * callback; GameNetworkingSockets never does, so each call that may change it looks, and so does `runCallbacks` when
   * our certificate begins to count, expires or is renewed.
   */
  networkAuthenticationStatus: AuthenticationStatus;
  /**
   * Somebody was turned away by a listen socket, or a session of {@link NetworkingMessages}, that requires
   * authentication. On GameNetworkingSockets; Steam keeps them out without a word.
   */
  authenticationRefused: AuthenticationRefusedEvent;
  /** The fake address that {@link NetworkingSockets.beginAsyncRequestFakeIP} asked for came, or never will. On steam_api. */
  fakeIPResult: FakeIPResult;
  /**
   * Somebody with whom there is no session sends us a message by {@link NetworkingMessages}. Take it by
   * `acceptSessionWithUser`, or by sending something back; or do nothing. On every library.
   */
  messagesSessionRequest: MessagesSessionRequestEvent;
  /** A session of {@link NetworkingMessages} could not be made, or broke before it ever stood. On every library. */
  messagesSessionFailed: MessagesSessionFailedEvent;
  /**
   * A session of {@link NetworkingMessages} that stood is no more, and not closed by us: the peer closed it, was lost or
   * started anew, or it was not used for some minutes. The library tells nothing of it, so each session is looked at
   * about once a second; where the peer asks for a new one, this comes before `messagesSessionRequest`. The next message
   * makes a new session. On every library.
   */
  messagesSessionEnded: MessagesSessionEndedEvent;
  /**
   * Whether Valve's relay network can be used has changed. On steam_api; GameNetworkingSockets, which has no relays,
   * never tells it.
   */
  relayNetworkStatus: RelayNetworkStatus;
  /** Steam let us in: as a user, or as the game server that this network was opened as. On steam_api. */
  loggedOn: LoggedOnEvent;
  /** An attempt to log on failed. On steam_api. */
  logOnFailed: LogOnFailedEvent;
  /** The connection to Steam was lost, or we logged off. On steam_api. */
  loggedOff: LoggedOffEvent;
  /**
   * A connection that refused a message with `LimitExceeded` has room again: at most half of SendBufferSize waits to
   * be sent, and at most half of {@link MAX_UNACKNOWLEDGED_SEGMENTS} to be acknowledged. Told once after a refusal,
   * but not of a message that is larger than SendBufferSize and can never fit. On every library.
   */
  drain: DrainEvent;
  /**
   * The library wants a signal carried to a peer, by connections of {@link Signaling}. The service in use has got it
   * already: listen to look on. On every library.
   */
  signal: SignalEvent;
  /** A line of the library's log, of the level that was asked for. See {@link NetworkingUtils.setDebugOutputFunction}. */
  debugOutput: DebugOutputEvent;
  /** What another handler threw. Without a handler for it, `runCallbacks` throws it when the drain is over. */
  error: unknown;
}

/** The names of all events. */
export const eventNames = Object.keys({
  connectionStatusChanged: true,
  networkAuthenticationStatus: true,
  authenticationRefused: true,
  fakeIPResult: true,
  messagesSessionRequest: true,
  messagesSessionFailed: true,
  messagesSessionEnded: true,
  relayNetworkStatus: true,
  loggedOn: true,
  logOnFailed: true,
  loggedOff: true,
  drain: true,
  signal: true,
  debugOutput: true,
  error: true,
} satisfies Record<keyof NetworkingEvents, true>) as (keyof NetworkingEvents)[];

type ToldName = Exclude<keyof NetworkingEvents, "error">;

/** An event with its name, as {@link Networking.events} gives it. */
export type NetworkingEvent<Name extends ToldName = ToldName> = {
  readonly [Each in Name]: { readonly name: Each; readonly event: NetworkingEvents[Each] };
}[Name];

/** The connection that an event is of, which must not come after that was closed; undefined for all others. */
export function connectionOf(told: NetworkingEvent): ConnectionHandle | undefined {
  return told.name === "connectionStatusChanged" || told.name === "drain" ? told.event.connectHandle : undefined;
}

const noSocket = 0 as ListenSocketHandle;
const unspecified = "[::]:0";
const signalHead = layoutOf(steam_sockets_signal_head);
const statusChanged = layoutOf(SteamNetConnectionStatusChangedCallback_t);
const sessionRequest = layoutOf(SteamNetworkingMessagesSessionRequest_t);
const sessionFailed = layoutOf(SteamNetworkingMessagesSessionFailed_t);
const connectFailure = layoutOf(SteamServerConnectFailure_t);
const disconnected = layoutOf(SteamServersDisconnected_t);

/** Reads an event record; undefined for kinds that nobody can listen to. */
export function readEvent(backend: Backend, record: EventRecord): NetworkingEvent | undefined {
  const { memory, payload } = record;
  const { library } = backend;
  switch (record.kind) {
    case HelperRecordKind.StatusChanged: {
      const { offsets } = statusChanged;
      return {
        name: "connectionStatusChanged",
        event: {
          connectHandle: memory.view.getUint32(payload + offsets.connection, true) as ConnectionHandle,
          connection: readConnectionInfo(library, memory, payload + offsets.info),
          oldState: memory.view.getInt32(payload + offsets.oldState, true) as ConnectionState,
        },
      };
    }
    case HelperRecordKind.AuthenticationStatus:
      return { name: "networkAuthenticationStatus", event: readAuthenticationStatus(memory, payload) };
    case HelperRecordKind.Refused: {
      const unreported = payload + identityBytes;
      const text = unreported + Uint32Array.BYTES_PER_ELEMENT;
      const [address, reason = ""] = memory.textOf(text, payload + record.payloadBytes - text).split("\0");
      return {
        name: "authenticationRefused",
        event: {
          identity: formatIdentity(library, memory, payload),
          address: address || unspecified,
          reason,
          listenSocket: noSocket,
          unreported: memory.view.getUint32(unreported, true),
        },
      };
    }
    case HelperRecordKind.FakeIPResult:
      return { name: "fakeIPResult", event: readFakeIPResult(library, memory, payload) };
    case HelperRecordKind.MessagesSessionRequest: {
      const identity = formatIdentity(library, memory, payload + sessionRequest.offsets.identityRemote);
      return { name: "messagesSessionRequest", event: { identity } };
    }
    case HelperRecordKind.MessagesSessionFailed: {
      const connection = readConnectionInfo(library, memory, payload + sessionFailed.offsets.info);
      return { name: "messagesSessionFailed", event: { connection } };
    }
    case HelperRecordKind.RelayNetworkStatus:
      return { name: "relayNetworkStatus", event: readRelayNetworkStatus(memory, payload) };
    case HelperRecordKind.LoggedOn:
      return { name: "loggedOn", event: {} };
    case HelperRecordKind.LogOnFailed: {
      const { offsets } = connectFailure;
      return {
        name: "logOnFailed",
        event: {
          result: memory.view.getInt32(payload + offsets.result, true) as Result,
          stillRetrying: memory.view.getUint8(payload + offsets.stillRetrying) !== 0,
        },
      };
    }
    case HelperRecordKind.LoggedOff: {
      const result = memory.view.getInt32(payload + disconnected.offsets.result, true) as Result;
      return { name: "loggedOff", event: { result } };
    }
    case HelperRecordKind.Signal: {
      const { offsets, size } = signalHead;
      const length = memory.view.getUint32(payload + offsets.byteLength, true);
      return {
        name: "signal",
        event: {
          to: formatIdentity(library, memory, payload + offsets.to),
          connectHandle: memory.view.getUint32(payload + offsets.connection, true) as ConnectionHandle,
          signal: new Uint8Array(memory.bytes.subarray(payload + size, payload + size + length)),
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
