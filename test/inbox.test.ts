/**
 * Inboxes: what is received is what was sent, and nothing of it can be looked at when it is gone.
 *
 * - Payloads of every size are there byte for byte, in each mode, however small the arena is, from a connection and from
 *   a poll group, in memory (out of slots, too) and over UDP; bytes, text and views agree.
 * - Every accessor tells what the array form of the same call tells. No index but 0 to count - 1 is taken.
 * - `release`, the next receive, `close`, the end of the network and the collector give everything back. Views that were
 *   made for single messages are dead then, whoever still has them; one that can't be ended, because its buffer was
 *   transferred away or is in use, keeps its memory for good, and is told.
 * - An inbox takes up to its size, or what is asked for; unknown handles, a closed inbox and a closed network are told
 *   and leave what is right.
 * - An inbox serves one network after the other, and those of two libraries.
 * - Slots that an inbox holds can be read when their pool has been closed.
 */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ClosedError,
  HandleError,
  Inbox,
  MessagePool,
  NetworkingError,
  Outbox,
  SendFlags,
  type ConnectionHandle,
  type InboxMode,
  type Networking,
  type PollGroupHandle,
} from "../lib/index.ts";
import type { TwoLibrariesReports } from "./peers/two-libraries.ts";
import { exchangeOptions } from "./support/exchange.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { Peer } from "./support/peer.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { allBack, collectUntil, pushFilled } from "./support/slots.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { Reliable, Unreliable } = SendFlags;
const modes = ["auto", "copy", "view"] as const satisfies InboxMode[];
const large = 512 * 1024;

/** Sizes, and whether they are sent reliably. */
const sizes: readonly (readonly [byteLength: number, flags: number])[] = [
  [0, Reliable],
  [1, Reliable],
  [0, Unreliable],
  [7, Unreliable],
  [1200, Reliable],
  [1201, Unreliable],
  [16_384, Reliable],
  [16_385, Reliable],
  [16_500, Unreliable],
  [16_501, Unreliable],
  [large, Reliable],
  [0, Reliable],
];

/** Receives so many messages into an inbox, in as many batches as it takes, and visits each. */
async function receiveInto(
  net: Networking,
  inbox: Inbox,
  source: () => number,
  wanted: number,
  visit: (i: number, at: number) => void,
): Promise<void> {
  let received = 0;
  await pumpUntil(net, `${wanted} messages had come`, () => {
    const count = source();
    expect(count).toBe(inbox.count);
    for (let i = 0; i < count; i++) visit(i, received++);
    return received >= wanted;
  });
  expect(received).toBe(wanted);
  expect(source()).toBe(0);
}

/** The payload as it is seen through the view. */
function seen(inbox: Inbox, i: number): Uint8Array {
  const view = inbox.view(i);
  return new Uint8Array(view.buffer, view.byteOffset + inbox.offset(i), inbox.length(i)).slice();
}

/** A network and two ends of a pair in memory, with a message that the inbox holds: it is too large to be copied. */
function holding(inbox: Inbox, net = openNetworking(), byteLength = 20_000) {
  const { connection1, connection2 } = net.sockets.createSocketPair();
  net.sockets.sendMessageToConnection(connection1, noise(7, byteLength), Reliable);
  expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(1);
  return { net, from: connection1, to: connection2, [Symbol.dispose]: () => net.close() };
}

function expectDead(view: DataView): void {
  expect(() => view.getUint8(0)).toThrow(TypeError);
  expect((view.buffer as ArrayBuffer).detached).toBe(true);
}

