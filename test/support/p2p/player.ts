/** A player: a process in a namespace that has a network open, does what it is told, and tells what it sees. */
import { join } from "node:path";
import type { Subprocess } from "bun";
import type {
  ConnectionHandle,
  ConnectionState,
  ConnectionStatusChangedEvent,
  NetworkingEvents,
} from "../../../lib/index.ts";
import { waitUntil } from "../pump.ts";
import type { Namespace } from "./namespace.ts";
import type { Addressee, Post } from "./post.ts";
import type { CommandName, Commands, FromPlayer, PlayerOptions, Told, ToldName } from "./player-script.ts";

type Answer<Name extends CommandName> = Awaited<ReturnType<Commands[Name]>>;

/** A running player. It ends, as by `kill -9`, with the block that holds it. */
export class Player implements Addressee, AsyncDisposable {
  readonly identity: string;
  readonly #process: Subprocess;
  readonly #post: Post;
  readonly #told: Told[] = [];
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  #isReady = false;
  #orders = 0;

  private constructor(namespace: Namespace, post: Post, name: string, options: PlayerOptions) {
    this.identity = name.includes(":") ? name : `str:${name}`;
    this.#post = post;
    const script = join(import.meta.dir, "player-script.ts");
    const line = namespace.command(process.execPath, script, this.identity, JSON.stringify(options));
    this.#process = Bun.spawn(line, {
      env: options.preload === undefined ? process.env : { ...process.env, LD_PRELOAD: options.preload },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: FromPlayer) => this.#hear(message),
    });
  }

  /** Starts one, who from now on gets the post of this name, or of this identity. */
  static async start(namespace: Namespace, post: Post, name: string, options: PlayerOptions = {}): Promise<Player> {
    const player = new Player(namespace, post, name, options);
    await waitUntil(`${name} had started`, () => player.#isRunning() && player.#isReady);
    post.register(player.identity, player);
    return player;
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

  deliver(from: string, signal: Uint8Array): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.send({ from, signal });
  }

  /** Its connections' changes to a state, oldest first. */
  changes(state: ConnectionState, connection?: ConnectionHandle): ConnectionStatusChangedEvent[] {
    return this.events("connectionStatusChanged").filter(
      ({ connectHandle, connection: { connectionState } }) =>
        connectionState === state && (connection === undefined || connectHandle === connection),
    );
  }

  /** What its network has told under a name, oldest first. */
  events<Name extends ToldName>(name: Name): NetworkingEvents[Name][] {
    // The script tells name and event together.
    return this.#told.filter((told) => told.name === name).map(({ event }) => event as NetworkingEvents[Name]);
  }

  /** The first change of a connection, of any when none is named, to a state, once it has come. */
  async sees(state: ConnectionState, connection?: ConnectionHandle): Promise<ConnectionStatusChangedEvent> {
    const [first] = await this.#until(`a connection was in state ${state}`, () => this.changes(state, connection));
    return first!;
  }

  /** The first `count` events of this name, once they have come. */
  async hears<Name extends ToldName>(name: Name, count = 1): Promise<NetworkingEvents[Name][]> {
    return await this.#until(`${count} events ${name} came`, () => this.events(name), count);
  }

  /** As `kill -9`. */
  async kill(): Promise<void> {
    this.#post.leave(this.identity, this);
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #until<Item>(what: string, items: () => Item[], count = 1): Promise<Item[]> {
    await waitUntil(`at ${this.identity} ${what}`, () => this.#isRunning() && items().length >= count);
    return items();
  }

  #isRunning(): boolean {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) return true;
    throw new Error(`${this.identity} ended: ${signalCode ?? exitCode}`);
  }

  #hear(message: FromPlayer): void {
    if ("ready" in message) this.#isReady = true;
    else if ("signal" in message) this.#post.carry(this.identity, message.to, message.signal);
    else if ("told" in message) this.#told.push(message.told);
    else {
      const answer = this.#answers.get(message.order);
      this.#answers.delete(message.order);
      if (message.error === undefined) answer?.resolve(message.value);
      else answer?.reject(new Error(`${this.identity}: ${message.error}`));
    }
  }
}
