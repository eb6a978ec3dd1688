/**
 * Valve's own steam_api with the objects of GameNetworkingSockets behind its flat functions: the tests of what does not
 * depend on the library, once more on it. What is special to it is proven in steam-traffic.test.ts.
 */
import { describe, expect, test } from "bun:test";
import { LIBRARY_VARIABLE } from "../sdk/locate.ts";
import { makeShim, missing } from "./steam/shim.ts";

const names = ["config", "outbox", "poll-group", "pool", "socket-pair", "topics"];

if (missing !== undefined) {
  console.log(`skipped: ${names.join(", ")} on Valve's library: ${missing}`);
} else {
  // `--isolate` gives each file its own variables and modules; all that this one loads is on this library.
  process.env[LIBRARY_VARIABLE] = await makeShim("gns", "crate");

  describe.each(names)("on Valve's library: %s", (name) => import(`./${name}.test.ts`));

  test("the tests above were on Valve's library", async () => {
    const { openNetworking } = await import("../lib/index.ts");
    using net = openNetworking();
    expect(net.library.kind).toBe("steam");
  });
}
