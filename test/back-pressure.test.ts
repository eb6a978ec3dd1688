/**
 * Back-pressure: what can't be sent now is refused, nothing is lost over it, and `drain` tells when to go on.
 *
 * - GameNetworkingSockets ends the process when a connection has some 65,000 reliable segments that the peer has not
 *   acknowledged. A flood that ends a process when it goes straight to the flat function is refused with LimitExceeded
 *   at 50,000, whichever way it is sent.
 * - A message counts one segment for each 1,000 bytes and one more, if it is sent reliably, as unreliable ones of more
 *   than 16,500 bytes are.
 * - The count falls to 0 when all is acknowledged, when the connection fails or is closed, and with the network.
 * - `drain` is told once after a refusal, in `runCallbacks`, when neither the send buffer nor the segments are above half;
 *   not for a connection that was closed meanwhile; to every opening of the network, whatever a handler throws.
 * - A pool that has no slot answers -1, and tells once when half of its slots are free.
 */
import { afterEach, describe, expect, test } from "bun:test";
import {
  ConnectionState,
  Inbox,
  MAX_UNACKNOWLEDGED_SEGMENTS,
  MessagePool,
  Outbox,
  PoolShare,
  Result,
  SendFlags,
  type ConnectionHandle,
  type Networking,
} from "../lib/index.ts";
import { cappedWays, loads, uncappedWay, type Flooded } from "./support/life/flood.ts";
import { report, run } from "./support/life/run.ts";
import { manualPoll, openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitFor } from "./support/pump.ts";
import { segmentsInAll } from "./support/segments.ts";
import { stateOf } from "./support/state-of.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { LimitExceeded } = Result;

/** Sends reliable messages of this size with one call, up to the first that is refused. Answers how many went, and why. */
function fill(net: Networking, connection: ConnectionHandle, byteLength: number): { sent: number; result: Result } {
  const messages = Math.ceil((2 * MAX_UNACKNOWLEDGED_SEGMENTS) / (byteLength + 2));
  const payload = new Uint8Array(byteLength);
  const results = net.sockets.sendMessages(
    Array.from({ length: messages }, () => payload),
    connection,
    SendFlags.Reliable,
  );
  const sent = results.findIndex((result) => result <= 0);
  expect(results.slice(sent + 1).every((result) => result === 0)).toBe(true);
  return { sent, result: -results[sent]! as Result };
}

/** The connections that `drain` told of, in the order of its telling. */
function drainsOf(net: Networking): ConnectionHandle[] {
  const drained: ConnectionHandle[] = [];
  net.on("drain", ({ connectHandle }) => drained.push(connectHandle));
  return drained;
}

/** Receives all that waits, and answers how many messages that were. */
function receiveAll(net: Networking, connection: ConnectionHandle): number {
  return net.sockets.receiveMessagesOnConnection(connection, 100_000).length;
}

function pendingBytes(net: Networking, connection: ConnectionHandle): number {
  const { connectionStatus } = net.sockets.getConnectionRealTimeStatus(connection);
  return (connectionStatus?.pendingReliable ?? 0) + (connectionStatus?.pendingUnreliable ?? 0);
}

afterEach(() => {
  using net = openNetworking();
  expect(segmentsInAll(net)).toBe(0);
});

// At once, because for most of the time their packets are on their way.
describe.concurrent("a flood of un-acknowledged segments", () => {
  // Slow in manual poll mode, where one thread does everything.
  const names = (Object.keys(loads) as (keyof typeof loads)[]).filter(
    (name) => !manualPoll || name.startsWith("small"),
  );
  if (manualPoll) console.log("Only in the other poll mode: floods of large messages, which take long in this one");

  describe.each(names)("%s", (name) => {
    test("ends the process that has no cap", async () => {
      const { end, output, errors } = await run("flood.ts", [name, uncappedWay]);
      expect({ end, output, errors }).toEqual({ end: 1, output: "", errors: "" });
    });

    test("is refused at the cap, in each way", async () => {
      const { segments, messages } = loads[name];
      const flooded = await report<Record<string, Flooded>>("flood.ts", [name, ...cappedWays]);
      expect(Object.keys(flooded)).toEqual(cappedWays);
      const sent = Math.floor(MAX_UNACKNOWLEDGED_SEGMENTS / segments);
      for (const [way, { refused, ...rest }] of Object.entries(flooded)) {
        expect({ way, ...rest }).toEqual({ way, sent, segments: sent * segments, segmentsInTheEnd: 0, drains: 0 });
        // 0: the one before it, in the same call, was refused.
        expect(refused[-LimitExceeded]! + (refused[0] ?? 0)).toBe(messages - sent);
      }
    });
  });
});

