/**
 * Who does the work of `listen` and `connect`, and on which networks and connections.
 *
 * - `pump: "manual"` does nothing by itself, `net.pump` does it and tells whether there was something; `"auto"` does it by
 *   itself, as soon as one who uses the network wants it.
 * - `net.run` takes over: handlers run within its ticks only, before the tick what came, and what they and the tick send
 *   goes out after it; then the timer goes on.
 * - Several servers and clients share a network and several openings a thread; none hears anything of another's.
 * - Connections and listen sockets of the raw interface on the same network are left alone, and what they receive too.
 * - `adopt` serves a connection that was made otherwise: of either kind of socket pair, by `connectByIPAddress` before and
 *   after it stands, and one that a raw listen socket took; once, and no other.
 * - A network that is closed while things are under way ends each open connection once, by "local", lets what was sent
 *   arrive, and rejects each connect.
 */
import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  ClosedError,
  ConnectionState,
  HandleError,
  Result,
  SendFlags,
  type Connection,
  type ConnectionHandle,
  type Frame,
} from "../lib/index.ts";
import { Acceptor } from "./support/acceptor.ts";
import { connectEnds, delivered, Journal, rejectionOf, settled, thrownBy, turnUntil } from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import type { Listened } from "./support/life/listener-worker.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil, waitFor, waitUntil } from "./support/pump.ts";
import { receiveText } from "./support/receive.ts";
import { Silence } from "./support/silence.ts";
import { stateOf } from "./support/state-of.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const manual = { pump: "manual" } as const;

describe("the pump", () => {
  test("that is manual does nothing by itself", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", ...manual, socket: journal.handlers("server") });
    const attempt = net.connect(server.address, { ...manual, socket: journal.handlers("client") });
    await waitFor(100);
    expect(journal.lines).toEqual([]);
    const client = await settled(net, attempt);
    await turnUntil(net, "the server had opened it", () => server.connections === 1);
    client.send("x");
    await delivered(client);
    expect(journal.has("server message")).toBe(false);
    expect(net.pump()).toBe(true);
    expect(journal.has("server message")).toBe(true);
    client.close();
    await waitFor(100);
    expect(server.connections).toBe(1);
    await turnUntil(net, "it was closed", () => server.connections === 0);
    let idleTurns = 0;
    await waitUntil("there was nothing to do", () => {
      idleTurns = net.pump() ? 0 : idleTurns + 1;
      return idleTurns === 10;
    });
  });

  test("that is automatic works by itself, for all as soon as one wants it", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", ...manual, socket: journal.handlers("server") });
    const client = await net.connect(server.address);
    client.send("x");
    await waitUntil("it had come", () => journal.has("server message x"));
    client.close();
    // With the last that wanted it the timer has ended.
    await waitFor(100);
    expect(journal.has("server close")).toBe(false);
    await turnUntil(net, "it was closed", () => journal.has("server close"));
  });

  test("rests while net.run runs, and goes on afterwards", async () => {
    using net = openNetworking();
    const received: string[] = [];
    const order: string[] = [];
    const { client, served } = await connectEnds(net, {
      listen: {
        socket: {
          message: (_, message) => {
            received.push(message.text());
            order.push(`message ${message.text()}`);
          },
        },
      },
    });
    const ticks: number[] = [];
    const running = net.run({
      hz: 2,
      tick: (frame: Frame) => {
        order.push(`tick ${frame.number}`);
        ticks.push(frame.number);
        const queued = net.sockets.getUnacknowledgedSegments(client.handle);
        expect(client.send(`sent in tick ${frame.number}`)).toBe(Result.OK);
        // Not before the tick is over.
        expect(net.sockets.getUnacknowledgedSegments(client.handle)).toBe(queued);
        if (frame.number === 3) frame.stop();
      },
    });
    await waitUntil("it had ticked once", () => ticks.length === 1);
    await waitFor(150);
    // It has come by now, and nobody fetches it before the next tick.
    expect(received).toEqual([]);
    expect(served.isOpen).toBe(true);
    await running;
    expect(order).toEqual(["tick 1", "message sent in tick 1", "tick 2", "message sent in tick 2", "tick 3"]);
    await waitUntil("the timer went on", () => received.length === 3);
  });

  test("works for handlers in net.run as it does without", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({
      address: "127.0.0.1:0",
      ...manual,
      socket: journal.handlers("server", { message: (connection, message) => connection.send(message.bytes()) }),
    });
    const abort = new AbortController();
    const running = net.run({ hz: 100, tick: () => {}, signal: abort.signal });
    const client = await net.connect(server.address, { ...manual, socket: journal.handlers("client") });
    client.send("x");
    await waitUntil("it came back", () => journal.has("client message x"));
    client.close(1000, "bye");
    await waitUntil("it was closed", () => journal.has("server close"));
    abort.abort();
    await running;
    expect(journal.of("server")).toEqual(["open", "message x", "close 1000 peer: bye"]);
  });

  test("has what handlers throw end the run", async () => {
    using net = openNetworking();
    const mistake = new Error("in message");
    const { client } = await connectEnds(net, {
      listen: {
        socket: {
          message: () => {
            throw mistake;
          },
        },
      },
    });
    const running = rejectionOf(net.run({ hz: 100, tick: () => {} }));
    client.send("x");
    expect(await running).toBe(mistake);
  });

  test("and a handler that closes the network ends the run", async () => {
    const net = openNetworking();
    const journal = new Journal();
    const { client } = await connectEnds(net, {
      listen: { socket: journal.handlers("server", { message: () => net.close() }) },
    });
    const running = net.run({ hz: 100, tick: () => {} });
    client.send("x");
    expect(await running).toMatchObject({ reason: "close" });
    expect(journal.of("server")).toEqual(["open", "message x", "close 1000 local: the network was closed"]);
  });
});

