/** Sending messages from plain objects: one native call for a batch, each payload copied once. */
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { steam_sockets_outgoing } from "../ffi/structs.ts";
import type { GnsBackend } from "../sdk/gns.ts";
import type { ConnectionHandle } from "./handles.ts";
import { bytes, describe, handle, int32, integer, type MessageData } from "./validate.ts";

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

const row = layoutOf(steam_sockets_outgoing);
const mostPayload = 0xffff_fff0;

function checked(message: OutgoingMessage): OutgoingMessage {
  if (typeof message === "object" && message !== null) return message;
  throw new TypeError(
    `Each message must be an object { connection, data, flags, lane }, not ${describe(message)}. To send payloads alone, name a connection and flags for all`,
  );
}

/** The memory from which batches are sent, used again and again. */
export class Sender {
  readonly #backend: GnsBackend;
  #rows = new SharedMemory(64 * row.size);
  #payloads = new SharedMemory(64 * 1024);

  constructor(backend: GnsBackend) {
    this.#backend = backend;
  }

  /** Sends all, and answers for each its message number, a negative `Result`, or 0 for one that was not tried. */
  send(messages: readonly OutgoingMessage[]): number[] {
    // Everything is checked before anything is written, so that a bad message leaves nothing half sent.
    // Array.from visits holes too, where map would leave what an earlier batch wrote.
    const payloads = Array.from(messages, (message) => bytes(checked(message).data));
    const total = payloads.reduce((sum, payload) => sum + payload.length, 0);
    if (total > mostPayload)
      throw new RangeError(`A batch holds up to ${mostPayload} bytes, not ${total}: send it in parts`);
    if (this.#rows.bytes.length < messages.length * row.size)
      this.#rows = new SharedMemory(messages.length * row.size * 2);
    if (this.#payloads.bytes.length < total) this.#payloads = new SharedMemory(total);

    const { view } = this.#rows;
    const { offsets } = row;
    let offset = 0;
    messages.forEach((message, index) => {
      const at = index * row.size;
      const payload = payloads[index]!;
      view.setUint32(at + offsets.connection, handle(message.connection, "a message's connection"), true);
      view.setInt32(at + offsets.flags, int32(message.flags ?? 0, "a message's flags"), true);
      view.setUint32(at + offsets.offset, offset, true);
      view.setUint32(at + offsets.byteLength, payload.length, true);
      view.setUint16(at + offsets.lane, integer(message.lane ?? 0, "a message's lane", 0, 0xffff), true);
      this.#payloads.bytes.set(payload, offset);
      offset += payload.length;
    });
    this.#backend.send(this.#rows, messages.length, this.#payloads);
    return messages.map((_, index) => this.#rows.int64(index * row.size + offsets.result));
  }
}
