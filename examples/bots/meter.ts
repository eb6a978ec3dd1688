/** Measures what the bots do, and what they cost this process. */
import type { Swarm } from "./swarm.ts";

/** The state of everything at one moment. */
interface Reading {
  readonly at: number;
  readonly processorMicroseconds: number;
  readonly sent: number;
  readonly received: number;
}

/** Makes lines of text. */
export class Meter {
  readonly #memoryBefore = process.memoryUsage.rss();
  #start: Reading | undefined;
  #last: Reading | undefined;

  /** The bots are connected; from now on it counts. */
  begin(swarm: Swarm): void {
    this.#start = this.#last = read(swarm);
  }

  /** The time since the last line. */
  line(swarm: Swarm): string {
    const [before, now] = [this.#last, read(swarm)];
    this.#last = now;
    return this.#describe(swarm, before ?? now, now);
  }

  /** All the time since the beginning. */
  summary(swarm: Swarm): string {
    const now = read(swarm);
    return this.#describe(swarm, this.#start ?? now, now);
  }

  #describe(swarm: Swarm, before: Reading, now: Reading): string {
    const bots = Math.max(1, swarm.connected);
    const seconds = Math.max(0.001, (now.at - before.at) / 1000);
    const each = (count: number) => Math.round(count / seconds).toLocaleString("en");
    const processor = (now.processorMicroseconds - before.processorMicroseconds) / seconds / bots;
    const memory = (process.memoryUsage.rss() - this.#memoryBefore) / bots;
    const { pings } = swarm;
    return [
      `${swarm.connected} connected`,
      `${each(now.sent - before.sent)} messages/s out, ${each(now.received - before.received)} in`,
      `ping ${percentile(pings, 0.5)} ms (p50), ${percentile(pings, 0.99)} ms (p99)`,
      `per bot ${(processor / 10_000).toFixed(3)} % of a core, ${(memory / 1024).toFixed(0)} KiB`,
      ...(swarm.withheld > 0 ? [`${swarm.withheld} not sent for want of room`] : []),
    ].join("; ");
  }
}

function read(swarm: Swarm): Reading {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), processorMicroseconds: user + system, sent: swarm.sent, received: swarm.received };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? -1;
}
