/**
 * Lanes, over UDP.
 *
 * - Each lane numbers its messages from 1 and keeps their order; a message knows its lane.
 * - On a lane with a LOWER priority number a small message overtakes a bulk transfer that was sent before it; on one
 *   with a higher number, or on the same lane, it does not.
 * - Lanes of equal priority share the bandwidth by their weights.
 * - The status tells what waits on each lane.
 * - Lanes can be added, not taken away. What is wrong with a connection or a lane is told as a Result.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionState,
  NETWORKING_CONNECTION_INVALID,
  Result,
  SendFlags,
  type ConfigOptions,
  type ConnectionHandle,
  type OutgoingMessage,
} from "../lib/index.ts";
import { noise } from "./support/noise.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil } from "./support/pump.ts";
import { receiveMessages } from "./support/receive.ts";
import { shows } from "./support/shows.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { OK, InvalidParam, InvalidState, NoConnection } = Result;

// So slow that a bulk transfer of 256 KiB takes a quarter of a second.
const slow: ConfigOptions = { SendRateMin: 1 << 20, SendRateMax: 1 << 20, SendBufferSize: 4 << 20 };
const bulkMessages = 256;
const bulkMessageBytes = 1024;

/** The messages of a bulk transfer. Sent in one call with what shall compete, so that it gets no head start. */
function bulkTransfer(connection: ConnectionHandle, lane: number): OutgoingMessage[] {
  return Array.from({ length: bulkMessages }, (_, index) => ({
    connection,
    data: noise(index, bulkMessageBytes),
    flags: SendFlags.ReliableNoNagle,
    lane,
  }));
}

test("each lane numbers its messages from 1 and keeps their order", async () => {
  using net = openNetworking();
  const { client, server } = await connectOverUDP(net);
  expect(net.sockets.configureConnectionLanes(client, 3)).toBe(OK);
  const lanes = [0, 1, 2, 1, 1, 0, 2, 0, 0];
  const numbers = [1, 1, 1, 2, 3, 2, 2, 3, 4];
  const results = net.sockets.sendMessages(
    lanes.map((lane, index) => ({ connection: client, data: `${index}`, flags: SendFlags.Reliable, lane })),
  );
  expect(results).toEqual(numbers);
  const received = await receiveMessages(net, server, lanes.length);
  const seen = received.map(({ payload, lane, messageNumber }) => ({
    index: Number(new TextDecoder().decode(payload)),
    lane,
    messageNumber,
  }));
  expect(seen.toSorted((one, other) => one.index - other.index)).toEqual(
    lanes.map((lane, index) => ({ index, lane, messageNumber: numbers[index]! })),
  );
  for (const lane of [0, 1, 2]) {
    const ofLane = seen.filter((message) => message.lane === lane).map(({ messageNumber }) => messageNumber);
    expect(ofLane).toEqual(ofLane.toSorted((one, other) => one - other));
  }
  // The lanes of one direction say nothing about the other.
  expect(net.sockets.sendMessages([{ connection: server, data: "", lane: 1 }])).toEqual([-InvalidParam]);
  shows("gns", "configureConnectionLanes");
});

describe("a small message that is sent behind a bulk transfer", () => {
  /** How many messages of the bulk transfer arrive before the small one. */
  async function arrivedBefore(priorities: readonly number[], bulkLane: number, smallLane: number): Promise<number> {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net, { options: slow });
    expect(net.sockets.configureConnectionLanes(client, priorities.length, priorities)).toBe(OK);
    const small = { connection: client, data: "small", flags: SendFlags.ReliableNoNagle, lane: smallLane };
    const numbers = net.sockets.sendMessages([...bulkTransfer(client, bulkLane), small]);
    expect(numbers.at(-1)).toBe(bulkLane === smallLane ? bulkMessages + 1 : 1);
    const received = await receiveMessages(net, server, bulkMessages + 1);
    return received.findIndex(({ size }) => size === "small".length);
  }

  test("overtakes it on a lane with a lower priority number", async () => {
    expect(await arrivedBefore([0, 10], 1, 0)).toBeLessThan(bulkMessages / 2);
    expect(await arrivedBefore([7, -7], 0, 1)).toBeLessThan(bulkMessages / 2);
  });

  test("does not on a lane with a higher priority number", async () => {
    // Within the last packet the order is the library's.
    expect(await arrivedBefore([10, 0], 1, 0)).toBeGreaterThan(bulkMessages - 4);
  });

  test("does not on the same lane", async () => {
    expect(await arrivedBefore([0, 10], 1, 1)).toBe(bulkMessages);
  });
});

