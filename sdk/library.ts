/** A networking library's file, loaded: which kind it is, what it can do, and its functions. */
import { addressOfFunction, loadFunctions, type FunctionGroups, type LoadedFunctions } from "../ffi/load.ts";
import { accessors } from "../ffi/functions/accessors.ts";
import { networking, symbolOf, type FlatFunction, type LibraryKind } from "../ffi/functions/index.ts";
import type { Address } from "../ffi/memory.ts";
import { LibraryLoadError, UnsupportedError } from "./errors.ts";

export type { LibraryKind } from "../ffi/functions/index.ts";

type Loaded = LoadedFunctions<typeof networking>["functions"];

/** The functions by interface and name. One that the library lacks throws {@link UnsupportedError} when it is called. */
export type NetworkingFunctions = {
  readonly [Group in keyof Loaded]: { readonly [Name in keyof Loaded[Group]]: NonNullable<Loaded[Group][Name]> };
};

/** The accessor of an interface, in the version that a library has. */
export interface Accessor {
  /** Three digits. */
  readonly version: string;
  readonly address: Address;
  /** The interface; null when the library has not been started. */
  call(): Address | null;
}

/** A loaded library file. It is never unloaded: it has threads of its own. */
export class NativeLibrary {
  static readonly #loaded = new Map<string, NativeLibrary>();

  /**
   * Loads a library file, once in each JavaScript thread.
   * @throws LibraryLoadError when the file is no library, or has none of the functions.
   */
  static load(path: string): NativeLibrary {
    const known = NativeLibrary.#loaded.get(path);
    if (known !== undefined) return known;
    const library = new NativeLibrary(path);
    NativeLibrary.#loaded.set(path, library);
    return library;
  }

  /** The file. */
  readonly path: string;
  /** Which of the two libraries it is. */
  readonly kind: LibraryKind;
  /** Its functions by interface and name. */
  readonly functions: NetworkingFunctions;
  /** C names of the functions that it has. */
  readonly available: readonly string[];
  /** C names of the functions that it lacks. */
  readonly missing: readonly string[];
  readonly #loadedFunctions: Loaded;
  readonly #symbols: ReadonlySet<string>;
  readonly #accessors = new Map<string, Accessor>();

  private constructor(path: string) {
    const kind = kindOf(path);
    const { functions, available, missing } = openFile(path, networking, kind);
    this.path = path;
    this.available = available;
    this.missing = missing;
    this.#loadedFunctions = functions;
    this.#symbols = new Set(available);
    if (kind === undefined) {
      throw new LibraryLoadError(
        path,
        available.length === 0
          ? "it is a shared library, but has none of the networking functions. Name a GameNetworkingSockets or a steam_api"
          : "it has neither GameNetworkingSockets_Init nor SteamAPI_InitFlat, so nothing can start it",
      );
    }
    this.kind = kind;
    this.functions = withRefusals(functions, path, kind);
  }

  /** Whether the library has a function, by its C name. */
  has(symbol: string): boolean {
    return this.#symbols.has(symbol);
  }

  /**
   * The newest of an interface's accessors that the library has.
   * @param base its name without the version: "SteamAPI_SteamNetworkingSockets_SteamAPI".
   */
  accessor(base: string): Accessor | undefined {
    const known = this.#accessors.get(base);
    if (known !== undefined) return known;
    const { functions } = openFile(this.path, { versions: accessors(base) }, this.kind);
    const newest = Object.entries(functions.versions).findLast(([, fn]) => fn !== undefined);
    if (newest?.[1] === undefined) return undefined;
    const [version, fn] = newest;
    const accessor = {
      version,
      address: addressOfFunction(fn),
      call() {
        const address = fn();
        return typeof address === "number" ? address : null;
      },
    };
    this.#accessors.set(base, accessor);
    return accessor;
  }

  /** The address of one of its functions, for native code that calls it; null when the library lacks it. */
  address<Group extends keyof Loaded>(group: Group, name: keyof Loaded[Group]): Address | null {
    const fn: object | undefined = this.#loadedFunctions[group][name];
    return fn === undefined ? null : addressOfFunction(fn);
  }
}

/** Which library it is, by the function that starts it: some symbols mean other things in the one and in the other. */
function kindOf(path: string): LibraryKind | undefined {
  const { Init } = networking.gns;
  const { InitFlat } = networking.steam;
  const { available } = openFile(path, { start: { Init, InitFlat } }, undefined);
  if (available.includes(symbolOf(Init))) return "gns";
  return available.includes(symbolOf(InitFlat)) ? "steam" : undefined;
}

function openFile<const Groups extends FunctionGroups>(
  path: string,
  groups: Groups,
  kind: LibraryKind | undefined,
): LoadedFunctions<Groups> {
  try {
    return loadFunctions(path, groups, kind);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LibraryLoadError(path, `${reason}. Name a shared library for ${process.platform} ${process.arch}`, {
      cause: error,
    });
  }
}

/** Puts a function that throws in the place of each one that is missing. */
function withRefusals(loaded: Loaded, path: string, kind: LibraryKind): NetworkingFunctions {
  const complete: Record<string, Record<string, unknown>> = {};
  for (const [groupName, group] of Object.entries(networking)) {
    const callable: Record<string, unknown> = (complete[groupName] = {});
    const found: Record<string, unknown> = loaded[groupName as keyof Loaded];
    for (const [name, declared] of Object.entries<FlatFunction>(group)) {
      callable[name] = found[name] ?? refusal(declared, path, kind);
    }
  }
  // Built from the same table, name by name; only the loop's types are wider.
  return complete as NetworkingFunctions;
}

function refusal(declared: FlatFunction, path: string, kind: LibraryKind): () => never {
  return () => {
    throw unsupported(declared, { path, kind });
  };
}

/** What to throw when a function is asked for that a library lacks. */
export function unsupported(
  declared: FlatFunction,
  { path, kind }: Pick<NativeLibrary, "path" | "kind">,
): UnsupportedError {
  return new UnsupportedError(symbolOf(declared), path, whereToGet(declared, kind));
}

/** Where a function is to be had that a library of this kind lacks, for people. */
export function whereToGet({ only }: FlatFunction, kind: LibraryKind): string {
  if (kind === "steam") {
    return only === "gns"
      ? "GameNetworkingSockets has it"
      : "Another version of steam_api (Steamworks SDK) may have it";
  }
  if (only === "gns") return "Another build of GameNetworkingSockets may have it";
  if (only === "steam") return "Valve's steam_api (Steamworks SDK) has it";
  return "It belongs to Valve's relay network, which steam_api (Steamworks SDK) has";
}
