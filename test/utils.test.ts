/**
 * NetworkingUtils on GameNetworkingSockets.
 *
 * - The clock counts microseconds and never goes back.
 * - Config options are set, read and taken back at every scope: everything, all connections of the interface, a listen
 *   socket, a connection; each inherits from the one before until it has a value of its own. What can't be set at a
 *   scope is refused.
 * - What the library tells of an option is told by its name, nothing of names that it does not have.
 * - A group of debug output is as detailed as was asked for, for everything or one connection, up to the level of the
 *   handler.
 * - Points of presence are numbers and letters, one for one.
 * - What this library lacks is an UnsupportedError that names function, library, and where it is to be had; wrong
 *   arguments are refused before that.
 */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ConfigOptionError,
  ConfigValue,
  DATAGRAM_POP_ID_DEV,
  DebugOutputType,
  HandleError,
  PingLocation,
  POP,
  SendFlags,
  UnsupportedError,
  type ConfigTarget,
  type ConnectionHandle,
  type ListenSocketHandle,
  type Networking,
  type NetworkingUtils,
} from "../lib/index.ts";
import { openNetworking } from "./support/poll-mode.ts";
import { waitFor } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { connectOverUDP } from "./support/udp-pair.ts";

test("the clock counts microseconds and never goes back", async () => {
  using net = openNetworking();
  const begin = { library: net.utils.getLocalTimestamp(), process: performance.now() };
  let before = begin.library;
  for (let count = 0; count < 1000; count++) {
    const now = net.utils.getLocalTimestamp();
    expect(Number.isSafeInteger(now) && now >= before).toBe(true);
    before = now;
  }
  await waitFor(50);
  const passed = (net.utils.getLocalTimestamp() - begin.library) / 1000;
  expect(passed).toBeGreaterThan(49);
  expect(passed).toBeLessThanOrEqual(performance.now() - begin.process + 1);
});

describe("a config option", () => {
  test("is inherited from scope to scope, until it is set and after it was taken back", async () => {
    using net = openNetworking({ config: { NagleTime: 1000 } });
    const { utils } = net;
    const { client, server, listenSocket } = await connectOverUDP(net);
    const targets: ConfigTarget[] = ["global", "sockets interface", { listenSocket }, { connection: server }];
    const values = () => targets.map((target) => utils.getConfigValue("NagleTime", target));
    const own = () => targets.map((target) => utils.isConfigValueSet("NagleTime", target));
    const ofClient = () => utils.getConfigValue("NagleTime", { connection: client });

    expect([values(), own()]).toEqual([
      [1000, 1000, 1000, 1000],
      [true, false, false, false],
    ]);
    utils.setConfigValue("NagleTime", 2000, "sockets interface");
    expect([values(), own(), ofClient()]).toEqual([[1000, 2000, 2000, 2000], [true, true, false, false], 2000]);
    utils.setConfigValue("NagleTime", 3000, { listenSocket });
    expect([values(), own(), ofClient()]).toEqual([[1000, 2000, 3000, 3000], [true, true, true, false], 2000]);
    utils.setConfigValue("NagleTime", 4000, { connection: server });
    expect([values(), own(), ofClient()]).toEqual([[1000, 2000, 3000, 4000], [true, true, true, true], 2000]);

    utils.resetConfigValue("NagleTime", { listenSocket });
    expect([values(), own()]).toEqual([
      [1000, 2000, 2000, 4000],
      [true, true, false, true],
    ]);
    utils.resetConfigValue("NagleTime", { connection: server });
    utils.resetConfigValue("NagleTime", "sockets interface");
    expect([values(), ofClient()]).toEqual([[1000, 1000, 1000, 1000], 1000]);
    utils.resetConfigValue("NagleTime");
    expect([values(), ofClient()]).toEqual([[5000, 5000, 5000, 5000], 5000]);
  });

  test("set for the interface counts for what is made later, and ends with the network", () => {
    const values = () => {
      using net = openNetworking();
      const { utils } = net;
      const before = utils.getConfigValue("NagleTime", "sockets interface");
      utils.setConfigValue("NagleTime", 77, "sockets interface");
      const connection = net.sockets.connectByIPAddress("127.0.0.1:9");
      return [before, utils.getConfigValue("NagleTime", { connection }), utils.getConfigValue("NagleTime")];
    };
    expect([values(), values()]).toEqual(Array(2).fill([5000, 77, 5000]));
  });

  test("of each type is read in its type", () => {
    using net = openNetworking();
    const { connection1: connection } = net.sockets.createSocketPair();
    const { utils } = net;
    utils.setConfigValue("ConnectionUserData", 5, { connection });
    const userData: bigint | undefined = utils.getConfigValue("ConnectionUserData", { connection });
    const loss: number | undefined = utils.getConfigValue("FakePacketLoss_Send");
    const servers: string | undefined = utils.getConfigValue("P2P_STUN_ServerList");
    expect([userData, loss, servers]).toEqual([5n, 0, ""]);
  });

  test("is told of by its name", () => {
    using net = openNetworking();
    for (const option of net.utils.configOptions()) expect(net.utils.getConfigValueInfo(option.name)).toEqual(option);
    expect(net.utils.getConfigValueInfo("MTU_DataSize")).toBeUndefined();
    for (const name of ["NoSuchOption", "Invalid", "", "toString", "SDRClient_ForceRelayCluster"]) {
      expect(net.utils.getConfigValueInfo(name)).toBeUndefined();
    }
    expectRefusal(() => net.utils.getConfigValueInfo(untyped(25)), TypeError, /name must be a string/);
  });

  test("that can't be had, or not there, is refused", () => {
    using net = openNetworking();
    const { utils } = net;
    const before = utils.configOptions();
    const refuse = (action: () => unknown, words: RegExp) => expectRefusal(action, ConfigOptionError, words);
    refuse(() => utils.setConfigValue("FakePacketLoss_Send", 5, "sockets interface"), /only for: global/);
    refuse(() => utils.resetConfigValue("FakePacketLoss_Send", "sockets interface"), /only for: global/);
    refuse(() => utils.setConfigValue("NoSuchOption", 5), /there is no such option/);
    refuse(() => utils.setConfigValue("NagleTimes", 5), /did you mean NagleTime/);
    refuse(() => utils.getConfigValue("NoSuchOption"), /there is no such option/);
    refuse(() => utils.resetConfigValue("SDRClient_SingleSocket"), /does not have it/);
    refuse(() => utils.resetConfigValue("Callback_FakeIPResult"), /does not have it/);
    refuse(() => utils.isConfigValueSet("Callback_AuthStatusChanged", "global"), /holds a C function/);
    // @ts-expect-error The value of an option that has a type here must have it.
    expectRefusal(() => utils.setConfigValue("NagleTime", "5"), TypeError, /must be a number/);
    const closed = { connection: 12_345 as ConnectionHandle };
    expectRefusal(() => utils.resetConfigValue("NagleTime", closed), HandleError, /no open connection/);
    const none = { listenSocket: 12_345 as ListenSocketHandle };
    expectRefusal(() => utils.resetConfigValue("NagleTime", none), HandleError, /no open listen socket/);
    expect(utils.isConfigValueSet("NagleTime", closed)).toBe(false);
    for (const target of ["everything", null, {}, 1]) {
      expectRefusal(
        () => utils.getConfigValue("NagleTime", untyped(target)),
        TypeError,
        /A target is "global", "sockets/,
      );
    }
    expect(utils.configOptions()).toEqual(before);
    expect(ConfigValue.NagleTime).toBe(12);
  });
});

