/** `Inbox`: a batch of received messages, in columns of numbers that are used again and again. */
import { helperApart, helperInArena, helperInPool } from "../../ffi/constants.ts";
import { SendFlags, type HelperSource } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { addressOf, asAddress, SharedMemory, windowOver } from "../../ffi/memory.ts";
import { steam_sockets_columns } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";
import type { Helper } from "../../sdk/helper.ts";
import { PoolMemory } from "../../sdk/slots.ts";
import { ClosedError, NetworkingError } from "../errors.ts";
import { describe, index, integer } from "../validate.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import { formatIdentity, identityBytes } from "../values/native-identity.ts";
import { openPool } from "./pool.ts";

/**
 * How an inbox gives payloads.
 *
 * - `"auto"`: small ones are copied into the inbox's arena; larger ones, and those for which it has no room, are seen
 *   where the library has them, through a view that is dead after `release`.
 * - `"copy"`: all are copied. One for which the arena has no room gets memory of its own when it is looked at.
 * - `"view"`: none is copied. Views look into the library's own memory; one that is kept after `release` reads whatever
 *   lies there then, and can end the process. For those who look at a message and forget it.
 */
export type InboxMode = "auto" | "copy" | "view";

/** How to make an {@link Inbox}. */
export interface InboxOptions {
  /** How many messages one call receives at most: 1,024 when it is left out, up to 65,536. */
  readonly messages?: number;
  /** Bytes of the arena into which payloads are copied: 4 MiB when it is left out, up to 1 GiB. */
  readonly bytes?: number;
  /** How payloads are given: `"auto"` when it is left out. */
  readonly mode?: InboxMode;
}

const columns = layoutOf(steam_sockets_columns);
// Windows are looked at as signed words, so that those of pools are small integers, too: less than 0.
const inPool = helperInPool | 0;
const mostMessages = 65_536;
const mostBytes = 1 << 30;
const windowUnit = 1 << 20;
const windowBytes = 2 * windowUnit;
const mostWindows = 32;
const columnCount = 13;
// Columns of 2^n bytes would all want the same few lines of the processor's cache.
const columnGap = 5 * 64;
// The text as it was sent, with the mark that it may begin with.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Copying takes 0.5 to 0.8 of the time of a window of its own here, 0.9 to 1.1 at 32 KiB, 1.1 to 1.6 at 64 KiB. */
const mostCopied = 16 * 1024;
const copyUpTo: Readonly<Record<InboxMode, number>> = { auto: mostCopied, copy: 0xffff_ffff, view: 0 };

/** @internal Releases what all inboxes hold of a library that is about to end. */
export let releaseHeldOf: (backend: Backend) => void;

const forgotten = new FinalizationRegistry<() => void>((close) => close());
// Those that have received something, for the end of the library that it came from.
const inUse = new Set<WeakRef<Inbox>>();

/**
 * A batch of received messages. `receiveMessagesOnConnection`, `receiveMessagesOnPollGroup` and their like fill it with
 * one native call; the methods then read message `i` of it, from 0 to {@link count} - 1, without allocating anything
 * but where they say so. What was received before is given back by {@link release} or by the next receive; views,
 * offsets and indices of it are void then.
 *
 * On every library.
 */
export class Inbox {
  /** How many messages one call receives at most. */
  readonly messages: number;
  /** How payloads are given. */
  readonly mode: InboxMode;
  private readonly copyUpTo: number;
  private readonly columns = new SharedMemory(columns.size);
  private readonly memory: SharedMemory;
  private readonly arena: SharedMemory;
  private readonly connections: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly offsets: Uint32Array;
  private readonly windowOf: Int32Array;
  private readonly identityOf: Uint32Array;
  private readonly flagsOf: Int32Array;
  private readonly channels: Int32Array;
  private readonly lanes: Uint32Array;
  // 64-bit integers, each as its lower and its upper half.
  private readonly userDatas: Int32Array;
  private readonly messageNumbers: Int32Array;
  private readonly times: Int32Array;
  private readonly addresses: Int32Array;
  private readonly identitiesAt: number;
  private filled = 0;
  private backend: Backend | undefined;
  private helper: Helper | undefined;
  private number = -1;
  private leave = () => {};
  private closed = false;
  // "view": windows over the library's memory by where they begin.
  private readonly standingViews = new Map<number, DataView>();
  // What was looked through last.
  private latestWindow = helperInArena;
  private latestView: DataView;
  // "auto" and "copy": what was made for single messages of this batch.
  private readonly own: OwnViews;

