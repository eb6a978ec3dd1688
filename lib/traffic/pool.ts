/** `MessagePool`: slots for messages, in memory that native code sends from without a copy. */
import { helperShares, helperSlotBytes, helperSlots } from "../../ffi/constants.ts";
import { HelperAnswer } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { helperAt, pathOf, type Helper } from "../../sdk/helper.ts";
import { PoolMemory } from "../../sdk/slots.ts";
import { Emitter, type Handler } from "../emitter.ts";
import { CreationError } from "../errors.ts";
import { boolean, describe, integer } from "../validate.ts";
import { LentShare } from "./share.ts";
import { Slots } from "./slots.ts";

/** How to make a {@link MessagePool}. */
export interface MessagePoolOptions {
  /** How many slots, from 1 to 1,048,576. */
  readonly slots: number;
  /** Bytes in each, from 1 to 524,288. All slots together may have up to 1 GiB. */
  readonly slotBytes: number;
  /**
   * Whether mistakes with slots are looked for and thrown: true when it is left out. Unchecked pools save a few
   * nanoseconds a message, and answer mistakes with wrong messages; native code stays safe either way.
   */
  readonly checked?: boolean;
  /** The library file whose networks send from it, where several are in use in one process. */
  readonly library?: string;
}

/** The events of a {@link MessagePool}. */
export interface MessagePoolEvents {
  /**
   * The pool had run dry, and half of its slots are free again; those that are lent out do not count. Told once each
   * time, in `runCallbacks`.
   */
  drain: MessagePool;
}

/** @internal The slots of a pool. */
export let slotsOf: (pool: MessagePool) => Slots;
/** @internal The native memory of a pool. */
export let memoryOf: (pool: MessagePool) => PoolMemory;
/** @internal Takes the pool's use into its high water. */
export let noteUse: (pool: MessagePool) => void;
/** @internal Tells of the pools that had run dry and have slots again; gives what handlers threw to `failed`. */
export let tellOfDrains: (failed: (error: unknown) => void) => void;

/** @internal The open pool of this thread that has this number in its helper. */
export function openPool(helper: Helper, number: number): MessagePool | undefined {
  return openAt(helper).get(number)?.deref();
}

// By helper and number: helpers count each for itself.
const open = new Map<Helper, Map<number, WeakRef<MessagePool>>>();

function openAt(helper: Helper): Map<number, WeakRef<MessagePool>> {
  let pools = open.get(helper);
  if (pools === undefined) open.set(helper, (pools = new Map()));
  return pools;
}

// Not holding on to a pool that everybody else has dropped.
const dry = new Set<WeakRef<MessagePool>>();
// Closes the pools that nobody has any more and nobody has closed.
const forgotten = new FinalizationRegistry<() => void>((close) => close());

/**
 * Slots for messages, of equal size, in one piece of shared memory. You take a slot, write into it, and push it to an
 * {@link Outbox}, which has it sent without a copy; it comes back by itself when the library is done with it, for a
 * reliable message when the peer has acknowledged it.
 *
 * A slot is yours from {@link take} until it is pushed or freed. The pool belongs to the thread that made it;
 * {@link share} lends slots to Workers. Its memory lives until the last message of it is done with, also after
 * {@link close} and after the end of the thread.
 *
 * On every library.
 */
export class MessagePool {
  /** How many slots there are. */
  readonly slots: number;
  /** Bytes in each slot. */
  readonly slotBytes: number;
  /** Whether mistakes with slots are thrown. */
  readonly checked: boolean;
  /** The memory of all slots. A slot begins at its {@link offset}; what lies between slots is not yours. */
  readonly bytes: Uint8Array;
  /** {@link bytes} by type and offset. */
  readonly view: DataView;
  private readonly memory: PoolMemory;
  private readonly hand: Slots;
  private readonly lent = new Set<LentShare>();
  // With how many slots had come back when it was last looked at.
  private readonly reclaimed = new Map<LentShare, number>();
  private readonly events = new Emitter<MessagePoolEvents>(["drain"]);
  private readonly self = new WeakRef(this);
  private mostUsed = 0;
  private closed = false;

