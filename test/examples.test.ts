/**
 * Proves of the examples, each run as its README says, on free ports:
 *  - minimal: the server has under 30 lines, and its client sees itself move;
 *  - arena: server and bots play, nobody is lost; its web server shows the page, and its WebSocket tells where all are,
 *    32 times a second; the page's script is sound by its types, and where there is a Chromium it is looked at;
 *  - bots: 1,000 connections of one process to its own echo server, and any number to other servers; exit code 1 when
 *    there is no server;
 *  - every program has --help, tells what it can't understand, and ends cleanly at Ctrl-C.
 */
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpectatorMessage } from "../examples/arena/server/spectator-messages.ts";
import { Browser, findBrowser } from "./support/browser.ts";
import { Program } from "./support/program.ts";
import { waitUntil } from "./support/pump.ts";

const root = join(import.meta.dir, "..");
const page = join(root, "examples/arena/server/spectator.html");

describe("minimal", () => {
  test("has a server of under 30 lines", async () => {
    const text = await Bun.file(join(root, "examples/minimal/server.ts")).text();
    expect(text.trimEnd().split("\n").length).toBeLessThan(30);
  });

  test("shows the client where it is", async () => {
    await using server = new Program("examples/minimal/server.ts", "127.0.0.1:0");
    await using client = new Program("examples/minimal/client.ts", await server.prints(/^listening at (.+)$/m));
    expect(await client.exit()).toBe(0);
    const [first, second, end] = client.output.split("\n");
    const [{ x, y, ...rest }] = JSON.parse(first ?? "");
    expect(rest).toEqual({ id: 1, right: 100, down: 0 });
    expect(x).toBeWithin(50, 200);
    expect(y).toBe(0);
    expect(JSON.parse(second ?? "")[0].y).toBeWithin(50, 200);
    expect(end).toBe("the end: that was all");
    await server.prints(/player 1 left: that was all/);
    server.interrupt();
    expect(await server.exit()).toBe(0);
    expect(server.errors).toBe("");
  });
});

