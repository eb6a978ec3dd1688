/** Puts finished libraries where cache.ts finds them, each whole or not at all. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { libraryFileName, libraryFolder, nativeBenchKey, nativeCacheFolder, pointedLibrary, POINTER } from "./cache.ts";

const DAY = 86_400_000;
const LIBRARIES_KEPT = 16;
const BUILD_FOLDER_DAYS = 30;

/** The finished library for these sources and tools; the pointer then names it. */
export function publishedLibrary(sourceKey: string, toolKey: string): string | undefined {
  const path = libraryPath(sourceKey, toolKey);
  if (!existsSync(path)) return undefined;
  point(path);
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

/** Removes libraries and build folders that nobody has asked for in a long time. To be called by one process at a time. */
export function prune(): void {
  const now = Date.now();
  const libraries = entries(nativeCacheFolder(), /-[0-9a-f]{16}(\.log)?$/);
  for (const { path, time } of libraries.slice(LIBRARIES_KEPT)) {
    if (now - time > DAY) rmSync(path, { recursive: true, force: true });
  }
  for (const { path, time } of entries(join(nativeCacheFolder(), "build"), /./)) {
    if (now - time > BUILD_FOLDER_DAYS * DAY) rmSync(path, { recursive: true, force: true });
  }
}

function libraryPath(sourceKey: string, toolKey: string): string {
  return join(libraryFolder(sourceKey), toolKey, libraryFileName);
}

function nativeBenchPath(sourceKey: string, toolKey: string): string {
  return join(libraryFolder(sourceKey), toolKey, `native_bench-${nativeBenchKey()}`);
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
