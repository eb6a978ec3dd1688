/**
 * Outboxes: many messages with one native call, and who has their slots.
 *
 * - push, pushCopy and broadcast answer the index of the entry, or -1 when there is no room, and then nothing has
 *   changed: a slot is still the caller's, and of a broadcast all or none is there.
 * - After sending, each entry has its message's number, the negative Result of its failure, or 0: not tried, because
 *   one to the same connection had failed, however far ahead; messages to other connections go on. The results last
 *   until the next push.
 * - A slot of a message that failed goes back to the pool, or stays with the caller under its number; a broadcast's
 *   always goes back. A broadcast's slot comes back once, and only after the last of its messages is done with.
 * - Copies are what the data was at the time: text, views of all kinds, shared memory, nothing at all.
 * - Bad arguments, and arguments that do things when they are looked at, are refused before anything has changed.
 * - `clear` and `close` give back what waits. A closed outbox, pool or network is told.
 */
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  Inbox,
  MessagePool,
  NetworkingError,
  Outbox,
  Result,
  SendFlags,
  SlotError,
  type ConnectionHandle,
  type MessageData,
  type Networking,
  type OutboxOptions,
} from "../lib/index.ts";
import { noise } from "./support/noise.ts";
import { numbers } from "./support/numbers.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { receiveMessages } from "./support/receive.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { allBack, filledSlot, pushFilled } from "./support/slots.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { InvalidParam } = Result;
const { Reliable, Unreliable } = SendFlags;
const nowhere = 12345 as ConnectionHandle;
const decoder = new TextDecoder();

function resultsOf(outbox: Outbox, count: number): number[] {
  return numbers(count).map((index) => outbox.result(index));
}

async function payloadsOf(net: Networking, connection: ConnectionHandle, count: number): Promise<Uint8Array[]> {
  return (await receiveMessages(net, connection, count)).map(({ payload }) => payload);
}

async function textsOf(net: Networking, connection: ConnectionHandle, count: number): Promise<string[]> {
  return (await payloadsOf(net, connection, count)).map((payload) => decoder.decode(payload));
}

/** A network, two ends of a pair in memory, a pool and an outbox. */
function setUp(options: OutboxOptions = {}, slots = 16, slotBytes = 100) {
  const net = openNetworking();
  const { connection1: from, connection2: to } = net.sockets.createSocketPair();
  const pool = new MessagePool({ slots, slotBytes });
  const outbox = new Outbox(pool, options);
  return {
    net,
    from,
    to,
    pool,
    outbox,
    say: (text: string, connection = from) => pushFilled(pool, outbox, connection, Buffer.from(text), Reliable),
    send: () => net.sockets.sendMessages(outbox),
    [Symbol.dispose]() {
      outbox.close();
      pool.close();
      net.close();
    },
  };
}

