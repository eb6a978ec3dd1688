/**
 * The handlers of `listen` and `connect`.
 *
 * - For each connection: `accept`, `data`, `open`, its messages, `close`, in this order, all but messages once, and
 *   nothing after `close`. What a side sends in `open` arrives after the other side's `open`.
 * - All that was sent reliably before a close comes before `close`, however much it is and however late it is fetched.
 * - What a handler throws, or an async one rejects with, goes to `error`; without that it is thrown by whoever runs the
 *   handlers. It keeps no other connection, and no message of the same batch, from coming. An `error` handler that throws is
 *   told of to whoever runs it. Where `data` throws the connection is ended, with neither `open` nor `close`.
 * - In the middle of a batch a handler may close its connection or another one, of which no message comes then, stop the
 *   server, or close the network, which then is closed when all handlers are done.
 * - `pump` and `runCallbacks` within a handler run no handler of its network within it; `connect` within one connects.
 * - `reload` in the middle of traffic: no message is lost or comes twice, and the next one is the new handlers'.
 * - What a message tells of itself is right.
 */
import { describe, expect, test } from "bun:test";
import {
  CloseCode,
  ConnectError,
  ConnectionState,
  Result,
  type Connection,
  type ConnectionHandlers,
  type Message,
} from "../lib/index.ts";
import {
  connectEnds,
  delivered,
  Journal,
  rejectionOf,
  settled,
  thrownBy,
  turnFor,
  turnUntil,
} from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import { report } from "./support/life/run.ts";
import type { Scenes } from "./support/life/scenes.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitFor, waitUntil } from "./support/pump.ts";

const manual = { pump: "manual" } as const;

describe("order", () => {
  test("is accept, data, open, messages, close, each once", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen<string>({
      address: "127.0.0.1:0",
      accept: () => {
        journal.note("server accept");
        return true;
      },
      data: () => {
        journal.note("server data");
        return "server's";
      },
      socket: journal.handlers("server", {
        open: (connection) => {
          expect(connection.data).toBe("server's");
          expect(connection.send("welcome")).toBe(Result.OK);
        },
      }),
    });
    const client = await net.connect<string>(server.address, {
      data: () => {
        journal.note("client data");
        return "client's";
      },
      socket: journal.handlers("client", {
        open: (connection) => {
          expect(connection.data).toBe("client's");
          expect(connection.send("1")).toBe(Result.OK);
        },
      }),
    });
    expect(journal.of("client").slice(0, 2)).toEqual(["data", "open"]);
    client.send("2");
    client.send("3");
    await waitUntil("both had heard the other", () => journal.has("server message 3") && journal.has("client message"));
    client.close(1234, "done");
    client.close(1235, "done twice");
    await waitUntil("the server had closed", () => journal.has("server close"));
    await waitFor(100);
    expect(journal.of("client")).toEqual(["data", "open", "message welcome", "close 1234 local: done"]);
    expect(journal.of("server")).toEqual([
      ...["accept", "data", "open", "message 1", "message 2", "message 3"],
      "close 1234 peer: done",
    ]);
  });

  test("is the same on many connections at once", async () => {
    using net = openNetworking();
    const [connections, messages] = [50, 40];
    const heard = new Map<Connection<number[]>, string>();
    const add = (connection: Connection<number[]>, word: string) =>
      heard.set(connection, `${heard.get(connection) ?? ""}${word} `);
    const server = net.listen<number[]>({
      address: "127.0.0.1:0",
      data: () => [],
      socket: {
        open: (connection) => add(connection, "open"),
        message: (connection, message) => {
          connection.data.push(message.view.getUint32(message.offset, true));
        },
        close: (connection) => add(connection, "close"),
      },
    });
    const clients = await Promise.all(numbers(connections).map(() => net.connect(server.address)));
    for (let number = 0; number < messages; number++) {
      for (const client of clients) client.send(new Uint32Array([number]));
    }
    for (const client of clients) client.close();
    await waitUntil("all were closed", () => [...heard.values()].join("").split("close").length > connections);
    expect([...heard.values()]).toEqual(numbers(connections).map(() => "open close "));
    for (const { data } of heard.keys()) expect(data).toEqual(numbers(messages));
    expect(server.connections).toBe(0);
  });

  test("has all that was sent before a close before `close`, also when it was not fetched until then", async () => {
    using ours = openNetworking();
    using theirs = openNetworking();
    const messages = 3000;
    const received: number[] = [];
    let end = -1;
    const server = ours.listen({
      address: "127.0.0.1:0",
      ...manual,
      config: { SendBufferSize: 4 << 20, SendRateMin: 20_000_000, RecvBufferMessages: 10_000 },
      socket: {
        open: (connection) => {
          for (const number of numbers(messages)) connection.send(new Uint32Array([number]));
          connection.close(1100, "all said");
        },
      },
    });
    const client = await settled(
      ours,
      theirs.connect(server.address, {
        ...manual,
        config: { RecvBufferMessages: 10_000 },
        socket: {
          message: (_, message) => received.push(message.view.getUint32(message.offset, true)),
          close: (_, { code }) => {
            end = code;
            expect(received.length).toBe(messages);
          },
        },
      }),
    );
    // Events come to both, messages only to those who pump.
    await turnUntil(ours, "it was closed", () => end >= 0);
    expect(end).toBe(1100);
    expect(received).toEqual(numbers(messages));
    expect(client.state).toBe(ConnectionState.None);
  });
});

