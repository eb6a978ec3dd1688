/** A chart of the memory suite as SVG, which reads well on light and on dark pages. */
import { ours, oursInViews, type Row } from "../driver/rows.ts";

const variants = [
  { name: ours, colour: "#2f81f7" },
  { name: oursInViews, colour: "#79b8ff" },
  { name: "native zero-copy", colour: "#8b949e" },
  { name: "native per-message copy", colour: "#c0a36e" },
  { name: "koffi", colour: "#d1495b" },
];

const width = 800;
const left = 190;
const right = 60;
const bar = 14;
const gap = 22;
const top = 64;

/** Million messages a second, reliable, in batches of 64, by size. */
export function chart(rows: readonly Row[]): string {
  const shown = rows.filter(
    ({ suite, case: name, variant, versus }) =>
      suite === "memory" &&
      name.endsWith("batch 64, reliable, transport") &&
      (versus === variant || (versus === "native zero-copy" && variant.startsWith(ours))),
  );
  const sizes = [...new Set(shown.map(({ case: name }) => name))];
  const most = Math.max(...shown.map(({ median }) => median), 1);
  const parts: string[] = [];
  let y = top;
  for (const size of sizes) {
    const bytes = Number(size.split(" ")[0]).toLocaleString("en-US");
    parts.push(text(0, y + bar - 3, `${bytes} bytes`, "title"));
    for (const { name, colour } of variants) {
      const row = shown.find(({ case: of, variant }) => of === size && variant === name);
      if (row === undefined) continue;
      const length = Math.max(1, (row.median / most) * (width - left - right));
      parts.push(
        text(left - 8, y + bar - 3, name, "name"),
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar}" rx="2" fill="${colour}"/>`,
        text(left + length + 6, y + bar - 3, row.median.toFixed(row.median < 1 ? 2 : 1), "figure"),
      );
      y += bar + 3;
    }
    y += gap;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">
<title>Million messages a second in memory, reliable, in batches of 64</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #57606a; }
  .head, .title { font-weight: 600; fill: #24292f; }
  .head { font-size: 15px; }
  .name { text-anchor: end; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9da7b3; }
    .head, .title { fill: #e6edf3; }
  }
</style>
${text(0, 18, "Million messages a second in memory, sent and received", "head")}
${text(0, 38, "Reliable, in batches of 64, first and last byte written and read; more is better", "note")}
${parts.join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text x="${x.toFixed(0)}" y="${y}" class="${kind}">${content}</text>`;
}
