/** A Worker to which a share of a pool is lent. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { waitUntil } from "../pump.ts";
import type { BorrowerAnswer, BorrowerOrder } from "./borrower-worker.ts";

/** It is terminated with the block that holds it. */
export class Borrower implements AsyncDisposable {
  readonly #worker = new Worker(join(import.meta.dir, "borrower-worker.ts"));
  readonly #answers: BorrowerAnswer[] = [];
  #problem: unknown;
  #gone = false;

  constructor() {
    this.#worker.on("message", (answer: BorrowerAnswer) => this.#answers.push(answer));
    this.#worker.on("error", (error) => (this.#problem = error));
    this.#worker.on("exit", () => (this.#gone = true));
  }

  /** Tells it something. */
  order(order: BorrowerOrder): void {
    this.#worker.postMessage(order);
  }

  /** Whether it has answered. Throws when it ended without. */
  get hasAnswered(): boolean {
    if (this.#problem !== undefined) throw this.#problem;
    if (this.#answers.length === 0 && this.#gone) throw new Error("The Worker is gone");
    return this.#answers.length > 0;
  }

  /** Its oldest answer that was not taken. */
  take(): BorrowerAnswer {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error("There is no answer");
    return answer;
  }

  /** Tells it something, and waits for the answer. */
  async ask(order: BorrowerOrder): Promise<BorrowerAnswer> {
    this.order(order);
    await waitUntil(`the Worker answered to ${order.name}`, () => this.hasAnswered);
    return this.take();
  }

  /** Ends it, whatever it does, and waits until it is gone. */
  async terminate(): Promise<void> {
    void this.#worker.terminate();
    await waitUntil("the Worker was gone", () => this.#gone);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }
}
