/**
 * Finding and loading a library.
 *
 * - A path that is given beats the environment variable, that the platform package, that this checkout's own build. The
 *   package is found where it is installed, also by a copy of ours elsewhere.
 * - With no library at all LibraryNotFoundError lists every place that was looked at, its path, and what to do. What
 *   somebody names and is not there is not replaced by another.
 * - A text, an empty file, a library without our functions, a steam_api where GameNetworkingSockets was
 *   asked for: LibraryLoadError with the path and the reason; a folder is none that was found. The right one can be
 *   opened afterwards.
 * - Importing the package loads no library.
 * - Every function that a library lacks throws UnsupportedError when it is called, with its name, the library and where
 *   it is to be had.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { networking, symbolOf } from "../ffi/functions/index.ts";
import { cacheFolder, libraryFileName, libraryFolder, POINTER, sourceKey } from "../ffi/native/cache.ts";
import { LibraryLoadError, LibraryNotFoundError, openNetworking, UnsupportedError } from "../lib/index.ts";
import { entryPoint, platformManifest } from "../packaging/manifests.ts";
import { packageName, targets } from "../packaging/targets.ts";
import { NativeLibrary } from "../sdk/library.ts";
import { LIBRARY_VARIABLE, locateLibrary } from "../sdk/locate.ts";
import { PLATFORM_PACKAGE } from "../sdk/packaged.ts";
import { crateFolder } from "./headers/crates.ts";
import type { Report as ImportReport } from "./support/life/import.ts";
import { loadedLibraries, loadedLibrariesAreKnown } from "./support/life/loaded-libraries.ts";
import type { Report as OpenReport } from "./support/life/open.ts";
import { report } from "./support/life/run.ts";

const root = join(import.meta.dir, "..");
const library = locateLibrary().path;
const folder = mkdtempSync(join(tmpdir(), "steam-sockets-loading-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of this package, with the platform package installed beside it or without. */
function copyOfPackage(name: string, withPlatformPackage: boolean): string {
  const copy = join(folder, name);
  for (const part of ["package.json", "lib", "sdk", "ffi"])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  const target = targets.find((candidate) => packageName(candidate) === PLATFORM_PACKAGE);
  if (withPlatformPackage && target !== undefined) {
    const platformPackage = join(copy, "node_modules", PLATFORM_PACKAGE);
    mkdirSync(platformPackage, { recursive: true });
    writeFileSync(join(platformPackage, "package.json"), JSON.stringify(platformManifest(target)));
    writeFileSync(join(platformPackage, "index.js"), entryPoint(target));
    cpSync(library, join(platformPackage, libraryFileName));
  }
  return copy;
}

/** A cache in which this checkout's library was built. */
function filledCache(): string {
  const cache = join(folder, "filled cache");
  const libraries = join(cache, relative(cacheFolder(), libraryFolder(sourceKey())));
  mkdirSync(join(libraries, "tools"), { recursive: true });
  symlinkSync(library, join(libraries, "tools", libraryFileName));
  writeFileSync(join(libraries, POINTER), join("tools", libraryFileName));
  return cache;
}

