/** The benchmarks' part of the README: a chart, what is compared, and where rivals win. */
import { describeMachine, type Machine } from "../driver/machine.ts";
import { ours, oursInViews, type Row } from "../driver/rows.ts";
import { markdown } from "./markdown.ts";
import { judge, type Verdict } from "./targets.ts";
import { number } from "./text.ts";

const begin = "<!-- benchmarks: written by bun run bench --readme -->";
const end = "<!-- /benchmarks -->";

// Within this factor nobody wins.
const even = 1.03;

/** Puts the figures into the text of the README, between its two marks. */
export function withFigures(readme: string, rows: readonly Row[], machine: Machine, collections?: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no place for the figures between ${begin} and ${end}`);
  const parts = [
    "![Bars: messages a second in memory of this package, native code in two styles, and koffi](bench/results.svg)",
    verdictTable(judge(rows)),
    rivalTable(rows),
    ...(collections === undefined ? [] : [collections]),
    `${describeMachine(machine)}.`,
  ];
  return `${readme.slice(0, from + begin.length)}\n\n${parts.join("\n\n")}\n\n${readme.slice(to)}`;
}

function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ work, versus, worst, middle, isCost, byDifference }) => [
    work,
    versus,
    byDifference ? `${sign(middle)} ms` : `${number(middle)} x${isCost ? " (less is better)" : ""}`,
    byDifference ? `${sign(worst)} ms` : `${number(worst)} x`,
  ]);
  return markdown(["this package, checked", "against", "median of the cases", "worst case"], rows);
}

/** Against what Bun has itself: plain TCP and UDP, without encryption. */
function rivalTable(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ versus, variant }) => versus.startsWith("bun ") && (variant === ours || variant === oursInViews))
    .map(({ case: name, unit, median, versus, ratio }) => {
      const isCost = unit.startsWith("ns");
      const base = rows.find((row) => row.case === name && row.variant === versus)?.median ?? 0;
      return [
        `${name}, ${unit}`,
        figure(median),
        `${figure(base)} (${versus})`,
        winner(isCost ? 1 / ratio : ratio, versus),
      ];
    });
  return markdown(["beside Bun's own sockets, which do not encrypt", ours, "rival", ""], lines);
}

/** @param advantage how many times as good this package is. */
function winner(advantage: number, rival: string): string {
  if (Math.abs(Math.log(advantage)) < Math.log(even)) return "even";
  return advantage > 1 ? `${ours} wins` : `${rival} wins`;
}

function figure(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function sign(value: number): string {
  return `${value < 0 ? "-" : "+"} ${Math.abs(value).toFixed(2)}`;
}
