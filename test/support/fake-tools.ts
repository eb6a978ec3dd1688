/**
 * A machine for the native build to run on: shell scripts in place of compilers, cargo, cmake, ninja, protoc and Python,
 * alone on PATH, and a cache of its own. A build then takes a moment, and can be made to fail or hang.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BUILD = join(import.meta.dir, "../../ffi/native/build.ts");

const SCRIPTS = {
  cc: `echo "fake cc 1"`,
  "c++": `case "$*" in *print-file-name*) echo /usr/lib/libstdc++.a ;; *) echo "fake c++ $(cat version)" ;; esac`,
  cargo: `exit 0`,
  cmake: `echo "cmake version 3.25.1"`,
  protoc: `echo "libprotoc 3.21.5"`,
  python3: `echo pip`,
  // ninja -C <objects> [-t commands] <target>. What it does is written in the file "ninja".
  ninja: `
    if [ "$1" = --version ]; then echo 1.11.1; exit; fi
    if [ "$3" = -t ]; then exit; fi
    echo x >>builds
    mkdir -p "$2"
    printf half >"$2/libsteam_sockets.so"
    echo "[1/2] Building CXX object one.o"
    . ./ninja
    printf whole >"$2/libsteam_sockets.so"
    echo "[2/2] Linking"`,
} as const;

/** What the fake ninja does between the first half of the library and the second. */
export type NinjaBehaviour = "builds" | "fails" | "hangs";

const BEHAVIOURS: Record<NinjaBehaviour, string> = {
  builds: "",
  fails: `for line in $(seq 1 50); do echo "error in line $line"; done; exit 1`,
  // With a compiler beside it; not for ever, so that a test that goes wrong leaves nothing running.
  hangs: `sleep 10 & touch hangs; for wait in $(seq 1 200); do [ -e hangs ] || break; sleep 0.05; done; kill $!`,
};

/** How a build ended. */
export interface BuildEnd {
  code: number | null;
  signal: string | number | null;
  output: string;
  errors: string;
}

/** A build that runs. */
export interface RunningBuild {
  readonly pid: number;
  /** Sends a signal to the process that the user has started, and to no other. */
  kill(signal: NodeJS.Signals): void;
  /** What it has said on standard error up to now. */
  said(): string;
  readonly end: Promise<BuildEnd>;
}

/** The machine. */
export class FakeMachine implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "fake-machine-"));
  readonly cache = join(this.folder, "cache");
  readonly #bin = join(this.folder, "bin");

  constructor() {
    mkdirSync(this.#bin);
    for (const [name, text] of Object.entries(SCRIPTS)) this.install(name, text);
    // The scripts' own.
    for (const name of ["cat", "mkdir", "seq", "sleep", "touch"]) {
      const path = Bun.which(name);
      this.install(name, `exec ${path} "$@"`);
    }
    this.setCompilerVersion(1);
    this.ninja("builds");
  }

  /** Puts a script on PATH. */
  install(name: string, text: string): void {
    const path = join(this.#bin, name);
    writeFileSync(path, `#!/bin/sh\ncd ${this.folder}\n${text}\n`);
    chmodSync(path, 0o755);
  }

  /** Takes programs off PATH. */
  uninstall(...names: string[]): void {
    for (const name of names) rmSync(join(this.#bin, name));
  }

  /** Gives the compiler another version. */
  setCompilerVersion(version: number): void {
    writeFileSync(join(this.folder, "version"), String(version));
  }

  /** Sets what ninja does from now on. */
  ninja(behaviour: NinjaBehaviour): void {
    writeFileSync(join(this.folder, "ninja"), BEHAVIOURS[behaviour]);
  }

  /** Lets a ninja that hangs go on. */
  release(): void {
    rmSync(join(this.folder, "hangs"));
  }

  /** Whether a ninja hangs. */
  get hangs(): boolean {
    return existsSync(join(this.folder, "hangs"));
  }

  /** How often ninja has built. */
  get builds(): number {
    const path = join(this.folder, "builds");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0;
  }

  /** All files in the cache, but those of the build folder. */
  get files(): string[] {
    if (!existsSync(this.cache)) return [];
    const all = readdirSync(this.cache, { recursive: true, withFileTypes: true });
    return all
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.cache.length + 1))
      .filter((name) => !name.startsWith("native/build/"))
      .sort();
  }

  /** Starts `build.ts`. */
  start(...flags: string[]): RunningBuild {
    const child = Bun.spawn([process.execPath, BUILD, ...flags], {
      env: { PATH: this.#bin, HOME: this.folder, STEAM_SOCKETS_CACHE: this.cache },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    const read = async (): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of child.stderr) errors += decoder.decode(chunk, { stream: true });
    };
    const ended = async (): Promise<BuildEnd> => {
      const [output] = await Promise.all([child.stdout.text(), read(), child.exited]);
      return { code: child.exitCode, signal: child.signalCode, output, errors };
    };
    return { pid: child.pid, kill: (signal) => child.kill(signal), said: () => errors, end: ended() };
  }

  /** Runs `build.ts` to its end. */
  async build(...flags: string[]): Promise<BuildEnd> {
    return await this.start(...flags).end;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
