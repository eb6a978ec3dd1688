/**
 * The demo's messages. Each is a head of three words (kind and bot, counter, echo) and a pattern that follows from the
 * head, so that whoever receives one can tell of every byte whether it is right.
 */
import { SendFlags, type ConnectionHandle } from "../../index.ts";

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

/** A message of one kind over one connection, said again and again. */
export class Outgoing {
  readonly connection: ConnectionHandle;
  readonly kind: MessageKind;
  readonly bytes: number;
  readonly flags: number;
  /** How many of them the library has taken. */
  sent = 0;

  constructor(connection: ConnectionHandle, kind: MessageKind, bytes = smallBytes) {
    this.connection = connection;
    this.kind = kind;
    this.bytes = bytes;
    this.flags = flagsOf(kind);
  }
}

/** Bytes of memory that a message is written to. */
export function roomFor(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Writes a message whole, from `at` on in memory that has {@link roomFor} it. */
export function writeMessage(
  memory: DataView,
  at: number,
  { kind, bytes }: Outgoing,
  bot: number,
  counter: number,
  echo: number,
): void {
  const first = kind | (bot << kindBits);
  memory.setUint32(at, first, true);
  memory.setUint32(at + 4, counter, true);
  memory.setUint32(at + 8, echo, true);
  const seed = seedOf(first, counter, echo);
  const words = roomFor(bytes) / 4;
  for (let word = headWords; word < words; word++) memory.setUint32(at + 4 * word, patternAt(seed, word), true);
}

/** Reads messages and checks their every byte. */
export class MessageReader {
  /** What the message that was read says. */
  kind = 0;
  bot = 0;
  counter = 0;
  echo = 0;
  readonly #snapshotBytes: number;

  constructor(snapshotBytes: number) {
    this.#snapshotBytes = snapshotBytes;
  }

  /** Reads the message of `length` bytes at `at`. False when anything in it is not as its sender wrote it. */
  read(memory: DataView, at: number, length: number): boolean {
    if (length < 4 * headWords) return false;
    const first = memory.getUint32(at, true);
    this.kind = first & ((1 << kindBits) - 1);
    this.bot = first >>> kindBits;
    this.counter = memory.getUint32(at + 4, true);
    this.echo = memory.getUint32(at + 8, true);
    if (length !== (this.kind === MessageKind.Snapshot ? this.#snapshotBytes : smallBytes)) return false;

    const seed = seedOf(first, this.counter, this.echo);
    const whole = length >>> 2;
    for (let word = headWords; word < whole; word++) {
      if (memory.getUint32(at + 4 * word, true) !== patternAt(seed, word)) return false;
    }
    const last = patternAt(seed, whole);
    for (let rest = 0; rest < (length & 3); rest++) {
      if (memory.getUint8(at + 4 * whole + rest) !== ((last >>> (8 * rest)) & 0xff)) return false;
    }
    return true;
  }
}

function seedOf(first: number, counter: number, echo: number): number {
  return Math.imul(first, 0x9e37_79b1) ^ Math.imul(counter, 0x85eb_ca77) ^ Math.imul(echo, 0xc2b2_ae3d);
}

function patternAt(seed: number, at: number): number {
  return (seed + Math.imul(at, 0x27d4_eb2f)) >>> 0;
}