describe.each(modes)("contents in mode %s", (mode) => {
  describe.each(["connection", "poll group"] as const)("from a %s", (kind) => {
    async function sourceOf(net: Networking, connection: ConnectionHandle, inbox: Inbox): Promise<() => number> {
      if (kind === "connection") return () => net.sockets.receiveMessagesOnConnection(connection, inbox);
      const group = net.sockets.createPollGroup();
      net.sockets.setConnectionPollGroup(connection, group);
      return () => net.sockets.receiveMessagesOnPollGroup(group, inbox);
    }

    test.each([
      { where: "in memory", bytes: 4 << 20, messages: 1024 },
      { where: "in memory, without an arena", bytes: 0, messages: 1024 },
      { where: "in memory, with a tiny arena", bytes: 9, messages: 3 },
      { where: "over UDP", bytes: 4 << 20, messages: 1024 },
      { where: "over UDP, with an arena of 20 KB", bytes: 20_000, messages: 2 },
    ])("$where", async ({ where, bytes, messages }) => {
      using net = openNetworking();
      using inbox = new Inbox({ mode, bytes, messages });
      using pool = new MessagePool({ slots: sizes.length, slotBytes: large });
      using outbox = new Outbox(pool);
      const overUDP = where.startsWith("over UDP");
      const { server, client } = overUDP
        ? await connectOverUDP(net, { options: exchangeOptions })
        : ((pair) => ({ client: pair.connection1, server: pair.connection2 }))(net.sockets.createSocketPair());
      const source = await sourceOf(net, server, inbox);
      for (const fromSlots of [false, true]) {
        const contents = sizes.map(([byteLength], at) => noise(at, byteLength));
        if (fromSlots) {
          contents.forEach((content, at) => pushFilled(pool, outbox, client, content, sizes[at]![1]));
          expect(net.sockets.sendMessages(outbox)).toBe(sizes.length);
        } else {
          const messages = contents.map((data, at) => ({ connection: client, data, flags: sizes[at]![1] }));
          expect(Math.min(...net.sockets.sendMessages(messages))).toBeGreaterThan(0);
        }
        const left = new Set(sizes.keys());
        await receiveInto(net, inbox, source, sizes.length, (i, position) => {
          // Over UDP unreliable ones overtake and are overtaken.
          const at = overUDP ? inbox.messageNumber(i) - 1 - (fromSlots ? sizes.length : 0) : position;
          const content = contents[at]!;
          expect(left.delete(at)).toBe(true);
          expect(inbox.length(i)).toBe(content.length);
          expect(sameBytes(inbox.bytes(i), content)).toBe(true);
          expect(sameBytes(seen(inbox, i), content)).toBe(true);
          expect(sameBytes(inbox.bytes(i), content)).toBe(true);
          const [byteLength, flags] = sizes[at]!;
          expect(inbox.flags(i)).toBe(overUDP && byteLength > 16_500 ? Reliable : flags);
        });
        expect(left.size).toBe(0);
      }
      await allBack(net, pool);
    });
  });

  test("an arena that is just large enough, and one that is not", () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    // Payloads begin at multiples of 8.
    for (const bytes of [0, 1, 7, 8, 15, 16, 23, 24, 25, 31, 32]) {
      using inbox = new Inbox({ mode, bytes });
      const contents = [noise(1, 8), noise(2, 1), noise(3, 0), noise(4, 7), noise(5, 0)];
      net.sockets.sendMessages(contents, connection1, Reliable);
      expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(5);
      contents.forEach((content, i) => {
        expect(seen(inbox, i)).toEqual(content);
        expect(inbox.bytes(i)).toEqual(content);
      });
    }
  });

  test("text", () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using inbox = new Inbox({ mode, bytes: 64 });
    const texts = ["", "a", "grüße 🎮", "ü".repeat(10_000), "\0", "\u{feff}marked"];
    net.sockets.sendMessages(texts, connection1, Reliable);
    expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(texts.length);
    expect(texts.map((_, i) => inbox.text(i))).toEqual(texts);
  });
});

