/**
 * Events.
 *
 * - They are delivered in `runCallbacks` (and `runNetworkingCallbacks`, which is the same), and nowhere else.
 * - Each state change is told once and in order, with the state, reason and text that both ends agree on; the state has
 *   changed before the handlers run.
 * - A connection that dies while Connecting never is Connected, whoever ends it.
 * - After `closeConnection` no event of that connection comes: neither what had happened before and was not fetched,
 *   nor, when it is closed in a handler, what waits in the same drain, not even for the handlers behind that one.
 * - `runCallbacks` in a handler does nothing.
 * - A handler that throws keeps no other handler and no later event from coming. What it threw goes to `error`; without
 *   a handler for that, or when that throws in turn, `runCallbacks` throws it at its end: one as it is, several as one
 *   AggregateError.
 * - A close of the network in a handler takes effect when the drain is over, thrown errors or not.
 * - Hundreds of connections at once: every event comes, in order for each connection, hundreds in one drain.
 * - `on` as often as it was called and in that order, `once` once, `off` one or all; only of events that there are.
 * - Two openings on one thread both get every event once, whoever fetches it; one that was closed gets none.
 */
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  ConnectionEnd,
  ConnectionState,
  Result,
  type ConnectionHandle,
  type ConnectionStatusChangedEvent,
  type Networking,
} from "../lib/index.ts";
import { Acceptor } from "./support/acceptor.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitFor, waitUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";
import { Silence } from "./support/silence.ts";
import { stateOf } from "./support/state-of.ts";
import { StatusLog } from "./support/status-log.ts";
import { closePair, connectOverUDP, type UDPPair } from "./support/udp-pair.ts";

