/** What functions belong to, for profiles. */
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Sample } from "./perf.ts";

/** Groups of functions. */
export const functionGroups = [
  "JavaScript as compiled, with its stubs into native code",
  "Bun itself",
  "this package's helper",
  "the native program itself",
  "GameNetworkingSockets",
  "encryption",
  "C library: memory",
  "C library: locks",
  "C library: others",
  "the clock",
  "the system",
] as const;
/** One of {@link functionGroups}. */
export type FunctionGroup = (typeof functionGroups)[number];

const bun = basename(realpathSync(process.execPath));

/** The group of the function that a sample has seen. */
export function groupOf({ file, symbol }: Sample): FunctionGroup {
  if (file === "[vdso]" || symbol.includes("clock_gettime")) return "the clock";
  if (file.startsWith("[JIT]") || /^perf-\d+\.map$|^\/\/anon/.test(file)) return functionGroups[0];
  if (file === bun) return "Bun itself";
  if (file.startsWith("[")) return "the system";
  if (/malloc|free|realloc|chunk|operator (new|delete)/.test(symbol) && !symbol.includes("::"))
    return "C library: memory";
  if (/^lib|^ld-/.test(file) && !/steam_sockets/.test(file)) {
    return /mutex|lll_lock/.test(symbol) ? "C library: locks" : "C library: others";
  }
  if (symbol.includes("steam_sockets")) return "this package's helper";
  if (symbol.includes("bench::")) return "the native program itself";
  return /aes|gcm|crypt|sha/i.test(symbol) ? "encryption" : "GameNetworkingSockets";
}
