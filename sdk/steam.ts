/** Steam's own library, `steam_api`: as a user of a running Steam client, and as a game server. */
import { queryPortShared, steamUtilsVersion } from "../ffi/constants.ts";
import { SteamAPIInitResult } from "../ffi/enums.ts";
import type { Address } from "../ffi/memory.ts";
import type { Backend } from "./backend.ts";
import { LibraryLoadError, LibraryStartError, UnsupportedError } from "./errors.ts";
import type { Accessor, NativeLibrary } from "./library.ts";
import { STEAM_FILE } from "./locate.ts";
import { Opening, type FunctionTable, type GameServerStart, type Plan } from "./opening.ts";

/** How to open the library as a user. */
export interface SteamOptions {
  /** The game, put into the environment where Steam looks for it; without it what is there, or in steam_appid.txt. */
  readonly appID?: number | undefined;
  /** Most detailed debug output that is kept; 0 is none. */
  readonly debugLevel?: number | undefined;
}

/** How to open the library as a game server. */
export interface GameServerOptions extends SteamOptions {
  readonly start: Omit<GameServerStart, "interfaces">;
  /** Called right before the game server ends. */
  readonly ending: () => void;
}

/** A game server that was opened, and the `self` of its ISteamGameServer. */
export interface OpenGameServer {
  readonly backend: Backend;
  gameServer(): Address;
}

// By interface, without their versions.
const accessors = {
  SteamNetworkingSockets: "SteamAPI_SteamNetworkingSockets_SteamAPI",
  SteamGameServerNetworkingSockets: "SteamAPI_SteamGameServerNetworkingSockets_SteamAPI",
  SteamNetworkingMessages: "SteamAPI_SteamNetworkingMessages_SteamAPI",
  SteamGameServerNetworkingMessages: "SteamAPI_SteamGameServerNetworkingMessages_SteamAPI",
  SteamNetworkingUtils: "SteamAPI_SteamNetworkingUtils_SteamAPI",
  SteamGameServer: "SteamAPI_SteamGameServer",
} as const;

/** The version of each interface that a steam_api has, as three digits; null for one that it lacks. */
export function interfaceVersions(library: NativeLibrary): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(accessors).map(([name, base]) => [name, library.accessor(base)?.version ?? null]),
  );
}

/**
 * Opens Steam for its user, on this thread.
 * @throws AlreadyOpenError when another thread has it open.
 * @throws LibraryStartError with Steam's own words and what to do, when no client runs or it knows no game.
 */
export function openSteam(library: NativeLibrary, { appID, debugLevel }: SteamOptions): Backend {
  mustBeSteam(library);
  const interfaces = {
    sockets: accessor(library, accessors.SteamNetworkingSockets),
    messages: library.accessor(accessors.SteamNetworkingMessages),
  };
  return new Opening({
    ...planOf(library, interfaces),
    table: {
      ...tableOf(library, interfaces),
      kill: library.address("steam", "Shutdown"),
      initUser: library.address("steam", "InitFlat"),
      pipe: library.address("steam", "GetHSteamPipe"),
    },
    start: { appID, debugLevel },
    refused: (result, reason) => startError(library, result, reason, userAdvice(result)),
  });
}

/**
 * Opens Steam for a game server, on this thread. It needs no client.
 * @throws AlreadyOpenError when another thread has it open.
 * @throws LibraryStartError with Steam's own words and what to do.
 */
