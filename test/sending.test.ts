/**
 * What connections of `listen` and `connect` send.
 *
 * - Text, views and buffers of any size up to 524,288 bytes arrive as they are; `send` says why another one does not go.
 * - `take` and `commit` send what was written; one take for each commit, of that connection, and not too long. What was
 *   written past the room is told. Out of slots there is no room until `drain`.
 * - Lanes: each in its order, and none waits for another. A lane that there is not is refused.
 * - A flood over a slow connection, by `send` and by `take`: all that got OK arrives once and in order, the rest got
 *   `LimitExceeded` or -1, and `drain` has it go on to its end. Unreliable ones arrive at most once. What waits for room is
 *   sent when the connection is closed, too.
 * - A message larger than the send buffer is told to `error`, and stops nothing that comes after it. What handlers of
 *   `error` send then arrives.
 * - What is sent outside of handlers leaves when the code that runs has ended; what handlers send, when they are done.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionState,
  MAX_UNACKNOWLEDGED_SEGMENTS,
  NetworkingError,
  Result,
  SlotOverrunError,
  type ConfigOptions,
  type Connection,
  type ConnectionHandlers,
  type MessageData,
  type Networking,
  type SendOptions,
} from "../lib/index.ts";
import { connectEnds, Journal, thrownBy, turnUntil } from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil, waitFor, waitUntil } from "./support/pump.ts";
import { stateOf } from "./support/state-of.ts";

const largest = 524_288;
const roomy: ConfigOptions = {
  SendBufferSize: 8 << 20,
  RecvBufferSize: 8 << 20,
  RecvMaxMessageSize: 1 << 20,
  SendRateMin: 20_000_000,
  SendRateMax: 20_000_000,
};
/** Two to three seconds for a flood. */
const slow: ConfigOptions = { SendBufferSize: 60_000, SendRateMin: 400_000, SendRateMax: 400_000 };

/** Both ends, and what the server has received. */
async function receiving(net: Networking, config: ConfigOptions = {}, socket: ConnectionHandlers = {}) {
  const received: Uint8Array[] = [];
  const ends = await connectEnds(net, {
    listen: { config, socket: { message: (_, message) => received.push(message.bytes()) } },
    connect: { config, socket },
  });
  return { ...ends, received };
}

