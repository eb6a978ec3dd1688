/**
 * Manual poll mode: every test that opens its networks by `support/poll-mode.ts`, once more. What is special to the
 * mode is proven in poll-mode.test.ts.
 */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

// `--isolate` gives each file its own variables and modules; all that this one loads is in manual poll mode.
process.env["STEAM_SOCKETS_TEST_MANUAL_POLL"] = "1";

const names = readdirSync(import.meta.dir)
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => readFileSync(join(import.meta.dir, file), "utf8").includes('from "./support/poll-mode.ts"'))
  .map((file) => basename(file, ".test.ts"))
  .sort();

describe.each(names)("in manual poll mode: %s", (name) => import(`./${name}.test.ts`));

test("the tests above were in manual poll mode", async () => {
  const { openNetworking } = await import("./support/poll-mode.ts");
  using net = openNetworking();
  expect(() => net.poll()).not.toThrow();
});
