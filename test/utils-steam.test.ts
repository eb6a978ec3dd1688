/**
 * NetworkingUtils on Valve's own steam_api, both versions of it, with an object behind it that notes what it is asked and
 * answers what it was told.
 *
 * - The relay network's status comes with every field, each its own.
 * - Ping locations cross in both directions with all their bytes; pings and what stands in their place as they are.
 * - Points of presence come as many as there are, in their order.
 * - Fake addresses are asked for in host order; who stands behind them comes as an identity.
 * - With GameNetworkingSockets behind Valve's functions in place of that object, all of these have its true answers.
 * - Config options of every scope reach the library with scope, object, type and value; one that no header knows is set
 *   and read by the name that the library has for it.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetworkingIdentity, SteamRelayNetworkStatus_t } from "../ffi/structs.ts";
import {
  Availability,
  ConfigOptionError,
  ConfigScope,
  FakeIPType,
  openNetworking,
  PING_FAILED,
  PING_UNKNOWN,
  POP,
  Result,
  type ConnectionHandle,
  type Networking,
} from "../lib/index.ts";
import { makeShim, missing, ShimControl, valveLibraries, type ValveLibrary } from "./steam/shim.ts";

if (missing !== undefined) console.log(`NetworkingUtils of steam_api are not tried here: ${missing}`);

const libraries = new Map<ValveLibrary, string>();
const valves = Object.keys(valveLibraries) as ValveLibrary[];

beforeAll(async () => {
  if (missing !== undefined) return;
  for (const valve of valves) libraries.set(valve, await makeShim("recorder", valve));
}, 120_000);

const uint32s = (...values: readonly number[]) => new Uint8Array(Uint32Array.from(values).buffer);

describe.skipIf(missing !== undefined).each(valves)("steam_api of %s", (valve) => {
  /** Runs with an open network and what stands behind it. */
  function withSteam(action: (net: Networking, control: ShimControl) => void): void {
    const library = libraries.get(valve)!;
    const control = new ShimControl(library);
    using net = openNetworking({ backend: "steam", library, appId: 480 });
    control.clear();
    action(net, control);
    control.clear();
  }

  test("tells the time, in all its bits", () => {
    withSteam(({ utils }, control) => {
      control.answer("GetLocalTimestamp", 2n ** 52n);
      expect(utils.getLocalTimestamp()).toBe(2 ** 52);
    });
  });

  test("tells the relay network's status", () => {
    withSteam(({ utils }, control) => {
      const { size, offsets } = layoutOf(SteamRelayNetworkStatus_t);
      const status = new SharedMemory(size);
      status.view.setInt32(offsets.availability, Availability.Attempting, true);
      status.view.setInt32(offsets.pingMeasurementInProgress, 1, true);
      status.view.setInt32(offsets.availabilityNetworkConfig, Availability.Current, true);
      status.view.setInt32(offsets.availabilityAnyRelay, Availability.Retrying, true);
      status.bytes.set(Buffer.from("measuring"), offsets.debugMessage);
      control.answer("GetRelayNetworkStatus", Availability.Attempting, { 0: Uint8Array.from(status.bytes) });
      expect(utils.getRelayNetworkStatus()).toEqual({
        available: Availability.Attempting,
        pingMeasurement: true,
        availableConfig: Availability.Current,
        availableRelay: Availability.Retrying,
        debugMessage: "measuring",
      });
      control.clear();
      // It has no function of its own behind it: it asks for pings that are young enough.
      utils.initRelayNetworkAccess();
      expect(control.notes("CheckPingDataUpToDate").length).toBe(1);
      control.clear();
      control.answer("CheckPingDataUpToDate", 1);
      expect(utils.checkPingDataUpToDate(12.5)).toBe(true);
      expect(control.notes("CheckPingDataUpToDate")[0]!.arguments).toEqual([12.5]);
      control.answer("CheckPingDataUpToDate", 0);
      expect(utils.checkPingDataUpToDate(0)).toBe(false);
    });
  });

  test("takes and gives ping locations whole", () => {
    withSteam(({ utils }, control) => {
      expect(utils.getLocalPingLocation()).toBeUndefined();
      const [here, there] = [3, 7].map((step) => Uint8Array.from({ length: 512 }, (_, at) => at * step + step));
      control.answer("GetLocalPingLocation", 90, { 0: here! });
      const { age, location } = utils.getLocalPingLocation()!;
      expect(age).toBe(90);
      control.answer("ParsePingLocationString", 1, { 1: there! });
      const other = utils.parsePingLocationString("fra=5+5,ams=9")!;
      expect(control.notes("ParsePingLocationString")[0]!.arguments).toEqual(["fra=5+5,ams=9"]);

      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
      control.answer("EstimatePingTimeBetweenTwoLocations", 34);
      expect(utils.estimatePingTimeBetweenTwoLocations(location, other)).toBe(34);
      expect(control.notes("EstimatePingTimeBetweenTwoLocations")[0]!.arguments).toEqual([hex(here!), hex(there!)]);
      control.answer("EstimatePingTimeFromLocalHost", PING_UNKNOWN);
      expect(utils.estimatePingTimeFromLocalHost(other)).toBe(PING_UNKNOWN);
      expect(control.notes("EstimatePingTimeFromLocalHost")[0]!.arguments).toEqual([hex(there!)]);
      control.answer("ConvertPingLocationToString", 0, { 1: "fra=5+5" });
      expect(utils.convertPingLocationToString(other)).toBe("fra=5+5");
      expect(control.notes("ConvertPingLocationToString")[0]!.arguments).toEqual([hex(there!), 1024]);
      control.answer("ParsePingLocationString", 0);
      expect(utils.parsePingLocationString("gibberish")).toBeUndefined();
    });
  });

  test("tells points of presence and the pings to them", () => {
    withSteam(({ utils }, control) => {
      expect([utils.getPOPCount(), utils.getPOPList()]).toEqual([0, []]);
      const codes = ["fra", "ams", "eatl"];
      control.answer("GetPOPCount", codes.length);
      control.answer("GetPOPList", codes.length, { 0: uint32s(...codes.map(POP.parse)) });
      expect(utils.getPOPCount()).toBe(3);
      expect(utils.getPOPList().map(POP.print)).toEqual(codes);
      // Fewer than it had said.
      control.answer("GetPOPList", 2);
      expect(utils.getPOPList().map(POP.print)).toEqual(["fra", "ams"]);

      control.answer("GetPingToDataCenter", 23, { 1: uint32s(POP.parse("ams")) });
      const fra = POP.parse("fra");
      expect(utils.getPingToDataCenter(fra)).toEqual({ ping: 23, viaRelayPop: POP.parse("ams") });
      expect(control.notes("GetPingToDataCenter")[0]!.arguments).toEqual([fra]);
      control.answer("GetDirectPingToPOP", PING_FAILED);
      expect(utils.getDirectPingToPOP(POP.parse("eatl"))).toBe(PING_FAILED);
      expect(control.notes("GetDirectPingToPOP")[0]!.arguments).toEqual([POP.parse("eatl")]);
    });
  });

  test("tells fake addresses, and who stands behind them", () => {
    withSteam(({ utils }, control) => {
      expect(utils.isFakeIPv4("192.0.2.7")).toBe(false);
      control.answer("GetIPv4FakeIPType", FakeIPType.GlobalIPv4);
      expect(utils.isFakeIPv4("169.254.1.2")).toBe(true);
      expect(utils.getIPv4FakeIPType("169.254.1.2:27015")).toBe(FakeIPType.GlobalIPv4);
      const asked = control.notes("GetIPv4FakeIPType").map((note) => note.arguments);
      expect(asked).toEqual([[0xc000_0207], [0xa9fe_0102], [0xa9fe_0102]]);

      const { size, offsets } = layoutOf(SteamNetworkingIdentity);
      const identity = new SharedMemory(size);
      identity.view.setInt32(offsets.type, 16, true);
      identity.view.setInt32(offsets.byteLength, 8, true);
      identity.view.setBigUint64(offsets.steamID64, 76561197960287930n, true);
      control.answer("GetRealIdentityForFakeIP", Result.OK, { 1: Uint8Array.from(identity.bytes) });
      expect(utils.getRealIdentityForFakeIP("169.254.1.2:27015")).toEqual({
        result: Result.OK,
        identity: "steamid:76561197960287930",
      });
      const [{ arguments: [address] } = { arguments: [] }] = control.notes("GetRealIdentityForFakeIP");
      expect(address).toBe(`${"00".repeat(10)}ffffa9fe0102${Buffer.from(uint32s(27015)).toString("hex").slice(0, 4)}`);
      control.answer("GetRealIdentityForFakeIP", Result.NoMatch);
      expect(utils.getRealIdentityForFakeIP("169.254.1.2:1")).toEqual({ result: Result.NoMatch });
    });
  });

  test("is told config options of every scope, also such as no header knows", () => {
    withSteam(({ utils }, control) => {
      const connection = 77 as ConnectionHandle;
      control.answer("GetConnectionInfo", 1);
      const scopes = () =>
        control
          .notes("utils")
          .filter(({ call }) => call === "SetConfigValue" || call === "ClearConfigValue")
          .map(({ call, arguments: [scope, object] }) => [call, scope, object]);
      utils.setConfigValue("SendBufferSize", 1);
      utils.setConfigValue("ConnectionUserData", 2n ** 62n, { connection });
      utils.resetConfigValue("P2P_STUN_ServerList", { connection });
      expect(scopes()).toEqual([
        ["SetConfigValue", ConfigScope.Global, "0"],
        ["SetConfigValue", ConfigScope.Connection, "77"],
        ["ClearConfigValue", ConfigScope.Connection, "77"],
      ]);
      utils.setConfigValue("SendBufferSize", 1, "sockets interface");
      const [[, scope, object] = []] = scopes();
      expect(scope).toBe(ConfigScope.SocketsInterface);
      expect(object).not.toBe("0");

      const tomorrow = utils.getConfigValueInfo("Option_Of_Tomorrow");
      expect(tomorrow).toMatchObject({ option: 4321, type: "int32", scope: "listen socket" });
      expect(utils.configOptions().some(({ name }) => name === "Option_Of_Tomorrow")).toBe(true);
      control.notes();
      utils.setConfigValue("Option_Of_Tomorrow", 99);
      expect(JSON.stringify(control.notes("SetConfigValue")[0]!.arguments)).toContain("4321");
      control.answer("GetConfigValue", 1, { 4: uint32s(99), 5: uint32s(4, 0) });
      expect(utils.getConfigValue("Option_Of_Tomorrow")).toBe(99);
      expect(() => utils.setConfigValue("Option_Of_Tomorrow", "99")).toThrow(TypeError);
      expect(() => utils.setConfigValue("Option_Of_Tomorrow", 99, { connection })).toThrow(ConfigOptionError);
      control.answer("SetConfigValue", 0);
      expect(() => utils.setConfigValue("SendBufferSize", 5)).toThrow(/the library refused the number 5/);
    });
  });
});