describe("on one network", () => {
  test("two servers and their clients", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const echo = (who: string) =>
      journal.handlers(who, { message: (connection, message) => connection.send(`${who} says ${message.text()}`) });
    const one = net.listen({ address: "127.0.0.1:0", socket: echo("one") });
    const other = net.listen({ address: "127.0.0.1:0", socket: echo("other") });
    const clients = await Promise.all(
      [one, other, one, other].map((server, at) =>
        net.connect(server.address, { socket: journal.handlers(`client ${at}`) }),
      ),
    );
    clients.forEach((client, at) => client.send(`${at}`));
    await waitUntil("all had answers", () => numbers(4).every((at) => journal.has(`client ${at} message`)));
    expect(numbers(4).map((at) => journal.of(`client ${at}`)[1])).toEqual([
      ...["message one says 0", "message other says 1", "message one says 2", "message other says 3"],
    ]);
    await one.stop();
    expect([one.connections, other.connections]).toEqual([0, 2]);
    clients[3]!.send("still there");
    await waitUntil("it was answered", () => journal.has("client 3 message other says still there"));
  });

  test("and on two openings of it", async () => {
    using ours = openNetworking();
    const theirs = openNetworking();
    const journal = new Journal();
    const server = ours.listen({ address: "127.0.0.1:0", socket: journal.handlers("ours") });
    const other = theirs.listen({ address: "127.0.0.1:0", socket: journal.handlers("theirs") });
    const clients = [
      await theirs.connect(server.address, { socket: journal.handlers("their client") }),
      await ours.connect(other.address, { socket: journal.handlers("our client") }),
    ];
    for (const client of clients) client.send("x");
    await waitUntil("both had come", () => journal.has("ours message x") && journal.has("theirs message x"));
    theirs.close();
    expect([ours.isOpen, theirs.isOpen]).toEqual([true, false]);
    await waitUntil("we knew", () => journal.has("ours close") && journal.has("our client close"));
    const closed = "the network was closed";
    expect(journal.of("theirs").at(-1)).toBe(`close 1000 local: ${closed}`);
    expect(journal.of("their client").at(-1)).toBe(`close 1000 local: ${closed}`);
    expect(journal.of("ours").at(-1)).toBe(`close 1000 peer: ${closed}`);
    expect((await ours.connect(server.address)).isOpen).toBe(true);
  });

  test("connections of the raw interface are left alone", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const journal = new Journal();
    const { client } = await connectEnds(net, { listen: { socket: journal.handlers("server") } });
    const raw = await connectOverUDP(net);
    const group = sockets.createPollGroup();
    sockets.setConnectionPollGroup(raw.client, group);
    // A place in a table, as far as others are concerned.
    for (const handle of [raw.client, raw.server]) sockets.setConnectionUserData(handle, 0);
    for (const [from, text] of [
      [raw.server, "to the client"],
      [raw.client, "to the server"],
    ] as const) {
      sockets.sendMessageToConnection(from, text, SendFlags.ReliableNoNagle);
    }
    client.send("x");
    await waitUntil("ours had come", () => journal.has("server message x"));
    await waitFor(50);
    expect(journal.of("server")).toEqual(["open", "message x"]);
    expect(await receiveText(net, raw.server)).toBe("to the server");
    const received = sockets.receiveMessagesOnPollGroup(group);
    expect(received.map(({ payload }) => new TextDecoder().decode(payload))).toEqual(["to the client"]);
    sockets.closeConnection(raw.client);
    await pumpUntil(net, "the raw server knew", () => stateOf(net, raw.server) === ConnectionState.ClosedByPeer);
    await pumpFor(net, 50);
    // Nobody has closed it.
    expect(stateOf(net, raw.server)).toBe(ConnectionState.ClosedByPeer);
  });
});