function alias(name: string): string {
  const path = join(folder, name);
  symlinkSync(library, path);
  return path;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Places {
  /** The package that is used; this one when it is left out. */
  readonly copy?: string;
  readonly explicit?: string;
  readonly variable?: string;
  readonly cache?: string;
}

const open = ({ copy = root, explicit, variable, cache = join(folder, "empty cache") }: Places): Promise<OpenReport> =>
  report("open.ts", explicit === undefined ? [copy] : [copy, explicit], {
    environment: { [LIBRARY_VARIABLE]: variable, STEAM_SOCKETS_CACHE: cache },
  });

const cache = filledCache();

describe("the order of places", () => {
  const withPackage = copyOfPackage("with platform package", true);
  const withoutPackage = copyOfPackage("without platform package", false);
  const packaged = join(withPackage, "node_modules", PLATFORM_PACKAGE, libraryFileName);
  const given = alias("given.so");
  const named = alias("named.so");

  test("a path that is given comes first", async () => {
    expect(await open({ copy: withPackage, explicit: given, variable: named, cache })).toEqual({ path: given });
  });

  test("then what the environment names", async () => {
    expect(await open({ copy: withPackage, variable: named, cache })).toEqual({ path: named });
  });

  test("then the platform package", async () => {
    expect(await open({ copy: withPackage, cache })).toEqual({ path: packaged });
    // Set to nothing is not set.
    expect(await open({ copy: withPackage, cache, variable: "" })).toEqual({ path: packaged });
  });

  test("then this checkout's build", async () => {
    const { path } = await open({ copy: withoutPackage, cache });
    expect(path).toStartWith(cache);
    expect(path).toEndWith(libraryFileName);
  });
});

describe("no library", () => {
  const nowhere = join(folder, "nowhere.so");

  test("lists every place", async () => {
    const { errorName, message, places } = await open({});
    expect(errorName).toBe("LibraryNotFoundError");
    expect(places).toEqual([
      { place: `the environment variable ${LIBRARY_VARIABLE}`, outcome: "not set" },
      { place: `the package ${PLATFORM_PACKAGE}`, outcome: "not installed" },
      {
        place: "this checkout's own build",
        path: expect.stringContaining(join(folder, "empty cache")),
        outcome: "not built",
      },
    ]);
    for (const { place, path = "", outcome } of places!) {
      expect(message).toContain(place);
      expect(message).toContain(path);
      expect(message).toContain(outcome);
    }
    expect(message).toContain("bun run native");
  });

  test("at the path that is given, though the others have one", async () => {
    const { errorName, message, places } = await open({ explicit: nowhere, variable: library });
    expect(errorName).toBe("LibraryNotFoundError");
    expect(places).toEqual([{ place: "the path that was given", path: nowhere, outcome: "no such file" }]);
    expect(message).toContain(nowhere);
  });

  test("at the path that the environment names, though the others have one", async () => {
    const { errorName, places } = await open({ variable: nowhere });
    expect(errorName).toBe("LibraryNotFoundError");
    const place = `the environment variable ${LIBRARY_VARIABLE}`;
    expect(places).toEqual([{ place, path: nowhere, outcome: "no such file" }]);
  });

  test("but a folder", () => {
    expect(() => openNetworking({ library: folder })).toThrow(LibraryNotFoundError);
    expect(() => openNetworking({ library: folder })).toThrow(/not a file/);
  });
});

describe("a file that cannot be used", () => {
  function expectRefusal(path: string, reason: RegExp): void {
    for (const attempt of ["first", "second"]) {
      const open = () => openNetworking({ library: path });
      expect(open, attempt).toThrow(LibraryLoadError);
      expect(open, attempt).toThrow(path);
      expect(open, attempt).toThrow(reason);
    }
    using net = openNetworking();
    expect(net.library).toMatchObject({ kind: "gns", path: library });
  }

  test("is a text", () => {
    expectRefusal(file("text.so", "This is no library.\n".repeat(100)), /Name a shared library for/);
  });

  test("is empty", () => {
    expectRefusal(file("empty.so", ""), /Name a shared library for/);
  });

  const systemLibrary = loadedLibrariesAreKnown
    ? loadedLibraries().find((path) => /\/libm[.-]/.test(path) || /\/libc[.-]/.test(path))
    : undefined;
  if (systemLibrary === undefined) console.log("Not tested here: no library of the system is known by its path");
  test.skipIf(systemLibrary === undefined)("is a library without our functions", () => {
    expectRefusal(systemLibrary!, /none of the networking functions/);
  });

  const hasSteamLibrary = process.platform === "linux" && process.arch === "x64";
  if (!hasSteamLibrary) console.log("Not tested here: the steam_api at hand is one for linux-x64");
  test.skipIf(!hasSteamLibrary)("is a steam_api that no Steam client stands behind", async () => {
    const crate = await crateFolder("Cargo.toml", "steamworks-sys");
    const path = join(crate, "lib/steam/redistributable_bin/linux64/libsteam_api.so");
    const { errorName, message } = await open({ explicit: path, cache });
    expect(errorName).toBe("LibraryStartError");
    expect(message).toContain(path);
    expect(message).toContain("Start the Steam client");
  });
});

describe("importing", () => {
  test.skipIf(!loadedLibrariesAreKnown)("loads no library", async () => {
    const environment = { [LIBRARY_VARIABLE]: library };
    const { before, after, opened } = await report<ImportReport>("import.ts", [], { environment });
    expect(after).toEqual(before);
    // That a loaded one would have been seen.
    expect(opened).toContain(realpathSync(library));
  });
  if (!loadedLibrariesAreKnown) console.log("Not tested here: what is loaded is read from Linux's /proc");
});

describe("a function that the library lacks", () => {
  const native = NativeLibrary.load(library);

  test("throws UnsupportedError that names it, the library and where it is to be had", () => {
    expect(native.has("SteamAPI_ISteamNetworkingSockets_GetFakeIP")).toBe(false);
    const call: () => unknown = native.functions.sockets.GetFakeIP.bind(undefined, 1 as never, 0, new Uint8Array(32));
    expect(call).toThrow(UnsupportedError);
    expect(call).toThrow("SteamAPI_ISteamNetworkingSockets_GetFakeIP");
    expect(call).toThrow(library);
    expect(call).toThrow("Valve's steam_api (Steamworks SDK) has it");
  });

  test("and so does every other", () => {
    const lacking = new Set(native.missing);
    const refused: string[] = [];
    for (const [group, declarations] of Object.entries(networking)) {
      const functions: Record<string, unknown> = native.functions[group as keyof typeof networking];
      for (const [name, declaration] of Object.entries(declarations)) {
        const symbol = symbolOf(declaration);
        const fn = functions[name];
        if (!lacking.has(symbol) || typeof fn !== "function") continue;
        try {
          fn();
        } catch (error) {
          if (!(error instanceof UnsupportedError)) throw error;
          expect(error).toMatchObject({ functionName: symbol, library });
          refused.push(symbol);
        }
      }
    }
    expect(new Set(refused)).toEqual(lacking);
    expect(lacking.size).toBeGreaterThan(20);
  });
});
