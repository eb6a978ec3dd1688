/** A bot, as the server knows it. */
import type { ConnectionHandle } from "../../index.ts";
import { MessageKind, Outgoing, type MessageReader } from "./message.ts";

/** One connection to the server: what it said, and what is said to it. */
export class Player {
  readonly connection: ConnectionHandle;
  readonly echo: Outgoing;
  readonly snapshot: Outgoing;
  readonly finish: Outgoing;
  /** The bot's own number, -1 until it has said hello. */
  bot = -1;
  actions = 0;
  inputs = 0;
  newestInput = 0;
  saidFarewell = false;
  /** It has closed its connection, or was lost. */
  isLeaving = false;
  /** The connection is closed on our side, too. */
  isGone = false;
  /** As the library last told it, -1 until then. */
  pingMilliseconds = -1;

  constructor(connection: ConnectionHandle, snapshotBytes: number) {
    this.connection = connection;
    this.echo = new Outgoing(connection, MessageKind.Echo);
    this.snapshot = new Outgoing(connection, MessageKind.Snapshot, snapshotBytes);
    this.finish = new Outgoing(connection, MessageKind.Finish);
  }

  /** What it is called in messages. */
  get name(): string {
    return this.bot < 0 ? "A bot that had not said hello" : `Bot ${this.bot}`;
  }

  /** Whether there is somebody to play with. */
  get isPlaying(): boolean {
    return this.bot >= 0 && !this.isLeaving;
  }

  /**
   * Takes a message of its own.
   * @param tick the newest one that it can have heard of.
   * @returns false when the message can't be right: reliable ones come each once and in order.
   */
  take({ kind, bot, counter, echo }: MessageReader, tick: number): boolean {
    if (kind === MessageKind.Hello && this.bot < 0) {
      this.bot = bot;
      return true;
    }
    if (bot !== this.bot) return false;
    switch (kind) {
      case MessageKind.Input:
        this.inputs++;
        this.newestInput = Math.max(this.newestInput, counter);
        return echo <= tick;
      case MessageKind.Action:
        return !this.saidFarewell && counter === this.actions++;
      case MessageKind.Farewell:
        if (this.saidFarewell) return false;
        this.saidFarewell = true;
        return counter === this.actions;
      default:
        return false;
    }
  }
}
