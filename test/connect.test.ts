/**
 * `connect` as a promise.
 *
 * - It is fulfilled with a connection that stands, after `open`; by name as by address, IPv4 and IPv6.
 * - It rejects when it is aborted, with the signal's reason, whether that is before, in the look-up of a name, in the
 *   attempt, or in `open`; after that an abort does nothing.
 * - It rejects with a ConnectError that says why: refused, no answer in time, a name that does not resolve; and with a
 *   TypeError or RangeError when it was told wrong things.
 * - A name with several addresses is tried at each of them; the first connection that stands is the only one that its
 *   server and its handlers hear of. A refusal ends the attempt.
 * - An attempt that fails leaves no connection, at this end or the other, and calls neither `open` nor `close`.
 */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ClosedError,
  CloseCode,
  ConfigOptionError,
  ConnectError,
  ConnectionState,
  type ConnectOptions,
  type Networking,
} from "../lib/index.ts";
import type { Named } from "./support/life/named.ts";
import { Journal, rejectionOf } from "./support/everyday.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitFor, waitUntil } from "./support/pump.ts";
import { Silence } from "./support/silence.ts";

/** Expects that a connect failed, that no handler heard of it, and that both ends forget it. */
async function expectNothing(net: Networking, journal: Journal): Promise<void> {
  expect(journal.lines).toEqual([]);
  await waitUntil("all was forgotten", () => statesOf(net).every(({ connection }) => connection === undefined));
  expect(journal.lines).toEqual([]);
}

const started = new WeakMap<Networking, { handle: number }[]>();

/** All connections of a network that was opened by {@link open}, with what the library says of them. */
function statesOf(net: Networking) {
  return (started.get(net) ?? []).map(({ handle }) => ({
    connection: net.sockets.getConnectionInfo(handle as Parameters<typeof net.sockets.getConnectionInfo>[0]),
  }));
}

/** A network that keeps the handles of its connections. */
function open(): Networking {
  const net = openNetworking();
  const handles: { handle: number }[] = [];
  started.set(net, handles);
  net.on("connectionStatusChanged", ({ connectHandle }) => handles.push({ handle: connectHandle }));
  return net;
}

describe("a connection", () => {
  test.each(["127.0.0.1", "[::1]", "localhost"])("to %s stands, and `open` was called", async (host) => {
    using net = openNetworking();
    const server = net.listen({ address: host === "[::1]" ? "[::1]:0" : ":0", socket: {} });
    let opened = false;
    const connection = await net.connect<string>(`${host}:${server.port}`, {
      data: (made) => {
        expect(made.state).toBe(ConnectionState.Connected);
        return "mine";
      },
      socket: { open: () => (opened = true) },
    });
    expect(opened).toBe(true);
    expect(connection.isOpen).toBe(true);
    expect(connection.state).toBe(ConnectionState.Connected);
    expect(connection.data).toBe("mine");
    expect(connection.address).toEndWith(`:${server.port}`);
    expect(connection.ping).toBeGreaterThanOrEqual(0);
    expect(connection.handle).toBeGreaterThan(0);
    expect(() => connection.subscribe("x")).toThrow("Only connections that a server took");
  });

  test("that is closed by its `data` is none", async () => {
    using net = open();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    const error = await rejectionOf(
      net.connect<undefined>(server.address, {
        data: (connection) => connection.close(1300, "no use") as undefined,
        socket: journal.handlers("client"),
      }),
    );
    expect(error).toMatchObject({ name: "ConnectError", code: 1300, text: "no use", by: "local" });
    await expectNothing(net, journal);
  });
});