/** A message with a number, so long that many fill a send buffer. */
function numbered(number: number, byteLength = 1000): Uint8Array {
  const bytes = noise(number, byteLength);
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

/** The numbers of such messages; -1 for one that was spoilt. */
function numbersOf(received: readonly Uint8Array[]): number[] {
  return received.map((bytes) => {
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return sameBytes(bytes, numbered(number, bytes.length)) ? number : -1;
  });
}

describe("send", () => {
  const hello = new TextEncoder().encode("héllo");

  test.each<[string, MessageData, Uint8Array]>([
    ["a text", "héllo", hello],
    ["an empty text", "", new Uint8Array()],
    ["bytes", hello, hello],
    ["a part of a buffer", hello.subarray(1, 3), hello.slice(1, 3)],
    ["a buffer", hello.slice().buffer, hello],
    ["words", new Uint16Array([1, 513]), new Uint8Array([1, 0, 1, 2])],
    ["a view", new DataView(hello.slice().buffer, 2, 2), hello.slice(2, 4)],
    ["Node's buffer", Buffer.from("héllo"), hello],
    ["shared memory", new SharedArrayBuffer(3), new Uint8Array(3)],
  ])("%s", async (_, data, bytes) => {
    using net = openNetworking();
    const { client, received } = await receiving(net);
    expect(client.send(data)).toBe(Result.OK);
    expect(client.send(data, { reliable: false })).toBe(Result.OK);
    await waitUntil("both had come", () => received.length === 2);
    expect(received).toEqual([bytes, bytes]);
  });

  test("messages of every size", async () => {
    using net = openNetworking();
    const { client, received } = await receiving(net, roomy);
    const sizes = [0, 1, 1200, 1201, 16_384, largest - 1, largest];
    for (const size of sizes) expect(client.send(noise(size, size))).toBe(Result.OK);
    await waitUntil("all had come", () => received.length === sizes.length);
    sizes.forEach((size, at) => expect(sameBytes(received[at]!, noise(size, size))).toBe(true));
  });

  test("a copy: what is changed afterwards was not sent", async () => {
    using net = openNetworking();
    const { client, received } = await receiving(net);
    const bytes = new Uint8Array([1, 2, 3]);
    client.send(bytes);
    bytes.fill(0);
    await waitUntil("it had come", () => received.length === 1);
    expect(received).toEqual([new Uint8Array([1, 2, 3])]);
  });

  test("says why not", async () => {
    using net = openNetworking();
    const { client, received } = await receiving(net, roomy);
    expect(client.send(new Uint8Array(largest + 1))).toBe(Result.InvalidParam);
    expect(client.send("x".repeat(largest + 1))).toBe(Result.InvalidParam);
    expect(client.send("x", { lane: 1 })).toBe(Result.InvalidParam);
    expect(client.send("x", { lane: 255 })).toBe(Result.InvalidParam);
    for (const lane of [-1, 0.5, Number.NaN, 70_000]) {
      expect(thrownBy(() => client.send("x", { lane }))).toBeInstanceOf(RangeError);
    }
    expect(thrownBy(() => client.send("x", { lane: "1" as never }))).toBeInstanceOf(TypeError);
    for (const data of [1, null, undefined, {}, [1]]) {
      expect(thrownBy(() => client.send(data as never))).toBeInstanceOf(TypeError);
    }
    const gone = new Uint8Array(4);
    gone.buffer.transfer();
    expect(thrownBy(() => client.send(gone))).toBeInstanceOf(TypeError);
    expect(client.send("good")).toBe(Result.OK);
    await waitUntil("it had come", () => received.length > 0);
    client.close();
    expect(client.send("x")).toBe(Result.NoConnection);
    expect(client.send("x", { lane: 1 })).toBe(Result.NoConnection);
    expect(received.length).toBe(1);
  });

  test("outside of handlers leaves when the code that runs has ended", async () => {
    using net = openNetworking();
    const { client } = await receiving(net);
    const queued = () => net.sockets.getUnacknowledgedSegments(client.handle);
    expect(queued()).toBe(0);
    client.send("x");
    expect(queued()).toBe(0);
    await Promise.resolve();
    expect(queued()).toBe(2);
  });

  test.each(["pump", "runCallbacks"] as const)(
    "in a handler leaves when all are done, also those of %s",
    async (name) => {
      using net = openNetworking();
      const manual = { pump: "manual" } as const;
      let segments = -1;
      const server = net.listen({ address: "127.0.0.1:0", ...manual, socket: {} });
      let client: Connection | undefined;
      void net.connect(server.address, {
        ...manual,
        socket: {
          open: (connection) => {
            client = connection;
            connection.send("x");
            segments = net.sockets.getUnacknowledgedSegments(connection.handle);
          },
        },
      });
      await waitUntil("it was open", () => {
        net[name]();
        return client !== undefined;
      });
      // Nobody pumps any more.
      expect(segments).toBe(0);
      await Promise.resolve();
      expect(net.sockets.getUnacknowledgedSegments(client!.handle)).toBe(2);
    },
  );

  test("in `open`, before the other end may be open, arrives after its `open`", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const server = net.listen({
      address: "127.0.0.1:0",
      socket: journal.handlers("server", { open: (connection) => connection.send("from the server") }),
    });
    await net.connect(server.address, {
      socket: journal.handlers("client", { open: (connection) => connection.send("from the client") }),
    });
    await waitUntil("both had heard", () => journal.lines.length === 4);
    expect(journal.of("server")).toEqual(["open", "message from the client"]);
    expect(journal.of("client")).toEqual(["open", "message from the server"]);
  });
});

