/**
 * Opening Steam, on Valve's own library with recording objects behind it: user and game server, their log-on, their
 * events and their end.
 *
 * - The library is looked for in four places, and the error lists them. GameNetworkingSockets is not taken for it.
 * - The app ID lies in the environment before Steam starts. The game server starts with address, ports, mode, version
 *   and the versions of the interfaces that the library has; it asks for fake addresses before it logs on, presents
 *   itself, logs on anonymously or by token, or waits, and logs off before it ends.
 * - A start that fails tells Steam's own words and what to do, by what Steam answered; so does that of Valve's libraries
 *   as they are, where no client is installed.
 * - An opening that is shared agrees with the first one, however its options are written; what does not, is refused, and
 *   the first one goes on. Wrong options are refused before Steam sees them.
 * - Each callback that we tell of comes as its event with every field, from the pipe of the user to the user only and
 *   from that of the game server to the game server only; others, and such as are too short, are freed and not told.
 * - User and game server share one log, and each gets what it asked for, also when the other one has ended.
 * - A Worker that ends without closing ends Steam.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import {
  AlreadyOpenError,
  Availability,
  ClosedError,
  ConnectionState,
  DebugOutputType,
  LibraryLoadError,
  LibraryStartError,
  NetworkingError,
  openNetworking,
  Result,
  ServerMode,
  type Networking,
  type NetworkingEvents,
  type NetworkingOptions,
} from "../lib/index.ts";
import { CallbackID } from "../ffi/enums.ts";
import { cacheFolder } from "../ffi/native/cache.ts";
import {
  SteamNetAuthenticationStatus_t,
  SteamNetConnectionInfo_t,
  SteamNetConnectionStatusChangedCallback_t,
  SteamNetworkingFakeIPResult_t,
  SteamNetworkingMessagesSessionFailed_t,
  SteamNetworkingMessagesSessionRequest_t,
  SteamRelayNetworkStatus_t,
  SteamServerConnectFailure_t,
  SteamServersDisconnected_t,
} from "../ffi/structs.ts";
import { locateShippedLibrary, STEAM_FILE, STEAM_VARIABLE } from "../sdk/locate.ts";
import { waitUntil } from "./support/pump.ts";
import { untyped } from "./support/refusal.ts";
import { shows } from "./support/shows.ts";
import { makeShim, missing, ShimControl, valveLibraries, type ValveLibrary } from "./steam/shim.ts";
import { steamIdentity, structOf } from "./steam/struct.ts";

if (missing !== undefined) console.log(`skipped: opening Steam: ${missing}`);

const gameServer = { gamePort: 27015, version: "1.2.3.4", product: "steam-sockets" } as const;
const alice = 76561197960265729n;

const infoValues = { identityRemote: steamIdentity(alice), state: ConnectionState.Connected, endReason: 5001 } as const;
const info = structOf(SteamNetConnectionInfo_t, infoValues);

/** A callback, and the event that it is to be. */
interface Told {
  readonly callback: number;
  readonly payload: Uint8Array;
  readonly event: keyof NetworkingEvents;
  readonly expected: object;
}

