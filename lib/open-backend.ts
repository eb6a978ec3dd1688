/** From the options of `openNetworking` to an open library. */
import { queryPortShared } from "../ffi/constants.ts";
import type { Backend } from "../sdk/backend.ts";
import { AlreadyOpenError } from "../sdk/errors.ts";
import { openGns } from "../sdk/gns.ts";
import { NativeLibrary } from "../sdk/library.ts";
import { locateLibrary, locateSteam } from "../sdk/locate.ts";
import { openGameServer, openSteam } from "../sdk/steam.ts";
import { GameServer, gameServerStart, type GameServerOptions } from "./game-server.ts";
import { parseIdentity } from "./identity.ts";
import type { NetworkingOptions } from "./networking.ts";
import { boolean, describe, integer } from "./validate.ts";

/** A library that was opened, and the game server that it was opened as. */
export interface OpenBackend {
  readonly backend: Backend;
  readonly gameServer: GameServer | undefined;
}

const ofSteam = ["appId", "gameServer"] as const;
const ofGns = ["identity", "manualPoll"] as const;

/** Opens the library that the options name. */
export function openBackend(options: NetworkingOptions): OpenBackend {
  const { backend: kind, gameServer } = options;
  if (kind !== undefined && kind !== "gns" && kind !== "steam") {
    throw new TypeError(`backend must be "gns" or "steam", not ${describe(kind)}`);
  }
  const wantsSteam = kind === "steam" || (kind === undefined && gameServer !== undefined);
  const { path } = wantsSteam ? locateSteam(options.library) : locateLibrary(options.library);
  const library = NativeLibrary.load(path);
  const isSteam = wantsSteam || (kind === undefined && library.kind === "steam");
  for (const name of isSteam ? ofGns : ofSteam) {
    if (options[name] !== undefined) {
      throw new TypeError(
        `${name} is an option of ${isSteam ? "GameNetworkingSockets" : "Steam"}, and ${path} is the other library`,
      );
    }
  }
  const debugLevel = options.debugOutput?.level;
  if (!isSteam) {
    const { identity, manualPoll } = options;
    const backend = openGns(library, {
      identity: identity === undefined ? undefined : parseIdentity(library, identity),
      manualPoll: manualPoll === undefined ? undefined : boolean(manualPoll, "manualPoll"),
      debugLevel,
    });
    return { backend, gameServer: undefined };
  }
  const appID = options.appId === undefined ? undefined : integer(options.appId, "appId", 1, 0xffff_ffff);
  if (gameServer === undefined) return { backend: openSteam(library, { appID, debugLevel }), gameServer };
  return asGameServer(library, gameServer, appID, debugLevel);
}

// By library and opening: what it was started with.
const servers = new Map<string, string>();

function asGameServer(
  library: NativeLibrary,
  options: GameServerOptions,
  appID: number | undefined,
  debugLevel: number | undefined,
): OpenBackend {
  const start = gameServerStart(options);
  const present = JSON.stringify([appID, { queryPort: queryPortShared, ...options }]);
  let server: GameServer | undefined;
  const opened = openGameServer(library, { appID, debugLevel, start, ending: () => server?.logOff() });
  const { backend } = opened;
  try {
    const key = `${library.path}:${backend.epoch}`;
    if (backend.isOnlyOpening) servers.set(key, present);
    else if (servers.get(key) !== present) {
      throw new AlreadyOpenError("The game server is open already with other options, which are one for the process");
    }
    server = new GameServer(backend, opened.gameServer, options);
  } catch (problem) {
    backend.close(0);
    throw problem;
  }
  return { backend, gameServer: server };
}
