/** Puts finished libraries where cache.ts finds them, each whole or not at all. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  DAY,
  libraryFileName,
  libraryFolder,
  nativeBenchKey,
  nativeCacheFolder,
  noteUse,
  pointedLibrary,
  POINTER,
} from "./cache.ts";

const DAYS_KEPT = 30;
// Of those above it only what was used within the last day, for who works on the library has many builds a day.
const LIBRARIES_KEPT = 16;

/** The finished library for these sources and tools; the pointer then names it. */
export function publishedLibrary(sourceKey: string, toolKey: string): string | undefined {
  const path = libraryPath(sourceKey, toolKey);
  if (!existsSync(path)) return undefined;
  point(path);
  noteUse(libraryFolder(sourceKey));
  return path;
}

/**
 * Publishes a library. To be called by one process at a time.
 * @param built where the linker wrote it.
 * @returns where it is now.
 */
export function publish(built: string, sourceKey: string, toolKey: string): string {
  const path = libraryPath(sourceKey, toolKey);
  place(built, path);
  point(path);
  return path;
}

/** The finished native program of the benchmarks, beside its library. */
export function publishedNativeBench(sourceKey: string, toolKey: string): string | undefined {
  const path = nativeBenchPath(sourceKey, toolKey);
  return existsSync(path) ? path : undefined;
}

/** {@link publish} for the native program of the benchmarks. */
export function publishNativeBench(built: string, sourceKey: string, toolKey: string): string {
  const path = nativeBenchPath(sourceKey, toolKey);
  place(built, path);
  return path;
}

/** The finished library with symbols, beside the one without. */
export function publishedWithSymbols(sourceKey: string, toolKey: string): string | undefined {
  const path = withSymbolsPath(sourceKey, toolKey);
  return existsSync(path) ? path : undefined;
}

/** {@link publish} for the library with symbols. */
export function publishWithSymbols(built: string, sourceKey: string, toolKey: string): string {
  const path = withSymbolsPath(sourceKey, toolKey);
  place(built, path);
  return path;
}

/**
 * Removes libraries and build folders that nobody has used in a long time. To be called by one process at a time.
 * @param present the key of the sources whose library is kept in any case, as is each that a process has loaded.
 */
export function prune(present: string): void {
  const now = Date.now();
  const libraries = entries(nativeCacheFolder(), /-[0-9a-f]{16}(\.log)?$/)
    .filter(({ time }, at) => now - time > (at < LIBRARIES_KEPT ? DAYS_KEPT : 1) * DAY)
    .filter(({ path }) => path !== libraryFolder(present));
  const loaded = libraries.length > 0 ? filesInUse() : "";
  for (const { path } of libraries) if (!loaded.includes(`${path}/`)) rmSync(path, { recursive: true, force: true });
  for (const { path, time } of entries(join(nativeCacheFolder(), "build"), /./)) {
    if (now - time > DAYS_KEPT * DAY) rmSync(path, { recursive: true, force: true });
  }
}

/** What processes have loaded, as far as this system and their owners let us see it. */
function filesInUse(): string {
  const maps = existsSync("/proc/self/maps") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return maps.map((process) => readIfAllowed(`/proc/${process}/maps`)).join("\n");
}

function readIfAllowed(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function libraryPath(sourceKey: string, toolKey: string): string {
  return join(libraryFolder(sourceKey), toolKey, libraryFileName);
}

function nativeBenchPath(sourceKey: string, toolKey: string): string {
  return join(libraryFolder(sourceKey), toolKey, `native_bench-${nativeBenchKey()}`);
}

function withSymbolsPath(sourceKey: string, toolKey: string): string {
  return join(libraryFolder(sourceKey), toolKey, `symbols-${libraryFileName}`);
}

function place(built: string, path: string): void {
  // Beside what it is made from, so that nobody finds it before it is whole, and on the same file system.
  const copy = `${built}.copy`;
  copyFileSync(built, copy);
  const descriptor = openSync(copy, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(copy, path);
}

function point(path: string): void {
  const folder = dirname(dirname(path));
  if (pointedLibrary(folder) === path) return;
  const pointer = join(folder, POINTER);
  const own = `${pointer}.${process.pid}`;
  writeFileSync(own, `${relative(folder, path)}\n`);
  renameSync(own, pointer);
}

// Newest first.
function entries(folder: string, pattern: RegExp): { path: string; time: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, time: statSync(path).mtimeMs }))
    .sort((a, b) => b.time - a.time);
}