const told: readonly Told[] = [
  {
    callback: CallbackID.SteamNetConnectionStatusChangedCallback,
    payload: structOf(SteamNetConnectionStatusChangedCallback_t, {
      connection: 0x8123_4567,
      info,
      oldState: ConnectionState.FindingRoute,
    }),
    event: "connectionStatusChanged",
    expected: {
      connectHandle: 0x8123_4567,
      oldState: ConnectionState.FindingRoute,
      connection: { identity: `steamid:${alice}`, connectionState: ConnectionState.Connected, endReason: 5001 },
    },
  },
  {
    callback: CallbackID.SteamNetAuthenticationStatus,
    payload: structOf(SteamNetAuthenticationStatus_t, { availability: Availability.Retrying, debugMessage: "soon" }),
    event: "networkAuthenticationStatus",
    expected: { available: Availability.Retrying, debugMessage: "soon" },
  },
  {
    callback: CallbackID.SteamNetworkingFakeIPResult,
    payload: structOf(SteamNetworkingFakeIPResult_t, {
      result: Result.OK,
      identity: steamIdentity(alice),
      ip: (169 << 24) | (254 << 16) | 7,
      ports: new Uint8Array(Uint16Array.of(4000, 5000).buffer),
    }),
    event: "fakeIPResult",
    expected: { result: Result.OK, identity: `steamid:${alice}`, fakeIP: "169.254.0.7", portList: [4000, 5000] },
  },
  {
    callback: CallbackID.SteamNetworkingMessagesSessionRequest,
    payload: structOf(SteamNetworkingMessagesSessionRequest_t, { identityRemote: steamIdentity(alice) }),
    event: "messagesSessionRequest",
    expected: { identity: `steamid:${alice}` },
  },
  {
    callback: CallbackID.SteamNetworkingMessagesSessionFailed,
    payload: structOf(SteamNetworkingMessagesSessionFailed_t, { info }),
    event: "messagesSessionFailed",
    expected: { connection: { identity: `steamid:${alice}`, endReason: 5001 } },
  },
  {
    callback: CallbackID.SteamRelayNetworkStatus,
    payload: structOf(SteamRelayNetworkStatus_t, {
      availability: Availability.Current,
      pingMeasurementInProgress: 1,
      availabilityNetworkConfig: Availability.Attempting,
      availabilityAnyRelay: Availability.Failed,
      debugMessage: "relays",
    }),
    event: "relayNetworkStatus",
    expected: {
      available: Availability.Current,
      pingMeasurement: true,
      availableConfig: Availability.Attempting,
      availableRelay: Availability.Failed,
      debugMessage: "relays",
    },
  },
  { callback: CallbackID.SteamServersConnected, payload: new Uint8Array(1), event: "loggedOn", expected: {} },
  {
    callback: CallbackID.SteamServerConnectFailure,
    payload: structOf(SteamServerConnectFailure_t, { result: Result.AccessDenied, stillRetrying: 1 }),
    event: "logOnFailed",
    expected: { result: Result.AccessDenied, stillRetrying: true },
  },
  {
    callback: CallbackID.SteamServersDisconnected,
    payload: structOf(SteamServersDisconnected_t, { result: Result.NoConnection }),
    event: "loggedOff",
    expected: { result: Result.NoConnection },
  },
];

/** Writes down every event that is in the table. */
function journal(net: Networking): { readonly event: string; readonly told: unknown }[] {
  const lines: { readonly event: string; readonly told: unknown }[] = [];
  for (const { event } of told) net.on(event, (content: unknown) => void lines.push({ event, told: content }));
  return lines;
}