  static {
    releaseHeldOf = (backend) => {
      let lost = 0;
      for (const reference of inUse) {
        const inbox = reference.deref();
        if (inbox !== undefined && inbox.isFrom(backend)) lost += inbox.giveBack();
      }
      if (lost > 0) throw lostMemory(lost);
    };
  }

  /** @throws TypeError, RangeError when an option is wrong. */
  constructor({ messages = 1024, bytes = 4 << 20, mode = "auto" }: InboxOptions = {}) {
    this.messages = integer(messages, "messages", 1, mostMessages);
    integer(bytes, "bytes", 0, mostBytes);
    if (!Object.hasOwn(copyUpTo, mode)) {
      throw new TypeError(`mode must be "auto", "copy" or "view", not ${describe(mode)}`);
    }
    this.mode = mode;
    this.copyUpTo = copyUpTo[mode];
    this.arena = new SharedMemory(Math.max(8, bytes));
    this.latestView = this.arena.view;

    // Columns of 8 bytes, then those of 4, then the identities, in one piece.
    this.memory = new SharedMemory(messages * (4 * 8 + 8 * 4 + identityBytes) + columnCount * (columnGap + 8));
    const { view } = this.columns;
    const { offsets } = columns;
    view.setUint32(offsets.capacity, messages, true);
    view.setUint32(offsets.arenaByteLength, bytes, true);
    view.setUint32(offsets.apart, mode === "view" ? 0 : 1, true);
    view.setBigUint64(offsets.arena, BigInt(this.arena.address), true);
    let at = 0;
    const place = (field: number, entryBytes: number) => {
      const start = at;
      view.setBigUint64(field, BigInt(addressOf(this.memory.bytes.subarray(start))), true);
      at = roundUp(at + messages * entryBytes, 8) + columnGap;
      return start;
    };
    const { buffer } = this.memory.bytes;
    this.userDatas = new Int32Array(buffer, place(offsets.userData, 8), 2 * messages);
    this.messageNumbers = new Int32Array(buffer, place(offsets.messageNumber, 8), 2 * messages);
    this.times = new Int32Array(buffer, place(offsets.timeReceived, 8), 2 * messages);
    this.addresses = new Int32Array(buffer, place(offsets.address, 8), 2 * messages);
    this.connections = new Uint32Array(buffer, place(offsets.connection, 4), messages);
    this.lengths = new Uint32Array(buffer, place(offsets.byteLength, 4), messages);
    this.offsets = new Uint32Array(buffer, place(offsets.offset, 4), messages);
    this.windowOf = new Int32Array(buffer, place(offsets.window, 4), messages);
    this.identityOf = new Uint32Array(buffer, place(offsets.identity, 4), messages);
    this.flagsOf = new Int32Array(buffer, place(offsets.flags, 4), messages);
    this.channels = new Int32Array(buffer, place(offsets.channel, 4), messages);
    this.lanes = new Uint32Array(buffer, place(offsets.lane, 4), messages);
    this.identitiesAt = place(offsets.identities, identityBytes);
    this.own = new OwnViews(this.addresses, mode === "auto");
  }

  /** How many messages are here. */
  get count(): number {
    return this.filled;
  }

  /** The connection over which message `i` came; it may have been closed since. C: `m_conn`. */
  connection(i: number): ConnectionHandle {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return this.connections[i]! as ConnectionHandle;
  }

  /** The user data of its connection when it was received, -1 until it is set. Exact within ±2^53. C: `m_nConnUserData`. */
  userData(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return integerAt(this.userDatas, i);
  }

  /** {@link userData} with all 64 bits. Allocates. */
  userDataBigInt(i: number): bigint {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return (BigInt(this.userDatas[2 * i + 1]!) << 32n) | BigInt(this.userDatas[2 * i]! >>> 0);
  }

  /** Bytes of payload. C: `m_cbSize`. */
  length(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return this.lengths[i]!;
  }

  /** The sender's lane, 0 for the first. C: `m_idxLane`. */
  lane(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return this.lanes[i]!;
  }

  /** The channel of NetworkingMessages; -1 for messages of a connection. C: `m_nChannel`. */
  channel(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return this.channels[i]!;
  }

  /** Of {@link SendFlags} only `Reliable` is told. C: `m_nFlags`. */
  flags(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    // A message of a pair in memory is the sender's own, with all its flags.
    return this.flagsOf[i]! & SendFlags.Reliable;
  }

