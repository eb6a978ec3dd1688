/** A script of this folder in a process of its own, in a namespace. */
import { join } from "node:path";
import type { Subprocess } from "bun";
import { waitUntil } from "../pump.ts";
import type { Namespace } from "./namespace.ts";

/** It tells something when it has started, and again whenever it is asked. It ends with the block that holds it. */
export class ScriptProcess<Told> implements AsyncDisposable {
  readonly #name: string;
  readonly #process: Subprocess;
  #told: Told | undefined;

  private constructor(namespace: Namespace, name: string, args: readonly unknown[]) {
    this.#name = name;
    const line = [process.execPath, join(import.meta.dir, name), ...args.map((arg) => JSON.stringify(arg))];
    this.#process = Bun.spawn(namespace.command(...line), {
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (told: Told) => (this.#told = told),
    });
  }

  /** Starts a script, with arguments as JSON. */
  static async start<Told>(namespace: Namespace, name: string, ...args: readonly unknown[]) {
    const script = new ScriptProcess<Told>(namespace, name, args);
    await script.#hear("started");
    return script;
  }

  /** What it has to tell now. */
  async ask(): Promise<Told> {
    this.#told = undefined;
    this.#process.send("tell");
    return await this.#hear("told");
  }

  /** As `kill -9`. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #hear(what: string): Promise<Told> {
    await waitUntil(`${this.#name} had ${what}`, () => {
      const { exitCode, signalCode } = this.#process;
      if (exitCode !== null || signalCode !== null) throw new Error(`${this.#name} ended: ${signalCode ?? exitCode}`);
      return this.#told !== undefined;
    });
    return this.#told!;
  }
}
