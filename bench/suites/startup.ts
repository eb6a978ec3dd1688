/** How long a process takes until it listens, and until its first message over UDP has come. */
import { now } from "../contestants/clock.ts";
import { Contestant } from "../driver/contestant.ts";
import { freePort } from "../driver/port.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant } from "../driver/turns.ts";

interface Started {
  /** From opening to listening, in nanoseconds. */
  readonly listening: number;
  /** When the first message was there, on the clock that all processes share. */
  readonly message: number;
}

export async function* startup({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const rounds = quick ? 7 : 21;
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  const listening = new Map<string, number[]>();
  const variant = (name: string, start: (port: string) => Contestant): Variant => ({
    name,
    async measure() {
      progress(`startup: ${name}`);
      const port = String(await freePort());
      const begin = now();
      await using contestant = start(port);
      const started = await contestant.answer<Started>();
      listening.set(name, [...(listening.get(name) ?? []), started.listening / 1e6]);
      return (started.message - begin) / 1e6;
    },
  });
  const variants = [
    variant(ours, (port) => Contestant.script(ours, "startup.ts", [port], environment)),
    variant("native zero-copy", (port) => Contestant.native("native zero-copy", native, "startup", port)),
  ];
  const samples = await takeTurns(variants, rounds, (warm) => warm.measure().then(() => listening.clear()));
  yield rowsOf("startup", "from opening to listening", "ms", listening);
  yield rowsOf("startup", "from process start to the first message", "ms", samples);
}
