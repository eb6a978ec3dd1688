/** Where the tests of connections by signals play: a namespace, and the players in it. */
import { describe, test } from "bun:test";
import type { RelayStats } from "../../../lib/signaling/index.ts";
import { Namespace, reasonToSkip } from "./namespace.ts";
import { Player } from "./player.ts";
import type { PlayerOptions } from "./player-script.ts";
import { Post, type PostConditions } from "./post.ts";
import { ScriptProcess } from "./script-process.ts";

const relay = { hostname: "10.9.9.1", port: 8080 } as const;
/** Where a stage's relay is. */
export const relayUrl = `ws://${relay.hostname}:${relay.port}`;

/** A namespace with players. All of it ends with the block that holds it. */
export class Stage implements AsyncDisposable {
  readonly post: Post;
  readonly #namespace: Namespace;
  readonly #players = new AsyncDisposableStack();

  private constructor(namespace: Namespace, post: Post) {
    this.#namespace = namespace;
    this.post = post;
    this.#players.use(namespace);
  }

  /** Sets one. Its interface has the address 10.9.9.1/24 when none is given. */
  static async set(conditions?: PostConditions, address?: string): Promise<Stage> {
    return new Stage(await Namespace.make(address), new Post(conditions));
  }

  /** A new player of this name; he takes the post of an older one. */
  async player(name: string, options?: PlayerOptions): Promise<Player> {
    return this.#players.use(await Player.start(this.#namespace, this.post, name, options));
  }

  /** A relay for signals, in place of the post for those who ask for it. It tells its stats. */
  async relay(): Promise<ScriptProcess<RelayStats>> {
    return this.#players.use(await ScriptProcess.start<RelayStats>(this.#namespace, "relay-script.ts", relay));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#players.disposeAsync();
  }
}

const reason = await reasonToSkip();

/** Describes what takes a namespace. Where it is skipped, by {@link WITHOUT_NAMESPACES_VARIABLE}, a line tells why. */
export function describeOnStage(what: string, tests: () => void): void {
  if (reason === undefined) return describe(what, tests);
  console.log(reason);
  describe(what, () => test.skip(reason, () => {}));
}
