/**
 * Socket pairs, in memory and over the loopback device.
 *
 * - Both ends are Connected at once, and no event tells of it.
 * - identity1 is what connection1 sees as its peer, identity2 what connection2 sees; localhost without one.
 * - Messages go both ways in order, empty ones too, and are the sender's no more: what he changes afterwards is not seen.
 * - A close of one end is told to the other with reason and text; both ends must be closed.
 * - Only the pair in memory tells of loopback buffers.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionInfoFlags,
  ConnectionState,
  Result,
  SendFlags,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type Networking,
} from "../lib/index.ts";
import { noise } from "./support/noise.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { receiveMessages } from "./support/receive.ts";
import { shows } from "./support/shows.ts";

describe.each([
  { where: "in memory", loopback: false },
  { where: "over loopback", loopback: true },
])("a socket pair $where", ({ loopback }) => {
  function infoOf(net: Networking, connection: ConnectionHandle) {
    const info = net.sockets.getConnectionInfo(connection);
    if (info === undefined) throw new Error(`${connection} is no connection`);
    return info;
  }

  function recordEvents(net: Networking): ConnectionStatusChangedEvent[] {
    const events: ConnectionStatusChangedEvent[] = [];
    net.on("connectionStatusChanged", (event) => events.push(event));
    return events;
  }

  test("is connected at once and without an event", async () => {
    using net = openNetworking();
    const events = recordEvents(net);
    const { success, connection1, connection2 } = net.sockets.createSocketPair(loopback);
    expect(success).toBe(true);
    expect(connection1).not.toBe(connection2);
    for (const connection of [connection1, connection2]) {
      const info = infoOf(net, connection);
      expect(info).toMatchObject({ connectionState: ConnectionState.Connected, listenSocket: 0, userData: -1 });
      expect(info.remoteAddress).toMatch(loopback ? /^127\.0\.0\.1:[1-9]\d*$/ : /^\[::\]:0$/);
      expect((info.infoFlags & ConnectionInfoFlags.LoopbackBuffers) !== 0).toBe(!loopback);
      expect(info.infoFlags & ConnectionInfoFlags.Unencrypted).toBe(0);
    }
    await pumpFor(net, 100);
    expect(events).toEqual([]);
    shows("gns", "createSocketPair");
  });

  test.each([
    ["str:alice", "str:bob"],
    ["steamid:76561197960287930", "ip:192.0.2.7:27015"],
    ["ip:[2001:db8::1]:27015", "gen:0a1b2c"],
    [`str:${"x".repeat(31)}`, `gen:${"5a".repeat(32)}`],
  ])("gives its connections the peers %s and %s", async (identity1, identity2) => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback, identity1, identity2);
    expect(infoOf(net, connection1).identity).toBe(identity1);
    expect(infoOf(net, connection2).identity).toBe(identity2);
    net.sockets.sendMessageToConnection(connection1, "to 2", SendFlags.ReliableNoNagle);
    net.sockets.sendMessageToConnection(connection2, "to 1", SendFlags.ReliableNoNagle);
    expect((await receiveMessages(net, connection1, 1)).map(({ identity }) => identity)).toEqual([identity1]);
    expect((await receiveMessages(net, connection2, 1)).map(({ identity }) => identity)).toEqual([identity2]);
  });

  test("gives localhost where no identity is named", () => {
    using net = openNetworking();
    const unnamed = net.sockets.createSocketPair(loopback);
    expect(infoOf(net, unnamed.connection1).identity).toBe("ip:::1");
    expect(infoOf(net, unnamed.connection2).identity).toBe("ip:::1");
    const half = net.sockets.createSocketPair(loopback, undefined, "str:bob");
    expect(infoOf(net, half.connection1).identity).toBe("ip:::1");
    expect(infoOf(net, half.connection2).identity).toBe("str:bob");
  });

  test("carries messages both ways in order, empty ones too", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback);
    for (const [from, to, seed] of [
      [connection1, connection2, 1000],
      [connection2, connection1, 2000],
    ] as const) {
      const payloads = [0, 1, 0, 100, 5000, 0].map((size, index) => noise(seed + index, size));
      for (const [index, payload] of payloads.entries()) {
        expect(net.sockets.sendMessageToConnection(from, payload, SendFlags.Reliable)).toEqual({
          result: Result.OK,
          messageNumber: index + 1,
        });
      }
      const received = await receiveMessages(net, to, payloads.length);
      expect(received.map(({ payload }) => payload)).toEqual(payloads);
      expect(received.map(({ size }) => size)).toEqual(payloads.map(({ length }) => length));
      expect(received.every(({ connection }) => connection === to)).toBe(true);
    }
    shows("gns", "sendMessageToConnection", "receiveMessagesOnConnection");
  });

  test("carries what was sent, whatever becomes of the sender's and the receiver's memory", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback);
    const data = new Uint8Array([1, 2, 3]);
    net.sockets.sendMessageToConnection(connection1, data, SendFlags.ReliableNoNagle);
    data.fill(9);
    net.sockets.sendMessages([data], connection1, SendFlags.ReliableNoNagle);
    data.fill(0);
    const [first, second] = await receiveMessages(net, connection2, 2);
    expect(first?.payload).toEqual(new Uint8Array([1, 2, 3]));
    first?.payload.fill(7);
    expect(second?.payload).toEqual(new Uint8Array([9, 9, 9]));
  });

  test("tells the other end of a close, with reason and text", async () => {
    using net = openNetworking();
    const events = recordEvents(net);
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback);
    expect(net.sockets.closeConnection(connection1, 1717, "curtain")).toBe(true);
    expect(net.sockets.getConnectionInfo(connection1)).toBeUndefined();
    await pumpUntil(net, "the other end was told", () => events.length > 0);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      connectHandle: connection2,
      oldState: ConnectionState.Connected,
      connection: { connectionState: ConnectionState.ClosedByPeer, endReason: 1717, endDebug: "curtain" },
    });
    shows("gns", "closeConnection", "connectionStatusChanged");
  });

  test("must be closed at both ends", async () => {
    using net = openNetworking();
    const events = recordEvents(net);
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback);
    net.sockets.closeConnection(connection1);
    await pumpUntil(net, "the other end was told", () => events.length > 0);
    expect(infoOf(net, connection2).connectionState).toBe(ConnectionState.ClosedByPeer);
    const { result, messageNumber } = net.sockets.sendMessageToConnection(connection2, "hello?", SendFlags.Reliable);
    expect([result, messageNumber]).toEqual([Result.NoConnection, 0]);
    expect(net.sockets.closeConnection(connection2)).toBe(true);
    expect(net.sockets.getConnectionInfo(connection2)).toBeUndefined();
    expect(net.sockets.closeConnection(connection2)).toBe(false);
    expect(net.sockets.closeConnection(connection1)).toBe(false);
    await pumpFor(net, 50);
    expect(events).toHaveLength(1);
  });

  test("keeps what was received before the other end closed", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback);
    net.sockets.sendMessageToConnection(connection1, "last words", SendFlags.ReliableNoNagle);
    net.sockets.closeConnection(connection1, 0, "", true);
    await pumpUntil(
      net,
      "the other end was told",
      () => infoOf(net, connection2).connectionState === ConnectionState.ClosedByPeer,
    );
    const [message] = await receiveMessages(net, connection2, 1);
    expect(new TextDecoder().decode(message?.payload)).toBe("last words");
  });
});
