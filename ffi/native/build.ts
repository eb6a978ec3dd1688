#!/usr/bin/env bun
/**
 * Builds the native library when it is not there or out of date: `bun ffi/native/build.ts`, or
 * {@link ensureNativeLibrary} from other code.
 *
 * What it keeps, in the folder `native` of the cache (see cache.ts):
 *
 *     <platform>-<sources>/<tools>/libsteam_sockets.so   a finished library
 *     <platform>-<sources>/<tools>/native_bench-<key>    the program that the benchmarks compare with
 *     <platform>-<sources>/<tools>/symbols-libsteam_sockets.so   the library with its symbols, for profiles
 *     <platform>-<sources>/library                       names the one that was asked for last
 *     <platform>-<sources>.log                           what a failed build said
 *     build/<platform>-<dependencies>/                   sources and objects, so that small changes take seconds
 *     tools/                                             wheels, where the machine has no good cmake, ninja or protoc
 *     lock                                               one build at a time
 *
 * After a build, what nobody has used for 30 days is removed, but for libraries that a process has loaded.
 *
 * A build reads a copy of the sources, so that the library belongs to its key even when somebody edits meanwhile, and
 * all checkouts share the objects.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { BuildFolder, NativeBuildError, type TestRun, toolKey } from "./build-folder.ts";
import { libraryFolder, nativeCacheFolder, pointedLibrary, sourceFolder, sourceKey } from "./cache.ts";
import { type Holder, Lock } from "./lock.ts";
import { MissingToolsError } from "./missing-tools.ts";
import { duration, Progress } from "./progress.ts";
import {
  prune,
  publish,
  publishedLibrary,
  publishedNativeBench,
  publishedWithSymbols,
  publishNativeBench,
  publishWithSymbols,
} from "./publish.ts";
import { InterruptedError, Interruption } from "./run.ts";
import { hostToolchain, type Toolchain, ZIG, zigToolchain } from "./toolchain.ts";
import { type BuildTools, findCompilers, findCrossTools, findHostTools, type Source, type Wheel } from "./tools.ts";

export { MissingToolsError, NativeBuildError };

/** How to build. */
export interface BuildOptions {
  /** Builds from nothing, even if the library is there. */
  force?: boolean;
  /** Says nothing while it builds. */
  quiet?: boolean;
}

/**
 * Builds the library from the present sources, unless that has been done before. Reports on standard error only.
 * Several processes may call it at once: one builds, the others wait for it.
 * @returns the library's path.
 * @throws MissingToolsError, NativeBuildError
 */
export async function ensureNativeLibrary(options: BuildOptions = {}): Promise<string> {
  return (await ensure(options)).path;
}

/**
 * Builds the native program of the benchmarks, unless that has been done before; see {@link ensureNativeLibrary}.
 * @returns the program's path.
 */
export async function ensureNativeBench(options: BuildOptions = {}): Promise<string> {
  const key = sourceKey();
  const compilers = findCompilers();
  const published = compilers && publishedNativeBench(key, toolKey(compilers.identity));
  if (published !== undefined) return published;
  return await inBuildFolder(options, async (folder) => {
    await folder.prepare();
    await folder.make("native_bench");
    return publishNativeBench(folder.nativeBench, folder.sourceKey, folder.toolKey);
  });
}

/**
 * Builds the library with its symbols, for profiles, unless that has been done before; see {@link ensureNativeLibrary}.
 * @returns its path.
 */
export async function ensureLibraryWithSymbols(options: BuildOptions = {}): Promise<string> {
  const key = sourceKey();
  const compilers = findCompilers();
  const published = compilers && publishedWithSymbols(key, toolKey(compilers.identity));
  if (published !== undefined) return published;
  return await inBuildFolder(options, async (folder) => {
    await folder.prepare();
    await folder.make("steam_sockets_with_symbols");
    return publishWithSymbols(folder.libraryWithSymbols, folder.sourceKey, folder.toolKey);
  });
}

/** A build folder as other programs want it. */
export interface ReadyBuildFolder {
  /** Where CMake has built; `compile_commands.json` lies here. */
  objects: string;
  /** The copy of the sources that the compile commands name. */
  sources: string;
  /** The programs that were asked for. */
  programs: string[];
}

/**
 * Brings the build folder up to date with the present sources: compile commands, generated headers, helper.
 * @param wheels programs to fetch as well.
 */
export async function ensureBuildFolder(
  wheels: readonly Wheel[],
  options: BuildOptions = {},
): Promise<ReadyBuildFolder> {
  return await inBuildFolder(options, async (folder) => {
    await folder.prepare();
    await folder.make("helper");
    const programs: string[] = [];
    for (const wheel of wheels) programs.push(await folder.provide({ wheel }));
    return { objects: folder.objects, sources: folder.sources, programs };
  });
}

/** Builds the helper's unit tests, plain and with each sanitizer, and runs them. */
export async function runHelperTests(options: BuildOptions = {}): Promise<{ runs: TestRun[]; output: string }> {
  return await inBuildFolder(options, async (folder) => {
    await folder.prepare();
    await folder.make("helper_tests");
    return await folder.test();
  });
}

/** A library that was built for another platform. */
export interface CrossBuild {
  /** The file that the linker wrote. */
  library: string;
  /** All files that were compiled for it, headers too. */
  compiledFiles: string[];
  /** Holds the copy of our sources, and all that was made. */
  folder: string;
  /** Where zig and what it brings lie. */
  zigFolder: string;
}

