/**
 * Broadcasts and topics of servers of `listen`.
 *
 * - `broadcast` goes to every open connection once, of any size and kind; it answers to how many.
 * - `publish` goes to those that have subscribed, once however often they did, until they unsubscribe or end; a
 *   connection's `publish` spares itself, and works in its `close`, too.
 * - Who has no room is left out and not counted, the others are not; nobody gets anything twice, and what each gets is in
 *   order, by broadcasts and by `send` alike. Who has no such lane is left out as well.
 * - Out of slots a broadcast goes nevertheless.
 * - 200 connections get each broadcast.
 */
import { describe, expect, test } from "bun:test";
import { Result, type Connection, type ConnectionHandlers, type Networking, type Server } from "../lib/index.ts";
import { Journal, thrownBy } from "./support/everyday.ts";
import { numbers } from "./support/numbers.ts";
import { noise, sameBytes } from "./support/noise.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitFor, waitUntil } from "./support/pump.ts";

/** A client of a room, and what it has received. */
interface Guest {
  readonly connection: Connection;
  /** Its connection at the server. */
  readonly served: Connection;
  readonly received: Uint8Array[];
  readonly texts: string[];
}

/** A server with so many clients, in the order of their coming. */
async function roomOf(net: Networking, count: number, socket: ConnectionHandlers = {}) {
  const served: Connection[] = [];
  const server = net.listen({
    address: "127.0.0.1:0",
    socket: {
      ...socket,
      open: (connection) => {
        served.push(connection);
        return socket.open?.(connection);
      },
    },
  });
  const guests: Guest[] = [];
  for (const number of numbers(count)) {
    const received: Uint8Array[] = [];
    const connection = await net.connect(server.address, {
      config: { RecvBufferSize: 4 << 20, RecvBufferMessages: 10_000 },
      socket: { message: (_, message) => received.push(message.bytes()) },
    });
    await waitUntil("it was open", () => served.length === number + 1);
    guests.push({
      connection,
      served: served[number]!,
      received,
      get texts() {
        return received.map((bytes) => new TextDecoder().decode(bytes));
      },
    });
  }
  return { server, guests };
}

/** Waits until each guest has got something that was sent last of all. */
async function allTold(server: Server, guests: readonly Guest[]): Promise<void> {
  for (const { served } of guests) expect(served.send("that was all")).toBe(Result.OK);
  await waitUntil("all were told", () => guests.every(({ texts }) => texts.at(-1) === "that was all"));
  for (const { received } of guests) received.pop();
  expect(server.connections).toBeGreaterThanOrEqual(guests.length);
}

