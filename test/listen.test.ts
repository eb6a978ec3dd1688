/**
 * Servers of `listen`: who may come, how connections end, and how servers do.
 *
 * - `accept` is told who asks, and says yes or no, with a reason or without, at once or later. Who asks is refused where it
 *   throws, rejects, answers nonsense, or does not answer within 5 seconds; one who has given up meanwhile is nobody's.
 * - `limits` hold, waiting for `accept` included: in all, and for each IPv4 address or IPv6 network of 64 bits, which spares
 *   this machine unless it is set; against 1,000 who connect at once as well. Room is given back.
 * - Who ended a connection, why, and in which words is the same on both sides; a side that dies is a problem of the other.
 *   After the end identity and address stay, and nothing can be sent.
 * - `idle` ends a connection that says nothing, and no other.
 * - `stop` lets everything reliable arrive first, on connections that are closed already as well, for 2 seconds;
 *   `stop(false)` lets nothing, also in the middle of another stop. Each `close` was called when it is done, and the port
 *   can be had again. In the meantime nobody gets in.
 * - A server can be gone through while its connections close.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  CloseCode,
  ConnectError,
  ConnectionEnd,
  ConnectionState,
  CreationError,
  Result,
  type ConfigOptions,
  type Connection,
  type ConnectionClosing,
  type ConnectionRequest,
  type ListenOptions,
  type Refusal,
  type Server,
} from "../lib/index.ts";
import { isThisMachine, originOf } from "../lib/values/origin.ts";
import type * as stranger from "./peers/stranger.ts";
import { connectEnds, Journal, rejectionOf, settled, thrownBy, turnFor } from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import type { Served } from "./support/life/origins.ts";
import { Peer } from "./support/peer.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil, waitFor, waitUntil } from "./support/pump.ts";
import { Silence } from "./support/silence.ts";
import { stateOf } from "./support/state-of.ts";

const manual = { pump: "manual" } as const;
const slow: ConfigOptions = { SendRateMin: 1_500_000, SendRateMax: 1_500_000, SendBufferSize: 4 << 20 };

describe("accept", () => {
  type Accept = NonNullable<ListenOptions["accept"]>;

  /** What somebody is told who asks a server that decides like this. */
  async function asking(accept: Accept): Promise<unknown> {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", accept, socket: journal.handlers("server") });
    try {
      const connection = await net.connect(server.address);
      await waitUntil("the server knew", () => server.connections === 1);
      return connection.isOpen;
    } catch (error) {
      expect(error).toBeInstanceOf(ConnectError);
      await waitFor(20);
      expect(journal.lines).toEqual([]);
      expect(server.connections).toBe(0);
      const { code, text, by } = error as ConnectError;
      return { code, text, by };
    }
  }

  const later = (answer: boolean | Refusal) => async () => {
    await Bun.sleep(30);
    return answer;
  };
  const no = { code: CloseCode.Refused, text: "refused", by: "peer" };
  const why = { code: 2345, text: "not on the list" };

  test.each<[what: string, accept: Accept, told: unknown]>([
    ["true", () => true, true],
    ["true later", later(true), true],
    ["false", () => false, no],
    ["false later", later(false), no],
    ["a refusal", () => why, { ...why, by: "peer" }],
    ["a refusal later", later(why), { ...why, by: "peer" }],
    ["a code", () => ({ code: 1999 }), { ...no, code: 1999 }],
    ["a text", () => ({ text: "away" }), { ...no, text: "away" }],
    ["nothing in particular", () => ({}), no],
  ])("that answers %s", async (_, accept, told) => {
    expect(await asking(accept)).toEqual(told);
  });

  test.each<[what: string, accept: () => unknown, error: RegExp]>([
    [
      "throws",
      () => {
        throw new Error("in accept");
      },
      /^in accept$/,
    ],
    ["answers nothing", () => undefined, /accept must answer true, false or a refusal .* not undefined/],
    ["answers nonsense", () => "yes", /accept must answer .* not the string "yes"/],
    ["answers with a wrong code", () => ({ code: 5 }), /reason .* 1000 to 2999/],
    ["answers with a wrong text", () => ({ text: "a\0b" }), /zero/],
  ])("that %s: who asks is refused, and whoever runs it is told", async (_, accept, words) => {
    using net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", ...manual, accept: accept as Accept, socket: {} });
    const refused = rejectionOf(net.connect(server.address, manual));
    let error: unknown;
    await waitUntil("it was thrown", () => {
      try {
        net.pump();
      } catch (problem) {
        error = problem;
      }
      return error !== undefined;
    });
    expect((error as Error).message).toMatch(words);
    expect(await settled(net, refused)).toMatchObject(no);
    expect(server.connections).toBe(0);
  });

  test("is told who asks, by name and address", async () => {
    using net = openNetworking({ identity: "str:somebody" });
    const requests: ConnectionRequest[] = [];
    const server = net.listen({
      address: "127.0.0.1:0",
      accept: (request) => requests.push(request) > 0,
      socket: {},
    });
    await net.connect(server.address);
    expect(requests.length).toBe(1);
    expect(requests[0]!.identity).toBe("str:somebody");
    expect(requests[0]!.address).toMatch(/^127\.0\.0\.1:\d+$/);
    await waitUntil("it was open", () => server.connections === 1);
    const [served] = server;
    expect(served).toMatchObject({ ...requests[0]! });
  });

  test("that never answers: refused after 5 to 6 seconds, and a late answer changes nothing", async () => {
    using net = openNetworking();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const server = net.listen({
      address: "127.0.0.1:0",
      accept: () => promise,
      socket: {},
      limits: { connections: 1, perAddress: 1 },
    });
    const start = performance.now();
    const error = await rejectionOf(net.connect(server.address));
    expect(error).toMatchObject({ code: CloseCode.Refused, text: "not accepted in time", by: "peer" });
    expect(performance.now() - start).toBeGreaterThan(4900);
    expect(performance.now() - start).toBeLessThan(9000);
    resolve(true);
    await waitFor(20);
    // Its place was given back.
    expect((await net.connect(server.address)).isOpen).toBe(true);
  });

  test("that answers when the other side has given up: nobody comes, and the place is free", async () => {
    using net = openNetworking();
    const asked: ((answer: boolean) => void)[] = [];
    const server = net.listen({
      address: "127.0.0.1:0",
      accept: () => new Promise<boolean>((resolve) => asked.push(resolve)),
      limits: { connections: 1, perAddress: 1 },
      socket: {},
    });
    const gaveUp = rejectionOf(net.connect(server.address, { timeout: 300 }));
    await waitUntil("it had asked", () => asked.length === 1);
    expect(await gaveUp).toMatchObject({ text: "no answer within 300 ms", by: "local" });
    await waitFor(50);
    asked[0]!(true);
    await waitFor(50);
    expect(server.connections).toBe(0);
    const second = net.connect(server.address);
    await waitUntil("another one had asked", () => asked.length === 2);
    asked[1]!(true);
    expect((await second).isOpen).toBe(true);
  });
});