const { None, Connecting, Connected, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;

/** A connection with two events that wait to be fetched: it was made, and it failed. */
async function failedConnections(net: Networking, count: number): Promise<ConnectionHandle[]> {
  using silence = await Silence.open();
  const options = { TimeoutInitial: 100 };
  const connections = Array.from({ length: count }, () => net.sockets.connectByIPAddress(silence.address, options));
  const failed = () => connections.every((connection) => stateOf(net, connection) === ProblemDetectedLocally);
  await waitUntil("the connections had failed", failed);
  return connections;
}

/** A pair whose events have all been fetched. */
async function quietPair(net: Networking): Promise<UDPPair> {
  const pair = await connectOverUDP(net);
  net.runCallbacks();
  return pair;
}

/** A handler that throws, and what it threw. */
class Thrower {
  readonly thrown: Error[] = [];

  readonly handler = (event: ConnectionStatusChangedEvent): never => {
    const error = new Error(`handler of ${event.connectHandle} in ${event.connection.connectionState}`);
    this.thrown.push(error);
    throw error;
  };
}

function errorOf(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

describe("delivery", () => {
  test("is in runCallbacks and nowhere else", async () => {
    using net = openNetworking();
    const { sockets } = net;
    let fetching = false;
    const outside: ConnectionStatusChangedEvent[] = [];
    net.on("connectionStatusChanged", (event) => fetching || outside.push(event));
    const log = new StatusLog(net);
    const acceptor = new Acceptor(net);

    const client = sockets.connectByIPAddress(acceptor.address);
    await waitFor(100);
    sockets.flushMessagesOnConnection(client);
    sockets.receiveMessagesOnConnection(client);
    sockets.getConnectionRealTimeStatus(client);
    expect(log.events).toEqual([]);

    await waitUntil("the connection stood", () => {
      fetching = true;
      net.runCallbacks();
      fetching = false;
      return log.events.length === 4;
    });
    sockets.closeConnection(client);
    await waitUntil("the other end knew", () => stateOf(net, acceptor.accepted[0]!) === ClosedByPeer);
    expect(log.take().length).toBe(4);
    fetching = true;
    sockets.runNetworkingCallbacks();
    fetching = false;
    expect(log.changesOf(acceptor.accepted[0]!)).toEqual([[Connected, ClosedByPeer]]);
    expect(outside).toEqual([]);
    shows("gns", "runNetworkingCallbacks");
  });

  test("tells each state change once, in order, and rightly on both sides", async () => {
    using net = openNetworking({ identity: "str:both ends" });
    const { sockets } = net;
    const log = new StatusLog(net);
    const statesInHandlers: [told: ConnectionState, asked: ConnectionState | undefined][] = [];
    net.on("connectionStatusChanged", ({ connectHandle, connection }) =>
      statesInHandlers.push([connection.connectionState, stateOf(net, connectHandle)]),
    );
    const { client, server, listenSocket } = await quietPair(net);
    const listenAddress = sockets.getListenSocketAddress(listenSocket)!;
    sockets.setConnectionUserData(client, 77);
    expect(sockets.closeConnection(server, 1234, "enough for today")).toBe(true);
    await pumpUntil(net, "the client knew", () => stateOf(net, client) === ClosedByPeer);
    await pumpFor(net, 100);

    expect(log.changesOf(client)).toEqual([
      [None, Connecting],
      [Connecting, Connected],
      [Connected, ClosedByPeer],
    ]);
    expect(log.changesOf(server)).toEqual([
      [None, Connecting],
      [Connecting, Connected],
    ]);
    expect(log.events.length).toBe(5);
    for (const { connection } of log.of(client)) {
      expect(connection.listenSocket).toBe(0 as typeof listenSocket);
      expect(connection.remoteAddress).toBe(listenAddress);
    }
    for (const { connection } of log.of(server)) {
      expect(connection.listenSocket).toBe(listenSocket);
      expect(connection.remoteAddress).toStartWith("127.0.0.1:");
      expect(connection.remoteAddress).not.toBe(listenAddress);
      expect(connection.identity).toBe("str:both ends");
    }
    const [made, connected, ended] = log.of(client).map(({ connection }) => connection);
    expect(made).toMatchObject({ endReason: 0, endDebug: "", userData: -1 });
    expect(connected).toMatchObject({ endReason: 0, endDebug: "", userData: -1, identity: "str:both ends" });
    expect(ended).toMatchObject({ endReason: 1234, endDebug: "enough for today", userData: 77 });
    for (const [told, asked] of statesInHandlers) expect(asked).toBeGreaterThanOrEqual(told);
    shows("gns", "connectionStatusChanged");
  });

  test("does nothing within a handler: what is new waits for the next one", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const connections = await failedConnections(net, 2);
    let depth = 0;
    const order: ConnectionHandle[] = [];
    net.on("connectionStatusChanged", ({ connectHandle }) => {
      expect(++depth).toBe(1);
      order.push(connectHandle);
      if (order.length === 1) connections.push(net.sockets.connectByIPAddress(silence.address));
      net.runCallbacks();
      net.sockets.runNetworkingCallbacks();
      depth--;
    });
    net.runCallbacks();
    const [first, second, added] = connections;
    expect(order.slice(0, 2)).toEqual([first!, second!]);
    expect(order.slice(2).toSorted()).toEqual([first!, second!].toSorted());
    net.runCallbacks();
    expect(order.slice(4)).toEqual([added!]);
  });
});

describe("a connection that dies while Connecting", () => {
  test("fails at this end when nobody answers", async () => {
    using net = openNetworking();
    const log = new StatusLog(net);
    const [connection] = await failedConnections(net, 1);
    net.runCallbacks();
    expect(log.changesOf(connection!)).toEqual([
      [None, Connecting],
      [Connecting, ProblemDetectedLocally],
    ]);
    const end = log.events.at(-1)!.connection;
    expect(end.endReason).toBe(ConnectionEnd.Misc_Timeout);
    expect(end.endDebug).not.toBe("");
  });

  test("hears of a refusal with reason and text", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const log = new StatusLog(net);
    const listenSocket = sockets.createListenSocketIP("127.0.0.1:0");
    net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
      if (connection.listenSocket === listenSocket) sockets.closeConnection(connectHandle, 2001, "the house is full");
    });
    const client = sockets.connectByIPAddress(sockets.getListenSocketAddress(listenSocket)!);
    await pumpUntil(net, "the client knew", () => stateOf(net, client) === ClosedByPeer);
    await pumpFor(net, 50);
    expect(log.changesOf(client)).toEqual([
      [None, Connecting],
      [Connecting, ClosedByPeer],
    ]);
    expect(log.of(client).at(-1)!.connection).toMatchObject({ endReason: 2001, endDebug: "the house is full" });
    // The other end: it came in, and that was all.
    expect(log.events.length).toBe(3);
  });

  test("is told to the listening end when the peer thinks better of it", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const log = new StatusLog(net);
    const listenSocket = sockets.createListenSocketIP("127.0.0.1:0");
    const client = sockets.connectByIPAddress(sockets.getListenSocketAddress(listenSocket)!);
    const incoming = () => log.events.find(({ connection }) => connection.listenSocket === listenSocket)?.connectHandle;
    await pumpUntil(net, "it had come in", () => incoming() !== undefined);
    const server = incoming()!;
    sockets.closeConnection(client, 1009, "changed my mind");
    await pumpUntil(net, "the server knew", () => log.of(server).length === 2);
    expect(log.changesOf(server)).toEqual([
      [None, Connecting],
      [Connecting, ClosedByPeer],
    ]);
    expect(log.of(server).at(-1)!.connection).toMatchObject({ endReason: 1009, endDebug: "changed my mind" });
    expect(sockets.acceptConnection(server)).toBe(Result.InvalidState);
  });
});

