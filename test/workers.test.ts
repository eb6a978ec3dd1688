/**
 * Pools and Workers, and the ends of pools.
 *
 * - A share goes to a Worker by `postMessage`. What the Worker fills and hands over is sent by the network's thread, and
 *   arrives unchanged and in the Worker's order; two Workers at once do not disturb each other. Slots come back to the
 *   Worker by themselves: one that has run dry goes on. Messages that could not be sent are counted.
 * - Mistakes with slots are errors in the Worker, too.
 * - A pool lends up to 64 shares, and no more slots than it has.
 * - A Worker that is terminated at any moment leaves nothing behind: not with a share, all of whose slots come back
 *   once it is reclaimed, each once; and not with a network and a pool of its own, whose messages still arrive unchanged
 *   or not at all.
 * - A Worker's pool is closed with the Worker; its memory stays for those who look at it.
 * - A pool outlives its network, and the messages of a pool outlive the pool. A process that ends with everything under
 *   way ends as it would.
 */
import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  ClosedError,
  CreationError,
  MessagePool,
  NetworkingError,
  Outbox,
  PoolShare,
  Result,
  SendFlags,
  type ConnectionHandle,
  type Networking,
  type ShareTicket,
} from "../lib/index.ts";
import type * as reckless from "./peers/reckless.ts";
import { Acceptor } from "./support/acceptor.ts";
import { Borrower } from "./support/life/borrower.ts";
import { poolLeavings } from "./support/life/leave-pool.ts";
import { run } from "./support/life/run.ts";
import { mostParcelBytes, parcelBytes, Parcels, writeParcel } from "./support/parcel.ts";
import { Peer } from "./support/peer.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const lossy = { FakePacketLoss_Send: 5, SendRateMin: 10_000_000, RecvBufferMessages: 100_000 };

/** The numbers from 0 up to, without, `count`. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** Takes in what waits on a connection. */
function receiveParcels(net: Networking, connection: ConnectionHandle, parcels: Parcels): void {
  for (const { payload } of net.sockets.receiveMessagesOnConnection(connection)) parcels.add(payload);
}

/** A pool with one share that a Worker has attached to. */
async function lend(borrower: Borrower, pool: MessagePool, slots: number) {
  const lent = pool.share(slots);
  expect(await borrower.ask({ name: "attach", ticket: lent })).toEqual({ error: "" });
  return lent;
}

