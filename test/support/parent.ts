/** The other end of `peer.ts`: a peer's way to talk to the test that started it. */
import type { Networking } from "../../lib/index.ts";
import { Letters } from "./letters.ts";
import { pumpUntil, waitUntil } from "./pump.ts";

/** The test that runs this process. `Orders` is what it tells us, `Reports` what we tell it. */
export class Parent<Orders extends object, Reports extends object> implements Disposable {
  readonly #orders = new Letters<Orders>();

  constructor() {
    process.on("message", (message) => this.#orders.add(message));
    process.on("disconnect", () => process.exit(1));
  }

  /** Tells the test something. */
  report<Name extends keyof Reports>(name: Name, content: Reports[Name]): void {
    process.send?.({ name, content });
  }

  /** Whether the test has told this. */
  hasOrdered(name: keyof Orders): boolean {
    return this.#orders.has(name);
  }

  /** What the test tells, or told, under this name; runs callbacks meanwhile where there is a network. */
  async order<Name extends keyof Orders>(name: Name, net?: Networking): Promise<Orders[Name]> {
    const what = `the test ordered ${String(name)}`;
    const ordered = () => this.#orders.has(name);
    await (net === undefined ? waitUntil(what, ordered) : pumpUntil(net, what, ordered));
    return this.#orders.take(name);
  }

  /** Hangs up, so that this process can end. */
  [Symbol.dispose](): void {
    process.removeAllListeners("disconnect");
    process.disconnect?.();
  }
}
