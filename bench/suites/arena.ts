/** A server process and the process of its bots, connected over UDP. */
import type { Command, Contestant } from "../driver/contestant.ts";
import { freePort } from "../driver/port.ts";

/** What the bots answer. */
export interface Played {
  readonly sent: number;
  readonly received: number;
}

export class Arena implements AsyncDisposable {
  readonly name: string;
  readonly #server: Contestant;
  readonly #bots: Contestant;

  private constructor(server: Contestant, bots: Contestant) {
    this.name = server.name;
    this.#server = server;
    this.#bots = bots;
  }

  static async open(server: Contestant, bots: Contestant, connections: number): Promise<Arena> {
    const port = await freePort();
    await server.ask({ do: "listen", port });
    await Promise.all([server.ask({ do: "gather", connections }), bots.ask({ do: "connect", port, connections })]);
    return new Arena(server, bots);
  }

  /** The server's process. */
  get serverPid(): number {
    return this.#server.pid;
  }

  /** Lets both do their part at the same time. */
  async run<Served>(serve: Command, play: Command): Promise<{ served: Served; played: Played }> {
    const [served, played] = await Promise.all([this.#server.ask<Served>(serve), this.#bots.ask<Played>(play)]);
    return { served, played };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The bots first: they take it as a failure when their server goes.
    await this.#bots.kill();
    await this.#server.kill();
  }
}