describe("arena", () => {
  /** Runs server and bots, and whatever is to be done while they play. */
  const play = async (bots: number, whatever: (url: string) => Promise<void>) => {
    await using server = new Program("examples/arena/server.ts", "--address", "127.0.0.1:0", "--web", "0");
    const address = await server.prints(/^players connect to (.+)$/m);
    const url = await server.prints(/^spectators look at (.+)$/m);
    await using players = new Program("examples/arena/bots.ts", "--address", address, "--bots", String(bots));
    await players.prints(new RegExp(`^${bots} bots; .*predictions off by`, "m"));
    await whatever(url);
    players.interrupt();
    expect(await players.exit()).toBe(0);
    expect(players.output).toContain(`${bots} of ${bots} bots played to the end (SIGINT)`);
    server.interrupt();
    expect(await server.exit()).toBe(0);
    expect(server.output).toMatch(/^\d+ ticks, \d+ left out$/m);
    expect(server.errors + players.errors).toBe("");
  };

  test("is played by bots, and watched over a WebSocket", () =>
    play(6, async (url) => {
      expect(await (await fetch(url)).text()).toBe(await Bun.file(page).text());
      expect((await fetch(new URL("watch", url))).status).toBe(426);

      const messages: SpectatorMessage[] = [];
      const socket = new WebSocket(new URL("watch", url.replace("http", "ws")));
      socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)));
      await waitUntil("a second of frames came", () => messages.filter(({ type }) => type === "frame").length >= 40);
      await waitUntil("statistics came", () => messages.some(({ type }) => type === "statistics"));
      await waitUntil("somebody scored", () => messages.some(({ type }) => type === "scored"));
      socket.close();

      const [welcome, ...others] = messages;
      if (welcome?.type !== "welcome") throw new Error("There was no welcome");
      expect(welcome.players).toHaveLength(6);
      const frames = others.filter((message) => message.type === "frame");
      const [first, last] = [frames[0]!, frames.at(-1)!];
      for (const { players, sparks } of frames) {
        expect(players).toHaveLength(3 * 6);
        expect(sparks).toHaveLength(3 * 32);
        for (let i = 0; i < players.length; i += 3) {
          expect(players[i + 1]).toBeWithin(0, welcome.width);
          expect(players[i + 2]).toBeWithin(0, welcome.height);
        }
      }
      expect(frames.map(({ time }) => time)).toEqual(frames.map(({ time }) => time).sort((one, other) => one - other));
      expect((1000 * (frames.length - 1)) / (last.time - first.time)).toBeWithin(4, 33);
      expect(last.players).not.toEqual(first.players);
      const statistics = others.find((message) => message.type === "statistics");
      expect(statistics?.snapshotBytes).toBeWithin(16, 120);
    }));

  const browser = findBrowser();
  if (browser === undefined) console.log("There is no Chromium here: the arena's page is not looked at");

  test.skipIf(browser === undefined)("is shown on a page", () =>
    play(6, async (url) => {
      await using shown = await Browser.open(browser!, url);
      await waitUntil("the page tells how the server does", async () =>
        /ticks\/s/.test(String(await shown.evaluate("document.querySelector('#state').textContent"))),
      );
      expect(await shown.evaluate("document.querySelectorAll('#scores li').length")).toBe(6);
      const colors = `(() => {
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let bright = 0;
        for (let i = 0; i < data.length; i += 4) if (Math.max(data[i], data[i + 1], data[i + 2]) > 200) bright++;
        return bright;
      })()`;
      expect(await shown.evaluate(colors)).toBeGreaterThan(500);
      expect(shown.complaints).toEqual([]);
    }),
  );

  test("has a page whose script is sound by its types", async () => {
    const [, script = ""] = /<script type="module">(.*)<\/script>/s.exec(await Bun.file(page).text()) ?? [];
    const folder = await mkdtemp(join(tmpdir(), "steam-sockets-page-"));
    try {
      await Bun.write(join(folder, "page.js"), script);
      const compilerOptions = {
        allowJs: true,
        checkJs: true,
        lib: ["esnext", "dom", "dom.iterable"],
        types: [],
        rootDirs: [folder, join(page, "..")], // so that the script finds what is beside the page
      };
      const extended = join(root, "tsconfig.json");
      const project = { extends: extended, compilerOptions, include: [], files: [join(folder, "page.js")] };
      await Bun.write(join(folder, "tsconfig.json"), JSON.stringify(project));
      const check = Bun.spawn([process.execPath, "check", "-p", folder], { stdout: "pipe", stderr: "pipe" });
      const output = (await new Response(check.stdout).text()) + (await new Response(check.stderr).text());
      expect(output).toContain("No type errors");
      expect(script).toContain("// @ts-check");
      expect(await check.exited).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("bots", () => {
  const line =
    /^(\d+) connected; ([\d,]+) messages\/s out, ([\d,]+) in; ping \d+ ms \(p50\), \d+ ms \(p99\); per bot [\d.]+ % of a core, -?\d+ KiB/;

  test("are 1,000 in one process", async () => {
    await using bots = new Program("examples/bots/bots.ts", "--bots", "1000", "--hz", "10", "--seconds", "2.5");
    expect(await bots.exit()).toBe(0);
    const [first, second, third, last] = bots.output.split("\n");
    expect(first).toMatch(/^1000 connected in [\d.]+ s$/);
    expect(second).toMatch(line);
    expect(third).toMatch(line);
    expect(last).toMatch(/^in all, 2\.\d s: 1000 connected; /);
    const [, , sent = "", received = ""] = line.exec(last!.replace(/^in all.*?: /, "")) ?? [];
    expect(Number(sent.replaceAll(",", ""))).toBeWithin(1000, 11_000);
    expect(Number(received.replaceAll(",", ""))).toBeGreaterThan(1000);
    expect(bots.errors).toBe("");
  });

  test("go to any server, and end when it does or at Ctrl-C", async () => {
    await using server = new Program("examples/minimal/server.ts", "127.0.0.1:0");
    const address = await server.prints(/^listening at (.+)$/m);
    const args = ["--address", address, "--bots", "5", "--seconds", "0"];
    await using first = new Program("examples/bots/bots.ts", ...args);
    await first.prints(/^5 connected; /m);
    first.interrupt();
    expect(await first.exit()).toBe(0);

    await using second = new Program("examples/bots/bots.ts", ...args);
    await second.prints(/^5 connected; /m);
    server.interrupt();
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain("problem: 5 of 5 bots are not connected");
    expect(second.output).toContain("problem: a connection was lost: the server stops");
    expect(await server.exit()).toBe(0);
  });

  test("say so when there is no server", async () => {
    await using bots = new Program("examples/bots/bots.ts", "--address", "no.such.host.invalid:1");
    expect(await bots.exit()).toBe(1);
    expect(bots.output).toContain("problem: 100 of 100 bots are not connected");
    expect(bots.output).toContain("could not be resolved");
  });
});

describe("every program with options", () => {
  const programs = ["arena/server", "arena/bots", "bots/bots"];

  test.each(programs)("%s has --help, and tells what it can't understand", async (name) => {
    await using help = new Program(`examples/${name}.ts`, "--help");
    expect(await help.exit()).toBe(0);
    expect(help.output).toMatch(/^ {2}--address +\S/m);
    for (const wrong of ["--nonsense", "--bots=many", "--web=-1"]) {
      await using program = new Program(`examples/${name}.ts`, wrong);
      expect(await program.exit()).toBe(2);
      expect(program.errors).toEndWith("See --help\n");
    }
  });
});
