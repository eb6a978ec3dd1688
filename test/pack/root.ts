/**
 * Where packages are tried: a root folder of its own that has Bun and the C library that Bun needs, and nothing else: no
 * shell, no compiler, no other library. Where such a root cannot be entered, a folder of this machine.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const ENVIRONMENT = {
  HOME: "/home",
  TMPDIR: "/tmp",
  // Of the programs that enter a root; in it there is nothing at these places.
  PATH: "/usr/sbin:/usr/bin:/sbin:/usr/local/bin",
};

// With what every process may expect of its kernel.
const ENTER = 'mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"';

/** A process in a root. */
export type RootProcess = Bun.Subprocess<"ignore", "pipe", "pipe">;

/** A root folder, or what stands for one. */
export class Root implements Disposable {
  /** What kind of place it is, for people. */
  readonly kind: string;
  /** The root's folder, as this machine sees it. */
  readonly folder: string;
  readonly #enter: readonly string[];
  readonly #bun: readonly string[];

  private constructor(kind: string, folder: string, enter: readonly string[], bun: readonly string[]) {
    this.kind = kind;
    this.folder = folder;
    this.#enter = enter;
    this.#bun = bun;
  }

  /** A root with this Bun in it. */
  static ofThisMachine(): Root {
    const libraries = librariesOf(process.execPath);
    const root = Root.bare("a root folder with Bun and the C library only", libraries, process.execPath);
    if (root !== undefined) return root;
    const folder = temporaryFolder();
    return new Root("this machine itself, for no other root can be entered here", folder, [], [process.execPath]);
  }

  /**
   * A root with what is given and nothing else.
   * @param libraries where each goes, and where it lies now.
   * @param bun the program, as this machine sees it.
   * @param emulator runs it, when this machine's processor does not; it needs no library.
   * @returns undefined when nothing runs in it.
   */
  static bare(kind: string, libraries: ReadonlyMap<string, string>, bun: string, emulator?: string): Root | undefined {
    if (Bun.which("unshare") === null) return undefined;
    const folder = temporaryFolder();
    for (const name of ["bin", "dev", "home", "proc", "tmp"]) mkdirSync(join(folder, name));
    for (const [path, source] of new Map([...libraries, ["/bin/bun", bun]])) install(source, join(folder, path));
    if (emulator !== undefined) install(emulator, join(folder, "bin/emulator"));
    const space = ["unshare", "--mount", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];
    const enter = [...space, "/bin/sh", "-c", ENTER, folder];
    const root = new Root(kind, folder, enter, [...(emulator === undefined ? [] : ["/bin/emulator"]), "/bin/bun"]);
    if (root.#succeeds("--version")) return root;
    root[Symbol.dispose]();
    return undefined;
  }

  /** A path in the root, as processes in it see it. */
  inside(path: string): string {
    return this.#enter.length === 0 ? join(this.folder, path) : path;
  }

  /** Runs Bun in a folder of the root. */
  bun(cwd: string, ...args: string[]): RootProcess {
    return this.#spawn([...this.#bun, `--cwd=${this.inside(cwd)}`, ...args]);
  }

  /** Runs a program of the root. */
  run(path: string, ...args: string[]): RootProcess {
    return this.#spawn([...this.#bun.slice(0, -1), this.inside(path), ...args]);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(command: readonly string[]): RootProcess {
    const isBare = this.#enter.length > 0;
    return Bun.spawn([...this.#enter, ...command], {
      env: isBare ? ENVIRONMENT : { ...process.env, BUN_INSTALL_CACHE_DIR: join(this.folder, "cache") },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  #succeeds(...args: string[]): boolean {
    const { success } = Bun.spawnSync([...this.#enter, ...this.#bun, ...args], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    return success;
  }
}

function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "steam-sockets-root-")));
}

// By the path that the program looks for, where it lies.
function librariesOf(program: string): Map<string, string> {
  const ldd = Bun.which("ldd");
  if (ldd === null) return new Map();
  const lines = Bun.spawnSync([ldd, program]).stdout.toString().split("\n");
  const paths = lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return new Map(paths.map((path) => [path, path]));
}

function install(source: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) return;
  copyFileSync(realpathSync(source), path);
  if (!basename(path).includes(".so")) chmodSync(path, 0o755);
}