describe("take and commit", () => {
  test("send what was written", async () => {
    using net = openNetworking();
    const { client, received } = await receiving(net, roomy);
    const sent: Uint8Array[] = [];
    for (const length of [0, 1, 600, client.slotBytes]) {
      const offset = client.take();
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset % 64).toBe(0);
      const bytes = noise(length, length);
      bytes.forEach((byte, at) => client.view.setUint8(offset + at, byte));
      expect(client.commit(length, { reliable: length !== 1 })).toBe(Result.OK);
      sent.push(bytes);
    }
    await waitUntil("all had come", () => received.length === sent.length);
    expect(received.sort((one, other) => one.length - other.length)).toEqual(sent);
  });

  test("twice is the same room, and without commit nothing is sent", async () => {
    using net = openNetworking();
    const { client, served, received } = await receiving(net);
    const offset = client.take();
    expect(client.take()).toBe(offset);
    client.view.setUint8(offset, 7);
    expect(served.take()).toBe(offset);
    expect(client.take()).toBe(offset);
    expect(client.commit(1)).toBe(Result.OK);
    await waitUntil("it had come", () => received.length === 1);
    await waitFor(20);
    expect(received).toEqual([new Uint8Array([7])]);
  });

  test("commit without take, twice, and by another connection is a mistake", async () => {
    using net = openNetworking();
    const { client, served, received } = await receiving(net);
    const words = "There is nothing to commit";
    expect(() => client.commit(1)).toThrow(words);
    client.take();
    expect(() => served.commit(1)).toThrow(words);
    expect(client.commit(0)).toBe(Result.OK);
    expect(() => client.commit(1)).toThrow(words);
    client.take();
    served.take();
    expect(() => client.commit(1)).toThrow(words);
    expect(thrownBy(() => client.commit(1))).toBeInstanceOf(NetworkingError);
    await waitUntil("one had come", () => received.length === 1);
  });

  test("commit of too much, and of what was written past the room, is a mistake, and the next one goes", async () => {
    using net = openNetworking();
    const { client, received } = await receiving(net);
    let offset = client.take();
    for (const length of [-1, client.slotBytes + 1, 0.5, Number.NaN]) {
      expect(thrownBy(() => client.commit(length))).toBeInstanceOf(RangeError);
    }
    expect(client.commit(1, { lane: 1 })).toBe(Result.InvalidParam);
    client.view.setUint8(offset + client.slotBytes, 1);
    expect(thrownBy(() => client.commit(1))).toBeInstanceOf(SlotOverrunError);
    offset = client.take();
    client.view.setUint8(offset, 9);
    expect(client.commit(1)).toBe(Result.OK);
    await waitUntil("it had come", () => received.length === 1);
    expect(received).toEqual([new Uint8Array([9])]);
  });

  test("after the end has no room", async () => {
    using net = openNetworking();
    const { client, served } = await receiving(net);
    client.take();
    client.close();
    expect(client.commit(1)).toBe(Result.NoConnection);
    expect(client.take()).toBe(-1);
    // What it had taken is there for others.
    expect(served.take()).toBeGreaterThanOrEqual(0);
    served.send("x");
  });

  test("out of slots has no room, until `drain`", async () => {
    using net = openNetworking({ pool: { slots: 8, slotBytes: 100 } });
    let drains = 0;
    const { client, received } = await receiving(net, {}, { drain: () => drains++ });
    expect(client.slotBytes).toBe(100);
    let sent = 0;
    for (; sent < 100 && client.take() >= 0; sent++) client.commit(100);
    expect(sent).toBe(8);
    expect(client.isBlocked).toBe(false);
    // There is room in the send buffer.
    expect(client.send("a copy")).toBe(Result.OK);
    await waitUntil("drain was told", () => drains === 1);
    expect(client.take()).toBeGreaterThanOrEqual(0);
    expect(client.commit(100)).toBe(Result.OK);
    await waitUntil("all had come", () => received.length === 10);
    await waitFor(20);
    expect(drains).toBe(1);
  });
});

