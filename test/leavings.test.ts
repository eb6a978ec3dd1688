/**
 * What `listen` and `connect` leave behind: nothing.
 *
 * - A process ends by itself once the last of them is closed, not before, and not later where a server is unreferenced; also
 *   when a connection lingers, whose data arrives, and when a `close` handler has thrown.
 * - `listen` and `connect` without a network share one, which is closed with the last of them, not before, and is another
 *   one the next time; a Worker can listen at once. Where messages of a closed connection are under way it is closed when
 *   they have come. A handler that is told of the end may begin anew on it.
 * - 600 connections, opened and closed in every way, leave no connection in the library, take no more places than were
 *   taken at once, and their `data` is freed.
 * - 200 attempts that fail leave no connection, no timer and no pool.
 */
import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { connect, ConnectError, listen, Result, type Connection } from "../lib/index.ts";
import { connectEnds, Journal, rejectionOf } from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import type { Listened } from "./support/life/listener-worker.ts";
import { report, run } from "./support/life/run.ts";
import type { Scenes } from "./support/life/scenes.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitFor, waitUntil } from "./support/pump.ts";
import { Silence } from "./support/silence.ts";
import { collectUntil, poolsInUse } from "./support/slots.ts";
import { stateOf } from "./support/state-of.ts";

describe("a process", () => {
  test.each<[scene: keyof Scenes, what: string, output: unknown]>([
    ["ends", "ends when all is closed", "closed"],
    ["mistakes", "ends when all is closed, although `close` handlers threw", "closed"],
    ["fails", "ends when every attempt has failed", "failed"],
    ["lingers", "ends when a connection has said its last words", 200_000],
    ["unref", "ends while an unreferenced server listens", "listening"],
    ["ref", "lives while a referenced one listens", "alive"],
    ["connection", "lives while a connection is open", "alive"],
    ["network", "ends when the network is closed", "closed"],
    ["adopted", "ends when a connection of its own is closed", "closed"],
  ])("%s: %s", async (scene, _, output) => {
    expect(await report<unknown>("scenes.ts", [scene])).toEqual(output);
  });

  test("that nobody ends lives on", async () => {
    const { end, output } = await run("scenes.ts", ["forgets"]);
    // By its own alarm.
    expect([end, output]).toEqual([9, '"alive"\n']);
  });
});

describe("the network of those who name none", () => {
  test("is shared, closed in the end, and another one the next time", async () => {
    const received: string[] = [];
    const server = listen({
      address: "127.0.0.1:0",
      socket: { message: (_, message) => received.push(message.text()) },
    });
    const other = listen({ address: "127.0.0.1:0", socket: {} });
    expect(other.net).toBe(server.net);
    const client = await connect(server.address);
    expect(client.send("x")).toBe(Result.OK);
    await waitUntil("it had come", () => received.length === 1);
    await other.stop();
    // For longer than messages may linger.
    await waitFor(3000);
    expect([server.net.isOpen, client.isOpen]).toEqual([true, true]);
    client.close();
    expect(server.net.isOpen).toBe(true);
    await server.stop();
    expect(server.net.isOpen).toBe(false);
    const third = listen({ address: "127.0.0.1:0", socket: {} });
    expect(third.net).not.toBe(server.net);
    expect((await connect(third.address)).isOpen).toBe(true);
    third.net.close();
  });

  test("leaves a Worker to listen at once", async () => {
    const server = listen({ address: "127.0.0.1:0", socket: {} });
    const client = await connect(server.address);
    client.close();
    await server.stop();
    const worker = new Worker(join(import.meta.dir, "support/life/listener-worker.ts"));
    const exit = once(worker, "exit");
    const [listened]: Listened[] = await once(worker, "message");
    expect(listened?.lines).toContain("server message from a Worker");
    await exit;
    const again = listen({ address: "127.0.0.1:0", socket: {} });
    await again.stop();
  });

  test("stays open until what was sent has come", async () => {
    using own = openNetworking();
    const journal = new Journal();
    const server = own.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    // So that it takes a while.
    const config = { SendRateMin: 20_000, SendRateMax: 20_000 };
    const client = await connect(server.address, { config });
    const text = "x".repeat(8000);
    expect([client.send(text), client.send(text)]).toEqual([Result.OK, Result.OK]);
    const other = listen({ address: "127.0.0.1:0", socket: {} });
    const { net } = other;
    client.close(1000, "bye");
    await other.stop(false);
    expect(net.isOpen).toBe(true);
    await waitUntil("it was closed", () => !net.isOpen);
    await waitUntil("it was closed on the other end", () => journal.has("server close"));
    expect(journal.of("server")).toEqual(["open", `message ${text}`, `message ${text}`, "close 1000 peer: bye"]);
  });

  test("is the same for one who begins anew when told of the end", async () => {
    using own = openNetworking();
    const server = own.listen({ address: "127.0.0.1:0", socket: {} });
    let again: Promise<Connection> | undefined;
    const only = listen({ address: "127.0.0.1:0", socket: {} });
    const { net } = only;
    const client = await connect(server.address, { socket: { close: () => (again = connect(server.address)) } });
    await only.stop();
    client.close();
    expect(net.isOpen).toBe(true);
    const second = await again;
    expect([second?.isOpen, net.isOpen]).toEqual([true, true]);
    second?.close();
    await waitUntil("it was closed", () => !net.isOpen);
  });

  test("is given back where nothing comes of it", async () => {
    const server = listen({ address: "127.0.0.1:0", socket: {} });
    const { net } = server;
    expect(() => listen({ address: server.address, socket: {} })).toThrow("could not be created");
    expect(() => listen({ address: "here", socket: {} })).toThrow(TypeError);
    expect(await rejectionOf(connect("nowhere.invalid:1"))).toBeInstanceOf(ConnectError);
    expect(await rejectionOf(connect("nowhere"))).toBeInstanceOf(TypeError);
    await server.stop();
    await waitUntil("it was closed", () => !net.isOpen);
  });

  test("that somebody closes is another one at once", async () => {
    const server = listen({ address: "127.0.0.1:0", socket: {} });
    server.net.close();
    expect(server.isListening).toBe(false);
    const other = listen({ address: "127.0.0.1:0", socket: {} });
    expect(other.net).not.toBe(server.net);
    expect(other.isListening).toBe(true);
    other.net.close();
  });
});

