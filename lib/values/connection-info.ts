/** What the library tells of a connection, as plain objects. */
import { maxConnectionCloseReason, maxConnectionDescription } from "../../ffi/constants.ts";
import type { ConnectionEnd, ConnectionState } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import type { SharedMemory } from "../../ffi/memory.ts";
import {
  SteamNetConnectionInfo_t,
  SteamNetConnectionRealTimeLaneStatus_t,
  SteamNetConnectionRealTimeStatus_t,
} from "../../ffi/structs.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import type { ListenSocketHandle } from "./handles.ts";
import { addressBytes, formatAddress } from "./native-address.ts";
import { formatIdentity, identityBytes } from "./native-identity.ts";

/** The state of a connection at the moment of asking, or of the event. C: `SteamNetConnectionInfo_t`. */
export interface ConnectionInfo {
  /** Who is on the other end, in the SDK's text form; `"invalid"` while that is not known. C: `m_identityRemote`. */
  readonly identity: string;
  /** What `setConnectionUserData` set, -1 before. In an event: as it was when the event was queued. C: `m_nUserData`. */
  readonly userData: number;
  /** The listen socket that took the connection, 0 when we began it. C: `m_hListenSocket`. */
  readonly listenSocket: ListenSocketHandle;
  /** Address of the other end; zeros where it is not known or means nothing. C: `m_addrRemote`. */
  readonly remoteAddress: string;
  /** Data center of the other end, 0 when not known. C: `m_idPOPRemote`. */
  readonly remotePop: number;
  /** Relay in use, 0 when none. C: `m_idPOPRelay`. */
  readonly popRelay: number;
  /** What the connection is doing. C: `m_eState`. */
  readonly connectionState: ConnectionState;
  /** Why it ended: an application's code from 1000 to 2999, or one of the library's. 0 while it lives. C: `m_eEndReason`. */
  readonly endReason: ConnectionEnd | number;
  /** The reason in words, for developers. C: `m_szEndDebug`. */
  readonly endDebug: string;
  /** Handle, kind and name of the connection, as in the library's own messages. C: `m_szConnectionDescription`. */
  readonly debugDescription: string;
  /** A sum of {@link ConnectionInfoFlags}. C: `m_nFlags`. */
  readonly infoFlags: number;
}

/** How a connection does right now. C: `SteamNetConnectionRealTimeStatus_t`. */
export interface ConnectionStatus {
  /** What the connection is doing. C: `m_eState`. */
  readonly state: ConnectionState;
  /** Round trip in milliseconds, -1 before the first measurement. C: `m_nPing`. */
  readonly ping: number;
  /** Share of packets that reach us in order, 0 to 1; -1 while unknown. C: `m_flConnectionQualityLocal`. */
  readonly localQuality: number;
  /** The same as the other end sees it. C: `m_flConnectionQualityRemote`. */
  readonly remoteQuality: number;
  /** Packets a second that we have sent of late. C: `m_flOutPacketsPerSec`. */
  readonly packetsOutPerSecond: number;
  /** Bytes a second that we have sent of late. C: `m_flOutBytesPerSec`. */
  readonly bytesOutPerSecond: number;
  /** Packets a second that have come of late. C: `m_flInPacketsPerSec`. */
  readonly packetsInPerSecond: number;
  /** Bytes a second that have come of late. C: `m_flInBytesPerSec`. */
  readonly bytesInPerSecond: number;
  /** Bytes a second that the library believes it can send. C: `m_nSendRateBytesPerSecond`. */
  readonly sendRate: number;
  /** Bytes of unreliable messages not yet on the wire. C: `m_cbPendingUnreliable`. */
  readonly pendingUnreliable: number;
  /** Bytes of reliable messages not yet on the wire, or to be sent again. C: `m_cbPendingReliable`. */
  readonly pendingReliable: number;
  /** Bytes of reliable messages on the wire and not acknowledged. C: `m_cbSentUnackedReliable`. */
  readonly sentUnacknowledgedReliable: number;
  /** Microseconds that a message sent now would wait; Infinity while not connected. For connections with one lane. C: `m_usecQueueTime`. */
  readonly queueTime: number;
  /** Largest deviation of a packet from its expected time since this was last asked, in microseconds; -1 while unknown. C: `m_usecMaxJitter`. */
  readonly maxJitter: number;
}

/** How one lane of a connection does right now. C: `SteamNetConnectionRealTimeLaneStatus_t`. */
export interface LaneStatus {
  /** Bytes of unreliable messages not yet on the wire. C: `m_cbPendingUnreliable`. */
  readonly pendingUnreliable: number;
  /** Bytes of reliable messages not yet on the wire, or to be sent again. C: `m_cbPendingReliable`. */
  readonly pendingReliable: number;
  /** Bytes of reliable messages on the wire and not acknowledged. C: `m_cbSentUnackedReliable`. */
  readonly sentUnacknowledgedReliable: number;
  /** Microseconds that a message sent now on this lane would wait; Infinity while not connected. C: `m_usecQueueTime`. */
  readonly queueTime: number;
}

