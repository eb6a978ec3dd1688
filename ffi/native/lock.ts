/**
 * One build at a time on this machine. The kernel holds the lock (flock) for as long as somebody has the descriptor
 * open, so there is no stale lock to tell from a live one. Child processes inherit it: compilers that outlive a killed
 * build keep the next one waiting until they are done with the build folder.
 */
import { dlopen, type Library } from "bun:ffi";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const LOCK_EX = 2;
const LOCK_NB = 4;
const POLL_MILLISECONDS = 200;

// By the names of glibc and musl.
const LIBC =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];
const FUNCTIONS = { flock: { args: ["i32", "i32"], returns: "i32" } } as const;

/** Who holds a lock, as it says itself. */
export interface Holder {
  pid: number;
  /** What it works on. */
  folder: string;
  /** Unix time in milliseconds. */
  since: number;
}

/** A lock that this process holds. */
export class Lock implements Disposable {
  /** To be inherited by child processes. */
  readonly descriptor: number;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /**
   * Takes the lock, waiting for as long as others hold it.
   * @param folder what this process tells others that it works on.
   * @param waiting called once when there is somebody to wait for, and again when that is somebody else.
   * @param signal ends the waiting; its reason is thrown.
   */
  static async take(
    path: string,
    folder: string,
    waiting: (holder: Holder | undefined) => void,
    signal: AbortSignal,
  ): Promise<Lock> {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "a+");
    try {
      for (let told: string | undefined; !tryLock(descriptor); await Bun.sleep(POLL_MILLISECONDS)) {
        signal.throwIfAborted();
        const text = readFileSync(path, "utf8");
        if (text !== told) waiting(parseHolder(text));
        told = text;
      }
      ftruncateSync(descriptor);
      writeSync(descriptor, JSON.stringify({ pid: process.pid, folder, since: Date.now() } satisfies Holder));
      return new Lock(descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    ftruncateSync(this.descriptor);
    closeSync(this.descriptor);
  }
}

let libc: Library<typeof FUNCTIONS> | undefined;

function tryLock(descriptor: number): boolean {
  libc ??= openLibc();
  return libc.symbols.flock(descriptor, LOCK_EX | LOCK_NB) === 0;
}

function openLibc(): Library<typeof FUNCTIONS> {
  for (const name of LIBC) {
    try {
      return dlopen(name, FUNCTIONS);
    } catch {
      // The next name, then.
    }
  }
  throw new Error(`The C library was not found under any of its names: ${LIBC.join(", ")}`);
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // It has taken the lock and not written yet, or has just let go.
    return undefined;
  }
}