  /** The number that the sender gave it; each lane counts for itself, from 1. C: `m_nMessageNumber`. */
  messageNumber(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return integerAt(this.messageNumbers, i);
  }

  /** Microseconds on this library's clock, as `utils.getLocalTimestamp` gives them. C: `m_usecTimeReceived`. */
  timeReceived(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return integerAt(this.times, i);
  }

  /** Who sent it, in the SDK's text form. Allocates, and asks the library. C: `m_identityPeer`. */
  identity(i: number): string {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return formatIdentity(this.usedBackend().library, this.memory, this.identityOffset(i));
  }

  /**
   * A view in which the payload begins at {@link offset}. What lies outside of the payload is not yours.
   *
   * Of small messages it is a standing view of the arena; of those that were sent from a {@link MessagePool} over a pair
   * in memory it is the pool's. A large one gets a view of its own in the modes `"auto"` and `"copy"`, made at the first
   * call.
   */
  view(i: number): DataView {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    const window = this.windowOf[i]!;
    return window === this.latestWindow ? this.latestView : this.viewOf(i, window);
  }

  /** Where the payload begins in {@link view}. */
  offset(i: number): number {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    return this.offsets[i]!;
  }

  /** The payload in memory of its own. Allocates. C: `m_pData`. */
  bytes(i: number): Uint8Array<ArrayBuffer> {
    const payload = this.payloadOf(i);
    const copy = new Uint8Array(payload.length);
    copy.set(payload);
    return copy;
  }

  /** The payload as UTF-8 text. Allocates. */
  text(i: number): string {
    return decoder.decode(this.payloadOf(i));
  }

  /**
   * Gives back what is here: {@link count} is 0 then, and views made for single messages are dead. The next receive
   * does it, too.
   *
   * @throws NetworkingError when a view of a single message can't be ended: somebody has transferred its buffer away, or
   * something asynchronous, such as writing a file, is at work on it. Its memory is lost then.
   */
  release(): void {
    const lost = this.giveBack();
    if (lost > 0) throw lostMemory(lost);
  }

  /** {@link release}, and nothing can be received into it any more. Closing twice does nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.release();
    } finally {
      this.leaveHelper();
    }
  }

  /** {@link close}, for `using inbox = new Inbox(...)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Use the receiving functions. Undefined when the library does not know the handle. */
  receiveThrough(backend: Backend, source: HelperSource, handle: number, maximum: number): number | undefined {
    if (this.closed) throw new ClosedError("This inbox was closed");
    if (this.own.size > 0) this.release();
    if (this.helper !== backend.helper) {
      this.release();
      this.openAt(backend.helper);
    }
    // The helper releases what is held first.
    const count = backend.receive(this.number, source, handle, this.columns, maximum, this.copyUpTo) | 0;
    this.backend = backend;
    this.filled = Math.max(0, count);
    return count < 0 ? undefined : count;
  }

  private isFrom(backend: Backend): boolean {
    const used = this.backend;
    return used?.helper === backend.helper && used.number === backend.number && used.epoch === backend.epoch;
  }

  /** Gives back what is here. Answers how many views could not be ended. */
  private giveBack(): number {
    const holds = this.filled > 0 && this.columns.view.getUint32(columns.offsets.held, true) > 0;
    this.filled = 0;
    let lost = 0;
    if (this.own.size > 0 && this.helper !== undefined) {
      this.latestWindow = helperInArena;
      this.latestView = this.arena.view;
      lost = this.own.end(this.helper, this.number);
    }
    if (holds) this.helper?.inbox_release(this.number);
    return lost;
  }

  private openAt(helper: Helper): void {
    this.leaveHelper();
    const number = helper.inbox_open();
    if (number < 0) throw new NetworkingError("There are too many inboxes. Close those that are not needed");
    this.helper = helper;
    this.number = number;
    const { own } = this;
    const reference = new WeakRef(this);
    this.leave = () => {
      // Before the memory goes that they look into: they may outlive the inbox.
      own.end(helper, number);
      helper.inbox_close(number);
      inUse.delete(reference);
    };
    inUse.add(reference);
    forgotten.register(this, this.leave, this);
  }

  private leaveHelper(): void {
    if (this.helper === undefined) return;
    forgotten.unregister(this);
    this.leave();
    this.helper = undefined;
  }