describe("what waits", () => {
  test("goes out in order with one call, and leaves the outbox empty", async () => {
    using it = setUp();
    const { from, outbox, say } = it;
    expect([say("a"), say("b"), outbox.pushCopy(from, "c", Reliable)]).toEqual([0, 1, 2]);
    expect(outbox.broadcast([from, from], filledSlot(it.pool, Buffer.from("d")), 1, Reliable)).toBe(3);
    expect([say("e"), outbox.count]).toEqual([5, 6]);
    expect(it.send()).toBe(6);
    expect(outbox.count).toBe(0);
    expect(resultsOf(outbox, 6)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await textsOf(it.net, it.to, 6)).toEqual(["a", "b", "c", "d", "d", "e"]);
    expect(it.send()).toBe(0);
    expect(say("f")).toBe(0);
    expect(it.send()).toBe(1);
    expect(outbox.result(0)).toBe(7);
    expect(await textsOf(it.net, it.to, 1)).toEqual(["f"]);
    await allBack(it.net, it.pool);
  });

  test("is told to be too much", () => {
    using it = setUp({ messages: 4, copyBytes: 10 });
    const { from, outbox, pool, say } = it;
    expect([say("a"), say("b"), say("c"), say("d")]).toEqual([0, 1, 2, 3]);
    const slot = filledSlot(pool, Buffer.from("e"));
    for (let time = 0; time < 2; time++) {
      expect(outbox.push(from, slot, 1, Reliable)).toBe(-1);
      expect(outbox.broadcast([from], slot, 1, Reliable)).toBe(-1);
      expect(outbox.pushCopy(from, "e", Reliable)).toBe(-1);
      expect(outbox.count).toBe(4);
    }
    expect(pool.offset(slot)).toBeGreaterThanOrEqual(0);
    expect(it.send()).toBe(4);
    expect(outbox.push(from, slot, 1, Reliable)).toBe(0);
    expect([outbox.pushCopy(from, "12345678", Reliable), outbox.pushCopy(from, "901", Reliable)]).toEqual([1, -1]);
    expect([outbox.pushCopy(from, "90", Reliable), outbox.pushCopy(from, "", Reliable)]).toEqual([2, 3]);
    expect(it.send()).toBe(4);
  });

  test("has room for all of a broadcast, or takes none", () => {
    using it = setUp({ messages: 4 });
    const { from, to, outbox, pool, say } = it;
    const slot = filledSlot(pool, Buffer.from("a"));
    say("b");
    say("c");
    expect(outbox.broadcast([from, to, from], slot, 1, Reliable)).toBe(-1);
    expect(outbox.count).toBe(2);
    expect(outbox.broadcast([from, to], slot, 1, Reliable)).toBe(2);
    expect([outbox.count, it.send(), ...resultsOf(outbox, 4)]).toEqual([4, 4, 1, 2, 3, 1]);
  });

  test("over lanes keeps the order of each lane", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.configureConnectionLanes(client, 3)).toBe(Result.OK);
    using pool = new MessagePool({ slots: 12, slotBytes: 8 });
    using outbox = new Outbox(pool);
    for (let number = 0; number < 12; number++) {
      const content = Buffer.from(String(number));
      const lane = number % 3;
      if (number % 2) outbox.pushCopy(client, content, Reliable, lane);
      else outbox.push(client, filledSlot(pool, content), content.length, Reliable, lane);
    }
    outbox.broadcast([client, client], filledSlot(pool, Buffer.from("12")), 2, Reliable, 1);
    outbox.pushCopy(client, "refused", Reliable, 3);
    outbox.pushCopy(client, "not tried", Reliable, 0);
    expect(net.sockets.sendMessages(outbox)).toBe(14);
    expect(resultsOf(outbox, 16)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, -InvalidParam, 0]);
    const messages = await receiveMessages(net, server, 14);
    const ofLane = (lane: number) =>
      messages.filter((message) => message.lane === lane).map(({ payload }) => decoder.decode(payload));
    expect(ofLane(0)).toEqual(["0", "3", "6", "9"]);
    expect(ofLane(1)).toEqual(["1", "4", "7", "10", "12", "12"]);
    expect(ofLane(2)).toEqual(["2", "5", "8", "11"]);
    await allBack(net, pool);
  });

  test("in two outboxes of one pool", async () => {
    using it = setUp();
    using other = new Outbox(it.pool, { onFailure: "keep" });
    it.say("a");
    const kept = filledSlot(it.pool, Buffer.from("b"));
    other.push(nowhere, kept, 1, Reliable);
    pushFilled(it.pool, other, it.from, Buffer.from("c"), Reliable);
    expectRefusal(() => it.outbox.push(it.from, kept, 1, Reliable), SlotError, /not yours any more/);
    it.say("d");
    expect([it.net.sockets.sendMessages(other), it.send()]).toEqual([1, 2]);
    expect([other.result(0), other.result(1), it.outbox.result(0), it.outbox.result(1)]).toEqual([
      -InvalidParam,
      1,
      2,
      3,
    ]);
    expect(it.outbox.push(it.from, kept, 1, Reliable)).toBe(0);
    it.send();
    expect(await textsOf(it.net, it.to, 4)).toEqual(["c", "a", "d", "b"]);
    await allBack(it.net, it.pool);
  });
});