describe("after closeConnection no event comes", () => {
  test("of what had happened before and was not fetched", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const kept = await quietPair(net);
    const closed = await quietPair(net);
    const log = new StatusLog(net);
    for (const { client } of [kept, closed]) sockets.closeConnection(client, 1010, "gone");
    const known = () => [kept, closed].every(({ server }) => stateOf(net, server) === ClosedByPeer);
    await waitUntil("both servers knew", known);
    expect(sockets.closeConnection(closed.server)).toBe(true);
    await pumpFor(net, 100);
    expect(log.changesOf(closed.server)).toEqual([]);
    // That there was something to suppress.
    expect(log.changesOf(kept.server)).toEqual([[Connected, ClosedByPeer]]);
    expect(log.events.length).toBe(1);
  });

  test("of what waits in the same drain", async () => {
    using net = openNetworking();
    const [closed, other, kept] = await failedConnections(net, 3);
    const log = new StatusLog(net);
    net.once("connectionStatusChanged", () => {
      for (const connection of [closed!, other!]) expect(net.sockets.closeConnection(connection)).toBe(true);
    });
    net.runCallbacks();
    await pumpFor(net, 50);
    expect(log.changesOf(closed!)).toEqual([[None, Connecting]]);
    expect(log.changesOf(other!)).toEqual([]);
    expect(log.changesOf(kept!)).toEqual([
      [None, Connecting],
      [Connecting, ProblemDetectedLocally],
    ]);
  });

  test("for the handlers behind the one that closed it, of any opening", async () => {
    using net = openNetworking();
    using other = openNetworking();
    const [connection] = await failedConnections(net, 1);
    const told: string[] = [];
    net.on("connectionStatusChanged", ({ connectHandle }) => {
      told.push("first");
      net.sockets.closeConnection(connectHandle);
    });
    net.on("connectionStatusChanged", () => told.push("second"));
    other.on("connectionStatusChanged", () => told.push("other"));
    net.runCallbacks();
    net.runCallbacks();
    expect(told).toEqual(["first"]);
    expect(net.sockets.getConnectionInfo(connection!)).toBeUndefined();
  });

  test("of one that was closed at once, and the next ones are told of", async () => {
    using net = openNetworking();
    const log = new StatusLog(net);
    using silence = await Silence.open();
    for (let round = 0; round < 50; round++) {
      const connection = net.sockets.connectByIPAddress(silence.address);
      if (round % 2 === 0) net.sockets.closeConnection(connection);
      net.runCallbacks();
      expect(log.take().map(({ connectHandle }) => connectHandle)).toEqual(round % 2 === 0 ? [] : [connection]);
    }
  });
});