describe("the count of un-acknowledged segments", () => {
  test.each([
    [0, SendFlags.Reliable, 1],
    [1, SendFlags.Reliable, 2],
    [1000, SendFlags.Reliable, 2],
    [1001, SendFlags.Reliable, 3],
    [512 * 1024, SendFlags.Reliable, 526],
    [16_500, SendFlags.Unreliable, 0],
    [16_501, SendFlags.Unreliable, 18],
  ])("of %i bytes with flags %i is %i, until it is received", (byteLength, flags, segments) => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    net.sockets.sendMessageToConnection(connection1, new Uint8Array(byteLength), flags);
    expect(net.sockets.getUnacknowledgedSegments(connection1)).toBe(segments);
    expect(net.sockets.getUnacknowledgedSegments(connection2)).toBe(0);
    expect(net.sockets.receiveMessagesOnConnection(connection2)).toHaveLength(1);
    expect(net.sockets.getUnacknowledgedSegments(connection1)).toBe(0);
  });

  test("ends with the receiving, though an inbox holds the messages", () => {
    using net = openNetworking();
    using pool = new MessagePool({ slots: 4, slotBytes: 1000 });
    using outbox = new Outbox(pool);
    using inbox = new Inbox({ mode: "view" });
    const { connection1, connection2 } = net.sockets.createSocketPair();
    for (let i = 0; i < 4; i++) outbox.push(connection1, pool.take(), 1000, SendFlags.Reliable);
    expect(net.sockets.sendMessages(outbox)).toBe(4);
    expect(net.sockets.receiveMessagesOnConnection(connection2, inbox)).toBe(4);
    expect(net.sockets.getUnacknowledgedSegments(connection1)).toBe(0);
    expect([pool.available, pool.inFlight]).toEqual([0, 4]);
    inbox.release();
    expect(net.sockets.getUnacknowledgedSegments(connection1)).toBe(0);
    expect([pool.available, pool.inFlight]).toEqual([4, 0]);
  });

  test("is nothing for a message that was refused", () => {
    using net = openNetworking({ config: { SendBufferSize: 5000 } });
    using pool = new MessagePool({ slots: 4, slotBytes: 5001 });
    using outbox = new Outbox(pool);
    const connection = net.sockets.connectByIPAddress("127.0.0.1:1");
    outbox.push(connection, pool.take(), 5001, SendFlags.Reliable);
    outbox.pushCopy(connection, new Uint8Array(10), SendFlags.Reliable);
    outbox.broadcast([connection, connection], pool.take(), 1, SendFlags.Reliable);
    expect(net.sockets.sendMessages(outbox)).toBe(0);
    expect([0, 1, 2, 3].map((i) => outbox.result(i))).toEqual([-LimitExceeded, 0, 0, 0]);
    expect(net.sockets.getUnacknowledgedSegments(connection)).toBe(0);
    expect(pool.available).toBe(4);

    const ended = 0xffff_0001 as ConnectionHandle;
    expect(net.sockets.sendMessageToConnection(ended, "x", SendFlags.Reliable).result).toBe(Result.InvalidParam);
    expect(net.sockets.getUnacknowledgedSegments(ended)).toBe(0);
  });

  test("falls to 0 when all is acknowledged, and what was refused before goes", async () => {
    using net = openNetworking({ config: { SendRateMin: 25_000_000, RecvBufferMessages: 100_000 } });
    const { client, server } = await connectOverUDP(net);
    const drained = drainsOf(net);
    net.utils.setConfigValue("FakePacketLoss_Send", 100);
    expect(fill(net, client, 1)).toEqual({ sent: 25_000, result: LimitExceeded });
    await pumpFor(net, 100);
    expect(net.sockets.getUnacknowledgedSegments(client)).toBe(50_000);
    // Unreliable ones are another matter.
    expect(net.sockets.sendMessageToConnection(client, "x", SendFlags.Unreliable).result).toBe(Result.OK);
    expect(drained).toEqual([]);

    net.utils.setConfigValue("FakePacketLoss_Send", 0);
    let received = 0;
    await pumpUntil(net, "all was acknowledged", () => {
      received += receiveAll(net, server);
      return net.sockets.getUnacknowledgedSegments(client) === 0;
    });
    await pumpUntil(net, "drain was told", () => drained.length > 0);
    received += receiveAll(net, server);
    expect(received).toBeOneOf([25_000, 25_001]);
    expect(drained).toEqual([client]);
    expect(net.sockets.sendMessageToConnection(client, "x", SendFlags.Reliable).result).toBe(Result.OK);
    await pumpUntil(net, "it was acknowledged", () => net.sockets.getUnacknowledgedSegments(client) === 0);
  });

  test.each([
    ["closed by us", 0],
    ["closed by us, lingering", 0],
    ["closed by the peer", 0],
    ["lost", 500],
  ] as const)("falls to 0 after the connection was %s", async (how, timeout) => {
    using net = openNetworking();
    const drained = drainsOf(net);
    const { client, server } = await connectOverUDP(net);
    if (timeout > 0) net.utils.setConfigValue("TimeoutConnected", timeout, { connection: client });
    net.utils.setConfigValue("FakePacketLoss_Send", 100);
    expect(fill(net, client, 1)).toEqual({ sent: 25_000, result: LimitExceeded });
    await pumpFor(net, 20);
    if (how === "closed by the peer") {
      // In this order, so that nothing is acknowledged in between: whoever sends to it again hears of it.
      net.sockets.closeConnection(server);
      net.utils.setConfigValue("FakePacketLoss_Send", 0);
      await pumpUntil(net, "it was seen", () => stateOf(net, client) === ConnectionState.ClosedByPeer);
    } else if (how === "lost") {
      await pumpUntil(net, "it was lost", () => stateOf(net, client) === ConnectionState.ProblemDetectedLocally);
    }
    // Reliable messages that nobody will ever get are no reason to go on, either.
    await pumpFor(net, 20);
    net.sockets.closeConnection(client, 0, "", how.endsWith("lingering"));
    net.utils.setConfigValue("FakePacketLoss_Send", 0);
    await pumpUntil(net, "nothing was counted", () => {
      if (stateOf(net, server) !== undefined) receiveAll(net, server);
      return net.sockets.getUnacknowledgedSegments(client) === 0;
    });
    await pumpFor(net, 20);
    expect(drained).toEqual([]);
  });

  test("falls to 0 with the network", async () => {
    let client: ConnectionHandle;
    using pool = new MessagePool({ slots: 1000, slotBytes: 16 });
    {
      using net = openNetworking();
      using outbox = new Outbox(pool);
      ({ client } = await connectOverUDP(net));
      const { connection1 } = net.sockets.createSocketPair();
      net.utils.setConfigValue("FakePacketLoss_Send", 100);
      for (let i = 0; i < 1000; i++) outbox.push(i % 2 ? client : connection1, pool.take(), 16, SendFlags.Reliable);
      expect(net.sockets.sendMessages(outbox)).toBe(1000);
      expect(fill(net, client, 1).result).toBe(LimitExceeded);
      expect(fill(net, connection1, 1).result).toBe(LimitExceeded);
      await pumpFor(net, 20);
    }
    expect(pool.available).toBe(1000);
    expect(pool.inFlight).toBe(0);
    using net = openNetworking();
    expect(segmentsInAll(net)).toBe(0);
    const drained = drainsOf(net);
    await pumpFor(net, 20);
    expect(drained).toEqual([]);
    const { connection1, connection2 } = net.sockets.createSocketPair();
    expect(fill(net, connection1, 1)).toEqual({ sent: 25_000, result: LimitExceeded });
    expect(receiveAll(net, connection2)).toBe(25_000);
  });
});

