/**
 * Message pools: who has a slot, and what becomes of mistakes.
 *
 * - A slot is free, taken, pushed or under way; the counters say how many are what, at every step, and no two that are
 *   out are the same one. A dry pool gives -1.
 * - Every misuse is an error of its own with words that help, and changes nothing: a slot freed or pushed twice, stale,
 *   however often it was used since, made up, of another pool, of a closed pool; what is no number at all.
 * - A byte written past the end of a slot, one of the next four, is told at `push`, `broadcast` and `free`, and the
 *   slot is still yours. One that ends where the slot ends is not.
 * - Unchecked pools tell none of this, and native code stays safe; what is done right afterwards is right.
 * - Options out of range are refused, and too much memory.
 * - `drain` is told once each time that a pool had run dry, when half of it is free, in `runCallbacks`.
 * - Closing twice does nothing. What is under way when a pool is closed arrives intact, and then the memory goes; so
 *   it does when nobody has the pool any more.
 */
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  CreationError,
  MessagePool,
  Outbox,
  SendFlags,
  SlotError,
  SlotOverrunError,
  type ConnectionHandle,
  type MessagePoolOptions,
} from "../lib/index.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor } from "./support/pump.ts";
import { receiveMessages } from "./support/receive.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { allBack, collectUntil, poolsInUse, pushFilled } from "./support/slots.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { Reliable } = SendFlags;
const somewhere = 1 as ConnectionHandle;

function takeAll(pool: MessagePool): number[] {
  const slots: number[] = [];
  for (let slot = pool.take(); slot >= 0; slot = pool.take()) slots.push(slot);
  return slots;
}

describe("a slot", () => {
  test.each([1, 2, 3, 64, 1000])("of %d is nobody else's while it is taken", (slots) => {
    using pool = new MessagePool({ slots, slotBytes: 100 });
    for (let round = 0; round < 3; round++) {
      const taken = takeAll(pool);
      expect(new Set(taken).size).toBe(slots);
      expect(new Set(taken.map((slot) => pool.offset(slot))).size).toBe(slots);
      expect(pool.available).toBe(0);
      expect(pool.take()).toBe(-1);
      for (const slot of taken) pool.free(slot);
      expect(pool.available).toBe(slots);
    }
  });

  test.each([1, 63, 64, 1200, 524_288])("of %d bytes is all there", (slotBytes) => {
    using pool = new MessagePool({ slots: 5, slotBytes });
    const taken = takeAll(pool);
    for (const slot of taken) pool.bytes.set(noise(slot, slotBytes), pool.offset(slot));
    for (const slot of taken) {
      const offset = pool.offset(slot);
      expect(offset % 64).toBe(0);
      expect(sameBytes(pool.bytes.subarray(offset, offset + slotBytes), noise(slot, slotBytes))).toBe(true);
      expect(pool.view.getUint8(offset)).toBe(noise(slot, slotBytes)[0]!);
      pool.free(slot);
    }
  });

  test("has another number each time it is taken", () => {
    using pool = new MessagePool({ slots: 1, slotBytes: 8 });
    const numbers = new Set<number>();
    for (let use = 0; use < 10_000; use++) {
      const slot = pool.take();
      numbers.add(slot);
      pool.free(slot);
    }
    expect(numbers.size).toBe(10_000);
  });

  test("is counted wherever it is", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 8, slotBytes: 100 });
    using outbox = new Outbox(pool);
    const counters = () => [pool.available, pool.inFlight, pool.highWater];
    expect(counters()).toEqual([8, 0, 0]);
    const taken = [pool.take(), pool.take()];
    for (const content of ["a", "b", "c"]) pushFilled(pool, outbox, connection1, Buffer.from(content), Reliable);
    expect(counters()).toEqual([3, 0, 0]);
    expect(net.sockets.sendMessages(outbox)).toBe(3);
    expect(counters()).toEqual([3, 3, 5]);
    await receiveMessages(net, connection2, 3);
    expect(counters()).toEqual([6, 0, 5]);
    for (const slot of taken) pool.free(slot);
    expect(counters()).toEqual([8, 0, 5]);
    takeAll(pool).forEach((slot) => pool.free(slot));
    expect(counters()).toEqual([8, 0, 8]);
  });
});