describe("a result", () => {
  test("is known until the next push", () => {
    using it = setUp();
    const { from, outbox, pool, say } = it;
    const none = /the index of a result must be an integer from 0/;
    const expectNone = () => expectRefusal(() => outbox.result(0), RangeError, none);
    expectNone();
    say("a");
    expectNone();
    it.send();
    for (const wrong of [-1, 1, 0.5, Number.NaN, 2 ** 32]) expectRefusal(() => outbox.result(wrong), RangeError, none);
    expectRefusal(() => outbox.result(untyped<number>("0")), TypeError, /must be a number/);
    expect(() => outbox.push(from, -1, 0, 0)).toThrow(SlotError);
    outbox.broadcast([], pool.take(), 0, 0);
    expect(outbox.result(0)).toBe(1);
    say("b");
    expectNone();
    outbox.clear();
    expectNone();
    say("c");
    it.send();
    expect(outbox.result(0)).toBe(2);
    it.send();
    expectNone();
    say("d");
    it.send();
    outbox.close();
    expectNone();
  });

  test("of each message, across the parts in which a large batch is sent", async () => {
    const count = 2500;
    using it = setUp({ messages: 2 * count, onFailure: "keep" }, 2 * count, 8);
    const { outbox, pool } = it;
    const slots: number[] = [];
    const failing = 1000;
    const { connection1, connection2 } = it.net.sockets.createSocketPair();
    for (let number = 0; number < count; number++) {
      const content = Buffer.from(String(number));
      const slot = filledSlot(pool, content);
      // A lane that is not there.
      outbox.push(it.from, slot, content.length, Reliable, number === failing ? 9 : 0);
      pushFilled(pool, outbox, connection1, content, Reliable);
      slots.push(slot);
    }
    expect(it.send()).toBe(count + failing);
    const results = resultsOf(outbox, 2 * count);
    const untried = new Array<number>(count - failing - 1).fill(0);
    expect(results.filter((_, at) => at % 2 === 0)).toEqual([...numbers(failing, 1), -InvalidParam, ...untried]);
    expect(results.filter((_, at) => at % 2 === 1)).toEqual(numbers(count, 1));
    expect(await textsOf(it.net, it.to, failing)).toEqual(numbers(failing).map(String));
    expect(await textsOf(it.net, connection2, count)).toEqual(numbers(count).map(String));
    expect(pool.available).toBe(2 * count - (count - failing));
    for (const slot of slots.slice(0, failing)) expect(() => pool.offset(slot)).toThrow(SlotError);
    for (const slot of slots.slice(failing)) pool.free(slot);
    await allBack(it.net, pool);
  });
});

describe("a message that could not be sent", () => {
  test("gives its slot back", async () => {
    using it = setUp();
    const { outbox, pool } = it;
    const slot = filledSlot(pool, Buffer.from("a"));
    outbox.push(nowhere, slot, 1, Reliable);
    it.say("b", nowhere);
    it.say("c");
    expect([it.send(), ...resultsOf(outbox, 3)]).toEqual([1, -InvalidParam, 0, 1]);
    expect([pool.available, pool.inFlight]).toEqual([15, 1]);
    expect(() => pool.free(slot)).toThrow(SlotError);
    expect(await textsOf(it.net, it.to, 1)).toEqual(["c"]);
    await allBack(it.net, pool);
  });

  test("leaves its slot with the caller, where that is wanted", async () => {
    using it = setUp({ onFailure: "keep" });
    const { from, outbox, pool } = it;
    const slots = ["a", "b", "c", "d"].map((text) => filledSlot(pool, Buffer.from(text)));
    const [first, second, third, fourth] = slots as [number, number, number, number];
    for (let time = 0; time < 3; time++) {
      for (const slot of slots) outbox.push(nowhere, slot, 1, Reliable);
      expect(() => pool.free(first)).toThrow(SlotError);
      expect([it.send(), ...resultsOf(outbox, 4)]).toEqual([0, -InvalidParam, 0, 0, 0]);
      expect([pool.available, pool.inFlight]).toEqual([12, 0]);
      for (const slot of slots) expect(pool.bytes[pool.offset(slot)]).toBeGreaterThanOrEqual(97);
    }
    pool.free(first);
    expect(() => pool.free(first)).toThrow(SlotError);
    outbox.push(from, second, 1, Reliable);
    outbox.broadcast([from, from], third, 1, Reliable);
    outbox.push(nowhere, fourth, 1, Reliable);
    outbox.clear();
    expect(() => pool.free(fourth)).toThrow(SlotError);
    expect(pool.available).toBe(16);
    const again = filledSlot(pool, Buffer.from("e"));
    outbox.push(nowhere, again, 1, Reliable);
    it.send();
    outbox.push(from, again, 1, Reliable);
    expect(it.send()).toBe(1);
    expect(await textsOf(it.net, it.to, 1)).toEqual(["e"]);
    await allBack(it.net, pool);
  });

  test.each(["free", "keep"] as const)("gives a slot back that was broadcast: %s", async (onFailure) => {
    using it = setUp({ onFailure });
    const { from, to, outbox, pool } = it;
    const single = filledSlot(pool, Buffer.from("s"));
    outbox.push(nowhere, single, 1, Reliable);
    for (const connections of [[nowhere], [nowhere, nowhere], [nowhere, from], [from, nowhere, to], [from], []]) {
      const slot = filledSlot(pool, Buffer.from(`${connections.length}`));
      outbox.broadcast(connections, slot, 1, Reliable);
      expect(() => pool.offset(slot)).toThrow(SlotError);
    }
    expect(it.send()).toBe(4);
    expect(resultsOf(outbox, 10)).toEqual([-InvalidParam, 0, 0, 0, 0, 1, 2, 0, 1, 3]);
    if (onFailure === "keep") pool.free(single);
    expect(() => pool.free(single)).toThrow(SlotError);
    expect(await textsOf(it.net, to, 3)).toEqual(["2", "3", "1"]);
    expect(await textsOf(it.net, from, 1)).toEqual(["3"]);
    await allBack(it.net, pool);
  });
});