describe("broadcast", () => {
  test("goes to all, once, and counts them", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 3);
    expect(server.broadcast("one")).toBe(3);
    expect(server.broadcast(new Uint8Array([116, 119, 111]), { reliable: false })).toBe(3);
    await allTold(server, guests);
    for (const { texts } of guests) expect(texts.toSorted()).toEqual(["one", "two"]);
    guests[0]!.connection.close();
    await waitUntil("one was gone", () => server.connections === 2);
    expect(server.broadcast("three")).toBe(2);
    await allTold(server, guests.slice(1));
    expect(guests.map(({ texts }) => texts.includes("three"))).toEqual([false, true, true]);
  });

  test("to nobody, and to one", async () => {
    using net = openNetworking();
    const { server } = await roomOf(net, 0);
    expect(server.broadcast("x")).toBe(0);
    const { server: other, guests } = await roomOf(net, 1);
    expect(other.broadcast("x")).toBe(1);
    await allTold(other, guests);
    expect(guests[0]!.texts).toEqual(["x"]);
  });

  test.each([0, 1, 1200, 1201, 50_000, 300_000])("of %i bytes", async (byteLength) => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 3);
    const payload = noise(byteLength, byteLength);
    expect(server.broadcast(payload)).toBe(3);
    // It was copied.
    payload.fill(0);
    await allTold(server, guests);
    for (const { received } of guests) {
      expect(received.length).toBe(1);
      expect(sameBytes(received[0]!, noise(byteLength, byteLength))).toBe(true);
    }
  });

  test("of too much, or of what is no message, goes nowhere", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 2);
    expect(server.broadcast(new Uint8Array(524_289))).toBe(0);
    expect(thrownBy(() => server.broadcast(1 as never))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => server.broadcast("x", { lane: -1 }))).toBeInstanceOf(RangeError);
    await allTold(server, guests);
    expect(guests.map(({ received }) => received.length)).toEqual([0, 0]);
  });

  test("keeps its order among messages of send", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 3);
    for (const number of numbers(100)) {
      server.broadcast(`${2 * number}`);
      for (const { served } of guests) served.send(`${2 * number + 1}`);
    }
    await allTold(server, guests);
    for (const { texts } of guests) expect(texts).toEqual(numbers(200).map(String));
  });

  test("leaves out who has no such lane", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 3);
    for (const { served } of guests.slice(1)) expect(served.lanes([{}, {}])).toBe(Result.OK);
    expect(server.broadcast("x", { lane: 1 })).toBe(2);
    expect(server.broadcast("x", { lane: 2 })).toBe(0);
    await waitUntil("they were told", () => guests.slice(1).every(({ texts }) => texts.length === 1));
    await allTold(server, guests);
    expect(guests.map(({ received }) => received.length)).toEqual([0, 1, 1]);
  });

  test("goes out of slots, too", async () => {
    using net = openNetworking({ pool: { slots: 2, slotBytes: 100 } });
    const { server, guests } = await roomOf(net, 3);
    for (const number of numbers(20)) expect(server.broadcast(`${number}`)).toBe(3);
    await allTold(server, guests);
    for (const { texts } of guests) expect(texts).toEqual(numbers(20).map(String));
  });

  test("to 200 gets to each", async () => {
    using net = openNetworking();
    const received: number[] = [];
    const server = net.listen({ address: "127.0.0.1:0", socket: {} });
    await Promise.all(
      numbers(200).map((guest) =>
        net.connect(server.address, {
          socket: {
            message: (_, message) => {
              expect(message.view.getUint32(message.offset, true)).toBe(received[guest]!);
              received[guest]!++;
            },
          },
        }),
      ),
    );
    received.push(...numbers(200).fill(0));
    await waitUntil("all were open", () => server.connections === 200);
    for (const number of numbers(50)) {
      expect(server.broadcast(new Uint32Array([number, ...numbers(100)]))).toBe(200);
      if (number % 10 === 9) await waitFor(5);
    }
    await waitUntil("all had come", () => received.every((count) => count >= 50));
    expect(received).toEqual(numbers(200).fill(50));
  });

  test("with one that has no room: the others get all, and it gets in order, once, what it was counted for", async () => {
    using net = openNetworking();
    let drains = 0;
    const { server, guests } = await roomOf(net, 3, { drain: () => drains++ });
    const slow = guests[1]!;
    const target = { connection: slow.served.handle };
    net.utils.setConfigValue("SendRateMin", 300_000, target);
    net.utils.setConfigValue("SendRateMax", 300_000, target);
    net.utils.setConfigValue("SendBufferSize", 30_000, target);
    const payload = new Uint32Array(250);
    const [messages, counted] = [300, [] as number[]];
    let own = 0;
    for (const number of numbers(messages)) {
      payload[0] = number;
      const wasBlocked = slow.served.isBlocked;
      const count = server.broadcast(payload);
      // In one turn of the event loop several go before it is known that there is no room.
      expect(count).toBe(wasBlocked ? 2 : 3);
      if (count === 3) counted.push(number);
      if (number % 10 === 9) {
        payload[0] = 1_000_000 + own;
        if (slow.served.send(payload) === Result.OK) counted.push(1_000_000 + own++);
      }
      if (number % 5 === 4) await waitFor(2);
    }
    expect(counted.length).toBeLessThan(messages);
    await waitUntil("there was room", () => drains > 0 && !slow.served.isBlocked);
    await allTold(server, guests);
    const numbersOf = ({ received }: Guest) => received.map((bytes) => new Uint32Array(bytes.buffer)[0]!);
    expect(numbersOf(guests[0]!)).toEqual(numbers(messages));
    expect(numbersOf(guests[2]!)).toEqual(numbers(messages));
    expect(numbersOf(slow)).toEqual(counted);
  });
});

