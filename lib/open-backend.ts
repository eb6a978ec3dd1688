/** From the options of `openNetworking` to an open library. */
import type { Backend } from "../sdk/backend.ts";
import { AlreadyOpenError } from "../sdk/errors.ts";
import { openGns } from "../sdk/gns.ts";
import { NativeLibrary } from "../sdk/library.ts";
import { locateLibrary, locateSteam } from "../sdk/locate.ts";
import { openGameServer, openSteam } from "../sdk/steam.ts";
import { GameServer, gameServerStart, settleGameServer } from "./game-server.ts";
import type { NetworkingOptions } from "./networking-options.ts";
import { boolean, describe, integer } from "./validate.ts";
import { parseIdentity } from "./values/native-identity.ts";

/** A library that was opened, and the game server that it was opened as. */
export interface OpenBackend {
  readonly backend: Backend;
  readonly gameServer: GameServer | undefined;
}

const ofSteam = ["appId", "gameServer"] as const;
const ofGns = ["identity", "manualPoll", "certificates"] as const;

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
  return openRole(library, options, debugLevel);
}

/** What was set where Steam was opened first, and is one for all openings. */
type Settings = Readonly<Record<string, unknown>>;
// By library and role. The app ID is one for the process, and so for both roles.
const settings = new Map<string, Settings>();

/** Opens Steam for its user, or for a game server. */
function openRole(library: NativeLibrary, options: NetworkingOptions, debugLevel: number | undefined): OpenBackend {
  const appID = options.appId === undefined ? undefined : integer(options.appId, "appId", 1, 0xffff_ffff);
  const settled = options.gameServer === undefined ? undefined : settleGameServer(options.gameServer);
  if (settled === undefined) {
    const backend = openSteam(library, { appID, debugLevel });
    return closingOnFailure(backend, () => {
      agree(backend, "user", { appId: appID }, {});
      return { backend, gameServer: undefined };
    });
  }
  let server: GameServer | undefined;
  const opened = openGameServer(library, {
    appID,
    debugLevel,
    start: gameServerStart(settled),
    ending: () => server?.logOff(),
  });
  const { backend } = opened;
  return closingOnFailure(backend, () => {
    agree(backend, "game server", { appId: appID, ...options.gameServer }, { ...settled });
    server = new GameServer(backend, opened.gameServer, settled);
    return { backend, gameServer: server };
  });
}

/** @throws AlreadyOpenError when something was named that is otherwise since the first opening. */
function agree(backend: Backend, role: string, named: Settings, settled: Settings): void {
  const { path } = backend.library;
  if (backend.isAlone) settings.set(path, { appId: named["appId"] });
  if (backend.isOnlyOpening) settings.set(`${path} ${role}`, settled);
  const present: Settings = { ...settings.get(`${path} ${role}`), ...settings.get(path) };
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined || value === present[name]) continue;
    throw new AlreadyOpenError(
      `Steam is open already with another ${name}, which is one for ${name === "appId" ? "the process" : `its ${role}`}`,
    );
  }
}

function closingOnFailure<Result>(backend: Backend, action: () => Result): Result {
  try {
    return action();
  } catch (problem) {
    backend.close(0);
    throw problem;
  }
}
