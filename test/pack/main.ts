#!/usr/bin/env bun
/**
 * Tries the packages as users get them: `bun run test:pack [--packed] [TARGET...]`. Without targets, for this machine; with
 * them, for other Linux platforms, where this is a Debian on x64. `--packed` takes what lies in dist/packages, and builds
 * nothing. See install.ts and foreign.ts.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals: targets } = parseArgs({
  allowPositionals: true,
  options: { packed: { type: "boolean" } },
});
for (const target of targets.length === 0 ? [undefined] : targets) {
  const command = [process.execPath, "test", "--timeout", "600000", join(import.meta.dir, "install.ts")];
  const child = Bun.spawn(command, {
    env: { ...process.env, STEAM_SOCKETS_TEST_TARGET: target, STEAM_SOCKETS_TEST_PACKED: values.packed ? "1" : "" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) process.exitCode = 1;
}
