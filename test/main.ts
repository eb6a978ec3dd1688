/**
 * `bun run test`: builds the library, runs the tests, and tells which functions and events of the documents they have
 * shown, on each real library; it fails when they have not shown all. What is said behind it goes to `bun test`; then
 * only some tests run, and there is no table, but with `--table` as the first word.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shownTable } from "./shown/table.ts";
import { OBJECTS_VARIABLE } from "./steam/shim.ts";
import { SHOWN_VARIABLE } from "./support/shows.ts";

const root = join(import.meta.dir, "..");
const words = process.argv.slice(2);
const chosen = words[0] === "--table" ? words.slice(1) : words;
const hasTable = chosen.length === 0 || chosen !== words;
const folder = mkdtempSync(join(tmpdir(), "steam-sockets-shown-"));
const file = join(folder, "shown");
try {
  process.exitCode = await bun("ffi/native/build.ts");
  if (process.exitCode === 0) {
    writeFileSync(file, "");
    process.exitCode = await bun("test", "--isolate", "--timeout", "30000", ...chosen);
    if (hasTable) report();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(): void {
  const { text, missing } = shownTable(file);
  console.log(`\n${text}`);
  if (missing.length === 0) return;
  console.log(`\nNo test has shown: ${missing.join(", ")}`);
  process.exitCode ||= 1;
}

async function bun(...args: readonly string[]): Promise<number> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: root,
    env: { ...process.env, [SHOWN_VARIABLE]: file, [OBJECTS_VARIABLE]: join(folder, "objects") },
    stdio: ["inherit", "inherit", "inherit"],
  });
  return await child.exited;
}