describe("a handler that throws", () => {
  type Kind = "open" | "message" | "close";

  /** Handlers of which one fails for the connections that `isBad` names. */
  function failing(kind: Kind, isAsync: boolean, isBad: () => boolean): ConnectionHandlers {
    const fail = () => {
      if (!isBad()) return undefined;
      if (isAsync) return Promise.reject(new Error(`in ${kind}`));
      throw new Error(`in ${kind}`);
    };
    return { [kind]: fail };
  }

  describe.each(["open", "message", "close"] as const)("in %s", (kind) => {
    test.each([false, true])("tells `error`, and everything goes on (async: %p)", async (isAsync) => {
      using net = openNetworking();
      const journal = new Journal();
      const failures: unknown[] = [];
      let calls = 0;
      const error = (connection: Connection, failure: unknown) => {
        expect(connection.identity).toStartWith("ip:127.0.0.1");
        failures.push(failure);
      };
      // Every second call fails.
      const bad = { ...failing(kind, isAsync, () => ++calls % 2 === 1), error };
      const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server", bad) });
      const clients = await Promise.all([net.connect(server.address), net.connect(server.address)]);
      await waitUntil("both were open", () => server.connections === 2);
      for (const number of numbers(10)) for (const client of clients) client.send(`${number}`);
      for (const client of clients) client.close();
      await waitUntil(
        "both were closed",
        () => journal.of("server").filter((line) => /^close/.test(line)).length === 2,
      );
      const expected = kind === "message" ? 10 : 1;
      await waitUntil("the errors were told", () => failures.length >= expected);
      await waitFor(20);
      expect(failures).toEqual(numbers(expected).map(() => new Error(`in ${kind}`)));
      const lines = journal.of("server");
      expect(lines.filter((line) => line === "open").length).toBe(2);
      for (const number of numbers(10)) expect(lines.filter((line) => line === `message ${number}`).length).toBe(2);
    });
  });

  test("has its error thrown by whoever runs it, when all handlers are done", async () => {
    using net = openNetworking();
    const received: string[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        ...manual,
        socket: {
          message: (_, message) => {
            received.push(message.text());
            if (message.number % 2 === 1) throw new Error(message.text());
          },
          close: () => {
            throw new Error("in close");
          },
        },
      },
      connect: manual,
    });
    for (const text of ["a", "b", "c", "d"]) client.send(text, { reliable: true });
    await delivered(client);
    const thrown: unknown[] = [];
    await waitUntil("all were received", () => {
      try {
        net.pump();
      } catch (error) {
        thrown.push(...(error instanceof AggregateError ? error.errors : [error]));
      }
      return received.length === 4;
    });
    expect(received).toEqual(["a", "b", "c", "d"]);
    expect(thrown).toEqual([new Error("a"), new Error("c")]);

    client.close();
    let error: unknown;
    await waitUntil("it was closed", () => {
      try {
        net.pump();
      } catch (problem) {
        error = problem;
      }
      return error !== undefined;
    });
    expect(error).toEqual(new Error("in close"));
    expect(net.pump()).toBeBoolean();
  });

  test("several at once: one AggregateError", async () => {
    using net = openNetworking();
    const { client, served } = await connectEnds(net, {
      listen: {
        ...manual,
        socket: {
          message: (_, message) => {
            throw new Error(message.text());
          },
        },
      },
      connect: manual,
    });
    client.send("a");
    client.send("b");
    await delivered(client);
    const error = thrownBy(() => net.pump());
    expect(error).toBeInstanceOf(AggregateError);
    expect((error as AggregateError).errors).toEqual([new Error("a"), new Error("b")]);
    expect(served.isOpen).toBe(true);
  });

  test("in close() is thrown by close", async () => {
    using net = openNetworking();
    const mistake = new Error("in close");
    const { client } = await connectEnds(net, {
      connect: {
        socket: {
          close: () => {
            throw mistake;
          },
        },
      },
    });
    expect(thrownBy(() => client.close())).toBe(mistake);
    expect(client.isOpen).toBe(false);
  });

  test("as the `error` handler has its own error thrown", async () => {
    using net = openNetworking();
    const received: string[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        ...manual,
        socket: {
          message: (_, message) => {
            received.push(message.text());
            throw new Error("first");
          },
          error: (_, error) => {
            throw new Error(`after ${(error as Error).message}`);
          },
        },
      },
      connect: manual,
    });
    client.send("a");
    client.send("b");
    await delivered(client);
    const error = thrownBy(() => net.pump());
    expect((error as AggregateError).errors).toEqual([new Error("after first"), new Error("after first")]);
    expect(received).toEqual(["a", "b"]);
  });

  test("and is async, without `error`: an unhandled rejection", async () => {
    expect(await report<Scenes["rejects"]>("scenes.ts", ["rejects"])).toEqual(["in open", "in message", "in close"]);
  });

  test("in the timer: an uncaught exception, and the timer goes on", async () => {
    expect(await report<Scenes["throws"]>("scenes.ts", ["throws"])).toEqual({
      uncaught: ["in open", "a", "c"],
      received: 4,
    });
  });

  test("is async and rejects after the end: `error` hears of it", async () => {
    using net = openNetworking();
    const failures: unknown[] = [];
    const { promise, reject } = Promise.withResolvers<void>();
    const { client } = await connectEnds(net, {
      connect: { socket: { close: () => promise, error: (_, error) => failures.push(error) } },
    });
    client.close();
    reject(new Error("late"));
    await waitUntil("it was told", () => failures.length > 0);
    expect(failures).toEqual([new Error("late")]);
  });
});

