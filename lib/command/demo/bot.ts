/** A bot, as it knows itself. */
import type { ConnectionHandle } from "../../index.ts";
import { MessageKind, Outgoing, type MessageReader } from "./message.ts";
import type { Traffic } from "./traffic.ts";

const inputsPerAction = 16;
const mostActionsUnderWay = 64;

/** One bot and its connection to the server. */
export class Bot {
  readonly number: number;
  readonly connection: ConnectionHandle;
  readonly farewell: Outgoing;
  isConnected = false;
  snapshots = 0;
  newestSnapshot = 0;
  /** Its connection is closed. */
  isGone = false;
  readonly #hello: Outgoing;
  readonly #input: Outgoing;
  readonly #action: Outgoing;
  #echoes = 0;
  #isFinished = false;

  constructor(number: number, connection: ConnectionHandle) {
    this.number = number;
    this.connection = connection;
    this.#hello = new Outgoing(connection, MessageKind.Hello);
    this.#input = new Outgoing(connection, MessageKind.Input);
    this.#action = new Outgoing(connection, MessageKind.Action);
    this.farewell = new Outgoing(connection, MessageKind.Farewell);
  }

  /** Says what it has to say at this tick. */
  speak(traffic: Traffic): void {
    if (this.isGone || !this.isConnected) return;
    const { sent } = this.#input;
    if (this.#isFinished) {
      traffic.say(this.farewell, this.number, this.#action.sent);
    } else if (this.#hello.sent === 0) {
      traffic.say(this.#hello, this.number, 0);
    } else if (this.newestSnapshot > 0) {
      // Not all bots at the same tick.
      const isDue = (sent + this.number) % inputsPerAction === 0;
      const action = this.#action;
      if (isDue && action.sent - this.#echoes < mostActionsUnderWay) traffic.say(action, this.number, action.sent);
      traffic.say(this.#input, this.number, sent + 1, this.newestSnapshot);
    }
  }

  /**
   * Takes a message of its own.
   * @returns false when the message can't be right: reliable ones come each once and in order.
   */
  take({ kind, bot, counter, echo }: MessageReader): boolean {
    if (bot !== this.number) return false;
    switch (kind) {
      case MessageKind.Snapshot:
        this.snapshots++;
        this.newestSnapshot = Math.max(this.newestSnapshot, counter);
        return echo <= this.#input.sent;
      case MessageKind.Echo:
        return !this.#isFinished && counter === this.#echoes++ && counter < this.#action.sent;
      case MessageKind.Finish:
        if (this.#isFinished) return false;
        this.#isFinished = true;
        return counter === this.#echoes;
      default:
        return false;
    }
  }
}
