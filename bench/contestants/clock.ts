/** The monotonic clock, which all processes share, and sleeping by it as the native program does. */
import { dlopen, ptr } from "bun:ffi";

const monotonic = process.platform === "darwin" ? 6 : 1;
const absolute = 1;
const library = process.platform === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
const { clock_gettime } = dlopen(library, { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } }).symbols;

// A timespec: seconds and nanoseconds, two words each.
const time = new Uint32Array(new SharedArrayBuffer(16));
const timeAddress = ptr(time);

// Bun's clock ticks with it, but counts from the process's start. The first call of each is slow.
const offset = [measureOffset(), measureOffset(), measureOffset()][2]!;

/** Nanoseconds; the same in every process. */
export function now(): number {
  return Bun.nanoseconds() + offset;
}

/**
 * Blocks the thread until then. Not with `Atomics.wait`: it wakes as well, but with 6 µs of processor time more.
 */
export const sleepUntil: (deadline: number) => void =
  process.platform === "darwin" ? sleeperForSpans() : sleeperUntilTimes();

/** What this process has used of the processors, in nanoseconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function sleeperUntilTimes(): (deadline: number) => void {
  const { clock_nanosleep } = dlopen(library, {
    clock_nanosleep: { args: ["i32", "i32", "ptr", "ptr"], returns: "i32" },
  }).symbols;
  return (deadline) => {
    setTime(deadline);
    clock_nanosleep(monotonic, absolute, timeAddress, null);
  };
}

function sleeperForSpans(): (deadline: number) => void {
  const { nanosleep } = dlopen(library, { nanosleep: { args: ["ptr", "ptr"], returns: "i32" } }).symbols;
  return (deadline) => {
    const left = deadline - now();
    if (left <= 0) return;
    setTime(left);
    nanosleep(timeAddress, null);
  };
}

function setTime(nanoseconds: number): void {
  const seconds = Math.floor(nanoseconds / 1e9);
  time[0] = seconds;
  time[2] = nanoseconds - seconds * 1e9;
}

function measureOffset(): number {
  const words = new BigInt64Array(2);
  const before = Bun.nanoseconds();
  clock_gettime(monotonic, words);
  const after = Bun.nanoseconds();
  return Number(words[0]! * 1_000_000_000n + words[1]!) - (before + after) / 2;
}