// On a network of its own, in which this machine has the addresses that we like.
const addAddresses = 'ip link set lo up && for ip in $0; do ip -6 addr add "$ip/128" dev lo; done && exec "$@"';
const withAddresses = ["unshare", "--net", "sh", "-c", addAddresses];

function canHaveAddresses(): boolean {
  if (Bun.which("unshare") === null || Bun.which("ip") === null) return false;
  return Bun.spawnSync([...withAddresses, "fd00::1", "true"], { stdio: ["ignore", "ignore", "ignore"] }).success;
}
if (!canHaveAddresses()) {
  console.log("Not tried here: addresses of several networks need a network namespace (Linux, root, ip)");
}

describe("limits", () => {
  test("in all, and room is given back", async () => {
    using net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", limits: { connections: 3 }, socket: {} });
    const clients = await Promise.all(numbers(3).map(() => net.connect(server.address)));
    expect(await rejectionOf(net.connect(server.address))).toMatchObject({
      code: CloseCode.Full,
      text: "the server is full",
      by: "peer",
    });
    clients[1]!.close();
    await waitUntil("there was room", () => server.connections === 2);
    expect((await net.connect(server.address)).isOpen).toBe(true);
    expect(await rejectionOf(net.connect(server.address))).toMatchObject({ code: CloseCode.Full });
  });

  test("count those that wait for accept", async () => {
    using net = openNetworking();
    let asked = 0;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const server = net.listen({
      address: "127.0.0.1:0",
      limits: { connections: 2 },
      accept: () => {
        asked++;
        return promise;
      },
      socket: {},
    });
    const first = [net.connect(server.address), net.connect(server.address)];
    await waitUntil("two had asked", () => asked === 2);
    expect(await rejectionOf(net.connect(server.address))).toMatchObject({ code: CloseCode.Full });
    resolve(true);
    await Promise.all(first);
    expect(asked).toBe(2);
  });

  test("for each address, which are given back", async () => {
    using net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", limits: { perAddress: 2 }, socket: {} });
    const clients = await Promise.all(numbers(2).map(() => net.connect(server.address)));
    expect(await rejectionOf(net.connect(server.address))).toMatchObject({
      code: CloseCode.Crowded,
      text: "too many connections from this address",
      by: "peer",
    });
    clients[0]!.close();
    await waitUntil("there was room", () => server.connections === 1);
    expect((await net.connect(server.address)).isOpen).toBe(true);
  });

  test("for each address, of which each has its own", async () => {
    using net = openNetworking();
    const server = net.listen({ address: "[::]:0", limits: { perAddress: 1 }, socket: {} });
    const port = server.port;
    expect(port).toBeGreaterThan(0);
    await net.connect(`127.0.0.1:${port}`);
    expect(await rejectionOf(net.connect(`127.0.0.1:${port}`))).toMatchObject({ code: CloseCode.Crowded });
    expect((await net.connect(`[::1]:${port}`)).isOpen).toBe(true);
    expect(await rejectionOf(net.connect(`[::1]:${port}`))).toMatchObject({ code: CloseCode.Crowded });
  });

  test.skipIf(!canHaveAddresses())("for each IPv6 network of 64 bits", async () => {
    const networks = ["fd00:0:0:1::1", "fd00:0:0:1:ffff::2", "fd00:0:0:2::1"];
    const hosts = [...networks.map((ip) => `[${ip}]`), "[::1]", "127.0.0.1", "[::ffff:127.0.0.1]"];
    const script = join(import.meta.dir, "support/life/origins.ts");
    const child = Bun.spawn([...withAddresses, networks.join(" "), process.execPath, script, ...hosts], {
      stderr: "inherit",
    });
    const [output, code] = await Promise.all([child.stdout.text(), child.exited]);
    expect(code).toBe(0);
    const served: Served = JSON.parse(output);
    expect(served).toEqual({
      "[fd00:0:0:1::1]": true,
      "[fd00:0:0:1:ffff::2]": false,
      "[fd00:0:0:2::1]": true,
      "[::1]": true,
      "127.0.0.1": true,
      "[::ffff:127.0.0.1]": false,
    });
  });

  test("for what one host or household has", () => {
    const origins = {
      "192.0.2.7:1": "192.0.2.7",
      "[::ffff:192.0.2.7]:1": "192.0.2.7",
      "[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64",
      "[2001:db8:1:2::]:65535": "2001:db8:1:2::/64",
      "[2001:db8:1:3::6]:1": "2001:db8:1:3::/64",
      "[::1]:1": "::1",
      "[fe80::1]:1": "fe80::1",
    };
    for (const [address, origin] of Object.entries(origins)) expect(originOf(address)).toBe(origin);
    expect(["127.0.0.1", "127.9.9.9", "::1"].map(isThisMachine)).toEqual([true, true, true]);
    expect(["192.0.2.7", "12.7.0.1", "2001:db8::/64", "::2"].map(isThisMachine)).toEqual([false, false, false, false]);
  });

  test("hold against 1,000 at once, and this machine is spared as an address", async () => {
    using net = openNetworking();
    const limit = 100;
    let [most, opened, closed] = [0, 0, 0];
    const server = net.listen({
      address: "127.0.0.1:0",
      limits: { connections: limit },
      socket: {
        open: () => {
          opened++;
          most = Math.max(most, server.connections);
        },
        close: () => closed++,
      },
    });
    await using crowd = new Peer<stranger.Reports, stranger.Orders>("stranger");
    const come = async (count: number) => {
      crowd.order("crowd", { address: server.address, count });
      return await crowd.report("came");
    };
    const { connected, refused, milliseconds } = await come(1000);
    console.log(`1,000 connected, or were refused, in ${milliseconds.toFixed(0)} ms`);
    expect({ connected, refused }).toEqual({ connected: limit, refused: { [CloseCode.Full]: 1000 - limit } });
    expect([most, opened]).toEqual([limit, limit]);

    crowd.order("close", 40);
    await crowd.report("closed");
    await waitUntil("there was room", () => server.connections === 60);
    expect(await come(50)).toMatchObject({ connected: limit, refused: { [CloseCode.Full]: 10 } });
    expect([most, opened, closed]).toEqual([limit, limit + 40, 40]);
  });

  test("out of range, and other wrong options, are refused", () => {
    using net = openNetworking();
    const listening = (options: object) =>
      thrownBy(() => net.listen({ address: "127.0.0.1:0", socket: {}, ...options } as ListenOptions));
    expect(listening({ limits: { connections: 0 } })).toBeInstanceOf(RangeError);
    expect(listening({ limits: { connections: 8001 } })).toBeInstanceOf(RangeError);
    expect(listening({ limits: { perAddress: 0.5 } })).toBeInstanceOf(RangeError);
    expect(listening({ idle: -1 })).toBeInstanceOf(RangeError);
    expect(listening({ idle: "long" })).toBeInstanceOf(TypeError);
    expect(listening({ accept: true })).toEqual(new TypeError("accept must be a function, not true"));
    expect(listening({ data: 1 })).toEqual(new TypeError("data must be a function, not the number 1"));
    expect(listening({ socket: undefined })).toBeInstanceOf(TypeError);
    expect(listening({ socket: { open: "x" } })).toBeInstanceOf(TypeError);
    expect(listening({ pump: "timer" })).toBeInstanceOf(TypeError);
    expect(listening({ address: "here" })).toBeInstanceOf(TypeError);
    expect(listening({ address: 27015 })).toBeInstanceOf(TypeError);
    expect(listening({ address: "192.0.2.1:0" })).toBeInstanceOf(CreationError);
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    expect(listening({ address: server.address })).toBeInstanceOf(CreationError);
  });
});

