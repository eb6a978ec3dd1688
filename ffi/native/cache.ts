/** Where built native libraries lie. Knows nothing of how they are built, so that run time can look without a compiler. */
import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** This machine's platform, in the names of folders. */
export const hostPlatform = `${process.platform}-${process.arch}`;

/** What the shared library is called on this platform. */
export const libraryFileName = libraryFileNameOn(process.platform);

/** What the shared library is called on a platform. */
export function libraryFileNameOn(system: NodeJS.Platform): string {
  return `libsteam_sockets.${system === "win32" ? "dll" : system === "darwin" ? "dylib" : "so"}`;
}

/** The folder of `CMakeLists.txt` and all that it builds from. */
export const sourceFolder = import.meta.dir;

/** Milliseconds. */
export const DAY = 86_400_000;

// Whatever lies in these goes into the library. The unit tests do not.
const INPUTS = ["CMakeLists.txt", "cmake", "include", "sources", "src"];

/** The folder for all that this package keeps on a machine: `STEAM_SOCKETS_CACHE`, else one in the user's cache folder. */
export function cacheFolder(): string {
  const own = process.env["STEAM_SOCKETS_CACHE"];
  return own ? resolve(own) : join(userCacheFolder(), "steam-sockets");
}

/** The part of {@link cacheFolder} for native builds. */
export function nativeCacheFolder(): string {
  return join(cacheFolder(), "native");
}

/** Files by their path relative to {@link sourceFolder}, with "/" on every platform, in a fixed order. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What the library is built from, as it is now. */
export function readInputs(): Files {
  return readFiles(INPUTS);
}

/** Reads files of {@link sourceFolder}, and folders with all below them. Hidden files are nobody's input. */
export function readFiles(paths: readonly string[]): Files {
  const names = paths.flatMap(filesBelow).sort();
  return new Map(names.map((name) => [name, readFileSync(join(sourceFolder, name))]));
}

/** A short hash of files: the same in every checkout that has the same sources. */
export function keyOf(files: Files): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const [name, bytes] of files) hasher.update(`${name}\0${bytes.length}\0`).update(bytes);
  return hasher.digest("hex").slice(0, 16);
}

/** The key of the present sources. */
export function sourceKey(): string {
  return keyOf(readInputs());
}

/** The key of the native program of the benchmarks, which has sources of its own beside the library's. */
export function nativeBenchKey(): string {
  return keyOf(new Map([...readInputs(), ...readFiles(["bench"])]));
}

/** The folder of the libraries that were built from sources with this key, one folder below for each compiler. */
export function libraryFolder(key: string, platform = hostPlatform): string {
  return join(nativeCacheFolder(), `${platform}-${key}`);
}

/** In a {@link libraryFolder}, names the library that was built or asked for last. Written last and atomically. */
export const POINTER = "library";

/** The library built from the present sources, or the place where it would be. */
export function builtLibrary(): { path: string } | { expected: string } {
  const folder = libraryFolder(sourceKey());
  const path = pointedLibrary(folder);
  if (path === undefined) return { expected: join(folder, libraryFileName) };
  noteUse(folder);
  return { path };
}

/** Notes that what lies in this {@link libraryFolder} is used, so that it is kept. To the day is exact enough. */
export function noteUse(folder: string): void {
  const now = Date.now();
  try {
    if (now - statSync(folder).mtimeMs > DAY) utimesSync(folder, now / 1000, now / 1000);
  } catch {
    // Somebody else's, which can be used nevertheless.
  }
}

/** The library that the pointer in this {@link libraryFolder} names, if both are there. */
export function pointedLibrary(folder: string): string | undefined {
  try {
    const path = join(folder, readFileSync(join(folder, POINTER), "utf8").trim());
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

function userCacheFolder(): string {
  const home = homedir();
  if (process.platform === "darwin") return join(home, "Library", "Caches");
  if (process.platform === "win32") return process.env["LOCALAPPDATA"] || join(home, "AppData", "Local");
  return process.env["XDG_CACHE_HOME"] || join(home, ".cache");
}

function filesBelow(path: string): string[] {
  const full = join(sourceFolder, path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(full).flatMap((name) => (name.startsWith(".") ? [] : filesBelow(`${path}/${name}`)));
}
