#!/usr/bin/env bun
/** The benchmarks: `bun run bench [SUITE...] [--quick] [--json FILE] [--readme]`. */
import { parseArgs } from "node:util";
import { ensureNativeBench, ensureNativeLibrary } from "../ffi/native/build.ts";
import { countCollections } from "./collections.ts";
import { describeMachine, loadWarning, thisMachine } from "./driver/machine.ts";
import type { Row } from "./driver/rows.ts";
import type { Bench, Suite } from "./driver/suite.ts";
import { chart } from "./report/chart.ts";
import { withFigures } from "./report/readme.ts";
import { judge } from "./report/targets.ts";
import { caseText, verdictText } from "./report/text.ts";
import { authentication } from "./suites/authentication.ts";
import { bots } from "./suites/bots.ts";
import { broadcast } from "./suites/broadcast.ts";
import { handlers } from "./suites/handlers.ts";
import { loop } from "./suites/loop.ts";
import { memory } from "./suites/memory.ts";
import { p2p } from "./suites/p2p.ts";
import { startup } from "./suites/startup.ts";
import { tick } from "./suites/tick.ts";
import { udp } from "./suites/udp.ts";
import { workers } from "./suites/workers.ts";

const suites: Readonly<Record<string, Suite>> = {
  ...{ memory, udp, tick, broadcast, workers, startup },
  ...{ authentication, handlers, bots, loop, p2p },
};

const usage = `Usage: bun run bench [SUITE...] [options]

Compares this package with native code, koffi and Bun's own sockets. Variants take turns in one run; what counts are
ratios. Without a suite all are run, and collections of garbage counted: 40 minutes, 6 with --quick.

  memory      through a pair in memory, as fast as it goes
  udp         two processes: CPU at a steady rate, highest rate without loss and with p99 latency under 5 ms
  tick        128 Hz, 200 connections: how late ticks begin
  broadcast   one payload to 200 connections, against 200 pushes
  workers     two Workers fill, one thread sends
  startup     until it listens, until the first message
  handlers    the everyday layer against inbox and outbox by hand
  bots        1,000 bots in one process: what each costs, against native ones
  loop        how late ticks are beside HTTP requests in the same process
  p2p         connections over ICE against plain UDP connections, and signals through the relay
  authentication  connects, issuing and play with certificates, against without, and against native code

  --quick       fewer cases, shorter rounds
  --json FILE   also writes the figures to FILE, and to FILE.machine.json what they were taken on
  --readme      also writes README.md's table and bench/results.svg
  --help        this text
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean" },
      json: { type: "string" },
      readme: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(suites, name));
  if (values.help || unknown.length > 0) {
    const problem = unknown.length > 0 ? `There is no suite ${unknown.join(", ")}.\n\n` : "";
    (problem ? process.stderr : process.stdout).write(problem + usage);
    return problem ? 2 : 0;
  }

  const bench: Bench = {
    library: await ensureNativeLibrary(),
    native: await ensureNativeBench(),
    quick: values.quick ?? false,
    progress,
  };
  const machine = thisMachine(bench.quick);
  const warning = loadWarning(machine);
  console.log(`${describeMachine(machine)}, load ${machine.loadAverage.join(" ")}\n`);
  if (warning !== undefined) console.log(`${warning}\n`);

  const rows: Row[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(suites)) {
    for await (const some of suites[name]!(bench)) {
      rows.push(...some);
      progress("");
      console.log(caseText(some));
    }
  }
  let collections: string | undefined;
  if (positionals.length === 0) {
    progress("counting collections of garbage");
    collections = await countCollections(bench);
    progress("");
    console.log(`${collections}\n`);
  }
  console.log(verdictText(judge(rows)));
  if (warning !== undefined) console.log(`\n${warning}`);

  if (values.json !== undefined) {
    await Bun.write(values.json, `${JSON.stringify(rows, null, 2)}\n`);
    await Bun.write(`${values.json}.machine.json`, `${JSON.stringify(machine, null, 2)}\n`);
  }
  if (values.readme) {
    const readme = Bun.file(new URL("../README.md", import.meta.url));
    await Bun.write(readme, withFigures(await readme.text(), rows, machine, collections));
    await Bun.write(new URL("./results.svg", import.meta.url), chart(rows));
  }
  return 0;
}

/** Says on a terminal what is done now, on a line of its own that goes away. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  progress("");
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
