/** One side of a conversation: what it says to its peer, and what it hears of it. */
import type { ConnectionHandle } from "../../../index.ts";
import { MessageKind, Outgoing, type MessageReader } from "../message.ts";
import type { Traffic } from "../traffic.ts";

const ticksPerAction = 16;

/** Says something unreliable each tick, now and then something reliable, and in the end farewell. */
export class Conversation {
  /** Whether the peer has said all. */
  hasHeardFarewell = false;
  readonly #speaker: number;
  readonly #snapshot: Outgoing;
  readonly #action: Outgoing;
  readonly #farewell: Outgoing;
  #tick = 0;
  #actionsHeard = 0;

  /** @param speaker the number of this side; the other one has the other of 0 and 1. */
  constructor(connection: ConnectionHandle, speaker: 0 | 1, messageBytes: number) {
    this.#speaker = speaker;
    this.#snapshot = new Outgoing(connection, MessageKind.Snapshot, messageBytes);
    this.#action = new Outgoing(connection, MessageKind.Action);
    this.#farewell = new Outgoing(connection, MessageKind.Farewell);
  }

  /** Whether this side has said all. */
  get hasSaidFarewell(): boolean {
    return this.#farewell.sent > 0;
  }

  /** Says what is to be said at this tick. */
  speak(traffic: Traffic): void {
    this.#tick++;
    if (this.#tick % ticksPerAction === 1) traffic.say(this.#action, this.#speaker, this.#action.sent);
    traffic.say(this.#snapshot, this.#speaker, this.#tick);
  }

  /** Says farewell, and how much was said reliably before it. */
  end(traffic: Traffic): void {
    if (!this.hasSaidFarewell) traffic.say(this.#farewell, this.#speaker, this.#action.sent);
  }

  /** Whether a message is one that can be right: of the other side, and reliable ones each once and in order. */
  hear({ kind, bot: speaker, counter }: MessageReader): boolean {
    if (speaker !== 1 - this.#speaker) return false;
    switch (kind) {
      case MessageKind.Snapshot:
        return true;
      case MessageKind.Action:
        return !this.hasHeardFarewell && counter === this.#actionsHeard++;
      case MessageKind.Farewell:
        if (this.hasHeardFarewell) return false;
        this.hasHeardFarewell = true;
        return counter === this.#actionsHeard;
      default:
        return false;
    }
  }
}