describe("a broadcast", () => {
  test("has one payload, which comes back once, after the last", () => {
    using it = setUp({}, 2);
    const { net, outbox, pool } = it;
    const pairs = numbers(20).map(() => net.sockets.createSocketPair());
    const content = noise(1, 100);
    const slot = filledSlot(pool, content);
    expect(
      outbox.broadcast(
        Uint32Array.from(pairs, ({ connection1 }) => connection1),
        slot,
        100,
        Reliable,
      ),
    ).toBe(0);
    expect([outbox.count, it.send(), pool.inFlight, pool.available]).toEqual([20, 20, 1, 1]);
    pairs.forEach(({ connection1, connection2 }, at) => {
      expect([pool.inFlight, pool.available]).toEqual([1, 1]);
      if (at % 3 === 0) {
        net.sockets.closeConnection(connection2);
        net.sockets.closeConnection(connection1);
      } else {
        const messages = net.sockets.receiveMessagesOnConnection(connection2);
        expect(messages.map(({ payload }) => payload)).toEqual([content]);
      }
    });
    expect([pool.inFlight, pool.available]).toEqual([0, 2]);
    const taken = [pool.take(), pool.take()];
    expect(pool.take()).toBe(-1);
    for (const each of taken) pool.free(each);
  });

  test("held by several inboxes comes back after the last of them", async () => {
    using it = setUp({}, 1);
    const { net, outbox, pool } = it;
    const other = net.sockets.createSocketPair();
    outbox.broadcast([it.from, other.connection1], filledSlot(pool, noise(1, 100)), 100, Reliable);
    it.send();
    using one = new Inbox();
    using two = new Inbox();
    expect(net.sockets.receiveMessagesOnConnection(it.to, one)).toBe(1);
    expect(net.sockets.receiveMessagesOnConnection(other.connection2, two)).toBe(1);
    one.release();
    expect([pool.inFlight, pool.take()]).toEqual([1, -1]);
    expect(two.bytes(0)).toEqual(noise(1, 100));
    two.release();
    expect(pool.inFlight).toBe(0);
    await allBack(net, pool);
  });

  test("goes to connections over UDP, some of them dead, some twice", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const ends = [await connectOverUDP(net), await connectOverUDP(net), await connectOverUDP(net)] as const;
    const [{ client: a }, { client: b }, { client: dead }] = ends;
    sockets.closeConnection(dead);
    using pool = new MessagePool({ slots: 2, slotBytes: 2000 });
    using outbox = new Outbox(pool);
    const content = noise(2, 2000);
    outbox.broadcast([a, dead, b, a, dead, nowhere, b], filledSlot(pool, content), 2000, Reliable);
    expect([sockets.sendMessages(outbox), ...resultsOf(outbox, 7)]).toEqual([
      4,
      1,
      -InvalidParam,
      1,
      2,
      0,
      -InvalidParam,
      2,
    ]);
    expect([pool.inFlight, pool.available]).toEqual([1, 1]);
    for (const { server } of ends.slice(0, 2)) expect(await payloadsOf(net, server, 2)).toEqual([content, content]);
    await allBack(net, pool);
  });

  test("to more than one part of a batch", async () => {
    using it = setUp({ messages: 3000 }, 3, 8);
    const { outbox, pool, from } = it;
    it.say("first");
    outbox.broadcast(new Array<ConnectionHandle>(2998).fill(from), filledSlot(pool, Buffer.from("b")), 1, Reliable);
    it.say("last");
    expect(it.send()).toBe(3000);
    expect(resultsOf(outbox, 3000)).toEqual(numbers(3000, 1));
    const texts = await textsOf(it.net, it.to, 3000);
    expect([texts[0], new Set(texts.slice(1, -1)), texts.at(-1)]).toEqual(["first", new Set(["b"]), "last"]);
    await allBack(it.net, pool);
  });
});