describe("a share", () => {
  test("loses nothing by postMessage", () => {
    using pool = new MessagePool({ slots: 8, slotBytes: 100, checked: false });
    const lent = pool.share(4);
    const { library, pool: number, share, slots, checked } = lent;
    const ticket = structuredClone(lent);
    expect({ ...ticket }).toEqual({ library, pool: number, share, slots, checked });
    const borrowed = PoolShare.attach(ticket);
    expect([borrowed.slots, borrowed.slotBytes, borrowed.available]).toEqual([4, 100, 4]);
    expect(borrowed.bytes.length).toBe(pool.bytes.length);
  });

  test("is what a Worker sends through, in its order, however often it runs dry", async () => {
    using net = openNetworking({ config: lossy });
    const { client, server } = await connectOverUDP(net);
    using pool = new MessagePool({ slots: 64, slotBytes: mostParcelBytes });
    await using borrower = new Borrower();
    const lent = await lend(borrower, pool, 32);
    const messages = 500;
    const parcels = new Parcels();
    borrower.order({ name: "send", connection: client, sender: 1, messages });
    await pumpUntil(net, "all had come", () => {
      net.sockets.sendMessages(lent);
      receiveParcels(net, server, parcels);
      return borrower.hasAnswered && parcels.of(1).length >= messages;
    });
    const { error, dry } = borrower.take();
    expect(error).toBe("");
    expect(dry).toBeGreaterThan(0);
    expect([parcels.wrong, parcels.of(1)]).toEqual([0, numbers(messages)]);
    expect([lent.handed, lent.sent, lent.failed]).toEqual([messages, messages, 0]);
    await pumpUntil(net, "all was acknowledged", () => pool.inFlight === 0);
    expect(await borrower.ask({ name: "look" })).toMatchObject({ available: 31, isOpen: true });
    expect(pool.available).toBe(32);
    expect(pool.reclaim(lent)).toBe(32);
    expect(pool.available).toBe(64);
  });

  test("is one of two Workers, who do not disturb each other nor the owner", async () => {
    using net = openNetworking({ config: lossy });
    const { client, server } = await connectOverUDP(net);
    using pool = new MessagePool({ slots: 80, slotBytes: mostParcelBytes });
    using outbox = new Outbox(pool);
    await using first = new Borrower();
    await using second = new Borrower();
    const shares = [await lend(first, pool, 32), await lend(second, pool, 32)];
    const messages = 400;
    let ours = 0;
    const parcels = new Parcels();
    first.order({ name: "send", connection: client, sender: 1, messages });
    second.order({ name: "send", connection: client, sender: 2, messages });
    await pumpUntil(net, "all had come", () => {
      for (const share of shares) net.sockets.sendMessages(share);
      for (; ours < messages; ours++) {
        const slot = pool.take();
        if (slot < 0) break;
        outbox.push(client, slot, writeParcel(pool, slot, { sender: 3, number: ours }), SendFlags.Reliable);
      }
      net.sockets.sendMessages(outbox);
      receiveParcels(net, server, parcels);
      return [1, 2, 3].every((sender) => parcels.of(sender).length >= messages);
    });
    expect(parcels.wrong).toBe(0);
    for (const sender of [1, 2, 3]) expect(parcels.of(sender)).toEqual(numbers(messages));
    await pumpUntil(net, "all was acknowledged", () => pool.inFlight === 0);
    for (const share of shares) expect(pool.reclaim(share)).toBe(32);
    expect(pool.available).toBe(80);
  });

  test("gets back what could not be sent, counted", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 8, slotBytes: mostParcelBytes });
    await using borrower = new Borrower();
    const lent = await lend(borrower, pool, 8);
    const nowhere = 0xffff_0001 as ConnectionHandle;
    const messages = 50;
    borrower.order({ name: "send", connection: nowhere, sender: 1, messages });
    await pumpUntil(net, "all had failed", () => net.sockets.sendMessages(lent) === 0 && lent.failed === messages);
    await waitUntil("the Worker had gone on", () => borrower.hasAnswered);
    expect(borrower.take().dry).toBeGreaterThan(0);
    expect([lent.handed, lent.sent, lent.failed]).toEqual([messages, 0, messages]);

    borrower.order({ name: "send", connection: connection1, sender: 2, messages });
    const parcels = new Parcels();
    await pumpUntil(net, "all had come", () => {
      net.sockets.sendMessages(lent);
      receiveParcels(net, connection2, parcels);
      return parcels.of(2).length === messages;
    });
    expect([lent.sent, lent.failed, parcels.wrong]).toEqual([messages, messages, 0]);
    expect(parcels.of(2)).toEqual(numbers(messages));
    expect(pool.reclaim(lent)).toBe(8);
  });

  test("has its mistakes looked for in the Worker", async () => {
    using pool = new MessagePool({ slots: 8, slotBytes: mostParcelBytes });
    await using borrower = new Borrower();
    await lend(borrower, pool, 8);
    const { error, mistakes } = await borrower.ask({ name: "err" });
    expect(error).toBe("");
    expect(mistakes).toEqual({
      "a slot that was freed": "SlotError",
      "freed twice": "SlotError",
      "pushed twice": "SlotError",
      "freed after it was pushed": "SlotError",
      "looked for after it was pushed": "SlotError",
      "made up": "SlotError",
      "the -1 of a dry share": "SlotError",
      "written past its end": "SlotOverrunError",
      "too long": "RangeError",
      "of negative length": "RangeError",
      "a lane that can't be": "RangeError",
      "a connection that can't be": "RangeError",
      "attached twice": "NetworkingError",
    });
    // All but the two that were pushed.
    expect(await borrower.ask({ name: "look" })).toMatchObject({ error: "", available: 5 });
  });

  test("can't be attached to twice, nor after its end", async () => {
    using net = openNetworking();
    using pool = new MessagePool({ slots: 8, slotBytes: 16 });
    await using borrower = new Borrower();
    const lent = await lend(borrower, pool, 2);
    expectRefusal(() => PoolShare.attach(lent), NetworkingError, /borrower already/);
    pool.reclaim(lent);
    expect(await borrower.ask({ name: "look" })).toMatchObject({ isOpen: false, available: 0, took: -1 });
    expect(await borrower.ask({ name: "flush" })).toEqual({ error: "ClosedError" });
    expect(await borrower.ask({ name: "attach", ticket: lent })).toEqual({ error: "ClosedError" });
    expect(() => net.sockets.sendMessages(lent)).toThrow(ClosedError);
    expect(pool.reclaim(lent)).toBe(0);

    const another = await lend(borrower, pool, 8);
    const unborrowed = structuredClone(another);
    pool.close();
    expect(await borrower.ask({ name: "look" })).toMatchObject({ isOpen: false, available: 0, took: -1 });
    expect(await borrower.ask({ name: "flush" })).toEqual({ error: "ClosedError" });
    expect(await borrower.ask({ name: "attach", ticket: unborrowed })).toEqual({ error: "ClosedError" });
    expect(() => net.sockets.sendMessages(another)).toThrow(ClosedError);
    expectRefusal(() => pool.reclaim(another), ClosedError, /closed/);
    expectRefusal(() => pool.share(1), ClosedError, /closed/);
  });

  test.each([undefined, null, 3, "share", {}, { share: "1" }])("is nothing that can be made up: %p", (ticket) => {
    expectRefusal(() => PoolShare.attach(untyped(ticket)), TypeError, /Attach to what MessagePool.share answered/);
  });

  test("is taken back whole, whatever was written over its numbers", () => {
    using pool = new MessagePool({ slots: 4096, slotBytes: 16 });
    const share = pool.share(4000);
    Object.assign(share, { slots: 1 });
    expect(pool.reclaim(share)).toBe(4000);
    expect(pool.available).toBe(4096);
  });

  test("is of slots that the pool has", () => {
    using pool = new MessagePool({ slots: 70, slotBytes: 1 });
    for (const slots of [0, -1, 71, 1.5, Number.NaN]) {
      expectRefusal(() => pool.share(slots), RangeError, /slots to lend must be an integer from 1 to 70/);
    }
    expectRefusal(() => pool.share(untyped("1")), TypeError, /slots to lend must be a number/);
    const taken = pool.take();
    expectRefusal(() => pool.share(70), RangeError, /69 of 70 are available/);
    pool.free(taken);
    const shares = Array.from({ length: 64 }, () => pool.share(1));
    expect(pool.available).toBe(6);
    expectRefusal(() => pool.share(1), CreationError, /64 shares are lent out/);
    expect(pool.available).toBe(6);
    expect(pool.reclaim(shares[7]!)).toBe(1);
    expect(pool.share(7).slots).toBe(7);
    expect([pool.available, pool.take()]).toEqual([0, -1]);
    using other = new MessagePool({ slots: 2, slotBytes: 1 });
    const foreign = other.share(1);
    expectRefusal(() => pool.reclaim(foreign), TypeError, /Only a share of this pool/);
    expectRefusal(() => pool.reclaim(untyped(structuredClone(shares[0]))), TypeError, /Only a share of this pool/);
  });

  test("can be taken back with messages handed over, held and under way; slots of the Worker's are stale then", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    using pool = new MessagePool({ slots: 8, slotBytes: mostParcelBytes });
    const lent = pool.share(6);
    const share = PoolShare.attach(lent);
    const push = (number: number) => {
      const slot = share.take();
      share.push(connection1, slot, writeParcel(share, slot, { sender: 1, number }), SendFlags.Reliable);
    };
    const held = share.take();
    push(0);
    push(1);
    share.flush();
    expect(net.sockets.sendMessages(lent)).toBe(2);
    push(2);
    share.flush();
    push(3);
    // Two are under way.
    expect(pool.reclaim(lent)).toBe(4);
    expect(pool.available).toBe(6);
    expect(net.sockets.sendMessages(lent)).toBe(0);
    expect(pool.inFlight).toBe(2);
    expect(() => share.free(held)).toThrow(NetworkingError);
    const taken = Array.from({ length: 6 }, () => pool.take());
    expect(taken).not.toContain(-1);
    expect(pool.take()).toBe(-1);
    const parcels = new Parcels();
    receiveParcels(net, connection2, parcels);
    expect([parcels.wrong, parcels.of(1)]).toEqual([0, [0, 1]]);
    expect(pool.available).toBe(2);
    taken.push(pool.take(), pool.take());
    expect(new Set(taken.map((slot) => pool.offset(slot))).size).toBe(8);
    expect(() => net.sockets.sendMessages(lent)).toThrow(ClosedError);
  });
});

