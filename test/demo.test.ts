/**
 * Proves of what the demo counts and judges by:
 *  - a message reads as it was written, for every kind and for lengths that are no multiple of a word; flipping any
 *    bit of it, or cutting or lengthening it, is noticed;
 *  - percentiles of lateness are those of a sorted list, over all ticks or the latest;
 *  - a verdict is ok only when all bots connected, nothing was corrupt, all that is reliable arrived each way, and the
 *    processes had no problems; what was lost unreliably is no problem.
 */
import { describe, expect, test } from "bun:test";
import { NETWORKING_CONNECTION_INVALID } from "steam-sockets";
import { Lateness } from "../lib/command/demo/lateness.ts";
import {
  MessageKind,
  MessageReader,
  Outgoing,
  roomFor,
  smallBytes,
  writeMessage,
} from "../lib/command/demo/message.ts";
import type { ServerState, State } from "../lib/command/demo/protocol.ts";
import { lossOf } from "../lib/command/demo/traffic.ts";
import { judge } from "../lib/command/demo/verdict.ts";

/** The bytes of a message, which was written into memory that held something else. */
function written(message: Outgoing, bot: number, counter: number, echo: number): Uint8Array {
  const before = 8;
  const memory = new Uint8Array(before + roomFor(message.bytes)).fill(0xaa);
  writeMessage(new DataView(memory.buffer), before, message, bot, counter, echo);
  return memory.slice(before, before + message.bytes);
}

describe("messages", () => {
  const reads = (reader: MessageReader, bytes: Uint8Array) => {
    const memory = new Uint8Array([1, 2, 3, ...bytes, 4]);
    return reader.read(new DataView(memory.buffer), 3, bytes.length);
  };

  test.each([16, 17, 18, 19, 63, 64, 256, 301])("of %i bytes show every flipped bit", (length) => {
    const reader = new MessageReader(length);
    const message = written(new Outgoing(NETWORKING_CONNECTION_INVALID, MessageKind.Snapshot, length), 7, 1234, 99);
    expect(reads(reader, message)).toBe(true);
    expect(reader).toMatchObject({ kind: MessageKind.Snapshot, bot: 7, counter: 1234, echo: 99 });
    for (let bit = 0; bit < length * 8; bit++) {
      const flipped = message.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(reads(reader, flipped)).toBe(false);
    }
    expect(reads(reader, message.slice(0, -1))).toBe(false);
    expect(reads(reader, new Uint8Array([...message, 0]))).toBe(false);
    expect(reads(reader, new Uint8Array())).toBe(false);
    expect(reads(reader, message)).toBe(true);
  });

  test("of every kind read as they were written", () => {
    const reader = new MessageReader(16);
    for (const kind of Object.values(MessageKind)) {
      if (kind === MessageKind.Snapshot) continue;
      const message = written(new Outgoing(NETWORKING_CONNECTION_INVALID, kind), 999, 2 ** 32 - 1, 0);
      expect(message.length).toBe(smallBytes);
      expect(reads(reader, message)).toBe(true);
      expect(reader).toMatchObject({ kind, bot: 999, counter: 2 ** 32 - 1, echo: 0 });
    }
  });
});

test("lateness: percentiles over all ticks or the latest", () => {
  const lateness = new Lateness(100);
  expect(lateness.summary()).toEqual({ p50: 0, p99: 0, max: 0 });
  for (let tick = 100; tick >= 1; tick--) lateness.add(tick);
  expect(lateness.summary()).toEqual({ p50: 50, p99: 99, max: 100 });
  expect(lateness.summary(10)).toEqual({ p50: 5, p99: 10, max: 10 });
  expect(lateness.summary(0)).toEqual({ p50: 0, p99: 0, max: 0 });
});

test("loss: what is missing up to the newest", () => {
  expect(lossOf([])).toBeUndefined();
  expect(lossOf([[0, 0]])).toBeUndefined();
  expect(
    lossOf([
      [9, 10],
      [10, 10],
    ]),
  ).toBeCloseTo(0.05);
});

describe("a verdict", () => {
  const match = { seconds: 1, bots: 2, hz: 100, messageBytes: 256 };
  const library = { kind: "gns", path: "library", version: "1" } as const;
  const late = { p50: 0, p99: 0, max: 0 };
  const bots: State = {
    at: 0,
    connections: 2,
    traffic: { sent: 210, received: 190, reliableSent: 10, reliableReceived: 8, corrupt: 0 },
    loss: 0,
    problems: [],
  };
  const server: ServerState = {
    ...bots,
    library,
    address: "127.0.0.1:1",
    openToListeningMilliseconds: 1,
    ticks: 100,
    seconds: 1,
    lateness: late,
    traffic: { sent: 208, received: 200, reliableSent: 8, reliableReceived: 10, corrupt: 0 },
    pingMilliseconds: 0,
    cpuPercent: 1,
  };

  test("is ok when only unreliable messages were lost", () => {
    expect(judge(match, { server, bots }, [])).toMatchObject({
      ok: true,
      server: { connections: 2, ticks: 100, hz: 100 },
      messages: { to_server: { sent: 210, received: 200 }, to_bots: { sent: 208, received: 190 }, corrupt: 0 },
      problems: [],
    });
  });

  const altered = <T extends State>(state: T, traffic: Partial<State["traffic"]>): T => ({
    ...state,
    traffic: { ...state.traffic, ...traffic },
  });

  test.each([
    { why: "1 messages were not", server: altered(server, { corrupt: 1 }), bots },
    { why: "1 messages were not", server, bots: altered(bots, { corrupt: 1 }) },
    { why: "reliable messages to the server 9 arrived", server: altered(server, { reliableReceived: 9 }), bots },
    { why: "reliable messages to the bots 7 arrived", server, bots: altered(bots, { reliableReceived: 7 }) },
    { why: "Only 1 of 2 bots connected", server: { ...server, connections: 1 }, bots },
    { why: "Only 1 of 2 bots connected", server, bots: { ...bots, connections: 1 } },
    { why: "Bot 1 stumbled", server: { ...server, problems: ["Bot 1 stumbled"] }, bots },
  ])("is not ok: $why", ({ why, server, bots }) => {
    const { ok, problems } = judge(match, { server, bots }, []);
    expect(ok).toBe(false);
    expect(problems).toEqual([expect.stringContaining(why)]);
  });

  test("is not ok when a process failed, or none was there", () => {
    expect(judge(match, { server, bots }, ["The server process crashed"])).toMatchObject({
      ok: false,
      problems: ["The server process crashed"],
    });
    expect(judge(match, {}, ["There is no library"])).toMatchObject({ ok: false, library: null });
  });
});