describe("data that can't be made", () => {
  test("ends a server's connection", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const mistake = new Error("no data");
    const failures: unknown[] = [];
    const server = net.listen<number>({
      address: "127.0.0.1:0",
      data: () => {
        throw mistake;
      },
      socket: journal.handlers("server", { error: (_, error) => failures.push(error) }),
    });
    await net.connect(server.address, { socket: journal.handlers("client") });
    await waitUntil("the client knew", () => journal.has("client close"));
    expect(journal.of("client").at(-1)).toBe(`close ${CloseCode.Refused} peer: its data could not be made`);
    expect(journal.of("server")).toEqual([]);
    expect(failures).toEqual([mistake]);
    expect(server.connections).toBe(0);
  });

  test("ends connect's, which rejects", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const failures: unknown[] = [];
    const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    const error = await rejectionOf(
      net.connect<number>(server.address, {
        data: () => {
          throw new Error("no data");
        },
        socket: journal.handlers("client", { error: (_, problem) => failures.push(problem) }),
      }),
    );
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: CloseCode.Refused, by: "local", text: "its data could not be made" });
    expect(journal.of("client")).toEqual([]);
    expect(failures).toEqual([new Error("no data")]);
    await waitUntil("the server was rid of it", () => server.connections === 0);
  });
});

