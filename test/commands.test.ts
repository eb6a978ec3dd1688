/**
 * Proves of the commands, each run as a process of its own:
 *  - `demo --json` prints one line, a JSON object with every key that is promised, and exits with 0: all bots
 *    connected, nothing corrupt, all that is reliable arrived;
 *  - `demo` prints a line a second and a verdict;
 *  - `demo` says what went wrong and exits with 1 when the bot process is killed, when it hangs, when there is no
 *    library, and when it is interrupted; in each case, and when it is killed itself, both its children are gone;
 *  - `doctor --json` tells what a library can do, what it can't and why, what it needs and how it was built;
 *  - `doctor` tells of a steam_api, and of each library what it has of the 53 functions and 5 signals; and without a
 *    library, or with one that is none, what to do, and exits with 1;
 *  - each command has --help; an unknown command, option or value is one line on standard error and exit code 2.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { committedNames } from "../docs/map/names.ts";
import { tableOf } from "../docs/map/rows.ts";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { missing as noSteam, valveLibraries } from "./steam/shim.ts";

setDefaultTimeout(60_000);

const main = join(import.meta.dir, "../lib/command/main.ts");

interface Environment {
  readonly STEAM_SOCKETS_LIBRARY?: string | undefined;
  readonly STEAM_SOCKETS_STEAM_API?: string | undefined;
  readonly STEAM_SOCKETS_CACHE?: string;
}

/** A command that runs. */
class Running {
  readonly #process;
  readonly #errors;
  readonly #output;
  #told = "";

