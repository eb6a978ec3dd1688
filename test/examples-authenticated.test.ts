/**
 * Proves of the example with certificates:
 *  - all of it together: alice logs in, plays through renewals without losing a message, and comes in again when her first
 *    certificate has expired; who has none, or a copy of hers, is turned away and told why, and the server says who it was;
 *  - the backend: no certificate without a session, and none under another name than one's own, whatever the request
 *    claims; a player can't have a server's name; wrong passwords, garbage and too much of anything are refused; guesses
 *    are limited by name;
 *  - a program that runs for longer than its session logs in once more;
 *  - the limiter lets so many through at once, and then one each so many seconds.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Certificate, verifyCertificate } from "../lib/authority/index.ts";
import { trustIn } from "../examples/authenticated/authority.ts";
import { login } from "../examples/authenticated/login.ts";
import { Limiter } from "../examples/authenticated/limiter.ts";
import { openNetworking } from "../lib/index.ts";
import { Program } from "./support/program.ts";

test("alice plays, strangers and thieves don't", async () => {
  await using play = new Program("examples/authenticated/play.ts");
  expect(await play.exit()).toBe(0);
  const { output } = play;
  for (const line of [
    /^server +alice is in$/m,
    /^alice +has renewed the certificate$/m,
    /^alice +is in once more$/m,
    /^stranger +was turned away: .*not authenticated: there is no certificate$/m,
    /^thief +can't use a stolen certificate: it is for another key than ours$/m,
    /^thief +was turned away: .*not authenticated: there is no certificate$/m,
    /^server +turned away str:alice from 127\.0\.0\.1:\d+: there is no certificate$/m,
    /^as it should be$/m,
  ]) {
    expect(output).toMatch(line);
  }
  const [, sent, answered, renewals] = /has played: (\d+) sent, (\d+) answered, (\d+) renewal/.exec(output) ?? [];
  expect(answered).toBe(sent ?? "");
  expect(Number(sent)).toBeGreaterThan(0);
  expect(Number(renewals)).toBeGreaterThan(0);
  expect(play.errors).toBe("");
}, 60_000);

describe("the backend", () => {
  const root = join(import.meta.dir, "..");
  let folder = "";
  let backend: Program;
  let url = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "steam-sockets-backend-"));
    for (const args of [[join(folder, "root")], [join(folder, "live"), "--under", join(folder, "root")]]) {
      const command = [process.execPath, "lib/command/main.ts", "authority", "init", ...args];
      expect(Bun.spawnSync(command, { cwd: root }).exitCode).toBe(0);
    }
    backend = new Program("examples/authenticated/backend.ts", "--port", "0", "--keys", join(folder, "live"));
    url = await backend.prints(/^listening at (.+)$/m);
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const post = async (path: string, body: unknown, token = "") => {
    const response = await fetch(url + path, {
      method: "POST",
      body: body instanceof Uint8Array ? Buffer.from(body) : typeof body === "string" ? body : JSON.stringify(body),
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    });
    return { status: response.status, text: await response.text() };
  };
  const password = "a long password";
  const loggedIn = async (name: string): Promise<string> => {
    expect((await post("accounts", { name, password })).status).toBe(201);
    const { status, text } = await post("login", { name, password });
    expect(status).toBe(200);
    return (JSON.parse(text) as { token: string }).token;
  };

  test("issues under the own name only", async () => {
    const token = await loggedIn("bob");
    using net = openNetworking({ identity: "str:server/arena" });
    const request = net.sockets.getCertificateRequest().certificate;
    const { status, text } = await post("certificate", request, token);
    expect(status).toBe(200);
    const certificate = await Certificate.read(text);
    const { roots, intermediates } = await trustIn(join(folder, "live"));
    const trust = { roots: await Certificate.readAll(roots), intermediates: await Certificate.readAll(intermediates) };
    expect(await verifyCertificate(certificate, trust)).toMatchObject({ valid: true, identity: "str:bob" });
    for (const none of ["", "x", `${token}x`]) expect((await post("certificate", request, none)).status).toBe(401);
    for (const garbage of [new Uint8Array(), request.subarray(1), "garbage"]) {
      expect((await post("certificate", garbage, token)).status).toBe(400);
    }
    expect((await post("certificate", new Uint8Array(10_000), token)).status).toBe(413);
  });

  test("registers nobody under a name that is taken, a server's, or none", async () => {
    await loggedIn("carol");
    expect((await post("accounts", { name: "carol", password: "another one" })).status).toBe(409);
    for (const name of ["server/arena", "server", "", "A", "a b", "x".repeat(30), 5, null]) {
      const { status } = await post("accounts", { name, password });
      expect(status).toBe(name === "server" ? 201 : 400);
    }
    expect((await post("accounts", { name: "dora", password: "short" })).status).toBe(400);
    expect((await post("accounts", "{")).status).toBe(400);
  });

  test("lets nobody guess", async () => {
    const statuses: number[] = [];
    while (statuses.length < 30 && statuses.at(-1) !== 429) {
      statuses.push((await post("login", { name: "erik", password })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await post("login", {})).status).toBe(400);
    expect((await fetch(`${url}login`)).status).toBe(404);
  });
});

describe("logging in", () => {
  test("goes on when a session is over, and not when the password is wrong", async () => {
    const tokens = new Set<string>();
    let logins = 0;
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      routes: {
        "/login": async (request) => {
          const { password } = (await request.json()) as { password: string };
          if (password !== "right") return new Response("wrong name or password", { status: 401 });
          tokens.add(String(++logins));
          return Response.json({ token: String(logins) });
        },
        "/certificate": (request) => {
          const isKnown = tokens.has(request.headers.get("authorization")?.replace("Bearer ", "") ?? "");
          return isKnown ? new Response("a certificate") : new Response("log in first", { status: 401 });
        },
      },
    });
    await expect(login(server.url.href, "alice", "wrong")).rejects.toThrow(/wrong name or password/);
    const getCertificate = await login(server.url.href, "alice", "right");
    for (let session = 1; session <= 2; session++) {
      for (let left = 2; left > 0; left--) expect(await getCertificate(new Uint8Array(1))).toBe("a certificate");
      expect(logins).toBe(session);
      tokens.clear();
    }
  });
});

describe("the limiter", () => {
  test("lets so many through at once, and then one each so many seconds", () => {
    const limiter = new Limiter(3, 10);
    const tries = (who: string, ...times: number[]) => times.map((time) => limiter.allows(who, time));
    expect(tries("alice", 0, 0, 0, 0, 9, 10, 10, 19, 20)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(tries("bob", 20)).toEqual([true]);
    for (let other = 0; other < 20_000; other++) limiter.allows(String(other), 100);
    expect(tries("alice", 100, 100, 100, 100)).toEqual([true, true, true, false]);
  });
});
