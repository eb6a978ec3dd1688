/** GameNetworkingSockets. */
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetworkingIdentity } from "../ffi/structs.ts";
import type { Backend } from "./backend.ts";
import { AlreadyOpenError, LibraryLoadError, LibraryStartError } from "./errors.ts";
import { buildOf } from "./helper.ts";
import type { NativeLibrary } from "./library.ts";
import { Opening } from "./opening.ts";

/** How to open the library. */
export interface GnsOptions {
  /** A `SteamNetworkingIdentity`; anonymous without one. Process-wide: set by the first open. */
  readonly identity?: SharedMemory | undefined;
  /** Whether the owner does the library's work by {@link Backend.poll}. Process-wide: set by the first open. */
  readonly manualPoll?: boolean | undefined;
  /** Most detailed debug output that is kept; 0 is none. */
  readonly debugLevel?: number | undefined;
}

/**
 * Opens GameNetworkingSockets on this thread.
 * @throws AlreadyOpenError when another thread has it open, or when it is open with other settings.
 * @throws LibraryStartError with the library's own words when it does not start.
 */
export function openGns(library: NativeLibrary, options: GnsOptions = {}): Backend {
  if (library.kind !== "gns") {
    throw new LibraryLoadError(library.path, "it is a steam_api, and GameNetworkingSockets was asked for");
  }
  const { identity, manualPoll, debugLevel } = options;
  const { sockets, utils, messages } = library.functions;
  const opening = new Opening({
    library,
    version: versionOf(library),
    table: {
      init: library.address("gns", "Init"),
      kill: library.address("gns", "Kill"),
      sockets: library.address("sockets", "SteamNetworkingSockets_v009"),
      utils: library.address("utils", "SteamNetworkingUtils_v003"),
      messages: library.address("messages", "SteamNetworkingMessages_v002"),
      setConfigPointer: library.address("utils", "SetGlobalConfigValuePtr"),
      runCallbacks: library.address("sockets", "RunCallbacks"),
      setManualPollMode: library.address("gns", "SetManualPollMode"),
      poll: library.address("gns", "Poll"),
    },
    start: { identity, manualPoll, debugLevel },
    sockets: () => sockets.SteamNetworkingSockets_v009(),
    utils: () => utils.SteamNetworkingUtils_v003(),
    messages: () => messages.SteamNetworkingMessages_v002(),
    refused: (_, reason) => new LibraryStartError(`${library.path} did not start: ${reason || "it gave no reason"}`),
  });
  try {
    mustAgree(opening, options);
  } catch (problem) {
    opening.close(0);
    throw problem;
  }
  return opening;
}

/** What is one for the process was set by the first open. */
function mustAgree(opening: Opening, { identity, manualPoll }: GnsOptions): void {
  if (manualPoll !== undefined && manualPoll !== opening.manualPoll) {
    throw new AlreadyOpenError(
      `The network is open already ${opening.manualPoll ? "in" : "without"} manual poll mode, which is one for the process`,
    );
  }
  if (identity === undefined || opening.isOnlyOpening) return;
  const { functions } = opening.library;
  const present = new SharedMemory(layoutOf(SteamNetworkingIdentity).size);
  functions.sockets.GetIdentity(opening.sockets, present.bytes);
  if (!functions.identity.IsEqualTo(present.bytes, identity.bytes)) {
    throw new AlreadyOpenError("The network is open already with another identity, which is one for the process");
  }
}

/** Only a library that was built together with a helper tells its version. */
function versionOf(library: NativeLibrary): string {
  const version = buildOf(library)?.["gns"];
  return typeof version === "string" ? version : "unknown";
}