describe("misuse", () => {
  // Everything that takes a slot of the caller's, and needs one that is.
  const uses = {
    free: (pool: MessagePool, _outbox: Outbox, slot: number) => pool.free(slot),
    offset: (pool: MessagePool, _outbox: Outbox, slot: number) => pool.offset(slot),
    push: (_pool: MessagePool, outbox: Outbox, slot: number) => outbox.push(somewhere, slot, 1, Reliable),
    broadcast: (_pool: MessagePool, outbox: Outbox, slot: number) =>
      outbox.broadcast([somewhere, somewhere], slot, 1, Reliable),
    "broadcast to nobody": (_pool: MessagePool, outbox: Outbox, slot: number) =>
      outbox.broadcast([], slot, 1, Reliable),
  };

  describe.each(Object.entries(uses))("of a slot in %s", (_name, use) => {
    function expectMisuse(
      pool: MessagePool,
      outbox: Outbox,
      slot: unknown,
      type: new (...args: never[]) => Error,
      words: RegExp,
    ): void {
      const counters = () => [pool.available, pool.inFlight, outbox.count];
      const before = counters();
      expectRefusal(() => use(pool, outbox, untyped<number>(slot)), type, words);
      expect(counters()).toEqual(before);
    }

    test("that was freed", () => {
      using pool = new MessagePool({ slots: 4, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const slot = pool.take();
      pool.free(slot);
      expectMisuse(pool, outbox, slot, SlotError, /not yours any more: it was freed or pushed/);
    });

    test("that was pushed", () => {
      using pool = new MessagePool({ slots: 4, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const slot = pool.take();
      outbox.push(somewhere, slot, 1, Reliable);
      expectMisuse(pool, outbox, slot, SlotError, /not yours any more: it was freed or pushed/);
      const another = pool.take();
      outbox.broadcast([somewhere], another, 1, Reliable);
      expectMisuse(pool, outbox, another, SlotError, /not yours any more/);
      outbox.clear();
      expectMisuse(pool, outbox, slot, SlotError, /not yours any more/);
    });

    test("that was sent", async () => {
      using net = openNetworking();
      const { connection1, connection2 } = net.sockets.createSocketPair();
      using pool = new MessagePool({ slots: 4, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const slot = pool.take();
      outbox.push(connection1, slot, 1, Reliable);
      net.sockets.sendMessages(outbox);
      expectMisuse(pool, outbox, slot, SlotError, /not yours any more/);
      await receiveMessages(net, connection2, 1);
      expectMisuse(pool, outbox, slot, SlotError, /not yours any more/);
    });

    test("that is stale, however often it was used since", () => {
      using pool = new MessagePool({ slots: 2, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const stale: number[] = [];
      for (let round = 0; round < 5000; round++) {
        const slot = pool.take();
        if (round % 500 === 0) stale.push(slot);
        pool.free(slot);
      }
      const [one, other] = [pool.take(), pool.take()];
      for (const slot of stale)
        expectMisuse(pool, outbox, slot, SlotError, /stale: freed or sent, and taken anew since/);
      pool.free(one);
      pool.free(other);
      for (const slot of stale) expectMisuse(pool, outbox, slot, SlotError, /has handed out no such slot/);
    });

    test("that was made up", () => {
      using pool = new MessagePool({ slots: 5, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const mine = pool.take();
      const numbers = [-1, -2, -mine, ~mine, 2 ** 31, 2 ** 32, mine + 2 ** 32, 2 ** 53, 1e300, Infinity, -Infinity];
      for (const made of [...numbers, Number.NaN, 0.5, mine + 0.5, mine - 0.25]) {
        expectMisuse(pool, outbox, made, SlotError, /This pool has handed out no such slot/);
      }
      for (let index = 0; index < 16; index++) {
        if (index !== mine) expectMisuse(pool, outbox, index, SlotError, /no such slot|stale/);
      }
      const values = [undefined, null, true, "1", `${mine}`, {}, [mine], { valueOf: () => mine }];
      for (const made of [...values, BigInt(mine), 1n, -1n, 2n ** 70n, Symbol("slot")]) {
        expectMisuse(pool, outbox, made, TypeError, /A slot must be a number of take\(\), not/);
      }
      expect(pool.offset(mine)).toBeGreaterThanOrEqual(0);
      pool.free(mine);
      expect(pool.available).toBe(5);
    });

    test("that is another pool's", () => {
      const options = { slots: 4, slotBytes: 8 };
      using pool = new MessagePool(options);
      using outbox = new Outbox(pool);
      const mine = [pool.take(), pool.take()];
      for (let others = 0; others < 50; others++) {
        using other = new MessagePool(options);
        for (const slot of takeAll(other)) expectMisuse(pool, outbox, slot, SlotError, /no such slot|stale/);
      }
      for (const slot of mine) pool.free(slot);
    });

    test("of a closed pool", () => {
      const pool = new MessagePool({ slots: 4, slotBytes: 8 });
      using outbox = new Outbox(pool);
      const slot = pool.take();
      const freed = pool.take();
      pool.free(freed);
      pool.close();
      for (const any of [slot, freed, -1, 0]) expectMisuse(pool, outbox, any, ClosedError, /This pool was closed/);
    });
  });

  test("an object is not asked for its value, which could close the pool", () => {
    using pool = new MessagePool({ slots: 4, slotBytes: 8 });
    const slot = pool.take();
    const closing = {
      valueOf() {
        pool.close();
        return slot;
      },
    };
    expectRefusal(() => pool.free(untyped<number>(closing)), TypeError, /must be a number/);
    expect(pool.isOpen).toBe(true);
  });

  test("memory that was transferred away", () => {
    const pool = new MessagePool({ slots: 2, slotBytes: 8 });
    using outbox = new Outbox(pool);
    const slot = pool.take();
    const moved = (pool.bytes.buffer as ArrayBuffer).transfer();
    expect(() => outbox.push(somewhere, slot, 1, Reliable)).toThrow(TypeError);
    expect(() => pool.free(slot)).toThrow(TypeError);
    expect(pool.take()).toBeGreaterThan(0);
    pool.close();
    expect(new Uint8Array(moved)[0]).toBe(0);
  });
});

describe("a byte past the end of a slot", () => {
  const sizes = [1, 2, 3, 4, 5, 55, 56, 57, 60, 61, 62, 63, 64, 1200, 1201, 1202, 1203];
  const told = /something was written past its \d+ bytes \(at offset \d+ to \d+\)\. The slot is still yours/;

  // Each of the four bytes behind a slot is looked at.
  const places = sizes.flatMap((size) => [0, 1, 2, 3].map((behind) => [size, behind] as const));
  test.each(places)("is told at %d bytes and %d more", (slotBytes, behind) => {
    using pool = new MessagePool({ slots: 3, slotBytes });
    using outbox = new Outbox(pool);
    for (const slot of takeAll(pool)) {
      const end = pool.offset(slot) + slotBytes;
      const spoil = () => pool.view.setUint8(end + behind, pool.view.getUint8(end + behind) ^ 0x80);
      for (const use of [
        () => pool.free(slot),
        () => outbox.push(somewhere, slot, slotBytes, Reliable),
        () => outbox.broadcast([somewhere, somewhere], slot, slotBytes, Reliable),
        () => outbox.broadcast([], slot, slotBytes, Reliable),
      ]) {
        spoil();
        const before = [pool.available, outbox.count];
        expectRefusal(use, SlotOverrunError, told);
        expect([pool.available, outbox.count]).toEqual(before);
        // It is told once: the mistake is mended, and the slot still the caller's.
        expect(pool.offset(slot)).toBe(end - slotBytes);
      }
      pool.free(slot);
    }
    expect(pool.available).toBe(3);
  });

  test.each(sizes)("is no byte at the end of %d bytes", (slotBytes) => {
    using pool = new MessagePool({ slots: 3, slotBytes });
    using outbox = new Outbox(pool);
    for (const value of [0, 0x80, 0xff]) {
      const [one, other, third] = takeAll(pool) as [number, number, number];
      for (const slot of [one, other, third]) {
        pool.bytes.fill(value, pool.offset(slot), pool.offset(slot) + slotBytes);
      }
      pool.free(one);
      outbox.push(somewhere, other, slotBytes, Reliable);
      outbox.broadcast([somewhere, somewhere], third, slotBytes, Reliable);
      outbox.clear();
    }
    expect(pool.available).toBe(3);
  });

  test("tells the slot", () => {
    using pool = new MessagePool({ slots: 3, slotBytes: 8 });
    const slot = pool.take();
    pool.bytes.fill(1, pool.offset(slot), pool.offset(slot) + 9);
    const failure = (() => {
      try {
        pool.free(slot);
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(failure).toBeInstanceOf(SlotError);
    expect(failure).toMatchObject({ name: "SlotOverrunError", slot });
  });
});

describe("an unchecked pool", () => {
  test("works", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 5, slotBytes: 100, checked: false });
    using outbox = new Outbox(pool);
    for (let round = 0; round < 10; round++) {
      for (let at = 0; at < 5; at++) pushFilled(pool, outbox, connection1, noise(5 * round + at, 100), Reliable);
      expect(pool.take()).toBe(-1);
      expect(net.sockets.sendMessages(outbox)).toBe(5);
      const messages = await receiveMessages(net, connection2, 5);
      messages.forEach(({ payload }, at) => expect(payload).toEqual(noise(5 * round + at, 100)));
      expect(pool.available).toBe(5);
    }
  });

  test("is safe against every mistake", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 5, slotBytes: 100, checked: false });
    using outbox = new Outbox(pool, { messages: 64 });
    const slot = pool.take();
    pool.bytes[pool.offset(slot) + 100]! ^= 0xff;
    for (let time = 0; time < 3; time++) outbox.push(connection1, slot, 100, Reliable);
    for (const made of [-1, 7, 2 ** 31, 0.5, Number.NaN, Infinity]) outbox.push(connection1, made, 10, Reliable);
    outbox.push(connection1, pool.take(), 101, Reliable);
    outbox.push(connection1, pool.take(), -1, Reliable);
    outbox.push(untyped<ConnectionHandle>("nonsense"), pool.take(), 1, Reliable);
    expect(net.sockets.sendMessages(outbox)).toBe(1);
    expect(await receiveMessages(net, connection2, 1)).toHaveLength(1);
    for (const made of [slot, slot, slot, 0, 1, 2, 3, 4, 5, 6, 7, -1, 2 ** 31, 0.5, Number.NaN, Infinity])
      pool.free(made);
    for (let time = 0; time < 10; time++) {
      const taken = pool.take();
      expect(taken).toBeInteger();
      expect(taken).toBeLessThan(8);
      if (taken >= 0) outbox.push(connection1, taken, 1, Reliable);
    }
    net.sockets.sendMessages(outbox);
    await pumpFor(net, 5);
    net.sockets.receiveMessagesOnConnection(connection2);
    pool.close();
    expectRefusal(() => pool.take(), ClosedError, /closed/);
    outbox.push(connection1, 0, 1, Reliable);
    expectRefusal(() => net.sockets.sendMessages(outbox), ClosedError, /This pool was closed/);
  });
});

describe("options", () => {
  test("out of range are refused", () => {
    const good = { slots: 4, slotBytes: 16 };
    for (const wrong of [0, -1, 0.5, Number.NaN, Infinity, 2 ** 32, 2 ** 53]) {
      expectRefusal(
        () => new MessagePool({ ...good, slots: wrong }),
        RangeError,
        /slots must be an integer from 1 to 1048576/,
      );
      expectRefusal(
        () => new MessagePool({ ...good, slotBytes: wrong }),
        RangeError,
        /slotBytes must be an integer from 1/,
      );
    }
    for (const wrong of [undefined, null, "4", 4n, {}, []]) {
      const slots = untyped<number>(wrong);
      expectRefusal(() => new MessagePool({ ...good, slots }), TypeError, /slots must be a number/);
      expectRefusal(() => new MessagePool({ ...good, slotBytes: slots }), TypeError, /slotBytes must be a number/);
    }
    expectRefusal(() => new MessagePool({ ...good, slots: 1_048_577 }), RangeError, /slots/);
    expectRefusal(() => new MessagePool({ ...good, slotBytes: 524_289 }), RangeError, /slotBytes/);
    for (const wrong of [null, 0, "true"]) {
      expectRefusal(
        () => new MessagePool({ ...good, checked: untyped<boolean>(wrong) }),
        TypeError,
        /checked must be true/,
      );
    }
    expect(() => new MessagePool(untyped<MessagePoolOptions>(undefined))).toThrow(TypeError);
  });

  test("for too much memory are refused, and cost nothing", () => {
    const before = poolsInUse();
    expectRefusal(
      () => new MessagePool({ slots: 1_048_576, slotBytes: 524_288 }),
      CreationError,
      /1048576 slots of 524288 bytes could not be created: .*1 GiB\. Make a smaller one/,
    );
    expect(poolsInUse()).toBe(before);
  });

  test("at their limits are good", () => {
    using many = new MessagePool({ slots: 1_048_576, slotBytes: 1 });
    expect(many.available).toBe(1_048_576);
    many.free(many.take());
    using large = new MessagePool({ slots: 1, slotBytes: 524_288 });
    const slot = large.take();
    large.bytes.fill(1, large.offset(slot), large.offset(slot) + 524_288);
    large.free(slot);
    expect([many.isOpen, many.checked, many.slots, large.slotBytes]).toEqual([true, true, 1_048_576, 524_288]);
  });
});

describe("drain", () => {
  function listening(slots: number) {
    const pool = new MessagePool({ slots, slotBytes: 8 });
    const drains: number[] = [];
    pool.on("drain", (told) => {
      expect(told).toBe(pool);
      drains.push(pool.available);
    });
    return { pool, drains };
  }

  test("is told once, in runCallbacks, when half is free", () => {
    using net = openNetworking();
    const { pool, drains } = listening(5);
    for (let time = 0; time < 3; time++) {
      drains.length = 0;
      const taken = takeAll(pool);
      expect(pool.take()).toBe(-1);
      net.runCallbacks();
      for (const slot of taken.splice(0, 2)) pool.free(slot);
      net.runCallbacks();
      expect(drains).toEqual([]);
      for (const slot of taken.splice(0, 1)) pool.free(slot);
      expect(drains).toEqual([]);
      net.runCallbacks();
      net.runCallbacks();
      expect(drains).toEqual([3]);
      for (const slot of taken) pool.free(slot);
      net.runCallbacks();
      expect(drains).toEqual([3]);
    }
    pool.close();
  });

  test("is not told when all are taken and nobody asked for more", () => {
    using net = openNetworking();
    const { pool, drains } = listening(4);
    for (let count = 0; count < 4; count++) pool.take();
    pool.close();
    using another = new MessagePool({ slots: 4, slotBytes: 8 });
    const told: unknown[] = [];
    another.once("drain", () => told.push(1));
    const taken = [another.take(), another.take(), another.take(), another.take()];
    for (const slot of taken) another.free(slot);
    net.runCallbacks();
    expect([...drains, ...told]).toEqual([]);
  });

  test("is told when the peer has acknowledged what was sent", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    const { pool, drains } = listening(4);
    using outbox = new Outbox(pool);
    for (let count = 0; count < 4; count++)
      pushFilled(pool, outbox, client, noise(count, 8), SendFlags.ReliableNoNagle);
    expect(pool.take()).toBe(-1);
    expect(net.sockets.sendMessages(outbox)).toBe(4);
    await receiveMessages(net, server, 4);
    await allBack(net, pool);
    net.runCallbacks();
    expect(drains).toHaveLength(1);
    pool.close();
  });

  test("of a pool that its handler runs dry again waits for the next run", () => {
    using net = openNetworking();
    const { pool, drains } = listening(4);
    const dryAndBack = () => takeAll(pool).forEach((slot) => pool.free(slot));
    pool.on("drain", dryAndBack);
    dryAndBack();
    for (let run = 1; run <= 3; run++) {
      net.runCallbacks();
      expect(drains).toHaveLength(run);
    }
    pool.off("drain", dryAndBack);
    net.runCallbacks();
    net.runCallbacks();
    expect(drains).toHaveLength(4);
    pool.close();
  });

  test("comes to every handler, whatever another one throws", () => {
    using net = openNetworking();
    const { pool, drains } = listening(2);
    const { pool: other, drains: othersDrains } = listening(2);
    pool.once("drain", () => {
      throw new Error("a handler's own");
    });
    pool.once("drain", () => other.close());
    const told: string[] = [];
    pool.on("drain", () => told.push("last"));
    for (const each of [pool, other]) takeAll(each).forEach((slot) => each.free(slot));
    expect(() => net.runCallbacks()).toThrow("a handler's own");
    expect(drains).toEqual([2]);
    expect(told).toEqual(["last"]);
    expect(othersDrains).toEqual([]);
    expect(() => pool.on(untyped<"drain">("dry"), () => {})).toThrow(/no event dry; there are drain/);
    pool.close();
  });
});

describe("the end", () => {
  test("comes once", () => {
    const before = poolsInUse();
    const pool = new MessagePool({ slots: 4, slotBytes: 8 });
    pool.take();
    expect(poolsInUse()).toBe(before + 1);
    for (let time = 0; time < 3; time++) {
      pool.close();
      expect(pool.isOpen).toBe(false);
      expect([pool.available, pool.inFlight]).toEqual([0, 0]);
      expectRefusal(() => pool.take(), ClosedError, /This pool was closed/);
      expectRefusal(() => pool.share(1), ClosedError, /This pool was closed/);
    }
    pool[Symbol.dispose]();
    expect(poolsInUse()).toBe(before);
    // Only another pool's views are somebody else's memory.
    expect(pool.view.getUint8(0)).toBe(0);
  });

  test("leaves what is under way alone, over UDP", async () => {
    using net = openNetworking({ config: { FakePacketLoss_Send: 10 } });
    const options = { SendRateMin: 10 << 20, SendRateMax: 10 << 20 };
    const { client, server } = await connectOverUDP(net, { options });
    const before = poolsInUse();
    const send = () => {
      const pool = new MessagePool({ slots: 200, slotBytes: 1200 });
      const outbox = new Outbox(pool);
      for (let at = 0; at < 200; at++) pushFilled(pool, outbox, client, noise(at, 1200), Reliable);
      expect(net.sockets.sendMessages(outbox)).toBe(200);
      expect(pool.inFlight).toBe(200);
      pool.close();
    };
    send();
    expect(poolsInUse()).toBe(before + 1);
    Bun.gc(true);
    // Who would get the memory if it had gone.
    using next = new MessagePool({ slots: 200, slotBytes: 1200 });
    for (const slot of takeAll(next)) next.bytes.fill(0xee, next.offset(slot), next.offset(slot) + 1200);
    const messages = await receiveMessages(net, server, 200);
    expect(messages.filter(({ payload }, at) => !sameBytes(payload, noise(at, 1200)))).toEqual([]);
    await collectUntil("the pool's memory had gone", () => {
      net.runCallbacks();
      return poolsInUse() === before + 1;
    });
  });

  test("leaves what waits in a pair in memory alone", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const before = poolsInUse();
    const pool = new MessagePool({ slots: 4, slotBytes: 100 });
    const outbox = new Outbox(pool);
    for (let at = 0; at < 4; at++) pushFilled(pool, outbox, connection1, noise(at, 100), Reliable);
    net.sockets.sendMessages(outbox);
    pool.close();
    outbox.close();
    expect(poolsInUse()).toBe(before + 1);
    const messages = await receiveMessages(net, connection2, 4);
    expect(messages.map(({ payload }) => payload)).toEqual([0, 1, 2, 3].map((at) => noise(at, 100)));
    expect(poolsInUse()).toBe(before);
  });

  test("comes to pools that nobody has", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const before = poolsInUse();
    const dropPools = () => {
      for (let count = 0; count < 20; count++) {
        const pool = new MessagePool({ slots: 4, slotBytes: 100 });
        pool.take();
        const outbox = new Outbox(pool);
        pushFilled(pool, outbox, connection1, noise(count, 100), Reliable);
        net.sockets.sendMessages(outbox);
        pushFilled(pool, outbox, connection1, noise(count, 10), Reliable);
      }
    };
    dropPools();
    for (let time = 0; time < 5; time++) Bun.gc(true);
    expect(poolsInUse()).toBe(before + 20);
    const messages = await receiveMessages(net, connection2, 20);
    messages.forEach(({ payload }, at) => expect(payload).toEqual(noise(at, 100)));
    // The collector looks for addresses on the stack, and may find an old one.
    await collectUntil("the pools were collected", () => poolsInUse() <= before + 2);
  });

  test("comes to pools that are dropped, while their views live", async () => {
    const before = poolsInUse();
    const makeViews = () =>
      Array.from({ length: 20 }, (_, at) => {
        const { bytes } = new MessagePool({ slots: 4, slotBytes: 100 });
        bytes.fill(at);
        return bytes;
      });
    const views = makeViews();
    await collectUntil("pools were collected", () => poolsInUse() <= before + 2);
    views.forEach((bytes, at) => expect(bytes.every((value) => value === at)).toBe(true));
  });
});