describe("an end", () => {
  /** How each side was told of the end. */
  async function ending(end: (client: Connection, served: Connection) => void): Promise<ConnectionClosing[]> {
    using net = openNetworking();
    const ends: ConnectionClosing[] = [];
    const { client, served, server } = await connectEnds(net, {
      listen: { socket: { close: (_, closing) => (ends[1] = closing) } },
      connect: { socket: { close: (_, closing) => (ends[0] = closing) } },
    });
    const { identity, address } = served;
    end(client, served);
    await waitUntil("both knew", () => ends[0] !== undefined && ends[1] !== undefined);
    for (const connection of [client, served]) {
      expect(connection.isOpen).toBe(false);
      expect(connection.state).toBe(ConnectionState.None);
      expect(connection.handle as number).toBe(0);
      expect(connection.ping).toBe(-1);
      expect(connection.status()).toBeUndefined();
      expect(connection.send("x")).toBe(Result.NoConnection);
      expect(connection.take()).toBe(-1);
      expect(connection.commit(0)).toBe(Result.NoConnection);
      expect(connection.lanes([{}, {}])).toBe(Result.NoConnection);
      connection.close();
    }
    expect([served.identity, served.address]).toEqual([identity, address]);
    expect(client.address).toBe(server.address);
    expect([served.subscribe("x"), served.unsubscribe("x"), served.isSubscribed("x")]).toEqual([false, false, false]);
    expect(ends.length).toBe(2);
    return ends;
  }

  test.each([
    ["without a word", undefined, undefined, 1000],
    ["with a code", 1999, undefined, 1999],
    ["with code and words", 2999, "schön", 2999],
  ])("by the client, %s", async (_, code, text, told) => {
    const [ours, theirs] = await ending((client) => client.close(code, text));
    expect(ours).toEqual({ code: told, text: text ?? "", by: "local" });
    expect(theirs).toEqual({ code: told, text: text ?? "Application closed connection", by: "peer" });
  });

  test("by the server", async () => {
    const [client, server] = await ending((_, served) => served.close(1700, "out"));
    expect(server).toEqual({ code: 1700, text: "out", by: "local" });
    expect(client).toEqual({ code: 1700, text: "out", by: "peer" });
  });

  test("with a wrong code or text is none", async () => {
    using net = openNetworking();
    const { client } = await connectEnds(net);
    expect(thrownBy(() => client.close(999))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => client.close(3000))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => client.close(1000, "a\0b"))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => client.close(1000, "", { linger: 1 as never }))).toBeInstanceOf(TypeError);
    expect(client.isOpen).toBe(true);
    expect(client.send("x")).toBe(Result.OK);
  });

  test.each(["server", "client"] as const)("of a process is a problem of the other: a %s's", async (side) => {
    using net = openNetworking();
    const ends: ConnectionClosing[] = [];
    const socket = { close: (_: Connection, end: ConnectionClosing) => ends.push(end) };
    const config = { TimeoutConnected: 500 };
    let connection: Connection | undefined;
    {
      await using peer = new Peer<stranger.Reports, stranger.Orders>("stranger");
      // It is killed at the end of this block.
      if (side === "client") {
        const server = net.listen({ address: "127.0.0.1:0", socket, config });
        peer.order("connect", server.address);
        await peer.report("connected");
        await waitUntil("it was open", () => server.connections === 1);
        [connection] = server;
      } else {
        peer.order("listen", {});
        connection = await net.connect(await peer.report("listening"), { socket, config });
      }
    }
    await waitUntil("it was missed", () => {
      connection!.send("Are you there?");
      return ends.length > 0;
    });
    expect(ends).toEqual([{ code: ConnectionEnd.Misc_Timeout, text: ends[0]!.text, by: "problem" }]);
    expect(ends[0]!.text).not.toBe("");
  });
});