describe("lanes", () => {
  test("hold each its own order, and none waits for another", async () => {
    using net = openNetworking();
    const received: { readonly lane: number; readonly length: number; readonly number: number }[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        config: { RecvBufferSize: 8 << 20 },
        socket: {
          message: (_, { lane, length, number }) => received.push({ lane, length, number }),
        },
      },
      connect: { config: { SendBufferSize: 8 << 20, SendRateMin: 800_000, SendRateMax: 800_000 } },
    });
    expect(client.lanes([{ priority: 1 }, { priority: 0 }, { priority: 1, weight: 3 }])).toBe(Result.OK);
    for (const _ of numbers(10)) expect(client.send(new Uint8Array(40_000), { lane: 0 })).toBe(Result.OK);
    for (const _ of numbers(10)) expect(client.send("quick", { lane: 1 })).toBe(Result.OK);
    await waitUntil("all had come", () => received.length === 20);
    for (const lane of [0, 1]) {
      expect(received.filter((message) => message.lane === lane).map(({ number }) => number)).toEqual(numbers(10, 1));
    }
    // Sent last, it was there before the half.
    expect(received.slice(0, 15).filter(({ lane }) => lane === 1).length).toBe(10);
  });

  test("of wrong number or shape are refused", async () => {
    using net = openNetworking();
    const { client } = await connectEnds(net);
    expect(thrownBy(() => client.lanes([]))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => client.lanes(numbers(9).map(() => ({}))))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => client.lanes([{ weight: 0 }]))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => client.lanes(undefined as never))).toBeInstanceOf(TypeError);
    expect(client.send("x", { lane: 1 })).toBe(Result.InvalidParam);
  });
});

