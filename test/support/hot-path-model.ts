/**
 * The hot path beside a simple model of it: who has each slot, and what must arrive where, in which order. Every step is
 * done to both, and then they must agree in everything that can be seen.
 *
 * Over pairs in memory, where every message is delivered at once and in order, whatever its flags.
 */
import { expect } from "bun:test";
import {
  HandleError,
  Inbox,
  MessagePool,
  Outbox,
  SendFlags,
  SlotError,
  SlotOverrunError,
  type ConnectionHandle,
  type InboxMode,
  type Networking,
  type PollGroupHandle,
} from "../../lib/index.ts";
import { noise, sameBytes } from "./noise.ts";

/** What a run is made of. */
export interface HotPathSetup {
  readonly slots: number;
  readonly slotBytes: number;
  readonly pairs: number;
  /** Of the one outbox; the other gives slots of failed messages back. */
  readonly messages: number;
  readonly mode: InboxMode;
  readonly inboxMessages: number;
  readonly arena: number;
}

/** A step, and numbers that say which of all that it could be done to it is done to. */
export type HotPathStep = readonly [name: HotPathStepName, which: number, how: number, more: number];

/** The names of all steps; what is done often stands here often. */
export const hotPathStepNames = [
  ...["take", "take", "take", "take", "free", "push", "push", "push", "pushCopy", "broadcast", "broadcast"],
  ...["send", "send", "send", "receive", "receiveInto", "receiveInto", "receiveInto", "receiveFromGroup"],
  ...["release", "clear", "renewOutbox", "renewInbox", "closeConnection", "misuse", "overrun", "runCallbacks"],
] as HotPathStepName[];

type HotPathStepName = Exclude<keyof HotPath, "step" | "finish">;

/** A slot that the library has, until the last of its messages is done with. */
interface Lease {
  references: number;
}

interface Message {
  readonly content: Uint8Array;
  readonly flags: number;
  readonly number: number;
  readonly lease: Lease | undefined;
}

interface End {
  readonly handle: ConnectionHandle;
  readonly inbound: Message[];
  partner: End;
  open: boolean;
  sent: number;
}

/** A slot of its own, a broadcast's, which several entries share, or none: a copy. */
type Source = { readonly slot: number } | { readonly broadcast: Lease } | undefined;

interface Entry {
  readonly end: End;
  readonly content: Uint8Array;
  readonly flags: number;
  readonly lane: number;
  readonly source: Source;
}

interface Sending {
  outbox: Outbox;
  readonly keep: boolean;
  readonly messages: number;
  waiting: Entry[];
}

const copyBytes = 24;
const mostReceived = 3;

/** One run. */
export class HotPath {
  readonly #net: Networking;
  readonly #setup: HotPathSetup;
  readonly #pool: MessagePool;
  readonly #group: PollGroupHandle;
  readonly #ends: End[] = [];
  readonly #sendings: Sending[];
  #inbox: Inbox;
  // The model.
  #free: number;
  #inFlight = 0;
  #highWater = 0;
  #isDry = false;
  #drains = 0;
  #seed = 0;
  #toldDrains = 0;
  readonly #mine = new Map<number, Uint8Array>();
  readonly #past: number[] = [];
  #held: { readonly end: End; readonly message: Message; readonly lease: Lease | undefined }[] = [];

