/** A networking library, open on this thread: the one face that all of them show to what stands above. */
import type { HelperSource } from "../ffi/enums.ts";
import type { Address, SharedMemory } from "../ffi/memory.ts";
import type { Helper } from "./helper.ts";
import type { NativeLibrary } from "./library.ts";

/** An event record, readable until the visitor returns. */
export interface EventRecord {
  /** One of {@link HelperRecordKind}. */
  readonly kind: number;
  /** Debug output: its level. */
  readonly argument: number;
  /** The instance that it is about, 0 for the library's first network. */
  readonly instance: number;
  /** Where the payload lies. */
  readonly memory: SharedMemory;
  /** Offset of the payload in `memory`. */
  readonly payload: number;
  /** Bytes of payload. */
  readonly payloadBytes: number;
}

/**
 * One opening of a library. Openings on one thread share the library; each is closed for itself. After that every
 * member that needs the library throws ClosedError, and nothing reaches the library.
 */
export interface Backend {
  /** The library's file and functions. */
  readonly library: NativeLibrary;
  /** The helper's number for the library, the same for all openings that share it. */
  readonly number: number;
  /** The library's epoch: another one after the last close. */
  readonly epoch: number;
  /** The instance's number; 0 for the library's first network. */
  readonly instance: number;
  /** The library's version where it tells, else "unknown". */
  readonly version: string;
  /** Whether this opening can be used. */
  readonly isOpen: boolean;
  /** Whether this is the only opening of the library. */
  readonly isOnlyOpening: boolean;
  /**
   * Whether nobody else has the global config options: it is the only opening and, on Steam, user and game server are
   * not both open.
   */
  readonly isAlone: boolean;
  /** Whether the library does its work in {@link poll}, and nowhere else. */
  readonly manualPoll: boolean;
  /** How many signaling objects the library has not given back. */
  readonly signalings: number;
  /** The `self` of ISteamNetworkingSockets. Every flat call asks for it anew, so none can follow the last close. */
  readonly sockets: Address;
  /** The `self` of ISteamNetworkingUtils. */
  readonly utils: Address;
  /**
   * The `self` of ISteamNetworkingMessages.
   * @throws UnsupportedError when the library has none.
   */
  readonly messages: Address;
  /** Debug records that newer ones pushed out before anybody read them. */
  readonly debugOutputsDropped: number;
  /**
   * Runs the library's callbacks, then shows every record that waits to `visit`, events before debug output. The
   * native call has returned by then.
   */
  runCallbacks(visit: (record: EventRecord) => void): void;
  /**
   * Manual poll mode: does the library's work, waiting up to `milliseconds` for packets.
   * @throws NetworkingError when the library was not opened in manual poll mode.
   */
  poll(milliseconds: number): void;
  /** Sets which debug output is kept, 0 for none. */
  setDebugLevel(level: number): void;
  /** What the library last complained of on this thread, forgotten by asking; empty when it did not. */
  takeComplaint(): string;
  /** A UDP port that is free right now at the local address in `address`, 0 when there is none. */
  freePort(address: SharedMemory): number;
  /** ConfigureConnectionLanes, answering an EResult. The lists have one entry for each lane, or are null. */
  configureLanes(connection: number, lanes: number, priorities: Int32Array | null, weights: Uint16Array | null): number;
  /** The helper through which it is called. What native memory is passed here must be of the same one. */
  readonly helper: Helper;
  /**
   * Sends the messages that `rows` describe, out of the slots of a pool (-1 for none) and of `copies`. Each row gets its
   * result.
   * @returns how many were sent.
   */
  send(
    pool: number,
    rows: SharedMemory,
    count: number,
    copies: Uint8Array | null,
    copiesBytes: number,
    keepFailed: boolean,
  ): number;
  /** Sends what was handed over through a share of a pool. @returns how many were sent. */
  sendShare(pool: number, share: number): number;
  /** How many reliable segments of a connection are not acknowledged. */
  segments(connection: number): number;
  /**
   * Receives up to `maximum` messages into an inbox of the helper's and its columns.
   * @returns how many came, -1 when the library does not know the handle.
   */
  receive(
    inbox: number,
    source: HelperSource | number,
    handle: number,
    columns: SharedMemory,
    maximum: number,
    copyUpTo: number,
  ): number;
  /**
   * Makes a network beside this one, with another identity: localhost without one.
   * @throws UnsupportedError when the library can have one only.
   */
  openInstance(identity: SharedMemory | undefined): Backend;
  /** Makes an ISteamNetworkingFakeUDPPort known, answering the number by which it is received from. */
  fakePort(port: Address): number;
  /** Forgets a fake UDP port, which then may be destroyed. */
  forgetFakePort(number: number): void;
  /**
   * Gives this opening back; the last one ends the library, waiting for connections that linger. Twice does nothing.
   * @param lingering connections that were closed and may linger; GameNetworkingSockets knows them itself.
   */
  close(lingerMilliseconds: number, lingering?: readonly number[]): void;
}
