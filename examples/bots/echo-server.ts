/** Starts and ends the echo server. */
import { join } from "node:path";
import type { Subprocess } from "bun";

/** The echo server's process: a process of its own, so that what is measured here are the bots alone. */
export class EchoServer implements AsyncDisposable {
  readonly address: string;
  readonly #process: Subprocess;

  private constructor(process: Subprocess, address: string) {
    this.#process = process;
    this.address = address;
  }

  /** Starts it on a free port of this machine. */
  static async start(): Promise<EchoServer> {
    const process = Bun.spawn([globalThis.process.execPath, join(import.meta.dir, "echo.ts")], { stderr: "inherit" });
    const { value } = await process.stdout.getReader().read();
    if (value === undefined) throw new Error("The echo server did not start");
    return new EchoServer(process, new TextDecoder().decode(value).trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}
