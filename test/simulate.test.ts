/**
 * Simulated networks.
 *
 * - A preset sets what its table says, each condition its own options and no others, in both directions.
 * - Conditions replace those before. null, and the last close, put everything back as it was set: custom values of
 *   everything and of a connection; a connection that had none inherits again.
 * - Only rate can be had for one connection, and it leaves the others alone. Rate makes nothing faster.
 * - Lag makes messages late and the ping long; loss takes its share of unreliable messages, and no reliable one;
 *   reordered packets come out of order, doubled ones only once; rate makes messages wait.
 * - What is refused changes nothing.
 */
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  ConfigOptionError,
  HandleError,
  NETWORK_PRESETS,
  SendFlags,
  type ConnectionHandle,
  type NetworkConditions,
  type Networking,
  type NetworkPreset,
} from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil } from "./support/pump.ts";
import { receiveMessages } from "./support/receive.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

const presets = Object.keys(NETWORK_PRESETS) as NetworkPreset[];
const fast = { SendRateMin: 50_000_000, SendRateMax: 50_000_000 };
// In one process a packet goes out and in, and has each condition twice.
const passes = 2;

/** The options that differ between two times, as they are now. */
class Changes {
  readonly #net: Networking;
  readonly #before: Map<string, unknown>;

  constructor(net: Networking) {
    this.#net = net;
    this.#before = this.#now();
  }

  get list(): Record<string, unknown> {
    return Object.fromEntries([...this.#now()].filter(([name, value]) => this.#before.get(name) !== value));
  }

  #now(): Map<string, unknown> {
    return new Map(this.#net.utils.configOptions().map(({ name, value }) => [name, value]));
  }
}

function bothWays(options: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) =>
      ["Send", "Recv"].map((direction) => [name.replace("*", direction), Math.fround(value)]),
    ),
  );
}