describe.skipIf(missing !== undefined)("Steam", () => {
  let library = "";
  let control: ShimControl;
  const opened: Networking[] = [];

  beforeAll(async () => {
    library = await makeShim("recorder", "crate");
    control = new ShimControl(library);
  }, 120_000);
  afterEach(() => {
    for (const net of opened.splice(0)) net.close();
    expect(control.runs).toBe("nobody");
    control.failStart(0);
    control.clear();
  });

  function open(options: NetworkingOptions = {}): Networking {
    const net = openNetworking({ backend: "steam", library, ...options });
    opened.push(net);
    return net;
  }

  /** Calls of an object, or of the library itself, with their arguments. */
  function noted(self: string): string[] {
    return control.notes(self).map(({ call, arguments: values }) => [call, ...values].join(" "));
  }

  test("is looked for where it is named, else where games keep it, in order", async () => {
    const folder = mkdtempSync(join(tmpdir(), "steam-sockets-places-"));
    try {
      const [program, working] = ["program", "working"].map((name) => join(folder, name)) as [string, string];
      for (const each of [program, working]) mkdirSync(each);
      writeFileSync(
        join(program, "main.ts"),
        `
          import { openNetworking } from ${JSON.stringify(new URL("../lib/index.ts", import.meta.url).href)};
          try {
            using net = openNetworking({ backend: "steam" });
            console.log(JSON.stringify({ path: net.library.path }));
          } catch ({ name, message, places }) {
            console.log(JSON.stringify({ name, message, places }));
          }
        `,
      );
      const run = (named = "") => {
        const { stdout } = Bun.spawnSync([process.execPath, join(program, "main.ts")], {
          cwd: working,
          env: { ...process.env, [STEAM_VARIABLE]: named },
          stderr: "inherit",
        });
        return JSON.parse(String(stdout));
      };
      const { name, message, places } = run();
      expect(name).toBe("LibraryNotFoundError");
      expect(places).toEqual([
        { place: `the environment variable ${STEAM_VARIABLE}`, outcome: "not set" },
        { place: "the folder of the program", path: join(program, STEAM_FILE), outcome: "no such file" },
        {
          place: "the folder of the executable",
          path: join(dirname(realpathSync(process.execPath)), STEAM_FILE),
          outcome: "no such file",
        },
        { place: "the working folder", path: join(working, STEAM_FILE), outcome: "no such file" },
      ]);
      expect(message).toContain(`Put ${STEAM_FILE} of Valve's Steamworks SDK beside the program, or name it`);
      symlinkSync(library, join(working, STEAM_FILE));
      expect(run()).toEqual({ path: join(working, STEAM_FILE) });
      symlinkSync(library, join(program, STEAM_FILE));
      expect(run()).toEqual({ path: join(program, STEAM_FILE) });
      expect(run(library)).toEqual({ path: library });
      // What somebody names is meant.
      const nowhere = join(folder, "nowhere.so");
      expect(run(nowhere)).toMatchObject({
        name: "LibraryNotFoundError",
        places: [{ place: `the environment variable ${STEAM_VARIABLE}`, path: nowhere, outcome: "no such file" }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is not taken for GameNetworkingSockets, nor that for Steam", () => {
    const gns = locateShippedLibrary().path;
    expect(() => openNetworking({ backend: "steam", library: gns })).toThrow(LibraryLoadError);
    expect(() => openNetworking({ gameServer, library: gns })).toThrow(
      "it is GameNetworkingSockets, and Steam was asked for",
    );
    expect(() => openNetworking({ backend: "gns", library })).toThrow(LibraryLoadError);
    expect(() => openNetworking({ backend: "gns", library })).toThrow("it is a steam_api");
    expect(control.notes()).toEqual([]);
  });

  test("starts for its user with the app ID in the environment, and ends", () => {
    const net = open({ appId: 480 });
    expect(noted("steam_api")).toEqual(["SteamAPI_InitFlat 480 480"]);
    expect([net.library.kind, net.gameServer, control.runs]).toEqual(["steam", undefined, "user"]);
    net.close();
    expect(noted("steam_api")).toEqual(["SteamAPI_Shutdown"]);
  });

  test("starts for a game server with all that it was told, logs on anonymously, and logs off before it ends", () => {
    const net = open({ appId: 730, gameServer });
    const versions =
      "SteamUtils010 SteamNetworkingUtils004 SteamGameServer015 SteamNetworkingSockets012 SteamNetworkingMessages002";
    const notes = control.notes().filter(({ self }) => self !== "utils");
    expect(notes.map(({ call, arguments: values }) => [call, ...values].join(" "))).toEqual([
      `SteamInternal_GameServer_Init_V2 0 27015 65535 ${ServerMode.Authentication} 1.2.3.4 ${versions} 730`,
      "SetProduct steam-sockets",
      "SetGameDescription steam-sockets",
      "SetDedicatedServer true",
      "LogOnAnonymous",
    ]);
    net.close();
    const ending = control.notes().filter(({ self }) => self !== "utils");
    expect(ending.map(({ call }) => call)).toEqual(["LogOff", "SteamGameServer_Shutdown"]);
  });

  test("asks for fake addresses before the log-on, and logs on by its token", () => {
    const net = open({
      gameServer: {
        ...gameServer,
        ip: "192.0.2.7",
        queryPort: 27016,
        mode: ServerMode.AuthenticationAndSecure,
        description: "a game",
        modDir: "mod",
        dedicated: false,
        token: "SECRET",
        fakePorts: 2,
      },
    });
    const notes = control.notes().filter(({ self }) => self !== "utils");
    const [start, ...rest] = notes.map(({ call, arguments: values }) => [call, ...values].join(" "));
    expect(start).toStartWith(`SteamInternal_GameServer_Init_V2 ${0xc000_0207} 27015 27016 3 1.2.3.4 `);
    expect(rest).toEqual([
      "BeginAsyncRequestFakeIP 2",
      "SetProduct steam-sockets",
      "SetGameDescription a game",
      "SetModDir mod",
      "SetDedicatedServer false",
      "LogOn SECRET",
    ]);
    expect(notes[1]?.self).toBe("server");
    net.close();
  });

  test("gives up when fake addresses are refused", () => {
    control.answer("BeginAsyncRequestFakeIP", 0);
    expect(() => open({ gameServer: { ...gameServer, fakePorts: 8 } })).toThrow(NetworkingError);
    expect(noted("gameServer")).toEqual([]);
  });

  test("logs on when it is told to, and tells how that went", () => {
    const { gameServer: server } = open({ gameServer: { ...gameServer, logOn: false } });
    if (server === undefined) throw new Error("It is no game server");
    control.notes();
    server.logOn();
    expect(noted("gameServer")).toEqual(["LogOnAnonymous"]);
    expect([server.isLoggedOn, server.isSecure, server.wasRestartRequested]).toEqual([false, false, false]);
    control.answer("BLoggedOn", 1);
    control.answer("BSecure", 1);
    control.answer("WasRestartRequested", 1);
    control.answer("GetSteamID", 90071992547409921n);
    expect([server.isLoggedOn, server.isSecure, server.wasRestartRequested]).toEqual([true, true, true]);
    expect(server.steamID).toBe(90071992547409921n);
    server.logOff();
    expect(noted("gameServer")).toEqual(["LogOff"]);
    for (const net of opened.splice(0)) net.close();
    expect(() => server.isLoggedOn).toThrow(ClosedError);
    expect(() => server.logOn()).toThrow(ClosedError);
  });

  test.each([
    [1, "no appID found", /no appID found\. Start the Steam client .*owns the game .*SteamAppId.*steam_appid\.txt/],
    [
      2,
      "cannot connect",
      /cannot connect\. Start the Steam client .*needs no client: open it with the option gameServer/,
    ],
    [3, "too old", /too old\. Let the Steam client update itself/],
    [9, "", /gave no reason but the result 9/],
  ])("a start that fails with %d tells why, and what to do", (result, words, expected) => {
    control.failStart(result, words);
    expect(() => open()).toThrow(LibraryStartError);
    expect(() => open()).toThrow(expected);
    control.failStart(result, words || "nothing");
    expect(() => open({ gameServer })).toThrow(
      /steamclient is installed .*SteamCMD has it.* that the UDP port 27015 is free.*appId names the game/,
    );
    expect(() => open({ gameServer: { ...gameServer, queryPort: 27016 } })).toThrow(/UDP ports 27015 and 27016 are/);
    control.failStart(0);
    expect(open().isOpen).toBe(true);
  });

  test("is shared by openings that agree, however their options are written", () => {
    const [user, server] = [open({ appId: 480 }), open({ appId: 480, gameServer })];
    control.notes();
    const { product, version, gamePort } = gameServer;
    const again = [
      open({ appId: 480 }),
      open(),
      open({ gameServer: { product, version, gamePort } }),
      open({ gameServer: { version, product, gamePort, ip: "0.0.0.0", dedicated: true, description: product } }),
    ];
    expect(control.notes().filter(({ self }) => self === "gameServer" || self === "steam_api")).toEqual([]);
    for (const net of [user, server]) net.close();
    expect(again.map(({ isOpen }) => isOpen)).toEqual([true, true, true, true]);
    expect(control.runs).toBe("both");
    for (const net of again) net.close();
    expect(control.notes("gameServer").map(({ call }) => call)).toEqual(["LogOff"]);
  });

  test.each<[string, NetworkingOptions]>([
    ["appId", { appId: 481 }],
    ["appId", { appId: 481, gameServer }],
    ["product", { gameServer: { ...gameServer, product: "other" } }],
    ["gamePort", { gameServer: { ...gameServer, gamePort: 1 } }],
    ["ip", { gameServer: { ...gameServer, ip: "127.0.0.1" } }],
    ["mode", { gameServer: { ...gameServer, mode: ServerMode.NoAuthentication } }],
    ["dedicated", { gameServer: { ...gameServer, dedicated: false } }],
    ["token", { gameServer: { ...gameServer, token: "T" } }],
    ["fakePorts", { gameServer: { ...gameServer, fakePorts: 1 } }],
  ])("is refused to an opening with another %s, and goes on", (name, options) => {
    const [user, server] = [open({ appId: 480 }), open({ gameServer })];
    expect(() => open(options)).toThrow(AlreadyOpenError);
    expect(() => open(options)).toThrow(`another ${name}`);
    user.runCallbacks();
    server.runCallbacks();
    expect(control.runs).toBe("both");
  });

  test("a game server with another app ID than the user's is refused, and ends", () => {
    open({ appId: 480 });
    expect(() => open({ appId: 481, gameServer })).toThrow(/another appId, which is one for the process/);
    expect(control.runs).toBe("user");
  });

  test.each<[string, object, ErrorConstructor]>([
    ["an app ID of 0", { appId: 0 }, RangeError],
    ["an app ID as text", { appId: "480" }, TypeError],
    ["an identity", { identity: "str:alice" }, TypeError],
    ["manual poll mode", { manualPoll: true }, TypeError],
    ["an unknown backend", { backend: "epic" }, TypeError],
    ["no options", { gameServer: null }, TypeError],
    ["no version", { gameServer: { ...gameServer, version: undefined } }, TypeError],
    ["no product", { gameServer: { ...gameServer, product: undefined } }, TypeError],
    ["no port", { gameServer: { ...gameServer, gamePort: undefined } }, TypeError],
    ["a port that is too large", { gameServer: { ...gameServer, gamePort: 65_536 } }, RangeError],
    ["a query port that is none", { gameServer: { ...gameServer, queryPort: 1.5 } }, RangeError],
    ["a mode that is none", { gameServer: { ...gameServer, mode: 4 } }, RangeError],
    ["a name as address", { gameServer: { ...gameServer, ip: "localhost" } }, TypeError],
    ["an IPv6 address", { gameServer: { ...gameServer, ip: "::1" } }, TypeError],
    ["too many fake ports", { gameServer: { ...gameServer, fakePorts: 9 } }, RangeError],
    ["a token that is no text", { gameServer: { ...gameServer, token: 5 } }, TypeError],
    ["a zero in a text", { gameServer: { ...gameServer, product: "a\0b" } }, TypeError],
    ["yes for true", { gameServer: { ...gameServer, dedicated: "yes" } }, TypeError],
  ])("%s is refused before Steam sees it", (_, options, error) => {
    expect(() => open(untyped(options))).toThrow(error);
    expect(control.notes()).toEqual([]);
  });

  test("each callback comes as its event with every field, from each pipe to its own", () => {
    const [user, server] = [open(), open({ gameServer })];
    const [usersLines, serversLines] = [journal(user), journal(server)];
    const expected = told.map(({ event, expected }) => ({ event, told: expected }));
    for (const { callback, payload } of told) control.post("user", callback, payload);
    server.runCallbacks();
    expect([usersLines.length, serversLines.length]).toEqual([0, 0]);
    user.runCallbacks();
    expect(usersLines).toMatchObject(expected);
    expect(usersLines.length).toBe(told.length);
    expect(serversLines).toEqual([]);
    for (const { callback, payload } of told.toReversed()) control.post("server", callback, payload);
    user.runCallbacks();
    server.runCallbacks();
    expect(serversLines).toMatchObject(expected.toReversed());
    expect([usersLines.length, serversLines.length]).toEqual([told.length, told.length]);
    shows("steam_api", "connectionStatusChanged", "networkAuthenticationStatus", "fakeIPResult");
    shows("steam_api", "messagesSessionRequest", "messagesSessionFailed", "relayNetworkStatus");
  });

  test("callbacks that we do not tell of, and such as are too short, are freed and not told", () => {
    const user = open();
    const lines = journal(user);
    for (const { callback, payload } of told) {
      if (payload.length > 1) control.post("user", callback, payload.subarray(0, payload.length - 1));
    }
    control.post("user", 304, new Uint8Array(8));
    control.post("user", CallbackID.SteamAPICallCompleted, new Uint8Array(16));
    control.post("user", CallbackID.SteamServersConnected, new Uint8Array(1));
    user.runCallbacks();
    expect(lines).toEqual([{ event: "loggedOn", told: {} }]);
  });

  test("what waits in the pipe of one that ends is not told to the next one", () => {
    control.clear();
    const first = open();
    control.post("user", CallbackID.SteamServersConnected, new Uint8Array(1));
    first.close();
    const second = open();
    const lines = journal(second);
    second.runCallbacks();
    expect(lines).toEqual([]);
  });

  test("handlers of one can close the other, or itself", () => {
    const [user, server] = [open(), open({ gameServer })];
    user.on("loggedOn", () => server.close());
    user.on("loggedOff", () => user.close());
    control.post("user", CallbackID.SteamServersConnected, new Uint8Array(1));
    user.runCallbacks();
    expect(control.runs).toBe("user");
    control.post("user", CallbackID.SteamServersDisconnected, new Uint8Array(4));
    user.runCallbacks();
    expect(control.runs).toBe("nobody");
    expect(() => user.runCallbacks()).toThrow(ClosedError);
  });

  test("user and game server have one log, of which each gets what it asked for", () => {
    const lines: string[] = [];
    const log = (name: string, level: DebugOutputType) => ({
      debugOutput: {
        level,
        handler: ({ message }: { readonly message: string }) => void lines.push(`${name} ${message}`),
      },
    });
    const user = open(log("user", DebugOutputType.Verbose));
    const server = open({ gameServer, ...log("server", DebugOutputType.Warning) });
    const run = () => {
      for (const net of [user, server]) if (net.isOpen) net.runCallbacks();
      return lines.splice(0);
    };
    control.say(DebugOutputType.Verbose, "detail");
    control.say(DebugOutputType.Warning, "warning");
    expect(run()).toEqual(["user detail", "user warning", "server warning"]);
    server.close();
    expect(control.say(DebugOutputType.Verbose, "more")).toBe(true);
    expect(run()).toEqual(["user more"]);
    user.close();
    expect(control.say(DebugOutputType.Error, "nobody")).toBe(false);
  });

  test("a Worker that ends without closing ends Steam", async () => {
    const source = `
      import { openNetworking } from ${JSON.stringify(new URL("../lib/index.ts", import.meta.url).href)};
      globalThis.net = openNetworking(${JSON.stringify({ backend: "steam", library, gameServer })});
      postMessage("open");
    `;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "application/typescript" })));
    await new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = reject;
    });
    expect(control.runs).toBe("server");
    expect(() => open({ gameServer })).toThrow(AlreadyOpenError);
    await new Promise((resolve) => {
      worker.addEventListener("close", resolve);
      worker.terminate();
    });
    await waitUntil("Steam has ended", () => control.runs === "nobody");
    expect(open({ gameServer }).isOpen).toBe(true);
  });
});

