/** Rows and verdicts as text for a terminal. */
import type { Row } from "../driver/rows.ts";
import type { Verdict } from "./targets.ts";

/** The rows of one case. */
export function caseText(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const compared = rows
    .filter(({ variant, versus }) => variant !== versus)
    .map(({ variant, median, min, max, versus, ratio }) => [variant, spread(median, min, max), `${ratio} x`, versus]);
  const baselines = rows
    .filter(({ variant, versus }) => variant === versus)
    .map(({ variant, median, min, max }) => [variant, spread(median, min, max), "", ""]);
  return `${first.suite}: ${first.case}, ${first.unit}\n${table([...compared, ...baselines])}\n`;
}

/** What was reached, and what was not. */
export function verdictText(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ work, versus, worst, middle, cases, least, isCost, byDifference, isReached }) => [
    isReached ? "reached" : "NOT REACHED",
    `${work} against ${versus}`,
    byDifference
      ? `+ ${worst.toFixed(3)} ms`
      : `${number(worst)} at worst, ${number(middle)} in the middle of ${cases}`,
    `${isCost ? "at most" : "at least"} ${least}`,
  ]);
  return table(lines);
}

/** A ratio with as many digits as are worth reading. */
export function number(figure: number): string {
  return figure >= 10 ? figure.toFixed(0) : figure.toFixed(2);
}

function spread(median: number, min: number, max: number): string {
  return `${median}  (${min} to ${max})`;
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column]!)).join("   ")}`.trimEnd())
    .join("\n");
}