describe("idle", () => {
  test("ends who says nothing for so long, and nobody else", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", idle: 1, socket: journal.handlers("server") });
    const lively = await net.connect(server.address, { socket: journal.handlers("lively") });
    await net.connect(server.address, { socket: journal.handlers("mute") });
    const start = performance.now();
    await waitUntil("the mute one was ended", () => {
      lively.send("x", { reliable: false });
      return journal.has("mute close");
    });
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(journal.of("mute").at(-1)).toBe(`close ${CloseCode.Idle} peer: idle`);
    expect(lively.isOpen).toBe(true);
    expect(server.connections).toBe(1);
  });

  test("of 0 ends nobody", async () => {
    using net = openNetworking();
    const { client } = await connectEnds(net, { listen: { idle: 0 } });
    await turnFor(net, 1500);
    expect(client.isOpen).toBe(true);
  });
});

describe("stop", () => {
  const megabyte = 1 << 20;

  test("lets everything reliable arrive first", async () => {
    using net = openNetworking();
    let [bytes, bytesAtEnd] = [0, -1];
    const journal = new Journal();
    const { server, served } = await connectEnds(net, {
      listen: { config: slow, socket: journal.handlers("server") },
      connect: {
        config: { RecvBufferSize: 4 << 20 },
        socket: {
          message: (_, message) => (bytes += message.length),
          close: (_, { code, text, by }) => {
            bytesAtEnd = bytes;
            journal.note(`client close ${code} ${by}: ${text}`);
          },
        },
      },
    });
    for (let sent = 0; sent < megabyte; sent += megabyte / 16) {
      expect(served.send(new Uint8Array(megabyte / 16))).toBe(Result.OK);
    }
    const stopping = server.stop();
    expect(server.isListening).toBe(false);
    expect(served.isOpen).toBe(true);
    await stopping;
    expect(journal.of("server")).toEqual(["open", "close 1001 local: the server stops"]);
    expect(server.connections).toBe(0);
    await waitUntil("the client knew", () => bytesAtEnd >= 0);
    expect(bytesAtEnd).toBe(megabyte);
    expect(journal.of("client")).toEqual(["close 1001 peer: the server stops"]);
  });

  test("lets everything reliable arrive that found no room yet", async () => {
    using net = openNetworking();
    const received: number[] = [];
    const { server, served } = await connectEnds(net, {
      listen: { config: { ...slow, SendBufferSize: 50_000 } },
      connect: { socket: { message: (_, message) => received.push(message.view.getUint32(message.offset, true)) } },
    });
    const payload = new Uint32Array(250);
    for (const number of numbers(500)) {
      payload[0] = number;
      expect(served.send(payload)).toBe(Result.OK);
    }
    await server.stop();
    await waitFor(20);
    expect(received).toEqual(numbers(500));
  });

  test("lets arrive what was sent on connections that were closed before", async () => {
    using net = openNetworking();
    let bytes = 0;
    const journal = new Journal();
    const { server, served } = await connectEnds(net, {
      listen: { config: slow },
      connect: {
        socket: journal.handlers("client", { message: (_, message) => (bytes += message.length) }),
        config: { RecvBufferSize: 4 << 20 },
      },
    });
    served.send(new Uint8Array(400_000));
    served.close(1200, "bye");
    await server.stop();
    await waitUntil("the client knew", () => journal.has("client close"));
    expect(bytes).toBe(400_000);
    expect(journal.of("client").at(-1)).toBe("close 1200 peer: bye");
  });

  test("gives up after 2 seconds", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { server, served } = await connectEnds(net, {
      listen: { config: { SendRateMin: 20_000, SendRateMax: 20_000, SendBufferSize: 4 << 20 } },
      connect: { socket: journal.handlers("client") },
    });
    for (const _ of numbers(8)) served.send(new Uint8Array(100_000));
    const start = performance.now();
    await server.stop();
    expect(performance.now() - start).toBeGreaterThan(1900);
    await waitUntil("the client knew", () => journal.has("client close 1001 peer"));
  });

  test("without grace waits for nothing, also in the middle of another one", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { server, served } = await connectEnds(net, {
      listen: {
        config: { SendRateMin: 20_000, SendRateMax: 20_000, SendBufferSize: 4 << 20 },
        socket: journal.handlers("server"),
      },
      connect: { socket: journal.handlers("client") },
    });
    for (const _ of numbers(8)) served.send(new Uint8Array(100_000));
    const start = performance.now();
    const first = server.stop();
    await waitFor(20);
    expect(served.isOpen).toBe(true);
    const second = server.stop(false);
    expect(second).toBe(first);
    await second;
    expect(performance.now() - start).toBeLessThan(1500);
    expect(journal.of("server")).toEqual(["open", "close 1001 local: the server stops"]);
    await waitUntil("the client knew", () => journal.has("client close 1001 peer"));
    await server.stop();
    expect(journal.of("server").length).toBe(2);
  });

  test("gives the port back", async () => {
    using net = openNetworking();
    let address = "127.0.0.1:0";
    for (let round = 0; round < 10; round++) {
      const server = net.listen({ address, socket: {} });
      expect(server.isListening).toBe(true);
      address = server.address;
      await net.connect(address);
      await server.stop(round % 2 === 0);
      expect(server.isListening).toBe(false);
    }
  });

  test("lets nobody in meanwhile, and tells those who wait for accept", async () => {
    using net = openNetworking();
    let asked = 0;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { server, served } = await connectEnds(net, {
      listen: {
        config: slow,
        accept: () => (asked++ === 0 ? true : promise),
      },
      connect: { config: { RecvBufferSize: 4 << 20 } },
    });
    served.send(new Uint8Array(500_000));
    const waiting = rejectionOf(net.connect(server.address));
    await waitUntil("it had asked", () => asked === 2);
    const stopped = server.stop();
    const refusal = { code: CloseCode.Stopping, text: "the server stops", by: "peer" };
    expect(await rejectionOf(net.connect(server.address))).toMatchObject(refusal);
    resolve(true);
    expect(await waiting).toMatchObject(refusal);
    await stopped;
    expect(asked).toBe(2);
  });

  test("in accept refuses who asks", async () => {
    using net = openNetworking();
    let stopped: Promise<void> | undefined;
    const server = net.listen({
      address: "127.0.0.1:0",
      accept: () => {
        stopped = server.stop();
        return true;
      },
      socket: {},
    });
    expect(await rejectionOf(net.connect(server.address))).toMatchObject({ code: CloseCode.Stopping });
    await stopped;
    expect(server.connections).toBe(0);
  });

  test("in `open` and in `close`, and close of the network in accept", async () => {
    using net = openNetworking();
    const stops: Promise<void>[] = [];
    const journal = new Journal();
    const server: Server = net.listen({
      address: "127.0.0.1:0",
      socket: journal.handlers("server", {
        open: () => stops.push(server.stop()),
        close: () => stops.push(server.stop(), server.stop(false)),
      }),
    });
    await Promise.allSettled([net.connect(server.address)]);
    await waitUntil("it was closed", () => journal.has("server close"));
    await Promise.all(stops);
    expect(stops.length).toBe(3);
    expect(new Set(stops).size).toBe(1);
    expect(journal.of("server")).toEqual(["open", "close 1001 local: the server stops"]);

    const other = openNetworking();
    const last = other.listen({
      address: "127.0.0.1:0",
      accept: () => {
        other.close();
        return true;
      },
      socket: {},
    });
    const error = await rejectionOf(other.connect(last.address));
    expect(error).toMatchObject({ by: "local", text: "the network was closed" });
    expect(other.isOpen).toBe(false);
    expect(last.isListening).toBe(false);
    await last.stop();
  });

  test("rejects with what `close` throws", async () => {
    using net = openNetworking();
    const mistake = new Error("in close");
    const { server } = await connectEnds(net, {
      listen: {
        socket: {
          close: () => {
            throw mistake;
          },
        },
      },
    });
    expect(await rejectionOf(server.stop())).toBe(mistake);
    expect(server.connections).toBe(0);
  });

  test("comes with `await using`", async () => {
    using net = openNetworking();
    const journal = new Journal();
    let client: Connection;
    {
      await using server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
      client = await net.connect(server.address, { socket: journal.handlers("client") });
      await waitUntil("it was open", () => server.connections === 1);
    }
    expect(journal.of("server")).toEqual(["open", "close 1001 local: the server stops"]);
    await waitUntil("the client knew", () => !client.isOpen);
  });
});

