/**
 * Wrong arguments, of each function: every argument of every function is given values of other types and out of its
 * range, and each is a TypeError or RangeError with words of ours, before Valve's library hears of the call.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { committedNames } from "../docs/map/names.ts";
import { tableOf } from "../docs/map/rows.ts";
import { ConfigOptionError, openNetworking, type Networking } from "../lib/index.ts";
import { everyFunction } from "./support/every-function.ts";
import { untyped } from "./support/refusal.ts";
import { makeShim, missing, ShimControl } from "./steam/shim.ts";

if (missing !== undefined) console.log(`skipped: wrong arguments of each function: ${missing}`);

/** What some argument can be: one that is right, and those that are not. */
interface Kind {
  readonly right: unknown;
  readonly wrong: readonly unknown[];
}

const symbol = Symbol("argument");
const noNumbers = ["1", 1n, null, {}, [], true, symbol, () => 1];
const noTexts = [5, 5n, null, {}, [], true, symbol, () => "text"];
const noBooleans = [0, 1, "true", null, {}, [], symbol];
const integer = (least: number, most: number): Kind => ({
  right: least < 0 ? 0 : least,
  wrong: [...noNumbers, NaN, 0.5, Infinity, least - 1, most + 1],
});

const kinds = {
  handle: { right: 1, wrong: [...integer(0, 0xffff_ffff).wrong, undefined] },
  virtualPort: { ...integer(0, 0xffff), wrong: [...integer(0, 0xffff).wrong, undefined] },
  virtualPortOrFake: integer(-1, 0xffff),
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  userData: { right: 5, wrong: ["1", null, undefined, {}, [], true, symbol, NaN, 0.5, 2 ** 53, 2n ** 63n] },
  reason: { right: 1000, wrong: [...noNumbers, NaN, 0.5, 1, 999, 3000, -1] },
  lanes: { right: 2, wrong: [...integer(1, 255).wrong, undefined] },
  laneCount: integer(0, 255),
  priorities: { right: [0, 1], wrong: ["01", 5, {}, true, [0], [0, 1, 2], [0, "1"], [0, 0.5]] },
  weights: { right: [1, 2], wrong: ["12", 5, {}, true, [1], [1, 2, 3], [1, 0], [1, 65_536], [1, null]] },
  most: integer(0, 2 ** 31 - 1),
  ports: { right: 1, wrong: [...integer(1, 8).wrong, undefined] },
  fakePort: { right: 0, wrong: [...integer(0, 7).wrong, undefined] },
  anyFakePort: { right: -1, wrong: [...integer(-1, 7).wrong, undefined] },
  boolean: { right: true, wrong: noBooleans },
  text: { right: "text", wrong: [...noTexts, "a\0b"] },
  name: { right: "name", wrong: [...noTexts, undefined, "a\0b", "x".repeat(32)] },
  data: { right: "data", wrong: [...noTexts, undefined] },
  // An empty one crosses where it may.
  optionalData: { right: "data", wrong: noTexts },
  peer: {
    right: "str:alice",
    wrong: [5, null, undefined, {}, [], true, symbol, "alice", "str:a\0b", 0n, -1n, 2n ** 64n],
  },
  identity: { right: "str:alice", wrong: [...noTexts, "alice", "str:a\0b"] },
  optionalPeer: { right: null, wrong: [5, {}, [], true, symbol, "alice", 0n, 2n ** 64n] },
  address: { right: "127.0.0.1:27015", wrong: [...noTexts, undefined, "", "localhost:1", "127.0.0.1:65536"] },
  options: {
    right: { SendBufferSize: 1 },
    wrong: [5, "SendBufferSize", null, [], true, symbol, { Colour: 1 }, { SendBufferSize: "1" }],
  },
  native: { right: { address: 4096 }, wrong: [5, "x", null, undefined, {}, [], { address: 0 }, { address: "1" }] },
  messages: {
    right: [{ connection: 1, data: "x" }],
    wrong: [undefined, null, 5, "x", {}, [null], ["x"], [{}], [{ connection: "1", data: "x" }], [{ connection: 1 }]],
  },
  firstPort: integer(0, 2 ** 31 - 1),
} as const satisfies Readonly<Record<string, Kind>>;

