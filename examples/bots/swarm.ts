/** The bots: they connect a few at a time, send, and count what comes. */
import type { Connection, Networking } from "steam-sockets";

/** How the bots are. */
export interface SwarmOptions {
  readonly bots: number;
  readonly bytes: number;
}

interface BotState {
  received: number;
}

// So many handshakes at once are quick, and far from what a server takes for an attack.
const connectingAtOnce = 32;

/** Many connections of one process. */
export class Swarm {
  readonly #net: Networking;
  readonly #options: SwarmOptions;
  readonly #bots: Connection<BotState>[] = [];
  readonly #failures: string[] = [];
  #connected = 0;
  #isLeaving = false;
  /** Messages sent so far. */
  sent = 0;
  /** Messages that came so far. */
  received = 0;
  /** Messages that were not sent, for there was no room. */
  withheld = 0;

  constructor(net: Networking, options: SwarmOptions) {
    this.#net = net;
    this.#options = options;
  }

  /** How many are connected. */
  get connected(): number {
    return this.#connected;
  }

  /** The latest round trips, in milliseconds, from the shortest to the longest. */
  get pings(): number[] {
    return this.#open.map(({ ping }) => ping).sort((one, other) => one - other);
  }

  /** Connects all. Those that fail are told of in {@link problems}. */
  async connect(address: string): Promise<void> {
    await this.#connectOne(address);
    if (this.#connected === 0) return; // where the first one fails, the others would too
    let left = this.#options.bots - 1;
    const connectSome = async () => {
      while (left-- > 0) await this.#connectOne(address);
    };
    await Promise.all(Array.from({ length: connectingAtOnce }, connectSome));
  }

  /** Sends one message each, for the bots whose turn it is. */
  send(turn: number, turns: number): void {
    const { bytes } = this.#options;
    for (let index = turn; index < this.#bots.length; index += turns) {
      const bot = this.#bots[index]!;
      const at = bot.take();
      if (at < 0) {
        if (bot.isOpen) this.withheld++;
        continue;
      }
      // What was in the slot before goes along: a load has no content.
      bot.commit(bytes, { reliable: false });
      this.sent++;
    }
  }

  /** What went wrong; nothing when it is empty. */
  problems(shouldAnswer: boolean): string[] {
    const silent = shouldAnswer ? this.#open.filter(({ data }) => data.received === 0).length : 0;
    const missing = this.#options.bots - this.#connected;
    return [
      ...(missing > 0 ? [`${missing} of ${this.#options.bots} bots are not connected`] : []),
      ...(silent > 0 ? [`${silent} bots never got an answer`] : []),
      ...new Set(this.#failures),
    ];
  }

  /** Disconnects all. */
  leave(): void {
    this.#isLeaving = true;
    for (const bot of this.#bots) bot.close();
  }

  get #open(): Connection<BotState>[] {
    return this.#bots.filter(({ isOpen }) => isOpen);
  }

  async #connectOne(address: string): Promise<void> {
    try {
      const bot = await this.#net.connect<BotState>(address, {
        data: () => ({ received: 0 }),
        socket: {
          message: ({ data }) => {
            data.received++;
            this.received++;
          },
          close: (_, { text }) => {
            this.#connected--;
            if (!this.#isLeaving) this.#failures.push(`a connection was lost: ${text}`);
          },
        },
      });
      this.#bots.push(bot);
      this.#connected++;
    } catch (error) {
      this.#failures.push(error instanceof Error ? error.message : String(error));
    }
  }
}