describe("a copy", () => {
  test("is what the data was", async () => {
    using it = setUp();
    const { from, outbox } = it;
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(2);
    const moving = Buffer.from("before");
    class Lying extends Uint8Array {
      override get length() {
        return 1000;
      }
    }
    const contents: [MessageData, Uint8Array][] = [
      ["", new Uint8Array(0)],
      ["grüße 🎮", Buffer.from("grüße 🎮")],
      [new Uint8Array(0), new Uint8Array(0)],
      [moving, Buffer.from("before")],
      [shared.subarray(2, 5), new Uint8Array([2, 2, 2])],
      [shared.buffer, new Uint8Array(8).fill(2)],
      [new DataView(Uint8Array.of(0, 1, 2, 3).buffer, 1, 2), Uint8Array.of(1, 2)],
      [Float64Array.of(1.5, -2), new Uint8Array(Float64Array.of(1.5, -2).buffer)],
      [Uint16Array.of(1, 2, 3).subarray(1), Uint8Array.of(2, 0, 3, 0)],
      [Uint8Array.of(1, 2, 3).buffer, Uint8Array.of(1, 2, 3)],
      [Lying.of(4, 5), Uint8Array.of(4, 5)],
      [noise(3, 60_000), noise(3, 60_000)],
    ];
    contents.forEach(([data], at) => expect(outbox.pushCopy(from, data, Reliable)).toBe(at));
    moving.fill(0);
    expect(it.send()).toBe(contents.length);
    const payloads = await payloadsOf(it.net, it.to, contents.length);
    payloads.forEach((payload, at) => expect(Buffer.compare(payload, contents[at]![1])).toBe(0));
    // Without slots.
    expect(it.pool.inFlight).toBe(0);
  });

  test("of what can't be copied is refused", () => {
    using it = setUp({ copyBytes: 100 });
    const { from, outbox } = it;
    const detached = new Uint8Array(8);
    void detached.buffer.transfer();
    const refused: [unknown, new (...args: never[]) => Error, RegExp][] = [
      [detached, TypeError, /detached/],
      [detached.buffer, TypeError, /detached/],
      [new Uint8Array(101), RangeError, /length must be an integer from 0 to 100, not 101/],
      ["x".repeat(101), RangeError, /from 0 to 100/],
      [undefined, TypeError, /must be a string, a view or a buffer, not undefined/],
      [null, TypeError, /not null/],
      [5, TypeError, /not the number 5/],
      [[1, 2], TypeError, /not an object \(Array\)/],
      [{ length: 1, 0: 1 }, TypeError, /not an object/],
      [new Proxy(new Uint8Array(4), {}), TypeError, /./],
    ];
    for (const [data, type, words] of refused) {
      expectRefusal(() => outbox.pushCopy(from, untyped<MessageData>(data), Reliable), type, words);
      expect(outbox.count).toBe(0);
    }
    using none = new Outbox(it.pool, { copyBytes: 0 });
    expect(none.pushCopy(from, "", Reliable)).toBe(0);
    expectRefusal(() => none.pushCopy(from, "a", Reliable), RangeError, /from 0 to 0/);
  });
});

