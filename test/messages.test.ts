/**
 * Messages: what sending answers, what can be sent, how much is received at once, and what a received message knows.
 *
 * - sendMessages, in both forms: one result for each message; numbers from 1 for each connection; order kept; a message
 *   that fails leaves later ones to the same connection not tried (0), however long the batch, and those to others alone.
 * - 5,000 messages in one call.
 * - Messages to a connection that is not Connected yet wait; one that may not wait is Ignored; one to a connection that
 *   has ended answers NoConnection. Small ones wait for company until they are flushed.
 * - Strings go out as UTF-8, views and buffers, shared ones too, as the bytes that they cover.
 * - As many messages are received as were asked for, 0, 1 or thousands; also such as are larger than what is kept ready
 *   for them.
 * - A received message knows its connection, sender, number, lane, time, whether it is reliable, and the user data.
 */
import { describe, expect, test } from "bun:test";
import {
  ConnectionState,
  Result,
  SendFlags,
  type ConnectionHandle,
  type MessageData,
  type Networking,
  type ReceivedMessage,
} from "../lib/index.ts";
import { noise } from "./support/noise.ts";
import { numbers } from "./support/numbers.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { receiveMessages } from "./support/receive.ts";
import { shows } from "./support/shows.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const { OK, InvalidParam, NoConnection, Ignored, LimitExceeded } = Result;
const { Reliable, Unreliable } = SendFlags;
const tooLarge = new Uint8Array(512 * 1024 + 1);
const decoder = new TextDecoder();

function textsOf(messages: readonly ReceivedMessage[]): string[] {
  return messages.map(({ payload }) => decoder.decode(payload));
}

describe("sendMessages", () => {
  test("answers the number of each message and keeps their order, over one connection", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.sendMessages(["a", "b", "c"], client, Reliable)).toEqual([1, 2, 3]);
    expect(net.sockets.sendMessages(["d"], client, Reliable)).toEqual([4]);
    expect(net.sockets.sendMessageToConnection(client, "e", Reliable)).toEqual({ result: OK, messageNumber: 5 });
    expect(net.sockets.sendMessages([], client, Reliable)).toEqual([]);
    const messages = await receiveMessages(net, server, 5);
    expect(textsOf(messages)).toEqual(["a", "b", "c", "d", "e"]);
    expect(messages.map(({ messageNumber }) => messageNumber)).toEqual([1, 2, 3, 4, 5]);
    shows("gns", "sendMessages");
  });

  test("sends each message where it says", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    const pair = net.sockets.createSocketPair();
    const message = (connection: ConnectionHandle, data: string) => ({ connection, data, flags: Reliable });
    const results = net.sockets.sendMessages([
      message(client, "a"),
      message(pair.connection1, "b"),
      message(server, "c"),
      message(client, "d"),
      message(pair.connection1, "e"),
      message(client, "f"),
    ]);
    expect(results).toEqual([1, 1, 1, 2, 2, 3]);
    expect(textsOf(await receiveMessages(net, server, 3))).toEqual(["a", "d", "f"]);
    expect(textsOf(await receiveMessages(net, pair.connection2, 2))).toEqual(["b", "e"]);
    expect(textsOf(await receiveMessages(net, client, 1))).toEqual(["c"]);
  });

  test("is unreliable on the first lane where nothing else is said", async () => {
    using net = openNetworking();
    const { connection1, connection2 } = net.sockets.createSocketPair();
    net.sockets.sendMessages([{ connection: connection1, data: "a" }]);
    expect(await receiveMessages(net, connection2, 1)).toMatchObject([{ flags: Unreliable, lane: 0 }]);
  });

  test("does not try messages to a connection behind one that failed there", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    const message = (connection: ConnectionHandle, data: MessageData) => ({ connection, data, flags: Reliable });
    const nowhere = 12345 as ConnectionHandle;
    const results = net.sockets.sendMessages([
      message(client, "a"),
      message(nowhere, "b"),
      message(client, tooLarge),
      message(server, "c"),
      message(client, "d"),
      message(nowhere, "e"),
      message(server, "f"),
    ]);
    expect(results).toEqual([1, -InvalidParam, -InvalidParam, 1, 0, 0, 2]);
    expect(net.sockets.sendMessages(["g"], client, Reliable)).toEqual([2]);
    expect(textsOf(await receiveMessages(net, server, 2))).toEqual(["a", "g"]);
    expect(textsOf(await receiveMessages(net, client, 2))).toEqual(["c", "f"]);
  });

  test("sends 5,000 messages in one call", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net, { options: { SendRateMin: 10 << 20, SendRateMax: 10 << 20 } });
    const texts = numbers(5000).map((number) => `message ${number}`);
    expect(net.sockets.sendMessages(texts, client, Reliable)).toEqual(numbers(5000, 1));
    expect(textsOf(await receiveMessages(net, server, 5000))).toEqual(texts);
  });

  test("does not try messages behind one that failed far ahead of them", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    const { connection1, connection2 } = net.sockets.createSocketPair();
    const failing = 700;
    const results = net.sockets.sendMessages(
      numbers(5000).flatMap((number) => [
        { connection: client, data: number === failing ? tooLarge : `${number}`, flags: Reliable },
        { connection: connection1, data: `${number}`, flags: Reliable },
      ]),
    );
    const overUDP = results.filter((_, index) => index % 2 === 0);
    const inMemory = results.filter((_, index) => index % 2 === 1);
    const untried = new Array<number>(5000 - failing - 1).fill(0);
    expect(overUDP).toEqual([...numbers(failing, 1), -InvalidParam, ...untried]);
    expect(inMemory).toEqual(numbers(5000, 1));
    expect(textsOf(await receiveMessages(net, server, failing))).toEqual(numbers(failing).map(String));
    expect(await receiveMessages(net, connection2, 5000)).toHaveLength(5000);
  });
});

