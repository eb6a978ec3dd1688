/** Whose time is looked into: this package and the native program at the same work. */
import { SendFlags } from "../../lib/index.ts";
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours } from "../driver/rows.ts";
import { Arena } from "../suites/arena.ts";
import { Link } from "../suites/link.ts";

/** One variant. */
export interface Subject {
  readonly name: string;
  /** The processes to look into, by what they do. */
  readonly pids: Readonly<Record<string, number>>;
  /** Works for a while. Undefined when others had the processors for so long that its connection came to its end. */
  work(): Promise<Work | undefined>;
}

/** What was done. */
export interface Work {
  /** How many messages or ticks. */
  readonly amount: number;
  /** What it says itself, in the unit of its {@link Case}. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Variants that do the same; the last one is the native program. */
export interface Case {
  readonly name: string;
  readonly unit: string;
  /** Of one of these. */
  readonly nanoseconds: number;
  readonly subjects: readonly Subject[];
}

/** The files that are run. */
export interface Programs {
  readonly library: string;
  readonly native: string;
}

const baseline = "native zero-copy";
const connections = 200;
const hz = 128;
const serveMilliseconds = 2000;

async function* memory(programs: Programs): AsyncGenerator<Case> {
  for (const bytes of [32, 1024]) {
    for (const batch of [16, 64]) {
      await using own = script("memory.ts", programs, ["checked", bytes, batch, SendFlags.Reliable, "transport"]);
      await using theirs = Contestant.native(baseline, programs.native);
      const command = { do: "memory", bytes, batch, reliable: true, touch: "transport", style: "zero-copy" };
      const subjects = [own, theirs].map((contestant): Subject => ({
        name: contestant.name,
        pids: { "": contestant.pid },
        async work() {
          const { messages } = await contestant.ask<{ messages: number }>({ ...command, milliseconds: 600 });
          return { amount: messages };
        },
      }));
      yield { name: `memory: ${bytes} B, batch ${batch}, reliable`, unit: "ns a message", nanoseconds: 1, subjects };
    }
  }
}

async function* udp(programs: Programs): AsyncGenerator<Case> {
  await using own = await Link.open(ours, () => script("udp.ts", programs));
  const startNative = () => Contestant.native(baseline, programs.native);
  await using theirs = await Link.open(baseline, startNative, { style: "zero-copy" });
  for (const { bytes, reliable, megabytes } of [
    { bytes: 32, reliable: false, megabytes: 5 },
    { bytes: 32, reliable: true, megabytes: 5 },
    { bytes: 1024, reliable: false, megabytes: 25 },
  ]) {
    const rate = (megabytes * 1e6) / bytes;
    for (const link of [own, theirs]) await link.warmUp({ bytes, reliable }, rate);
    const subjects = [own, theirs].map((link): Subject => ({
      name: link.name,
      get pids() {
        return link.pids;
      },
      async work() {
        const { ended, received } = await link.run({ bytes, reliable }, rate, 1500);
        return ended ? { amount: received } : undefined;
      },
    }));
    const name = `udp: ${megabytes} MB/s of ${bytes} B, ${reliable ? "reliable" : "unreliable"}`;
    yield { name, unit: "ns a message", nanoseconds: 1, subjects };
  }
}

async function* tick(programs: Programs): AsyncGenerator<Case> {
  await using own = await arena(script("tick.ts", programs), programs);
  await using theirs = await arena(Contestant.native(baseline, programs.native), programs);
  const lateness = ({ p99 }: Served) => ({ "p99 of the lateness, by the clock": p99 * 1000 });
  const subjects = [own, theirs].map((one) => server(one.name, one, { bytes: 512 }, { bytes: 64 }, lateness));
  const name = `tick: ${hz} Hz, ${connections} connections, 64 B in, 512 B out`;
  yield { name, unit: "µs a tick", nanoseconds: 1000, subjects };
}

async function* broadcast(programs: Programs): AsyncGenerator<Case> {
  await using own = await arena(script("broadcast.ts", programs), programs);
  await using theirs = await arena(Contestant.native(baseline, programs.native), programs);
  const sending = (served: Served) => ({ "until sendMessages returns, by the clock": served.sending / 1000 });
  for (const bytes of [512, 1024]) {
    const subjects = [
      server("broadcast", own, { bytes, style: "broadcast" }, { bytes: 0 }, sending),
      server("single pushes", own, { bytes, style: "pushes" }, { bytes: 0 }, sending),
      server(theirs.name, theirs, { bytes }, { bytes: 0 }, sending),
    ];
    yield { name: `broadcast: ${bytes} B to ${connections}`, unit: "µs a tick", nanoseconds: 1000, subjects };
  }
}

/** What there is to look into, by name. */
export const profiles: Readonly<Record<string, (programs: Programs) => AsyncIterable<Case>>> = {
  ...{ memory, udp, tick, broadcast },
};

function script(file: string, { library }: Programs, args: readonly (string | number)[] = []): Contestant {
  return Contestant.script(ours, file, args.map(String), { STEAM_SOCKETS_LIBRARY: library });
}

function arena(contestant: Contestant, { native }: Programs): Promise<Arena> {
  return Arena.open(contestant, Contestant.native("native bots", native), connections);
}

interface Served {
  readonly ticks: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Nanoseconds from the first field until `sendMessages` returns. */
  readonly sending: number;
}

function server(
  name: string,
  arena: Arena,
  serve: Command,
  play: Command,
  figures: (served: Served) => Readonly<Record<string, number>>,
): Subject {
  return {
    name,
    pids: { server: arena.serverPid },
    async work() {
      const { served } = await arena.run<Served>(
        { do: "serve", hz, milliseconds: serveMilliseconds, ...serve },
        { do: "play", hz, milliseconds: serveMilliseconds, ...play },
      );
      return { amount: served.ticks, figures: figures(served) };
    },
  };
}