describe("bad arguments", () => {
  const bad: [string, [connection: unknown, length: unknown, flags: unknown, lane: unknown], RegExp][] = [
    ...[-1, 0.5, Number.NaN, 2 ** 32].map((wrong): (typeof bad)[number] => [
      `connection ${wrong}`,
      [wrong, 1, 0, 0],
      /connection must be an integer from 0 to 4294967295/,
    ]),
    ...[-1, 0.5, Number.NaN, 101, 2 ** 32].map((wrong): (typeof bad)[number] => [
      `length ${wrong}`,
      [1, wrong, 0, 0],
      /length must be an integer from 0 to 100/,
    ]),
    ...[0.5, Number.NaN, 2 ** 31, -(2 ** 31) - 1].map((wrong): (typeof bad)[number] => [
      `flags ${wrong}`,
      [1, 1, wrong, 0],
      /flags must be an integer from/,
    ]),
    ...[-1, 0.5, Number.NaN, 65_536].map((wrong): (typeof bad)[number] => [
      `lane ${wrong}`,
      [1, 1, 0, wrong],
      /lane must be an integer from 0 to 65535/,
    ]),
  ];
  const types = [null, undefined, "1", true, {}, [1], { valueOf: () => 1 }];

  test("are refused, and the slot is still the caller's", () => {
    using it = setUp({ copyBytes: 100 });
    const { outbox, pool, from } = it;
    const slot = pool.take();
    const expectAllRefused = (
      [connection, length, flags, lane]: readonly unknown[],
      type: new (...args: never[]) => Error,
      words: RegExp,
    ) => {
      const to = untyped<ConnectionHandle>(connection);
      const numbers = [untyped<number>(length), untyped<number>(flags), untyped<number>(lane)] as const;
      expectRefusal(() => outbox.push(to, slot, ...numbers), type, words);
      expectRefusal(() => outbox.broadcast([from, to], slot, ...numbers), type, words);
      if (length === 1) expectRefusal(() => outbox.pushCopy(to, "a", numbers[1], numbers[2]), type, words);
      expect([outbox.count, pool.available, pool.offset(slot) % 64]).toEqual([0, 15, 0]);
    };
    for (const [, args, words] of bad) expectAllRefused(args, RangeError, words);
    for (const wrong of types) {
      expectAllRefused([wrong, 1, 0, 0], TypeError, /connection must be a number, not/);
      expectAllRefused([1, wrong, 0, 0], TypeError, /length must be a number, not/);
      expectAllRefused([1, 1, wrong, 0], TypeError, /flags must be a number, not/);
      if (wrong !== undefined) expectAllRefused([1, 1, 0, wrong], TypeError, /lane must be a number, not/);
    }
    const connections = [null, undefined, 5, {}, { length: -1 }, { length: 1.5 }, { length: "2" }, "ab", [, from]];
    for (const wrong of [
      ...connections,
      [Number.NaN],
      Float64Array.of(0.5),
      Int32Array.of(-1),
      BigUint64Array.of(1n),
    ]) {
      expect(() => outbox.broadcast(untyped<ConnectionHandle[]>(wrong), slot, 1, 0)).toThrow();
      expect([outbox.count, pool.available, pool.offset(slot) % 64]).toEqual([0, 15, 0]);
    }
    // The library takes any 32 bits as flags, as it does lanes.
    outbox.push(from, slot, 100, -1, 65_535);
    outbox.clear();
    expect(pool.available).toBe(16);
  });

  test("of an outbox", () => {
    using pool = new MessagePool({ slots: 4, slotBytes: 8 });
    for (const wrong of [null, undefined, {}, new Inbox()]) {
      expectRefusal(() => new Outbox(untyped<MessagePool>(wrong)), TypeError, /An outbox needs a MessagePool, not/);
    }
    for (const wrong of [0, -1, 0.5, Number.NaN, 2 ** 20 + 1]) {
      expectRefusal(() => new Outbox(pool, { messages: wrong }), RangeError, /messages must be an integer from 1 to/);
    }
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 30 + 1]) {
      expectRefusal(() => new Outbox(pool, { copyBytes: wrong }), RangeError, /copyBytes must be an integer from 0 to/);
    }
    for (const wrong of [null, "", "Keep", 1]) {
      const onFailure = untyped<"keep">(wrong);
      expectRefusal(() => new Outbox(pool, { onFailure }), TypeError, /onFailure must be "free" or "keep", not/);
    }
    expect(new Outbox(pool, { messages: 2 ** 20 }).messages).toBe(2 ** 20);
  });
});