describe("a message to a connection", () => {
  function connectTo(net: Networking) {
    const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:0");
    const client = net.sockets.connectByIPAddress(net.sockets.getListenSocketAddress(listenSocket) ?? "");
    let server: ConnectionHandle | undefined;
    net.on("connectionStatusChanged", ({ connectHandle, connection }) => {
      if (connection.connectionState === ConnectionState.Connecting && connectHandle !== client) server = connectHandle;
    });
    const incoming = async () => {
      await pumpUntil(net, "the connection came in", () => server !== undefined);
      return server!;
    };
    return { client, incoming };
  }

  test("that is not connected yet waits", async () => {
    using net = openNetworking();
    const { client, incoming } = connectTo(net);
    expect(net.sockets.sendMessageToConnection(client, "early", Reliable)).toEqual({ result: OK, messageNumber: 1 });
    expect(net.sockets.flushMessagesOnConnection(client)).toBe(Ignored);
    const server = await incoming();
    expect(net.sockets.sendMessageToConnection(server, "early too", Reliable)).toEqual({
      result: OK,
      messageNumber: 1,
    });
    await pumpFor(net, 100);
    expect(net.sockets.receiveMessagesOnConnection(server)).toEqual([]);
    expect(net.sockets.receiveMessagesOnConnection(client)).toEqual([]);
    net.sockets.acceptConnection(server);
    expect(textsOf(await receiveMessages(net, server, 1))).toEqual(["early"]);
    expect(textsOf(await receiveMessages(net, client, 1))).toEqual(["early too"]);
  });

  test("that is not connected yet is Ignored when it may not wait", () => {
    using net = openNetworking();
    const { client } = connectTo(net);
    const { result, messageNumber } = net.sockets.sendMessageToConnection(client, "now", SendFlags.UnreliableNoDelay);
    expect([result, messageNumber]).toEqual([Ignored, 0]);
    expect(net.sockets.sendMessages(["now"], client, SendFlags.UnreliableNoDelay)).toEqual([-Ignored]);
  });

  test("that has ended answers NoConnection", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    net.sockets.closeConnection(server);
    await pumpUntil(
      net,
      "the client saw the end",
      () => net.sockets.getConnectionInfo(client)?.connectionState === ConnectionState.ClosedByPeer,
    );
    expect(net.sockets.sendMessageToConnection(client, "", Reliable)).toEqual({
      result: NoConnection,
      messageNumber: 0,
    });
    expect(net.sockets.sendMessages(["", ""], client, Reliable)).toEqual([-NoConnection, 0]);
    expect(net.sockets.flushMessagesOnConnection(client)).toBe(NoConnection);
  });

  test("whose send buffer is full answers LimitExceeded, and goes through when there is room", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net, { options: { SendBufferSize: 100_000 } });
    const { result, messageNumber } = net.sockets.sendMessageToConnection(client, noise(1, 90_000), Reliable);
    expect([result, messageNumber]).toEqual([OK, 1]);
    expect(net.sockets.sendMessages([noise(2, 90_000), "more"], client, Reliable)).toEqual([-LimitExceeded, 0]);
    await receiveMessages(net, server, 1);
    expect(net.sockets.sendMessages([noise(2, 90_000)], client, Reliable)).toEqual([2]);
    expect((await receiveMessages(net, server, 1))[0]?.payload).toEqual(noise(2, 90_000));
  });

  test("waits for company until its time is over, unless it is flushed or in a hurry", async () => {
    using net = openNetworking();
    // The longest that the library allows.
    const nagleTime = 20_000;
    const { client, server } = await connectOverUDP(net, { options: { NagleTime: nagleTime } });
    /** The shortest of several waits: whatever else holds this process up only makes them longer. */
    async function shortestWait(flags: number, flush: boolean): Promise<number> {
      const waits: number[] = [];
      for (const text of ["a", "b", "c", "d", "e"]) {
        const start = net.utils.getLocalTimestamp();
        net.sockets.sendMessageToConnection(client, text, flags);
        if (flush) expect(net.sockets.flushMessagesOnConnection(client)).toBe(OK);
        const [message] = await receiveMessages(net, server, 1);
        waits.push((message?.timeReceived ?? NaN) - start);
      }
      return Math.min(...waits);
    }
    expect(await shortestWait(Reliable, false)).toBeGreaterThanOrEqual(nagleTime);
    expect(await shortestWait(Reliable, true)).toBeLessThan(nagleTime);
    expect(await shortestWait(SendFlags.ReliableNoNagle, false)).toBeLessThan(nagleTime);
    shows("gns", "flushMessagesOnConnection");
  });
});

