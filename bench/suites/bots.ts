/** Bots, many in one process: what each costs beyond the first hundred, against native ones. */
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns } from "../driver/turns.ts";
import { Arena, type Played } from "./arena.ts";

const hz = 30;
const few = 100;
const many = 1000;
const mostLost = 0.02;
const warmUpMilliseconds = 2000;

interface Cost extends Played {
  readonly cpu: number;
  readonly memory: number;
}

export async function* bots({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  const rounds = quick ? 3 : 5;
  const milliseconds = quick ? 2000 : 6000;
  const starters: [string, () => Contestant][] = [
    [ours, () => Contestant.script(ours, "bots.ts", [], environment)],
    ["native bots", () => Contestant.native("native bots", native)],
  ];
  const memory = new Map<string, number[]>();
  const variants = starters.map(([name, start]) => ({
    name,
    // Anew each time, so that memory is what such a process needs, not what an earlier round has left.
    async measure() {
      progress(`bots: ${name}`);
      const small = await costOf(start, native, few, milliseconds);
      const large = await costOf(start, native, many, milliseconds);
      const perBot = (what: "cpu" | "memory") => (large[what] - small[what]) / (many - few);
      memory.set(name, [...(memory.get(name) ?? []), perBot("memory") / 1024]);
      return perBot("cpu") / 1e3 / (milliseconds / 1000);
    },
  }));
  const cpu = await takeTurns(variants, rounds, async () => {});
  yield rowsOf("bots", `${many} bots at ${hz} Hz: CPU of each beyond the first ${few}`, "µs/s", cpu);
  yield rowsOf("bots", `${many} bots at ${hz} Hz: memory of each beyond the first ${few}`, "KiB", memory);
}

async function costOf(
  start: () => Contestant,
  native: string,
  connections: number,
  milliseconds: number,
): Promise<Cost> {
  await using arena = await Arena.open(Contestant.native("native server", native), start(), connections);
  const serve: Command = { do: "serve", hz, milliseconds, bytes: 64 };
  const play: Command = { do: "play", hz, milliseconds, bytes: 64 };
  // What is compiled while it runs takes its time.
  const warm = { milliseconds: warmUpMilliseconds };
  await arena.run<Played>({ ...serve, ...warm }, { ...play, ...warm });
  const { served, played } = await arena.run<Played>(serve, play);
  // What the bots send all at once does not fit into the buffer of the server's one socket. That is not their cost.
  const lost = 1 - played.received / served.sent;
  if (lost > mostLost) throw new Error(`${connections} bots missed ${(lost * 100).toFixed(1)} % of the messages`);
  return played as Cost;
}