describe("a flood over a slow connection", () => {
  const messages = 1000;

  /** Sends numbered messages, a few at a time and more at each drain, and keeps the numbers of those that got OK. */
  function flooding(options: SendOptions, way: "send" | "take") {
    let [next, refused, drains] = [0, 0, 0];
    const sent: number[] = [];
    const write = (connection: Connection, bytes: Uint8Array): Result => {
      if (way === "send") return connection.send(bytes, options);
      const offset = connection.take();
      if (offset < 0) return Result.LimitExceeded;
      new Uint8Array(connection.view.buffer).set(bytes, offset);
      return connection.commit(bytes.length, options);
    };
    const flood = (connection: Connection) => {
      for (; next < messages; next++) {
        const result = write(connection, numbered(next));
        if (result === Result.OK) sent.push(next);
        else {
          expect(result).toBe(Result.LimitExceeded);
          refused++;
          // Unreliable ones are not tried again.
          if (options.reliable !== false) return;
        }
        // Now and then it is known how it went.
        if (next % 20 === 19) {
          next++;
          return;
        }
      }
    };
    const socket: ConnectionHandlers = {
      drain: (connection) => {
        drains++;
        expect(connection.isBlocked).toBe(false);
        flood(connection);
      },
    };
    return {
      socket,
      sent,
      flood,
      get isOver() {
        return next >= messages;
      },
      get counts() {
        return { refused, drains };
      },
    };
  }

  test.each(["send", "take"] as const)("by %s, reliable: all that got OK arrives once and in order", async (way) => {
    using net = openNetworking();
    const flooded = flooding({}, way);
    const { client, received } = await receiving(net, slow, flooded.socket);
    await waitUntil("all was sent", () => {
      flooded.flood(client);
      return flooded.isOver;
    });
    await waitUntil("all had come", () => received.length >= messages);
    expect(flooded.sent).toEqual(numbers(messages));
    expect(numbersOf(received)).toEqual(flooded.sent);
    expect(flooded.counts.refused).toBeGreaterThan(0);
    expect(flooded.counts.drains).toBeGreaterThan(0);
    await waitFor(20);
    expect(received.length).toBe(messages);
  });

  test("by send, in one go: what got OK before it is known that there is no room arrives as well", async () => {
    using net = openNetworking();
    let drains = 0;
    const { client, received } = await receiving(net, slow, { drain: () => drains++ });
    const sent = numbers(5000).filter((number) => client.send(numbered(number)) === Result.OK);
    expect(sent.length).toBeWithin(500, 5000);
    expect(sent).toEqual(numbers(sent.length));
    await waitFor(1);
    expect(client.isBlocked).toBe(true);
    expect(client.send("x")).toBe(Result.LimitExceeded);
    expect(client.send("x", { reliable: false })).toBe(Result.LimitExceeded);
    expect(client.take()).toBe(-1);
    await waitUntil("drain was told", () => drains > 0);
    expect(client.isBlocked).toBe(false);
    await waitUntil("all had come", () => received.length >= sent.length);
    expect(numbersOf(received)).toEqual(sent);
    expect(drains).toBe(1);
  });

  test("unreliable: each arrives at most once and whole, and drain is told", async () => {
    using net = openNetworking();
    const flooded = flooding({ reliable: false }, "send");
    const { client, received } = await receiving(net, slow, flooded.socket);
    await waitUntil("all was sent or refused", () => {
      flooded.flood(client);
      return flooded.isOver;
    });
    await waitUntil("drain was told", () => flooded.counts.drains > 0);
    expect(client.send(numbered(messages))).toBe(Result.OK);
    await waitUntil("the last one had come", () => numbersOf(received.slice(-1))[0] === messages);
    const came = numbersOf(received);
    expect(came).not.toContain(-1);
    expect(new Set(came).size).toBe(came.length);
    expect(came.slice(0, -1).every((number) => flooded.sent.includes(number))).toBe(true);
    expect(flooded.counts.refused).toBeGreaterThan(0);
  });

  test("and close: what waits for room arrives before it", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const received: Uint8Array[] = [];
    const { client } = await connectEnds(net, {
      listen: {
        socket: {
          message: (_, message) => received.push(message.bytes()),
          close: (_, { by }) => journal.note(`closed by ${by} after ${received.length}`),
        },
      },
      connect: { config: slow },
    });
    for (const number of numbers(400)) expect(client.send(numbered(number))).toBe(Result.OK);
    await waitFor(1);
    expect(client.isBlocked).toBe(true);
    client.close();
    await waitUntil("it was closed", () => journal.lines.length > 0);
    expect(journal.lines).toEqual(["closed by peer after 400"]);
    expect(numbersOf(received)).toEqual(numbers(400));
  });

  test("of more than can be un-acknowledged arrives, also when it is closed meanwhile", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const journal = new Journal();
    // What the other end of a pair in memory has not fetched is not acknowledged.
    const { connection1, connection2 } = sockets.createSocketPair();
    const client = net.adopt(connection1, { socket: journal.handlers("client") });
    const most = MAX_UNACKNOWLEDGED_SEGMENTS / 2;
    const sent = numbers(2 * most).filter((number) => client.send(new Uint32Array([number])) === Result.OK);
    expect(sent.length).toBeWithin(most + 1, 2 * most);
    expect(client.isBlocked).toBe(true);
    client.close(1300, "all sent");
    expect(journal.of("client")).toEqual(["open", "close 1300 local: all sent"]);
    expect(client.send("x")).toBe(Result.NoConnection);
    const received: number[] = [];
    await turnUntil(net, "it was closed", () => {
      for (const { payload } of sockets.receiveMessagesOnConnection(connection2, 5000)) {
        received.push(new Uint32Array(payload.buffer)[0]!);
      }
      return stateOf(net, connection2) === ConnectionState.ClosedByPeer && received.length >= sent.length;
    });
    expect(received).toEqual(sent);
    expect(sockets.getConnectionInfo(connection2)).toMatchObject({ endReason: 1300, endDebug: "all sent" });
    expect(stateOf(net, connection1)).toBeUndefined();
  });

  test.each(["the other end goes", "the network is closed"])("is forgotten when it was closed and %s", async (why) => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const client = net.adopt(connection1);
    for (const number of numbers(MAX_UNACKNOWLEDGED_SEGMENTS)) client.send(new Uint32Array([number]));
    expect(client.isBlocked).toBe(true);
    client.close();
    expect(stateOf(net, connection1)).toBe(ConnectionState.Connected);
    if (why === "the network is closed") return net.close();
    net.sockets.closeConnection(connection2);
    await turnUntil(net, "it was forgotten", () => stateOf(net, connection1) === undefined);
  });

  test("and close of the network: it waits for that", async () => {
    using theirs = openNetworking();
    const net = openNetworking();
    const received: Uint8Array[] = [];
    let isClosed = false;
    const server = theirs.listen({
      address: "127.0.0.1:0",
      socket: { message: (_, message) => received.push(message.bytes()), close: () => (isClosed = true) },
    });
    const client = await net.connect(server.address, { config: slow });
    for (const number of numbers(200)) client.send(numbered(number));
    await waitFor(1);
    net.close();
    await waitUntil("the server knew", () => isClosed);
    expect(numbersOf(received)).toEqual(numbers(200));
  });

  test("of other connections is none of theirs", async () => {
    using net = openNetworking();
    const { server, client, received } = await receiving(net, slow);
    const other = await net.connect(server.address);
    for (const number of numbers(300)) client.send(numbered(number));
    await waitFor(1);
    expect([client.isBlocked, other.isBlocked]).toEqual([true, false]);
    expect(other.send("quick")).toBe(Result.OK);
    await waitUntil("it had come", () => received.some(({ length }) => length === 5));
    expect(received.length).toBeLessThan(300);
  });
});