/**
 * Builds the library with zig, unless that has been done before.
 * @param target as zig names it: "x86_64-linux-gnu.2.17".
 * @param system as Node names it: "linux".
 * @param use takes what it wants of the build, before another one begins.
 */
export async function buildWithZig<T>(
  target: string,
  system: NodeJS.Platform,
  use: (build: CrossBuild) => Promise<T>,
  options: BuildOptions = {},
): Promise<T> {
  const tools = findCrossTools(ZIG);
  return await inBuildFolderOf(zigToolchain(target, system), tools, options, async (folder) => {
    await folder.prepare();
    await folder.make("steam_sockets");
    const zig: Source = { wheel: ZIG };
    return await use({
      library: folder.library,
      compiledFiles: await folder.compiledFiles(),
      folder: dirname(folder.objects),
      zigFolder: dirname(await folder.provide(zig)),
    });
  });
}

async function ensure(options: BuildOptions): Promise<{ path: string; built: boolean }> {
  const ready = options.force ? undefined : readyLibrary();
  if (ready !== undefined) return { path: ready, built: false };
  return await inBuildFolder(options, async (folder) => {
    // Perhaps by the process that this one has waited for.
    const done = options.force ? undefined : publishedLibrary(folder.sourceKey, folder.toolKey);
    if (done !== undefined) return { path: done, built: false };
    await folder.prepare();
    await folder.make("steam_sockets");
    const path = publish(folder.library, folder.sourceKey, folder.toolKey);
    prune(folder.sourceKey);
    return { path, built: true };
  });
}

function readyLibrary(): string | undefined {
  const compilers = findCompilers();
  const key = sourceKey();
  // Who cannot build takes what others have built.
  return compilers === undefined
    ? pointedLibrary(libraryFolder(key))
    : publishedLibrary(key, toolKey(compilers.identity));
}

async function inBuildFolder<T>(options: BuildOptions, work: (folder: BuildFolder) => Promise<T>): Promise<T> {
  if (process.platform === "win32") {
    throw new Error("The native library cannot be built on Windows yet. Install its package for this platform.");
  }
  // First of all, so that who lacks a tool finds the cache as it was.
  const { compilers, tools } = findHostTools();
  return await inBuildFolderOf(hostToolchain(compilers), tools, options, work);
}

async function inBuildFolderOf<T>(
  toolchain: Toolchain,
  tools: BuildTools,
  options: BuildOptions,
  work: (folder: BuildFolder) => Promise<T>,
): Promise<T> {
  const progress = new Progress(options.quiet ?? false);
  const interruption = new Interruption();
  try {
    const waiting = (holder: Holder | undefined): void => progress.say(describeWait(holder));
    using lock = await Lock.take(join(nativeCacheFolder(), "lock"), sourceFolder, waiting, interruption.signal);
    using folder = new BuildFolder(toolchain, tools, lock, interruption, progress, options.force ?? false);
    return await work(folder);
  } catch (error) {
    progress.clear();
    interruption[Symbol.dispose]();
    // As if nobody had listened: what the process does at this signal is its own affair.
    if (error instanceof InterruptedError) process.kill(process.pid, error.signal);
    throw error;
  } finally {
    progress.clear();
    interruption[Symbol.dispose]();
  }
}

function describeWait(holder: Holder | undefined): string {
  if (holder === undefined) return "Waiting for another native build";
  const { pid, folder, since } = holder;
  return isAlive(pid)
    ? `Waiting for the native build of process ${pid} in ${folder}, begun ${duration(Date.now() - since)} ago`
    : `Waiting for what the native build of process ${pid} in ${folder} left running when it was killed`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process is alive, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

// ---- the command ------------------------------------------------------------------------------------------------------

const USAGE = `Usage: bun ffi/native/build.ts [options]

Builds the native library when it is not there or out of date, and prints its path.

  --force   build from nothing
  --tests   build and run the helper's unit tests: plain, and under the thread and the address sanitizer
  --bench   build the native program that the benchmarks compare with, and print its path
  --json    print the outcome as JSON
  --quiet   no progress
  --help    this text

Environment: CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS as CMake reads them; STEAM_SOCKETS_CACHE, where builds are kept.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      force: { type: "boolean" },
      tests: { type: "boolean" },
      bench: { type: "boolean" },
      json: { type: "boolean" },
      quiet: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return print(USAGE);

  const start = performance.now();
  const options = { force: values.force ?? false, quiet: values.quiet ?? false };
  if (values.tests) {
    const { runs, output } = await runHelperTests(options);
    const failed = runs.filter((run) => !run.passed);
    if (failed.length > 0) process.stderr.write(`${output}\n`);
    const lines = runs.map((run) => `${run.passed ? "passed" : "FAILED"}  ${run.name}  ${run.seconds} s\n`);
    print(values.json ? `${JSON.stringify({ tests: runs })}\n` : lines.join(""));
    return failed.length;
  }
  if (values.bench) {
    const path = await ensureNativeBench(options);
    return print(values.json ? `${JSON.stringify({ path })}\n` : `${path}\n`);
  }
  const { path, built } = await ensure(options);
  const seconds = (performance.now() - start) / 1000;
  if (built && !options.quiet) process.stderr.write(`The native library was built in ${duration(seconds * 1000)}\n`);
  return print(values.json ? `${JSON.stringify({ path, built, seconds: Number(seconds.toFixed(3)) })}\n` : `${path}\n`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = Math.min(await main(), 1);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
