/** A place where a library is looked for, and what is there. */
import { networking, symbolOf, type FlatFunction } from "../../../ffi/functions/index.ts";
import type { LibraryPlace } from "../../../sdk/errors.ts";
import { buildOf } from "../../../sdk/helper.ts";
import { NativeLibrary, whereToGet, type LibraryKind } from "../../../sdk/library.ts";
import { interfaceVersions } from "../../../sdk/steam.ts";
import { apiOf, type ApiFinding } from "./api.ts";
import { neededLibraries } from "./elf.ts";

/** What was found. Everything that could not be found out is null or empty. */
export interface LibraryFinding {
  /** What kind of place it is, for people. */
  readonly place: string;
  /** What came of looking there, for people. */
  readonly outcome: string;
  readonly kind: LibraryKind | null;
  readonly path: string | null;
  readonly version: string | null;
  /** Of a steam_api: the versions of its interfaces, null for one that it lacks. */
  readonly interfaces: Readonly<Record<string, string | null>> | null;
  /** How it was built, where it tells. */
  readonly build: Readonly<Record<string, unknown>> | null;
  /** The shared libraries that it needs at run time; null where they can't be read (they are on Linux, 64 bits). */
  readonly needs: readonly string[] | null;
  /** What it has of the API of Valve's documents. */
  readonly api: ApiFinding | null;
  readonly functions: {
    /** C names of the functions that it has. */
    readonly available: readonly string[];
    /** C names of the functions that it lacks. */
    readonly missing: readonly string[];
    /** Why it lacks them and where they are to be had, by C name. */
    readonly why: Readonly<Record<string, string>>;
  };
}

/** Looks at what is in a place. */
export function examine({ place, path, outcome }: LibraryPlace): LibraryFinding {
  const nothing: LibraryFinding = {
    place,
    outcome,
    kind: null,
    path: path ?? null,
    version: null,
    interfaces: null,
    build: null,
    needs: null,
    api: null,
    functions: { available: [], missing: [], why: {} },
  };
  if (path === undefined || outcome !== "found") return nothing;
  try {
    const library = NativeLibrary.load(path);
    const build = buildOf(library) ?? null;
    const interfaces = library.kind === "steam" ? interfaceVersions(library) : null;
    const version =
      interfaces === null ? build?.["gns"] : `SteamNetworkingSockets${interfaces["SteamNetworkingSockets"]}`;
    // Of an accessor there is one version, and the others are not missed.
    const missing = library.missing.filter((symbol) => !/_v\d{3}$/.test(symbol));
    return {
      ...nothing,
      kind: library.kind,
      version: typeof version === "string" ? version : "unknown",
      interfaces,
      build,
      needs: neededLibraries(path) ?? null,
      api: apiOf(library),
      functions: { available: library.available, missing, why: reasons(library.kind, missing) },
    };
  } catch (error) {
    return { ...nothing, outcome: error instanceof Error ? error.message : String(error) };
  }
}

function reasons(kind: LibraryKind, missing: readonly string[]): Record<string, string> {
  const declared = new Map<string, FlatFunction>();
  for (const group of Object.values(networking)) {
    for (const fn of Object.values<FlatFunction>(group)) declared.set(symbolOf(fn), fn);
  }
  return Object.fromEntries(
    missing.map((symbol) => {
      const fn = declared.get(symbol);
      return [symbol, fn === undefined ? "" : whereToGet(fn, kind)];
    }),
  );
}
