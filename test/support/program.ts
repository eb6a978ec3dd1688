/** A program of its own process whose lines on standard output are waited for. */
import { join } from "node:path";
import type { Subprocess } from "bun";
import { waitUntil } from "./pump.ts";

const root = join(import.meta.dir, "..", "..");

/** A script that runs elsewhere, such as in a network namespace. */
export interface ProgramWithin {
  readonly path: string;
  /** Gives the command line that runs another one there, as the same process. */
  readonly within: { command(...line: readonly string[]): string[] };
}

/** A running program of this project. It ends with the block that holds it. */
export class Program implements AsyncDisposable {
  readonly #process: Subprocess<"ignore", "pipe", "pipe">;
  readonly #name: string;
  readonly #collected = Promise.withResolvers<void>();
  #output = "";
  #errors = "";

  /** @param script its path in the project, and its arguments after that. */
  constructor(script: string | ProgramWithin, ...args: readonly string[]) {
    const { path, within } = typeof script === "string" ? { path: script, within: undefined } : script;
    const line = [process.execPath, join(root, path), ...args];
    this.#name = path;
    this.#process = Bun.spawn(within?.command(...line) ?? line, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    void this.#collect();
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** All that it has printed on standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** What the first group of a pattern, or all of it, matches in what it prints. Throws when it ends without. */
  async prints(pattern: RegExp): Promise<string> {
    let match: RegExpExecArray | null = null;
    await waitUntil(`${this.#name} printed ${pattern}`, () => {
      match = pattern.exec(this.#output);
      if (match === null && this.#process.exitCode !== null) {
        throw new Error(`${this.#name} ended without printing ${pattern}:\n${this.#output}${this.#errors}`);
      }
      return match !== null;
    });
    const [all = "", group] = match ?? [];
    return group ?? all;
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#process.kill("SIGINT");
  }

  /** Its exit code, once it has ended by itself and all that it printed is there. */
  async exit(): Promise<number> {
    const code = await this.#process.exited;
    await this.#collected.promise;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async #collect(): Promise<void> {
    const collect = async (stream: ReadableStream<Uint8Array>, take: (text: string) => void) => {
      const decoder = new TextDecoder();
      for await (const part of stream) take(decoder.decode(part, { stream: true }));
    };
    await Promise.all([
      collect(this.#process.stdout, (text) => (this.#output += text)),
      collect(this.#process.stderr, (text) => (this.#errors += text)),
    ]);
    this.#collected.resolve();
  }
}
