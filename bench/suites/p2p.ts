/**
 * Connections over ICE against plain UDP connections, between the same two processes in a network namespace: messages a
 * second paced and in bursts, and how late ticks begin; and signals a second through the relay.
 */
import { Namespace } from "../../test/support/p2p/namespace.ts";
import type { BurstAnswer, TickAnswer } from "../contestants/p2p.ts";
import type { CarriedAnswer } from "../contestants/signal-load.ts";
import type { ReceiveAnswer, SendAnswer } from "../contestants/load.ts";
import { Contestant, type Command } from "../driver/contestant.ts";
import { ours, rowsOf, type Row } from "../driver/rows.ts";
import type { Bench } from "../driver/suite.ts";
import { takeTurns, type Variant } from "../driver/turns.ts";
import { highestClean } from "./highest-clean.ts";

const address = "10.9.9.1";
const port = 27_015;
const peers = 16;
const hz = 128;
const tickBytes = 256;
// Fewer than that and something else is measured.
const mostLost = 0.1;
const mostLatencyMilliseconds = 5;
const receivePatienceMilliseconds = 3000;
const tickMicroseconds = 1000;
const tries = 3;
const steadyRate = 100_000;
// The library ends a connection when there are a million unreliable messages between two reliable ones.
const mostMessages = 900_000;
const clients = 16;
const signalBytes = 400;
const underWay = 64;

type Way = "udp" | "ice";
const names: Readonly<Record<Way, string>> = { udp: "plain UDP", ice: ours };
const ways: readonly Way[] = ["udp", "ice"];

/** Two processes with as many plain UDP connections as connections over ICE between them. */
class Pair implements AsyncDisposable {
  readonly #start: (identity: string) => Contestant;
  #host: Contestant;
  #guest: Contestant;
  #trial = 0;

  private constructor(start: (identity: string) => Contestant) {
    this.#start = start;
    this.#host = start("str:host");
    this.#guest = start("str:guest");
  }

  static async open(start: (identity: string) => Contestant): Promise<Pair> {
    const pair = new Pair(start);
    await pair.#connect();
    return pair;
  }

  /** The guest does its part as soon as the host is ready for it. */
  async run<Sent, Received>(send: Command, receive: Command): Promise<{ sender: Sent; receiver: Received }> {
    const trial = ++this.#trial;
    await this.#host.ask({ ...receive, trial });
    const [sender, receiver] = await Promise.all([
      this.#guest.ask<Sent>({ ...send, trial }),
      this.#host.answer<Received>(),
    ]);
    return { sender, receiver };
  }

  async tick(command: Command): Promise<TickAnswer> {
    const [host, guest] = await Promise.all([
      this.#host.ask<TickAnswer>(command),
      this.#guest.ask<TickAnswer>(command),
    ]);
    return { ...host, sent: host.sent + guest.sent, received: host.received + guest.received };
  }

  /** A connection does not outlive every flood. */
  async startAnew(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#host = this.#start("str:host");
    this.#guest = this.#start("str:guest");
    await this.#connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#guest.kill();
    await this.#host.kill();
  }

  async #connect(): Promise<void> {
    await this.#host.ask({ do: "listen", address, port });
    await Promise.all([
      this.#host.ask({ do: "gather", connections: peers }),
      this.#guest.ask({ do: "connect", address, port, connections: peers }),
    ]);
  }
}

