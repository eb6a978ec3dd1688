/** JSON as the formatter of this repository has it. */

const mostColumns = 120;

/** Prints a value: lists in one line where they fit. */
export function json(value: unknown, indent = "", before = 0): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const short = `[${value.map((item) => json(item)).join(", ")}]`;
    if (before + short.length < mostColumns) return short;
    return `[\n${value.map((item) => inner + json(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, content]) => {
    const key = `${inner}${JSON.stringify(name)}: `;
    return key + json(content, inner, key.length);
  });
  return `{\n${entries.join(",\n")}\n${indent}}`;
}
