/**
 * Config options.
 *
 * - `configOptions` tells what the library itself knows: number, type, scope and value of each, callbacks without a
 *   value.
 * - Every one can be set to the value that it has; numbers of 32 and 64 bits, floats and texts of any length come back
 *   as they were set, a number beyond the library's limits as the nearest within.
 * - A connection has its own value, else its listen socket's, else that for everything; one that was closed has none.
 * - Options at creation take effect: SendBufferSize, TimeoutInitial, ConnectionUserData, Unencrypted; those of a listen
 *   socket for the connections that it takes. So do those at `openNetworking`: all packets lost.
 * - What is refused (see bad-input.test.ts) changes no option.
 */
import { describe, expect, test } from "bun:test";
import {
  ConfigOptionError,
  ConfigValue,
  ConnectionInfoFlags,
  ConnectionState,
  HandleError,
  Result,
  SendFlags,
  type ConfigOptions,
  type ConfigTarget,
  type ConnectionHandle,
  type ListenSocketHandle,
} from "../lib/index.ts";
import { Acceptor } from "./support/acceptor.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { pumpUntil } from "./support/pump.ts";
import { untyped } from "./support/refusal.ts";
import { expectRoundTrip } from "./support/round-trip.ts";
import { shows } from "./support/shows.ts";
import { Silence } from "./support/silence.ts";
import { stateOf } from "./support/state-of.ts";
import { StatusLog } from "./support/status-log.ts";
import { closePair, connectOverUDP } from "./support/udp-pair.ts";

const { Connecting, Connected, ProblemDetectedLocally } = ConnectionState;

describe("configOptions", () => {
  test("tells what the library knows of each", () => {
    using net = openNetworking();
    const options = new Map(net.utils.configOptions().map((option) => [option.name, option]));
    expect(options.get("SendBufferSize")).toEqual({
      name: "SendBufferSize",
      option: ConfigValue.SendBufferSize,
      type: "int32",
      scope: "connection",
      value: 512 * 1024,
    });
    expect(options.get("FakePacketLoss_Send")).toMatchObject({ type: "float", scope: "global", value: 0 });
    expect(options.get("P2P_STUN_ServerList")).toMatchObject({ type: "string", scope: "connection", value: "" });
    // Of Steam's relays, which this library does not know.
    expect(options.has("SDRClient_ForceRelayCluster")).toBe(false);
    expect(options.size).toBe(net.utils.configOptions().length);
    expect(options.size).toBeGreaterThan(40);
    const types = {
      int32: "number",
      int64: "bigint",
      float: "number",
      string: "string",
      pointer: "undefined",
    } as const;
    for (const { name, option, type, value } of options.values()) {
      expect(ConfigValue).toHaveProperty(name, option);
      expect(typeof value, name).toBe(types[type]);
      if (type === "pointer") expect(name).toStartWith("Callback_");
      else expect(net.utils.getConfigValue(untyped<"NagleTime">(name))).toBe(untyped(value));
    }
  });

  test("has options that can all be set to what they are", () => {
    using net = openNetworking();
    const before = net.utils.configOptions();
    for (const { name, value, type } of before)
      if (type !== "pointer") net.utils.setConfigValue(untyped<"NagleTime">(name), untyped(value));
    expect(net.utils.configOptions()).toEqual(before);
  });

  test("sees what was set", () => {
    using net = openNetworking({ config: { NagleTime: 1234 } });
    const nagleTime = () => net.utils.configOptions().find(({ name }) => name === "NagleTime")?.value;
    expect(nagleTime()).toBe(1234);
    net.utils.setConfigValue("NagleTime", 4321);
    expect(nagleTime()).toBe(4321);
  });
});

describe("a value", () => {
  test("of 32 bits comes back as it was set, or as the nearest within the library's limits", () => {
    using net = openNetworking();
    for (const [given, kept] of [
      [9999, 9999],
      [0, 0],
      [-5, 0],
      [20_001, 20_000],
    ] as const) {
      net.utils.setConfigValue("NagleTime", given);
      expect(net.utils.getConfigValue("NagleTime")).toBe(kept);
    }
    net.utils.setConfigValue("TimeoutInitial", 0x7fff_ffff);
    expect(net.utils.getConfigValue("TimeoutInitial")).toBe(0x7fff_ffff);
    net.utils.setConfigValue("PacketTraceMaxBytes", -1);
    expect(net.utils.getConfigValue("PacketTraceMaxBytes")).toBe(-1);
  });

  test("of 64 bits comes back as a bigint", () => {
    using net = openNetworking();
    const { connection1: connection } = net.sockets.createSocketPair();
    for (const value of [0, -1, 42, Number.MAX_SAFE_INTEGER, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n]) {
      net.utils.setConfigValue("ConnectionUserData", value, { connection });
      expect(net.utils.getConfigValue("ConnectionUserData", { connection })).toBe(BigInt(value));
      expect(net.sockets.getConnectionUserDataBigInt(connection)).toBe(BigInt(value));
    }
    expect(net.utils.getConfigValue("ConnectionUserData")).toBe(-1n);
  });

  test("that is a float comes back with 32 bits", () => {
    using net = openNetworking();
    for (const [given, kept] of [
      [12.5, 12.5],
      [0.1, Math.fround(0.1)],
      [100, 100],
      [250, 100],
      [-1, 0],
    ] as const) {
      net.utils.setConfigValue("FakePacketLoss_Recv", given);
      expect(net.utils.getConfigValue("FakePacketLoss_Recv")).toBe(kept);
    }
  });

  test("that is text comes back however long it is", () => {
    using net = openNetworking();
    const { connection1: connection } = net.sockets.createSocketPair();
    for (const value of ["stun.example.org:3478", "", "ü€😀", "x".repeat(4095), "x".repeat(4096), "ß".repeat(50_000)]) {
      for (const target of ["global", { connection }] as const) {
        net.utils.setConfigValue("P2P_STUN_ServerList", value, target);
        expect(net.utils.getConfigValue("P2P_STUN_ServerList", target)).toBe(value);
      }
    }
    expect(net.utils.getConfigValue("NagleTime")).toBe(5000);
  });
});

