/** A second process: a script of `test/peers`, run by this same Bun, that talks to the test over IPC. */
import { join } from "node:path";
import type { Subprocess } from "bun";
import { Letters } from "./letters.ts";
import { waitUntil } from "./pump.ts";

/** A running peer. `Reports` is what it tells us, `Orders` what we tell it. It ends with the block that holds it. */
export class Peer<Reports extends object, Orders extends object> implements AsyncDisposable {
  readonly #name: string;
  readonly #reports = new Letters<Reports>();
  readonly #process: Subprocess;

  /** @param name of the script in `test/peers`, without `.ts`. */
  constructor(name: string) {
    this.#name = name;
    this.#process = Bun.spawn([process.execPath, join(import.meta.dir, "..", "peers", `${name}.ts`)], {
      env: process.env,
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message) => this.#reports.add(message),
    });
  }

  /** Tells it something. */
  order<Name extends keyof Orders>(name: Name, content: Orders[Name]): void {
    this.#process.send({ name, content });
  }

  /** Whether it has told this. Throws when it ended without. */
  hasReported(name: keyof Reports): boolean {
    if (this.#reports.has(name)) return true;
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) return false;
    throw new Error(`The peer ${this.#name} ended (${signalCode ?? exitCode}) without reporting ${String(name)}`);
  }

  /** What it tells, or told, under this name. Runs no callbacks meanwhile. */
  async report<Name extends keyof Reports>(name: Name): Promise<Reports[Name]> {
    await waitUntil(`the peer ${this.#name} reported ${String(name)}`, () => this.hasReported(name));
    return this.#reports.take(name);
  }

  /** Its exit code, once it has ended by itself. */
  async exit(): Promise<number | null> {
    await waitUntil(`the peer ${this.#name} ended`, () => this.#process.exitCode !== null);
    return this.#process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}