describe("Workers that are terminated", () => {
  test.each([
    ["owners", 30],
    ["borrowers", 30],
  ] as const)("at any moment leave nothing behind, and send nothing spoilt: %s", async (what, rounds) => {
    using net = openNetworking({ config: { RecvBufferMessages: 100_000 } });
    const acceptor = new Acceptor(net);
    await using peer = new Peer<reckless.Reports, reckless.Orders>("reckless");
    peer.order("terminate", { what, address: acceptor.address, rounds });
    const parcels = new Parcels();
    const receive = () => {
      for (const connection of acceptor.accepted) receiveParcels(net, connection, parcels);
    };
    await pumpUntil(net, "all rounds were done", () => {
      receive();
      return peer.hasReported("done");
    });
    expect(await peer.report("done")).toEqual({ pools: 0 });
    expect(await peer.exit()).toBe(0);
    await pumpFor(net, 50);
    receive();
    expect(parcels.wrong).toBe(0);
    for (let round = 0; round < rounds; round++) {
      const came = parcels.of(round);
      // Of an owner nothing may have come: its first packet was lost. A borrower's messages are the main thread's to send.
      if (what === "borrowers") expect(came.length).toBeGreaterThan(0);
      // One that toils keeps every seventh.
      const sent = numbers(2 * came.length + 7).filter((number) => what === "owners" || number % 7 !== 0);
      expect(came).toEqual(sent.slice(0, came.length));
    }
  });
});

