/** Another thread of this process, which opens and closes the network when it is told to. */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Answer, Command } from "./opener-worker.ts";

/** It ends, closed, with the block that holds it. */
export class OtherThread implements AsyncDisposable {
  readonly #worker = new Worker(join(import.meta.dir, "opener-worker.ts"));

  open(): Promise<Answer> {
    return this.#tell("open");
  }

  close(): Promise<Answer> {
    return this.#tell("close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#worker, "exit");
    await this.#tell("end");
    await exit;
  }

  async #tell(command: Command): Promise<Answer> {
    const answer = once(this.#worker, "message");
    this.#worker.postMessage(command);
    const [content]: Answer[] = await answer;
    return content!;
  }
}
