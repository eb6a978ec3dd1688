/**
 * Addresses, over UDP.
 *
 * - A listen socket at port 0 has a free port: it tells the real one, which is taken while it is open and free afterwards.
 * - Many at once have ports of their own.
 * - A connection works over IPv4, over IPv6, and with both to one listen socket at [::]; each end sees the other's
 *   address in the form that was used.
 * - The address is told with its port or without.
 */
import { describe, expect, test } from "bun:test";
import { SendFlags, type ListenSocketHandle, type Networking } from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitUntil } from "./support/pump.ts";
import { receiveText } from "./support/receive.ts";
import { closePair, connectOverUDP } from "./support/udp-pair.ts";

async function reasonAgainstIPv6(): Promise<string | undefined> {
  try {
    (await Bun.udpSocket({ hostname: "::1" })).close();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const noIPv6 = await reasonAgainstIPv6();
if (noIPv6 !== undefined) console.log(`Without IPv6: only IPv4 is tested, because binding to ::1 failed: ${noIPv6}`);

async function isTaken(hostname: string, port: number): Promise<boolean> {
  try {
    (await Bun.udpSocket({ hostname, port })).close();
    return false;
  } catch {
    return true;
  }
}

function portOf(net: Networking, listenSocket: ListenSocketHandle): number {
  return Number(net.sockets.getListenSocketAddress(listenSocket)?.split(":").at(-1));
}

/** Connects, sends a message each way, and answers what each end sees of the other. */
async function meet(net: Networking, listenAt: string, connectTo: string) {
  const pair = await connectOverUDP(net, { listenAt, connectTo });
  const { client, server, listenSocket } = pair;
  net.sockets.sendMessageToConnection(client, "there", SendFlags.ReliableNoNagle);
  expect(await receiveText(net, server)).toBe("there");
  net.sockets.sendMessageToConnection(server, "and back", SendFlags.ReliableNoNagle);
  expect(await receiveText(net, client)).toBe("and back");
  const seen = {
    byClient: net.sockets.getConnectionInfo(client)?.remoteAddress,
    byServer: net.sockets.getConnectionInfo(server)?.remoteAddress,
    port: portOf(net, listenSocket),
  };
  closePair(net, pair);
  return seen;
}

describe("port 0", () => {
  test("is a free port, which is taken while the socket is open", async () => {
    using net = openNetworking();
    const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0");
    const port = portOf(net, listenSocket);
    expect(port).toBeGreaterThan(0);
    expect(await isTaken("127.0.0.1", port)).toBe(true);
    expect(net.sockets.closeListenSocket(listenSocket)).toBe(true);
    await waitUntil("the port was free", async () => !(await isTaken("127.0.0.1", port)));
    expect(net.sockets.getListenSocketAddress(listenSocket)).toBeUndefined();
  });

  test("is also what an address without a port means", () => {
    using net = openNetworking();
    expect(portOf(net, net.sockets.createListenSocketIP("127.0.0.1"))).toBeGreaterThan(0);
  });

  test("gives 200 sockets at once ports of their own", () => {
    using net = openNetworking();
    const ports = Array.from({ length: 200 }, () => portOf(net, net.sockets.createListenSocketIP("127.0.0.1:0")));
    expect(new Set(ports).size).toBe(200);
    expect(Math.min(...ports)).toBeGreaterThan(0);
  });
});

test("a port that is named is the one that is used", async () => {
  using net = openNetworking();
  const other = await Bun.udpSocket({ hostname: "127.0.0.1" });
  const { port } = other;
  other.close();
  const listenSocket = net.sockets.createListenSocketIP(`127.0.0.1:${port}`);
  expect(net.sockets.getListenSocketAddress(listenSocket)).toBe(`127.0.0.1:${port}`);
});

describe("IPv4", () => {
  test("carries a connection", async () => {
    using net = openNetworking();
    const { byClient, byServer, port } = await meet(net, "127.0.0.1:0", "127.0.0.1");
    expect(byClient).toBe(`127.0.0.1:${port}`);
    expect(byServer).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test("carries one to a socket at every local address", async () => {
    using net = openNetworking();
    const { byClient, port } = await meet(net, "0.0.0.0:0", "127.0.0.1");
    expect(byClient).toBe(`127.0.0.1:${port}`);
  });

  test("has an address with its port or without", () => {
    using net = openNetworking();
    const one = net.sockets.createListenSocketIP("127.0.0.1:0");
    expect(net.sockets.getListenSocketAddress(one)).toBe(`127.0.0.1:${portOf(net, one)}`);
    expect(net.sockets.getListenSocketAddress(one, true)).toBe(`127.0.0.1:${portOf(net, one)}`);
    expect(net.sockets.getListenSocketAddress(one, false)).toBe("127.0.0.1");
    const every = net.sockets.createListenSocketIP("0.0.0.0:0");
    expect(net.sockets.getListenSocketAddress(every, false)).toBe("0.0.0.0");
  });
});

describe.skipIf(noIPv6 !== undefined)("IPv6", () => {
  test("carries a connection", async () => {
    using net = openNetworking();
    const { byClient, byServer, port } = await meet(net, "[::1]:0", "[::1]");
    expect(byClient).toBe(`[::1]:${port}`);
    expect(byServer).toMatch(/^\[::1\]:\d+$/);
  });

  test("has an address with its port or without", () => {
    using net = openNetworking();
    const one = net.sockets.createListenSocketIP("[::1]:0");
    expect(net.sockets.getListenSocketAddress(one)).toBe(`[::1]:${portOf(net, one)}`);
    expect(net.sockets.getListenSocketAddress(one, false)).toBe("::1");
    const every = net.sockets.createListenSocketIP("[::]:0");
    expect(net.sockets.getListenSocketAddress(every)).toBe(`[::]:${portOf(net, every)}`);
    expect(net.sockets.getListenSocketAddress(every, false)).toBe("::");
  });

  test("and IPv4 both reach a socket at [::]", async () => {
    using net = openNetworking();
    const overIPv4 = await meet(net, "[::]:0", "127.0.0.1");
    expect(overIPv4.byClient).toBe(`127.0.0.1:${overIPv4.port}`);
    expect(overIPv4.byServer).toMatch(/^127\.0\.0\.1:\d+$/);
    const overIPv6 = await meet(net, "[::]:0", "[::1]");
    expect(overIPv6.byClient).toBe(`[::1]:${overIPv6.port}`);
    expect(overIPv6.byServer).toMatch(/^\[::1\]:\d+$/);
  });

  test("takes an IPv4 address in IPv6 form for what it is", async () => {
    using net = openNetworking();
    const { byClient, port } = await meet(net, "[::ffff:127.0.0.1]:0", "[::ffff:127.0.0.1]");
    expect(byClient).toBe(`127.0.0.1:${port}`);
  });
});