  constructor(net: Networking, setup: HotPathSetup) {
    this.#net = net;
    this.#setup = setup;
    this.#free = setup.slots;
    this.#pool = new MessagePool(setup);
    this.#pool.on("drain", () => this.#toldDrains++);
    this.#group = net.sockets.createPollGroup();
    for (let count = 0; count < setup.pairs; count++) this.#connect();
    const { messages } = setup;
    this.#sendings = [
      { outbox: new Outbox(this.#pool, { messages, copyBytes, onFailure: "keep" }), keep: true, messages, waiting: [] },
      { outbox: new Outbox(this.#pool, { copyBytes }), keep: false, messages: 1024, waiting: [] },
    ];
    this.#inbox = this.#newInbox();
  }

  /** Does a step, and sees that all is as it should be. */
  step([name, which, how, more]: HotPathStep): void {
    this[name](which, how, more);
    this.#check();
  }

  /**
   * Receives all that is left, gives all back, and sees that nothing is missing.
   * @param poolFirst closes the pool before that: what is under way must arrive nevertheless.
   */
  finish(poolFirst: boolean): void {
    this.#checkHeld();
    for (const { outbox } of this.#sendings) outbox.close();
    if (poolFirst) this.#pool.close();
    this.#checkHeld();
    for (const end of this.#ends) {
      if (!end.open) continue;
      const messages = this.#net.sockets.receiveMessagesOnConnection(end.handle);
      expect(messages.length).toBe(end.inbound.length);
      messages.forEach(({ payload }, at) => expect(sameBytes(payload, end.inbound[at]!.content)).toBe(true));
    }
    this.#checkHeld();
    this.#inbox.close();
    for (const slot of poolFirst ? [] : this.#mine.keys()) this.#pool.free(slot);
    expect(this.#pool.inFlight).toBe(0);
    expect(this.#pool.available).toBe(poolFirst ? 0 : this.#setup.slots);
    this.#pool.close();
    for (const { open, handle } of this.#ends) if (open) this.#net.sockets.closeConnection(handle);
    this.#net.sockets.destroyPollGroup(this.#group);
    this.#net.runCallbacks();
  }

  take(): void {
    const slot = this.#pool.take();
    if (this.#free === 0) {
      expect(slot).toBe(-1);
      this.#isDry = true;
      this.#highWater = this.#setup.slots;
      return;
    }
    expect(slot).toBeGreaterThanOrEqual(0);
    expect(this.#mine.has(slot)).toBe(false);
    this.#free--;
    const content = this.#content(this.#setup.slotBytes);
    this.#pool.bytes.set(content, this.#pool.offset(slot));
    this.#mine.set(slot, content);
  }

  free(which: number): void {
    const slot = this.#slot(which);
    if (slot === undefined) return;
    this.#pool.free(slot);
    this.#lose(slot);
    this.#free++;
  }

  push(which: number, how: number, more: number): void {
    const slot = this.#slot(more);
    const sending = pick(this.#sendings, how);
    if (slot === undefined) return;
    const content = this.#mine.get(slot)!.subarray(0, more % (this.#setup.slotBytes + 1));
    const entry = this.#entry(which, content, how, { slot });
    const { end, flags, lane } = entry;
    const index = sending.outbox.push(end.handle, slot, content.length, flags, lane);
    if (this.#expectIndex(sending, index, 1)) {
      sending.waiting.push(entry);
      this.#lose(slot);
    }
  }

  pushCopy(which: number, how: number, more: number): void {
    const sending = pick(this.#sendings, how);
    const content = this.#content(more % 20);
    const entry = this.#entry(which, content, how, undefined);
    const { end, flags, lane } = entry;
    const copied = sending.waiting.reduce((sum, { source, content }) => sum + (source ? 0 : content.length), 0);
    const index = sending.outbox.pushCopy(end.handle, content, flags, lane);
    if (copied + content.length > copyBytes) expect(index).toBe(-1);
    else if (this.#expectIndex(sending, index, 1)) sending.waiting.push(entry);
  }

  broadcast(which: number, how: number, more: number): void {
    const slot = this.#slot(more);
    const sending = pick(this.#sendings, how);
    if (slot === undefined) return;
    const content = this.#mine.get(slot)!.subarray(0, more % (this.#setup.slotBytes + 1));
    const lease = { references: 0 };
    const entries = Array.from({ length: which % 5 }, (_, at) =>
      this.#entry((which >> 3) + at * (1 + (more % 2)), content, how, { broadcast: lease }),
    );
    const { flags, lane } = this.#entry(0, content, how, undefined);
    const connections = entries.map(({ end }) => end.handle);
    const index = sending.outbox.broadcast(connections, slot, content.length, flags, lane);
    if (!this.#expectIndex(sending, index, entries.length)) return;
    sending.waiting.push(...entries);
    this.#lose(slot);
    if (entries.length === 0) this.#free++;
  }

  send(which: number): void {
    const sending = pick(this.#sendings, which);
    const { outbox, keep, waiting } = sending;
    this.#highWater = Math.max(this.#highWater, this.#setup.slots - this.#free);
    const sent = this.#net.sockets.sendMessages(outbox);
    const failed = new Set<End>();
    let expected = 0;
    waiting.forEach(({ end, content, flags, lane, source }, at) => {
      const result = outbox.result(at);
      const isSent = !failed.has(end) && end.open && end.partner.open && lane === 0;
      if (isSent) {
        expected++;
        expect(result).toBe(++end.sent);
        const lease = source && ("slot" in source ? { references: 0 } : source.broadcast);
        if (lease && lease.references++ === 0) this.#inFlight++;
        end.partner.inbound.push({ content, flags, number: end.sent, lease });
        return;
      }
      if (failed.has(end)) expect(result).toBe(0);
      else expect(result).toBeLessThan(0);
      failed.add(end);
      if (source === undefined || "broadcast" in source) return;
      if (keep)
        this.#mine.set(
          source.slot,
          this.#pool.bytes.slice(this.#pool.offset(source.slot)).subarray(0, this.#setup.slotBytes),
        );
      else this.#free++;
    });
    expect(sent).toBe(expected);
    // Broadcasts of which nothing was sent.
    const leases = new Set(waiting.map(({ source }) => source && "broadcast" in source && source.broadcast));
    for (const lease of leases) if (lease && lease.references === 0) this.#free++;
    sending.waiting = [];
  }

  receive(which: number, how: number): void {
    const end = pick(this.#ends, which);
    const receive = () => this.#net.sockets.receiveMessagesOnConnection(end.handle, how % (mostReceived + 1));
    if (!end.open && how % (mostReceived + 1) > 0) return void expect(receive).toThrow(HandleError);
    const messages = receive();
    const expected = end.inbound.splice(0, how % (mostReceived + 1));
    expect(messages.length).toBe(expected.length);
    messages.forEach(({ payload, messageNumber, flags }, at) => {
      const { content, number, flags: sentFlags, lease } = expected[at]!;
      expect(sameBytes(payload, content)).toBe(true);
      expect([messageNumber, flags]).toEqual([number, sentFlags]);
      this.#drop(lease);
    });
  }

  receiveInto(which: number, how: number): void {
    const end = pick(this.#ends, which);
    const most = how % (mostReceived + 1);
    const receive = () => this.#net.sockets.receiveMessagesOnConnection(end.handle, this.#inbox, most);
    this.#checkHeld();
    this.#dropHeld();
    if (!end.open && most > 0) return void expect(receive).toThrow(HandleError);
    expect(receive()).toBe(Math.min(most, this.#setup.inboxMessages, end.inbound.length));
    this.#takeHeld();
  }

  receiveFromGroup(_which: number, how: number): void {
    const most = how % (mostReceived + 1);
    this.#checkHeld();
    this.#dropHeld();
    const waiting = this.#ends.reduce((sum, { inbound }, at) => sum + (at % 2 ? inbound.length : 0), 0);
    const count = this.#net.sockets.receiveMessagesOnPollGroup(this.#group, this.#inbox, most);
    expect(count).toBe(Math.min(most, this.#setup.inboxMessages, waiting));
    this.#takeHeld();
  }

  release(): void {
    this.#checkHeld();
    this.#inbox.release();
    this.#dropHeld();
  }

  clear(which: number): void {
    const sending = pick(this.#sendings, which);
    sending.outbox.clear();
    this.#forget(sending);
  }

  renewOutbox(which: number): void {
    const sending = pick(this.#sendings, which);
    sending.outbox.close();
    this.#forget(sending);
    const { keep, messages } = sending;
    sending.outbox = new Outbox(this.#pool, { messages, copyBytes, onFailure: keep ? "keep" : "free" });
  }

  renewInbox(): void {
    this.#checkHeld();
    this.#inbox.close();
    this.#dropHeld();
    this.#inbox = this.#newInbox();
  }

  closeConnection(which: number, how: number): void {
    const end = pick(this.#ends, which);
    expect(this.#net.sockets.closeConnection(end.handle)).toBe(end.open);
    end.open = false;
    for (const { lease } of end.inbound.splice(0)) this.#drop(lease);
    // Now and then another pair.
    if (how % 2 && this.#ends.length < 12) this.#connect();
  }

  misuse(which: number, how: number): void {
    const slot = pick(this.#past, which);
    if (slot === undefined || this.#mine.has(slot)) return;
    const { outbox } = pick(this.#sendings, how);
    const { handle } = pick(this.#ends, which);
    if (outbox.count === outbox.messages) return;
    expect(() => this.#pool.free(slot)).toThrow(SlotError);
    expect(() => this.#pool.offset(slot)).toThrow(SlotError);
    expect(() => outbox.push(handle, slot, 0, 0)).toThrow(SlotError);
    expect(() => outbox.broadcast([handle], slot, 0, 0)).toThrow(SlotError);
  }

  overrun(which: number, how: number): void {
    const slot = this.#slot(which);
    if (slot === undefined) return;
    const end = this.#pool.offset(slot) + this.#setup.slotBytes;
    this.#pool.bytes[end]! ^= 1 + (how % 255);
    expect(() => this.#pool.free(slot)).toThrow(SlotOverrunError);
  }

  runCallbacks(): void {
    if (this.#isDry && this.#free * 2 >= this.#setup.slots) {
      this.#isDry = false;
      this.#drains++;
    }
    this.#net.runCallbacks();
  }

  #connect(): void {
    const { connection1, connection2 } = this.#net.sockets.createSocketPair();
    this.#net.sockets.setConnectionPollGroup(connection2, this.#group);
    const end = (handle: ConnectionHandle): Omit<End, "partner"> => ({ handle, inbound: [], open: true, sent: 0 });
    const first = end(connection1) as End;
    const second = end(connection2) as End;
    first.partner = second;
    second.partner = first;
    this.#ends.push(first, second);
  }

  #newInbox(): Inbox {
    const { mode, inboxMessages: messages, arena: bytes } = this.#setup;
    return new Inbox({ mode, messages, bytes });
  }

  #content(byteLength: number): Uint8Array {
    return noise(++this.#seed, byteLength);
  }

  #slot(which: number): number | undefined {
    return pick([...this.#mine.keys()], which);
  }

  #lose(slot: number): void {
    this.#mine.delete(slot);
    this.#past.push(slot);
    if (this.#past.length > 10) this.#past.shift();
  }

  #entry(which: number, content: Uint8Array, how: number, source: Source): Entry {
    const flags = how & 2 ? SendFlags.Reliable : SendFlags.Unreliable;
    // Now and then a lane that is not there.
    const lane = how % 11 === 0 ? 1 : 0;
    return { end: pick(this.#ends, which), content, flags, lane, source };
  }

  /** Whether there was room, which the index must say. */
  #expectIndex({ waiting, messages }: Sending, index: number, count: number): boolean {
    const fits = waiting.length + count <= messages;
    expect(index).toBe(fits ? waiting.length : -1);
    return fits;
  }

  /** What waited goes back to the pool. */
  #forget(sending: Sending): void {
    const slots = new Set(
      sending.waiting.map(({ source }) => (source && "broadcast" in source ? source.broadcast : source)),
    );
    slots.delete(undefined);
    this.#free += slots.size;
    sending.waiting = [];
  }

  #drop(lease: Lease | undefined): void {
    if (lease === undefined || --lease.references > 0) return;
    this.#inFlight--;
    this.#free++;
  }

  /** Takes what was received into the model: of each connection the oldest messages. */
  #takeHeld(): void {
    const { mode, arena } = this.#setup;
    let room = arena & ~7;
    for (let i = 0; i < this.#inbox.count; i++) {
      const handle = this.#inbox.connection(i);
      const end = this.#ends.find((each) => each.handle === handle);
      const message = end?.inbound.shift();
      if (end === undefined || message === undefined) throw new Error(`A message too many came from ${handle}`);
      const { content, lease } = message;
      const isCopied = mode === "copy" && content.length <= room;
      if (isCopied) {
        room -= (content.length + 7) & ~7;
        this.#drop(lease);
      }
      this.#held.push({ end, message, lease: isCopied ? undefined : lease });
    }
    this.#checkHeld();
  }

  #dropHeld(): void {
    for (const { lease } of this.#held.splice(0)) this.#drop(lease);
  }

  #checkHeld(): void {
    const inbox = this.#inbox;
    expect(inbox.count).toBe(this.#held.length);
    this.#held.forEach(({ end, message: { content, flags, number } }, i) => {
      const about = [inbox.connection(i), inbox.flags(i), inbox.messageNumber(i), inbox.length(i)];
      expect(about).toEqual([end.handle, flags, number, content.length]);
      const { buffer } = inbox.view(i);
      expect(sameBytes(new Uint8Array(buffer, inbox.offset(i), inbox.length(i)), content)).toBe(true);
      expect(sameBytes(inbox.bytes(i), content)).toBe(true);
    });
  }

  #check(): void {
    const pool = this.#pool;
    expect([pool.available, pool.inFlight, pool.highWater]).toEqual([this.#free, this.#inFlight, this.#highWater]);
    expect(this.#toldDrains).toBe(this.#drains);
    expect(this.#sendings.map(({ outbox }) => outbox.count)).toEqual(
      this.#sendings.map(({ waiting }) => waiting.length),
    );
    for (const [slot, content] of this.#mine) {
      const offset = pool.offset(slot);
      expect(sameBytes(pool.bytes.subarray(offset, offset + content.length), content)).toBe(true);
    }
    // All slots are somewhere.
    const pushed = new Set(
      this.#sendings
        .flatMap(({ waiting }) => waiting)
        .map(({ source }) => (source && "broadcast" in source ? source.broadcast : source)),
    );
    pushed.delete(undefined);
    expect(this.#free + this.#mine.size + pushed.size + this.#inFlight).toBe(this.#setup.slots);
  }
}

function pick<Thing>(things: readonly Thing[], which: number): Thing {
  return things[which % things.length]!;
}
