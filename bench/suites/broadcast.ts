/** A snapshot for 200 connections over UDP: written once and broadcast, or written and pushed for each. */
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant } from "../driver/turns.ts";
import { Arena } from "./arena.ts";

const connections = 200;
const hz = 128;
const rounds = 5;

interface Served {
  /** From before the first field is written until `sendMessages` returns, in nanoseconds; the median of all ticks. */
  readonly sending: number;
  readonly ticks: number;
  readonly sent: number;
}

export async function* broadcast({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const milliseconds = quick ? 500 : 2000;
  progress("broadcast: connecting");
  const bots = () => Contestant.native("native bots", native);
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  await using own = await Arena.open(Contestant.script(ours, "broadcast.ts", [], environment), bots(), connections);
  const server = Contestant.native("native zero-copy", native);
  await using theirs = await Arena.open(server, bots(), connections);

  for (const bytes of quick ? [1024] : [512, 1024]) {
    const name = `${bytes} B to ${connections} connections`;
    const variant = (name: string, arena: Arena, extra: Command): Variant => ({
      name,
      async measure() {
        progress(`broadcast: ${bytes} B: ${name}`);
        const serve = { do: "serve", hz, milliseconds, bytes, ...extra };
        // The bots listen a while longer, and say nothing.
        const play = { do: "play", hz, milliseconds: milliseconds + 100, bytes: 0 };
        const { served } = await arena.run<Served>(serve, play);
        if (served.sent !== served.ticks * connections) throw new Error(`${name}: not all was sent`);
        return 1e9 / served.sending;
      },
    });
    const variants = [
      variant(ours, own, { style: "broadcast" }),
      variant("single pushes", own, { style: "pushes" }),
      variant("native zero-copy", theirs, {}),
    ];
    yield rowsOf("broadcast", name, "broadcasts/s", await takeTurns(variants, rounds));
  }
}
