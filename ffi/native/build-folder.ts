/** The folder that holds a copy of the sources and the objects made from them, and what can be done in it. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type Files,
  hostPlatform,
  keyOf,
  libraryFolder,
  nativeCacheFolder,
  readFiles,
  readInputs,
  sourceFolder,
} from "./cache.ts";
import type { Lock } from "./lock.ts";
import type { Progress } from "./progress.ts";
import { type Interruption, Log, Runner } from "./run.ts";
import type { Toolchain } from "./toolchain.ts";
import { type BuildTools, provide, removePartialTools, type Source } from "./tools.ts";

/** The native build failed. */
export class NativeBuildError extends Error {
  override readonly name = "NativeBuildError";
  /** The file that holds all that the build said. */
  readonly log: string;

  constructor(what: string, log: Log) {
    super(`${what}. The end of ${log.path}:\n\n${log.tail()}`);
    this.log = log.path;
  }
}

/** One run of one of the helper's unit tests. */
export interface TestRun {
  name: string;
  passed: boolean;
  seconds: number;
}

// What CMake is told beside where things are.
const CONFIGURATION = ["-DCMAKE_BUILD_TYPE=Release", "-DSTEAM_SOCKETS_TESTS=ON"];

const ENVIRONMENT = {
  // GameNetworkingSockets compiles the date into the library; the same sources shall give the same bytes.
  SOURCE_DATE_EPOCH: process.env["SOURCE_DATE_EPOCH"] ?? "0",
  NINJA_STATUS: "[%f/%t] ",
};

/** Tells libraries apart that are built from the same sources by other compilers or with other flags. */
export function toolKey(compilerIdentity: string): string {
  return hash(compilerIdentity, ...CONFIGURATION);
}

/** A build folder in use. Whoever makes one holds the lock. */
export class BuildFolder implements Disposable {
  /** The copy of the sources. */
  readonly sources: string;
  /** Where CMake builds. */
  readonly objects: string;
  /** Key of the sources that are built. */
  readonly sourceKey: string;
  /** Key of what they are built with. */
  readonly toolKey: string;

  readonly #inputs: Files = readInputs();
  readonly #folder: string;
  readonly #unfinished: string;
  readonly #configured: string;
  readonly #toolchain: Toolchain;
  readonly #tools: BuildTools;
  readonly #log: Log;
  readonly #runner: Runner;
  readonly #progress: Progress;
  #cmake = "";
  #generator = "";
  #failed = false;