describe("drain of a connection", () => {
  test("comes once, in runCallbacks, when the send buffer is below half", async () => {
    const sendBuffer = 100_000;
    const rate = 100_000;
    using net = openNetworking({
      config: { SendBufferSize: sendBuffer, SendRateMin: rate, SendRateMax: rate },
    });
    const { client } = await connectOverUDP(net);
    const drained: number[] = [];
    net.on("drain", ({ connectHandle }) => {
      expect(connectHandle).toBe(client);
      drained.push(pendingBytes(net, client));
    });
    for (let round = 0; round < 2; round++) {
      const { result } = fill(net, client, 1000);
      expect(result).toBe(LimitExceeded);
      // Refused twice, told once.
      expect(fill(net, client, 1000)).toMatchObject({ result: LimitExceeded });
      let before = 0;
      await pumpUntil(net, "drain was told", () => {
        if (drained.length === round) before = pendingBytes(net, client);
        return drained.length > round;
      });
      expect(drained).toHaveLength(round + 1);
      expect(drained[round]).toBeLessThanOrEqual(sendBuffer / 2);
      // It came as soon as it could: this many are sent between two runs.
      expect(before).toBeGreaterThan(sendBuffer / 2 - rate / 4);
      await pumpFor(net, 100);
      expect(drained).toHaveLength(round + 1);
    }
    // Refused, and room again, without anybody asking.
    fill(net, client, 1000);
    await waitFor(1200);
    expect(drained).toHaveLength(2);
    expect(pendingBytes(net, client)).toBeLessThan(sendBuffer / 2);
    net.runCallbacks();
    expect(drained).toHaveLength(3);
  });

  test("waits for the segments, too", () => {
    using net = openNetworking();
    const drained = drainsOf(net);
    const { connection1, connection2 } = net.sockets.createSocketPair();
    expect(fill(net, connection1, 1)).toEqual({ sent: 25_000, result: LimitExceeded });
    net.sockets.receiveMessagesOnConnection(connection2, 12_499);
    net.runCallbacks();
    expect(drained).toEqual([]);
    net.sockets.receiveMessagesOnConnection(connection2, 1);
    expect(drained).toEqual([]);
    net.runCallbacks();
    expect(drained).toEqual([connection1]);
    receiveAll(net, connection2);
    net.runCallbacks();
    net.runCallbacks();
    expect(drained).toEqual([connection1]);
  });

  test("comes for each of several, and again after another refusal, also one in the handler", () => {
    using net = openNetworking();
    const pairs = Array.from({ length: 5 }, () => net.sockets.createSocketPair());
    const drained: ConnectionHandle[] = [];
    net.on("drain", ({ connectHandle }) => {
      drained.push(connectHandle);
      if (connectHandle === pairs[2]!.connection1) fill(net, connectHandle, 1);
    });
    for (const { connection1 } of pairs) fill(net, connection1, 1);
    net.runCallbacks();
    expect(drained).toEqual([]);
    for (const { connection2 } of pairs.slice(1)) receiveAll(net, connection2);
    net.runCallbacks();
    expect(drained.sort()).toEqual(
      pairs
        .slice(1)
        .map(({ connection1 }) => connection1)
        .sort(),
    );
    drained.length = 0;
    for (let round = 0; round < 3; round++) {
      net.runCallbacks();
      expect(drained).toHaveLength(round);
      receiveAll(net, pairs[2]!.connection2);
      net.runCallbacks();
      expect(drained).toHaveLength(round + 1);
    }
    receiveAll(net, pairs[0]!.connection2);
    net.runCallbacks();
    expect(drained.at(-1)).toBe(pairs[0]!.connection1);
    for (const { connection1, connection2 } of pairs) {
      net.sockets.closeConnection(connection1);
      net.sockets.closeConnection(connection2);
    }
  });

  test("comes after every kind of sending that was refused", () => {
    using net = openNetworking();
    const drained = drainsOf(net);
    using pool = new MessagePool({ slots: 100, slotBytes: 16 });
    using outbox = new Outbox(pool);
    const lent = pool.share(10);
    const share = PoolShare.attach(lent);
    const { connection1: connection, connection2: other } = net.sockets.createSocketPair();
    const sendings: (() => void)[] = [
      () => net.sockets.sendMessageToConnection(connection, "x", SendFlags.Reliable),
      () => net.sockets.sendMessages([{ connection, data: "x", flags: SendFlags.Reliable }]),
      () => net.sockets.sendMessages(["x"], connection, SendFlags.Reliable),
      () => outbox.push(connection, pool.take(), 1, SendFlags.Reliable),
      () => outbox.pushCopy(connection, "x", SendFlags.Reliable),
      () => outbox.broadcast([connection], pool.take(), 1, SendFlags.Reliable),
      () => share.push(connection, share.take(), 1, SendFlags.Reliable),
    ];
    for (const [index, send] of sendings.entries()) {
      // Up to the brim, with nothing refused.
      for (let i = 0; i < 25_000; i++) net.sockets.sendMessageToConnection(connection, "x", SendFlags.Reliable);
      receiveSome();
      expect(drained).toHaveLength(index);
      for (let i = 0; i < 12_500; i++) net.sockets.sendMessageToConnection(connection, "x", SendFlags.Reliable);
      send();
      net.sockets.sendMessages(outbox);
      share.flush();
      net.sockets.sendMessages(lent);
      receiveAll(net, other);
      net.runCallbacks();
      expect(drained).toHaveLength(index + 1);
    }
    expect(pool.reclaim(lent)).toBe(10);
    expect(pool.available).toBe(100);

    function receiveSome() {
      net.sockets.receiveMessagesOnConnection(other, 12_500);
      net.runCallbacks();
    }
  });

  test("does not come for a message that could never fit", () => {
    using net = openNetworking({ config: { SendBufferSize: 10_000 } });
    const { sockets } = net;
    const { connection1 } = sockets.createSocketPair(true);
    let drains = 0;
    net.on("drain", () => drains++);
    const { result } = sockets.sendMessageToConnection(connection1, new Uint8Array(10_001), SendFlags.Reliable);
    expect(result).toBe(Result.LimitExceeded);
    for (let run = 0; run < 10; run++) net.runCallbacks();
    expect(drains).toBe(0);
  });

  test("does not come for a connection that was closed, by us or by the peer", async () => {
    using net = openNetworking();
    const drained = drainsOf(net);
    const [ours, theirs, closedInHandler, last] = Array.from({ length: 4 }, () => net.sockets.createSocketPair());
    for (const pair of [ours!, theirs!, closedInHandler!, last!]) fill(net, pair.connection1, 1);
    receiveAll(net, ours!.connection2);
    net.sockets.closeConnection(ours!.connection1);
    net.sockets.closeConnection(theirs!.connection2);
    net.once("drain", () => {
      net.sockets.closeConnection(closedInHandler!.connection1);
      net.sockets.closeConnection(last!.connection1);
    });
    receiveAll(net, closedInHandler!.connection2);
    receiveAll(net, last!.connection2);
    await pumpFor(net, 50);
    // The log was there first; the handler then closed the other one of the two.
    expect(drained).toHaveLength(1);
    expect([closedInHandler!.connection1, last!.connection1]).toContain(drained[0]!);
  });

  test("comes to every opening of the network, and none that was closed", () => {
    using first = openNetworking();
    const second = openNetworking();
    const third = openNetworking();
    const logs = [first, second, third].map(drainsOf);
    const { connection1, connection2 } = first.sockets.createSocketPair();
    third.close();
    fill(second, connection1, 1);
    receiveAll(first, connection2);
    first.runCallbacks();
    second.runCallbacks();
    expect(logs).toEqual([[connection1], [connection1], []]);
    second.close();
    fill(first, connection1, 1);
    receiveAll(first, connection2);
    first.runCallbacks();
    expect(logs).toEqual([[connection1, connection1], [connection1], []]);
  });

  test("is not repeated when a handler throws, and the others get theirs", () => {
    using net = openNetworking();
    const pairs = [net.sockets.createSocketPair(), net.sockets.createSocketPair()];
    const drained: ConnectionHandle[] = [];
    net.on("drain", ({ connectHandle }) => {
      throw new Error(`mistake ${connectHandle}`);
    });
    net.on("drain", ({ connectHandle }) => drained.push(connectHandle));
    for (const { connection1, connection2 } of pairs) {
      fill(net, connection1, 1);
      receiveAll(net, connection2);
    }
    expect(() => net.runCallbacks()).toThrow(AggregateError);
    expect(drained).toHaveLength(2);
    net.runCallbacks();
    expect(drained).toHaveLength(2);
    const errors: unknown[] = [];
    net.on("error", (error) => errors.push(error));
    fill(net, pairs[0]!.connection1, 1);
    receiveAll(net, pairs[0]!.connection2);
    net.runCallbacks();
    expect(errors).toEqual([new Error(`mistake ${pairs[0]!.connection1}`)]);
  });
});

