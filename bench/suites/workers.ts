/** Two Workers fill shares of a pool, one thread sends and receives; the native program does all on one thread. */
import { Contestant } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant } from "../driver/turns.ts";

const batch = 64;
const rounds = 5;

export async function* workers({ library, native, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const milliseconds = quick ? 200 : 800;
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  await using own = Contestant.script(ours, "workers.ts", [], environment);
  await using nativeProgram = Contestant.native("native zero-copy", native);
  for (const bytes of [1024, 4096]) {
    const name = `${bytes} B snapshots, batch ${batch}, in memory`;
    const variants = [own, nativeProgram].map((contestant): Variant => ({
      name: contestant.name,
      async measure() {
        progress(`workers: ${name}: ${contestant.name}`);
        const { messages, nanoseconds } = await contestant.ask<{ messages: number; nanoseconds: number }>({
          ...{ do: "fill", style: "zero-copy", bytes, batch, reliable: true, milliseconds },
        });
        return messages / (nanoseconds / 1e3);
      },
    }));
    yield rowsOf("workers", name, "million messages/s", await takeTurns(variants, rounds));
  }
}