export async function* p2p({ library, quick, progress }: Bench): AsyncGenerator<Row[]> {
  const environment = { STEAM_SOCKETS_LIBRARY: library };
  progress("p2p: signals");
  yield* signals(environment, quick);

  progress("p2p: connecting");
  await using namespace = await Namespace.make().catch((error: unknown) => {
    console.log(`p2p: left out but for signals. ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  if (namespace === undefined) return;
  const script = (name: string, file: string, ...args: string[]) =>
    Contestant.script(name, file, args, environment, (...line) => namespace.command(...line));
  await using relay = script("relay", "signal-relay.ts");
  const { url } = await relay.ask<{ url: string }>({ do: "where" });
  await using pair = await Pair.open((identity) => script(identity, "p2p.ts", identity, url));

  for (const bytes of [32, 1024]) {
    const name = `${steadyRate} messages/s of ${bytes} B, unreliable`;
    progress(`p2p: ${name}`);
    const variants = ways.map((way) => ({ name: names[way], measure: () => costOf(pair, way, bytes, quick) }));
    yield rowsOf("p2p", name, "ns of CPU/message", await takeTurns(variants, quick ? 5 : 9));
  }
  for (const bytes of quick ? [32] : [32, 1024]) {
    const name = `paced, ${bytes} B, unreliable`;
    const samples = await takeTurns(
      ways.map((way) => paced(pair, way, bytes, quick, (rate) => progress(`p2p: ${name}: ${names[way]}: ${rate}`))),
      quick ? 3 : 5,
    );
    yield rowsOf("p2p", name, "messages/s", samples);
  }
  for (const [bytes, messages] of [
    [32, 10_000],
    [1000, 1000],
  ] as const) {
    const name = `bursts of ${messages}, ${bytes} B, reliable`;
    progress(`p2p: ${name}`);
    const variants = ways.map((way) => ({ name: names[way], measure: () => burst(pair, way, bytes, messages) }));
    // Single ones scatter, so there are many turns.
    yield rowsOf("p2p", name, "messages/s", await takeTurns(variants, quick ? 75 : 225));
  }

  progress(`p2p: ${hz} Hz, ${peers} peers`);
  const ticks = new Map<string, TickAnswer[]>();
  const milliseconds = quick ? 2000 : 8000;
  const variants = ways.map((way) => ({
    name: names[way],
    async measure() {
      const answer = await pair.tick({ do: "tick", way, hz, milliseconds, bytes: tickBytes });
      const lost = 1 - answer.received / answer.sent;
      if (lost > mostLost) throw new Error(`${names[way]}: ${(lost * 100).toFixed(1)} % of the messages did not come`);
      ticks.set(names[way], [...(ticks.get(names[way]) ?? []), answer]);
      return answer.p99;
    },
  }));
  await takeTurns(variants, 5, (variant) => variant.measure().then(() => ticks.clear()));
  const samplesOf = (pick: (answer: TickAnswer) => number) =>
    new Map([...ticks].map(([name, answers]) => [name, answers.map(pick)]));
  const name = `${hz} Hz, ${peers} peers, ${tickBytes} B each way`;
  yield rowsOf(
    "p2p",
    `${name}: p50 lateness`,
    "ms",
    samplesOf(({ p50 }) => p50),
  );
  yield rowsOf(
    "p2p",
    `${name}: p99 lateness`,
    "ms",
    samplesOf(({ p99 }) => p99),
  );
}

/** What a message costs both processes at a steady rate. */
async function costOf(pair: Pair, way: Way, bytes: number, quick: boolean): Promise<number> {
  const load = { way, bytes, rate: steadyRate, milliseconds: quick ? 300 : 1000, tickMicroseconds };
  for (let left = tries; left > 0; left--) {
    const { sender, receiver } = await pair.run<SendAnswer, ReceiveAnswer>(
      { do: "send", ...load },
      { do: "receive", ...load, milliseconds: load.milliseconds + receivePatienceMilliseconds },
    );
    const { received, ended } = receiver;
    // Where others have the cores some are always lost; what counts is what those cost that came.
    const least = sender.sent * (left === 1 ? 0.5 : 1 - mostLost);
    if (ended && received > least) return (sender.cpu + receiver.cpu) / received;
  }
  throw new Error(`${names[way]}: too many messages did not come`);
}

/** The highest rate at which all that is sent comes in time. */
function paced(pair: Pair, way: Way, bytes: number, quick: boolean, tell: (rate: string) => void): Variant {
  let last: number | undefined;
  return {
    name: names[way],
    async measure() {
      last = await highestClean(last, async (rate) => {
        tell(`${Math.round(rate)} messages/s`);
        const milliseconds = Math.min(quick ? 150 : 300, (1000 * mostMessages) / rate);
        const load = { way, bytes, rate, milliseconds, tickMicroseconds };
        const { sender, receiver } = await pair.run<SendAnswer, ReceiveAnswer>(
          { do: "send", ...load },
          { do: "receive", ...load, milliseconds: milliseconds + receivePatienceMilliseconds },
        );
        const { received, ended, p99 } = receiver;
        if (!ended) await pair.startAnew();
        return ended && sender.refused === 0 && received === sender.sent && p99 < mostLatencyMilliseconds;
      });
      if (last === 0) throw new Error(`${names[way]}: there is no rate at which all that is sent comes in time`);
      return last;
    },
  };
}

/** Messages a second when all are sent as fast as there is room for them. */
async function burst(pair: Pair, way: Way, bytes: number, messages: number): Promise<number> {
  const load = { way, bytes, messages };
  const { receiver } = await pair.run<SendAnswer, BurstAnswer>({ do: "burst", ...load }, { do: "collect", ...load });
  const { received, nanoseconds } = receiver;
  if (received !== messages) throw new Error(`${names[way]}: ${received} messages of a burst of ${messages} came`);
  return received / (nanoseconds / 1e9);
}

/** How many signals a relay carries, and what each costs it, beside the least that would do. */
async function* signals(environment: Readonly<Record<string, string>>, quick: boolean): AsyncGenerator<Row[]> {
  const open = async (name: string, style: string) => {
    const relay = Contestant.script(`relay of ${name}`, "signal-relay.ts", [style], environment);
    const { url } = await relay.ask<{ url: string }>({ do: "where" });
    return { name, relay, load: Contestant.script(name, "signal-load.ts", [style, url, String(clients)], environment) };
  };
  const contestants = [await open("bare relay", "bare"), await open(ours, "ours")];
  const costs = new Map<string, number[]>();
  const command = { do: "carry", signals: quick ? 20_000 : 100_000, bytes: signalBytes, underWay };
  const variants = contestants.map(({ name, relay, load }) => ({
    name,
    async measure() {
      const before = await relay.ask<{ cpu: number }>({ do: "cpu" });
      const { received, nanoseconds } = await load.ask<CarriedAnswer>(command);
      const after = await relay.ask<{ cpu: number }>({ do: "cpu" });
      if (received !== command.signals) throw new Error(`${name}: ${received} of ${command.signals} signals came`);
      costs.set(name, [...(costs.get(name) ?? []), (after.cpu - before.cpu) / received]);
      return received / (nanoseconds / 1e9);
    },
  }));
  const warmUp = (variant: Variant) => variant.measure().then(() => costs.clear());
  const name = `signals of ${signalBytes} B among ${clients} clients`;
  yield rowsOf("p2p", name, "signals/s", await takeTurns(variants, quick ? 5 : 9, warmUp));
  yield rowsOf("p2p", name, "ns of CPU of the relay/signal", costs);
  for (const { relay, load } of contestants) {
    await load.kill();
    await relay.kill();
  }
}