test("every accessor tells what the array form tells", async () => {
  using net = openNetworking();
  const { sockets, utils } = net;
  const udp = await connectOverUDP(net);
  const named = sockets.createSocketPair(false, "str:alice", "str:bob");
  const unnamed = sockets.createSocketPair();
  sockets.configureConnectionLanes(udp.client, 2);
  sockets.setConnectionUserData(named.connection2, Number.MAX_SAFE_INTEGER);
  sockets.setConnectionUserData(unnamed.connection2, -(2n ** 63n));
  const group = sockets.createPollGroup();
  const ends = [
    [udp.client, udp.server],
    [named.connection1, named.connection2],
    [unnamed.connection1, unnamed.connection2],
  ] as const;
  for (const [, end] of ends) sockets.setConnectionPollGroup(end, group);
  const send = () =>
    sockets.sendMessages([
      { connection: udp.client, data: "over UDP", flags: SendFlags.ReliableNoNagle, lane: 1 },
      { connection: udp.client, data: "unreliable", flags: SendFlags.UnreliableNoNagle },
      { connection: named.connection1, data: "named", flags: SendFlags.ReliableNoNagle },
      { connection: unnamed.connection1, data: "unnamed", flags: SendFlags.UnreliableNoDelay },
      { connection: named.connection1, data: "once more", flags: Unreliable },
    ]);
  const start = utils.getLocalTimestamp();

  send();
  const told: Record<string, unknown>[] = [];
  await pumpUntil(net, "the array form had all", () => {
    for (const { receiverUserData, payload, size, ...message } of sockets.receiveMessagesOnPollGroup(group)) {
      told.push({ ...message, userData: receiverUserData, length: size, bytes: payload });
    }
    return told.length === 5;
  });
  send();
  using inbox = new Inbox();
  const seenHere: Record<string, unknown>[] = [];
  const bigints: bigint[] = [];
  await receiveInto(
    net,
    inbox,
    () => sockets.receiveMessagesOnPollGroup(group, inbox),
    5,
    (i) => {
      const { bytes, connection, identity, timeReceived, messageNumber, channel, flags, lane, userData, length } = {
        bytes: inbox.bytes(i),
        connection: inbox.connection(i),
        identity: inbox.identity(i),
        timeReceived: inbox.timeReceived(i),
        messageNumber: inbox.messageNumber(i),
        channel: inbox.channel(i),
        flags: inbox.flags(i),
        lane: inbox.lane(i),
        userData: inbox.userData(i),
        length: inbox.length(i),
      };
      seenHere.push({
        bytes,
        connection,
        identity,
        timeReceived,
        messageNumber,
        channel,
        flags,
        lane,
        userData,
        length,
      });
      if (connection === unnamed.connection2) bigints.push(inbox.userDataBigInt(i));
    },
  );
  const now = utils.getLocalTimestamp();
  const byContent = (messages: Record<string, unknown>[]) =>
    new Map(messages.map((message) => [Buffer.from(message["bytes"] as Uint8Array).toString(), message]));
  const [before, after] = [byContent(told), byContent(seenHere)];
  expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [text, message] of after) {
    const earlier = before.get(text)!;
    const time = Number(message["timeReceived"]);
    expect(time).toBeGreaterThanOrEqual(Number(earlier["timeReceived"]));
    expect(Number(earlier["timeReceived"])).toBeGreaterThanOrEqual(start);
    expect(now).toBeGreaterThanOrEqual(time);
    expect(message["messageNumber"]).toBeGreaterThan(Number(earlier["messageNumber"]));
    const { timeReceived: _, messageNumber: __, ...rest } = message;
    expect(earlier).toMatchObject(rest);
  }
  expect(after.get("named")).toMatchObject({
    identity: "str:bob",
    userData: Number.MAX_SAFE_INTEGER,
    flags: Reliable,
  });
  expect(after.get("once more")).toMatchObject({ connection: named.connection2, flags: Unreliable, lane: 0 });
  expect(after.get("over UDP")).toMatchObject({ userData: -1, lane: 1, channel: -1, length: 8 });
  expect(after.get("unnamed")).toMatchObject({ userData: -(2 ** 63) });
  expect(bigints).toEqual([-(2n ** 63n)]);
});

test.each([0, -1, 1, 2 ** 32, -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1])("user data %d", (data) => {
  using net = openNetworking();
  const { connection1, connection2 } = net.sockets.createSocketPair();
  net.sockets.setConnectionUserData(connection2, data);
  net.sockets.sendMessageToConnection(connection1, "a", Reliable);
  using inbox = new Inbox();
  net.sockets.receiveMessagesOnConnection(connection2, inbox);
  expect([inbox.userData(0), inbox.userDataBigInt(0)]).toEqual([data, BigInt(data)]);
});