describe("a group of debug output", () => {
  const { None, Warning, Msg, Verbose } = DebugOutputType;

  /** Which connections of pairs in memory the library says that it sends on, when one message is sent on each. */
  function told(net: Networking, connections: readonly ConnectionHandle[]): ConnectionHandle[] {
    const lines: string[] = [];
    const handler = ({ message }: { readonly message: string }) => lines.push(message);
    net.on("debugOutput", handler);
    for (const connection of connections) net.sockets.sendMessageToConnection(connection, "x", SendFlags.Reliable);
    net.runCallbacks();
    net.off("debugOutput", handler);
    return connections.filter((connection) => lines.some((line) => line.startsWith(`[#${connection} `)));
  }

  test("is as detailed as was asked for", async () => {
    using net = openNetworking();
    const { client: one, server: other } = await connectOverUDP(net);
    net.utils.setDebugOutputFunction(Verbose, () => {});
    const both = [one, other];
    net.runCallbacks();
    expect(told(net, both)).toEqual([]);
    net.utils.setDebugOutputLevel("Message", Verbose);
    expect(told(net, both)).toEqual(both);
    net.utils.setDebugOutputLevel("Message", None, { connection: one });
    expect(told(net, both)).toEqual([other]);
    net.utils.setDebugOutputLevel("Message", Warning);
    net.utils.setDebugOutputLevel("Message", Verbose, { connection: one });
    expect(told(net, both)).toEqual([one]);
    expect(net.utils.getConfigValue("LogLevel_Message", { connection: one })).toBe(Verbose);
    // No more than the handler wants.
    net.utils.setDebugOutputFunction(Msg, () => {});
    expect(told(net, both)).toEqual([]);
  });

  test("that is none is refused", () => {
    using net = openNetworking();
    const { utils } = net;
    expectRefusal(() => utils.setDebugOutputLevel(untyped("Gossip"), Msg), ConfigOptionError, /LogLevel_Gossip/);
    expectRefusal(() => utils.setDebugOutputLevel("SDRRelayPings", Msg), ConfigOptionError, /does not have it/);
    expectRefusal(() => utils.setDebugOutputLevel("Message", untyped(9)), RangeError, /level of debug output/);
    expectRefusal(
      () => utils.setDebugOutputLevel(untyped(5), Msg),
      TypeError,
      /group of debug output must be a string/,
    );
  });
});

