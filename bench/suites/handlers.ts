/** The everyday layer against the same work by hand: a tick server's CPU, and messages a second in memory. */
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns } from "../driver/turns.ts";
import { Arena } from "./arena.ts";

const byHand = "by hand";
const connections = 200;
const hz = 128;
const rounds = 7;
const warmUpMilliseconds = 600;

interface Served {
  readonly ticks: number;
  readonly cpu: number;
}

interface Answer {
  readonly messages: number;
  readonly nanoseconds: number;
}

export async function* handlers({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  for (const [bytes, batch] of [
    [64, 64],
    [512, 256],
  ] as const) {
    const name = `${bytes} B, batch ${batch}`;
    progress(`handlers: ${name}`);
    const start = (name: string, style: string) =>
      Contestant.script(name, "handlers.ts", [style, String(bytes), String(batch)], environment);
    await using own = start(ours, "handlers");
    await using hand = start(byHand, "hand");
    const measure = async (contestant: Contestant, milliseconds: number) => {
      const { messages, nanoseconds } = await contestant.ask<Answer>({ do: "memory", milliseconds });
      return messages / (nanoseconds / 1e3);
    };
    const variants = [own, hand].map((contestant) => ({
      name: contestant.name,
      measure: () => measure(contestant, quick ? 60 : 150),
      warmUp: () => measure(contestant, warmUpMilliseconds),
    }));
    yield rowsOf("handlers", name, "million messages/s", await takeTurns(variants, 11, (one) => one.warmUp()));
  }

  progress("handlers: connecting");
  const bots = () => Contestant.native("native bots", native);
  const server = (name: string, file: string) => Contestant.script(name, file, [], environment);
  await using own = await Arena.open(server(ours, "tick-handlers.ts"), bots(), connections);
  await using hand = await Arena.open(server(byHand, "tick.ts"), bots(), connections);
  const milliseconds = quick ? 2000 : 8000;
  const serve: Command = { do: "serve", hz, milliseconds, bytes: 512 };
  const play: Command = { do: "play", hz, milliseconds, bytes: 64 };
  const samples = await takeTurns(
    [own, hand].map((arena) => ({
      name: arena.name,
      async measure() {
        progress(`handlers: ${hz} Hz with ${connections} connections: ${arena.name}`);
        const { served } = await arena.run<Served>(serve, play);
        return served.cpu / 1e6 / (served.ticks / hz);
      },
    })),
    rounds,
  );
  yield rowsOf("handlers", `${hz} Hz, ${connections} connections: CPU of the server`, "ms/s", samples);
}
