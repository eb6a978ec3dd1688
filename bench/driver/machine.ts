/** On what the figures were taken. */
import { cpus, loadavg, release, totalmem, type as systemName } from "node:os";
import { openNetworking } from "../../lib/index.ts";
import { devDependencies } from "../../package.json" with { type: "json" };

/** What belongs to the figures without being one. */
export interface Machine {
  readonly date: string;
  /** Whether it was a run with `--quick`. */
  readonly quick: boolean;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly bun: string;
  readonly library: string;
  readonly koffi: string;
  /** Before the first suite: processes that wanted a core, over one, five and fifteen minutes. */
  readonly loadAverage: readonly number[];
}

/** Looks at this machine. */
export function thisMachine(quick: boolean): Machine {
  using net = openNetworking();
  const [processor] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    quick,
    processor: processor?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}, ${process.arch}`,
    bun: Bun.version,
    library: `GameNetworkingSockets ${net.library.version}`,
    koffi: devDependencies.koffi,
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** In one line. */
export function describeMachine(machine: Machine): string {
  const { date, quick, processor, cores, system, bun, library, koffi } = machine;
  const beside = loadWarning(machine) === undefined ? "" : ", beside other work,";
  return `${date}, ${quick ? "a quick run" : "a full run"}${beside} on ${cores} cores of ${processor}, ${system}; Bun ${bun}, ${library}, koffi ${koffi}`;
}

/** What there is to say when others want the cores too; undefined on a quiet machine. */
export function loadWarning({ cores, loadAverage: [load = 0] }: Machine): string | undefined {
  return load > cores / 4
    ? `The machine is busy (load ${load} on ${cores} cores): ratios scatter more than on a quiet one.`
    : undefined;
}
