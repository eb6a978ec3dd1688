/** Receiving messages as plain objects: one native call for a batch, each payload copied once into memory of its own. */
import { SendFlags, type HelperSource } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { steam_sockets_received } from "../ffi/structs.ts";
import type { Backend } from "../sdk/backend.ts";
import type { ConnectionHandle } from "./handles.ts";
import { IdentityTexts } from "./identity.ts";

/** A message that was received. It is the caller's own: nothing of it belongs to the library any more. */
export interface ReceivedMessage {
  /** The bytes. C: `m_pData`. */
  readonly payload: Uint8Array;
  /** How many bytes. C: `m_cbSize`. */
  readonly size: number;
  /** The connection over which it came; it may have been closed since. C: `m_conn`. */
  readonly connection: ConnectionHandle;
  /** Who sent it, in the SDK's text form. C: `m_identityPeer`. */
  readonly identity: string;
  /** The connection's user data when the message was received here, -1 until it is set. C: `m_nConnUserData`. */
  readonly receiverUserData: number;
  /** Microseconds on this library's clock, as `utils.getLocalTimestamp` gives them. C: `m_usecTimeReceived`. */
  readonly timeReceived: number;
  /** The number that the sender gave it; each lane counts for itself, from 1. C: `m_nMessageNumber`. */
  readonly messageNumber: number;
  /** The channel of NetworkingMessages; -1 for messages of a connection. C: `m_nChannel`. */
  readonly channel: number;
  /** Of {@link SendFlags} only `Reliable` is told. C: `m_nFlags`. */
  readonly flags: number;
  /** The sender's lane, 0 for the first. C: `m_idxLane`. */
  readonly lane: number;
}

const row = layoutOf(steam_sockets_received);
const rowsPerCall = 256;
const firstArenaBytes = 1 << 20;

/** The memory into which messages are received, used again and again. */
export class Receiver {
  readonly #backend: Backend;
  readonly #identities: IdentityTexts;
  readonly #rows = new SharedMemory(rowsPerCall * row.size);
  #arena = new SharedMemory(firstArenaBytes);

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#identities = new IdentityTexts(backend.library);
  }

  /** Receives up to `maximum` messages, or answers undefined when the library does not know the handle. */
  receive(source: HelperSource, handle: number, maximum: number): ReceivedMessage[] | undefined {
    const messages: ReceivedMessage[] = [];
    while (messages.length < maximum) {
      const wanted = Math.min(rowsPerCall, maximum - messages.length);
      const { count, needed } = this.#backend.receive(source, handle, this.#rows, wanted, this.#arena);
      if (count < 0) return messages.length > 0 ? messages : undefined;
      for (let index = 0; index < count; index++) messages.push(this.#message(index * row.size));
      if (needed > this.#arena.bytes.length) this.#arena = new SharedMemory(2 ** Math.ceil(Math.log2(needed)));
      if (count < wanted && needed === 0) break;
    }
    if (this.#arena.bytes.length > 16 * firstArenaBytes) this.#arena = new SharedMemory(firstArenaBytes);
    return messages;
  }

  #message(at: number): ReceivedMessage {
    const { view } = this.#rows;
    const { offsets } = row;
    const connection = view.getUint32(at + offsets.connection, true) as ConnectionHandle;
    const size = view.getUint32(at + offsets.byteLength, true);
    const offset = view.getUint32(at + offsets.offset, true);
    return {
      payload: this.#arena.bytes.slice(offset, offset + size),
      size,
      connection,
      identity: this.#identities.of(connection, this.#rows, at + offsets.identity),
      receiverUserData: this.#rows.int64(at + offsets.userData),
      timeReceived: this.#rows.int64(at + offsets.timeReceived),
      messageNumber: this.#rows.int64(at + offsets.messageNumber),
      channel: view.getInt32(at + offsets.channel, true),
      // A message of a pair in memory is the sender's own, with all its flags.
      flags: view.getInt32(at + offsets.flags, true) & SendFlags.Reliable,
      lane: view.getUint16(at + offsets.lane, true),
    };
  }
}
