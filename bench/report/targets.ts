/** What the figures are meant to reach. */
import { ours, oursInViews, median, type Baseline, type Row } from "../driver/rows.ts";

/** One line of what is to be reached. */
export interface Target {
  readonly work: string;
  readonly suite: string;
  readonly variant?: string;
  readonly versus: Baseline;
  /** Whether a case belongs to it. */
  readonly covers: (name: string) => boolean;
  /** The ratio that must be reached, and the one that is wished for. */
  readonly least: number;
  readonly goal: number;
  /** Less is better. */
  readonly isCost?: true;
  /** The limit is on the difference of the medians, in the unit, not on the ratio. */
  readonly byDifference?: true;
}

/** How a target was met. */
export interface Verdict extends Target {
  /** Of all its cases: the worst, and the one in the middle. */
  readonly worst: number;
  readonly middle: number;
  readonly cases: number;
  readonly isReached: boolean;
}

const isTransport = (name: string): boolean => name.endsWith("transport") && !name.includes("batch 1,");
const isLarge = (name: string): boolean => name.startsWith("16384 B");
const isSmallTransport = (name: string): boolean => isTransport(name) && !isLarge(name);
const isLargeTransport = (name: string): boolean => isTransport(name) && isLarge(name);

const targets: readonly Target[] = [
  {
    work: "in memory, up to 1 KiB",
    ...{ suite: "memory", versus: "native zero-copy", covers: isSmallTransport, least: 0.93, goal: 0.97 },
  },
  {
    work: "in memory, 16 KiB in views",
    variant: oursInViews,
    ...{ suite: "memory", versus: "native zero-copy", covers: isLargeTransport, least: 0.93, goal: 0.97 },
  },
  {
    work: "in memory, 16 KiB",
    ...{ suite: "memory", versus: "native per-message copy", covers: isLargeTransport, least: 1.5, goal: 3 },
  },
  {
    work: "in memory, up to 1 KiB",
    ...{ suite: "memory", versus: "native per-message copy", covers: isSmallTransport, least: 2.5, goal: 3 },
  },
  {
    work: "in memory, batch 64",
    covers: (name) => isTransport(name) && name.includes("batch 64,"),
    ...{ suite: "memory", versus: "koffi", least: 40, goal: 50 },
  },
  {
    work: "checked pools",
    ...{ suite: "memory", versus: "unchecked", covers: isTransport, least: 0.95, goal: 0.99 },
  },
  {
    work: "over UDP, highest clean rate",
    covers: (name) => name.startsWith("highest clean rate"),
    ...{ suite: "udp", versus: "native zero-copy", least: 0.95, goal: 1 },
  },
  {
    work: "over UDP, CPU a message",
    covers: (name) => name.includes("MB/s"),
    ...{ suite: "udp", versus: "native zero-copy", least: 1.1, goal: 1.05, isCost: true },
  },
  {
    work: "tick server, p99 lateness",
    covers: (name) => name.endsWith("p99 lateness"),
    ...{ suite: "tick", versus: "native zero-copy", least: 0.1, goal: 0.05, isCost: true, byDifference: true },
  },
  {
    work: "broadcast to 200",
    ...{ suite: "broadcast", versus: "single pushes", covers: () => true, least: 1.5, goal: 2 },
  },
  {
    work: "handlers, messages in memory",
    covers: (name) => name.includes("batch"),
    ...{ suite: "handlers", versus: "by hand", least: 0.9, goal: 0.95 },
  },
  {
    work: "handlers, CPU of a tick server",
    covers: (name) => name.includes("CPU"),
    ...{ suite: "handlers", versus: "by hand", least: 1.05, goal: 1, isCost: true },
  },
  {
    work: "1,000 bots, CPU of each",
    covers: (name) => name.includes("CPU"),
    ...{ suite: "bots", versus: "native bots", least: 1.1, goal: 1.05, isCost: true },
  },
  {
    work: "1,000 bots, memory of each",
    covers: (name) => name.includes("memory"),
    ...{ suite: "bots", versus: "native bots", least: 1.1, goal: 1.05, isCost: true },
  },
  {
    work: "over ICE, messages",
    covers: (name) => name.startsWith("paced") || name.startsWith("bursts"),
    ...{ suite: "p2p", versus: "plain UDP", least: 0.95, goal: 1 },
  },
  {
    work: "over ICE, CPU a message",
    covers: (name) => name.includes("messages/s of"),
    ...{ suite: "p2p", versus: "plain UDP", least: 1.1, goal: 1.05, isCost: true },
  },
  {
    work: "over ICE, p99 lateness of 16 peers",
    covers: (name) => name.endsWith("p99 lateness"),
    ...{ suite: "p2p", versus: "plain UDP", least: 0.1, goal: 0.05, isCost: true, byDifference: true },
  },
];

/** Judges the targets that there are rows for. */
export function judge(rows: readonly Row[]): Verdict[] {
  return targets.flatMap((target) => {
    const figures = rows.filter((row) => belongs(row, target)).map((row) => figureOf(row, rows, target));
    if (figures.length === 0) return [];
    const worst = target.isCost ? Math.max(...figures) : Math.min(...figures);
    const isReached = target.isCost ? worst <= target.least : worst >= target.least;
    return [{ ...target, worst, middle: median(figures), cases: figures.length, isReached }];
  });
}

function belongs({ suite, variant, versus, case: name }: Row, target: Target): boolean {
  return (
    suite === target.suite && versus === target.versus && variant === (target.variant ?? ours) && target.covers(name)
  );
}

function figureOf(row: Row, rows: readonly Row[], { versus, byDifference }: Target): number {
  if (!byDifference) return row.ratio;
  const base = rows.find((other) => other.case === row.case && other.variant === versus);
  return row.median - (base?.median ?? 0);
}
