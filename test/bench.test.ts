/**
 * Proves of the benchmarks' own arithmetic:
 *  - variants take turns, each round beginning with another one;
 *  - a ratio is the median of the rounds' ratios, so that what hits a whole round does not bend it;
 *  - the search finds the highest clean rate to within its step, although one try in some stumbles;
 *  - a target is judged by its worst case;
 *  - the README's figures are replaced, and nothing around them.
 */
import { describe, expect, test } from "bun:test";
import { rowsOf, type Row } from "../bench/driver/rows.ts";
import { takeTurns } from "../bench/driver/turns.ts";
import { withFigures } from "../bench/report/readme.ts";
import { judge } from "../bench/report/targets.ts";
import { highestClean } from "../bench/suites/highest-clean.ts";

const machine = {
  ...{
    date: "2026-01-02",
    quick: false,
    processor: "Abacus",
    cores: 2,
    memoryGiB: 1,
    system: "Linux",
    bun: "1",
    library: "GNS",
  },
  ...{ koffi: "2", loadAverage: [0, 0, 0] },
};

function memoryRow(bytes: number, ratio: number): Row {
  return {
    ...{ suite: "memory", case: `${bytes} B, batch 64, reliable, transport`, variant: "steam-sockets", unit: "M/s" },
    ...{ median: ratio * 10, min: 1, max: 20, versus: "native zero-copy", ratio },
  };
}

describe("the benchmarks", () => {
  test("let variants take turns", async () => {
    const order: string[] = [];
    const variants = ["a", "b", "c"].map((name) => ({ name, measure: async () => order.push(name) }));
    const samples = await takeTurns(variants, 3, async () => order.push("-"));
    expect(order.join("")).toBe("---abcbcacab");
    expect(samples.get("b")).toEqual([5, 7, 12]);
  });

  test("compare within rounds", () => {
    const samples = new Map([
      ["steam-sockets", [9, 90, 0.9]],
      ["unchecked", [10, 100, 1]],
    ]);
    const [row] = rowsOf("memory", "a case", "M/s", samples);
    expect(row).toMatchObject({
      variant: "steam-sockets",
      versus: "unchecked",
      median: 9,
      min: 0.9,
      max: 90,
      ratio: 0.9,
    });
  });

  test("find the highest clean rate", async () => {
    for (const limit of [9_000, 123_456, 3_000_000]) {
      let tried = 0;
      const isClean = async (rate: number) => ++tried % 7 !== 0 && rate <= limit;
      const first = await highestClean(undefined, isClean);
      expect(first).toBeWithin(limit / 1.02, limit + 1);
      expect(await highestClean(first * 1.3, isClean)).toBeWithin(limit / 1.02, limit + 1);
    }
  });

  test("judge by the worst case", () => {
    const [verdict] = judge([memoryRow(32, 0.99), memoryRow(128, 0.9), memoryRow(1024, 0.95)]);
    expect(verdict).toMatchObject({ worst: 0.9, middle: 0.95, cases: 3, isReached: false });
  });

  test("write the README's figures", () => {
    const readme =
      "before\n\n<!-- benchmarks: written by bun run bench --readme -->\n\nold\n\n<!-- /benchmarks -->\n\nafter";
    const written = withFigures(readme, [memoryRow(32, 0.99)], machine, "No garbage.");
    expect(written).toStartWith("before\n\n<!-- benchmarks");
    expect(written).toEndWith("<!-- /benchmarks -->\n\nafter");
    expect(written).toContain("0.99 x");
    expect(written).toContain("2026-01-02, a full run on 2 cores of Abacus");
    expect(written).not.toContain("old");
  });
});