test("no index but those of messages is taken", () => {
  using net = openNetworking();
  const { connection1, connection2 } = net.sockets.createSocketPair();
  using inbox = new Inbox({ messages: 4 });
  const accessors = {
    connection: (i: number) => inbox.connection(i),
    userData: (i: number) => inbox.userData(i),
    userDataBigInt: (i: number) => inbox.userDataBigInt(i),
    length: (i: number) => inbox.length(i),
    lane: (i: number) => inbox.lane(i),
    channel: (i: number) => inbox.channel(i),
    flags: (i: number) => inbox.flags(i),
    messageNumber: (i: number) => inbox.messageNumber(i),
    timeReceived: (i: number) => inbox.timeReceived(i),
    identity: (i: number) => inbox.identity(i),
    view: (i: number) => inbox.view(i),
    offset: (i: number) => inbox.offset(i),
    bytes: (i: number) => inbox.bytes(i),
    text: (i: number) => inbox.text(i),
  };
  for (const count of [0, 2, 4, 0]) {
    net.sockets.sendMessages(Array<string>(count).fill("a"), connection1, Reliable);
    expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(count);
    for (const accessor of Object.values(accessors)) {
      for (let i = 0; i < count; i++) expect(accessor(i)).toBeDefined();
      for (const wrong of [count, -1, 4, 0.5, count - 0.5, Number.NaN, 2 ** 31, 2 ** 32, 2 ** 53, -Infinity]) {
        expectRefusal(() => accessor(wrong), RangeError, /the index of a message must be an integer from 0/);
      }
      for (const wrong of [undefined, null, "0", true, [], {}]) {
        expectRefusal(() => accessor(untyped<number>(wrong)), TypeError, /the index of a message must be a number/);
      }
      expect(() => accessor(untyped<number>(0n))).toThrow(TypeError);
    }
  }
});

describe("what is held is given back", () => {
  const ends: Record<string, (inbox: Inbox, at: ReturnType<typeof holding>) => unknown> = {
    release: (inbox) => inbox.release(),
    close: (inbox) => inbox.close(),
    "the next receive": (inbox, { net, to }) => net.sockets.receiveMessagesOnConnection(to, inbox),
    "a receive that asks for nothing": (inbox, { net, to }) => net.sockets.receiveMessagesOnConnection(to, inbox, 0),
    "a receive from nowhere": (inbox, { net }) =>
      expect(() => net.sockets.receiveMessagesOnConnection(12345 as ConnectionHandle, inbox)).toThrow(HandleError),
    "the end of the network": (_inbox, { net }) => net.close(),
  };

  describe.each(Object.entries(ends))("by %s", (_name, end) => {
    test.each(modes)("in mode %s", async (mode) => {
      using inbox = new Inbox({ mode });
      using at = holding(inbox);
      const view = inbox.view(0);
      expect(seen(inbox, 0)).toEqual(noise(7, 20_000));
      await end(inbox, at);
      expect(inbox.count).toBe(0);
      expectRefusal(() => inbox.view(0), RangeError, /the index of a message/);
      if (mode === "auto") expectDead(view);
      // Memory of its own, which a copy is.
      if (mode === "copy") expect(view.getUint8(0)).toBe(noise(7, 20_000)[0]!);
    });

    test.each(modes)("slots, in mode %s", async (mode) => {
      using inbox = new Inbox({ mode, bytes: 0 });
      using net = openNetworking();
      using pool = new MessagePool({ slots: 3, slotBytes: 20_000 });
      using outbox = new Outbox(pool);
      const { connection1, connection2 } = net.sockets.createSocketPair();
      for (const seed of [1, 2, 3]) pushFilled(pool, outbox, connection1, noise(seed, 20_000), Reliable);
      net.sockets.sendMessages(outbox);
      expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(3);
      expect([0, 1, 2].map((i) => seen(inbox, i))).toEqual([1, 2, 3].map((seed) => noise(seed, 20_000)));
      expect([pool.inFlight, pool.take()]).toEqual([3, -1]);
      await end(inbox, { net, from: connection1, to: connection2, [Symbol.dispose]: () => {} });
      expect([inbox.count, pool.inFlight, pool.available]).toEqual([0, 0, 3]);
    });
  });

  test("by the collector, and kept views are dead", async () => {
    using net = openNetworking();
    using pool = new MessagePool({ slots: 20, slotBytes: 100 });
    using outbox = new Outbox(pool);
    const views: DataView[] = [];
    const drop = () => {
      for (let count = 0; count < 20; count++) {
        const inbox = new Inbox({ messages: 4, bytes: 0 });
        const { connection1, connection2 } = net.sockets.createSocketPair();
        net.sockets.sendMessageToConnection(connection1, noise(count, 20_000), Reliable);
        pushFilled(pool, outbox, connection1, noise(count, 100), Reliable);
        net.sockets.sendMessages(outbox);
        expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(2);
        views.push(inbox.view(0));
        expect(inbox.view(1)).toBe(pool.view);
      }
    };
    drop();
    expect(pool.inFlight).toBe(20);
    const alive = () => views.filter(({ buffer }) => !(buffer as ArrayBuffer).detached);
    // The collector looks for addresses on the stack, and may find an old one.
    await collectUntil("the inboxes were collected", () => pool.inFlight <= 2);
    expect(alive()).toHaveLength(pool.inFlight);
    for (const view of alive()) expect(view.byteLength).toBe(20_000);
  });

  test("again and again, with views that are made and kept", () => {
    using inbox = new Inbox({ bytes: 64 });
    using at = holding(inbox);
    const kept: DataView[] = [];
    for (let round = 0; round < 300; round++) {
      at.net.sockets.sendMessages([noise(round, 17_000), noise(round, 10), noise(round, 100)], at.from, Reliable);
      expect(at.net.sockets.receiveMessagesOnConnection(at.to, inbox)).toBe(3);
      for (const view of kept.splice(0)) expectDead(view);
      for (const i of [2, 0, 1, 0, 2]) expect(seen(inbox, i).length).toBe([17_000, 10, 100][i]!);
      expect(inbox.view(0)).toBe(inbox.view(0));
      kept.push(inbox.view(0), inbox.view(2));
      if (round % 50 === 0) Bun.gc(true);
    }
  });
});