describe("a connection", () => {
  test("has its own value, else its listen socket's, else that for everything", async () => {
    using net = openNetworking({ config: { SendRateMax: 1_000_000 } });
    const { utils } = net;
    const { client, server, listenSocket } = await connectOverUDP(net);
    const values = () =>
      (["global", { listenSocket }, { connection: server }, { connection: client }] as const).map((target) =>
        utils.getConfigValue("SendRateMax", target),
      );
    expect(values()).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000]);
    utils.setConfigValue("SendRateMax", 2_000_000);
    expect(values()).toEqual([2_000_000, 2_000_000, 2_000_000, 2_000_000]);
    utils.setConfigValue("SendRateMax", 3_000_000, { listenSocket });
    expect(values()).toEqual([2_000_000, 3_000_000, 3_000_000, 2_000_000]);
    utils.setConfigValue("SendRateMax", 4_000_000, { connection: server });
    utils.setConfigValue("SendRateMax", 5_000_000);
    expect(values()).toEqual([5_000_000, 3_000_000, 4_000_000, 5_000_000]);
    closePair(net, { client, server, listenSocket });
    expect(values()).toEqual([5_000_000, undefined, undefined, undefined]);
  });
});

describe("options at creation", () => {
  test("SendBufferSize limits what may wait", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const { sockets } = net;
    const wait = (connection: ConnectionHandle) =>
      Array.from({ length: 4 }, () => {
        const { result } = sockets.sendMessageToConnection(connection, new Uint8Array(4000), SendFlags.Reliable);
        return result;
      });
    const { OK, LimitExceeded } = Result;
    expect(wait(sockets.connectByIPAddress(silence.address))).toEqual([OK, OK, OK, OK]);
    const small = sockets.connectByIPAddress(silence.address, { SendBufferSize: 10_000 });
    expect(wait(small)).toEqual([OK, OK, LimitExceeded, LimitExceeded]);
    net.utils.setConfigValue("SendBufferSize", 20_000, { connection: small });
    expect(wait(small)).toEqual([OK, OK, LimitExceeded, LimitExceeded]);
  });

  test("TimeoutInitial ends a connection that gets no answer", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const patient = net.sockets.connectByIPAddress(silence.address);
    const impatient = net.sockets.connectByIPAddress(silence.address, { TimeoutInitial: 100 });
    await pumpUntil(net, "it had failed", () => stateOf(net, impatient) === ProblemDetectedLocally);
    expect(stateOf(net, patient)).toBe(Connecting);
  });

  test("ConnectionUserData is there from the first event on, also from a listen socket", async () => {
    using net = openNetworking();
    const { sockets } = net;
    const log = new StatusLog(net);
    const acceptor = new Acceptor(net, "127.0.0.1:0", { ConnectionUserData: 77 });
    const client = sockets.connectByIPAddress(acceptor.address, { ConnectionUserData: 2n ** 60n });
    expect(sockets.getConnectionUserDataBigInt(client)).toBe(2n ** 60n);
    await pumpUntil(net, "it stood", () => log.events.length === 4);
    const [server] = acceptor.accepted;
    expect(sockets.getConnectionUserData(server!)).toBe(77);
    expect(log.of(server!).map(({ connection }) => connection.userData)).toEqual([77, 77]);
    expect(log.of(client).map(({ connection }) => connection.userData)).toEqual([2 ** 60, 2 ** 60]);
    shows("gns", "connectByIPAddress", "getConnectionUserData");
  });

  test("Unencrypted takes both ends", async () => {
    using net = openNetworking();
    const isUnencrypted = (connection: ConnectionHandle) =>
      (net.sockets.getConnectionInfo(connection)!.infoFlags & ConnectionInfoFlags.Unencrypted) !== 0;
    const plain = await connectOverUDP(net, { options: { Unencrypted: 3 } });
    expect([plain.client, plain.server].map(isUnencrypted)).toEqual([true, true]);
    const usual = await connectOverUDP(net);
    expect([usual.client, usual.server].map(isUnencrypted)).toEqual([false, false]);
  });

  test("several at once, and undefined is none", async () => {
    using net = openNetworking();
    using silence = await Silence.open();
    const options = {
      SendRateMin: 30_000,
      P2P_STUN_ServerList: "stun.example.org",
      ConnectionUserData: -5,
      NagleTime: 7,
    };
    const connection = net.sockets.connectByIPAddress(silence.address, untyped({ ...options, SendRateMax: undefined }));
    const values = (Object.keys(options) as (keyof typeof options)[]).map((name) =>
      net.utils.getConfigValue(name, { connection }),
    );
    expect(values).toEqual([30_000, "stun.example.org", -5n, 7]);
    expect(net.utils.getConfigValue("SendRateMax", { connection })).toBe(256 * 1024);
    expect(net.utils.getConfigValue("NagleTime")).toBe(5000);
  });
});

