/**
 * Versions of Valve's SDK that there are none of here: small libraries with accessors older and newer than those of the
 * libraries at hand, and few flat functions. (No library of Valve's is behind these.)
 *
 * - Such a library opens for its user and for a game server. Its version is told, and the game server asks for the
 *   interfaces in just the versions that the library has.
 * - What it has works: messages go out and come in. Every function that it lacks, those that go through our helper
 *   included, is an UnsupportedError that names it and says where it is to be had.
 * - `doctor` tells the versions of its interfaces, and of each function and signal whether the library has it.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { committedNames } from "../docs/map/names.ts";
import { tableOf } from "../docs/map/rows.ts";
import type { Diagnosis } from "../lib/command/doctor/diagnosis.ts";
import {
  openNetworking,
  Result,
  SendFlags,
  UnsupportedError,
  type ConnectionHandle,
  type NetworkingOptions,
} from "../lib/index.ts";
import { STEAM_VARIABLE } from "../sdk/locate.ts";
import { everyFunction } from "./support/every-function.ts";
import { makeSDK, missing, ShimControl } from "./steam/shim.ts";
import { structOf } from "./steam/struct.ts";
import { SteamNetworkingMessage_t } from "../ffi/structs.ts";

if (missing !== undefined) console.log(`skipped: other versions of Valve's SDK: ${missing}`);

const versions = [
  { age: "older", sockets: "v009", utils: "v003", messages: "v001", gameServer: "v013" },
  { age: "newer", sockets: "v017", utils: "v008", messages: "v003", gameServer: "v021" },
] as const;

/** Those of all functions that these libraries have, by their names here. */
const present = [
  "createPollGroup",
  "getConnectionRealTimeStatus",
  "receiveMessagesOnConnection",
  "receiveMessagesOnPollGroup",
  "runNetworkingCallbacks",
  "sendMessageToConnection",
  "sendMessages",
];

const gameServer = { gamePort: 27015, version: "1.0.0.0", product: "steam-sockets" } as const;
const connection = 0x8123_4567 as ConnectionHandle;

describe.skipIf(missing !== undefined).each(versions)("an SDK that is $age", (version) => {
  const { sockets, utils, messages, gameServer: serverVersion } = version;
  let library = "";
  let control: ShimControl;
  beforeAll(async () => {
    library = await makeSDK(version);
    control = new ShimControl(library);
  }, 120_000);

  const open = (options: NetworkingOptions = {}) => openNetworking({ backend: "steam", library, ...options });
  const digits = (text: string) => text.slice(1);

  test("opens for its user, and messages go out and come in", () => {
    using net = open({ appId: 480 });
    expect(net.library).toEqual({ kind: "steam", path: library, version: `SteamNetworkingSockets${digits(sockets)}` });
    control.clear();
    control.answer("SendMessages", 7);
    expect(net.sockets.sendMessageToConnection(connection, "hello", SendFlags.Reliable)).toEqual({
      result: Result.OK,
      messageNumber: 7,
    });
    expect(control.notes("SendMessages")[0]?.arguments).toEqual([connection, "68656c6c6f", SendFlags.Reliable, 0]);
    control.arrive(structOf(SteamNetworkingMessage_t, { connection, messageNumber: 9n }), Buffer.from("answer"));
    const [received] = net.sockets.receiveMessagesOnConnection(connection);
    expect([new TextDecoder().decode(received?.payload), received?.messageNumber]).toEqual(["answer", 9]);
    expect(control.messagesAlive).toBe(0);
  });

  test("opens for a game server, which asks for the versions that there are", () => {
    control.clear();
    using net = open({ gameServer });
    const [start] = control.notes("SteamInternal_GameServer_Init_V2");
    expect(String(start?.arguments[5]).split(" ")).toEqual([
      "SteamUtils010",
      `SteamNetworkingUtils${digits(utils)}`,
      `SteamGameServer${digits(serverVersion)}`,
      `SteamNetworkingSockets${digits(sockets)}`,
      `SteamNetworkingMessages${digits(messages)}`,
    ]);
    expect(control.runs).toBe("server");
    expect(net.isOpen).toBe(true);
    expect(() => net.gameServer?.isLoggedOn).toThrow(UnsupportedError);
  });

  test("has a typed error for every function that it lacks", () => {
    const { functions } = tableOf(committedNames(), new Map());
    expect(Object.keys(everyFunction).toSorted()).toEqual(functions.map(({ name }) => name));
    using net = open({ appId: 480 });
    control.clear();
    control.answer("CreatePollGroup", 5);
    const refused: string[] = [];
    for (const { name, c } of functions) {
      try {
        everyFunction[name]?.(net);
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        expect([error.functionName, error.library]).toEqual([c, library]);
        expect(error.message).toEndWith("Another version of steam_api (Steamworks SDK) may have it");
        refused.push(name);
      }
    }
    expect(functions.map(({ name }) => name).filter((name) => !refused.includes(name))).toEqual(present.toSorted());
  });

  test("is told of by doctor, with all that it lacks", async () => {
    const doctor = Bun.spawn([process.execPath, "lib/command/main.ts", "doctor", "--json"], {
      cwd: join(import.meta.dir, ".."),
      env: { ...process.env, [STEAM_VARIABLE]: library },
      stderr: "inherit",
    });
    const [output, code] = await Promise.all([new Response(doctor.stdout).text(), doctor.exited]);
    expect(code).toBe(0);
    const diagnosis: Diagnosis = JSON.parse(output);
    const [found] = diagnosis.steam_libraries;
    if (found === undefined || found.api === null) throw new Error(`It was not looked at: ${output}`);
    expect([found.path, found.kind, found.version]).toEqual([
      library,
      "steam",
      `SteamNetworkingSockets${digits(sockets)}`,
    ]);
    expect(found.interfaces).toEqual({
      SteamNetworkingSockets: digits(sockets),
      SteamGameServerNetworkingSockets: digits(sockets),
      SteamNetworkingMessages: digits(messages),
      SteamGameServerNetworkingMessages: digits(messages),
      SteamNetworkingUtils: digits(utils),
      SteamGameServer: digits(serverVersion),
    });
    const has = Object.entries(found.api.functions).filter(([, isThere]) => isThere);
    expect(has.map(([name]) => name)).toEqual(present.map((name) => `net.sockets.${name}`).toSorted());
    expect(Object.values(found.api.signals)).toEqual([false, false, false, false, false]);
    const { missing: lacking, why } = found.functions;
    expect(lacking).toContain("SteamAPI_ISteamNetworkingSockets_BeginAsyncRequestFakeIP");
    expect(lacking.join()).not.toMatch(/_v\d{3}/);
    expect(why["SteamAPI_ISteamNetworkingSockets_AcceptConnection"]).toContain("Another version of steam_api");
  });
});