export function openGameServer(library: NativeLibrary, options: GameServerOptions): OpenGameServer {
  mustBeSteam(library);
  const interfaces = {
    sockets: accessor(library, accessors.SteamGameServerNetworkingSockets),
    messages: library.accessor(accessors.SteamGameServerNetworkingMessages),
  };
  const server = accessor(library, accessors.SteamGameServer);
  const utils = utilsOf(library);
  const { appID, debugLevel, start, ending } = options;
  const backend = new Opening({
    ...planOf(library, interfaces),
    table: {
      ...tableOf(library, interfaces),
      kill: library.address("gameServer", "SteamGameServer_Shutdown"),
      initGameServer: library.address("gameServer", "SteamInternal_GameServer_Init_V2"),
      pipe: library.address("gameServer", "SteamGameServer_GetHSteamPipe"),
    },
    start: {
      appID,
      debugLevel,
      gameServer: {
        ...start,
        interfaces: [
          steamUtilsVersion,
          `SteamNetworkingUtils${utils.version}`,
          `SteamGameServer${server.version}`,
          `SteamNetworkingSockets${interfaces.sockets.version}`,
          ...(interfaces.messages === undefined ? [] : [`SteamNetworkingMessages${interfaces.messages.version}`]),
        ],
      },
    },
    refused: (result, reason) => startError(library, result, reason, serverAdvice(start)),
    ending,
  });
  return {
    backend,
    gameServer() {
      const address = server.call();
      if (address === null) throw new LibraryStartError(`${library.path} started, but gives no ISteamGameServer`);
      return address;
    },
  };
}

interface Interfaces {
  readonly sockets: Accessor;
  readonly messages: Accessor | undefined;
}

function planOf(
  library: NativeLibrary,
  { sockets, messages }: Interfaces,
): Pick<Plan, "library" | "version" | "sockets" | "utils" | "messages"> {
  const utils = utilsOf(library);
  return {
    library,
    version: `SteamNetworkingSockets${sockets.version}`,
    sockets: () => sockets.call(),
    utils: () => utils.call(),
    messages: () => required(library, accessors.SteamNetworkingMessages, messages).call(),
  };
}

function tableOf(library: NativeLibrary, { sockets, messages }: Interfaces): FunctionTable {
  return {
    sockets: sockets.address,
    utils: utilsOf(library).address,
    messages: messages?.address ?? null,
    setConfigPointer: library.address("utils", "SetGlobalConfigValuePtr"),
    dispatchByHand: library.address("steam", "ManualDispatch_Init"),
    runFrame: library.address("steam", "ManualDispatch_RunFrame"),
    nextCallback: library.address("steam", "ManualDispatch_GetNextCallback"),
    freeCallback: library.address("steam", "ManualDispatch_FreeLastCallback"),
  };
}

function utilsOf(library: NativeLibrary): Accessor {
  return accessor(library, accessors.SteamNetworkingUtils);
}

function accessor(library: NativeLibrary, base: string): Accessor {
  return required(library, base, library.accessor(base));
}

function required(library: NativeLibrary, base: string, found: Accessor | undefined): Accessor {
  if (found === undefined) {
    throw new UnsupportedError(`${base}_v…`, library.path, "A newer steam_api (Steamworks SDK 1.53 or later) has it");
  }
  return found;
}

function mustBeSteam(library: NativeLibrary): void {
  if (library.kind !== "steam") {
    throw new LibraryLoadError(
      library.path,
      'it is GameNetworkingSockets, and Steam was asked for. Name Valve\'s steam_api in the option "library" or in STEAM_SOCKETS_LIBRARY; it comes with the Steamworks SDK',
    );
  }
}

function startError(library: NativeLibrary, result: number, reason: string, advice: string): LibraryStartError {
  return new LibraryStartError(
    `${library.path} did not start: ${reason.trim() || `Steam gave no reason but the result ${result}`}. ${advice}`,
  );
}

function userAdvice(result: number): string {
  if (result === SteamAPIInitResult.VersionMismatch) {
    return "Let the Steam client update itself, or use the steam_api of an older Steamworks SDK";
  }
  const client = "Start the Steam client on this machine, as the same user, and log in";
  const game =
    "see that its user owns the game which the option appId names (or SteamAppId in the environment, or steam_appid.txt)";
  const server = "A dedicated server needs no client: open it with the option gameServer";
  return result === SteamAPIInitResult.NoSteamClient ? `${client}. ${server}` : `${client}, and ${game}. ${server}`;
}

function serverAdvice({ gamePort, queryPort }: GameServerOptions["start"]): string {
  const ports = queryPort === queryPortShared ? `port ${gamePort} is` : `ports ${gamePort} and ${queryPort} are`;
  return `See that Valve's steamclient is installed for this user or beside ${STEAM_FILE} (SteamCMD has it), that the UDP ${ports} free, and that the option appId names the game`;
}
