/**
 * `net.events()`: all events as an async iterator.
 *
 * - It gives what handlers get, each event once, with its name, in order, from the moment on that it was asked for;
 *   beside handlers, beside other iterators, and whoever runs the callbacks: we, another opening, or the pump.
 * - Nothing of a connection comes after it was closed, not even what waited. Errors of handlers do not come.
 * - Lines of the log come as far as they were asked for of this network.
 * - It ends with the network, when what waits was read; at once with `break`, `return()` and `await using`, and then
 *   takes nothing any more. Several may ask at once; each gets another event.
 * - 65,536 events wait for a slow reader; with one more reading throws, and it is over.
 * - The network that is closed has none.
 */
import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import {
  ConnectionState,
  DebugOutputType,
  NetworkingError,
  SendFlags,
  type ConnectionHandle,
  type EventStream,
  type NetworkingEvent,
} from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";
import { stateOf } from "./support/state-of.ts";
import { StatusLog } from "./support/status-log.ts";
import { closePair, connectOverUDP } from "./support/udp-pair.ts";

const { Connected, ClosedByPeer } = ConnectionState;

/** Reads a stream until it ends. */
async function readAll(stream: EventStream): Promise<NetworkingEvent[]> {
  const events: NetworkingEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** What a stream gives of those that wait. */
async function readWaiting(stream: EventStream, count: number): Promise<NetworkingEvent[]> {
  const events: NetworkingEvent[] = [];
  while (events.length < count) {
    const { value, done } = await stream.next();
    if (done) break;
    events.push(value);
  }
  return events;
}

/** The connection that an event is of. */
function connectionOf(told: NetworkingEvent): ConnectionHandle {
  if (told.name !== "connectionStatusChanged") throw new Error(`${told.name} is of no connection`);
  return told.event.connectHandle;
}

/** How grave the lines of the log are. */
function levelsOf(events: readonly NetworkingEvent[]): DebugOutputType[] {
  return events.flatMap(({ name, event }) => (name === "debugOutput" ? [event.level] : []));
}

describe("an iterator over events", () => {
  test("gives what handlers get, in order, until the network is closed", async () => {
    const net = openNetworking();
    const handled: unknown[] = [];
    const reading = readAll(net.events());
    const also = readAll(net.events());
    net.on("connectionStatusChanged", (event) => handled.push({ name: "connectionStatusChanged", event }));
    const pair = await connectOverUDP(net);
    await pumpUntil(net, "all events had come", () => handled.length === 4);
    const late = readAll(net.events());
    net.sockets.closeConnection(pair.server, 1234, "enough");
    await pumpUntil(net, "the client knew", () => stateOf(net, pair.client) === ClosedByPeer);
    net.runCallbacks();
    net.close();
    const told = await reading;
    expect(told).toEqual(handled as NetworkingEvent[]);
    expect(told.length).toBeGreaterThan(4);
    expect(await also).toEqual(told);
    expect(await late).toEqual(told.slice(-1));
    expect(told.at(-1)).toMatchObject({ event: { connection: { endReason: 1234, endDebug: "enough" } } });
    shows("gns", "connectionStatusChanged");
  });

  test("gives what the pump fetches, as soon as it comes", async () => {
    using net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    const stream = net.events();
    const connection = await net.connect(server.address, { socket: {} });
    const states: ConnectionState[] = [];
    for await (const { name, event } of stream) {
      if (name !== "connectionStatusChanged" || event.connectHandle !== connection.handle) continue;
      states.push(event.connection.connectionState);
      if (event.connection.connectionState === Connected) break;
    }
    expect(states.at(-1)).toBe(Connected);
    await server.stop();
  });

  test("gives what another opening fetches", async () => {
    using net = openNetworking();
    using other = openNetworking();
    const stream = net.events();
    const log = new StatusLog(other);
    const pair = await connectOverUDP(other);
    await pumpUntil(other, "all events had come", () => log.events.length === 4);
    const events = await readWaiting(stream, 4);
    expect(new Set(events.map(connectionOf))).toEqual(new Set([pair.client, pair.server]));
  });

  test("gives nothing of a connection after its close, and no errors of handlers", async () => {
    const net = openNetworking();
    const stream = net.events();
    const pair = await connectOverUDP(net);
    const mistakes: unknown[] = [];
    net.on("error", (error) => mistakes.push(error));
    net.on("connectionStatusChanged", () => {
      throw new Error("a mistake");
    });
    net.sockets.closeConnection(pair.server, 0, "", true);
    await pumpUntil(net, "the client knew", () => stateOf(net, pair.client) === ClosedByPeer && mistakes.length > 0);
    // The events of the client wait since long.
    const { value } = await stream.next();
    expect(value && connectionOf(value)).toBe(pair.client);
    net.sockets.closeConnection(pair.client);
    await pumpFor(net, 50);
    net.close();
    expect(await readAll(stream)).toEqual([]);
  });

  test("gives the log as far as it was asked for of this network", async () => {
    const net = openNetworking();
    using other = openNetworking();
    const [stream, others] = [net.events(), other.events()];
    other.utils.setDebugOutputFunction(DebugOutputType.Everything, () => {});
    net.utils.setDebugOutputFunction(DebugOutputType.Error, () => {});
    expect(() => net.sockets.connectP2P("str:nobody", 0)).toThrow();
    closePair(net, await connectOverUDP(net));
    net.runCallbacks();
    net.close();
    other.close();
    const [levels, otherLevels] = [levelsOf(await readAll(stream)), levelsOf(await readAll(others))];
    expect(levels).toContain(DebugOutputType.Bug);
    expect(Math.max(...levels)).toBeLessThanOrEqual(DebugOutputType.Error);
    expect(Math.max(...otherLevels)).toBeGreaterThan(DebugOutputType.Error);
  });
});

describe("the end of an iterator", () => {
  test("comes at once with break, return and await using, and nothing comes after it", async () => {
    using net = openNetworking();
    const broken = net.events();
    const returned = net.events();
    const waiting = returned.next();
    const { client } = await connectOverUDP(net);
    for await (const { name } of broken) {
      expect(name).toBe("connectionStatusChanged");
      break;
    }
    expect((await waiting).done).toBe(false);
    expect(await returned.return()).toEqual({ done: true, value: undefined });
    let disposed: EventStream;
    {
      await using stream = net.events();
      disposed = stream;
    }
    net.sockets.closeConnection(client);
    await pumpFor(net, 50);
    for (const stream of [broken, returned, disposed]) {
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(await readAll(stream)).toEqual([]);
    }
  });

  test("wakes all who wait, each of whom got another event before", async () => {
    const net = openNetworking();
    const stream = net.events();
    const log = new StatusLog(net);
    const waiting = Array.from({ length: 8 }, () => stream.next());
    await connectOverUDP(net);
    await pumpUntil(net, "all events had come", () => log.events.length === 4);
    net.close();
    const results = await Promise.all(waiting);
    const events = results.flatMap(({ done, value }) => (done ? [] : [value]));
    expect(events.length).toBe(4);
    expect(new Set(events).size).toBe(events.length);
    expect(results.findIndex(({ done }) => done)).toBe(events.length);
  });

  test("comes when the network is closed in a handler", async () => {
    const net = openNetworking();
    const stream = net.events();
    net.once("connectionStatusChanged", () => net.close());
    const reading = readAll(stream);
    net.sockets.connectByIPAddress("127.0.0.1:9");
    await waitUntil("the network was closed", () => {
      if (net.isOpen) net.runCallbacks();
      return !net.isOpen;
    });
    expect((await reading).length).toBe(1);
  });

  test("comes with an error when nobody reads for too long", async () => {
    using net = openNetworking();
    const slow = net.events();
    const fast = net.events();
    let read = 0;
    const reading = (async () => {
      for await (const _ of fast) read++;
    })();
    net.utils.setDebugOutputFunction(DebugOutputType.Everything, () => {});
    const most = 65_536;
    for (let round = 0; round < 200 && read <= most; round++) {
      // Two lines of the log each.
      for (let i = 0; i < 500; i++) net.messages.sendMessageToUser("str:nobody", "hello", SendFlags.Reliable);
      net.runCallbacks();
      await setImmediate();
    }
    expect(read).toBeGreaterThan(most);
    await expect(slow.next()).rejects.toThrow(NetworkingError);
    await expect(slow.next()).resolves.toEqual({ done: true, value: undefined });
    net.close();
    await reading;
  });
});