describe("adopt", () => {
  test.each([false, true])("a socket pair (over loopback: %p)", async (loopback) => {
    using net = openNetworking();
    const journal = new Journal();
    const { connection1, connection2 } = net.sockets.createSocketPair(loopback, "str:one", "str:other");
    const one = net.adopt<string>(connection1, {
      data: (connection) => `data of ${connection.identity}`,
      socket: journal.handlers("one", { open: (connection) => connection.send("hello") }),
    });
    expect([one.isOpen, one.identity, one.data]).toEqual([true, "str:one", "data of str:one"]);
    expect(journal.lines).toEqual(["one open"]);
    const other = net.adopt(connection2, { socket: journal.handlers("other") });
    expect(one.handle).toBe(connection1);
    await waitUntil("it had come", () => journal.has("other message hello"));
    const offset = other.take();
    other.view.setUint8(offset, 120);
    expect(other.commit(1)).toBe(Result.OK);
    expect(other.send(new Uint8Array(5000).fill(121), { reliable: false })).toBe(Result.OK);
    await waitUntil("both had come", () => journal.of("one").length === 3);
    expect(journal.of("one").slice(1)).toEqual(["message x", `message ${"y".repeat(5000)}`]);
    one.send("last");
    one.close(1900, "bye");
    await waitUntil("it was closed", () => journal.has("other close"));
    expect(journal.of("other")).toEqual(["open", "message hello", "message last", "close 1900 peer: bye"]);
    expect(journal.of("one").at(-1)).toBe("close 1900 local: bye");
  });

  test("one that connects, by the raw interface, to one that was taken by it", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const acceptor = new Acceptor(net);
    const handle = net.sockets.connectByIPAddress(acceptor.address);
    const client = net.adopt(handle, { socket: journal.handlers("client") });
    expect([client.state, client.isOpen, client.address]).toEqual([
      ConnectionState.Connecting,
      false,
      acceptor.address,
    ]);
    expect(client.send("early")).toBe(Result.OK);
    expect(journal.lines).toEqual([]);
    await waitUntil("it was taken", () => acceptor.accepted.length === 1);
    const server = net.adopt(acceptor.accepted[0]!, { socket: journal.handlers("server") });
    await waitUntil("both were open", () => client.isOpen && server.isOpen);
    server.send("x");
    await waitUntil("both had heard", () => journal.has("client message x") && journal.has("server message early"));
    server.close();
    await waitUntil("it was closed", () => journal.has("client close 1000 peer"));
    expect(journal.of("server")).toEqual(["open", "message early", "close 1000 local: "]);
  });

  test("one that stands, with what it has received by then", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { client, server } = await connectOverUDP(net);
    net.sockets.sendMessageToConnection(client, "before", SendFlags.ReliableNoNagle);
    await waitUntil("it had come", () => net.sockets.getUnacknowledgedSegments(client) === 0);
    net.adopt(server, { socket: journal.handlers("server") });
    expect(journal.lines).toEqual(["server open"]);
    net.sockets.sendMessageToConnection(client, "after", SendFlags.ReliableNoNagle);
    await waitUntil("both had come", () => journal.lines.length === 3);
    expect(journal.of("server")).toEqual(["open", "message before", "message after"]);
  });

  test("one that fails never is open", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const journal = new Journal();
    const handle = net.sockets.connectByIPAddress(silence.address, { TimeoutInitial: 100 });
    const connection = net.adopt(handle, { socket: journal.handlers("client") });
    await waitUntil("it had failed", () => stateOf(net, handle) === undefined);
    expect(connection.state).toBe(ConnectionState.None);
    expect(journal.lines).toEqual([]);
  });

  test("what there is not, what has ended, or what is served already, is refused", async () => {
    using net = openNetworking();
    const { client, server } = await connectEnds(net);
    const raw = await connectOverUDP(net);
    net.sockets.closeConnection(raw.client);
    await pumpUntil(net, "it had ended", () => stateOf(net, raw.server) === ConnectionState.ClosedByPeer);
    const { connection1 } = net.sockets.createSocketPair();
    for (const handle of [0 as ConnectionHandle, 77 as ConnectionHandle, client.handle, raw.server]) {
      expect(thrownBy(() => net.adopt(handle))).toBeInstanceOf(HandleError);
    }
    expect(thrownBy(() => net.adopt(connection1, { socket: { open: 1 as never } }))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => net.adopt(connection1, { data: 1 as never }))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => net.adopt(connection1, { pump: 1 as never }))).toBeInstanceOf(TypeError);
    expect(net.adopt(connection1).isOpen).toBe(true);
    expect(thrownBy(() => net.adopt(connection1))).toBeInstanceOf(HandleError);
    expect([client.isOpen, server.connections]).toEqual([true, 1]);
  });

  test("throws what `open` throws, and serves it nevertheless", () => {
    using net = openNetworking();
    const { connection1 } = net.sockets.createSocketPair();
    const mistake = new Error("in open");
    let made: Connection | undefined;
    const error = thrownBy(() =>
      net.adopt(connection1, {
        socket: {
          open: (connection) => {
            made = connection;
            throw mistake;
          },
        },
      }),
    );
    expect(error).toBe(mistake);
    expect(made?.isOpen).toBe(true);
  });
});

