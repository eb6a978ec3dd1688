/**
 * The library's log.
 *
 * - Lines come in `runCallbacks` and nowhere else, also of what the network brings; at `openNetworking` from the
 *   library's start on.
 * - Only lines up to the level that each opening asked for; None ends it, another handler takes the place of the one
 *   before.
 * - When too much waits, the oldest lines go and are counted, and never an event.
 * - CreationError has the library's own words, whatever the level.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionState,
  CreationError,
  DebugOutputType,
  type DebugOutputEvent,
  type Networking,
} from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, waitFor } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { StatusLog } from "./support/status-log.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { None, Error: ErrorLevel, Warning, Msg, Verbose, Everything } = DebugOutputType;

/** What a handler was given. */
class Lines {
  readonly events: DebugOutputEvent[] = [];
  readonly handler = (event: DebugOutputEvent) => this.events.push(event);

  /** Whether there is a line with these words. */
  have(words: string): boolean {
    return this.events.some(({ message }) => message.includes(words));
  }
}

/** Has the library say something at the levels Error, Msg and Verbose. */
function provoke(net: Networking): void {
  const { sockets } = net;
  const socket = sockets.createListenSocketIP("127.0.0.1:0");
  expect(() => sockets.createListenSocketIP(sockets.getListenSocketAddress(socket)!)).toThrow(CreationError);
  sockets.closeListenSocket(socket);
  const { connection1, connection2 } = sockets.createSocketPair();
  sockets.closeConnection(connection1, 1000, "the end of it");
  sockets.closeConnection(connection2);
}

const errorWords = "Cannot create listen socket";
const messageWords = "the end of it";
const verboseWords = "cleaned up";

describe("lines", () => {
  test("come in runCallbacks and nowhere else", async () => {
    using net = openNetworking();
    const lines = new Lines();
    net.utils.setDebugOutputFunction(Verbose, lines.handler);
    provoke(net);
    await waitFor(20);
    net.sockets.getIdentity();
    expect(lines.events).toEqual([]);
    net.runCallbacks();
    for (const words of [errorWords, messageWords, verboseWords]) expect(lines.have(words)).toBe(true);
    const { length } = lines.events;
    await pumpFor(net, 20);
    for (const words of [errorWords, messageWords]) {
      expect(lines.events.slice(length).some(({ message }) => message.includes(words))).toBe(false);
    }
  });

  test("come from the library's start on when openNetworking asks for them", () => {
    const lines = new Lines();
    using net = openNetworking({ debugOutput: { level: Everything, handler: lines.handler } });
    expect(lines.events).toEqual([]);
    net.runCallbacks();
    expect(lines.have("Initialized low level socket/threading support")).toBe(true);
  });

  test("come of what the network brings, too, whole and as text", async () => {
    using net = openNetworking();
    const lines = new Lines();
    net.utils.setDebugOutputFunction(Verbose, lines.handler);
    // The answer that makes it Connected comes in on the library's own thread or in a poll.
    const { client } = await connectOverUDP(net);
    net.runCallbacks();
    const connected = ({ message }: DebugOutputEvent) =>
      message.includes(`#${client} UDP`) && message.includes("connected");
    expect(lines.events.filter(connected).length).toBe(1);
    for (const { message } of lines.events) expect(message).toMatch(/^\P{Cc}+$/u);
  });

  test.each([
    ["Error", ErrorLevel, [errorWords]],
    ["Warning", Warning, [errorWords]],
    ["Msg", Msg, [errorWords, messageWords]],
    ["Verbose", Verbose, [errorWords, messageWords, verboseWords]],
    ["Everything", Everything, [errorWords, messageWords, verboseWords]],
  ] as const)("up to %s and no further", (_, level, expected) => {
    using net = openNetworking();
    const lines = new Lines();
    net.utils.setDebugOutputFunction(level, lines.handler);
    provoke(net);
    net.runCallbacks();
    expect([errorWords, messageWords, verboseWords].filter((words) => lines.have(words))).toEqual([...expected]);
    for (const event of lines.events) {
      expect(event.level).toBeGreaterThan(None);
      expect(event.level).toBeLessThanOrEqual(level);
    }
  });

  test("are no more than each opening asked for, and end with it", () => {
    using quiet = openNetworking();
    const levels: number[] = [];
    quiet.on("debugOutput", ({ level }) => levels.push(level));
    {
      using curious = openNetworking({ debugOutput: { level: DebugOutputType.Everything, handler: () => {} } });
      curious.sockets.createSocketPair(true);
      curious.runCallbacks();
    }
    quiet.sockets.createSocketPair(true);
    quiet.runCallbacks();
    expect(levels).toEqual([]);
  });

  test("end with None", () => {
    using net = openNetworking();
    const lines = new Lines();
    net.utils.setDebugOutputFunction(Everything, lines.handler);
    provoke(net);
    net.utils.setDebugOutputFunction(None);
    provoke(net);
    net.runCallbacks();
    expect(lines.events).toEqual([]);
    net.utils.setDebugOutputFunction(Everything, lines.handler);
    provoke(net);
    net.runCallbacks();
    expect(lines.have(messageWords)).toBe(true);
  });

  test("go to the handler that was set last, and to all that were added", () => {
    using net = openNetworking();
    const [first, second, added] = [new Lines(), new Lines(), new Lines()];
    net.on("debugOutput", added.handler);
    net.utils.setDebugOutputFunction(Msg, first.handler);
    net.utils.setDebugOutputFunction(Msg, second.handler);
    provoke(net);
    net.runCallbacks();
    expect(first.events).toEqual([]);
    expect(second.have(messageWords)).toBe(true);
    expect(added.events).toEqual(second.events);
  });

  test("need a level that there is and a handler that is a function, else nothing changes", () => {
    using net = openNetworking();
    const lines = new Lines();
    net.utils.setDebugOutputFunction(Msg, lines.handler);
    for (const level of [-1, 9, 1.5, Number.NaN]) {
      expectRefusal(() => net.utils.setDebugOutputFunction(untyped(level), lines.handler), RangeError, /level/);
    }
    expectRefusal(() => net.utils.setDebugOutputFunction(untyped("Msg"), lines.handler), TypeError, /level/);
    expectRefusal(() => net.utils.setDebugOutputFunction(ErrorLevel, untyped("handler")), TypeError, /function/);
    provoke(net);
    net.runCallbacks();
    expect(lines.have(messageWords)).toBe(true);
  });
});