describe("a view that can't be ended", () => {
  const told =
    /The buffers of 1 views .* transferred away, or are in use by something asynchronous.*copy what you keep/;

  test("was transferred away: its memory stays readable, and the others are given back", async () => {
    using net = openNetworking();
    using pool = new MessagePool({ slots: 2, slotBytes: 100 });
    using outbox = new Outbox(pool);
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const inbox = new Inbox();
    for (const end of ["release", "receive", "close"] as const) {
      net.sockets.sendMessages([noise(1, 30_000), noise(2, 40_000)], connection1, Reliable);
      pushFilled(pool, outbox, connection1, noise(3, 100), Reliable);
      net.sockets.sendMessages(outbox);
      expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(3);
      const moved = (inbox.view(0).buffer as ArrayBuffer).transfer();
      const other = inbox.view(1);
      const action = {
        release: () => inbox.release(),
        receive: () => net.sockets.receiveMessagesOnConnection(connection2, inbox),
        close: () => inbox.close(),
      }[end];
      expectRefusal(action, NetworkingError, told);
      expectDead(other);
      expect(pool.inFlight).toBe(0);
      // Who would get the memory if it had gone.
      for (let count = 0; count < 50; count++) {
        net.sockets.sendMessageToConnection(connection1, new Uint8Array(30_000), Reliable);
      }
      net.sockets.receiveMessagesOnConnection(connection2);
      expect(new Uint8Array(moved)).toEqual(noise(1, 30_000));
      expect(() => inbox.release()).not.toThrow();
    }
    expectRefusal(() => net.sockets.receiveMessagesOnConnection(connection2, inbox), ClosedError, /inbox was closed/);
  });

  test("is being written to a file", async () => {
    using inbox = new Inbox();
    using at = holding(inbox);
    const folder = mkdtempSync(join(tmpdir(), "steam-sockets-"));
    try {
      const file = join(folder, "payload");
      const view = inbox.view(0);
      const written = writeFile(file, view);
      let lost = false;
      try {
        inbox.release();
      } catch (error) {
        expect(error).toBeInstanceOf(NetworkingError);
        lost = true;
      }
      for (let count = 0; count < 50; count++) {
        at.net.sockets.sendMessageToConnection(at.from, new Uint8Array(20_000), Reliable);
      }
      await written;
      // Either it was ended, or its memory is what it was.
      if (lost) expect(new Uint8Array(view.buffer, 0, 20_000)).toEqual(noise(7, 20_000));
      else expectDead(view);
      if (lost) expect(new Uint8Array(await Bun.file(file).arrayBuffer())).toEqual(noise(7, 20_000));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("does not keep the network from closing, nor other inboxes from giving back", () => {
    using one = new Inbox();
    using two = new Inbox();
    using three = new Inbox();
    const net = openNetworking();
    const inboxes = [one, two, three];
    for (const inbox of inboxes) holding(inbox, net);
    const views = inboxes.map((inbox) => inbox.view(0));
    const moved = (views[0]!.buffer as ArrayBuffer).transfer();
    expectRefusal(() => net.close(), NetworkingError, told);
    expect(net.isOpen).toBe(false);
    for (const view of views.slice(1)) expectDead(view);
    expect(inboxes.map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(new Uint8Array(moved)).toEqual(noise(7, 20_000));
    using next = openNetworking();
    for (const inbox of inboxes) {
      holding(inbox, next);
      expect(inbox.bytes(0)).toEqual(noise(7, 20_000));
    }
  });
});

describe("an inbox", () => {
  test("takes what it has room for, or what is asked for", () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const group = net.sockets.createPollGroup();
    net.sockets.setConnectionPollGroup(connection2, group);
    using inbox = new Inbox({ messages: 300 });
    expect(inbox.messages).toBe(300);
    const texts = Array.from({ length: 1000 }, (_, at) => String(at));
    net.sockets.sendMessages(texts, connection1, Reliable);
    const received: string[] = [];
    const take = (count: number) => {
      for (let i = 0; i < count; i++) received.push(inbox.text(i));
      return count;
    };
    const { sockets } = net;
    expect(take(sockets.receiveMessagesOnConnection(connection2, inbox))).toBe(300);
    expect(take(sockets.receiveMessagesOnConnection(connection2, inbox, 1000))).toBe(300);
    expect(take(sockets.receiveMessagesOnPollGroup(group, inbox, 1))).toBe(1);
    expect(take(sockets.receiveMessagesOnPollGroup(group, inbox, 0))).toBe(0);
    expect(take(sockets.receiveMessagesOnConnection(connection2, inbox, 256))).toBe(256);
    expect(take(sockets.receiveMessagesOnPollGroup(group, inbox))).toBe(143);
    expect(received).toEqual(texts);
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 31]) {
      expectRefusal(
        () => sockets.receiveMessagesOnConnection(connection2, inbox, wrong),
        RangeError,
        /the most messages/,
      );
    }
    const noNumber = untyped<number>("1");
    expectRefusal(() => sockets.receiveMessagesOnPollGroup(group, inbox, noNumber), TypeError, /the most messages/);
  });

  test("of 65,536 messages takes them all at once", () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using inbox = new Inbox({ messages: 65_536, bytes: 65_536 * 8 });
    using pool = new MessagePool({ slots: 1, slotBytes: 8 });
    using outbox = new Outbox(pool, { messages: 40_000, copyBytes: 40_000 });
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 33_000; at++) outbox.pushCopy(connection1, Uint8Array.of(at), Unreliable);
      expect(net.sockets.sendMessages(outbox)).toBe(33_000);
    }
    expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(65_536);
    let wrong = 0;
    for (let i = 0; i < 65_536; i++) if (inbox.view(i).getUint8(inbox.offset(i)) !== (i % 33_000) % 256) wrong++;
    expect(wrong).toBe(0);
    expect(inbox.messageNumber(65_535)).toBe(65_536);
    expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(66_000 - 65_536);
  });

  test("tells of handles that are none", () => {
    using inbox = new Inbox();
    using at = holding(inbox);
    const { sockets } = at.net;
    const nowhere = 12345;
    expectRefusal(
      () => sockets.receiveMessagesOnPollGroup(nowhere as PollGroupHandle, inbox),
      HandleError,
      /12345 is no open poll group/,
    );
    expect(inbox.count).toBe(0);
    for (const wrong of [-1, 0.5, 2 ** 32]) {
      const handle = wrong as ConnectionHandle;
      expectRefusal(() => sockets.receiveMessagesOnConnection(handle, inbox), RangeError, /connection must be/);
    }
    for (const wrong of [null, {}, "inbox"]) {
      expectRefusal(
        () => sockets.receiveMessagesOnConnection(at.to, untyped<Inbox>(wrong)),
        TypeError,
        /the most messages must be a number/,
      );
    }
  });

  test("that was closed is told, and closing twice does nothing", () => {
    const inbox = new Inbox();
    using at = holding(inbox);
    for (let time = 0; time < 2; time++) {
      inbox.close();
      expect(inbox.count).toBe(0);
      inbox.release();
      expectRefusal(
        () => at.net.sockets.receiveMessagesOnConnection(at.to, inbox),
        ClosedError,
        /This inbox was closed/,
      );
    }
    inbox[Symbol.dispose]();
    new Inbox().close();
  });

  test("of bad options is refused", () => {
    for (const wrong of [0, -1, 0.5, Number.NaN, 65_537]) {
      expectRefusal(() => new Inbox({ messages: wrong }), RangeError, /messages must be an integer from 1 to 65536/);
    }
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 30 + 1]) {
      expectRefusal(() => new Inbox({ bytes: wrong }), RangeError, /bytes must be an integer from 0 to/);
    }
    for (const wrong of ["", "AUTO", "toString", null, 1]) {
      const mode = untyped<InboxMode>(wrong);
      expectRefusal(() => new Inbox({ mode }), TypeError, /mode must be "auto", "copy" or "view", not/);
    }
  });

  test.each(modes)("serves one network after the other, in mode %s", (mode) => {
    using inbox = new Inbox({ mode, bytes: 1000 });
    for (let time = 0; time < 3; time++) {
      using at = holding(inbox);
      at.net.sockets.sendMessageToConnection(at.from, "small", Reliable);
      expect(inbox.bytes(0)).toEqual(noise(7, 20_000));
      expect(at.net.sockets.receiveMessagesOnConnection(at.to, inbox)).toBe(1);
      expect([inbox.text(0), inbox.identity(0)]).toEqual(["small", "ip:::1"]);
      at.net.close();
      expect(inbox.count).toBe(0);
      inbox.release();
      expectRefusal(() => at.net.sockets.receiveMessagesOnConnection(at.to, inbox), ClosedError, /network was closed/);
      expectRefusal(() => inbox.identity(0), RangeError, /index of a message/);
    }
  });

  test("keeps what it has when another opening of the network ends, or is used after its end", () => {
    using inbox = new Inbox();
    const first = openNetworking();
    using second = openNetworking();
    using at = holding(inbox, first);
    const view = inbox.view(0);
    first.close();
    expect([inbox.count, view.getUint8(0)]).toEqual([1, noise(7, 20_000)[0]!]);
    expect(inbox.identity(0)).toBe("ip:::1");
    expect(() => first.sockets.receiveMessagesOnConnection(at.to, inbox)).toThrow(ClosedError);
    second.close();
    expect(inbox.count).toBe(0);
    expectDead(view);
  });

  test("serves two libraries", async () => {
    await using peer = new Peer<TwoLibrariesReports, object>("two-libraries");
    expect(await peer.report("done")).toEqual([
      "the other library's end: 1 and 0 messages, views true and false",
      "what is held of ours: true",
      "received from the other: other, views false and false",
      "pools numbered alike: true, own views true and true",
      "one of two was closed: own view true",
      "our library's end: other",
      "the other library's second end: 0 messages",
      "NetworkingError: The pool belongs to another library than this network",
    ]);
    expect(await peer.exit()).toBe(0);
  });
});

describe.each(modes)("slots of a pool that is closed, in mode %s", (mode) => {
  test.each(["before they are received", "before they are looked at", "after they were looked at"])(
    "%s",
    async (when) => {
      using net = openNetworking();
      using inbox = new Inbox({ mode });
      const { connection1, connection2 } = net.sockets.createSocketPair();
      const send = () => {
        const pool = new MessagePool({ slots: 4, slotBytes: 20_000 });
        const outbox = new Outbox(pool);
        for (const byteLength of [10, 20_000, 0]) {
          pushFilled(pool, outbox, connection1, noise(byteLength, byteLength), Reliable);
        }
        net.sockets.sendMessages(outbox);
        if (when.includes("received")) pool.close();
        expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(3);
        if (when.startsWith("after")) expect(seen(inbox, 0)).toEqual(noise(10, 10));
        pool.close();
      };
      send();
      for (let time = 0; time < 3; time++) Bun.gc(true);
      [10, 20_000, 0].forEach((byteLength, i) => {
        expect(seen(inbox, i)).toEqual(noise(byteLength, byteLength));
        expect(inbox.bytes(i)).toEqual(noise(byteLength, byteLength));
      });
      inbox.release();
    },
  );
});