describe("connections", () => {
  test("leave nothing, however they end", async () => {
    using net = openNetworking();
    const [rounds, atOnce] = [30, 20];
    const handles = new Set<Connection["handle"]>();
    let freed = 0;
    const registry = new FinalizationRegistry(() => freed++);
    let mostPlaces = 0;
    const made = (connection: Connection<object>): object => {
      handles.add(connection.handle);
      mostPlaces = Math.max(mostPlaces, net.sockets.getConnectionUserData(connection.handle) + 1);
      const data = { connection, of: connection.address };
      registry.register(data, undefined);
      return data;
    };
    const server = net.listen<object>({ address: "127.0.0.1:0", data: made, socket: {} });
    const endings: ((client: Connection<object>, served: Connection<object>) => void)[] = [
      (client) => client.close(),
      (_, served) => served.close(),
      (client, served) => {
        client.close(1000, "", { linger: false });
        served.close();
      },
      (client, served) => {
        served.subscribe("topic");
        server.publish("topic", "x");
        client.take();
        client.send(new Uint8Array(10_000));
        client.close();
      },
    ];
    // A function, whose variables are gone when it has returned.
    const play = async (round: number) => {
      const clients = await Promise.all(numbers(atOnce).map(() => net.connect<object>(server.address, { data: made })));
      await waitUntil("all were open", () => server.connections === atOnce);
      const served = [...server];
      clients.forEach((client, at) => endings[(round + at) % endings.length]!(client, served[at]!));
      for (const connection of [...clients, ...server]) connection.close();
      await waitUntil("all were closed", () => server.connections === 0);
    };
    for (const round of numbers(rounds)) await play(round);
    expect(handles.size).toBe(2 * rounds * atOnce);
    expect(mostPlaces).toBeLessThanOrEqual(4 * atOnce);
    await waitUntil("the library knew none", () => [...handles].every((handle) => stateOf(net, handle) === undefined));
    expect(server.subscribers("topic")).toBe(0);
    // A few may lie about on the stack.
    await collectUntil("their data was freed", () => freed >= handles.size - 10);
  });

  test("that fail leave nothing", async () => {
    const pools = poolsInUse();
    {
      using net = openNetworking();
      using silence = await Silence.open();
      const handles = new Set<Connection["handle"]>();
      net.on("connectionStatusChanged", ({ connectHandle }) => handles.add(connectHandle));
      const server = net.listen({ address: "127.0.0.1:0", accept: () => false, socket: {} });
      const abort = new AbortController();
      const attempts = numbers(200).map((number) => {
        const address = number % 2 === 0 ? server.address : silence.address;
        return rejectionOf(net.connect(address, { timeout: 300 + number, signal: abort.signal }));
      });
      for (const error of await Promise.all(attempts)) expect(error).toBeInstanceOf(ConnectError);
      expect(handles.size).toBeGreaterThanOrEqual(200);
      await waitUntil("the library knew none", () =>
        [...handles].every((handle) => stateOf(net, handle) === undefined),
      );
      // The place of the first one is free again.
      const { client } = await connectEnds(net);
      expect(net.sockets.getConnectionUserData(client.handle)).toBeLessThan(200);
    }
    expect(poolsInUse()).toBe(pools);
  });
});
