/**
 * Two processes over UDP.
 *
 * - A connection that comes in waits until it is accepted; then both ends are Connected, and each knows the other's
 *   address.
 * - One that is refused never was Connected, and its peer sees reason and text.
 * - A close by either end is seen by the other with reason and text; without a reason as 1000; a text of more than 127
 *   bytes is cut between characters.
 * - A close that lingers delivers everything that was sent, even when the network is closed right behind it; one that
 *   does not linger does not.
 * - Each way 9,900 reliable messages of up to 1 KiB and 100 of up to 512 KiB, that size included, arrive byte for byte,
 *   in order and numbered.
 * - Unreliable messages are lost with their packets, and those that arrive are whole.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionEnd,
  ConnectionInfoFlags,
  ConnectionState,
  Result,
  SendFlags,
  type ConfigOptions,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type ListenSocketHandle,
  type Networking,
} from "../lib/index.ts";
import type * as exchanger from "./peers/exchanger.ts";
import type * as lingerer from "./peers/lingerer.ts";
import type * as shouter from "./peers/shouter.ts";
import type * as visitor from "./peers/visitor.ts";
import { exchange, exchangeOptions, messageCount } from "./support/exchange.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { Peer } from "./support/peer.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { numberOfShout } from "./support/shout.ts";
import { shows } from "./support/shows.ts";

const { Connecting, Connected, ClosedByPeer } = ConnectionState;

/** A listen socket, its address, and what happened there so far. */
class Server {
  readonly listenSocket: ListenSocketHandle;
  readonly address: string;
  readonly events: ConnectionStatusChangedEvent[] = [];
  readonly #net: Networking;

  constructor(net: Networking, options?: ConfigOptions) {
    this.#net = net;
    this.listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0", options);
    this.address = net.sockets.getListenSocketAddress(this.listenSocket) ?? "";
    net.on("connectionStatusChanged", (event) => this.events.push(event));
  }