test("a server can be gone through while its connections close", async () => {
  using net = openNetworking();
  const server = net.listen({ address: "127.0.0.1:0", socket: {} });
  await Promise.all(numbers(10).map(() => net.connect(server.address)));
  await waitUntil("all were open", () => server.connections === 10);
  let seen = 0;
  for (const connection of server) {
    seen++;
    connection.close();
  }
  expect([seen, server.connections]).toEqual([10, 0]);
  expect([...server]).toEqual([]);
});

test("a connection that nobody accepted by the raw interface is not touched", async () => {
  using net = openNetworking();
  using silence = await Silence.open();
  const server = net.listen({ address: "127.0.0.1:0", socket: {} });
  const raw = net.sockets.createListenSocketIP("127.0.0.1:0");
  let incoming: Connection["handle"] | undefined;
  net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
    if (connection.listenSocket === raw) incoming = connectHandle;
  });
  const client = net.sockets.connectByIPAddress(net.sockets.getListenSocketAddress(raw)!);
  const nowhere = net.sockets.connectByIPAddress(silence.address);
  await pumpUntil(net, "it had come in", () => incoming !== undefined);
  await server.stop();
  for (const connection of [client, nowhere, incoming!])
    expect(stateOf(net, connection)).toBe(ConnectionState.Connecting);
  expect(net.sockets.acceptConnection(incoming!)).toBe(Result.OK);
  await pumpUntil(net, "it stood", () => stateOf(net, client) === ConnectionState.Connected);
});