  private viewOf(i: number, window: number): DataView {
    const view = this.viewThrough(i, window);
    this.latestWindow = window;
    this.latestView = view;
    return view;
  }

  private viewThrough(i: number, window: number): DataView {
    if (window === helperInArena) return this.arena.view;
    if (window < 0) return this.poolView(window - inPool);
    const isStanding = window < helperApart;
    const length = this.lengths[i]! + (isStanding ? this.offsets[i]! : 0);
    if (isStanding && length <= windowBytes) return this.standingView(window);
    let view = this.own.get(i);
    if (view === undefined) {
      if (isStanding) view = windowOver(asAddress(window * windowUnit), length);
      else if (this.mode === "auto") view = windowOver(asAddress(integerAt(this.addresses, i)), length);
      else view = new DataView(this.bytes(i).buffer);
      this.own.set(i, view);
    }
    return view;
  }

  private poolView(number: number): DataView {
    const helper = this.usedBackend().helper;
    return openPool(helper, number)?.view ?? new DataView(new PoolMemory(helper, number).bytes.buffer);
  }

  private standingView(window: number): DataView {
    let view = this.standingViews.get(window);
    if (view === undefined || isDetached(view)) {
      if (this.standingViews.size >= mostWindows) this.standingViews.clear();
      view = windowOver(asAddress(window * windowUnit), windowBytes);
      this.standingViews.set(window, view);
    }
    return view;
  }

  /** The payload where it lies, for the length of this call. */
  private payloadOf(i: number): Uint8Array {
    if (i >>> 0 !== i || i >= this.filled) this.refuse(i);
    const window = this.windowOf[i]!;
    const offset = this.offsets[i]!;
    const length = this.lengths[i]!;
    if (window > helperInArena) {
      return new Uint8Array(windowOver(asAddress(integerAt(this.addresses, i)), length).buffer);
    }
    return new Uint8Array(this.view(i).buffer, offset, length);
  }

  private usedBackend(): Backend {
    if (this.backend === undefined) throw new RangeError("Nothing was received into this inbox");
    return this.backend;
  }

  private refuse(i: number): never {
    index(i, "message", this.filled);
    throw new RangeError(`There is no message ${i}`);
  }

  /** @internal The memory of the identities. */
  get identities(): SharedMemory {
    return this.memory;
  }

  /** @internal Where the identity of a message's sender lies in {@link identities}. */
  identityOffset(i: number): number {
    return this.identitiesAt + this.identityOf[i]! * identityBytes;
  }
}

/** Views of single messages, by index. It knows no inbox, so that it can be ended when that is gone. */
class OwnViews {
  /** How many there are. Not the map's own size, which costs a call at each batch. */
  size = 0;
  private readonly views = new Map<number, DataView>();
  private readonly addresses: Int32Array;
  private readonly inLibrary: boolean;

  /**
   * @param addresses of the payloads.
   * @param inLibrary whether they look into the library's memory.
   */
  constructor(addresses: Int32Array, inLibrary: boolean) {
    this.addresses = addresses;
    this.inLibrary = inLibrary;
  }

  get(i: number): DataView | undefined {
    return this.views.get(i);
  }

  set(i: number, view: DataView): void {
    this.views.set(i, view);
    this.size = this.views.size;
  }

  /** Ends them all. Answers how many can't be ended, and sees that their memory lives on. */
  end(helper: Helper, inbox: number): number {
    let lost = 0;
    for (const [i, view] of this.inLibrary ? this.views : []) {
      if (endOf(view)) continue;
      helper.inbox_leave(inbox, asAddress(integerAt(this.addresses, i)));
      lost++;
    }
    this.views.clear();
    this.size = 0;
    return lost;
  }
}

function lostMemory(views: number): NetworkingError {
  return new NetworkingError(
    `The buffers of ${views} views into the library's memory were transferred away, or are in use by something asynchronous. That memory can't be given back any more: copy what you keep, with bytes(i)`,
  );
}

/** Detaches a view. False when it was detached before, or can't be: a copy is transferred of one that is in use. */
function endOf({ buffer }: DataView): boolean {
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return false;
  buffer.transfer();
  return buffer.detached;
}

function isDetached(view: DataView): boolean {
  return view.buffer instanceof ArrayBuffer && view.buffer.detached;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function integerAt(halves: Int32Array, i: number): number {
  return halves[2 * i + 1]! * 0x1_0000_0000 + (halves[2 * i]! >>> 0);
}
