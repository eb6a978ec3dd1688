/** A child process of the demo, as its parent sees it. */
import { fileURLToPath } from "node:url";
import type { Report } from "./protocol.ts";

// Children say several times a second how it goes.
const silenceMilliseconds = 5_000;
const watchMilliseconds = 250;
const mostErrorText = 4096;

/** A process that plays a role, told by {@link Report}s. It is watched, and killed when it falls silent. */
export class Child<T> {
  /** What it is called in messages. */
  readonly name: string;
  /** The process's number. */
  readonly pid: number;
  /** Its first state; undefined when it ended before it told one. */
  readonly first: Promise<T | undefined>;
  /** Undefined when it ended by itself with its work done, else what went wrong. */
  readonly ended: Promise<string | undefined>;
  /** The latest that it told. */
  state: T | undefined;
  readonly #process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  #lastHeard = performance.now();
  #isDone = false;
  #failure: string | undefined;

  /**
   * @param module the role's file, seen from this folder.
   * @param assignment what it is told.
   */
  constructor(name: string, module: string, assignment: object) {
    this.name = name;
    const first = Promise.withResolvers<T | undefined>();
    this.first = first.promise;
    const path = fileURLToPath(new URL(module, import.meta.url));
    this.#process = Bun.spawn([process.execPath, path, JSON.stringify(assignment)], {
      stdio: ["ignore", "ignore", "pipe"],
      ipc: (report: Report<T>) => {
        this.#hear(report);
        if (this.state !== undefined) first.resolve(this.state);
      },
    });
    this.pid = this.#process.pid;
    this.ended = this.#watch();
    void this.ended.then(() => first.resolve(undefined));
  }

  /**
   * Ends it, if it has not ended.
   * @param why what {@link ended} then says.
   */
  kill(why = `The ${this.name} was not needed any more`): void {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#failure ??= why;
    this.#process.kill("SIGKILL");
  }

  #hear(report: Report<T>): void {
    this.#lastHeard = performance.now();
    if (report.kind === "failed") {
      this.#failure ??= `The ${this.name} failed: ${report.reason}`;
      return;
    }
    this.state = report.state;
    this.#isDone = report.kind === "done";
  }

  async #watch(): Promise<string | undefined> {
    const watch = setInterval(() => {
      if (performance.now() - this.#lastHeard < silenceMilliseconds) return;
      this.kill(`The ${this.name} gave no sign of life for ${silenceMilliseconds / 1000} s, so it was killed`);
    }, watchMilliseconds);
    const [errors, code] = await Promise.all([tailOf(this.#process.stderr), this.#process.exited]);
    clearInterval(watch);
    if (this.#failure === undefined && this.#isDone && code === 0) return undefined;
    if (this.#failure !== undefined) return this.#failure;
    const how = this.#process.signalCode ?? `exit code ${code}`;
    const when = this.#isDone ? "after" : "before";
    return `The ${this.name} ended with ${how} ${when} its work was done${errors && `: ${errors}`}`;
  }
}

async function tailOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-mostErrorText);
  return text.trim().split(/\n+/).slice(-3).join(" / ");
}
