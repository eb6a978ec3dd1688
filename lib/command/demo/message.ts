/**
 * The demo's messages. Each is a head of three words (kind and bot, counter, echo) and a pattern that follows from the
 * head, so that whoever receives one can tell of every byte whether it is right.
 */
import { SendFlags, type ConnectionHandle, type OutgoingMessage } from "../../index.ts";

/** What a message says. */
export const MessageKind = {
  /** Bot to server: I am bot number so-and-so. */
  Hello: 1,
  /** Bot to server, each tick: my input. Its echo is the newest snapshot's counter. */
  Input: 2,
  /** Bot to server, now and then: to be echoed. */
  Action: 3,
  /** Bot to server: my last message. */
  Farewell: 4,
  /** Server to bot, each tick: the world. Its echo is the newest input's counter. */
  Snapshot: 5,
  /** Server to bot: the echo of an action. */
  Echo: 6,
  /** Server to bot: my last message. */
  Finish: 7,
} as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

/** Bytes of every message but snapshots. */
export const smallBytes = 64;

const flags: Readonly<Record<number, number>> = {
  [MessageKind.Hello]: SendFlags.ReliableNoNagle,
  [MessageKind.Input]: SendFlags.UnreliableNoNagle,
  // Leaves in one packet with the input that follows it.
  [MessageKind.Action]: SendFlags.Reliable,
  [MessageKind.Farewell]: SendFlags.ReliableNoNagle,
  [MessageKind.Snapshot]: SendFlags.UnreliableNoNagle,
  // Leaves in one packet with the snapshot that follows it.
  [MessageKind.Echo]: SendFlags.Reliable,
  [MessageKind.Finish]: SendFlags.ReliableNoNagle,
};

/**
 * How many messages to receive a tick, when `bots` bots play. More than come in a tick, so that a backlog is worked off;
 * not all that there are, or somebody who can't keep up would receive for ever.
 */
export function mostMessagesPerTick(bots: number): number {
  return Math.max(1024, 8 * bots);
}

/** Whether messages of this kind are sent reliably. */
export function isReliable(kind: number): boolean {
  return (flagsOf(kind) & SendFlags.Reliable) !== 0;
}

function flagsOf(kind: number): number {
  return flags[kind] ?? SendFlags.Unreliable;
}

const headWords = 3;
const kindBits = 8;

/** A message of one kind over one connection, written again and again into the same memory. */
export class Outgoing implements OutgoingMessage {
  readonly connection: ConnectionHandle;
  readonly kind: MessageKind;
  readonly data: Uint8Array;
  readonly flags: number;
  /** How many of them the library has taken. */
  sent = 0;
  readonly #words: Uint32Array;

  constructor(connection: ConnectionHandle, kind: MessageKind, bytes = smallBytes) {
    this.connection = connection;
    this.kind = kind;
    this.flags = flagsOf(kind);
    this.#words = new Uint32Array(new ArrayBuffer(Math.ceil(bytes / 4) * 4));
    this.data = new Uint8Array(this.#words.buffer, 0, bytes);
  }

  /** Writes it whole. */
  write(bot: number, counter: number, echo = 0): this {
    const words = this.#words;
    words[0] = this.kind | (bot << kindBits);
    words[1] = counter;
    words[2] = echo;
    const seed = seedOf(words);
    for (let at = headWords; at < words.length; at++) words[at] = patternAt(seed, at);
    return this;
  }
}

/** Reads messages and checks their every byte. */
export class MessageReader {
  /** What the message that was read says. */
  kind = 0;
  bot = 0;
  counter = 0;
  echo = 0;
  readonly #snapshotBytes: number;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;

  constructor(snapshotBytes: number) {
    this.#snapshotBytes = snapshotBytes;
    this.#words = new Uint32Array(new ArrayBuffer(Math.ceil(Math.max(snapshotBytes, smallBytes) / 4) * 4));
    this.#bytes = new Uint8Array(this.#words.buffer);
  }

  /** Reads a message. False when anything in it is not as its sender wrote it. */
  read(payload: Uint8Array): boolean {
    const words = this.#words;
    const { length } = payload;
    if (length > this.#bytes.length) return false;
    this.#bytes.set(payload);
    this.kind = words[0]! & ((1 << kindBits) - 1);
    this.bot = words[0]! >>> kindBits;
    this.counter = words[1]!;
    this.echo = words[2]!;
    if (length !== (this.kind === MessageKind.Snapshot ? this.#snapshotBytes : smallBytes)) return false;

    const seed = seedOf(words);
    const whole = length >>> 2;
    for (let at = headWords; at < whole; at++) {
      if (words[at] !== patternAt(seed, at)) return false;
    }
    // Bytes behind the end don't count: they are an earlier message's.
    const rest = length & 3;
    return rest === 0 || (words[whole]! ^ patternAt(seed, whole)) << (32 - 8 * rest) === 0;
  }
}

function seedOf(words: Uint32Array): number {
  return Math.imul(words[0]!, 0x9e37_79b1) ^ Math.imul(words[1]!, 0x85eb_ca77) ^ Math.imul(words[2]!, 0xc2b2_ae3d);
}

function patternAt(seed: number, at: number): number {
  return (seed + Math.imul(at, 0x27d4_eb2f)) >>> 0;
}