describe("a pool", () => {
  test("of a Worker that is terminated is closed, and its memory stays for those who have a share", async () => {
    const worker = new Worker(join(import.meta.dir, "support/life/lender-worker.ts"));
    const exit = once(worker, "exit");
    const [ticket]: ShareTicket[] = await once(worker, "message");
    const share = PoolShare.attach(ticket!);
    const slot = share.take();
    share.bytes.fill(7, share.offset(slot), share.offset(slot) + share.slotBytes);
    void worker.terminate();
    await exit;
    // Its thread takes a moment longer to end.
    await waitUntil("the share was closed", () => !share.isOpen);
    Bun.gc(true);
    expect([share.available, share.take()]).toEqual([0, -1]);
    share.push(1 as ConnectionHandle, slot, 1000, SendFlags.Reliable);
    expect(() => share.flush()).toThrow(ClosedError);
    expect(() => PoolShare.attach(ticket!)).toThrow(ClosedError);
    share.bytes.fill(8);
    expect(share.bytes.every((byte) => byte === 8)).toBe(true);
  });

  test("that is closed has its messages delivered, under loss and from shares", async () => {
    using net = openNetworking({ config: { ...lossy, FakePacketLoss_Send: 20 } });
    const { client, server } = await connectOverUDP(net);
    const messages = 100;
    {
      using pool = new MessagePool({ slots: 2 * messages, slotBytes: mostParcelBytes });
      using outbox = new Outbox(pool);
      const lent = pool.share(messages);
      const share = PoolShare.attach(lent);
      for (let number = 0; number < messages; number++) {
        const own = pool.take();
        outbox.push(client, own, writeParcel(pool, own, { sender: 1, number }), SendFlags.Reliable);
        const borrowed = share.take();
        share.push(client, borrowed, writeParcel(share, borrowed, { sender: 2, number }), SendFlags.Reliable);
      }
      share.flush();
      expect([net.sockets.sendMessages(outbox), net.sockets.sendMessages(lent)]).toEqual([messages, messages]);
      expect(pool.inFlight).toBe(2 * messages);
    }
    Bun.gc(true);
    const parcels = new Parcels();
    await pumpUntil(net, "all had come", () => {
      receiveParcels(net, server, parcels);
      return parcels.of(1).length + parcels.of(2).length === 2 * messages;
    });
    expect(parcels.wrong).toBe(0);
    for (const sender of [1, 2]) expect(parcels.of(sender)).toEqual(numbers(messages));
    await pumpUntil(net, "all was acknowledged", () => net.sockets.getUnacknowledgedSegments(client) === 0);
  });

  test("outlives its network, and serves the next one", async () => {
    const first = openNetworking();
    using pool = new MessagePool({ slots: 16, slotBytes: mostParcelBytes });
    using outbox = new Outbox(pool);
    const lent = pool.share(8);
    const share = PoolShare.attach(lent);
    const push = (connection: ConnectionHandle, number: number) => {
      const slot = pool.take();
      outbox.push(connection, slot, writeParcel(pool, slot, { sender: 1, number }), SendFlags.Reliable);
    };
    const { client } = await connectOverUDP(first);
    first.utils.setConfigValue("FakePacketLoss_Send", 100);
    for (let number = 0; number < 8; number++) push(client, number);
    const handed = share.take();
    share.push(client, handed, 1, SendFlags.Reliable);
    share.flush();
    expect([first.sockets.sendMessages(outbox), first.sockets.sendMessages(lent)]).toEqual([8, 1]);
    expect([pool.available, pool.inFlight]).toEqual([0, 9]);
    const waiting = share.take();
    share.push(client, waiting, 1, SendFlags.Reliable);
    share.flush();
    first.close();

    // The library is at its end, and done with every message.
    expect([pool.available, pool.inFlight, share.available]).toEqual([8, 0, 7]);
    push(client, 0);
    expect(() => first.sockets.sendMessages(outbox)).toThrow(ClosedError);
    expect(() => first.sockets.sendMessages(lent)).toThrow(ClosedError);
    expect(outbox.count).toBe(1);

    using second = openNetworking();
    // Their connection is of the old network.
    expect([second.sockets.sendMessages(outbox), second.sockets.sendMessages(lent)]).toEqual([0, 0]);
    expect([outbox.result(0), lent.failed]).toEqual([-Result.InvalidParam, 1]);
    expect([pool.available, share.available]).toEqual([8, 8]);
    const { connection1, connection2 } = second.sockets.createSocketPair();
    push(connection1, 5);
    expect(second.sockets.sendMessages(outbox)).toBe(1);
    const [message] = second.sockets.receiveMessagesOnConnection(connection2);
    expect(message?.payload).toEqual(parcelBytes({ sender: 1, number: 5 }));
    expect([pool.reclaim(lent), pool.available]).toEqual([8, 16]);
  });

  test.each(Object.entries(poolLeavings))(
    "ends with its process, which ends as it would: %s",
    async (leaving, code) => {
      const { end, errors } = await run("leave-pool.ts", [leaving]);
      expect(end).toBe(code);
      if (code === 1) expect(errors).toContain("a mistake at last");
      else expect(errors).toBe("");
    },
  );
});
