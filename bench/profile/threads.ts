/** The processor time of another process's threads, by what they do. Linux alone tells it, in /proc. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What a thread of a contestant does. */
export const threadKinds = [
  "own thread",
  "the library's service thread",
  "compiler of JavaScript",
  "collector of garbage",
  "others",
] as const;
/** One of {@link threadKinds}. */
export type ThreadKind = (typeof threadKinds)[number];

const [own, service, compiler, collector, others] = threadKinds;

/** What the threads of a process have used, in nanoseconds, but for those that have ended. */
export class ThreadClock {
  readonly #process: number;
  readonly #names = new Map<number, string>();
  #before: ReadonlyMap<number, number>;

  /** @param process its id. */
  constructor(process: number) {
    this.#process = process;
    this.#before = this.#read();
  }

  /** What was used since this was made, or was asked for the last time. */
  lap(): Map<ThreadKind, number> {
    const times = new Map<ThreadKind, number>();
    const now = this.#read();
    for (const [thread, used] of now) {
      const kind = this.kindOf(thread);
      times.set(kind, (times.get(kind) ?? 0) + used - (this.#before.get(thread) ?? 0));
    }
    this.#before = now;
    return times;
  }

  /** What a thread does that has lived at one of the laps. */
  kindOf(thread: number): ThreadKind {
    if (thread === this.#process) return own;
    const name = this.#names.get(thread);
    // A thread that nobody names has its process's name, and GameNetworkingSockets names none.
    if (name === this.#names.get(this.#process)) return service;
    return name === "JITWorker" ? compiler : name === "HeapHelper" ? collector : others;
  }

  #read(): Map<number, number> {
    const folder = `/proc/${this.#process}/task`;
    const times = new Map<number, number>();
    for (const thread of existsSync(folder) ? readdirSync(folder).map(Number) : []) {
      try {
        const [used] = readFileSync(`${folder}/${thread}/schedstat`, "utf8").split(" ");
        this.#names.set(thread, readFileSync(`${folder}/${thread}/comm`, "utf8").trim());
        times.set(thread, Number(used));
      } catch {
        // It has ended meanwhile.
      }
    }
    return times;
  }
}
