/** A party: a process with a network, that does what it is told and answers what came of it. */
import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Addressee, Post } from "../p2p/post.ts";
import type { CommandName, Commands, Seen } from "./party-script.ts";

type Answer<Name extends CommandName> = Awaited<ReturnType<Commands[Name]>>;
type FromParty =
  | { readonly ready: true }
  | { readonly to: string; readonly signal: Uint8Array }
  | { readonly order: number; readonly value?: unknown; readonly error?: string };

/** Has a command line run somewhere else, as {@link Namespace.command} does. */
export type Elsewhere = (...line: readonly string[]) => string[];

const patience = 20_000;

/** A running party. It ends with the block that holds it. */
export class Party implements Addressee, AsyncDisposable {
  readonly #process: Subprocess;
  readonly #ready = Promise.withResolvers<void>();
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  #orders = 0;
  #post: { readonly post: Post; readonly identity: string } | undefined;

  private constructor(elsewhere: Elsewhere) {
    const line = elsewhere(process.execPath, join(import.meta.dir, "party-script.ts"));
    this.#process = Bun.spawn(line, {
      env: process.env,
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: FromParty) => this.#hear(message),
      onExit: (_, code, signal) => {
        const ended = new Error(`A party ended: ${signal ?? code}`);
        this.#ready.reject(ended);
        for (const { reject } of this.#answers.values()) reject(ended);
      },
    });
  }

  /** Starts one. */
  static async start(elsewhere: Elsewhere = (...line) => [...line]): Promise<Party> {
    const party = new Party(elsewhere);
    await party.#ready.promise;
    return party;
  }

  /** From now on it gets the signals for an identity, and its own go out under that name. */
  join(post: Post, identity: string): void {
    this.#post = { post, identity };
    post.register(identity, this);
  }

  deliver(from: string, signal: Uint8Array): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.send({ from, signal });
  }

  /** Has it do something, and answers what came of it. */
  async do<Name extends CommandName>(name: Name, ...args: Parameters<Commands[Name]>): Promise<Answer<Name>> {
    const order = this.#orders++;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(order, answer);
    this.#process.send({ order, name, args });
    // The script's own answer to this command.
    return (await answer.promise) as Answer<Name>;
  }

  /** What it has seen, once that is as it should be. */
  async sees(what: string, condition: (seen: Seen) => boolean): Promise<Seen> {
    for (const end = performance.now() + patience; ;) {
      const seen = await this.do("seen");
      if (condition(seen)) return seen;
      if (performance.now() > end) throw new Error(`Waited in vain until a party saw ${what}: ${JSON.stringify(seen)}`);
      await Bun.sleep(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    this.#ready.promise.catch(() => {});
    await this.#process.exited;
  }

  #hear(message: FromParty): void {
    if ("ready" in message) return this.#ready.resolve();
    if ("to" in message) return this.#post?.post.carry(this.#post.identity, message.to, message.signal);
    const answer = this.#answers.get(message.order);
    this.#answers.delete(message.order);
    if (message.error === undefined) answer?.resolve(message.value);
    else answer?.reject(new Error(message.error));
  }
}