describe.skipIf(missing !== undefined).each<ValveLibrary>(["crate", "npm"])(
  "Valve's library of the %s as it is",
  (valve) => {
    test.each([
      ["its user", { backend: "steam", appId: 480 }, /Start the Steam client .* A dedicated server needs no client/],
      ["a game server", { appId: 480, gameServer }, /See that Valve's steamclient is installed .*SteamCMD has it/],
    ])("where no client is installed tells why it did not start for %s, and what to do", async (_, options, advice) => {
      const library = await valveLibraries[valve]();
      const source = `
      import { openNetworking } from ${JSON.stringify(new URL("../lib/index.ts", import.meta.url).href)};
      try {
        openNetworking(${JSON.stringify({ library, ...options })}).close();
      } catch ({ name, message }) {
        console.log(JSON.stringify({ name, message }));
      }
    `;
      // Steam looks for its client in the home folder, and says on standard error where.
      const { stdout } = Bun.spawnSync([process.execPath, "-e", source], {
        env: { ...process.env, HOME: join(library, "nowhere"), STEAM_SOCKETS_CACHE: cacheFolder() },
        stderr: "ignore",
      });
      const { name, message } = JSON.parse(String(stdout));
      expect(name).toBe("LibraryStartError");
      expect(message).toStartWith(`${library} did not start: `);
      expect(message).toMatch(/steamclient\.so/);
      expect(message).toMatch(advice);
    });
  },
);