  /** @param fresh forgets all objects that were made before. */
  constructor(
    toolchain: Toolchain,
    tools: BuildTools,
    lock: Lock,
    interruption: Interruption,
    progress: Progress,
    fresh: boolean,
  ) {
    this.#toolchain = toolchain;
    this.#tools = tools;
    this.#progress = progress;
    this.sourceKey = keyOf(this.#inputs);
    this.toolKey = toolKey(toolchain.identity);
    // Not the whole of the sources: a change in the helper finds the objects of its dependencies.
    const key = hash(this.toolKey, tools.generator.name, this.#keyOf("sources/"));
    const all = join(nativeCacheFolder(), "build");
    this.#folder = join(all, `${toolchain.platform}-${key}`);
    this.sources = join(this.#folder, "sources");
    this.objects = join(this.#folder, "objects");
    this.#unfinished = join(this.#folder, "unfinished");
    this.#configured = join(this.#folder, "configured");

    removePartialTools();
    // A killed build may have left files that are half-written and newer than what they are made from.
    if (fresh || existsSync(this.#unfinished)) moveAway(this.#folder, join(all, "abandoned"));
    rmSync(join(all, "abandoned"), { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    utimesSync(this.#folder, new Date(), new Date());

    const log = `${libraryFolder(this.sourceKey, toolchain.platform)}.log`;
    this.#log = new Log(log, (line) => line.replaceAll(this.sources, sourceFolder));
    this.#runner = new Runner(this.#log, lock.descriptor, interruption);
  }

  /** Fetches the wheels that are missing, copies the sources and configures. */
  async prepare(): Promise<void> {
    const { cmake, generator, protoc, cargo } = this.#tools;
    this.#progress.step("Fetching what the native build needs");
    this.#cmake = await this.provide(cmake);
    this.#generator = await this.provide(generator.program);
    const protocPath = await this.provide(protoc);
    const settings = await this.#toolchain.settings(this.sources, (source) => this.provide(source));

    mirror(new Map([...this.#inputs, ...readFiles(["bench", "test"])]), this.sources);
    const command = [
      this.#cmake,
      ...["-S", this.sources, "-B", this.objects, "-G", generator.name],
      `-DCMAKE_MAKE_PROGRAM=${this.#generator}`,
      ...settings,
      `-DCARGO=${cargo}`,
      `-DPROTOC=${protocPath}`,
      ...CONFIGURATION,
    ];
    // What CMake remembers of another recipe must not show in this one. Objects stay: they know their own commands.
    const recipe = hash(...command, this.#keyOf("CMakeLists.txt", "cmake/", "sources/"));
    if (readText(this.#configured) !== recipe) rmSync(join(this.objects, "CMakeCache.txt"), { force: true });
    rmSync(this.#configured, { force: true });
    if (!(await this.#runner.run(command, { environment: this.#environment }))) {
      throw this.#failure("The native build could not be configured");
    }
    writeFileSync(this.#configured, recipe);
  }

  /** Gives a program's path, after its wheel has been fetched where needed. */
  async provide(source: Source): Promise<string> {
    return await provide(source, this.#tools.python, async (command, environment) => {
      if (!(await this.#runner.run(command, { environment }))) throw this.#failure("pip could not fetch a tool");
    });
  }

  /** Builds a target of CMakeLists.txt. */
  async make(target: string): Promise<void> {
    const ninja = this.#tools.generator.name === "Ninja";
    const command = ninja
      ? [this.#generator, "-C", this.objects, target]
      : [this.#generator, "-C", this.objects, "-j", String(navigator.hardwareConcurrency), target];
    const measure = ninja ? await this.#ninjaMeasure(target) : makeMeasure;

    const { platform } = this.#toolchain;
    this.#progress.step(`Building the native library${platform === hostPlatform ? "" : ` for ${platform}`}`);
    writeFileSync(this.#unfinished, "");
    const built = await this.#runner.run(command, {
      environment: this.#environment,
      line: (line) => {
        const fraction = measure(line);
        if (fraction !== undefined) this.#progress.advance(fraction);
      },
      // It has taken back what was half-written by itself.
      ended: () => rmSync(this.#unfinished, { force: true }),
    });
    if (!built) throw this.#failure("The native library could not be built");
  }

  /** Runs the unit tests that are built. */
  async test(): Promise<{ runs: TestRun[]; output: string }> {
    this.#progress.step("Running the helper's unit tests");
    const runs: TestRun[] = [];
    const output: string[] = [];
    await this.#runner.run([join(dirname(this.#cmake), "ctest"), "--test-dir", this.objects, "--output-on-failure"], {
      line: (line) => {
        output.push(line);
        const [, name, outcome, seconds] = /Test +#\d+: (\S+) \.*\s*(\S.*?)\s+([\d.]+) sec/.exec(line) ?? [];
        if (name !== undefined) runs.push({ name, passed: outcome === "Passed", seconds: Number(seconds) });
      },
    });
    return { runs, output: output.join("\n") };
  }

  /** All files that were compiled, headers too. Ninja alone knows them. */
  async compiledFiles(): Promise<string[]> {
    const files = new Set<string>();
    const command = [this.#generator, "-C", this.objects, "-t", "deps"];
    await this.#runner.run(command, {
      unlogged: true,
      line: (line) => {
        if (line.startsWith("    ")) files.add(resolve(this.objects, line.trim()));
      },
    });
    return [...files].sort();
  }

  /** Where the linker writes the program of the benchmarks. */
  get nativeBench(): string {
    return join(this.objects, "native_bench");
  }

  /** Where the linker writes the library. */
  get library(): string {
    return join(this.objects, this.#toolchain.libraryFileName);
  }

  /** Where the linker writes the library with symbols. */
  get libraryWithSymbols(): string {
    return join(this.objects, this.#toolchain.libraryFileName.replace(".", "_with_symbols."));
  }

  /** Ends the use; the log stays when the build has failed. */
  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
    if (!this.#failed) rmSync(this.#log.path, { force: true });
  }

  get #environment(): Record<string, string> {
    return { ...ENVIRONMENT, ...this.#toolchain.environment };
  }

  #keyOf(...prefixes: string[]): string {
    return keyOf(new Map([...this.#inputs].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix)))));
  }

  #failure(what: string): NativeBuildError {
    this.#failed = true;
    return new NativeBuildError(what, this.#log);
  }

  // Files of C++ take ten times as long as files of C, so counting files would tell little about the time.
  async #ninjaMeasure(target: string): Promise<(line: string) => number | undefined> {
    const commands: string[] = [];
    const command = [this.#generator, "-C", this.objects, "-t", "commands", target];
    await this.#runner.run(command, { unlogged: true, line: (line) => commands.push(line) });
    const total = commands.reduce((sum, text) => sum + weight(/\.c(?:c|pp) *$/, /\.c *$/, text), 0);
    let done = 0;
    return (line) => {
      const [, finished, all] = /^\[(\d+)\/(\d+)\] /.exec(line)?.map(Number) ?? [];
      if (finished === undefined || all === undefined) return undefined;
      done += weight(/ CXX object /, / C object /, line);
      // How much of a part of the work is done can only be counted.
      return all < commands.length * 0.9 ? finished / all : done / total;
    };
  }
}

function weight(cxx: RegExp, c: RegExp, text: string): number {
  return cxx.test(text) ? 10 : c.test(text) ? 1 : 0.1;
}

function makeMeasure(line: string): number | undefined {
  const percent = /^\[ *(\d+)%\]/.exec(line)?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}

// At once, so that whoever is killed while it removes the folder leaves nothing of it under its name.
function moveAway(folder: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  if (existsSync(folder)) renameSync(folder, to);
}

// Touches only files that differ, for their times say what must be made again.
function mirror(files: Files, folder: string): void {
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isFile() && !files.has(name)) rmSync(path);
  }
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function hash(...parts: string[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) hasher.update(`${part.length} ${part}`);
  return hasher.digest("hex").slice(0, 16);
}