describe.skipIf(missing !== undefined)("Valve's functions, asking GameNetworkingSockets", () => {
  let library = "";
  beforeAll(async () => {
    library = await makeShim("gns", "crate");
  }, 60_000);

  test("tell that there are no relays, and nothing fake", () => {
    using net = openNetworking({ backend: "steam", library, appId: 480 });
    const { utils } = net;
    utils.initRelayNetworkAccess();
    expect(utils.getRelayNetworkStatus()).toMatchObject({
      available: Availability.CannotTry,
      pingMeasurement: false,
      availableConfig: Availability.CannotTry,
      availableRelay: Availability.CannotTry,
    });
    expect(utils.checkPingDataUpToDate(60)).toBe(false);
    expect(utils.getLocalPingLocation()).toBeUndefined();
    expect(utils.parsePingLocationString("fra=5")).toBeUndefined();
    expect([utils.getPOPCount(), utils.getPOPList()]).toEqual([0, []]);
    expect(utils.getPingToDataCenter(POP.parse("fra"))).toEqual({ ping: PING_UNKNOWN, viaRelayPop: 0 });
    expect(utils.getDirectPingToPOP(POP.parse("fra"))).toBe(PING_UNKNOWN);
    expect(utils.isFakeIPv4("169.254.1.1")).toBe(false);
    expect(utils.getIPv4FakeIPType("169.254.1.1")).toBe(FakeIPType.NotFake);
    expect(utils.getRealIdentityForFakeIP("169.254.1.1:1")).toEqual({ result: Result.Disabled });
  });

  test("set and get config options at every scope, and count time", () => {
    using net = openNetworking({ backend: "steam", library, appId: 480 });
    const { utils } = net;
    const connection = net.sockets.connectByIPAddress("127.0.0.1:9");
    const targets = ["global", "sockets interface", { connection }] as const;
    targets.forEach((target, at) => utils.setConfigValue("NagleTime", at + 1, target));
    expect(targets.map((target) => utils.getConfigValue("NagleTime", target))).toEqual([1, 2, 3]);
    for (const target of targets) utils.resetConfigValue("NagleTime", target);
    expect(targets.map((target) => utils.getConfigValue("NagleTime", target))).toEqual([5000, 5000, 5000]);
    for (const option of utils.configOptions()) expect(utils.getConfigValueInfo(option.name)).toEqual(option);
    const before = utils.getLocalTimestamp();
    expect(utils.getLocalTimestamp()).toBeGreaterThanOrEqual(before);
  });
});
