/** A tick's worth of messages: received at once, sent at once, and counted. */
import { Inbox, MessagePool, Outbox, type NetworkingSockets, type PollGroupHandle } from "../../index.ts";
import {
  isReliable,
  MessageReader,
  mostMessagesPerTick,
  roomFor,
  smallBytes,
  writeMessage,
  type Outgoing,
} from "./message.ts";

/** Messages that a process sent and received. */
export interface TrafficCounts {
  readonly sent: number;
  readonly received: number;
  /** Of those that were sent, the reliable ones. */
  readonly reliableSent: number;
  /** Of those that were received, the reliable ones. */
  readonly reliableReceived: number;
  /** Received, but not as they should be: bytes, length, sender, or order of reliable ones. */
  readonly corrupt: number;
}

// A message and an echo each tick, and what waits to be acknowledged or to be sent.
const slotsPerBot = 16;
const messagesPerBot = 2;
const fewest = 64;

/** What a process sends and receives. */
export class Traffic implements TrafficCounts {
  sent = 0;
  received = 0;
  reliableSent = 0;
  reliableReceived = 0;
  corrupt = 0;
  /** The message that {@link receive} shows. */
  readonly reader: MessageReader;
  readonly #pool: MessagePool;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #waiting: Outgoing[] = [];

  /** @param library the file whose network it is for. */
  constructor(bots: number, messageBytes: number, library: string) {
    this.reader = new MessageReader(messageBytes);
    this.#pool = new MessagePool({
      slots: fewest + slotsPerBot * bots,
      slotBytes: roomFor(Math.max(messageBytes, smallBytes)),
      library,
    });
    this.#outbox = new Outbox(this.#pool, { messages: fewest + messagesPerBot * bots });
    this.#inbox = new Inbox({ messages: mostMessagesPerTick(bots) });
  }

  /** Adds a message to those that {@link send} sends; not when there is no room for it. */
  say(message: Outgoing, bot: number, counter: number, echo = 0): void {
    const slot = this.#pool.take();
    if (slot < 0) return;
    writeMessage(this.#pool.view, this.#pool.offset(slot), message, bot, counter, echo);
    const index = this.#outbox.push(message.connection, slot, message.bytes, message.flags);
    if (index < 0) this.#pool.free(slot);
    else this.#waiting[index] = message;
  }

  /** Sends all that were added, with one native call. One that the library refuses is not counted as sent. */
  send(sockets: NetworkingSockets): void {
    sockets.sendMessages(this.#outbox);
    this.#waiting.forEach((message, index) => {
      if (this.#outbox.result(index) <= 0) return;
      message.sent++;
      this.sent++;
      if (isReliable(message.kind)) this.reliableSent++;
    });
    this.#waiting.length = 0;
  }

  /**
   * Receives with one native call, and shows each message to `take`, with its connection's user data.
   * @param take whether the message is one that can be right; {@link reader} holds it when its bytes are.
   * @returns whether that was all that has come.
   */
  receive(sockets: NetworkingSockets, group: PollGroupHandle, take: (userData: number) => boolean): boolean {
    const inbox = this.#inbox;
    const count = sockets.receiveMessagesOnPollGroup(group, inbox);
    for (let i = 0; i < count; i++) {
      const isWhole = this.reader.read(inbox.view(i), inbox.offset(i), inbox.length(i));
      this.#countReceived(isWhole && take(inbox.userData(i)));
    }
    return count < inbox.messages;
  }

  /** Gives all memory back. */
  close(): void {
    this.#inbox.close();
    this.#pool.close();
  }

  #countReceived(isRight: boolean): void {
    if (!isRight) {
      this.corrupt++;
      return;
    }
    this.received++;
    if (isReliable(this.reader.kind)) this.reliableReceived++;
  }

  /** The counts as they are now. */
  counts(): TrafficCounts {
    const { sent, received, reliableSent, reliableReceived, corrupt } = this;
    return { sent, received, reliableSent, reliableReceived, corrupt };
  }
}

/** The share of numbered messages that did not arrive, from how many came and which one is the newest. */
export function lossOf(counts: readonly (readonly [came: number, newest: number])[]): number | undefined {
  const expected = counts.reduce((sum, [, newest]) => sum + newest, 0);
  const came = counts.reduce((sum, [received]) => sum + received, 0);
  return expected === 0 ? undefined : 1 - came / expected;
}
