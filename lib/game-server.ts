/** A Steam game server: how it presents itself, and how it logs on. */
import { queryPortShared } from "../ffi/constants.ts";
import { ServerMode } from "../ffi/enums.ts";
import type { Address } from "../ffi/memory.ts";
import type { Backend } from "../sdk/backend.ts";
import { NetworkingError } from "../sdk/errors.ts";
import type { GameServerStart } from "../sdk/opening.ts";
import { boolean, describe, integer, text } from "./validate.ts";
import { ipv4Of } from "./values/address.ts";

/**
 * How to open a Steam game server. It needs no Steam client that runs, and no account; but Valve's steamclient library,
 * which SteamCMD installs.
 */
export interface GameServerOptions {
  /** The IPv4 address to bind: every one of this machine when it is left out. */
  readonly ip?: string;
  /** The UDP port for the game, 0 to 65,535. */
  readonly gamePort: number;
  /**
   * The UDP port on which the server browser asks, 0 to 65,535. When it is left out, questions come on the game's port,
   * to a socket that the game must feed (`STEAMGAMESERVER_QUERY_PORT_SHARED`).
   */
  readonly queryPort?: number;
  /** Whether users are authenticated and the server is listed: {@link ServerMode}.Authentication when it is left out. */
  readonly mode?: ServerMode;
  /** The game's own version, `"1.0.0.0"`: Steam compares it with the one that is current for the game. */
  readonly version: string;
  /** The game's product name or app ID as text, as the server browser shows it. */
  readonly product: string;
  /** What the game is, in words; the product when it is left out. */
  readonly description?: string;
  /** The folder of the game's files, for the server browser. */
  readonly modDir?: string;
  /** Whether it is a server of its own, not a player's: true when it is left out. */
  readonly dedicated?: boolean;
  /** A game-server login token of the account that owns the server; without one it logs on anonymously. */
  readonly token?: string;
  /**
   * How many ports of a fake IP address to ask for, 1 to 8. Steam must know before the log-on, so it is asked here:
   * `fakeIPResult` tells which address it is.
   */
  readonly fakePorts?: number;
  /** Whether to log on at once: true when it is left out. Else call {@link GameServer.logOn}. */
  readonly logOn?: boolean;
}

/**
 * The game server that a network was opened as. Its log-on is told by the events `loggedOn`, `logOnFailed` and
 * `loggedOff`. On steam_api. C: `ISteamGameServer`.
 */
export class GameServer {
  readonly #backend: Backend;
  readonly #self: () => Address;
  readonly #token: string | undefined;

  /** @internal */
  constructor(backend: Backend, self: () => Address, options: SettledGameServerOptions) {
    this.#backend = backend;
    this.#self = self;
    this.#token = options.token;
    if (!backend.isOnlyOpening) return;
    const { gameServer } = this.#functions;
    const { product, description, modDir, dedicated, fakePorts, logOn } = options;
    if (
      fakePorts !== undefined &&
      !backend.library.functions.sockets.BeginAsyncRequestFakeIP(backend.sockets, fakePorts)
    ) {
      throw new NetworkingError(
        `Steam refuses to ask for ${fakePorts} fake ports: ${backend.takeComplaint() || "it gives no reason"}`,
      );
    }
    gameServer.SetProduct(this.#address, product);
    gameServer.SetGameDescription(this.#address, description);
    if (modDir !== undefined) gameServer.SetModDir(this.#address, modDir);
    gameServer.SetDedicatedServer(this.#address, dedicated);
    if (logOn) this.logOn();
  }

  /**
   * Begins to log on: by the token of the options, else anonymously. C: `ISteamGameServer::LogOn`, `LogOnAnonymous`.
   *
   * @throws ClosedError when the network was closed.
   */
  logOn(): void {
    const { gameServer } = this.#functions;
    if (this.#token === undefined) gameServer.LogOnAnonymous(this.#address);
    else gameServer.LogOn(this.#address, this.#token);
  }

  /** Begins to log off. Closing the network does it too. C: `ISteamGameServer::LogOff`. */
  logOff(): void {
    this.#functions.gameServer.LogOff(this.#address);
  }

  /** Whether it is logged on right now. C: `ISteamGameServer::BLoggedOn`. */
  get isLoggedOn(): boolean {
    return this.#functions.gameServer.BLoggedOn(this.#address);
  }

  /** Whether VAC protects it. C: `ISteamGameServer::BSecure`. */
  get isSecure(): boolean {
    return this.#functions.gameServer.BSecure(this.#address);
  }

  /** The server's Steam ID; of no use before it is logged on. C: `ISteamGameServer::GetSteamID`. */
  get steamID(): bigint {
    return BigInt(this.#functions.gameServer.GetSteamID(this.#address));
  }

  /** Whether Steam wants the server to be started anew, for an update. C: `ISteamGameServer::WasRestartRequested`. */
  get wasRestartRequested(): boolean {
    return this.#functions.gameServer.WasRestartRequested(this.#address);
  }

  get #functions() {
    return this.#backend.library.functions;
  }

  get #address(): Address {
    void this.#backend.sockets; // which throws when it is closed
    return this.#self();
  }
}

/** The options with what holds where one is left out, checked. */
export type SettledGameServerOptions = GameServerOptions &
  Required<Pick<GameServerOptions, "ip" | "queryPort" | "mode" | "description" | "dedicated" | "logOn">>;

/**
 * Checks the options, and says what holds where one is left out.
 * @throws TypeError, RangeError
 */
export function settleGameServer(options: GameServerOptions): SettledGameServerOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`gameServer must be an object of options, not ${describe(options)}`);
  }
  const { ip, gamePort, queryPort, mode, version, product, description, modDir, dedicated, token, fakePorts, logOn } =
    options;
  return {
    ip: ip ?? "0.0.0.0",
    gamePort: integer(gamePort, "the game server's gamePort", 0, 0xffff),
    queryPort: integer(queryPort ?? queryPortShared, "the game server's queryPort", 0, 0xffff),
    mode: modeOf(mode ?? ServerMode.Authentication),
    version: text(version, "the game server's version"),
    product: text(product, "the game server's product"),
    description: text(description ?? product, "the game server's description"),
    ...(modDir !== undefined && { modDir: text(modDir, "the game server's modDir") }),
    dedicated: boolean(dedicated ?? true, "the game server's dedicated"),
    ...(token !== undefined && { token: text(token, "the game server's token") }),
    ...(fakePorts !== undefined && { fakePorts: integer(fakePorts, "the game server's fakePorts", 1, 8) }),
    logOn: boolean(logOn ?? true, "the game server's logOn"),
  };
}

/** What the start itself needs of the options. */
export function gameServerStart(options: SettledGameServerOptions): Omit<GameServerStart, "interfaces"> {
  const { ip, gamePort, queryPort, mode, version } = options;
  return { ip: ipv4(ip), gamePort, queryPort, mode, version };
}

function modeOf(mode: number): ServerMode {
  const { NoAuthentication, AuthenticationAndSecure } = ServerMode;
  return integer(mode, "the game server's mode", NoAuthentication, AuthenticationAndSecure) as ServerMode;
}

/** An IPv4 address in host order. */
function ipv4(address: string): number {
  const ip = /^[\d.]+$/.test(text(address, "the game server's ip")) ? ipv4Of(address) : undefined;
  if (ip !== undefined) return ip;
  throw new TypeError(
    `${JSON.stringify(address)} is no IPv4 address, and Steam binds a game server to none other. Write "192.0.2.7", or leave it out`,
  );
}
