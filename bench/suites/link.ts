/** A sending process and a receiving one, connected over loopback. */
import type { ReceiveAnswer, SendAnswer } from "../contestants/load.ts";
import type { Command, Contestant } from "../driver/contestant.ts";
import { freePort } from "../driver/port.ts";

const receivePatienceMilliseconds = 3000;
const tickMicroseconds = 1000;
// What is compiled while it runs takes its time, and processor time. JavaScript compiles a function for the last time
// after some ten thousand calls, so the warm-up makes as many: its ticks are short.
const warmUpMilliseconds = 2500;
const warmUpTickMicroseconds = 100;
const warmUpRate = 100_000;
const warmUpTraffic = { bytes: 32, reliable: false };

/** What is sent. */
export interface Traffic {
  readonly bytes: number;
  readonly reliable: boolean;
}

/** What came of it. */
export interface Outcome extends SendAnswer, ReceiveAnswer {
  /** Processor time of both. */
  readonly nanosecondsPerMessage: number;
}

/** A sender and a receiver of one variant, connected. */
export class Link implements AsyncDisposable {
  readonly name: string;
  readonly #start: () => Contestant;
  readonly #extra: Command;
  #receiver: Contestant;
  #sender: Contestant;
  #trial = 0;

  private constructor(name: string, start: () => Contestant, extra: Command) {
    this.name = name;
    this.#start = start;
    this.#extra = extra;
    this.#receiver = start();
    this.#sender = start();
  }

  static async open(name: string, start: () => Contestant, extra: Command = {}): Promise<Link> {
    const link = new Link(name, start, extra);
    await link.#connect();
    return link;
  }

  /** The process that sends, and the one that receives. */
  get pids(): { readonly sender: number; readonly receiver: number } {
    return { sender: this.#sender.pid, receiver: this.#receiver.pid };
  }

  /** @param rate messages a second. */
  async run(traffic: Traffic, rate: number, milliseconds: number): Promise<Outcome> {
    const outcome = await this.#attempt(traffic, rate, milliseconds, tickMicroseconds);
    if (!outcome.ended) await this.#startAnew();
    return outcome;
  }

  async warmUp(traffic: Traffic, rate: number): Promise<void> {
    await this.#attempt(traffic, rate, warmUpMilliseconds, warmUpTickMicroseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // At once: each takes it as a failure when the other goes.
    await this.#sender.kill();
    await this.#receiver.kill();
  }

  async #connect(): Promise<void> {
    const port = await freePort();
    await this.#receiver.ask({ do: "listen", port });
    await Promise.all([
      this.#receiver.ask({ do: "gather", connections: 1 }),
      this.#sender.ask({ do: "connect", port, connections: 1 }),
    ]);
  }

  async #attempt(traffic: Traffic, rate: number, milliseconds: number, tickMicroseconds: number): Promise<Outcome> {
    const trial = ++this.#trial;
    const own = { ...this.#extra, trial, tickMicroseconds };
    await this.#receiver.ask({ do: "receive", milliseconds: milliseconds + receivePatienceMilliseconds, ...own });
    const [sent, received] = await Promise.all([
      this.#sender.ask<SendAnswer>({ do: "send", rate, milliseconds, ...traffic, ...own }),
      this.#receiver.answer<ReceiveAnswer>(),
    ]);
    return { ...sent, ...received, nanosecondsPerMessage: (sent.cpu + received.cpu) / received.received };
  }

  /** A connection does not outlive every flood: the library ends it after 10,000 lost messages in a row. */
  async #startAnew(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#receiver = this.#start();
    this.#sender = this.#start();
    await this.#connect();
    await this.warmUp(warmUpTraffic, warmUpRate);
  }
}