test("when too much waits the oldest lines go and are counted, and no event", () => {
  const count = 4000;
  using net = openNetworking();
  const { sockets } = net;
  const lines = new Lines();
  const log = new StatusLog(net);
  net.utils.setDebugOutputFunction(Msg, lines.handler);
  expect(net.utils.debugOutputsDropped).toBe(0);

  const survivors = Array.from({ length: count }, (_, number) => {
    const { connection1, connection2 } = sockets.createSocketPair();
    sockets.closeConnection(connection1, 1000, `number ${number} ${"x".repeat(100)}`);
    return connection2;
  });
  net.runCallbacks();
  const dropped = net.utils.debugOutputsDropped;
  expect(dropped).toBeGreaterThan(0);
  // For each pair two lines at its making and two at its end. The library adds a complaint for each event that waits
  // behind a hundred others, two a pair, and its own thread has a word, too, on a busy machine.
  const total = dropped + lines.events.length;
  expect(total).toBeGreaterThanOrEqual(4 * count);
  expect(total).toBeLessThan(8 * count);
  const numbers = lines.events.flatMap(({ message }) => /closed by app.*number (\d+) x/.exec(message)?.[1] ?? []);
  const first = Number(numbers[0]);
  expect(first).toBeGreaterThan(0);
  expect(numbers.map(Number)).toEqual(Array.from({ length: count - first }, (_, index) => first + index));

  expect(log.events.map(({ connectHandle }) => connectHandle)).toEqual(survivors);
  for (const [index, { connection }] of log.events.entries()) {
    expect(connection.connectionState).toBe(ConnectionState.ClosedByPeer);
    expect(connection.endDebug).toStartWith(`number ${index} x`);
  }
  net.runCallbacks();
  expect(net.utils.debugOutputsDropped).toBe(dropped);
});

describe("CreationError", () => {
  /** What is thrown when a port is taken. */
  function refusal(net: Networking): CreationError {
    const socket = net.sockets.createListenSocketIP("127.0.0.1:0");
    const address = net.sockets.getListenSocketAddress(socket)!;
    try {
      net.sockets.createListenSocketIP(address);
    } catch (error) {
      if (error instanceof CreationError) {
        expect(error.message).toContain(address);
        return error;
      }
      throw error;
    }
    throw new Error("The port could be taken twice");
  }

  test("has the library's words, whatever the level", () => {
    using net = openNetworking();
    expect(refusal(net).reason).toMatch(/^Cannot create listen socket.*bind/);
    const lines = new Lines();
    for (const level of [ErrorLevel, Everything, None] as const) {
      net.utils.setDebugOutputFunction(level, lines.handler);
      const { reason, message } = refusal(net);
      expect(reason).toMatch(/^Cannot create listen socket.*bind/);
      expect(message).toContain(reason);
    }
    net.utils.setDebugOutputFunction(Everything, lines.handler);
    net.runCallbacks();
    // To have been asked takes nothing away from the log.
    expect(lines.events.filter(({ message }) => message.includes(errorWords)).length).toBe(2);
  });

  test("has no words that were about something else", () => {
    using net = openNetworking();
    const { sockets } = net;
    const lines = new Lines();
    net.utils.setDebugOutputFunction(Warning, lines.handler);
    // The library complains when events wait for long.
    for (let count = 0; count < 150; count++) sockets.closeConnection(sockets.createSocketPair().connection1);
    let refused: unknown;
    try {
      // TEST-NET-1: never this machine's, so that no port can be found there.
      sockets.createListenSocketIP("192.0.2.1:0");
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(CreationError);
    expect((refused as CreationError).reason).not.toContain("Callbacks");
    net.runCallbacks();
    expect(lines.have("Callbacks backing up")).toBe(true);
  });
});
