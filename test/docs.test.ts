/**
 * The map of the API, and the table at the end of a test run.
 *
 * - The committed pages are those that the generator writes, from the committed names and, where they are at hand, from
 *   the documents.
 * - A name of the documents without a row is told, and fails; so does a row that no test shows.
 * - Nothing in it is out of the air: 53 functions and 5 signals; each has a name here, and a C name.
 * - The command that runs tests fails when they do, and when they pass but have not shown all.
 * - The table has a row for each, says what was shown and what no library has, and names what is missing.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "bun:test";
import { committedNames } from "../docs/map/names.ts";
import { tableOf } from "../docs/map/rows.ts";
import { shownTable } from "./shown/table.ts";
import { missing as noSteam } from "./steam/shim.ts";

const folder = mkdtempSync(join(tmpdir(), "steam-sockets-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pages = {
  "godotsteam-networking-sockets-newest.md": '!!! function "acceptConnection( `uint32_t` connection_handle )"\n',
  "godotsteam-networking-sockets-older.md": "CONNECTION_STATE_CONNECTED | 3\n",
  "godotsteam-networking-sockets-oldest.md": "",
  "godotsteam-networking-messages.md": "[it](#network_messages_session_failed)\n",
  "swiftlys2-gameserver-networking-sockets.md": "### RunCallbacks()\n k_EResultOK\n",
};

function documents(changed: Partial<typeof pages>): string {
  for (const [name, content] of Object.entries({ ...pages, ...changed })) writeFileSync(join(folder, name), content);
  return folder;
}

function generate(...args: readonly string[]): { exitCode: number; output: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "docs/map/main.ts", "--check", ...args], {
    cwd: join(import.meta.dir, ".."),
  });
  return { exitCode, output: `${stdout}${stderr}` };
}

describe("the generator", () => {
  test("would write what is there", () => {
    const { exitCode, output } = generate();
    expect(output).toMatch(/^(The documents are not at hand: .*\n)?53 functions, 5 signals, \d+ constants\n$/);
    expect(exitCode).toBe(0);
  });

  test("finds a row for every name that there is", () => {
    const { output } = generate("--documents", documents({}));
    expect(output).not.toContain("has no row");
    expect(output).toContain("2 functions, 1 signals, 2 constants");
  });

  test.each([
    ["godotsteam-networking-sockets-newest.md", '!!! function "flyToTheMoon( `int` speed )"\n', "flyToTheMoon"],
    ["godotsteam-networking-sockets-oldest.md", '!!! function "moon_reached"\n', "moon_reached"],
    ["godotsteam-networking-sockets-older.md", "MOON_DISTANCE | 384400\n", "MOON_DISTANCE"],
    ["godotsteam-networking-messages.md", "[RESULT_MOON](main.md)\n", "RESULT_MOON"],
    ["swiftlys2-gameserver-networking-sockets.md", "### FlyToMars(int)\n", "flyToMars"],
    ["swiftlys2-gameserver-networking-sockets.md", "k_EResultMoon\n", "k_EResultMoon"],
  ] as const)("fails when %s names what there is not", (page, content, name) => {
    const { exitCode, output } = generate("--documents", documents({ [page]: content }));
    expect(output).toContain(`${name} has no row`);
    expect(exitCode).toBe(1);
  });

  test("fails when no test shows a row", () => {
    const tests = join(folder, "tests");
    mkdirSync(tests);
    // Not in one piece, or the generator would find it here.
    const call = "shows";
    const source = `${call}("gns", "acceptConnection");\n${call}("steam_api", "getFakeIP");\n`;
    writeFileSync(join(tests, "some.test.ts"), source);
    const { exitCode, output } = generate("--tests", tests);
    const untested = output.split("\n").filter((line) => line.startsWith("no test shows "));
    expect(untested).toContain("no test shows steam_api acceptConnection");
    expect(untested).toContain("no test shows gns closeConnection");
    expect(untested).toContain("no test shows steam_api fakeIPResult");
    // What the one shows, and what the other has not.
    expect(untested.join()).not.toMatch(/gns (acceptConnection|getFakeIP|fakeIPResult)\b/);
    expect(exitCode).toBe(1);
  });

  test("fails when the documents are not where they are said to be", () => {
    expect(generate("--documents", "/nowhere").output).toContain("not in /nowhere");
  });
});

describe("the table", () => {
  test("has 53 functions and 5 signals, each with its names", () => {
    const { functions, signals, constants, homeless } = tableOf(committedNames(), new Map());
    expect([functions.length, signals.length, homeless]).toEqual([53, 5, []]);
    expect(constants.length).toBeGreaterThan(100);
    for (const { c, name, has } of functions) {
      const withoutInterface = c.replace(/^SteamAPI_ISteamNetworking(Sockets|Messages)_/, "").toLowerCase();
      expect(withoutInterface).toBe(name.replace("runNetworking", "run").toLowerCase());
      expect(has.steam_api).toBe(true);
    }
    expect(signals.map(({ c, has }) => c.endsWith("_t") && has.steam_api)).toEqual(Array(5).fill(true));
    expect(functions.filter(({ has }) => has.gns).length).toBeGreaterThan(35);
    expect(functions.find(({ name }) => name === "getFakeIP")?.has.gns).toBe(false);
  });

  test("says what was shown, and what was not", () => {
    const file = join(folder, "shown");
    writeFileSync(file, "gns acceptConnection\ngns acceptConnection\nsteam_api getFakeIP\n");
    const { text, missing } = shownTable(file);
    const row = (name: string) => text.split("\n").find((line) => line.startsWith(`${name} `));
    const others = noSteam === undefined ? "NOT SHOWN" : "not tried here";
    expect(row("acceptConnection")).toMatch(new RegExp(`shown +${others}$`));
    expect(row("getFakeIP")).toMatch(/not in this library +shown$/);
    expect(row("closeConnection")).toMatch(new RegExp(`NOT SHOWN +${others}$`));
    expect(missing).toContain("closeConnection on GameNetworkingSockets");
    expect(missing).not.toContain("acceptConnection on GameNetworkingSockets");
    expect(missing).not.toContain("getFakeIP on GameNetworkingSockets");
    expect(text.split("\n").length).toBe(53 + 5 + 3 + (noSteam === undefined ? 0 : 2));
    // The runner's own counts are read out of lines like these.
    expect(text).not.toMatch(/^ *\d+ (pass|fail)$/m);
  });
});

describe("the command that runs tests", () => {
  function run(...args: readonly string[]): { exitCode: number; output: string } {
    const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "test/main.ts", ...args], {
      cwd: join(import.meta.dir, ".."),
    });
    return { exitCode, output: `${stdout}${stderr}` };
  }

  test("fails when they do", () => {
    const { exitCode, output } = run("no such test");
    expect(output).toContain("no such test");
    expect(exitCode).toBe(1);
  });

  test("fails when they pass but have not shown all", () => {
    const passing = "test/socket-pair.test.ts";
    expect(run(passing).exitCode).toBe(0);
    const { exitCode, output } = run("--table", passing);
    expect(output).toMatch(/^ *0 fail$/m);
    expect(output).toContain("No test has shown: acceptConnection on GameNetworkingSockets");
    expect(exitCode).toBe(1);
  });
});