describe("in the middle of a batch", () => {
  /** Two connections of one server, each with five messages that have come and were not fetched. */
  async function twoWithMessages(message: (connection: Connection, message: Message) => void, journal = new Journal()) {
    const net = openNetworking();
    const server = net.listen({ address: "127.0.0.1:0", ...manual, socket: journal.handlers("server", { message }) });
    const clients = [
      await settled(net, net.connect(server.address, { ...manual, socket: journal.handlers("one") })),
      await settled(net, net.connect(server.address, { ...manual, socket: journal.handlers("other") })),
    ];
    await turnUntil(net, "both were open", () => server.connections === 2);
    for (const client of clients) for (const number of numbers(5)) client.send(`${number}`);
    await delivered(...clients);
    return { net, server, clients, journal };
  }

  test("a handler closes its connection, and hears no more of it", async () => {
    const { net, server, journal } = await twoWithMessages((connection, message) => {
      if (message.text() !== "2") return;
      connection.close(1500, "enough");
      expect(connection.send("too late")).toBe(Result.NoConnection);
    });
    using _ = net;
    await turnUntil(net, "both were closed", () => server.connections === 0);
    await turnFor(net, 50);
    const lines = journal.of("server").slice(2);
    expect(lines.filter((line) => line.startsWith("message")).sort()).toEqual([
      ...["message 0", "message 0", "message 1", "message 1", "message 2", "message 2"],
    ]);
    expect(lines.filter((line) => line === "close 1500 local: enough").length).toBe(2);
    await turnUntil(net, "the clients knew", () => journal.has("one close") && journal.has("other close"));
    expect(journal.of("one")).toEqual(["open", "close 1500 peer: enough"]);
  });

  test("a handler closes another connection, of which no more comes", async () => {
    let first: Connection | undefined;
    const received: Connection[] = [];
    const { net, server } = await twoWithMessages((connection) => {
      received.push(connection);
      first ??= connection;
      for (const other of server) if (other !== first) other.close();
    });
    using _ = net;
    await turnUntil(net, "one had all", () => received.length >= 5);
    await turnFor(net, 50);
    expect(received).toEqual(numbers(5).map(() => first!));
    expect(server.connections).toBe(1);
  });

  test("a handler closes another connection, and a third one that takes its place hears nothing of it", async () => {
    const journal = new Journal();
    let isFirst = true;
    const { net, server } = await twoWithMessages((connection) => {
      for (const other of server) {
        if (!isFirst || other === connection) continue;
        const place = net.sockets.getConnectionUserData(other.handle);
        other.close();
        const { connection1 } = net.sockets.createSocketPair();
        const adopted = net.adopt(connection1, { ...manual, socket: journal.handlers("adopted") });
        expect(net.sockets.getConnectionUserData(adopted.handle)).toBe(place);
        isFirst = false;
      }
    });
    using _ = net;
    await turnUntil(net, "it was closed", () => server.connections === 1);
    await turnFor(net, 50);
    expect(journal.lines).toEqual(["adopted open"]);
  });

  test("a handler stops the server", async () => {
    let stopped: Promise<void> | undefined;
    const { net, server, journal } = await twoWithMessages(() => (stopped ??= server.stop(false)));
    using _ = net;
    net.pump();
    await settled(net, stopped!);
    expect(server.isListening).toBe(false);
    const lines = journal.of("server").slice(2);
    expect(lines.filter((line) => line.startsWith("message"))).toEqual(["message 0"]);
    expect(lines.filter((line) => line.startsWith("close 1001 local")).length).toBe(2);
    await turnUntil(net, "the clients knew", () => journal.has("one close") && journal.has("other close"));
  });

  test("a handler closes the network, which is closed when all are done", async () => {
    let isFirst = true;
    const { net, server, clients, journal } = await twoWithMessages((connection) => {
      net.close();
      expect(net.isOpen).toBe(true);
      if (isFirst) expect(connection.send("on its way")).toBe(Result.OK);
      isFirst = false;
    });
    using _ = net;
    net.pump();
    expect(net.isOpen).toBe(false);
    expect(journal.of("server").filter((line) => line.startsWith("message")).length).toBe(10);
    const closed = "close 1000 local: the network was closed";
    expect(journal.of("server").slice(-2)).toEqual([closed, closed]);
    expect(journal.of("one").at(-1)).toBe(closed);
    expect(journal.of("other").at(-1)).toBe(closed);
    expect(server.connections).toBe(0);
    expect(clients.map(({ state }) => state)).toEqual([ConnectionState.None, ConnectionState.None]);
    expect(() => net.pump()).toThrow("closed");
  });

  test("a handler throws the network away, and others throw meanwhile", async () => {
    const { net, journal } = await twoWithMessages((connection, message) => {
      if (connection.isOpen && message.text() === "0") net.close();
      throw new Error(message.text());
    });
    using _ = net;
    const error = thrownBy(() => net.pump());
    expect((error as AggregateError).errors.length).toBe(10);
    expect(net.isOpen).toBe(false);
    expect(journal.of("server").filter((line) => line.startsWith("close")).length).toBe(2);
  });
});

