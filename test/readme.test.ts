/**
 * Proves of the README:
 *  - it begins with the server and the client of examples/minimal, word for word, the server under 30 lines; what they
 *    do is proved with the other examples;
 *  - the server and the client of the layer below are those of examples/hello, each under 20 lines, and run as they
 *    stand: two processes, and the client prints what the server sent back;
 *  - the snapshots example runs: its bot sees the server's ticks;
 *  - every command that it names in package.json exists.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import packageJson from "../package.json";

const root = join(import.meta.dir, "..");
const readme = await Bun.file(join(root, "README.md")).text();
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");

describe("the README", () => {
  const example = (name: string) => Bun.file(join(root, `examples/${name}.ts`)).text();
  const linesOf = (text: string) => text.trimEnd().split("\n").length;

  test("begins with a game server of under 30 lines, and its client", async () => {
    const [server, client] = [await example("minimal/server"), await example("minimal/client")];
    expect(blocks.slice(0, 2)).toEqual([server, client]);
    expect(linesOf(server)).toBeLessThan(30);
  });

  test("shows a server and a client of the layer below, each under 20 lines", async () => {
    for (const name of ["server", "client"]) {
      const shown = await example(`hello/${name}`);
      expect(blocks).toContain(shown);
      expect(linesOf(shown)).toBeLessThan(20);
    }
  });

  test("shows a server and a client that talk", async () => {
    const server = Bun.spawn([process.execPath, "examples/hello/server.ts"], {
      cwd: root,
      stdout: "pipe",
      stderr: "inherit",
    });
    try {
      const { value } = await server.stdout.getReader().read();
      expect(new TextDecoder().decode(value)).toContain("listening at 127.0.0.1:27015");
      const client = Bun.spawn([process.execPath, "examples/hello/client.ts"], {
        cwd: root,
        timeout: 20_000,
        stderr: "inherit",
      });
      expect(await new Response(client.stdout).text()).toBe("hello over encrypted UDP\n");
      expect(await client.exited).toBe(0);
    } finally {
      server.kill();
      await server.exited;
    }
  });

  test("names a game server on the hot path, whose bot sees its ticks", async () => {
    const run = (name: string) =>
      Bun.spawn([process.execPath, `examples/snapshots/${name}.ts`], { cwd: root, stdout: "pipe", stderr: "inherit" });
    const server = run("server");
    try {
      await server.stdout.getReader().read();
      const client = run("client");
      const { value } = await client.stdout.getReader().read();
      expect(new TextDecoder().decode(value)).toMatch(/^tick \d+, 1 players\n/);
      client.kill();
      await client.exited;
    } finally {
      server.kill();
      await server.exited;
    }
  });

  test("names examples that exist, each with a README but the two that are shown here", async () => {
    const named = new Set([...readme.matchAll(/examples\/(\w+)/g)].map(([, name]) => name ?? ""));
    expect([...named].sort()).toEqual([
      ...["arena", "authenticated", "bots", "hello", "messages", "minimal", "p2p", "snapshots"],
    ]);
    for (const name of ["arena", "authenticated", "bots", "messages", "minimal", "p2p"]) {
      expect(await Bun.file(join(root, `examples/${name}/README.md`)).exists()).toBe(true);
    }
  });

  test("names scripts that exist", () => {
    const named = [...readme.matchAll(/bun(?:@1\.4)? run (\w+)/g)].map(([, script]) => script ?? "");
    expect(named.length).toBeGreaterThan(3);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
  });
});
