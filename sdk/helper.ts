/** The helper: our own functions, which lie in the native library that this package builds and ships. */
import { helperContract } from "../ffi/constants.ts";
import { helper as declarations } from "../ffi/functions/index.ts";
import { loadFunctions, type Functions } from "../ffi/load.ts";
import { windowOver } from "../ffi/memory.ts";
import { layoutOf } from "../ffi/layout.ts";
import { steam_sockets_state } from "../ffi/structs.ts";
import { LibraryLoadError, NetworkingError } from "./errors.ts";
import type { NativeLibrary } from "./library.ts";
import { locateLibrary, locateShippedLibrary } from "./locate.ts";

/** The helper's functions, all of them there. */
export type Helper = {
  readonly [Name in keyof typeof declarations]: NonNullable<Functions<typeof declarations>[Name]>;
};

const loaded = new Map<string, Helper>();
let latest: Helper | undefined;

/**
 * The helper that serves a library: the library's own, or that of the library which this package builds or ships, for
 * a GameNetworkingSockets from elsewhere.
 * @throws LibraryLoadError when it was built for another version of this package.
 * @throws LibraryNotFoundError when the library has no helper and there is none of our own.
 */
export function helperFor(library: NativeLibrary): Helper {
  latest = loadHelper(library.path) ?? loadHelper(locateShippedLibrary().path) ?? refuse(library.path);
  return latest;
}

/**
 * The helper for what belongs to no network: that of the library file at `path`; without one, that of the network
 * which this thread opened last, else of the library which a network would open.
 * @throws LibraryNotFoundError when there is none.
 */
export function helperAt(path?: string): Helper {
  if (path === undefined && latest !== undefined) return latest;
  const { path: located } = locateLibrary(path);
  return loadHelper(located) ?? loadHelper(locateShippedLibrary().path) ?? refuse(located);
}

/** The file that a helper was loaded from. */
export function pathOf(helper: Helper): string {
  for (const [path, known] of loaded) if (known === helper) return path;
  throw new RangeError("This helper was not loaded here");
}

/** @throws NetworkingError when memory of one helper would be given to another, who does not know it. */
export function mustBeOfOneHelper(
  backend: { readonly helper: Helper; readonly library: NativeLibrary },
  helper: Helper,
): void {
  if (backend.helper !== helper) {
    throw new NetworkingError(
      `The pool belongs to another library than this network. Make it with { library: ${JSON.stringify(backend.library.path)} }`,
    );
  }
}

/** How a library was built, when it carries a helper that can tell; else undefined. */
export function buildOf(library: NativeLibrary): Readonly<Record<string, unknown>> | undefined {
  const text = loadHelper(library.path)?.build();
  const build: unknown = text === undefined || text === null ? undefined : JSON.parse(text.toString());
  return typeof build === "object" && build !== null ? { ...build } : undefined;
}

function loadHelper(path: string): Helper | undefined {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const { functions, missing } = loadFunctions(path, { helper: declarations });
  const { contract: version } = functions.helper;
  if (version === undefined) return undefined;
  if (version() !== helperContract || missing.length > 0) {
    throw new LibraryLoadError(
      path,
      `its helper is of version ${version()}, this package needs ${helperContract}. Build or install the library that belongs to this package`,
    );
  }
  // Nothing is missing, as was just seen.
  const helper = functions.helper as Helper;
  loaded.set(path, helper);
  return helper;
}

function refuse(path: string): never {
  throw new LibraryLoadError(path, "no helper was found beside it, though this package's own library should carry one");
}

const state = layoutOf(steam_sockets_state);

/** A window over a library's state in the helper, which lies in static memory. */
export class LibraryState {
  readonly #words: Uint32Array;

  constructor(helper: Helper, number: number) {
    const address = helper.state_of(number);
    if (address === null || typeof address === "bigint") throw new RangeError(`There is no library number ${number}`);
    this.#words = new Uint32Array(windowOver(address, state.size).buffer);
  }

  /** Odd while the library is open; another one after each start and each end. */
  get epoch(): number {
    return this.#words[state.offsets.epoch / 4]!;
  }
  /** How many openings have not been closed. */
  get opens(): number {
    return this.#words[state.offsets.opens / 4]!;
  }
  /** Event records that wait. */
  get events(): number {
    return this.#words[state.offsets.events / 4]!;
  }
  /** Debug records that wait. */
  get debugOutputs(): number {
    return this.#words[state.offsets.debugOutputs / 4]!;
  }
  /** Debug records that newer ones pushed out, up to 2^32. */
  get debugOutputsDropped(): number {
    return this.#words[state.offsets.debugOutputsDropped / 4]!;
  }
  /** Signaling objects that the library has not released. */
  get signalings(): number {
    return this.#words[state.offsets.signalings / 4]!;
  }
  /** Whether the library runs in manual poll mode. */
  get manualPoll(): boolean {
    return this.#words[state.offsets.manualPoll / 4] !== 0;
  }
}