const info = layoutOf(SteamNetConnectionInfo_t);
const status = layoutOf(SteamNetConnectionRealTimeStatus_t);
const lane = layoutOf(SteamNetConnectionRealTimeLaneStatus_t);

/** Bytes of each struct, for those who make room for them. */
export const infoBytes = info.size;
export const statusBytes = status.size;
export const laneStatusBytes = lane.size;

/**
 * The text of what lies in native memory, made anew only when that is not what it was the last time: thousands of
 * connections to one server share it.
 */
class LastText {
  readonly #bytes: Uint8Array;
  #text: string | undefined;

  constructor(byteLength: number) {
    this.#bytes = new Uint8Array(byteLength);
  }

  /** The text, where it is the one of the last time. */
  of(memory: SharedMemory, at: number): string | undefined {
    return this.#isSame(memory.bytes, at) ? this.#text : undefined;
  }

  /** Remembers a text that was made. */
  keep(memory: SharedMemory, at: number, text: string): string {
    this.#bytes.set(memory.bytes.subarray(at, at + this.#bytes.length));
    return (this.#text = text);
  }

  #isSame(bytes: Uint8Array, at: number): boolean {
    const known = this.#bytes;
    for (let i = 0; i < known.length; i++) if (bytes[at + i] !== known[i]) return false;
    return true;
  }
}

const lastIdentity = new LastText(identityBytes);
const lastAddress = new LastText(addressBytes);

function identityAt(library: NativeLibrary, memory: SharedMemory, at: number): string {
  return lastIdentity.of(memory, at) ?? lastIdentity.keep(memory, at, formatIdentity(library, memory, at));
}

function addressAt(library: NativeLibrary, memory: SharedMemory, at: number): string {
  return lastAddress.of(memory, at) ?? lastAddress.keep(memory, at, formatAddress(library, memory, at, true));
}

/** Reads a `SteamNetConnectionInfo_t` at `at`. */
export function readConnectionInfo(library: NativeLibrary, memory: SharedMemory, at: number): ConnectionInfo {
  const { view } = memory;
  const { offsets } = info;
  return {
    identity: identityAt(library, memory, at + offsets.identityRemote),
    userData: memory.int64(at + offsets.userData),
    listenSocket: view.getUint32(at + offsets.listenSocket, true) as ListenSocketHandle,
    remoteAddress: addressAt(library, memory, at + offsets.addressRemote),
    remotePop: view.getUint32(at + offsets.popRemote, true),
    popRelay: view.getUint32(at + offsets.popRelay, true),
    connectionState: view.getInt32(at + offsets.state, true) as ConnectionState,
    endReason: view.getInt32(at + offsets.endReason, true),
    endDebug: memory.text(at + offsets.endDebug, maxConnectionCloseReason),
    debugDescription: memory.text(at + offsets.description, maxConnectionDescription),
    infoFlags: view.getInt32(at + offsets.flags, true),
  };
}

/** The library says the largest integer for "who knows when". */
function waiting(microseconds: number): number {
  return microseconds > Number.MAX_SAFE_INTEGER ? Infinity : microseconds;
}

/** Reads a `SteamNetConnectionRealTimeStatus_t` at `at`. */
export function readConnectionStatus(memory: SharedMemory, at: number): ConnectionStatus {
  const { view } = memory;
  const { offsets } = status;
  return {
    state: view.getInt32(at + offsets.state, true) as ConnectionState,
    ping: view.getInt32(at + offsets.ping, true),
    localQuality: view.getFloat32(at + offsets.connectionQualityLocal, true),
    remoteQuality: view.getFloat32(at + offsets.connectionQualityRemote, true),
    packetsOutPerSecond: view.getFloat32(at + offsets.outPacketsPerSecond, true),
    bytesOutPerSecond: view.getFloat32(at + offsets.outBytesPerSecond, true),
    packetsInPerSecond: view.getFloat32(at + offsets.inPacketsPerSecond, true),
    bytesInPerSecond: view.getFloat32(at + offsets.inBytesPerSecond, true),
    sendRate: view.getInt32(at + offsets.sendRateBytesPerSecond, true),
    pendingUnreliable: view.getInt32(at + offsets.pendingUnreliable, true),
    pendingReliable: view.getInt32(at + offsets.pendingReliable, true),
    sentUnacknowledgedReliable: view.getInt32(at + offsets.sentUnackedReliable, true),
    queueTime: waiting(memory.int64(at + offsets.queueTime)),
    maxJitter: view.getInt32(at + offsets.maxJitter, true),
  };
}

/** Reads a `SteamNetConnectionRealTimeLaneStatus_t` at `at`. */
export function readLaneStatus(memory: SharedMemory, at: number): LaneStatus {
  const { view } = memory;
  const { offsets } = lane;
  return {
    pendingUnreliable: view.getInt32(at + offsets.pendingUnreliable, true),
    pendingReliable: view.getInt32(at + offsets.pendingReliable, true),
    sentUnacknowledgedReliable: view.getInt32(at + offsets.sentUnackedReliable, true),
    queueTime: waiting(memory.int64(at + offsets.queueTime)),
  };
}