test("options at openNetworking are for everything: all packets lost", async () => {
  using net = openNetworking({ config: { FakePacketLoss_Send: 100, TimeoutInitial: 300 } });
  const acceptor = new Acceptor(net);
  const lost = net.sockets.connectByIPAddress(acceptor.address);
  await pumpUntil(net, "it had failed", () => stateOf(net, lost) === ProblemDetectedLocally);
  expect(acceptor.accepted).toEqual([]);
  net.utils.setConfigValue("FakePacketLoss_Send", 0);
  const found = net.sockets.connectByIPAddress(acceptor.address);
  await pumpUntil(net, "it stood", () => stateOf(net, found) === Connected);
});

test("packets too small for the count of segments are refused, wherever they are asked for", () => {
  using net = openNetworking();
  const { sockets, utils } = net;
  const before = utils.getConfigValue("MTU_PacketSize");
  const words = /MTU_PacketSize: must be 1100 or more/;
  expect(() => utils.setConfigValue("MTU_PacketSize", 1099)).toThrow(words);
  expect(() => sockets.createListenSocketIP("127.0.0.1:0", { MTU_PacketSize: 200 })).toThrow(words);
  expect(() => openNetworking({ config: { MTU_PacketSize: 900 } })).toThrow(words);
  expect(utils.getConfigValue("MTU_PacketSize")).toBe(before);
  utils.setConfigValue("MTU_PacketSize", 1100);
  expect(utils.getConfigValue("MTU_PacketSize")).toBe(1100);
});

test("what is refused changes no option", async () => {
  using net = openNetworking({ config: { NagleTime: 1234, P2P_STUN_ServerList: "before" } });
  const { connection1: connection } = net.sockets.createSocketPair();
  const before = net.utils.configOptions();
  const set = (name: string, value: unknown, target?: ConfigTarget) => () =>
    net.utils.setConfigValue(untyped<"NagleTime">(name), untyped(value), target);
  const open = (config: unknown) => () => openNetworking({ config: untyped<ConfigOptions>(config) });
  const create = (options: unknown) => () => net.sockets.createListenSocketIP("127.0.0.1:0", untyped(options));
  const refusals: [action: () => unknown, type: new (...args: never[]) => Error][] = [
    [set("NoSuchOption", 1), ConfigOptionError],
    [set("Callback_ConnectionStatusChanged", 1), ConfigOptionError],
    [set("SDRClient_ForceRelayCluster", "fra"), ConfigOptionError],
    [set("NagleTime", "9"), TypeError],
    [set("NagleTime", 0.5), RangeError],
    [set("NagleTime", 2 ** 31), RangeError],
    [set("FakePacketLoss_Send", Number.NaN), RangeError],
    [set("FakePacketLoss_Send", 5n), TypeError],
    [set("FakePacketLoss_Send", 5, { connection }), ConfigOptionError],
    [set("ConnectionUserData", 2n ** 63n, { connection }), RangeError],
    [set("P2P_STUN_ServerList", 5), TypeError],
    [set("P2P_STUN_ServerList", "zero\0within"), TypeError],
    [set("NagleTime", 9, { connection: 12345 as ConnectionHandle }), HandleError],
    [set("NagleTime", 9, { listenSocket: 12345 as ListenSocketHandle }), HandleError],
    [open({ NagleTime: 9, SendRateMin: "many" }), TypeError],
    [open({ NagleTime: 9, NoSuchOption: 1 }), ConfigOptionError],
    [create({ NagleTime: 9, FakePacketLoss_Send: 5 }), ConfigOptionError],
  ];
  for (const [action, type] of refusals) {
    expect(action).toThrow(type);
    expect(net.utils.configOptions()).toEqual(before);
    expect(net.utils.getConfigValue("NagleTime", { connection })).toBe(1234);
    expect(net.utils.getConfigValue("ConnectionUserData", { connection })).toBe(-1n);
  }
  await expectRoundTrip(net);
});
