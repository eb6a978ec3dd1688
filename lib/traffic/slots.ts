/** Slots at hand: who has which, told apart from stale ones by a generation that their numbers carry. */
import { PoolMemory, ReturnRing } from "../../sdk/slots.ts";
import { ClosedError, SlotError, SlotOverrunError } from "../errors.ts";
import { describe } from "../validate.ts";

const guardBytes = 4;
const guard = PoolMemory.guard;
const mostSlotNumber = 0x7fff_ffff;

/**
 * The slots that one thread hands out: those of a pool, or those of the share that it has borrowed.
 *
 * A slot's number is its index with a generation above it, up to 31 bits in all. A word for each slot in the pool's
 * memory holds the number while somebody has the slot, else the complement of the last one. Unchecked, a slot's number
 * is its index alone and the words are left as they are.
 *
 * Here and wherever a method is called for each message, fields are private to TypeScript only: JavaScript's own
 * private names make methods too large to be inlined.
 */
export class Slots {
  /** The memory of the slots, all at once. */
  readonly bytes: Uint8Array;
  /** The same memory by type and offset. */
  readonly view: DataView;
  /** Bytes in each slot. */
  readonly slotBytes: number;
  /** Whether mistakes are looked for. */
  readonly checked: boolean;
  /** Bits of a slot's number that are its index. */
  private readonly mask: number;
  private readonly generation: number;
  private readonly stride: number;
  private readonly number: number;
  private ring: ReturnRing;
  private readonly what: string;
  private states: Int32Array;
  private readonly freeSlots: Int32Array;
  private freeCount = 0;
  private closed = false;

  /** @param what these are, for error messages. */
  constructor(memory: PoolMemory, ring: ReturnRing, capacity: number, checked: boolean, what: string) {
    this.bytes = memory.bytes;
    this.view = new DataView(memory.bytes.buffer);
    this.slotBytes = memory.slotBytes;
    this.checked = checked;
    const indexBits = Math.ceil(Math.log2(Math.max(memory.slots, 2)));
    // Not by powers: those are doubles, and so would be all that is made of them.
    this.mask = (1 << indexBits) - 1;
    this.generation = 1 << indexBits;
    this.stride = memory.stride;
    this.number = memory.number;
    this.ring = ring;
    this.what = what;
    this.states = memory.states;
    this.freeSlots = new Int32Array(capacity);
  }

  /** How many can be taken. */
  get available(): number {
    return this.closed ? 0 : this.freeCount + this.ring.waiting;
  }

  /** A slot, which is the caller's from now on; -1 when there is none. */
  take(): number {
    // What came back just now before what has lain here: it may be in the processor's cache still.
    let index = this.ring.take();
    if (index < 0) {
      if (this.freeCount > 0) index = this.freeSlots[--this.freeCount]!;
      else if ((index = this.takeLast()) < 0) return -1;
    }
    if (!this.checked) return index;
    const slot = (~this.states[index]! + this.generation) & mostSlotNumber;
    this.states[index] = slot;
    return slot;
  }

  /** Takes a slot back that was not sent. */
  free(slot: number): void {
    this.lay(this.give(slot));
  }

  /** Where a slot that the caller has begins. */
  offset(slot: number): number {
    if (typeof slot !== "number") this.refuse(slot);
    const index = slot & this.mask;
    if (this.checked && this.states[index] !== slot) this.refuse(slot);
    return Math.imul(index, this.stride);
  }

  /** Takes a slot out of the caller's hands. Answers its index. */
  give(slot: number): number {
    if (typeof slot !== "number") this.refuse(slot);
    const index = slot & this.mask;
    if (this.checked) {
      if (this.states[index] !== slot) this.refuse(slot);
      // Not by a word of an array: the slot may end anywhere.
      if (this.view.getInt32(Math.imul(index, this.stride) + this.slotBytes, true) !== guard) this.overrun(slot);
      this.states[index] = ~slot;
    }
    return index;
  }

  /** Puts the slot of an index, which was given away, back into the caller's hands under the number that it had. */
  keep(index: number): void {
    if (this.checked) this.states[index] = ~this.states[index]!;
  }

  /** Takes in a slot that nobody has, by its index. */
  add(index: number): void {
    if (this.checked && this.states[index]! >= 0) this.states[index] = ~this.states[index]!;
    this.lay(index);
  }

  /** Takes in all slots of a new pool. They are numbered so that other pools' numbers are hardly ever theirs. */
  addAll(): void {
    const first = (Math.imul(this.number, 0x9e37_79b1) >>> 1) & ~this.mask;
    for (let index = this.states.length - 1; index >= 0; index--) {
      this.states[index] = ~(first | index);
      this.lay(index);
    }
  }

  /**
   * Lays those that have come back, and that nobody wanted at once, on top of the others. Left where they are they
   * would be taken in the order in which they came, and a pool that was once in use as a whole would go round all of
   * its memory for ever, out of the processor's cache. Answers how many there are then.
   */
  settle(): number {
    for (let index = this.ring.take(); index >= 0; index = this.ring.take()) this.lay(index);
    return this.freeCount;
  }

  /** Takes out as many as are at hand, up to `count`. */
  remove(count: number): Uint32Array {
    for (let index = this.ring.takeFresh(); index >= 0; index = this.ring.takeFresh()) this.add(index);
    const from = Math.max(0, this.freeCount - count);
    const removed = Uint32Array.from(this.freeSlots.subarray(from, this.freeCount));
    this.freeCount = from;
    return removed;
  }

  /** From now on there are none, and every slot is a stale one. */
  close(): void {
    this.closed = true;
    this.freeCount = 0;
    this.ring = ReturnRing.none;
    this.states = new Int32Array(0);
  }

  /** @throws ClosedError after {@link close}. */
  mustBeOpen(): void {
    if (this.closed) throw new ClosedError(`${this.what} was closed`);
  }

  private lay(index: number): void {
    // Unchecked, one may be freed that was free.
    if (this.freeCount < this.freeSlots.length) this.freeSlots[this.freeCount++] = index;
  }

  private takeLast(): number {
    this.mustBeOpen();
    return this.ring.takeFresh();
  }

  private refuse(slot: number): never {
    this.mustBeOpen();
    if (typeof slot !== "number") throw new TypeError(`A slot must be a number of take(), not ${describe(slot)}`);
    const state = (slot & mostSlotNumber) === slot ? this.states[slot & this.mask] : undefined;
    throw new SlotError(
      slot,
      state === ~slot && slot > this.mask
        ? "it is not yours any more: it was freed or pushed. Take one for each message"
        : state !== undefined && state >= 0
          ? "it is stale: freed or sent, and taken anew since. Forget a slot once it is freed or pushed"
          : `${this.what} has handed out no such slot. Use what take() answers, unless it is -1`,
    );
  }

  private overrun(slot: number): never {
    const end = (slot & this.mask) * this.stride + this.slotBytes;
    this.view.setInt32(end, guard, true);
    throw new SlotOverrunError(
      slot,
      `something was written past its ${this.slotBytes} bytes (at offset ${end} to ${end + guardBytes - 1}). The slot is still yours; what lies behind it may be spoilt`,
    );
  }
}
