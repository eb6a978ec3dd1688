/**
 * What is known of connections, on GameNetworkingSockets.
 *
 * - A name is in `getConnectionName` and in the description; it can be changed and taken away.
 * - The detailed status is text that tells of the state and of the packets that went; none without a connection.
 * - The real-time status tells rates, ping and quality, and of each lane what waits; only what was asked for. It answers
 *   `InvalidParam` for lanes that there are not, `NoConnection` without a connection.
 * - A listen socket that is closed takes nobody, ends its connections, and gives its port back.
 */
import { describe, expect, test } from "bun:test";
import { ConnectionState, Result, SendFlags } from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil, waitUntil } from "./support/pump.ts";
import { receiveText } from "./support/receive.ts";
import { shows } from "./support/shows.ts";
import { stateOf } from "./support/state-of.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { Connected } = ConnectionState;

/** Of the whole life of a connection. */
function sentBytes(status: string): number {
  return Number(/Sent: +[\d,]+ pkts +([\d,]+) bytes/.exec(status)?.[1]?.replaceAll(",", "") ?? 0);
}

describe("a connection's name", () => {
  test("is told wherever the connection is described", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const { client, server } = await connectOverUDP(net);
    expect(sockets.getConnectionName(client)).toBe("");
    for (const name of ["player 12", "Zoë", "x".repeat(31)]) {
      sockets.setConnectionName(client, name);
      expect(sockets.getConnectionName(client)).toBe(name);
      expect(sockets.getConnectionInfo(client)?.debugDescription).toContain(name);
    }
    expect(sockets.getConnectionName(server)).toBe("");
    sockets.setConnectionName(client, "");
    expect(sockets.getConnectionName(client)).toBe("");
    shows("gns", "setConnectionName", "getConnectionName");
  });
});

describe("the detailed status", () => {
  test("is text that tells of state and packets", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const { client, server } = await connectOverUDP(net);
    const before = sockets.getDetailedConnectionStatus(client);
    expect(before.success).toBe(0);
    expect(before.buffer).toContain("connected");
    expect(before.buffer).toMatch(/Sent: +[\d,]+ pkts +[\d,]+ bytes/);
    expect(before.buffer).not.toContain("\0");
    sockets.sendMessageToConnection(client, new Uint8Array(50_000), SendFlags.ReliableNoNagle);
    await pumpUntil(net, "packets went", () => sentBytes(sockets.getDetailedConnectionStatus(client).buffer) > 10_000);
    sockets.closeConnection(server);
    await pumpUntil(net, "the client knew", () => stateOf(net, client) === ConnectionState.ClosedByPeer);
    expect(sockets.getDetailedConnectionStatus(client).buffer).toMatch(/closed/i);
    sockets.closeConnection(client);
    expect(sockets.getDetailedConnectionStatus(client)).toEqual({ success: -1, buffer: "" });
    shows("gns", "getDetailedConnectionStatus");
  });
});

describe("the real-time status", () => {
  test("tells what waits, in all and by lane, and how the connection does", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const { client, server } = await connectOverUDP(net, {
      options: { SendRateMin: 20_000, SendRateMax: 20_000, SendBufferSize: 1 << 20 },
    });
    expect(sockets.configureConnectionLanes(client, 3)).toBe(Result.OK);
    const flags = SendFlags.ReliableNoNagle;
    sockets.sendMessages([
      { connection: client, data: new Uint8Array(100_000), flags, lane: 1 },
      { connection: client, data: new Uint8Array(50_000), flags, lane: 2 },
    ]);
    const { result, connectionStatus, lanesStatus } = sockets.getConnectionRealTimeStatus(client, 3);
    expect(result).toBe(Result.OK);
    expect(connectionStatus).toMatchObject({ state: Connected, sendRate: 20_000, pendingUnreliable: 0 });
    const { pendingReliable, sentUnacknowledgedReliable, ping } = connectionStatus!;
    expect(pendingReliable + sentUnacknowledgedReliable).toBeGreaterThan(100_000);
    expect(ping).toBeGreaterThanOrEqual(-1);
    const waiting = lanesStatus.map((lane) => lane.pendingReliable + lane.sentUnacknowledgedReliable);
    expect(waiting[0]).toBe(0);
    expect(waiting[1]).toBeGreaterThan(60_000);
    expect(waiting[2]).toBeGreaterThan(10_000);
    expect(waiting.reduce((sum, bytes) => sum + bytes)).toBe(pendingReliable + sentUnacknowledgedReliable);

    expect(Object.keys(sockets.getConnectionRealTimeStatus(client, 1, false))).toEqual(["result", "lanesStatus"]);
    expect(sockets.getConnectionRealTimeStatus(client).lanesStatus).toEqual([]);
    expect(sockets.getConnectionRealTimeStatus(client, 4)).toEqual({ result: Result.InvalidParam, lanesStatus: [] });
    sockets.closeConnection(server);
    expect(sockets.getConnectionRealTimeStatus(server)).toEqual({ result: Result.NoConnection, lanesStatus: [] });
    shows("gns", "getConnectionRealTimeStatus");
  });
});

describe("a listen socket that is closed", () => {
  test("takes nobody, ends its connections, and gives its port back", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const { client, server, listenSocket } = await connectOverUDP(net, { options: { TimeoutConnected: 500 } });
    sockets.sendMessageToConnection(client, "hello", SendFlags.ReliableNoNagle);
    expect(await receiveText(net, server)).toBe("hello");
    const address = sockets.getListenSocketAddress(listenSocket)!;
    expect(sockets.closeListenSocket(listenSocket)).toBe(true);
    expect(sockets.closeListenSocket(listenSocket)).toBe(false);
    expect(sockets.getListenSocketAddress(listenSocket)).toBeUndefined();
    expect(sockets.getConnectionInfo(server)).toBeUndefined();
    await pumpUntil(net, "the client knew", () => stateOf(net, client) !== Connected);
    const late = sockets.connectByIPAddress(address, { TimeoutInitial: 200 });
    await pumpUntil(net, "nobody took it", () => stateOf(net, late) === ConnectionState.ProblemDetectedLocally);
    await waitUntil("the port was free", () => {
      try {
        return sockets.createListenSocketIP(address) !== 0;
      } catch {
        return false;
      }
    });
    shows("gns", "closeListenSocket");
  });
});