/** The arguments of each function. */
const functions: Readonly<Record<string, readonly (keyof typeof kinds)[]>> = {
  acceptConnection: ["handle"],
  acceptSessionWithUser: ["peer"],
  beginAsyncRequestFakeIP: ["ports"],
  closeChannelWithUser: ["peer", "int32"],
  closeConnection: ["handle", "reason", "text", "boolean"],
  closeListenSocket: ["handle"],
  closeSessionWithUser: ["peer"],
  configureConnectionLanes: ["handle", "lanes", "priorities", "weights"],
  connectByIPAddress: ["address", "options"],
  connectP2P: ["peer", "virtualPortOrFake", "options"],
  connectP2PCustomSignaling: ["native", "optionalPeer", "virtualPort", "options"],
  connectToHostedDedicatedServer: ["peer", "virtualPort", "options"],
  createFakeUDPPort: ["anyFakePort"],
  createHostedDedicatedServerListenSocket: ["virtualPort", "options"],
  createListenSocketIP: ["address", "options"],
  createListenSocketP2P: ["virtualPort", "options"],
  createListenSocketP2PFakeIP: ["fakePort", "options"],
  createPollGroup: [],
  createSocketPair: ["boolean", "identity", "identity"],
  destroyPollGroup: ["handle"],
  findRelayAuthTicketForServer: ["peer", "virtualPort"],
  flushMessagesOnConnection: ["handle"],
  getAuthenticationStatus: [],
  getCertificateRequest: [],
  getConnectionInfo: ["handle"],
  getConnectionName: ["handle"],
  getConnectionRealTimeStatus: ["handle", "laneCount", "boolean"],
  getConnectionUserData: ["handle"],
  getDetailedConnectionStatus: ["handle"],
  getFakeIP: ["firstPort"],
  getGameCoordinatorServerLogin: ["optionalData"],
  getHostedDedicatedServerAddress: [],
  getHostedDedicatedServerPOPId: [],
  getHostedDedicatedServerPort: [],
  getIdentity: [],
  getListenSocketAddress: ["handle", "boolean"],
  getRemoteFakeIPForConnection: ["handle"],
  getSessionConnectionInfo: ["peer", "boolean", "boolean"],
  initAuthentication: [],
  receiveMessagesOnChannel: ["int32", "most"],
  receiveMessagesOnConnection: ["handle", "most"],
  receiveMessagesOnPollGroup: ["handle", "most"],
  receivedP2PCustomSignal: ["data", "native"],
  receivedRelayAuthTicket: ["data"],
  resetIdentity: ["peer"],
  runNetworkingCallbacks: [],
  sendMessageToConnection: ["handle", "data", "int32"],
  sendMessageToUser: ["peer", "data", "int32", "int32"],
  sendMessages: ["messages"],
  setCertificate: ["data"],
  setConnectionName: ["handle", "name"],
  setConnectionPollGroup: ["handle", "handle"],
  setConnectionUserData: ["handle", "userData"],
};

/** Where undefined is an argument that was left out, which may be. */
const leftOut = new Set(["resetIdentity 0"]);

test("the functions of the documents are all here", () => {
  const { functions: rows } = tableOf(committedNames(), new Map());
  expect(Object.keys(functions).toSorted()).toEqual(rows.map(({ name }) => name));
  expect(Object.keys(everyFunction).toSorted()).toEqual(Object.keys(functions).toSorted());
});

describe.skipIf(missing !== undefined)("wrong arguments are refused before the library hears of", () => {
  let net: Networking;
  let control: ShimControl;
  beforeAll(async () => {
    const library = await makeShim("recorder", "crate");
    control = new ShimControl(library);
    net = openNetworking({ backend: "steam", library, appId: 480 });
  }, 120_000);
  afterAll(() => {
    control.clear();
    net.close();
  });

  const withArguments = Object.entries(functions).filter(([, args]) => args.length > 0);
  test.each(withArguments)("%s", (name, args) => {
    const owner = name in net.sockets ? net.sockets : net.messages;
    const called = untyped<Readonly<Record<string, (...args: readonly unknown[]) => unknown>>>(owner);
    for (const [at, kind] of args.entries()) {
      for (const wrong of kinds[kind].wrong) {
        if (wrong === undefined && leftOut.has(`${name} ${at}`)) continue;
        const given = args.map((each, index) => (index === at ? wrong : kinds[each].right));
        control.clear();
        let thrown: unknown;
        try {
          called[name]?.(...given);
        } catch (error) {
          thrown = error;
        }
        const what = `${name}, argument ${at}: ${Bun.inspect(wrong)}`;
        const isOurs =
          thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof ConfigOptionError;
        expect({ what, thrown: isOurs }).toEqual({ what, thrown: true });
        if (!(thrown instanceof Error)) continue;
        // Ours say what something must be, or is not.
        expect(thrown.message).toMatch(/ must | is no (address|identity|IP address|host)|no such option/);
        const heard = control.notes().filter(({ self }) => self !== "utils");
        expect({ what, heard }).toEqual({ what, heard: [] });
      }
    }
  });
});
