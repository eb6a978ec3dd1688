/** Parts of a message pool that are lent to Workers: the owner's side, and the Worker's. */
import type { Backend } from "../../sdk/backend.ts";
import { helperAt, mustBeOfOneHelper, type Helper } from "../../sdk/helper.ts";
import { PoolMemory, ShareMemory } from "../../sdk/slots.ts";
import { ClosedError, NetworkingError } from "../errors.ts";
import { describe } from "../validate.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { OutgoingRows } from "./outgoing.ts";
import { Slots } from "./slots.ts";

/** What a Worker needs to attach to a share: what is left of a {@link LentShare} when it is posted. */
export interface ShareTicket {
  /** The library file that the pool belongs to. */
  readonly library: string;
  /** The pool's number. */
  readonly pool: number;
  /** The share's number. */
  readonly share: number;
  /** How many slots it has. */
  readonly slots: number;
  /** Whether mistakes with slots are thrown. */
  readonly checked: boolean;
}

/**
 * A part of a pool that is lent out, as its owner sees it. Made by {@link MessagePool.share}; post it to the Worker, and
 * send what that hands over with `sendMessages(share)`.
 */
export class LentShare implements ShareTicket {
  /** The library file that the pool belongs to. */
  readonly library: string;
  /** The pool's number. */
  readonly pool: number;
  /** The share's number. */
  readonly share: number;
  /** How many slots it has. */
  readonly slots: number;
  /** Whether mistakes with slots are thrown. */
  readonly checked: boolean;
  readonly #memory: ShareMemory;
  readonly #helper: Helper;
  // A pool that nobody holds is closed by the garbage collector; not while it is lent out.
  readonly #owner: object;

  /** @internal Use {@link MessagePool.share}. */
  constructor(helper: Helper, owner: object, ticket: ShareTicket) {
    this.#owner = owner;
    this.library = ticket.library;
    this.pool = ticket.pool;
    this.share = ticket.share;
    this.slots = ticket.slots;
    this.checked = ticket.checked;
    this.#helper = helper;
    this.#memory = new ShareMemory(helper, ticket.pool, ticket.share);
  }

  /** How many messages the Worker has handed over, up to 2^32 and again from 0. */
  get handed(): number {
    return this.#memory.handed;
  }

  /** How many of these were sent. */
  get sent(): number {
    return this.#memory.sent;
  }

  /** How many of these could not be sent; their slots went back to the Worker. */
  get failed(): number {
    return this.#memory.failed;
  }

  /** @internal How many slots have come back to it, up to 2^32 and again from 0. */
  get returned(): number {
    return this.#memory.ring.waiting;
  }

  /** @internal Whether it is a part of this pool. */
  isOf(pool: object): boolean {
    return this.#owner === pool;
  }

  /** @internal Use `sendMessages`. */
  sendThrough(backend: Backend): number {
    mustBeOfOneHelper(backend, this.#helper);
    return backend.sendShare(this.pool, this.share);
  }
}

/**
 * A part of a message pool that this thread has borrowed: take slots, fill them, push them, and {@link flush}. What was
 * flushed goes out when the pool's owner calls `sendMessages(share)`; the slots come back here when they are done with.
 *
 * On every library.
 */
export class PoolShare {
  /** How many slots there are. */
  readonly slots: number;
  /** Bytes in each slot. */
  readonly slotBytes: number;
  /** The memory of the whole pool. What is not in a slot of yours is not yours. */
  readonly bytes: Uint8Array;
  /** {@link bytes} by type and offset. */
  readonly view: DataView;
  private readonly memory: ShareMemory;
  private readonly hand: Slots;
  private readonly rows: OutgoingRows;
  private pushed: number;

  /**
   * Borrows what a pool's owner has posted. Once: who comes after must be lent a share of its own.
   *
   * @throws ClosedError when the pool was closed or the share reclaimed.
   * @throws NetworkingError when somebody has borrowed it already.
   */
  static attach(ticket: ShareTicket): PoolShare {
    if (typeof ticket !== "object" || ticket === null || typeof ticket.share !== "number") {
      throw new TypeError(`Attach to what MessagePool.share answered, not to ${describe(ticket)}`);
    }
    return new PoolShare(ticket);
  }

  private constructor({ library, pool, share, checked }: ShareTicket) {
    const helper = helperAt(library);
    const poolMemory = new PoolMemory(helper, pool);
    this.memory = new ShareMemory(helper, pool, share);
    if (!this.memory.borrow()) {
      throw new NetworkingError("This share has a borrower already. Let the pool's owner reclaim it, and share anew");
    }
    this.slots = this.memory.slots;
    this.slotBytes = poolMemory.slotBytes;
    this.hand = new Slots(poolMemory, this.memory.ring, this.slots, checked, "This share");
    this.bytes = this.hand.bytes;
    this.view = this.hand.view;
    this.rows = new OutgoingRows(this.memory.rows);
    this.pushed = this.memory.handed;
  }

  /** How many slots can be taken right now. */
  get available(): number {
    return this.isOpen ? this.hand.available : 0;
  }

  /** Whether the pool's owner has not taken the share back. */
  get isOpen(): boolean {
    return !this.memory.isClosed;
  }

  /** Takes a slot, which is yours until you push or free it; -1 when none is free, or when the share was taken back. */
  take(): number {
    return this.isOpen ? this.hand.take() : -1;
  }

  /** Gives a slot back that was not pushed. As {@link MessagePool.free}. */
  free(slot: number): void {
    this.hand.free(slot);
  }

  /** Where a slot of yours begins. As {@link MessagePool.offset}. */
  offset(slot: number): number {
    return this.hand.offset(slot);
  }

  /**
   * Puts a message on its way to the pool's owner, who gets it with the next {@link flush}.
   *
   * @param slot yours until now; its first `length` bytes are the message.
   * @param flags a sum of {@link SendFlags}.
   * @param lane one of those that `configureConnectionLanes` made.
   * @throws SlotError, SlotOverrunError, TypeError, RangeError; the slot then stays yours.
   */
  push(connection: ConnectionHandle, slot: number, length: number, flags: number, lane = 0): void {
    if (this.hand.checked) this.rows.check(connection, length, flags, lane, this.slotBytes);
    const index = this.hand.give(slot);
    const at = this.pushed & (this.memory.capacity - 1);
    this.rows.write(at, connection, index, length, flags, lane, 1);
    this.pushed = (this.pushed + 1) >>> 0;
  }

  /**
   * Hands over what was pushed.
   *
   * @throws ClosedError when the share was taken back.
   */
  flush(): void {
    if (!this.isOpen) throw new ClosedError("This share was taken back by the owner of its pool");
    this.memory.handed = this.pushed;
    this.hand.settle();
  }
}
