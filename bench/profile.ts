#!/usr/bin/env bun
/**
 * Where the time goes on the hot path, beside the native program: `bun bench/profile.ts [memory] [udp] [tick]
 * [broadcast]`. By thread as the system counts it, which Linux alone tells; by function where there is `perf`.
 */
import { parseArgs } from "node:util";
import { ensureLibraryWithSymbols, ensureNativeBench, ensureNativeLibrary } from "../ffi/native/build.ts";
import { describeMachine, loadWarning, thisMachine } from "./driver/machine.ts";
import { costsByFunction, costsByThread, type Line } from "./profile/costs.ts";
import { hasPerf } from "./profile/perf.ts";
import { profiles, type Case } from "./profile/subjects.ts";
import { markdown } from "./report/markdown.ts";

const usage = `Usage: bun bench/profile.ts [memory] [udp] [tick] [broadcast] [--rounds N]

Prints where the processor time goes, of this package and of the native program, as tables in Markdown.

  --rounds N   how often each variant is measured, 7 times when it is left out; figures are medians
  --help       this text
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "7" }, help: { type: "boolean" } },
  });
  const rounds = Number(values.rounds);
  const isUnknown = positionals.some((name) => !Object.hasOwn(profiles, name)) || !(rounds >= 1);
  if (values.help || isUnknown) {
    (isUnknown ? process.stderr : process.stdout).write(usage);
    return isUnknown ? 2 : 0;
  }
  if (process.platform !== "linux") throw new Error("Linux alone tells what the threads of a process have used.");

  await ensureNativeLibrary();
  const programs = { library: await ensureLibraryWithSymbols(), native: await ensureNativeBench() };
  const machine = thisMachine(false);
  console.log([describeMachine(machine), loadWarning(machine)].filter(Boolean).join(". "));
  if (!hasPerf) console.log("\nThere is no perf here, so nothing is told by function.");
  for (const name of positionals.length > 0 ? positionals : Object.keys(profiles)) {
    for await (const one of profiles[name]!(programs)) {
      const lines = await costsByThread(one, rounds);
      console.log(`\n## ${one.name}\n\n${table("by thread", one, lines)}`);
      if (!hasPerf) continue;
      const least = lines.find(({ what }) => what === "all threads")!.costs[0]! / 100;
      console.log(`\n${table("by function", one, await costsByFunction(one, lines, least))}`);
    }
  }
  return 0;
}

function table(by: string, { subjects, unit }: Case, lines: readonly Line[]): string {
  const others = subjects.slice(0, -1);
  const versus = subjects.at(-1)!.name;
  const hasRatios = lines.some(({ ratios }) => ratios !== undefined);
  const head = [
    `${unit}, ${by}`,
    ...subjects.map(({ name }) => name),
    ...(hasRatios ? others.map(({ name }) => `${name} by ${versus}`) : []),
  ];
  const rows = lines
    .filter(({ costs }) => Math.max(...costs) >= 0.5)
    .map(({ what, costs, ratios }) => [
      what,
      ...costs.map((cost) => cost.toFixed(cost < 100 ? 1 : 0)),
      ...(hasRatios
        ? others.map((_, at) => {
            const { middle, least, most } = ratios![at]!;
            return Number.isFinite(middle) ? `${middle.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})` : "";
          })
        : []),
    ]);
  return markdown(head, rows);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