  /** The event of the first connection that reaches this state. */
  async event(state: ConnectionState): Promise<ConnectionStatusChangedEvent> {
    const find = () => this.events.find(({ connection }) => connection.connectionState === state);
    await pumpUntil(this.#net, `a connection was in state ${state}`, () => find() !== undefined);
    return find()!;
  }

  /** Waits for a connection and accepts it. */
  async accept(): Promise<ConnectionHandle> {
    const { connectHandle } = await this.event(Connecting);
    this.#net.sockets.acceptConnection(connectHandle);
    await this.event(Connected);
    return connectHandle;
  }
}

/** The states that a visitor went through, up to this one. */
async function historyUntil(
  peer: Peer<visitor.Reports, visitor.Orders>,
  net: Networking,
  last: ConnectionState,
): Promise<visitor.Reports["event"][]> {
  const history: visitor.Reports["event"][] = [];
  while (history.at(-1)?.state !== last) {
    await pumpUntil(net, `the visitor was in state ${last}`, () => peer.hasReported("event"));
    history.push(await peer.report("event"));
  }
  return history;
}

describe("a connection that comes in", () => {
  test("waits until it is accepted, and then both ends are connected", async () => {
    using net = openNetworking();
    const server = new Server(net);
    await using peer = new Peer<visitor.Reports, visitor.Orders>("visitor");
    peer.order("connect", server.address);

    const { connectHandle, oldState, connection } = await server.event(Connecting);
    expect(oldState).toBe(ConnectionState.None);
    expect(connection).toMatchObject({
      connectionState: Connecting,
      listenSocket: server.listenSocket,
      remoteAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      endReason: ConnectionEnd.Invalid,
      userData: -1,
    });
    await pumpFor(net, 200);
    const waiting: visitor.Reports["event"][] = [];
    while (peer.hasReported("event")) waiting.push(await peer.report("event"));
    expect(waiting.map(({ oldState: from, state }) => [from, state])).toEqual([[ConnectionState.None, Connecting]]);
    expect(server.events).toHaveLength(1);
    expect(net.sockets.getConnectionInfo(connectHandle)?.connectionState).toBe(Connecting);

    expect(net.sockets.acceptConnection(connectHandle)).toBe(Result.OK);
    await server.event(Connected);
    expect(server.events.map(({ oldState: from, connection: { connectionState } }) => [from, connectionState])).toEqual(
      [
        [ConnectionState.None, Connecting],
        [Connecting, Connected],
      ],
    );
    const info = net.sockets.getConnectionInfo(connectHandle);
    expect(info).toMatchObject({ connectionState: Connected, listenSocket: server.listenSocket, endReason: 0 });
    expect((info?.infoFlags ?? 0) & ConnectionInfoFlags.Unencrypted).toBe(0);

    const history = await historyUntil(peer, net, Connected);
    expect(history.map(({ oldState: from, state }) => [from, state])).toEqual([[Connecting, Connected]]);
    peer.order("close", { reason: 0, text: "" });
    await server.event(ClosedByPeer);
    expect(await peer.exit()).toBe(0);
    shows("gns", "createListenSocketIP", "getListenSocketAddress", "acceptConnection", "getConnectionInfo");
  });

  test("and is accepted twice, or after its end, answers InvalidState", async () => {
    using net = openNetworking();
    const server = new Server(net);
    await using peer = new Peer<visitor.Reports, visitor.Orders>("visitor");
    peer.order("connect", server.address);
    const connection = await server.accept();
    expect(net.sockets.acceptConnection(connection)).toBe(Result.InvalidState);
    peer.order("close", { reason: 0, text: "" });
    await server.event(ClosedByPeer);
    expect(net.sockets.acceptConnection(connection)).toBe(Result.InvalidState);
  });

  test("and is refused never was connected, and its peer sees reason and text", async () => {
    using net = openNetworking();
    const server = new Server(net);
    await using peer = new Peer<visitor.Reports, visitor.Orders>("visitor");
    peer.order("connect", server.address);

    const { connectHandle } = await server.event(Connecting);
    expect(net.sockets.closeConnection(connectHandle, 1234, "the house is full")).toBe(true);
    const history = await historyUntil(peer, net, ClosedByPeer);
    expect(history.map(({ state }) => state)).not.toContain(Connected);
    expect(history.at(-1)).toMatchObject({ endReason: 1234, endDebug: expect.stringContaining("the house is full") });
    expect(server.events).toHaveLength(1);
  });
});

describe("a close", () => {
  const long = "ä".repeat(100);
  // The library's own words, where we have none.
  const wordless = "Application closed connection";
  test.each([
    { what: "a text", reason: 1000, text: "good night", seenReason: 1000, seenText: "good night" },
    { what: "no text", reason: 1999, text: "", seenReason: 1999, seenText: wordless },
    {
      what: "a text in other letters",
      reason: 2999,
      text: "the roof fell in — 屋根",
      seenReason: 2999,
      seenText: "the roof fell in — 屋根",
    },
    { what: "nothing", reason: 0, text: "", seenReason: ConnectionEnd.App_Generic, seenText: wordless },
    { what: "a long text", reason: 1001, text: long, seenReason: 1001, seenText: "ä".repeat(63) },
  ])("with $reason and $what is seen by the other end", async ({ reason, text, seenReason, seenText }) => {
    using net = openNetworking();
    const server = new Server(net);
    await using peer = new Peer<visitor.Reports, visitor.Orders>("visitor");
    peer.order("connect", server.address);
    await server.accept();
    peer.order("close", { reason, text });
    const { connection, connectHandle, oldState } = await server.event(ClosedByPeer);
    expect(oldState).toBe(Connected);
    expect(connection.endReason).toBe(seenReason);
    expect(connection.endDebug).toBe(seenText);
    expect(net.sockets.getConnectionInfo(connectHandle)).toMatchObject({ endReason: seenReason, endDebug: seenText });
    expect(await peer.exit()).toBe(0);

    await using other = new Peer<visitor.Reports, visitor.Orders>("visitor");
    server.events.length = 0;
    other.order("connect", server.address);
    net.sockets.closeConnection(await server.accept(), reason, text);
    const history = await historyUntil(other, net, ClosedByPeer);
    expect(history.at(-1)).toEqual({
      oldState: Connected,
      state: ClosedByPeer,
      endReason: seenReason,
      endDebug: seenText,
    });
  });
});

describe("a close of connection and network right after sending", () => {
  const messages = 128;
  const messageBytes = 32 * 1024;

  async function receiveFromLeaver(linger: boolean) {
    using net = openNetworking();
    const server = new Server(net, exchangeOptions);
    await using peer = new Peer<lingerer.Reports, lingerer.Orders>("lingerer");
    const { address } = server;
    peer.order("send", { address, messages, messageBytes, linger, reason: 1500, text: "all is said" });
    const connection = await server.accept();
    const received: Uint8Array[] = [];
    const receive = () => {
      const batch = net.sockets.receiveMessagesOnConnection(connection);
      received.push(...batch.map(({ payload }) => payload));
      return batch.length;
    };
    const isClosed = () => net.sockets.getConnectionInfo(connection)?.connectionState === ClosedByPeer;
    await pumpUntil(net, "everything had come, or the end", () => receive() === 0 && isClosed());
    while (receive() > 0);
    const { unacknowledgedBytes } = await peer.report("closed");
    return { received, unacknowledgedBytes, end: await server.event(ClosedByPeer), exitCode: await peer.exit() };
  }

  test("delivers everything when it lingers, and then reason and text", async () => {
    const { received, unacknowledgedBytes, end, exitCode } = await receiveFromLeaver(true);
    expect(unacknowledgedBytes).toBeGreaterThan((messages * messageBytes) / 2);
    expect(received).toHaveLength(messages);
    expect(received.filter((payload, index) => !sameBytes(payload, noise(index, messageBytes)))).toEqual([]);
    expect(end.connection).toMatchObject({ endReason: 1500, endDebug: "all is said" });
    expect(exitCode).toBe(0);
  });

  test("drops what is under way when it does not", async () => {
    const { received, end, exitCode } = await receiveFromLeaver(false);
    expect(received.length).toBeLessThan(messages);
    expect(end.connection).toMatchObject({ endReason: 1500, endDebug: "all is said" });
    expect(exitCode).toBe(0);
  });
});

test("10,000 reliable messages each way arrive byte for byte and in order", async () => {
  using net = openNetworking();
  const server = new Server(net, exchangeOptions);
  await using peer = new Peer<exchanger.Reports, exchanger.Orders>("exchanger");
  peer.order("exchange", { address: server.address, seeds: { ours: 1_000_000, theirs: 2_000_000 } });
  const connection = await server.accept();
  const all = { received: messageCount, wrong: 0, largest: 512 * 1024 };
  expect(await exchange(net, connection, { ours: 2_000_000, theirs: 1_000_000 })).toEqual(all);
  expect(await peer.report("exchanged")).toEqual(all);
  peer.order("end", null);
  expect(await peer.exit()).toBe(0);
});

test("unreliable messages arrive whole or not at all while packets are lost", async () => {
  const messages = 2000;
  using net = openNetworking();
  const server = new Server(net, exchangeOptions);
  await using peer = new Peer<shouter.Reports, shouter.Orders>("shouter");
  peer.order("shout", { address: server.address, messages, lossPercent: 10 });
  const connection = await server.accept();
  const arrived = new Set<number>();
  let corrupt = 0;
  let isEnd = false;
  await pumpUntil(net, "the last message had come", () => {
    for (const { payload, flags } of net.sockets.receiveMessagesOnConnection(connection)) {
      if (flags === SendFlags.Reliable) {
        isEnd = new TextDecoder().decode(payload) === "that was all";
        continue;
      }
      const number = numberOfShout(payload);
      if (number === undefined || number >= messages) corrupt++;
      else arrived.add(number);
    }
    return isEnd;
  });
  expect(await peer.report("sent")).toBe(messages);
  expect(corrupt).toBe(0);
  expect(arrived.size).toBeGreaterThan(messages / 20);
  expect(arrived.size).toBeLessThan(messages - messages / 20);
  peer.order("end", null);
  expect(await peer.exit()).toBe(0);
});