describe("a handler that throws", () => {
  test("keeps no other from running, and one error is thrown as it is", async () => {
    using net = openNetworking();
    const thrower = new Thrower();
    await failedConnections(net, 2);
    net.once("connectionStatusChanged", thrower.handler);
    const log = new StatusLog(net);
    expect(errorOf(() => net.runCallbacks())).toBe(thrower.thrown[0]);
    expect(log.events.length).toBe(4);
    expect(() => net.runCallbacks()).not.toThrow();
  });

  test("and another one: both are thrown as one AggregateError", async () => {
    using net = openNetworking();
    const thrower = new Thrower();
    await failedConnections(net, 1);
    net.on("connectionStatusChanged", thrower.handler);
    net.on("connectionStatusChanged", thrower.handler);
    const log = new StatusLog(net);
    const error = errorOf(() => net.runCallbacks());
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual(thrower.thrown);
    expect(thrower.thrown.length).toBe(4);
    expect(log.events.length).toBe(2);
  });

  test("tells the error handlers instead", async () => {
    using net = openNetworking();
    const thrower = new Thrower();
    const caught: unknown[] = [];
    await failedConnections(net, 1);
    net.on("connectionStatusChanged", thrower.handler);
    net.on("error", (error) => caught.push(error));
    net.on("error", (error) => caught.push(error));
    net.runCallbacks();
    expect(caught).toEqual(thrower.thrown.flatMap((error) => [error, error]));
    expect(thrower.thrown.length).toBe(2);
  });

  test("as an error handler has its own error thrown in the end", async () => {
    using net = openNetworking();
    await failedConnections(net, 1);
    const caught: unknown[] = [];
    net.once("connectionStatusChanged", () => {
      throw new Error("first");
    });
    net.on("error", () => {
      throw new Error("second");
    });
    net.on("error", (error) => caught.push(error));
    expect(errorOf(() => net.runCallbacks())).toEqual(new Error("second"));
    expect(caught).toEqual([new Error("first")]);
  });
});

describe("a close of the network in a handler", () => {
  test("takes effect when the drain is over", async () => {
    const net = openNetworking();
    await failedConnections(net, 2);
    const openInHandlers: boolean[] = [];
    net.on("connectionStatusChanged", ({ connectHandle }) => {
      net.close();
      openInHandlers.push(net.isOpen && stateOf(net, connectHandle) === ProblemDetectedLocally);
    });
    net.runCallbacks();
    expect(openInHandlers).toEqual([true, true, true, true]);
    expect(net.isOpen).toBe(false);
    expect(() => net.runCallbacks()).toThrow(ClosedError);
    using next = openNetworking();
    expect(next.isOpen).toBe(true);
  });

  test("takes effect though handlers throw", async () => {
    const net = openNetworking();
    await failedConnections(net, 1);
    net.on("connectionStatusChanged", () => {
      net.close();
      throw new Error("last words");
    });
    expect(errorOf(() => net.runCallbacks())).toBeInstanceOf(AggregateError);
    expect(net.isOpen).toBe(false);
  });

  test("leaves another opening its events", async () => {
    using net = openNetworking();
    const other = openNetworking();
    await failedConnections(net, 2);
    other.on("connectionStatusChanged", () => other.close());
    const log = new StatusLog(net);
    other.runCallbacks();
    expect(log.events.length).toBe(4);
    expect([net.isOpen, other.isOpen]).toEqual([true, false]);
  });
});

describe("hundreds of connections at once", () => {
  const count = 400;

  test("every event comes, in order, hundreds in one drain", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const log = new StatusLog(net);
    const acceptor = new Acceptor(net);
    const clients = Array.from({ length: count }, () => sockets.connectByIPAddress(acceptor.address));
    net.runCallbacks();
    // In one drain: nothing ran before.
    expect(clients.filter((client) => log.of(client).length === 1).length).toBe(count);

    const all = () => [...clients, ...acceptor.accepted];
    const standing = () =>
      acceptor.accepted.length === count && all().every((connection) => stateOf(net, connection) === Connected);
    await pumpUntil(net, "all stood", standing);
    net.runCallbacks();
    for (const connection of all()) {
      expect(log.changesOf(connection)).toEqual([
        [None, Connecting],
        [Connecting, Connected],
      ]);
    }
    expect(new Set(log.take().map(({ connectHandle }) => connectHandle)).size).toBe(2 * count);

    acceptor.accepted.forEach((server, index) => sockets.closeConnection(server, 1000 + index, `number ${index}`));
    const ended = () => clients.every((client) => stateOf(net, client) === ClosedByPeer);
    await waitUntil("all clients knew", ended);
    net.runCallbacks();
    const last = log.take();
    expect(last.length).toBe(count);
    for (const { connectHandle, oldState, connection } of last) {
      expect([oldState, connection.connectionState]).toEqual([Connected, ClosedByPeer]);
      expect(clients).toContain(connectHandle);
      expect(connection.endDebug).toBe(`number ${connection.endReason - 1000}`);
    }
    expect(new Set(last.map(({ connectHandle }) => connectHandle)).size).toBe(count);
    await pumpFor(net, 50);
    expect(log.events).toEqual([]);
  });
});

