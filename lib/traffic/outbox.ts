/** `Outbox`: messages that wait to be sent with one native call. */
import { SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { mustBeOfOneHelper } from "../../sdk/helper.ts";
import type { PoolMemory } from "../../sdk/slots.ts";
import { ClosedError } from "../errors.ts";
import { byteLengthOf, bytes, describe, handle, index, integer, type MessageData } from "../validate.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { outgoingBytes, OutgoingRows } from "./outgoing.ts";
import { memoryOf, MessagePool, noteUse, slotsOf } from "./pool.ts";
import type { Slots } from "./slots.ts";

/** How to make an {@link Outbox}. */
export interface OutboxOptions {
  /** How many messages it holds: 1,024 when it is left out, up to 1,048,576. */
  readonly messages?: number;
  /** How many bytes of `pushCopy` it holds: 65,536 when it is left out, up to 1 GiB. */
  readonly copyBytes?: number;
  /**
   * What becomes of the slot of a message that could not be sent: `"free"`, the default, gives it back to the pool,
   * `"keep"` leaves it with you. A slot that was broadcast is always given back.
   */
  readonly onFailure?: "free" | "keep";
}

const mostMessages = 1 << 20;
const mostCopyBytes = 1 << 30;

/**
 * Messages that wait to be sent together: push, and hand it to `sendMessages`. Then {@link result} tells what became of
 * each, until the next push; the outbox is empty and used again. It allocates nothing per message.
 *
 * On every library. C: `ISteamNetworkingSockets::SendMessages`.
 */
export class Outbox {
  /** How many messages it holds. */
  readonly messages: number;
  private readonly pool: MessagePool;
  private readonly memory: PoolMemory;
  private readonly slots: Slots;
  private readonly slotBytes: number;
  private readonly checked: boolean;
  private readonly keep: boolean;
  private readonly rowMemory: SharedMemory;
  private readonly rows: OutgoingRows;
  private readonly handles: Uint32Array;
  private readonly copies: SharedMemory;
  private readonly copyBytes: number;
  // Broadcasts to a single connection: their rows look like those of other messages.
  private readonly broadcastsToOne = new Set<number>();
  private copiedBytes = 0;
  private waiting = 0;
  private results = 0;
  private closed = false;
  // How many messages it takes: none when it is closed.
  private room: number;

  /** @param pool whose slots are pushed. */
  constructor(pool: MessagePool, { messages = 1024, copyBytes = 65_536, onFailure = "free" }: OutboxOptions = {}) {
    if (!(pool instanceof MessagePool)) throw new TypeError(`An outbox needs a MessagePool, not ${describe(pool)}`);
    integer(messages, "messages", 1, mostMessages);
    integer(copyBytes, "copyBytes", 0, mostCopyBytes);
    if (onFailure !== "free" && onFailure !== "keep") {
      throw new TypeError(`onFailure must be "free" or "keep", not ${describe(onFailure)}`);
    }
    this.messages = this.room = messages;
    this.pool = pool;
    this.memory = memoryOf(pool);
    this.slots = slotsOf(pool);
    this.slotBytes = pool.slotBytes;
    this.checked = pool.checked;
    this.keep = onFailure === "keep";
    this.rowMemory = new SharedMemory(messages * outgoingBytes);
    this.handles = new Uint32Array(messages);
    this.rows = new OutgoingRows(new Int32Array(this.rowMemory.bytes.buffer));
    this.copies = new SharedMemory(Math.max(1, copyBytes));
    this.copyBytes = copyBytes;
  }

  /** How many messages wait. */
  get count(): number {
    return this.waiting;
  }

  /**
   * Adds the message that lies in a slot, which then is yours no more.
   *
   * @param slot yours until now; its first `length` bytes are the message. They may be changed until it is sent, though
   * not through the pool's methods.
   * @param length up to the pool's `slotBytes`.
   * @param flags a sum of {@link SendFlags}.
   * @param lane one of those that `configureConnectionLanes` made.
   * @returns the message's index; -1 when the outbox is full, and the slot is yours still.
   * @throws SlotError, SlotOverrunError, TypeError, RangeError; the slot is yours still, if it was.
   */
  push(connection: ConnectionHandle, slot: number, length: number, flags: number, lane = 0): number {
    const at = this.waiting;
    if (at === this.room) return this.noRoom();
    if (this.checked) this.rows.check(connection, length, flags, lane, this.slotBytes);
    this.rows.write(at, connection, this.slots.give(slot), length, flags, lane, 1);
    this.waiting = at + 1;
    return at;
  }

  /**
   * Adds a message that is copied, now into the outbox and when it is sent into memory of the library's. For small
   * reliable messages this can be faster than a slot, which stays in use until the peer has acknowledged it.
   *
   * @returns the message's index; -1 when the outbox has no room for it.
   */
  pushCopy(connection: ConnectionHandle, data: MessageData, flags: number, lane = 0): number {
    // An empty one may have been detached.
    const source = data instanceof Uint8Array && byteLengthOf(data) > 0 ? data : bytes(data);
    const length = byteLengthOf(source);
    this.rows.check(connection, length, flags, lane, this.copyBytes);
    this.mustBeOpen();
    const at = this.waiting;
    if (at === this.messages || length > this.copyBytes - this.copiedBytes) return -1;
    this.copies.bytes.set(source, this.copiedBytes);
    this.rows.writeCopy(at, connection, this.copiedBytes, length, flags, lane);
    this.copiedBytes += length;
    this.waiting = at + 1;
    return at;
  }

  /**
   * Adds one message for each of many connections, all out of one slot, which goes back to the pool when the last of
   * them is done with it. All or none are added.
   *
   * @param connections an array or a typed array of handles. With none the slot goes back at once.
   * @returns the first message's index, the others follow; -1 when the outbox has no room for all, and the slot is
   * yours still.
   * @throws as {@link push}; none is added.
   */
  broadcast(
    connections: ArrayLike<ConnectionHandle> | ArrayLike<number>,
    slot: number,
    length: number,
    flags: number,
    lane = 0,
  ): number {
    const count = integer(connections.length, "the number of connections", 0, 0x7fff_ffff);
    if (count > this.messages - this.waiting) return -1;
    // First all that asks the caller's array, which may have getters that use this outbox.
    for (let i = 0; i < count; i++) this.handles[i] = handle(connections[i]!, "connection");
    this.mustBeOpen();
    const first = this.waiting;
    if (count > this.messages - first) return -1;
    this.rows.check(0, length, flags, lane, this.slotBytes);
    const index = this.slots.offset(slot) / this.memory.stride;
    for (let i = 0; i < count; i++) this.rows.write(first + i, this.handles[i]!, index, length, flags, lane, 0);
    if (count === 0) {
      this.slots.free(slot);
      return first;
    }
    this.slots.give(slot);
    this.rows.setReferences(first, count);
    if (count === 1 && this.keep) this.broadcastsToOne.add(first);
    this.waiting = first + count;
    return first;
  }

  /**
   * What became of a message of the last sending: its number from 1, the {@link Result} of its failure made negative, or
   * 0: not tried, because an earlier one to the same connection failed. Valid until the next push.
   *
   * @param at the message's index, as `push` answered it.
   */
  result(at: number): number {
    if (this.waiting > 0) this.results = 0;
    return this.rows.result(index(at, "result", this.results));
  }

  /**
   * @internal What was sent last as entry `at`, until anything is pushed: for those who keep what was refused. The
   * payload lies where it was written, and stays there until somebody takes its slot.
   */
  entry(at: number): { connection: ConnectionHandle; payload: Uint8Array; flags: number; lane: number } {
    const { connection, place, length, flags, lane, isCopied } = this.rows.read(index(at, "result", this.results));
    const memory = isCopied ? this.copies.bytes : this.pool.bytes;
    const offset = isCopied ? place : place * this.memory.stride;
    return {
      connection: connection as ConnectionHandle,
      payload: memory.subarray(offset, offset + length),
      flags,
      lane,
    };
  }

  /** Takes back every message that waits: their slots go back to the pool. */
  clear(): void {
    if (this.pool.isOpen) {
      for (let at = 0; at < this.waiting; at++) {
        if (this.rows.references(at) > 0) this.slots.add(this.rows.place(at));
      }
    }
    this.waiting = this.results = this.copiedBytes = 0;
    this.broadcastsToOne.clear();
  }

  /** {@link clear}, and the outbox takes no more. The pool stays open. Closing twice does nothing. */
  close(): void {
    this.clear();
    this.closed = true;
    this.room = 0;
  }

  /** {@link close}, for `using outbox = new Outbox(...)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Use `sendMessages`. */
  sendThrough(backend: Backend): number {
    this.mustBeOpen();
    this.slots.mustBeOpen();
    mustBeOfOneHelper(backend, this.memory.helper);
    noteUse(this.pool);
    const count = this.waiting;
    const sent = backend.send(
      this.memory.number,
      this.rowMemory,
      count,
      this.copies.bytes,
      this.copiedBytes,
      this.keep,
    );
    this.waiting = this.copiedBytes = 0;
    this.results = count;
    if (this.keep) this.keepFailed(count, count - sent);
    return sent;
  }

  private keepFailed(count: number, failed: number): void {
    for (let at = 0; failed > 0 && at < count; at++) {
      if (this.rows.result(at) > 0) continue;
      failed--;
      if (this.rows.references(at) !== 1) continue;
      if (this.broadcastsToOne.has(at)) this.slots.add(this.rows.place(at));
      else this.slots.keep(this.rows.place(at));
    }
    this.broadcastsToOne.clear();
  }

  private noRoom(): -1 {
    this.mustBeOpen();
    return -1;
  }

  private mustBeOpen(): void {
    if (this.closed) throw new ClosedError("This outbox was closed");
  }
}