  static {
    slotsOf = (pool) => pool.hand;
    memoryOf = (pool) => pool.memory;
    noteUse = (pool) => pool.noteUse();
    tellOfDrains = (failed) => {
      if (dry.size === 0) return;
      // A handler may run its pool dry again, which is told next time.
      for (const pool of [...dry]) pool.deref()?.tellOfDrain(failed);
    };
  }

  /**
   * @throws RangeError when a size is out of range.
   * @throws CreationError when the system has no memory for it.
   * @throws LibraryNotFoundError when there is no library of this package.
   */
  constructor({ slots, slotBytes, checked = true, library }: MessagePoolOptions) {
    integer(slots, "slots", 1, helperSlots);
    integer(slotBytes, "slotBytes", 1, helperSlotBytes);
    boolean(checked, "checked");
    const helper = helperAt(library);
    const number = helper.pool_open(slots, slotBytes, checked);
    if (number < 0) {
      throw new CreationError(
        `A pool of ${slots} slots of ${slotBytes} bytes`,
        number === HelperAnswer.TooMany
          ? "4,096 pools are open or have messages under way"
          : "there is no memory for it, or it would be larger than 1 GiB",
        "Make a smaller one, or close those that are not needed",
      );
    }
    this.memory = new PoolMemory(helper, number);
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.checked = checked;
    this.hand = new Slots(this.memory, this.memory.ring, slots, checked, "This pool");
    this.bytes = this.hand.bytes;
    this.view = this.hand.view;
    this.hand.addAll();
    openAt(helper).set(number, this.self);
    forgotten.register(
      this,
      () => {
        openAt(helper).delete(number);
        helper.pool_close(number);
      },
      this,
    );
  }

  /** How many slots can be taken right now. */
  get available(): number {
    this.collect();
    return this.hand.available;
  }

  /** How many slots the library has: sent, and not done with. Those sent by Workers count too. 0 after {@link close}. */
  get inFlight(): number {
    return Math.max(0, this.memory.helper.pool_in_flight(this.memory.number));
  }

  /** The most slots that were in use at once: taken, pushed, lent or in flight. Looked at with each sending. */
  get highWater(): number {
    return this.mostUsed;
  }

  /** Whether {@link close} has not been called. */
  get isOpen(): boolean {
    return !this.closed;
  }

  /**
   * Takes a slot, which is yours until you push or free it.
   *
   * @returns the slot; -1 when none is free: send less, or wait for the event `drain`.
   * @throws ClosedError after {@link close}.
   */
  take(): number {
    const slot = this.hand.take();
    return slot >= 0 ? slot : this.takeLast();
  }

  /**
   * Gives a slot back that was not pushed.
   *
   * @throws SlotError when it is not yours.
   * @throws SlotOverrunError when something was written past its end; it is yours still.
   */
  free(slot: number): void {
    this.hand.free(slot);
  }

  /**
   * Where a slot of yours begins in {@link view} and {@link bytes}: a multiple of 64.
   *
   * @throws SlotError when it is not yours.
   */
  offset(slot: number): number {
    return this.hand.offset(slot);
  }

  /** Calls `handler` at each event of this name. */
  on<Name extends keyof MessagePoolEvents>(name: Name, handler: Handler<MessagePoolEvents[Name]>): this {
    this.events.on(name, handler);
    return this;
  }

  /** Calls `handler` at the next event of this name, and not again. */
  once<Name extends keyof MessagePoolEvents>(name: Name, handler: Handler<MessagePoolEvents[Name]>): this {
    this.events.once(name, handler);
    return this;
  }

  /** Takes one `on` or `once` of this handler back; without a handler all of this name. */
  off<Name extends keyof MessagePoolEvents>(name: Name, handler?: Handler<MessagePoolEvents[Name]>): this {
    this.events.off(name, handler);
    return this;
  }