describe("a pool that runs dry", () => {
  const slots = 10;

  /** A pool whose slots all wait at the other end of a pair in memory. */
  function dryPool(net: Networking) {
    const { connection1: from, connection2: to } = net.sockets.createSocketPair();
    const pool = new MessagePool({ slots, slotBytes: 8 });
    const outbox = new Outbox(pool);
    const sendAll = () => {
      for (let slot = pool.take(); slot >= 0; slot = pool.take()) outbox.push(from, slot, 8, SendFlags.Reliable);
      return net.sockets.sendMessages(outbox);
    };
    const receive = (count: number) => net.sockets.receiveMessagesOnConnection(to, count).length;
    return { from, pool, sendAll, receive };
  }

  test("answers -1, and tells once when half of it is free", () => {
    using net = openNetworking();
    const { pool, sendAll, receive } = dryPool(net);
    let drains = 0;
    pool.on("drain", (drained) => {
      expect(drained).toBe(pool);
      drains++;
    });
    for (let round = 1; round <= 3; round++) {
      expect(sendAll()).toBe(slots);
      expect([pool.take(), pool.take(), pool.available, pool.inFlight]).toEqual([-1, -1, 0, slots]);
      receive(4);
      net.runCallbacks();
      expect(drains).toBe(round - 1);
      receive(1);
      expect(drains).toBe(round - 1);
      net.runCallbacks();
      net.runCallbacks();
      expect(drains).toBe(round);
      receive(slots);
      net.runCallbacks();
      expect([drains, pool.available]).toEqual([round, slots]);
    }
    pool.close();
  });

  test("tells when half of what is not lent out is free", () => {
    using net = openNetworking();
    const { pool, sendAll, receive } = dryPool(net);
    let drains = 0;
    pool.on("drain", () => drains++);
    const lent = pool.share(8);
    expect(sendAll()).toBe(2);
    net.runCallbacks();
    expect(drains).toBe(0);
    receive(1);
    net.runCallbacks();
    expect(drains).toBe(1);
    receive(1);
    const all = pool.share(2);
    expect(pool.take()).toBe(-1);
    net.runCallbacks();
    expect(drains).toBe(1);
    pool.reclaim(all);
    net.runCallbacks();
    expect(drains).toBe(2);
    pool.reclaim(lent);
    net.runCallbacks();
    expect([drains, pool.available]).toEqual([2, slots]);
    pool.close();
  });

  test("says nothing when it did not, or was closed, or nobody listens any more", () => {
    using net = openNetworking();
    let drains = 0;
    const count = () => drains++;
    const { pool, sendAll, receive } = dryPool(net);
    pool.on("drain", count);
    const taken = Array.from({ length: slots }, () => pool.take());
    for (const slot of taken) pool.free(slot);
    net.runCallbacks();
    expect(drains).toBe(0);
    sendAll();
    pool.off("drain", count);
    receive(slots);
    net.runCallbacks();
    pool.once("drain", count);
    for (let round = 0; round < 2; round++) {
      sendAll();
      receive(slots);
      net.runCallbacks();
      expect(drains).toBe(1);
    }
    pool.on("drain", count);
    sendAll();
    pool.close();
    receive(slots);
    net.runCallbacks();
    expect(drains).toBe(1);
  });

  test("may run dry again while it tells so, and is told of with the next run", () => {
    using net = openNetworking();
    const { pool, from, sendAll } = dryPool(net);
    const other = dryPool(net);
    let drains = 0;
    let others = 0;
    other.pool.on("drain", () => others++);
    net.sockets.closeConnection(from);
    pool.on("drain", () => {
      if (++drains > 10) throw new Error("It does not end");
      // Nothing goes, and every slot comes back at once.
      expect(sendAll()).toBe(0);
    });
    expect(sendAll()).toBe(0);
    other.sendAll();
    other.receive(slots);
    for (let run = 1; run <= 3; run++) {
      net.runCallbacks();
      expect([drains, others]).toEqual([run, 1]);
    }
    pool.close();
    other.pool.close();
  });

  test("tells all handlers, whatever they throw, and the network's `error`", () => {
    using net = openNetworking();
    const { pool, sendAll, receive } = dryPool(net);
    let drains = 0;
    pool.on("drain", () => {
      throw new Error("a mistake");
    });
    pool.on("drain", () => drains++);
    const dryAndDrained = () => {
      sendAll();
      receive(slots);
      net.runCallbacks();
    };
    expect(dryAndDrained).toThrow("a mistake");
    const errors: unknown[] = [];
    net.on("error", (error) => errors.push(error));
    dryAndDrained();
    expect([drains, errors]).toEqual([2, [new Error("a mistake")]]);
    pool.close();
  });

  test("tells no handler after one that closes it, and may close the network", () => {
    const net = openNetworking();
    const { pool, sendAll, receive } = dryPool(net);
    let drains = 0;
    pool.on("drain", () => {
      drains++;
      pool.close();
      net.close();
    });
    pool.on("drain", () => drains++);
    sendAll();
    receive(slots);
    net.runCallbacks();
    expect([drains, net.isOpen, pool.isOpen]).toEqual([1, false, false]);
  });
});