describe("handlers", () => {
  test("are called in the order in which they were added, as often as they were", async () => {
    using net = openNetworking();
    const calls: string[] = [];
    const twice = () => calls.push("twice");
    net.on("connectionStatusChanged", twice).once("connectionStatusChanged", () => calls.push("once"));
    net.on("connectionStatusChanged", () => calls.push("last")).on("connectionStatusChanged", twice);
    await failedConnections(net, 1);
    net.runCallbacks();
    expect(calls).toEqual(["twice", "once", "last", "twice", "twice", "last", "twice"]);
  });

  test("are taken back one by one, or all", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const calls: string[] = [];
    const twice = () => calls.push("twice");
    const once = () => calls.push("once");
    net.on("connectionStatusChanged", twice).on("connectionStatusChanged", twice).once("connectionStatusChanged", once);
    net.off("connectionStatusChanged", twice).off("connectionStatusChanged", once);
    net.off("connectionStatusChanged", () => calls.push("never added"));
    net.sockets.connectByIPAddress(silence.address);
    net.runCallbacks();
    expect(calls).toEqual(["twice"]);
    net.off("connectionStatusChanged");
    net.sockets.connectByIPAddress(silence.address);
    net.runCallbacks();
    expect(calls).toEqual(["twice"]);
  });

  test("are of events that there are", () => {
    using net = openNetworking();
    const name = JSON.parse('"connectionstatuschanged"');
    expect(() => net.on(name, () => {})).toThrow(TypeError);
    expect(() => net.on(name, () => {})).toThrow(
      /connectionStatusChanged, networkAuthenticationStatus, .*, debugOutput, error/,
    );
  });

  test("must be functions", () => {
    using net = openNetworking();
    for (const wrong of [undefined, null, 5, "name", {}]) {
      // @ts-expect-error What JavaScript lets happen.
      expect(() => net.on("connectionStatusChanged", wrong)).toThrow(TypeError);
      // @ts-expect-error What JavaScript lets happen.
      expect(() => net.once("error", wrong)).toThrow(TypeError);
    }
  });
});

describe("two openings on one thread", () => {
  test("both get every event once, whoever fetches it", async () => {
    using net = openNetworking();
    const other = openNetworking();
    const log = new StatusLog(net);
    const otherLog = new StatusLog(other);
    const [, closed] = await failedConnections(net, 2);
    other.runCallbacks();
    expect(log.events.length).toBe(4);
    expect(otherLog.events).toEqual(log.events);
    net.runCallbacks();
    expect(log.events.length).toBe(4);

    // A close is a close, whose ever it was.
    const pair = await quietPair(other);
    log.take();
    net.sockets.closeConnection(pair.client);
    await waitUntil("the server knew", () => stateOf(net, pair.server) === ClosedByPeer);
    other.sockets.closeConnection(pair.server);
    net.sockets.closeConnection(closed!);
    await pumpFor(net, 50);
    expect(log.events).toEqual([]);

    otherLog.take();
    other.close();
    const another = await quietPair(net);
    expect(log.events.length).toBe(4);
    expect(otherLog.events).toEqual([]);
    closePair(net, another);
  });

  test("each has error handlers of its own", async () => {
    using net = openNetworking();
    using other = openNetworking();
    const caught: unknown[] = [];
    await failedConnections(net, 1);
    net.once("connectionStatusChanged", () => {
      throw new Error("one");
    });
    other.once("connectionStatusChanged", () => {
      throw new Error("other");
    });
    other.on("error", (error) => caught.push(error));
    expect(errorOf(() => other.runCallbacks())).toEqual(new Error("one"));
    expect(caught).toEqual([new Error("other")]);
  });
});
