/** The monotonic clock, which all processes share, and sleeping by it. */
import { dlopen } from "bun:ffi";

const monotonic = process.platform === "darwin" ? 6 : 1;
const library = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";

// Bun's clock ticks with it, but counts from the process's start. The first call of each is slow.
const offset = [measureOffset(), measureOffset(), measureOffset()][2]!;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Nanoseconds; the same in every process. */
export function now(): number {
  return Bun.nanoseconds() + offset;
}

/** Blocks the thread until then. */
export function sleepUntil(deadline: number): void {
  for (let left = deadline - now(); left > 0; left = deadline - now()) Atomics.wait(sleeper, 0, 0, left / 1e6);
}

/** What this process has used of the processors, in nanoseconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function measureOffset(): number {
  const { symbols } = dlopen(library, { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  const time = new BigInt64Array(2);
  const before = Bun.nanoseconds();
  symbols.clock_gettime(monotonic, time);
  const after = Bun.nanoseconds();
  return Number(time[0]! * 1_000_000_000n + time[1]!) - (before + after) / 2;
}