describe("aborted", () => {
  const reason = new Error("changed my mind");

  test("before", async () => {
    using net = openNetworking();
    expect(await rejectionOf(net.connect("127.0.0.1:1", { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test("in the look-up of the name", async () => {
    using net = open();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    const abort = new AbortController();
    const attempt = net.connect(`localhost:${server.port}`, {
      signal: abort.signal,
      socket: journal.handlers("client"),
    });
    // No look-up is done before the code that runs has ended.
    abort.abort(reason);
    expect(await rejectionOf(attempt)).toBe(reason);
    await waitFor(100);
    await expectNothing(net, journal);
  });

  test("in the attempt", async () => {
    using net = open();
    using silence = await Silence.open();
    const journal = new Journal();
    const abort = new AbortController();
    const attempt = net.connect(silence.address, { signal: abort.signal, socket: journal.handlers("client") });
    await waitUntil("it had begun", () => statesOf(net).length > 0);
    expect(statesOf(net)[0]!.connection?.connectionState).toBe(ConnectionState.Connecting);
    abort.abort(reason);
    expect(await rejectionOf(attempt)).toBe(reason);
    await expectNothing(net, journal);
  });

  test("while the server decides", async () => {
    using net = open();
    const journal = new Journal();
    let asked = false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const server = net.listen({
      address: "127.0.0.1:0",
      accept: () => {
        asked = true;
        return promise;
      },
      socket: journal.handlers("server"),
    });
    const abort = new AbortController();
    const attempt = net.connect(server.address, { signal: abort.signal, socket: journal.handlers("client") });
    await waitUntil("it had asked", () => asked);
    abort.abort(reason);
    expect(await rejectionOf(attempt)).toBe(reason);
    await waitFor(50);
    resolve(true);
    await waitFor(50);
    await expectNothing(net, journal);
  });

  test("in `open`: the connection is closed, and its `close` is called", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    const abort = new AbortController();
    const attempt = net.connect(server.address, {
      signal: abort.signal,
      socket: journal.handlers("client", { open: () => abort.abort(reason) }),
    });
    expect(await rejectionOf(attempt)).toBe(reason);
    expect(journal.of("client")).toEqual(["open", "close 1000 local: not wanted any more"]);
    await waitUntil("the server knew", () => server.connections === 0);
  });

  test("afterwards: nothing happens", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    const abort = new AbortController();
    const connection = await net.connect(server.address, { signal: abort.signal, socket: journal.handlers("client") });
    abort.abort(reason);
    await waitFor(50);
    expect(connection.isOpen).toBe(true);
    expect(journal.of("client")).toEqual(["open"]);
  });
});

describe("it fails", () => {
  test("when nobody answers in time", async () => {
    using net = open();
    using silence = await Silence.open();
    const journal = new Journal();
    const start = performance.now();
    const error = await rejectionOf(net.connect(silence.address, { timeout: 400, socket: journal.handlers("client") }));
    expect(performance.now() - start).toBeGreaterThan(390);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: 0, text: "no answer within 400 ms", by: "local" });
    expect((error as Error).message).toBe(`No connection to ${silence.address}: no answer within 400 ms`);
    await expectNothing(net, journal);
  });

  test("when nobody listens", async () => {
    using net = open();
    const journal = new Journal();
    const { address } = await Silence.open().then((silence) => {
      silence[Symbol.dispose]();
      return silence;
    });
    const error = await rejectionOf(net.connect(address, { timeout: 400, socket: journal.handlers("client") }));
    expect(error).toMatchObject({ name: "ConnectError", text: "no answer within 400 ms", by: "local" });
    await expectNothing(net, journal);
  });

  test("when the library gives up first", async () => {
    using net = open();
    using silence = await Silence.open();
    const journal = new Journal();
    const config = { TimeoutInitial: 100 };
    const error = await rejectionOf(net.connect(silence.address, { config, socket: journal.handlers("client") }));
    expect(error).toMatchObject({ name: "ConnectError", by: "problem" });
    expect((error as ConnectError).code).toBeGreaterThan(3000);
    await expectNothing(net, journal);
  });

  test("when it is refused", async () => {
    using net = open();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", accept: () => ({ code: 2000, text: "away" }), socket: {} });
    const error = await rejectionOf(net.connect(server.address, { socket: journal.handlers("client") }));
    expect(error).toMatchObject({ name: "ConnectError", code: 2000, text: "away", by: "peer" });
    await expectNothing(net, journal);
  });

  test("when a name does not resolve", async () => {
    using net = open();
    const journal = new Journal();
    const error = await rejectionOf(net.connect("nowhere.invalid:27015", { socket: journal.handlers("client") }));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: 0, by: "local" });
    expect((error as ConnectError).text).toMatch(/^the name nowhere\.invalid could not be resolved: /);
    await expectNothing(net, journal);
  });

  test("when the network is closed, or was", async () => {
    const net = openNetworking();
    using silence = await Silence.open();
    const attempt = rejectionOf(net.connect(silence.address));
    await waitFor(20);
    const another = rejectionOf(net.connect(silence.address));
    const named = rejectionOf(net.connect(silence.address.replace("127.0.0.1", "localhost")));
    net.close();
    const ended = { name: "ConnectError", text: "the network was closed", by: "local" };
    expect(await attempt).toMatchObject(ended);
    expect(await another).toMatchObject(ended);
    // Which had no connection yet.
    expect(await named).toBeInstanceOf(ClosedError);
    expect(await rejectionOf(net.connect(silence.address))).toBeInstanceOf(ClosedError);
    expect(() => net.listen({ address: "127.0.0.1:0", socket: {} })).toThrow(ClosedError);
  });

  test("in `close` while the network is closed", async () => {
    const net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    let again: Promise<unknown> | undefined;
    let listening: unknown;
    await net.connect(server.address, {
      socket: {
        close: () => {
          again = rejectionOf(net.connect(server.address));
          try {
            net.listen({ address: "127.0.0.1:0", socket: {} });
          } catch (error) {
            listening = error;
          }
          net.close();
        },
      },
    });
    net.close();
    expect(await again).toBeInstanceOf(ClosedError);
    expect(listening).toBeInstanceOf(ClosedError);
    expect(net.isOpen).toBe(false);
  });

  test.each([
    "",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:x",
    ":27015",
    "::1:27015",
    "[::1]",
    "a b:1",
    "http://a:1",
    "a\0b:1",
    27015,
    undefined,
  ])("with the address %p", async (address) => {
    using net = openNetworking();
    expect(await rejectionOf(net.connect(address as string))).toBeInstanceOf(TypeError);
  });

  test("with the address of nowhere", async () => {
    using net = openNetworking();
    expect(await rejectionOf(net.connect("0.0.0.0:1"))).toBeInstanceOf(RangeError);
  });

  test.each<[object, new (...parameters: never[]) => Error]>([
    [{ timeout: 0 }, RangeError],
    [{ timeout: 600_001 }, RangeError],
    [{ timeout: "long" }, TypeError],
    [{ pump: "x" }, TypeError],
    [{ data: 1 }, TypeError],
    [{ signal: {} }, TypeError],
    [{ socket: { open: 1 } }, TypeError],
    [{ config: { SendRateMaximum: 1 } }, ConfigOptionError],
  ])("with the options %j", async (options, type) => {
    using net = openNetworking();
    expect(await rejectionOf(net.connect("127.0.0.1:27015", options as ConnectOptions))).toBeInstanceOf(type);
  });
});

