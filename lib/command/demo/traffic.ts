/** Counting messages, and sending a tick's worth of them at once. */
import type { NetworkingSockets } from "../../index.ts";
import { isReliable, type Outgoing } from "./message.ts";

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

/** What a process sends and receives. */
export class Traffic implements TrafficCounts {
  sent = 0;
  received = 0;
  reliableSent = 0;
  reliableReceived = 0;
  corrupt = 0;
  readonly #waiting: Outgoing[] = [];

  /** Adds a message to those that {@link send} sends. */
  add(message: Outgoing): void {
    this.#waiting.push(message);
  }

  /** Sends all that were added, with one native call. One that the library refuses is not counted as sent. */
  send(sockets: NetworkingSockets): void {
    if (this.#waiting.length === 0) return;
    sockets.sendMessages(this.#waiting).forEach((result, index) => {
      const message = this.#waiting[index];
      if (result <= 0 || message === undefined) return;
      message.sent++;
      this.sent++;
      if (isReliable(message.kind)) this.reliableSent++;
    });
    this.#waiting.length = 0;
  }

  /** Counts a message that was received. */
  countReceived(kind: number, isRight: boolean): void {
    if (!isRight) {
      this.corrupt++;
      return;
    }
    this.received++;
    if (isReliable(kind)) this.reliableReceived++;
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
