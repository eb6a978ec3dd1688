/** What `openNetworking` can be told. */
import type { DebugOutputType } from "../ffi/enums.ts";
import type { CertificateOptions } from "./authentication/certificates.ts";
import type { Handler } from "./emitter.ts";
import type { DebugOutputEvent } from "./events/events.ts";
import type { DispatcherOptions } from "./everyday/dispatcher.ts";
import type { GameServerOptions } from "./game-server.ts";
import type { ConfigOptions } from "./utils/config.ts";

/** How to open a network. Everything can be left out. */
export interface NetworkingOptions {
  /**
   * The library file to load. Without it: what the environment variable `STEAM_SOCKETS_LIBRARY` names, else the
   * package for this platform, else this checkout's own build. For Steam: what `STEAM_SOCKETS_STEAM_API` names, else
   * Valve's `steam_api` beside the program, beside the executable, or in the working folder.
   */
  readonly library?: string;
  /**
   * Which kind of library to open: Valve's GameNetworkingSockets, which needs no Steam, or `steam_api`. When it is left
   * out: Steam with `gameServer`, else whichever kind the library file is.
   */
  readonly backend?: "gns" | "steam";
  /** GameNetworkingSockets: who we are, in the SDK's text form (`"str:alice"`); anonymous without it. One for the process. */
  readonly identity?: string;
  /**
   * GameNetworkingSockets: whose certificates count, and where ours comes from; see {@link Certificates}. What another
   * opening of the network has set stays. With it the options `requireAuthentication` of listen sockets and connections
   * are of use.
   */
  readonly certificates?: CertificateOptions;
  /**
   * Steam: the game, set in the environment as `SteamAppId` where Steam looks for it. Without it the environment
   * must have it, or a file steam_appid.txt in the working folder, unless the Steam client started this program.
   */
  readonly appId?: number;
  /** Steam: opens a game server in place of the user of a running Steam client. One for the process. */
  readonly gameServer?: GameServerOptions;
  /**
   * Config options for everything, until the last close; see {@link NetworkingUtils.setConfigValue}. Steam's user and
   * its game server have them in common, until both are closed.
   */
  readonly config?: ConfigOptions;
  /**
   * GameNetworkingSockets: whether you do the library's work, by {@link Networking.poll}, and not a thread of its own.
   * One for the process.
   */
  readonly manualPoll?: boolean;
  /** How much room {@link Networking.listen} and {@link Networking.connect} have for what is sent. */
  readonly pool?: DispatcherOptions;
  /** The library's log, from its start on; see {@link NetworkingUtils.setDebugOutputFunction}. */
  readonly debugOutput?: { readonly level: DebugOutputType; readonly handler: Handler<DebugOutputEvent> };
}