describe("the payload", () => {
  function shared(...bytes: number[]): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }

  function resizable(...bytes: number[]): ArrayBuffer {
    const buffer = new ArrayBuffer(bytes.length, { maxByteLength: 100 });
    new Uint8Array(buffer).set(bytes);
    return buffer;
  }

  const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const payloads: { what: string; data: MessageData; arrives: number[] }[] = [
    { what: "a string of ASCII", data: "abc", arrives: [97, 98, 99] },
    {
      what: "a string of other letters",
      data: "ä€🎮",
      arrives: [0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x8e, 0xae],
    },
    { what: "a string with a zero", data: "a\0b", arrives: [97, 0, 98] },
    { what: "a string with half a letter", data: "\ud800", arrives: [0xef, 0xbf, 0xbd] },
    { what: "a Uint8Array", data: bytes, arrives: [...bytes] },
    { what: "a Uint8Array with an offset", data: bytes.subarray(3, 6), arrives: [3, 4, 5] },
    { what: "a Buffer", data: Buffer.from("xyz"), arrives: [120, 121, 122] },
    { what: "a Uint16Array", data: Uint16Array.of(0x0201, 0x0403), arrives: [1, 2, 3, 4] },
    { what: "a Float32Array", data: Float32Array.of(1), arrives: [0, 0, 0x80, 0x3f] },
    {
      what: "a BigInt64Array with an offset",
      data: BigInt64Array.of(1n, -2n).subarray(1),
      arrives: [254, ...Array(7).fill(255)],
    },
    { what: "a DataView with an offset", data: new DataView(bytes.buffer, 5, 2), arrives: [5, 6] },
    { what: "an ArrayBuffer", data: bytes.buffer, arrives: [...bytes] },
    { what: "a SharedArrayBuffer", data: shared(7, 8, 9), arrives: [7, 8, 9] },
    { what: "a view of a SharedArrayBuffer", data: new Uint8Array(shared(7, 8, 9), 1), arrives: [8, 9] },
    { what: "a DataView of a SharedArrayBuffer", data: new DataView(shared(7, 8, 9), 2), arrives: [9] },
    { what: "an ArrayBuffer that can grow", data: resizable(1, 2), arrives: [1, 2] },
    { what: "a view of an ArrayBuffer that can grow", data: new Uint8Array(resizable(1, 2)), arrives: [1, 2] },
  ];

  test.each(payloads)("$what arrives as its bytes", async ({ data, arrives }) => {
    using net = openNetworking();
    for (const { client, server } of [await connectOverUDP(net), pairInMemory(net)]) {
      expect(net.sockets.sendMessageToConnection(client, data, Reliable).result).toBe(OK);
      net.sockets.sendMessages([data, data], client, Reliable);
      net.sockets.sendMessages([{ connection: client, data, flags: Reliable }]);
      const received = await receiveMessages(net, server, 4);
      for (const { payload, size } of received) {
        expect([...payload]).toEqual(arrives);
        expect(size).toBe(arrives.length);
      }
    }
  });

  test("that was received is the receiver's alone", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    net.sockets.sendMessages(["one", "two"], client, Reliable);
    const [one, two] = await receiveMessages(net, server, 2);
    expect(one?.payload.buffer).not.toBe(two?.payload.buffer);
    expect(one?.payload.byteLength).toBe(one?.payload.buffer.byteLength ?? NaN);
    one?.payload.fill(0);
    net.sockets.sendMessages(["three"], client, Reliable);
    await receiveMessages(net, server, 1);
    expect(decoder.decode(two?.payload)).toBe("two");
  });
});