// In a file system of its own, in which a name has the addresses that we like.
const isolation = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"'];

function canIsolate(): boolean {
  if (Bun.which("unshare") === null) return false;
  return Bun.spawnSync([...isolation, "/etc/hosts", "true"], { stdio: ["ignore", "ignore", "ignore"] }).success;
}

describe.skipIf(!canIsolate())("a name with several addresses", () => {
  async function named(scene: Named["scene"], ...hosts: string[]): Promise<Named> {
    const folder = mkdtempSync(join(tmpdir(), "hosts-"));
    try {
      const file = join(folder, "hosts");
      writeFileSync(file, hosts.map((address) => `${address} several\n`).join(""));
      const script = join(import.meta.dir, "support/life/named.ts");
      const child = Bun.spawn([...isolation, file, process.execPath, script, scene], { stderr: "inherit" });
      const [output, code] = await Promise.all([child.stdout.text(), child.exited]);
      expect(code).toBe(0);
      return JSON.parse(output);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("of which only the last answers", async () => {
    const { connected, lines, milliseconds } = await named("last answers", "127.0.0.1", "127.0.0.9", "::1");
    expect(connected).toStartWith("127.0.0.9:");
    expect(lines).toEqual([
      "server open",
      "client open",
      "client close 1000 local: bye",
      "server close 1000 peer: bye",
    ]);
    // Two quarters of a second for those that do not answer, and not the whole time.
    expect(milliseconds).toBeLessThan(5000);
  });

  test("of which none answers", async () => {
    const { error, lines } = await named("none answers", "127.0.0.1", "127.0.0.9");
    expect(error).toMatchObject({ code: 0, text: "no answer within 800 ms", by: "local" });
    expect(lines).toEqual([]);
  });

  test("of which the first answers, and decides late: no other is asked", async () => {
    const { connected, asked, lines } = await named("decide late", "127.0.0.1", "127.0.0.9");
    expect(connected).toStartWith("127.0.0.1:");
    expect(asked).toBe(1);
    expect(lines.filter((line) => line.endsWith("open")).length).toBe(2);
  });

  test("which are far away: one of them is it, and the other one is dropped", async () => {
    const { connected, lines } = await named("are far", "127.0.0.1", "127.0.0.9");
    expect(connected).toStartWith("127.0.0.1:");
    expect(lines.filter((line) => line.startsWith("client"))).toEqual(["client open", "client close 1000 local: bye"]);
    expect(lines).toContain("server close 1000 peer: bye");
  });

  test("of which the first refuses: no other is asked", async () => {
    const { error, asked } = await named("refuse", "127.0.0.1", "127.0.0.9");
    expect(error).toMatchObject({ code: CloseCode.Refused, by: "peer" });
    expect(asked).toBe(1);
  });
});
if (!canIsolate()) console.log("Not tried here: a name with several addresses needs a mount namespace (Linux, root)");