  constructor(args: readonly string[], environment: Environment = {}) {
    const { STEAM_SOCKETS_LIBRARY: _, ...inherited } = process.env;
    this.#process = Bun.spawn([process.execPath, main, ...args], {
      env: { ...inherited, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#output = this.#process.stdout.text();
    this.#errors = this.#listen(this.#process.stderr);
  }

  /** Waits until a text has appeared on standard error, and gives what it captures. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#told)?.[1];
      if (found !== undefined) return found;
      if (this.#process.exitCode !== null) throw new Error(`It ended without saying ${pattern}: ${this.#told}`);
      await Bun.sleep(10);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async end(): Promise<{ code: number; output: string; errors: string }> {
    const [code, output] = await Promise.all([this.#process.exited, this.#output, this.#errors]);
    return { code, output, errors: this.#told };
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#told += decoder.decode(chunk, { stream: true });
  }
}

function run(args: readonly string[], environment?: Environment) {
  return new Running(args, environment).end();
}

/** The one line that there is, as JSON. */
function onlyLine(output: string) {
  expect(output).toMatch(/^[^\n]+\n$/);
  return JSON.parse(output);
}

let empty = "";
let library = "";
let steam = "";
beforeAll(async () => {
  if (noSteam === undefined) steam = await valveLibraries.crate();
  empty = mkdtempSync(join(tmpdir(), "steam-sockets-"));
  library = await ensureNativeLibrary();
});
afterAll(() => rmSync(empty, { recursive: true }));

describe.concurrent("demo", () => {
  test("plays, and tells in one line of JSON how it went", async () => {
    const { code, output } = await run(["demo", "--seconds", "2", "--bots", "5", "--message-bytes", "301", "--json"]);
    const verdict = onlyLine(output);
    // A copy: Bun's toMatchObject writes its matchers into what it is given.
    expect(structuredClone(verdict)).toMatchObject({
      ok: true,
      library: { kind: "gns", version: expect.any(String), path: library },
      server: {
        connections: 5,
        ticks: 256,
        hz: expect.any(Number),
        lateness_ms: { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) },
      },
      messages: {
        to_server: { sent: expect.any(Number), received: expect.any(Number) },
        to_bots: { sent: expect.any(Number), received: expect.any(Number) },
        corrupt: 0,
      },
      seconds: expect.any(Number),
      problems: [],
    });
    expect(code).toBe(0);
    const { to_server: toServer, to_bots: toBots } = verdict.messages;
    for (const { sent, received, reliable } of [toServer, toBots]) {
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThanOrEqual(sent);
      expect(reliable.received).toBe(reliable.sent);
    }
    // A snapshot for each bot and tick, a finish for each bot, and echoes.
    expect(toBots.sent).toBeGreaterThan(5 * 256);
    // Hello, farewell and at least one action of each bot.
    expect(toServer.reliable.sent).toBeGreaterThanOrEqual(15);
  });

  test("prints lines and a verdict where there is no terminal", async () => {
    const { code, output } = await run(["demo", "--seconds", "1.5", "--bots", "2"]);
    expect(output).toMatch(/^ +\d s {2}2 connections .* late p50 .* messages\/s to server .* loss .* ping /m);
    expect(output).toMatch(/^OK: 2 bots /m);
    expect(code).toBe(0);
  });

  test("notices that the bot process was killed", async () => {
    const demo = new Running(["demo", "--seconds", "20", "--bots", "2", "--json"]);
    const { server, bots } = await pidsOf(demo);
    await demo.said(/(2 connections)/);
    process.kill(bots, "SIGKILL");
    const { code, output } = await demo.end();
    const verdict = onlyLine(output);
    expect(verdict).toMatchObject({ ok: false, server: { connections: 2 } });
    expect(verdict.problems).toEqual(["The bot process ended with SIGKILL before its work was done"]);
    expect(code).toBe(1);
    expect([isAlive(server), isAlive(bots)]).toEqual([false, false]);
  });

  test("notices that the bot process hangs", async () => {
    const demo = new Running(["demo", "--seconds", "20", "--bots", "2", "--json"]);
    const { server, bots } = await pidsOf(demo);
    await demo.said(/(2 connections)/);
    process.kill(bots, "SIGSTOP");
    const { code, output } = await demo.end();
    expect(onlyLine(output).problems[0]).toContain("The bot process gave no sign of life");
    expect(code).toBe(1);
    expect([isAlive(server), isAlive(bots)]).toEqual([false, false]);
  });

  test("ends both its children when it is interrupted", async () => {
    const demo = new Running(["demo", "--seconds", "20", "--json"]);
    const { server, bots } = await pidsOf(demo);
    demo.kill("SIGINT");
    const { code, output } = await demo.end();
    expect(onlyLine(output)).toMatchObject({ ok: false, problems: ["It was interrupted by SIGINT"] });
    expect(code).toBe(1);
    expect([isAlive(server), isAlive(bots)]).toEqual([false, false]);
  });

  test("leaves no children behind when it is killed", async () => {
    const demo = new Running(["demo", "--seconds", "30", "--json"]);
    const { server, bots } = await pidsOf(demo);
    demo.kill("SIGKILL");
    // They notice by themselves; if they don't, the test's own time is up.
    while (isAlive(server) || isAlive(bots)) await Bun.sleep(20);
  });

  test("says what is wrong with a library that can't be opened", async () => {
    const { code, output } = await run(["demo", "--json"], { STEAM_SOCKETS_LIBRARY: main });
    const verdict = onlyLine(output);
    expect(verdict.ok).toBe(false);
    expect(verdict.problems[0]).toContain(`${main} can't be used as a networking library`);
    expect(code).toBe(1);
  });
});

describe.concurrent("doctor", () => {
  test("tells what this package's own library can do", async () => {
    const { code, output } = await run(["doctor", "--json"]);
    const diagnosis = onlyLine(output);
    expect(diagnosis).toMatchObject({
      ok: true,
      bun: Bun.version,
      platform: `${process.platform} ${process.arch}`,
      opened: library,
      open_to_listening_ms: expect.any(Number),
      problems: expect.any(Array),
    });
    expect(code).toBe(0);

    const found = libraryAt(diagnosis, library);
    expect(found).toMatchObject({ kind: "gns", version: "1.6.0", build: { buildType: "Release" } });
    const { available, missing, why } = found.functions;
    expect(available).toContain("GameNetworkingSockets_Init");
    expect(available).toContain("SteamAPI_ISteamNetworkingSockets_SendMessages");
    expect(why["SteamAPI_ISteamNetworkingSockets_BeginAsyncRequestFakeIP"]).toContain("steam_api");
    expect(why["SteamAPI_ISteamNetworkingUtils_InitRelayNetworkAccess"]).toContain("relay network");
    expect(missing).toEqual(Object.keys(why));
    expect(available.filter((name: string) => missing.includes(name))).toEqual([]);
  });

  test.if(process.platform === "linux")("tells what the machine allows and what the library needs", async () => {
    const diagnosis = onlyLine((await run(["doctor", "--json"])).output);
    expect(diagnosis.udp_buffers.receive.most).toBeGreaterThan(0);
    expect(libraryAt(diagnosis, library).needs).toEqual(neededBy(library));
  });

  const { functions, signals } = tableOf(committedNames(), new Map());

  /** What a library has, as the map of the API says. */
  function apiOf(kind: "gns" | "steam_api") {
    return {
      functions: Object.fromEntries(functions.map(({ owner, name, has }) => [`net.${owner}.${name}`, has[kind]])),
      signals: Object.fromEntries(signals.map(({ name, has }) => [name, has[kind]])),
    };
  }

  if (noSteam !== undefined) console.log(`skipped: what doctor tells of steam_api: ${noSteam}`);
  test.skipIf(noSteam !== undefined)("looks at a steam_api that is named", async () => {
    const { code, output } = await run(["doctor", "--json"], { STEAM_SOCKETS_LIBRARY: steam });
    const diagnosis = onlyLine(output);
    const { kind, version, api, functions } = libraryAt(diagnosis, steam);
    expect([kind, version]).toEqual(["steam", "SteamNetworkingSockets012"]);
    expect(api).toEqual(apiOf("steam_api"));
    expect(functions.available).toContain("SteamAPI_ISteamNetworkingSockets_BeginAsyncRequestFakeIP");
    expect(functions.why["GameNetworkingSockets_Init"]).toBe("GameNetworkingSockets has it");
    // No Steam client runs here.
    expect(diagnosis.problems[0].what).toContain("Start the Steam client");
    expect(diagnosis.problems[0].do).toContain("Do as it says, or unset STEAM_SOCKETS_LIBRARY");
    expect(code).toBe(1);
  });

  test.skipIf(noSteam !== undefined)("shows what each library has of the API, side by side", async () => {
    const environment = { STEAM_SOCKETS_STEAM_API: steam };
    const { output } = await run(["doctor", "--json"], environment);
    const { libraries, steam_libraries } = onlyLine(output);
    expect(libraryAt({ libraries }, library).api).toEqual(apiOf("gns"));
    const { api, interfaces } = libraryAt({ libraries: steam_libraries }, steam);
    expect(api).toEqual(apiOf("steam_api"));
    expect(interfaces).toMatchObject({ SteamNetworkingSockets: "012", SteamGameServer: "015" });

    const text = (await run(["doctor"], environment)).output;
    const rows = text.slice(text.indexOf("What they have of the API:")).split("\n");
    expect(rows[1]).toMatch(/^ {2}53 functions +gns 1\.6\.0 +steam SteamNetworkingSockets012$/);
    const row = (name: string) => rows.find((line) => line.trimStart().startsWith(`${name} `));
    for (const { owner, name, has } of functions) {
      expect(row(`net.${owner}.${name}`)).toMatch(has.gns ? / yes +yes$/ : / no +yes$/);
    }
    expect(row("5 signals")).toBeDefined();
    for (const { name, has } of signals) expect(row(name)).toMatch(has.gns ? / yes +yes$/ : / no +yes$/);
  });

  test("says what to do without a library", async () => {
    const { code, output } = await run(["doctor", "--json"], { STEAM_SOCKETS_CACHE: empty });
    const diagnosis = onlyLine(output);
    expect(diagnosis).toMatchObject({ ok: false, opened: null });
    expect(diagnosis.libraries.at(-1)).toMatchObject({ kind: null, outcome: "not built" });
    expect(diagnosis.problems[0]).toEqual({
      what: expect.stringContaining("No networking library"),
      do: "bun run native",
    });
    expect(code).toBe(1);
  });

  test("says what to do with a file that is no library", async () => {
    const { code, output } = await run(["doctor"], { STEAM_SOCKETS_LIBRARY: main });
    expect(output).toContain(`${main} can't be used as a networking library`);
    expect(output).toContain("To do: Unset STEAM_SOCKETS_LIBRARY");
    expect(code).toBe(1);
  });

  test("tells people the same", async () => {
    const { code, output } = await run(["doctor"]);
    expect(output).toContain(library);
    expect(output).toContain("SteamAPI_ISteamNetworkingSockets_BeginAsyncRequestFakeIP");
    expect(output).toMatch(/^OK: /m);
    expect(code).toBe(0);
  });
});

describe.concurrent("the command line", () => {
  test.each([
    { args: ["--help"], says: "Usage: steam-sockets <command>" },
    { args: ["help"], says: "Usage: steam-sockets <command>" },
    { args: ["demo", "--help"], says: "--message-bytes B" },
    { args: ["help", "demo"], says: "--message-bytes B" },
    { args: ["doctor", "--help"], says: "--json" },
  ])("$args", async ({ args, says }) => {
    expect(await run(args)).toEqual({ code: 0, output: expect.stringContaining(says), errors: "" });
  });

  test.each([
    { args: [], says: "Name a command" },
    { args: ["dome"], says: "There is no command dome" },
    { args: ["help", "dome"], says: "There is no command dome" },
    { args: ["doctor", "--fast"], says: "--fast" },
    { args: ["doctor", "everything"], says: "everything" },
    { args: ["demo", "--bots"], says: "--bots" },
    { args: ["demo", "--bots", "0"], says: "--bots takes an integer from 1 to 1000, not 0" },
    { args: ["demo", "--bots", "2.5"], says: "--bots takes an integer" },
    { args: ["demo", "--bots=-1"], says: "--bots takes an integer" },
    { args: ["demo", "--hz", "fast"], says: "--hz takes a number" },
    { args: ["demo", "--seconds="], says: "--seconds takes a number" },
    { args: ["demo", "--seconds", "Infinity"], says: "--seconds takes a number" },
    { args: ["demo", "--json=yes"], says: "--json" },
  ])("$args is refused", async ({ args, says }) => {
    const { code, output, errors } = await run(args);
    expect(errors).toContain(says);
    expect(errors).toMatch(/^steam-sockets: [^\n]+\n$/);
    expect(output).toBe("");
    expect(code).toBe(2);
  });
});

async function pidsOf(demo: Running): Promise<{ server: number; bots: number }> {
  return {
    server: Number(await demo.said(/server process is number (\d+)/)),
    bots: Number(await demo.said(/bot process is number (\d+)/)),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function libraryAt(diagnosis: { libraries: { path: string }[] }, path: string | undefined) {
  return onlyOne(diagnosis.libraries.filter((found) => found.path === path));
}

function onlyOne(found: unknown[]) {
  expect(found).toHaveLength(1);
  return JSON.parse(JSON.stringify(found[0]));
}

/** What the system's own tool says. */
function neededBy(path: string): string[] {
  const { stdout } = Bun.spawnSync(["readelf", "--dynamic", "--wide", path]);
  return [...stdout.toString().matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name ?? "");
}