describe("closing the network", () => {
  test("while things are under way ends each open connection once, and rejects each connect", async () => {
    const net = openNetworking();
    using silence = await Silence.open();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    const clients = await Promise.all(
      numbers(5).map((at) => net.connect(server.address, { socket: journal.handlers(`client ${at}`) })),
    );
    await waitUntil("all were open", () => server.connections === 5);
    const { connection1, connection2 } = net.sockets.createSocketPair();
    net.adopt(connection1, { socket: journal.handlers("adopted") });
    const attempts = [net.connect(silence.address), net.connect("localhost:27015")].map(rejectionOf);
    const running = net.run({ hz: 50, tick: () => {} });
    const stopping = server.stop();
    for (const client of clients) client.send(new Uint8Array(100_000));
    await waitFor(1);
    net.close();
    const closed = "close 1000 local: the network was closed";
    for (const at of numbers(5))
      expect(journal.of(`client ${at}`).filter((line) => line.startsWith("close"))).toEqual([closed]);
    expect(journal.of("adopted")).toEqual(["open", closed]);
    expect(journal.of("server").filter((line) => line.startsWith("close")).length).toBe(5);
    for (const error of await Promise.all(attempts)) {
      expect((error as Error).name).toBeOneOf(["ConnectError", "ClosedError"]);
    }
    expect(await running).toMatchObject({ reason: "close" });
    await stopping;
    expect([server.connections, server.isListening, [...server].length]).toEqual([0, false, 0]);
    expect(server.broadcast("x")).toBe(0);
    expect(server.publish("x", "x")).toBe(0);
    for (const client of clients) {
      expect(client.send("x")).toBe(Result.NoConnection);
      client.close();
    }
    expect(thrownBy(() => net.pump())).toBeInstanceOf(ClosedError);
    expect(connection2).not.toBe(connection1);
    await server.stop(false);
    await waitFor(20);
    expect(journal.lines.filter((line) => line.includes(" close ")).length).toBe(11);
  });

  test("lets arrive what was sent before", async () => {
    using theirs = openNetworking();
    const net = openNetworking();
    const journal = new Journal();
    const server = theirs.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    const client = await net.connect(server.address);
    client.send("last words");
    net.close();
    await waitUntil("it was closed", () => journal.has("server close"));
    expect(journal.of("server")).toEqual(["open", "message last words", "close 1000 peer: the network was closed"]);
  });

  test("leaves a Worker to listen", async () => {
    {
      using net = openNetworking();
      await connectEnds(net);
    }
    const worker = new Worker(join(import.meta.dir, "support/life/listener-worker.ts"));
    const exit = once(worker, "exit");
    const [listened]: Listened[] = await once(worker, "message");
    expect(listened).toEqual({ lines: ["server open", "server message from a Worker", "server close 1000 peer: bye"] });
    await exit;
    using net = openNetworking();
    await connectEnds(net);
  });
});
