/** The native memory of pools and of their shares: windows over it, and how slots come back. */
import { helperGuard } from "../ffi/constants.ts";
import { HelperAnswer } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { addressOfFunction } from "../ffi/load.ts";
import { asAddress, ownedWindow, SharedMemory } from "../ffi/memory.ts";
import { steam_sockets_pool_memory, steam_sockets_share_memory, steam_sockets_window } from "../ffi/structs.ts";
import { ClosedError } from "./errors.ts";
import type { Helper } from "./helper.ts";

const window = layoutOf(steam_sockets_window);
const poolHead = layoutOf(steam_sockets_pool_memory);
const shareHead = layoutOf(steam_sockets_share_memory);

/** The memory of a pool: the slots, apart from what says whose they are. */
export class PoolMemory {
  /** The helper that the pool belongs to. */
  readonly helper: Helper;
  /** The helper's number for it. */
  readonly number: number;
  readonly slots: number;
  readonly slotBytes: number;
  /** Bytes from one slot to the next. */
  readonly stride: number;
  /** Whether {@link guard} stands behind each slot. */
  readonly guarded: boolean;
  /** The slots, and nothing else. */
  readonly bytes: Uint8Array;
  /** A word for each slot, for those who hand slots out. */
  readonly states: Int32Array;
  /** Over which slots come back. */
  readonly ring: ReturnRing;

  /** @throws ClosedError when there is no open pool of this number. */
  constructor(helper: Helper, number: number) {
    this.helper = helper;
    this.number = number;
    const out = new SharedMemory(window.size);
    const whole = windowOf(helper, out, helper.pool_window(number, out.bytes), "The pool");
    const head = new Uint32Array(whole, 0, poolHead.size / 4);
    const word = (offset: number) => head[offset / 4]!;
    const { offsets } = poolHead;
    this.slots = word(offsets.slots);
    this.slotBytes = word(offsets.slotByteLength);
    this.stride = word(offsets.stride);
    this.guarded = word(offsets.guarded) !== 0;
    this.states = new Int32Array(whole, word(offsets.states), this.slots);
    this.ring = new ReturnRing(whole, word(offsets.ring), word(offsets.ringSlots), offsets.returned);
    // A buffer of its own, so that nobody who gets it gets the rest.
    const slots = windowOf(
      helper,
      out,
      helper.pool_window(number, out.bytes),
      "The pool",
      word(offsets.firstSlot),
      this.slots * this.stride,
    );
    this.bytes = new Uint8Array(slots);
  }

  /** What stands behind each slot of a guarded pool. */
  static readonly guard = helperGuard;
}

/** The memory of a share: over which its slots come back, and over which its messages are handed on. */
export class ShareMemory {
  readonly slots: number;
  readonly ring: ReturnRing;
  /** How many messages it has room for: a power of two. */
  readonly capacity: number;
  /** The messages, as rows of `steam_sockets_outgoing`. */
  readonly rows: Int32Array;
  private readonly words: Int32Array;

  /** @throws ClosedError when the pool is closed or the share was reclaimed. */
  constructor(helper: Helper, pool: number, share: number) {
    const out = new SharedMemory(window.size);
    const whole = windowOf(helper, out, helper.share_window(pool, share, out.bytes), "The share");
    this.words = new Int32Array(whole, 0, shareHead.size / 4);
    const { offsets } = shareHead;
    this.slots = this.word(offsets.slots);
    this.capacity = this.word(offsets.entries);
    this.rows = new Int32Array(whole, this.word(offsets.entriesAt));
    this.ring = new ReturnRing(whole, this.word(offsets.ring), this.word(offsets.ringSlots), offsets.returned);
  }

  /** Whether its owner has taken it back. */
  get isClosed(): boolean {
    return this.word(shareHead.offsets.closed) !== 0;
  }

  /** Makes the caller its borrower; false when there is one already. */
  borrow(): boolean {
    return Atomics.compareExchange(this.words, shareHead.offsets.borrowed / 4, 0, 1) === 0;
  }

  /** How many messages were handed over in all, up to 2^32 and again from 0. */
  get handed(): number {
    return this.word(shareHead.offsets.handed) >>> 0;
  }
  set handed(count: number) {
    Atomics.store(this.words, shareHead.offsets.handed / 4, count | 0);
  }

  /** How many of these were sent. */
  get sent(): number {
    return this.word(shareHead.offsets.sent) >>> 0;
  }

  /** How many of these could not be sent. */
  get failed(): number {
    return this.word(shareHead.offsets.failed) >>> 0;
  }

  private word(offset: number): number {
    return Atomics.load(this.words, offset / 4);
  }
}

/** Slots that come back: native code writes, one thread of JavaScript reads. */
export class ReturnRing {
  private readonly words: Int32Array;
  private readonly returnedWord: Int32Array;
  private readonly mask: number;
  private read = 0;

  constructor(memory: ArrayBuffer, offset: number, words: number, returned: number) {
    this.words = new Int32Array(memory, offset, words);
    this.returnedWord = new Int32Array(memory, returned, 1);
    this.mask = words - 1;
  }

  /** One over which nothing comes. */
  static readonly none = new ReturnRing(new ArrayBuffer(8), 0, 1, 4);

  /** How many wait to be taken. */
  get waiting(): number {
    return (Atomics.load(this.returnedWord, 0) - this.read) >>> 0;
  }

  /**
   * The number of a slot that has come back, or -1 when none is seen. Plain reads and writes do: what is done with the
   * slot depends on the word, and the place is written again only after the slot was sent again.
   */
  take(): number {
    const at = this.read & this.mask;
    const word = this.words[at]!;
    if (word === 0) return -1;
    this.words[at] = 0;
    this.read = (this.read + 1) | 0;
    return word - 1;
  }

  /** {@link take} that sees what other threads have written, also in a loop that does nothing else. */
  takeFresh(): number {
    return Atomics.load(this.words, this.read & this.mask) === 0 ? -1 : this.take();
  }
}

function windowOf(
  helper: Helper,
  out: SharedMemory,
  answer: number,
  what: string,
  byteOffset = 0,
  byteLength?: number,
): ArrayBuffer {
  if (answer === HelperAnswer.NotOpen) throw new ClosedError(`${what} was closed`);
  const { offsets } = window;
  return ownedWindow(
    asAddress(out.int64(offsets.address)),
    byteOffset,
    byteLength ?? out.int64(offsets.byteLength),
    asAddress(out.int64(offsets.context)),
    asAddress(addressOfFunction(helper.let_go)),
  );
}