  /**
   * Lends slots to a Worker. Post what this answers to it; there {@link PoolShare.attach} gives the slots, to be taken,
   * filled and handed over. `sendMessages(share)` on the network's thread sends what was handed over.
   *
   * @param slots how many: at most so many as are available, and up to 64 shares at a time.
   * @throws RangeError when fewer are available.
   * @throws CreationError when 64 shares are lent out.
   */
  share(slots: number): LentShare {
    this.hand.mustBeOpen();
    integer(slots, "slots to lend", 1, this.slots);
    this.collect();
    const { helper, number } = this.memory;
    // Fewer than `available` says when one is on its way back at this very moment.
    const indices = this.hand.remove(slots);
    if (indices.length < slots) {
      for (const index of indices) this.hand.add(index);
      throw new RangeError(`${slots} slots can't be lent: ${indices.length} of ${this.slots} are available`);
    }
    const share = helper.share_open(number, indices, slots);
    if (share < 0) {
      for (const index of indices) this.hand.add(index);
      throw new CreationError(
        `A share of ${slots} slots`,
        share === HelperAnswer.TooMany ? `${helperShares} shares are lent out` : "there is no memory for it",
        "Reclaim those whose Workers have ended",
      );
    }
    const lent = new LentShare(helper, this, {
      library: pathOf(helper),
      pool: number,
      share,
      slots,
      checked: this.checked,
    });
    this.lent.add(lent);
    return lent;
  }

  /**
   * Takes a share back, after its Worker has ended or has stopped using it. What it had taken or handed over and was
   * not sent is free at once; what is under way comes back as it is done with. Reclaiming twice does nothing.
   *
   * @returns how many slots came back at once.
   * @throws TypeError when it is no share of this pool.
   */
  reclaim(share: LentShare): number {
    this.hand.mustBeOpen();
    if (this.reclaimed.has(share)) return this.collectFrom(share);
    if (!this.lent.delete(share)) {
      if (share instanceof LentShare && share.isOf(this)) return 0;
      throw new TypeError(`Only a share of this pool can be reclaimed, not ${describe(share)}`);
    }
    return this.collectFrom(share);
  }

  /**
   * Closes the pool: nothing can be taken or sent any more. Messages that are under way are delivered; the memory goes
   * when they and all views of it are gone. Closing twice does nothing.
   */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    forgotten.unregister(this);
    dry.delete(this.self);
    this.hand.close();
    const { helper, number } = this.memory;
    openAt(helper).delete(number);
    helper.pool_close(number);
  }

  /** {@link close}, for `using pool = new MessagePool(...)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  private takeLast(): number {
    this.collect();
    const slot = this.hand.take();
    if (slot < 0) {
      this.mostUsed = this.slots;
      dry.add(this.self);
    }
    return slot;
  }

  private collect(): void {
    for (const [share, returned] of this.reclaimed) if (share.returned !== returned) this.collectFrom(share);
  }

  private collectFrom(share: LentShare): number {
    const { helper, number } = this.memory;
    const indices = new SharedMemory(4 * this.slots);
    const left = new SharedMemory(4);
    this.reclaimed.set(share, share.returned);
    const count = helper.share_reclaim(number, share.share, indices.bytes, this.slots, left.bytes);
    if (count < 0) return 0;
    for (let at = 0; at < count; at++) this.hand.add(indices.view.getUint32(4 * at, true));
    if (left.view.getUint32(0, true) === 0) this.reclaimed.delete(share);
    return count;
  }

  private noteUse(): void {
    this.mostUsed = Math.max(this.mostUsed, this.slots - this.hand.settle());
  }

  private tellOfDrain(failed: (error: unknown) => void): void {
    let own = this.slots;
    for (const share of this.lent) own -= share.slots;
    const { available } = this;
    if (available === 0 || available * 2 < own) return;
    dry.delete(this.self);
    this.events.emit("drain", this, failed, () => this.isOpen);
  }
}
