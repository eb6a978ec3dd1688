/** How late ticks begin, with and without HTTP requests in the same process. */
import { Contestant } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns } from "../driver/turns.ts";

const requestsUnderWay = 4;
const pauseMilliseconds = 2;

interface Lateness {
  readonly p50: number;
  readonly p99: number;
}

export async function* loop({ library, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  await using contestant = Contestant.script(ours, "loop.ts", [], environment);
  const { port } = await contestant.ask<{ port: number }>({ do: "serveHttp" });
  const milliseconds = quick ? 2000 : 6000;
  for (const hz of [60, 128, 240]) {
    let answers = 0;
    const measure = async (isAsked: boolean) => {
      progress(`loop: ${hz} Hz${isAsked ? " beside HTTP" : ""}`);
      const done = new AbortController();
      const load = isAsked ? ask(port, done.signal) : Promise.resolve(0);
      const { p99 } = await contestant.ask<Lateness>({ do: "loop", hz, milliseconds });
      done.abort();
      answers += await load;
      return p99;
    };
    const samples = await takeTurns(
      [
        { name: ours, measure: () => measure(true) },
        { name: "without HTTP", measure: () => measure(false) },
      ],
      5,
      async () => {},
    );
    const rate = Math.round(answers / 5 / (milliseconds / 1000));
    yield rowsOf("loop", `${hz} Hz beside ${rate} HTTP requests/s: p99 lateness`, "ms", samples);
  }
}

/** Asks all the time, a few at once. Answers how often. */
async function ask(port: number, signal: AbortSignal): Promise<number> {
  let answers = 0;
  const one = async () => {
    while (!signal.aborted) {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await response.json();
      answers++;
      await Bun.sleep(pauseMilliseconds);
    }
  };
  await Promise.all(Array.from({ length: requestsUnderWay }, one));
  return answers;
}
