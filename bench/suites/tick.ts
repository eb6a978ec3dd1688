/** A game server with 200 players: how late its ticks begin. */
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns } from "../driver/turns.ts";
import { Arena } from "./arena.ts";

const connections = 200;
const hz = 128;
const inputBytes = 64;
const snapshotBytes = 512;
const mostLost = 0.01;
const rounds = 5;

interface Served {
  readonly p50: number;
  readonly p99: number;
  readonly ticks: number;
  readonly sent: number;
  readonly received: number;
  readonly cpu: number;
}

export async function* tick({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const milliseconds = quick ? 1500 : 8000;
  progress("tick: connecting");
  const bots = () => Contestant.native("native bots", native);
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  await using own = await Arena.open(Contestant.script(ours, "tick.ts", [], environment), bots(), connections);
  const server = Contestant.native("native zero-copy", native);
  await using theirs = await Arena.open(server, bots(), connections);

  const served = new Map<string, Served[]>();
  await takeTurns(
    [own, theirs].map((arena) => ({
      name: arena.name,
      async measure() {
        progress(`tick: ${hz} Hz with ${connections} connections: ${arena.name}`);
        const outcome = await match(arena, milliseconds);
        served.set(arena.name, [...(served.get(arena.name) ?? []), outcome]);
        return outcome.p99;
      },
    })),
    rounds,
    (variant) => variant.measure().then(() => served.clear()),
  );
  const name = `${hz} Hz, ${connections} connections, ${inputBytes} B in, ${snapshotBytes} B out`;
  const rows = (what: string, unit: string, pick: (outcome: Served) => number) =>
    rowsOf("tick", `${name}: ${what}`, unit, new Map([...served].map(([name, all]) => [name, all.map(pick)])));
  yield rows("p50 lateness", "ms", ({ p50 }) => p50);
  yield rows("p99 lateness", "ms", ({ p99 }) => p99);
  yield rows("CPU of the server", "ms/s", ({ cpu, ticks }) => cpu / 1e6 / (ticks / hz));
}

async function match(arena: Arena, milliseconds: number): Promise<Served> {
  const play: Command = { do: "play", hz, milliseconds, bytes: inputBytes };
  const serve: Command = { do: "serve", hz, milliseconds, bytes: snapshotBytes };
  const { served, played } = await arena.run<Served>(serve, play);
  const lost = 1 - (served.received + played.received) / (served.sent + played.sent);
  if (lost > mostLost) {
    throw new Error(`${arena.name}: ${(lost * 100).toFixed(1)} % of the messages did not come`);
  }
  return served;
}