function pairInMemory(net: Networking): { client: ConnectionHandle; server: ConnectionHandle } {
  const { connection1, connection2 } = net.sockets.createSocketPair();
  return { client: connection1, server: connection2 };
}

describe("receiveMessagesOnConnection", () => {
  test("receives as many messages as were asked for", () => {
    using net = openNetworking();
    const { client, server } = pairInMemory(net);
    net.sockets.sendMessages(numbers(3000).map(String), client, Reliable);
    const receive = (maxMessages?: number) =>
      textsOf(net.sockets.receiveMessagesOnConnection(server, maxMessages)).map(Number);
    expect(receive(0)).toEqual([]);
    expect(receive(1)).toEqual([0]);
    expect(receive(2)).toEqual(numbers(2, 1));
    expect(receive()).toEqual(numbers(256, 3));
    expect(receive(256)).toEqual(numbers(256, 259));
    expect(receive(257)).toEqual(numbers(257, 515));
    expect(receive(1000)).toEqual(numbers(1000, 772));
    expect(receive(2 ** 31 - 1)).toEqual(numbers(1228, 1772));
    expect(receive()).toEqual([]);
    expect(receive(1)).toEqual([]);
  });

  test("receives messages larger than what is kept ready for them", () => {
    using net = openNetworking();
    const { client, server } = pairInMemory(net);
    const sizes = [10, 3 << 20, 0, (1 << 20) + 1, 1 << 20, 40 << 20, 5, 20 << 20];
    const payloads = sizes.map((size, index) => noise(index, size));
    expect(net.sockets.sendMessages(payloads, client, Reliable)).toEqual(numbers(sizes.length, 1));
    const first = net.sockets.receiveMessagesOnConnection(server, 1);
    const second = net.sockets.receiveMessagesOnConnection(server, 1);
    const rest = net.sockets.receiveMessagesOnConnection(server);
    expect([first.length, second.length, rest.length]).toEqual([1, 1, sizes.length - 2]);
    const received = [...first, ...second, ...rest];
    expect(received.map(({ size }) => size)).toEqual(sizes);
    expect(received.filter(({ payload }, index) => Buffer.compare(payload, payloads[index]!) !== 0)).toEqual([]);
  });

  test("receives more at once than what is kept ready for them", () => {
    using net = openNetworking();
    const { client, server } = pairInMemory(net);
    const payloads = numbers(600).map((index) => noise(index, index % 7 === 0 ? 300_001 : index));
    for (const payload of payloads) net.sockets.sendMessageToConnection(client, payload, Reliable);
    const received = net.sockets.receiveMessagesOnConnection(server, 600);
    expect(received.map(({ messageNumber }) => messageNumber)).toEqual(numbers(600, 1));
    expect(received.filter(({ payload }, index) => Buffer.compare(payload, payloads[index]!) !== 0)).toEqual([]);
  });

  test("keeps the messages of connections apart when they are asked in turn", () => {
    using net = openNetworking();
    const one = pairInMemory(net);
    const other = pairInMemory(net);
    const large = noise(1, 2 << 20);
    for (const { client } of [one, other]) net.sockets.sendMessages(["a", large, "b", large, "c"], client, Reliable);
    const sizes = [1, large.length, 1, large.length, 1];
    for (const size of sizes) {
      for (const { server } of [one, other]) {
        const [message] = net.sockets.receiveMessagesOnConnection(server, 1);
        expect([message?.connection, message?.size]).toEqual([server, size]);
      }
    }
  });
});