test("lanes of equal priority share the bandwidth by their weights", async () => {
  /** How many messages of the light lane have arrived when the heavy one is through. */
  async function shareOfLight(weights: readonly number[], heavy: number): Promise<number> {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net, { options: slow });
    expect(net.sockets.configureConnectionLanes(client, 2, null, weights)).toBe(OK);
    net.sockets.sendMessages([...bulkTransfer(client, 0), ...bulkTransfer(client, 1)]);
    const lanes = (await receiveMessages(net, server, 2 * bulkMessages)).map(({ lane }) => lane);
    return lanes.lastIndexOf(heavy) + 1 - bulkMessages;
  }
  // At 9 to 1 a ninth of the light lane's messages go out meanwhile.
  for (const share of [await shareOfLight([9, 1], 0), await shareOfLight([1, 9], 1)]) {
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(bulkMessages / 3);
  }
  expect(await shareOfLight([5, 5], 0)).toBeGreaterThan(bulkMessages / 2);
});

test("the status tells what waits on each lane", async () => {
  using net = openNetworking();
  const { client, server } = await connectOverUDP(net, { options: slow });
  expect(net.sockets.configureConnectionLanes(client, 3, [0, 1, 2])).toBe(OK);
  const unreliable = { connection: client, data: noise(0, 5000), flags: SendFlags.UnreliableNoNagle, lane: 2 };
  net.sockets.sendMessages([...bulkTransfer(client, 1), unreliable]);
  const { result, connectionStatus, lanesStatus } = net.sockets.getConnectionRealTimeStatus(client, 3);
  expect(result).toBe(OK);
  const [first, second, third] = lanesStatus;
  expect(lanesStatus).toHaveLength(3);
  expect(first).toMatchObject({ pendingReliable: 0, pendingUnreliable: 0, sentUnacknowledgedReliable: 0 });
  expect(second?.pendingReliable).toBeGreaterThan((bulkMessages * bulkMessageBytes) / 2);
  expect(second?.pendingUnreliable).toBe(0);
  expect(third).toMatchObject({ pendingReliable: 0, pendingUnreliable: 5000, sentUnacknowledgedReliable: 0 });
  expect(third?.queueTime).toBeGreaterThan(second?.queueTime ?? Infinity);
  expect(second?.queueTime).toBeGreaterThan(first?.queueTime ?? Infinity);
  expect(connectionStatus?.pendingReliable).toBe(second?.pendingReliable);
  expect(connectionStatus?.pendingUnreliable).toBe(5000);

  expect(net.sockets.getConnectionRealTimeStatus(client, 2, false)).toEqual({
    result: OK,
    lanesStatus: [expect.anything(), expect.anything()],
  });
  expect(net.sockets.getConnectionRealTimeStatus(client, 4)).toEqual({ result: InvalidParam, lanesStatus: [] });

  await receiveMessages(net, server, bulkMessages + 1);
  await pumpUntil(net, "all lanes were empty", () =>
    net.sockets
      .getConnectionRealTimeStatus(client, 3)
      .lanesStatus.every((lane) => lane.pendingReliable + lane.sentUnacknowledgedReliable === 0),
  );
});