function optionsOf({ lag, jitter, loss, reorder, duplicate, rate }: NetworkConditions): Record<string, number> {
  const { fround } = Math;
  return {
    ...(lag && bothWays({ "FakePacketLag_*": lag })),
    ...(jitter &&
      bothWays({
        "FakePacketJitter_*_Avg": jitter,
        "FakePacketJitter_*_Max": 4 * fround(jitter),
        "FakePacketJitter_*_Pct": 100,
      })),
    ...(loss && bothWays({ "FakePacketLoss_*": loss })),
    ...(reorder && bothWays({ "FakePacketReorder_*": reorder })),
    ...(duplicate && bothWays({ "FakePacketDup_*": duplicate })),
    ...(rate && { SendRateMin: rate, SendRateMax: rate }),
  };
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

describe("what is set", () => {
  test.each(presets)("by the preset %s", (preset) => {
    using net = openNetworking({ config: fast });
    const changes = new Changes(net);
    net.simulate(preset);
    expect(changes.list).toEqual(optionsOf(NETWORK_PRESETS[preset]));
    net.simulate(null);
    expect(changes.list).toEqual({});
  });

  test.each<NetworkConditions>([
    { lag: 5000 },
    { jitter: 12.5 },
    { loss: 0.3 },
    { reorder: 100 },
    { duplicate: 7 },
    { rate: 5000 },
    { lag: 1, loss: 2, rate: 1024 },
    {},
  ])("by %j", (conditions) => {
    using net = openNetworking({ config: fast });
    const changes = new Changes(net);
    net.simulate(conditions);
    expect(changes.list).toEqual(optionsOf(conditions));
  });

  test("is no more than the conditions that came last", () => {
    using net = openNetworking({ config: fast });
    const changes = new Changes(net);
    net.simulate("terrible");
    net.simulate({ lag: 9 });
    expect(changes.list).toEqual(optionsOf({ lag: 9 }));
    net.simulate({});
    expect(changes.list).toEqual({});
  });

  test("puts what was set before back at the end", () => {
    using net = openNetworking({
      config: {
        FakePacketLag_Send: 3,
        FakePacketLoss_Recv: 0.7,
        FakePacketJitter_Send_Pct: 12.25,
        SendRateMax: 400_000,
      },
    });
    const changes = new Changes(net);
    for (const preset of presets) net.simulate(preset);
    net.simulate({ lag: 0, loss: 0 });
    expect(changes.list).toEqual({ FakePacketLag_Send: 0, FakePacketLoss_Recv: 0 });
    net.simulate(null);
    expect(changes.list).toEqual({});
    net.simulate(null);
    expect(changes.list).toEqual({});
  });

  test("is for all openings, and ends with the last close", () => {
    const first = openNetworking();
    const changes = new Changes(first);
    {
      using second = openNetworking();
      second.simulate({ lag: 30 });
    }
    expect(changes.list).toEqual(optionsOf({ lag: 30 }));
    using third = openNetworking();
    third.simulate(null);
    expect(changes.list).toEqual({});
    third.simulate({ lag: 40 });
    third.close();
    first.close();
    expect(() => first.simulate(null)).toThrow(ClosedError);
    using next = openNetworking();
    expect(next.utils.getConfigValue("FakePacketLag_Send")).toBe(0);
    next.simulate(null);
    expect(next.utils.getConfigValue("FakePacketLag_Send")).toBe(0);
  });

  test("makes nothing faster", () => {
    using net = openNetworking({ config: { SendRateMin: 10_000, SendRateMax: 20_000 } });
    const changes = new Changes(net);
    net.simulate({ rate: 30_000 });
    expect(changes.list).toEqual({});
    net.simulate({ rate: 15_000 });
    expect(changes.list).toEqual({ SendRateMax: 15_000 });
  });
});

describe("one connection", () => {
  const rateOf = (net: Networking, connection: ConnectionHandle) =>
    net.utils.getConfigValue("SendRateMax", { connection });

  test("gets a rate, and the other one none", async () => {
    using net = openNetworking({ config: fast });
    const { client, server } = await connectOverUDP(net);
    const changes = new Changes(net);
    net.simulate({ rate: 5000 }, client);
    expect([rateOf(net, client), rateOf(net, server)]).toEqual([5000, fast.SendRateMax]);
    net.simulate({ rate: 6000 });
    expect([rateOf(net, client), rateOf(net, server)]).toEqual([5000, 6000]);
    net.simulate({ rate: 7000 }, server);
    net.simulate({ rate: 7000 }, client);
    expect([rateOf(net, client), rateOf(net, server)]).toEqual([6000, 6000]);
    net.simulate(null);
    net.simulate(null, client);
    net.simulate(null, server);
    expect([rateOf(net, client), rateOf(net, server)]).toEqual([fast.SendRateMax, fast.SendRateMax]);
    expect(changes.list).toEqual({});
  });

  test("inherits again at the end, or has its own value back", async () => {
    using net = openNetworking({ config: fast });
    const { client, server } = await connectOverUDP(net);
    net.utils.setConfigValue("SendRateMax", 60_000_000, { connection: server });
    for (const connection of [client, server]) {
      net.simulate({ rate: 5000 }, connection);
      net.simulate({ rate: 6000 }, connection);
      expect(rateOf(net, connection)).toBe(6000);
      net.simulate(null, connection);
    }
    net.utils.setConfigValue("SendRateMax", 70_000_000);
    expect([rateOf(net, client), rateOf(net, server)]).toEqual([70_000_000, 60_000_000]);
  });

  test("that is gone: nothing is left to end, and nothing to set", async () => {
    using net = openNetworking();
    const { client } = await connectOverUDP(net);
    net.simulate({ rate: 5000 }, client);
    net.sockets.closeConnection(client);
    net.simulate(null, client);
    expectRefusal(() => net.simulate({ rate: 5000 }, client), HandleError, /is no open connection/);
  });

  test.each<[keyof NetworkConditions, string]>([
    ["lag", "FakePacketLag_Send"],
    ["jitter", "FakePacketJitter_Send_Avg"],
    ["loss", "FakePacketLoss_Send"],
    ["reorder", "FakePacketReorder_Send"],
    ["duplicate", "FakePacketDup_Send"],
  ])("can't have %s", async (name, option) => {
    using net = openNetworking();
    const { client } = await connectOverUDP(net);
    net.simulate({ rate: 5000 }, client);
    const words = new RegExp(`${option}: .*Leave the connection out, or keep that peer in a process of its own`);
    expectRefusal(() => net.simulate({ [name]: 1, rate: 9000 }, client), ConfigOptionError, words);
    expectRefusal(() => net.simulate("lte", client), ConfigOptionError, /FakePacketLag_Send/);
    expect(rateOf(net, client)).toBe(5000);
  });
});

test("what is refused changes nothing", () => {
  using net = openNetworking();
  net.simulate({ lag: 5 });
  const changes = new Changes(net);
  for (const [conditions, type, words] of [
    ["3g", TypeError, /one of wifi, lte, transatlantic, terrible, an object, or null; not the string "3g"/],
    ["toString", TypeError, /one of wifi/],
    [undefined, TypeError, /not undefined/],
    [5, TypeError, /not the number 5/],
    [{ ping: 5 }, TypeError, /no condition ping; there are lag, jitter, loss, reorder, duplicate, rate/],
    [{ lag: "5" }, TypeError, /lag must be a number/],
    [{ lag: 5001 }, RangeError, /lag must be an integer from 0 to 5000/],
    [{ lag: 0.5 }, RangeError, /lag must be an integer/],
    [{ jitter: 1251 }, RangeError, /jitter must be from 0 to 1250/],
    [{ loss: 100.1 }, RangeError, /loss must be from 0 to 100/],
    [{ loss: -1 }, RangeError, /loss/],
    [{ reorder: NaN }, RangeError, /reorder/],
    [{ lag: 6, duplicate: null }, TypeError, /duplicate must be a number/],
    [{ rate: 1000 }, RangeError, /rate must be an integer from 1024 to 104857600/],
  ] as const) {
    expectRefusal(() => net.simulate(untyped<NetworkPreset>(conditions)), type, words);
  }
  expectRefusal(() => net.simulate(null, untyped<ConnectionHandle>("5")), TypeError, /a connection must be a number/);
  expect(changes.list).toEqual({});
  net.simulate(untyped<NetworkConditions>({ lag: 5, loss: undefined }));
  expect(changes.list).toEqual({});
});

describe("messages", () => {
  test("come late with lag, and the ping is long", async () => {
    using net = openNetworking();
    const { client, server } = await connectOverUDP(net);
    const { sockets } = net;
    const onTheWay = async () => {
      const times: number[] = [];
      for (let count = 0; count < 15; count++) {
        const begin = performance.now();
        sockets.sendMessageToConnection(client, "late", SendFlags.ReliableNoNagle);
        await receiveMessages(net, server, 1);
        times.push(performance.now() - begin);
      }
      return times;
    };
    const lag = 25;
    const usual = median(await onTheWay());
    net.simulate({ lag });
    const late = await onTheWay();
    expect(Math.min(...late)).toBeGreaterThan(passes * lag - 2);
    expect(median(late)).toBeLessThan(usual + 3 * passes * lag);
    const ping = () => sockets.getConnectionRealTimeStatus(client).connectionStatus?.ping ?? 0;
    await pumpUntil(net, "the ping was long", () => ping() > 2 * passes * lag * 0.8);
    net.simulate(null);
    expect(median(await onTheWay())).toBeLessThan(passes * lag);
  });

  test("get lost in the right share, but no reliable one", async () => {
    using net = openNetworking({ config: fast });
    const { client, server } = await connectOverUDP(net);
    const { sockets } = net;
    const loss = 10;
    net.simulate({ loss });
    const all = 2000;
    let [unreliable, reliable, sent] = [0, 0, 0];
    // No two fit into one packet.
    const lossy = new Uint8Array(700);
    const begin = performance.now();
    await pumpUntil(net, "all that is reliable had come", () => {
      // Slowly enough for the system to lose none of its own.
      const due = Math.min(all, sent + 5, 2 * (performance.now() - begin));
      for (; sent < due; sent++) {
        sockets.sendMessageToConnection(client, lossy, SendFlags.UnreliableNoNagle);
        if (sent % 10 === 0) sockets.sendMessageToConnection(client, "reliable", SendFlags.ReliableNoNagle);
      }
      for (const { payload } of sockets.receiveMessagesOnConnection(server)) {
        if (payload.length === lossy.length) unreliable++;
        else reliable++;
      }
      return sent === all && reliable === all / 10;
    });
    const share = 1 - unreliable / all;
    const expected = 1 - (1 - loss / 100) ** passes;
    expect(share).toBeGreaterThan(expected * 0.6);
    expect(share).toBeLessThan(expected * 1.5);
  });

  test("come out of order with reorder, and once with duplicate", async () => {
    using net = openNetworking({ config: fast });
    const { client, server } = await connectOverUDP(net);
    const { sockets } = net;
    net.simulate({ reorder: 20, duplicate: 100 });
    const all = 300;
    const came: number[] = [];
    let sent = 0;
    const begin = performance.now();
    const enough = 0.8 * all;
    await pumpUntil(net, "most had come", () => {
      // One a millisecond, for the library gives up on packets when more than some sixty are missing between others.
      if (sent < all && sent < performance.now() - begin) {
        sockets.sendMessageToConnection(client, Uint16Array.of(sent++), SendFlags.UnreliableNoNagle);
      }
      for (const { payload } of sockets.receiveMessagesOnConnection(server)) {
        came.push(new DataView(payload.buffer, payload.byteOffset).getUint16(0, true));
      }
      return sent === all && came.length > enough;
    });
    expect(new Set(came).size).toBe(came.length);
    expect(came).not.toEqual(came.toSorted((one, other) => one - other));
  });

  test("wait with rate, on that connection alone", async () => {
    using net = openNetworking({ config: fast });
    const slow = await connectOverUDP(net);
    const other = await connectOverUDP(net);
    const { sockets } = net;
    const rate = 20_000;
    net.simulate({ rate }, slow.client);
    const order: string[] = [];
    const pairs = { slow, other };
    const begin = performance.now();
    for (const { client } of Object.values(pairs)) {
      for (let count = 0; count < 20; count++) {
        sockets.sendMessageToConnection(client, new Uint8Array(1000), SendFlags.ReliableNoNagle);
      }
    }
    await pumpUntil(net, "all had come", () => {
      for (const [name, { server }] of Object.entries(pairs)) {
        order.push(...sockets.receiveMessagesOnConnection(server).map(() => name));
      }
      return order.length === 40;
    });
    // What a burst may take is a small part of it.
    expect(performance.now() - begin).toBeGreaterThan(500);
    expect(order.lastIndexOf("other")).toBeLessThan(order.lastIndexOf("slow") - 10);
  });
});
