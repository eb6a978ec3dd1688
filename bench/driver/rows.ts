/** Figures as they are published. */
import type { Samples } from "./turns.ts";

/** What variants are compared with. */
export const baselines = [
  "native zero-copy",
  "native per-message copy",
  "koffi",
  "bun websocket",
  "bun udpSocket",
  "single pushes",
  "unchecked",
  "by hand",
  "native bots",
  "without HTTP",
  "plain UDP",
  "bare relay",
  "unauthenticated",
  "native authenticated",
  "bare signature",
] as const;
/** One of {@link baselines}. */
export type Baseline = (typeof baselines)[number];

/** What this package is called among the variants: as users get it, checked and in the default mode. */
export const ours = "steam-sockets";
/** The same with `mode: "view"`. */
export const oursInViews = "steam-sockets, views";

/** One variant's figures in one case, and how they compare. */
export interface Row {
  readonly suite: string;
  readonly case: string;
  readonly variant: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly versus: Baseline;
  /** This variant's figure by the baseline's in the same round; the median of all rounds. */
  readonly ratio: number;
}

/**
 * The rows of one case: each variant beside each baseline that took part, and each baseline beside itself.
 */
export function rowsOf(suite: string, name: string, unit: string, samples: Samples): Row[] {
  const rows: Row[] = [];
  for (const versus of baselines) {
    const base = samples.get(versus);
    if (base === undefined) continue;
    for (const [variant, figures] of samples) {
      if (variant !== versus && isBaseline(variant)) continue;
      // Views stand for no copy at all; what copies is no match for them.
      if (variant === oursInViews && !versus.startsWith("native")) continue;
      const ratio = median(figures.map((figure, round) => figure / base[round]!));
      rows.push({
        ...{ suite, case: name, variant, unit },
        median: rounded(median(figures)),
        min: rounded(Math.min(...figures)),
        max: rounded(Math.max(...figures)),
        ...{ versus, ratio: rounded(ratio) },
      });
    }
  }
  return rows;
}

/** The middle one, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** With four digits. */
function rounded(figure: number): number {
  return Number(figure.toPrecision(4));
}

function isBaseline(variant: string): boolean {
  return (baselines as readonly string[]).includes(variant);
}