describe("topics", () => {
  test("go to those that have subscribed", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 4);
    const [a, b, c] = guests.map(({ served }) => served) as [Connection, Connection, Connection];
    expect([a.subscribe("arena"), b.subscribe("arena"), b.subscribe("arena")]).toEqual([true, true, false]);
    expect(c.subscribe("lobby")).toBe(true);
    expect([a.isSubscribed("arena"), c.isSubscribed("arena"), a.isSubscribed("nothing")]).toEqual([true, false, false]);
    expect([server.subscribers("arena"), server.subscribers("lobby"), server.subscribers("nothing")]).toEqual([
      2, 1, 0,
    ]);
    expect(server.publish("arena", "to the arena")).toBe(2);
    expect(server.publish("lobby", "to the lobby")).toBe(1);
    expect(server.publish("nothing", "to nobody")).toBe(0);
    expect(a.publish("arena", "from a")).toBe(1);
    // Who is not in it may speak to it.
    expect(c.publish("arena", "from c")).toBe(2);
    expect([b.unsubscribe("arena"), b.unsubscribe("arena"), b.unsubscribe("lobby")]).toEqual([true, false, false]);
    expect(server.publish("arena", "without b")).toBe(1);
    expect(a.publish("arena", "to nobody else")).toBe(0);
    await allTold(server, guests);
    expect(guests.map(({ texts }) => texts)).toEqual([
      ["to the arena", "from c", "without b"],
      ["to the arena", "from a", "from c"],
      ["to the lobby"],
      [],
    ]);
  });

  test("lose those that end, who may say goodbye", async () => {
    using net = openNetworking();
    const journal = new Journal();
    const { server, guests } = await roomOf(net, 3, {
      open: (connection) => connection.subscribe("arena"),
      close: (connection) => {
        journal.note(`left ${connection.publish("arena", "goodbye")}`);
        expect(connection.isSubscribed("arena")).toBe(false);
        expect(connection.subscribe("arena")).toBe(false);
      },
    });
    expect(server.subscribers("arena")).toBe(3);
    guests[2]!.connection.close();
    await waitUntil("it was gone", () => server.connections === 2);
    expect(server.subscribers("arena")).toBe(2);
    guests[1]!.served.close();
    expect(server.publish("arena", "to one")).toBe(1);
    await allTold(server, guests.slice(0, 1));
    expect(guests[0]!.texts).toEqual(["goodbye", "goodbye", "to one"]);
    expect(journal.lines).toEqual(["left 2", "left 1"]);
    guests[0]!.served.close();
    expect([server.subscribers("arena"), server.publish("arena", "x")]).toEqual([0, 0]);
  });

  test("are one server's", async () => {
    using net = openNetworking();
    const [one, other] = [await roomOf(net, 1), await roomOf(net, 1)];
    for (const { guests } of [one, other]) guests[0]!.served.subscribe("arena");
    expect(one.server.publish("arena", "x")).toBe(1);
    await allTold(one.server, one.guests);
    await allTold(other.server, other.guests);
    expect([one.guests[0]!.texts, other.guests[0]!.texts]).toEqual([["x"], []]);
  });

  test("have names that are texts", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 1);
    expect(thrownBy(() => server.publish(1 as never, "x"))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => guests[0]!.served.subscribe(undefined as never))).toBeInstanceOf(TypeError);
    expect(guests[0]!.served.subscribe("")).toBe(true);
    expect(server.publish("", "x")).toBe(1);
  });

  test("with 70 members, of whom some leave: each gets its own", async () => {
    using net = openNetworking();
    const { server, guests } = await roomOf(net, 70);
    for (const { served } of guests) served.subscribe("all");
    guests.forEach(({ served }, at) => at % 3 === 0 && served.unsubscribe("all"));
    expect(server.publish("all", "x")).toBe(46);
    await allTold(server, guests);
    expect(guests.map(({ texts }) => texts.length)).toEqual(guests.map((_, at) => (at % 3 === 0 ? 0 : 1)));
  });
});