describe("a point of presence", () => {
  test("is a number, and three or four letters", () => {
    expect(POP.parse("dev")).toBe(DATAGRAM_POP_ID_DEV);
    expect(POP.print(DATAGRAM_POP_ID_DEV)).toBe("dev");
    expect(POP.parse("fra")).toBe(0x66_72_61);
    expect(POP.parse("abcd")).toBe(0x64_61_62_63);
    expect(POP.print(0)).toBe("");
    const letters = fc.string({
      unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789#~"),
      minLength: 3,
      maxLength: 4,
    });
    fc.assert(
      fc.property(letters, (code) => {
        expect(POP.print(POP.parse(code))).toBe(code);
      }),
    );
  });

  test("has no other form", () => {
    for (const wrong of ["", "fr", "frank", "fr ", "frä", 5, undefined]) {
      expectRefusal(() => POP.parse(untyped(wrong)), TypeError, /three or four letters/);
    }
    expectRefusal(() => POP.print(-1), RangeError, /point of presence must be an integer/);
    expectRefusal(() => POP.print(2 ** 32), RangeError, /point of presence must be an integer/);
  });
});

describe("what only steam_api has", () => {
  const calls: readonly [name: string, call: (utils: NetworkingUtils) => unknown][] = [
    ["InitRelayNetworkAccess", (utils) => utils.initRelayNetworkAccess()],
    ["GetRelayNetworkStatus", (utils) => utils.getRelayNetworkStatus()],
    ["GetLocalPingLocation", (utils) => utils.getLocalPingLocation()],
    [
      "EstimatePingTimeBetweenTwoLocations",
      (utils) => utils.estimatePingTimeBetweenTwoLocations(new PingLocation(), new PingLocation()),
    ],
    ["EstimatePingTimeFromLocalHost", (utils) => utils.estimatePingTimeFromLocalHost(new PingLocation())],
    ["ConvertPingLocationToString", (utils) => utils.convertPingLocationToString(new PingLocation())],
    ["ParsePingLocationString", (utils) => utils.parsePingLocationString("fra=5")],
    ["CheckPingDataUpToDate", (utils) => utils.checkPingDataUpToDate(60)],
    ["GetPingToDataCenter", (utils) => utils.getPingToDataCenter(POP.parse("fra"))],
    ["GetDirectPingToPOP", (utils) => utils.getDirectPingToPOP(POP.parse("fra"))],
    ["GetPOPCount", (utils) => utils.getPOPCount()],
    ["GetPOPList", (utils) => utils.getPOPList()],
    ["IsFakeIPv4", (utils) => utils.isFakeIPv4("169.254.1.1")],
    ["GetIPv4FakeIPType", (utils) => utils.getIPv4FakeIPType("169.254.1.1:80")],
    ["GetRealIdentityForFakeIP", (utils) => utils.getRealIdentityForFakeIP("169.254.1.1:80")],
  ];

  test("is told to be missing", () => {
    using net = openNetworking();
    for (const [name, call] of calls) {
      let thrown: unknown;
      try {
        call(net.utils);
      } catch (error) {
        thrown = error;
      }
      expect(thrown, name).toBeInstanceOf(UnsupportedError);
      const { functionName, library, message } = untyped<UnsupportedError>(thrown);
      // The list of points of presence begins with their number.
      const asked = name === "GetPOPList" ? "GetPOPCount" : name;
      expect(functionName).toBe(`SteamAPI_ISteamNetworkingUtils_${asked}`);
      expect(library).toBe(net.library.path);
      expect(message).toContain("steam_api (Steamworks SDK) has");
    }
  });

  test("refuses wrong arguments all the same", () => {
    using net = openNetworking();
    const { utils } = net;
    expectRefusal(() => utils.isFakeIPv4("[::1]:80"), TypeError, /no address of IPv4/);
    expectRefusal(() => utils.getIPv4FakeIPType("host"), TypeError, /no IP address/);
    expectRefusal(() => utils.getRealIdentityForFakeIP("host:80"), TypeError, /no IP address/);
    expectRefusal(() => utils.getDirectPingToPOP(-1), RangeError, /point of presence/);
    expectRefusal(() => utils.getPingToDataCenter(untyped("fra")), TypeError, /point of presence/);
    expectRefusal(() => utils.checkPingDataUpToDate(Number.NaN), RangeError, /maxAgeSeconds/);
    expectRefusal(() => utils.checkPingDataUpToDate(-1), RangeError, /maxAgeSeconds/);
    expectRefusal(() => utils.convertPingLocationToString(untyped("fra=5")), TypeError, /must be a PingLocation/);
    expectRefusal(() => utils.estimatePingTimeFromLocalHost(untyped({})), TypeError, /must be a PingLocation/);
    expectRefusal(() => utils.parsePingLocationString(untyped(5)), TypeError, /a ping location must be a string/);
  });
});