describe("a message that is larger than the send buffer", () => {
  test("is told to `error`, and stops nothing", async () => {
    using net = openNetworking();
    const failures: unknown[] = [];
    let drains = 0;
    const { client, received } = await receiving(
      net,
      { SendBufferSize: 20_000 },
      {
        error: (connection, error) => {
          failures.push(error);
          connection.send(numbered(100 + failures.length));
        },
        drain: () => drains++,
      },
    );
    expect(client.send(numbered(0))).toBe(Result.OK);
    expect(client.send(new Uint8Array(20_001))).toBe(Result.OK);
    expect(client.send(numbered(1))).toBe(Result.OK);
    expect(client.send(numbered(2), { reliable: false })).toBe(Result.OK);
    expect(client.send(new Uint8Array(30_000))).toBe(Result.OK);
    expect(client.send(numbered(3))).toBe(Result.OK);
    await waitUntil("all had come", () => received.length === 6);
    expect(numbersOf(received).toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 101, 102]);
    expect(failures.length).toBe(2);
    expect(failures[0]).toBeInstanceOf(NetworkingError);
    expect((failures[0] as Error).message).toMatch(/20001 bytes never fits .* SendBufferSize/);
    await waitFor(20);
    expect([client.isBlocked, drains]).toEqual([false, 0]);
  });

  test("without `error` is thrown by whoever pumps", async () => {
    using net = openNetworking();
    const manual = { pump: "manual" } as const;
    const { client } = await connectEnds(net, {
      listen: { ...manual },
      connect: { ...manual, config: { SendBufferSize: 20_000 } },
    });
    client.send(new Uint8Array(20_001));
    // Before the code that runs has ended, so that it is the pump that sends it.
    const thrown = thrownBy(() => net.pump());
    expect(thrown).toBeInstanceOf(NetworkingError);
    expect(client.isOpen).toBe(true);
  });

  test("`error` may close the connection, and what was sent after it goes nowhere", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { client, served, received } = await receiving(
      net,
      { SendBufferSize: 20_000 },
      journal.handlers("client", { error: (connection) => connection.close(1400, "too large") }),
    );
    client.send(new Uint8Array(20_001));
    client.send(numbered(1));
    await waitUntil("it was closed", () => !served.isOpen);
    expect(journal.of("client")).toEqual(["open", "close 1400 local: too large"]);
    // What came after the message that was too large was sent before `error` was told.
    expect(numbersOf(received)).toEqual([1]);
  });
});

test("a batch is received whole by a connection of the raw interface, too", async () => {
  using net = openNetworking();
  const { sockets } = net;
  const server = net.listen({
    address: "127.0.0.1:0",
    socket: { message: (connection, message) => connection.send(message.bytes()) },
  });
  const raw = sockets.connectByIPAddress(server.address);
  await pumpUntil(net, "it stood", () => stateOf(net, raw) === ConnectionState.Connected);
  for (const number of numbers(100)) sockets.sendMessageToConnection(raw, numbered(number), 8);
  const received: Uint8Array[] = [];
  await pumpUntil(net, "all came back", () => {
    for (const { payload } of sockets.receiveMessagesOnConnection(raw)) received.push(payload);
    return received.length >= 100;
  });
  expect(numbersOf(received)).toEqual(numbers(100));
  sockets.closeConnection(raw);
  await waitUntil("it was gone", () => server.connections === 0);
});