describe("connections that do things when they are looked at", () => {
  /** Two connections; looking at the second does something. */
  function trapped(it: ReturnType<typeof setUp>, action: () => void, from = it.from): ConnectionHandle[] {
    return Object.defineProperty([from, from], 1, {
      get() {
        action();
        return from;
      },
    });
  }

  test("can throw", async () => {
    using it = setUp();
    const slot = filledSlot(it.pool, Buffer.from("a"));
    const traps = trapped(it, () => {
      throw new Error("a getter's own");
    });
    expect(() => it.outbox.broadcast(traps, slot, 1, Reliable)).toThrow("a getter's own");
    const proxy = new Proxy([it.from], {
      get() {
        throw new Error("a proxy's own");
      },
    });
    expect(() => it.outbox.broadcast(proxy, slot, 1, Reliable)).toThrow("a proxy's own");
    expect(it.outbox.count).toBe(0);
    it.pool.free(slot);
    await allBack(it.net, it.pool);
  });

  test("can change while they are looked at", async () => {
    using it = setUp({ messages: 4 });
    const slot = filledSlot(it.pool, Buffer.from("a"));
    let looks = 0;
    const growing = new Proxy([it.from], { get: (_, name) => (name === "length" ? 3 * ++looks : it.from) });
    expect(it.outbox.broadcast(growing, slot, 1, Reliable)).toBe(0);
    expect(it.send()).toBe(3);
    const emptied: ConnectionHandle[] = trapped(it, () => (emptied.length = 1));
    emptied.push(it.from);
    const another = filledSlot(it.pool, Buffer.from("b"));
    expect(() => it.outbox.broadcast(emptied, another, 1, Reliable)).toThrow(TypeError);
    it.pool.free(another);
    expect(await textsOf(it.net, it.to, 3)).toEqual(["a", "a", "a"]);
    await allBack(it.net, it.pool);
  });

  const actions: Record<string, (it: ReturnType<typeof setUp>, slot: number) => void> = {
    push: (it) => it.say("own"),
    "broadcast another": (it) =>
      it.outbox.broadcast([it.from, it.from], filledSlot(it.pool, Buffer.from("own")), 3, Reliable),
    "push a copy": (it) => it.outbox.pushCopy(it.from, "own", Reliable),
    "push the slot itself": (it, slot) => it.outbox.push(it.from, slot, 1, Reliable),
    "send what waits": (it) => it.send(),
    "clear the outbox": (it) => it.outbox.clear(),
  };
  test.each(Object.entries(actions))("can %s, before or while something waits", async (_name, action) => {
    using it = setUp();
    for (const waiting of [0, 1]) {
      const slot = filledSlot(it.pool, Buffer.from("a"));
      if (waiting) it.say("w");
      let failure: unknown;
      try {
        it.outbox.broadcast(
          trapped(it, () => action(it, slot)),
          slot,
          1,
          Reliable,
        );
      } catch (error) {
        failure = error;
      }
      if (failure !== undefined) {
        expect(failure).toBeInstanceOf(NetworkingError);
        try {
          it.pool.free(slot);
        } catch {
          // It was pushed meanwhile.
        }
      }
      it.send();
      for (const message of it.net.sockets.receiveMessagesOnConnection(it.to)) {
        expect(["a", "w", "own"]).toContain(decoder.decode(message.payload));
      }
      await allBack(it.net, it.pool);
    }
  });

  test("come after what they push", async () => {
    using it = setUp();
    const slot = filledSlot(it.pool, Buffer.from("a"));
    const traps = trapped(it, () => it.say("own"));
    const first = it.outbox.broadcast(traps, slot, 1, Reliable);
    const { count } = it.outbox;
    expect(first).toBe(count - traps.length);
    expect(it.send()).toBe(count);
    const texts = await textsOf(it.net, it.to, count);
    expect(texts.slice(first)).toEqual(new Array<string>(traps.length).fill("a"));
    expect(texts.slice(0, first)).toEqual(new Array<string>(first).fill("own"));
    await allBack(it.net, it.pool);
  });

  test("can free the slot, or close everything", async () => {
    using it = setUp();
    const { net, pool, outbox } = it;
    const freed = filledSlot(pool, Buffer.from("a"));
    const freeing = trapped(it, () => pool.free(freed));
    expectRefusal(() => outbox.broadcast(freeing, freed, 1, Reliable), SlotError, /not yours any more/);
    await allBack(net, pool);
    const slot = filledSlot(pool, Buffer.from("a"));
    const closing = trapped(it, () => outbox.close());
    expectRefusal(() => outbox.broadcast(closing, slot, 1, Reliable), ClosedError, /This outbox was closed/);
    pool.free(slot);
    await allBack(net, pool);
    using another = new Outbox(pool);
    const last = filledSlot(pool, Buffer.from("a"));
    const ending = trapped(it, () => pool.close());
    expectRefusal(() => another.broadcast(ending, last, 1, Reliable), ClosedError, /This pool was closed/);
  });

  test("and so do other arguments", async () => {
    using it = setUp();
    const { from, outbox, pool } = it;
    const pushing = { valueOf: () => it.say("own") + 1 };
    const data = new DataView(new ArrayBuffer(4));
    Object.defineProperty(data, "byteOffset", { get: () => it.say("own") * 0 });
    const slot = pool.take();
    expect(() => outbox.push(untyped<ConnectionHandle>(pushing), slot, 1, 0)).toThrow(TypeError);
    expect(() => outbox.push(from, untyped<number>(pushing), 1, 0)).toThrow(TypeError);
    expect(() => outbox.push(from, slot, untyped<number>(pushing), 0)).toThrow(TypeError);
    pool.free(slot);
    expect(outbox.pushCopy(from, data, Reliable)).toBe(outbox.count - 1);
    const { count } = outbox;
    expect(count).toBeGreaterThan(1);
    expect(it.send()).toBe(count);
    expect(await textsOf(it.net, it.to, count)).toEqual([...new Array<string>(count - 1).fill("own"), "\0\0\0\0"]);
    await allBack(it.net, pool);
  });
});