describe("a received message knows", () => {
  test.each([
    { where: "over UDP", connect: (net: Networking) => connectOverUDP(net) },
    { where: "in memory", connect: async (net: Networking) => pairInMemory(net) },
  ])("its fields, $where", async ({ connect }) => {
    using net = openNetworking();
    const { client, server } = await connect(net);
    net.sockets.sendMessageToConnection(client, "first", SendFlags.ReliableNoNagle | SendFlags.UseCurrentThread);
    const [first] = await receiveMessages(net, server, 1);
    const identity = net.sockets.getConnectionInfo(server)?.identity ?? "";
    expect(first).toEqual({
      payload: new TextEncoder().encode("first"),
      size: 5,
      connection: server,
      identity,
      receiverUserData: -1,
      timeReceived: expect.any(Number),
      messageNumber: 1,
      channel: -1,
      flags: Reliable,
      lane: 0,
    });
    net.sockets.sendMessageToConnection(client, "second", SendFlags.UnreliableNoNagle);
    expect(await receiveMessages(net, server, 1)).toMatchObject([{ messageNumber: 2, flags: Unreliable, identity }]);
  });

  test("its sender", async () => {
    using net = openNetworking({ identity: "str:alice" });
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.getIdentity()).toBe("str:alice");
    net.sockets.sendMessageToConnection(client, "", Reliable);
    expect(await receiveMessages(net, server, 1)).toMatchObject([{ identity: "str:alice" }]);
  });

  test("that it was sent reliably, though it was to be unreliable, when it is large", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    net.sockets.sendMessages([noise(1, 16_000), noise(2, 17_000)], client, SendFlags.UnreliableNoNagle);
    const messages = (await receiveMessages(net, server, 2)).toSorted((one, other) => one.size - other.size);
    expect(messages).toMatchObject([
      { size: 16_000, flags: Unreliable },
      { size: 17_000, flags: Reliable },
    ]);
  });

  test("when it was received, on the library's clock", async () => {
    using net = openNetworking();
    const overUDP = await connectOverUDP(net);
    for (const { client, server } of [overUDP, pairInMemory(net)]) {
      const times: number[] = [net.utils.getLocalTimestamp()];
      for (const text of ["a", "b", "c"]) {
        net.sockets.sendMessageToConnection(client, text, SendFlags.ReliableNoNagle);
        const [message] = await receiveMessages(net, server, 1);
        times.push(message?.timeReceived ?? NaN, net.utils.getLocalTimestamp());
      }
      expect(times.every(Number.isSafeInteger)).toBe(true);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(new Set(times).size).toBeGreaterThan(3);
    }
  });

  test.each([
    [0, 0n],
    [-1, -1n],
    [2 ** 32 + 1, 2n ** 32n + 1n],
    [-(2 ** 32) - 1, -(2n ** 32n) - 1n],
    [Number.MAX_SAFE_INTEGER, 2n ** 53n - 1n],
    [Number.MIN_SAFE_INTEGER, -(2n ** 53n) + 1n],
    [2n ** 53n, 2n ** 53n],
    [-(2n ** 53n), -(2n ** 53n)],
    [0x0123_4567_89ab_cdefn, 0x0123_4567_89ab_cdefn],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
    [-(2n ** 63n), -(2n ** 63n)],
  ])("the user data %p of its connection", async (data, exact) => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    expect(net.sockets.setConnectionUserData(server, data)).toBe(true);
    net.sockets.sendMessageToConnection(client, "", SendFlags.ReliableNoNagle);
    expect(await receiveMessages(net, server, 1)).toMatchObject([{ receiverUserData: Number(exact) }]);
    expect(net.sockets.getConnectionUserData(server)).toBe(Number(exact));
    expect(net.sockets.getConnectionUserDataBigInt(server)).toBe(exact);
    expect(net.sockets.getConnectionInfo(server)?.userData).toBe(Number(exact));
    expect(net.sockets.getConnectionUserData(client)).toBe(-1);
  });

  test("the user data that its connection got at creation", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net, { options: { ConnectionUserData: 2n ** 40n } });
    net.sockets.sendMessageToConnection(client, "", SendFlags.ReliableNoNagle);
    expect(await receiveMessages(net, server, 1)).toMatchObject([{ receiverUserData: 2 ** 40 }]);
    expect(net.sockets.getConnectionUserData(client)).toBe(2 ** 40);
  });
});