describe("within a handler", () => {
  test("pump and runCallbacks run no handler of its network", async () => {
    using net = openNetworking();
    let depth = 0;
    const received: string[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        ...manual,
        socket: {
          message: (_, message) => {
            expect(++depth).toBe(1);
            expect(net.pump()).toBe(false);
            received.push(message.text());
            depth--;
          },
          close: () => {
            expect(net.pump()).toBe(false);
            net.runCallbacks();
            received.push("close");
          },
        },
      },
      connect: manual,
    });
    for (const number of numbers(5)) client.send(`${number}`);
    client.close();
    await turnUntil(net, "all was received", () => received.includes("close"));
    expect(received).toEqual(["0", "1", "2", "3", "4", "close"]);
  });

  test("runCallbacks in `message` has an end of the connection wait for its messages", async () => {
    using net = openNetworking();
    const received: string[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        ...manual,
        socket: {
          message: (_, message) => {
            net.runCallbacks();
            received.push(message.text());
          },
          close: () => received.push("close"),
        },
      },
      connect: manual,
    });
    for (const number of numbers(5)) client.send(`${number}`);
    client.close();
    await waitFor(200);
    await turnUntil(net, "all was received", () => received.length >= 6);
    expect(received).toEqual(["0", "1", "2", "3", "4", "close"]);
  });

  test("connect connects, and a close in `open` closes, and connect rejects", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({ address: "127.0.0.1:0", socket: journal.handlers("server") });
    let second: Promise<Connection> | undefined;
    await net.connect(server.address, { socket: { open: () => (second = net.connect(server.address)) } });
    expect((await second!).isOpen).toBe(true);
    const third = net.connect(server.address, {
      socket: journal.handlers("third", { open: (connection) => connection.close(1600, "no") }),
    });
    expect(await rejectionOf(third)).toMatchObject({ name: "ConnectError", code: 1600, text: "no", by: "local" });
    expect(journal.of("third")).toEqual(["open", "close 1600 local: no"]);
    await waitUntil("the server knew", () => journal.has("server close 1600 peer: no"));
    expect(server.connections).toBe(2);
  });
});

describe("reload", () => {
  test("in the middle of traffic loses no message and doubles none, and the next one is the new handlers'", async () => {
    using net = openNetworking();
    const received: { readonly by: number; readonly number: number }[] = [];
    let current = 0;
    const handlers = (by: number): ConnectionHandlers => ({
      message: (_, message) => {
        expect(by).toBe(current);
        const number = message.view.getUint32(message.offset, true);
        received.push({ by, number });
        // Also in the middle of a batch.
        if (number % 50 === 49) server.reload(handlers(++current));
      },
      close: () => received.push({ by, number: -1 }),
    });
    const { server, client } = await connectEnds(net, { listen: { socket: handlers(0) } });
    const messages = 1000;
    for (let number = 0; number < messages; number++) {
      client.send(new Uint32Array([number]));
      if (number % 100 === 0) await waitFor(1);
    }
    client.close();
    await waitUntil("it was closed", () => received.at(-1)?.number === -1);
    expect(received.map(({ number }) => number)).toEqual([...numbers(messages), -1]);
    expect(received.map(({ by }) => by)).toEqual([...numbers(messages).map((at) => Math.floor(at / 50)), 20]);
  });

  test("of what is no handlers is refused, and changes nothing", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { server, client } = await connectEnds(net, { listen: { socket: journal.handlers("server") } });
    expect(() => server.reload({ message: 1 } as never)).toThrow(
      new TypeError("message must be a function, not the number 1"),
    );
    expect(() => server.reload(null as never)).toThrow(TypeError);
    client.send("x");
    await waitUntil("it had come", () => journal.has("server message x"));
  });
});

test("what a message tells of itself is right", async () => {
  using net = openNetworking();
  const seen: unknown[] = [];
  let before = 0;
  const { client, served } = await connectEnds(net, {
    listen: {
      socket: {
        message: (connection, message) => {
          const { view, offset, length, lane, number, reliable, receivedAt } = message;
          expect(connection).toBe(served);
          expect(receivedAt).toBeWithin(before, net.utils.getLocalTimestamp() + 1);
          expect(message.bytes()).toEqual(new Uint8Array(view.buffer, view.byteOffset + offset, length).slice());
          seen.push({ text: message.text(), length, lane, number, reliable });
        },
      },
    },
  });
  before = net.utils.getLocalTimestamp();
  expect(client.lanes([{ priority: 0 }, { priority: 1, weight: 2 }])).toBe(Result.OK);
  client.send("höher", { lane: 1 });
  await waitUntil("it had come", () => seen.length === 1);
  client.send(new Uint8Array([104, 105]), { reliable: false });
  await waitUntil("it had come", () => seen.length === 2);
  client.send("", { lane: 1, noNagle: false });
  await waitUntil("it had come", () => seen.length === 3);
  expect(seen).toEqual([
    { text: "höher", length: 6, lane: 1, number: 1, reliable: true },
    { text: "hi", length: 2, lane: 0, number: 1, reliable: false },
    { text: "", length: 0, lane: 1, number: 2, reliable: true },
  ]);
});