describe("the end", () => {
  test("of what waits gives the slots back", async () => {
    using it = setUp({ messages: 32, copyBytes: 8 });
    const { from, outbox, pool } = it;
    for (const end of ["clear", "clear", "close", "close"] as const) {
      if (end === "clear") {
        for (let count = 0; count < 5; count++) it.say("a");
        outbox.broadcast([from, from, from], filledSlot(pool, Buffer.from("b")), 1, Reliable);
        expect(outbox.pushCopy(from, "12345678", Reliable)).toBe(8);
      }
      outbox[end]();
      expect([outbox.count, pool.available, pool.inFlight]).toEqual([0, 16, 0]);
    }
    outbox[Symbol.dispose]();
    expectRefusal(() => outbox.pushCopy(from, "a", Reliable), ClosedError, /This outbox was closed/);
    const slot = pool.take();
    expectRefusal(() => outbox.push(from, slot, 1, Reliable), ClosedError, /This outbox was closed/);
    expectRefusal(() => outbox.broadcast([from], slot, 1, Reliable), ClosedError, /This outbox was closed/);
    expectRefusal(() => it.send(), ClosedError, /This outbox was closed/);
    pool.free(slot);
    expect(it.net.sockets.receiveMessagesOnConnection(it.to)).toEqual([]);
    await allBack(it.net, pool);
  });

  test("of the pool", () => {
    using it = setUp();
    const { outbox, pool, from } = it;
    const slot = pool.take();
    it.say("a");
    pool.close();
    expectRefusal(() => it.send(), ClosedError, /This pool was closed/);
    expectRefusal(() => outbox.push(from, slot, 1, Reliable), ClosedError, /This pool was closed/);
    expectRefusal(() => outbox.broadcast([from], slot, 1, Reliable), ClosedError, /This pool was closed/);
    outbox.clear();
    expect(outbox.count).toBe(0);
    using late = new Outbox(pool);
    expectRefusal(() => late.push(from, slot, 1, Reliable), ClosedError, /This pool was closed/);
  });

  test("of the network leaves what waits, for another network or to be taken back", async () => {
    const net = openNetworking();
    using pool = new MessagePool({ slots: 4, slotBytes: 8 });
    using outbox = new Outbox(pool);
    const { connection1 } = net.sockets.createSocketPair();
    outbox.push(connection1, pool.take(), 8, Reliable);
    expect(net.sockets.sendMessages(outbox)).toBe(1);
    pushFilled(pool, outbox, connection1, Buffer.from("a"), Reliable);
    net.close();
    expect([pool.inFlight, pool.available]).toEqual([0, 3]);
    expectRefusal(() => net.sockets.sendMessages(outbox), ClosedError, /The network was closed/);
    expect(outbox.count).toBe(1);
    using next = openNetworking();
    expect([next.sockets.sendMessages(outbox), outbox.result(0)]).toEqual([0, -InvalidParam]);
    const pair = next.sockets.createSocketPair();
    pushFilled(pool, outbox, pair.connection1, Buffer.from("b"), Unreliable);
    expect(next.sockets.sendMessages(outbox)).toBe(1);
    expect(await textsOf(next, pair.connection2, 1)).toEqual(["b"]);
    await allBack(next, pool);
  });

  test("of connections with messages that nobody has received", async () => {
    using it = setUp();
    const { net, from, to, pool } = it;
    const { client, server } = await connectOverUDP(net);
    for (let count = 0; count < 4; count++) it.say("a");
    for (let count = 0; count < 4; count++) it.say("b", client);
    expect([it.send(), pool.inFlight]).toEqual([8, 8]);
    for (const connection of [to, from, client, server]) net.sockets.closeConnection(connection);
    await allBack(net, pool);
  });
});