describe("lanes of a connection", () => {
  test("can be added and not be taken away", async () => {
    using net = openNetworking();
    const { client } = await connectOverUDP(net);
    const { sockets } = net;
    const lanesOf = () => {
      let lanes = 0;
      while (sockets.getConnectionRealTimeStatus(client, lanes + 1).result === OK) lanes++;
      return lanes;
    };
    expect(lanesOf()).toBe(1);
    expect(sockets.configureConnectionLanes(client, 2)).toBe(OK);
    expect(sockets.configureConnectionLanes(client, 4, [3, 2, 1, 0], [1, 1, 1, 0xffff])).toBe(OK);
    expect(lanesOf()).toBe(4);
    expect(sockets.configureConnectionLanes(client, 3)).toBe(InvalidParam);
    expect(sockets.configureConnectionLanes(client, 1)).toBe(InvalidParam);
    expect(sockets.configureConnectionLanes(client, 4, [0, 0, -(2 ** 31), 2 ** 31 - 1])).toBe(OK);
    expect(lanesOf()).toBe(4);
    // The library loses a connection that uses more.
    expect(sockets.configureConnectionLanes(client, 9)).toBe(InvalidParam);
    expect(sockets.configureConnectionLanes(client, 255)).toBe(InvalidParam);
    expect(lanesOf()).toBe(4);
    expect(sockets.configureConnectionLanes(client, 8)).toBe(OK);
  });

  // The library itself crashes when some counts of lanes are configured so, and leaves a lane dead with others.
  test.each([2, 3, 4, 5, 6, 7, 8])(
    "all carry messages over UDP, however often they are configured: %d",
    async (lanes) => {
      using net = openNetworking();
      const { client, server } = await connectOverUDP(net);
      const falling = Array.from({ length: lanes }, (_, lane) => lanes - lane);
      for (const priorities of [falling, null, falling, null]) {
        expect(net.sockets.configureConnectionLanes(client, lanes, priorities)).toBe(OK);
      }
      const messages = falling.map((_, lane) => ({
        connection: client,
        data: "here",
        flags: SendFlags.Reliable,
        lane,
      }));
      expect(net.sockets.sendMessages(messages)).toEqual(falling.map(() => 1));
      const received = await receiveMessages(net, server, lanes);
      expect(received.map(({ lane }) => lane).sort()).toEqual(messages.map(({ lane }) => lane));
    },
  );

  test("go on sharing the bandwidth when configuring them again is refused", async () => {
    using net = openNetworking();
    // So slow that messages wait on both lanes.
    const options = { SendRateMin: 300_000, SendRateMax: 300_000, SendBufferSize: 1 << 20 };
    const { client, server } = await connectOverUDP(net, { options });
    const { sockets } = net;
    expect(sockets.configureConnectionLanes(client, 3, [0, 10, 10])).toBe(OK);
    const data = new Uint8Array(5_000);
    const send = (lane: number) => {
      const messages = Array.from({ length: 20 }, () => ({
        connection: client,
        data,
        flags: SendFlags.Reliable,
        lane,
      }));
      expect(sockets.sendMessages(messages).every((result) => result > 0)).toBe(true);
    };
    send(1);
    await receiveMessages(net, server, 20);

    send(1);
    expect(sockets.configureConnectionLanes(client, 2)).toBe(InvalidParam);
    expect(sockets.configureConnectionLanes(client, 9)).toBe(InvalidParam);
    send(2);
    const firstHalf = (await receiveMessages(net, server, 40)).slice(0, 20);
    const ofTheFirstLane = firstHalf.filter(({ lane }) => lane === 1).length;
    expect(ofTheFirstLane).toBeGreaterThan(5);
    expect(ofTheFirstLane).toBeLessThan(15);
  });

  test("can't be had of a connection that is not there or has ended", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.configureConnectionLanes(NETWORKING_CONNECTION_INVALID, 2)).toBe(NoConnection);
    expect(net.sockets.closeConnection(server)).toBe(true);
    expect(net.sockets.configureConnectionLanes(server, 2)).toBe(NoConnection);
    await pumpUntil(
      net,
      "the client saw the end",
      () => net.sockets.getConnectionInfo(client)?.connectionState === ConnectionState.ClosedByPeer,
    );
    expect(net.sockets.configureConnectionLanes(client, 2)).toBe(InvalidState);
  });

  test("that are not there answer -InvalidParam, and nothing is sent", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.configureConnectionLanes(client, 2)).toBe(OK);
    const to = (lane: number) => ({ connection: client, data: `${lane}`, flags: SendFlags.Reliable, lane });
    expect(net.sockets.sendMessages([to(2)])).toEqual([-InvalidParam]);
    expect(net.sockets.sendMessages([to(0xffff)])).toEqual([-InvalidParam]);
    expect(net.sockets.sendMessages([to(0), to(2), to(1)])).toEqual([1, -InvalidParam, 0]);
    expect(net.sockets.sendMessages([to(1)])).toEqual([1]);
    const received = await receiveMessages(net, server, 2);
    expect(received.map(({ lane }) => lane).toSorted()).toEqual([0, 1]);
  });
});
