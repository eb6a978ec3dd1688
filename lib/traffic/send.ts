/** Sending messages from plain objects: one native call for a batch, each payload copied once. */
import { SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { bytes, describe, handle, int32, integer, type MessageData } from "../validate.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { outgoingBytes, OutgoingRows } from "./outgoing.ts";

/** A message to send, for {@link NetworkingSockets.sendMessages}. */
export interface OutgoingMessage {
  /** Where it goes. C: `m_conn`. */
  readonly connection: ConnectionHandle;
  /** What it says. */
  readonly data: MessageData;
  /** A sum of {@link SendFlags}; unreliable when it is left out. C: `m_nFlags`. */
  readonly flags?: number;
  /** The lane, one of those that `configureConnectionLanes` made; 0 when it is left out. C: `m_idxLane`. */
  readonly lane?: number;
}

const noPool = -1;
const noBytes = null;
const mostPayload = 0xffff_fff0;
const firstPayload = 64 * 1024;
const keptPayload = 16 << 20;

/** A message with every field looked at once, so that no getter can change it while it is written. */
function checked(message: OutgoingMessage) {
  if (typeof message !== "object" || message === null) {
    throw new TypeError(
      `Each message must be an object { connection, data, flags, lane }, not ${describe(message)}. To send payloads alone, name a connection and flags for all`,
    );
  }
  return {
    payload: bytes(message.data),
    connection: handle(message.connection, "a message's connection"),
    flags: int32(message.flags ?? 0, "a message's flags"),
    lane: integer(message.lane ?? 0, "a message's lane", 0, 0xffff),
  };
}

/** The memory from which batches are sent, used again and again. */
export class Sender {
  readonly #backend: Backend;
  #memory = new SharedMemory(64 * outgoingBytes);
  #rows = new OutgoingRows(new Int32Array(this.#memory.bytes.buffer));
  #payloads = new SharedMemory(firstPayload);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Sends one message. Answers its number, or the `Result` of its failure made negative. */
  sendOne(connection: number, payload: Uint8Array, flags: number): number {
    this.#rows.writeCopy(0, connection, 0, payload.length, flags, 0);
    const copies = payload.length === 0 ? noBytes : payload;
    this.#backend.send(noPool, this.#memory, 1, copies, payload.length, false);
    return this.#rows.result(0);
  }

  /** Sends all, and answers for each its message number, a negative `Result`, or 0 for one that was not tried. */
  send(messages: readonly OutgoingMessage[]): number[] {
    // Everything is checked before anything is written, so that a bad message leaves nothing half sent.
    // Array.from visits holes too, where map would leave what an earlier batch wrote.
    const batch = Array.from(messages, checked);
    const total = batch.reduce((sum, { payload }) => sum + payload.length, 0);
    if (total > mostPayload)
      throw new RangeError(`A batch holds up to ${mostPayload} bytes, not ${total}: send it in parts`);
    if (this.#memory.bytes.length < batch.length * outgoingBytes) {
      this.#memory = new SharedMemory(2 * batch.length * outgoingBytes);
      this.#rows = new OutgoingRows(new Int32Array(this.#memory.bytes.buffer));
    }
    if (this.#payloads.bytes.length < total) this.#payloads = new SharedMemory(total);
    let offset = 0;
    batch.forEach(({ connection, payload, flags, lane }, index) => {
      this.#rows.writeCopy(index, connection, offset, payload.length, flags, lane);
      this.#payloads.bytes.set(payload, offset);
      offset += payload.length;
    });
    this.#backend.send(noPool, this.#memory, batch.length, this.#payloads.bytes, total, false);
    if (total > keptPayload) this.#payloads = new SharedMemory(firstPayload);
    return batch.map((_, index) => this.#rows.result(index));
  }
}
