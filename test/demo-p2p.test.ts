/**
 * Proves of `demo p2p`:
 *  - in a network namespace without an interface it makes one of its own, connects two peers by way of the relay, and
 *    prints one line of JSON with every key that is promised; exit code 0: nothing corrupt, all that is reliable arrived;
 *  - it prints a verdict for people; where no namespace can be made it says in one line what is missing, and exits with 1;
 *  - it says which process was killed, and when it is interrupted; in each case, and when it is killed itself, both its
 *    children are gone;
 *  - a verdict is ok only when they connected, nothing was corrupt, all that is reliable arrived each way, and nobody had
 *    problems; a side of a conversation takes nothing twice, out of order, or of itself.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { MessageKind, MessageReader } from "../lib/command/demo/message.ts";
import { Conversation } from "../lib/command/demo/p2p/conversation.ts";
import type { PeerState } from "../lib/command/demo/p2p/protocol.ts";
import { describeMeeting, judgeMeeting } from "../lib/command/demo/p2p/verdict.ts";
import type { ConnectionHandle } from "../lib/index.ts";
import { reasonToSkip } from "./support/p2p/namespace.ts";
import { waitUntil } from "./support/pump.ts";

setDefaultTimeout(60_000);

const main = join(import.meta.dir, "../lib/command/main.ts");
const library = await ensureNativeLibrary();
const reason = await reasonToSkip();
if (reason !== undefined) console.log(reason);
// Where there is no interface but loopback.
const nowhere = ["unshare", process.getuid?.() === 0 ? "-n" : "-rn"];

/** The demo, running in a namespace without an interface. */
class Demo {
  readonly #process;
  readonly #output;
  readonly #collected;
  #errors = "";

  constructor(args: readonly string[], path = process.env["PATH"] ?? "") {
    this.#process = Bun.spawn([...nowhere, process.execPath, main, "demo", "p2p", ...args], {
      env: { ...process.env, STEAM_SOCKETS_LIBRARY: library, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#output = this.#process.stdout.text();
    this.#collected = this.#collect();
  }

  /** What the first group of a pattern matches on standard error, once it does. */
  async says(pattern: RegExp): Promise<string> {
    let found: string | undefined;
    await waitUntil(`the demo said ${pattern}`, () => {
      found = pattern.exec(this.#errors)?.[1];
      if (found === undefined && this.#process.exitCode !== null) throw new Error(`It ended: ${this.#errors}`);
      return found !== undefined;
    });
    return found ?? "";
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async end(): Promise<{ readonly code: number; readonly output: string }> {
    const [code, output] = await Promise.all([this.#process.exited, this.#output, this.#collected]);
    return { code, output };
  }

  async #collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of this.#process.stderr) this.#errors += decoder.decode(part, { stream: true });
  }
}

/** The processes of the two peers. */
async function peersOf(demo: Demo): Promise<[bob: number, alice: number]> {
  const bob = await demo.says(/The process of str:bob is number (\d+)/);
  return [Number(bob), Number(await demo.says(/The process of str:alice is number (\d+)/))];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function verdictIn(output: string) {
  expect(output).toMatch(/^[^\n]+\n$/);
  return JSON.parse(output);
}

describe.skipIf(reason !== undefined)("demo p2p", () => {
  test("connects two peers, and tells in one line of JSON how it went", async () => {
    const { code, output } = await new Demo(["--seconds", "1", "--message-bytes", "301", "--json"]).end();
    const verdict = verdictIn(output);
    expect(structuredClone(verdict)).toMatchObject({
      ok: true,
      library: { kind: "gns", version: expect.any(String), path: library },
      route: { description: expect.stringContaining("P2P ICE str:bob vport 0"), address: expect.any(String) },
      ping_ms: expect.any(Number),
      seconds: expect.any(Number),
      problems: [],
    });
    expect(code).toBe(0);
    expect(verdict.route.address).toMatch(/^10\.9\.9\.1:\d+$/);
    expect(verdict.connect_ms).toBeWithin(1, 20_000);
    expect(verdict.signals).toBeGreaterThanOrEqual(2);
    expect(verdict.messages.corrupt).toBe(0);
    for (const { sent, received, reliable } of [verdict.messages.to_alice, verdict.messages.to_bob]) {
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThanOrEqual(sent);
      expect(reliable.received).toBe(reliable.sent);
      // A farewell and at least one other.
      expect(reliable.sent).toBeGreaterThanOrEqual(2);
    }
    console.log(`demo p2p: connected after ${verdict.connect_ms} ms`);
  });

  test("prints a verdict for people", async () => {
    const { code, output } = await new Demo(["--seconds", "0.3"]).end();
    expect(output).toMatch(/^OK: alice and bob talked for /m);
    expect(output).toMatch(/^ {2}route .*P2P ICE str:bob vport 0, to 10\.9\.9\.1:\d+, ping \d+ ms$/m);
    expect(code).toBe(0);
  });

  test("says what is missing where no namespace can be made", async () => {
    const folder = await mkdtemp(join(tmpdir(), "steam-sockets-path-"));
    try {
      for (const tool of ["unshare", "sh"]) await symlink(Bun.which(tool) ?? tool, join(folder, tool));
      const { code, output } = await new Demo(["--json"], folder).end();
      const { ok, problems } = verdictIn(output);
      expect({ ok, code }).toEqual({ ok: false, code: 1 });
      expect(problems).toEqual([
        expect.stringMatching(/^There is no network interface but loopback.*\bip\b.*not found$/),
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("notices that a peer was killed", async () => {
    const demo = new Demo(["--seconds", "30", "--json"]);
    const [bob, alice] = await peersOf(demo);
    await demo.says(/(to alice [1-9]\d* to bob [1-9])/);
    process.kill(alice, "SIGKILL");
    const { code, output } = await demo.end();
    expect(verdictIn(output).problems[0]).toBe("The process of str:alice ended with SIGKILL before its work was done");
    expect([code, isAlive(bob), isAlive(alice)]).toEqual([1, false, false]);
  });

  test("ends both peers when it is interrupted", async () => {
    const demo = new Demo(["--seconds", "30", "--json"]);
    const [bob, alice] = await peersOf(demo);
    demo.kill("SIGINT");
    const { code, output } = await demo.end();
    expect(verdictIn(output)).toMatchObject({ ok: false, problems: ["It was interrupted by SIGINT"] });
    expect([code, isAlive(bob), isAlive(alice)]).toEqual([1, false, false]);
  });

  test("leaves no peers behind when it is killed", async () => {
    const demo = new Demo(["--seconds", "30", "--json"]);
    const [bob, alice] = await peersOf(demo);
    demo.kill("SIGKILL");
    await waitUntil("both peers were gone", () => !isAlive(bob) && !isAlive(alice));
  });
});

describe("a verdict", () => {
  const traffic = { sent: 110, received: 95, reliableSent: 10, reliableReceived: 8, corrupt: 0 };
  const alice: PeerState = {
    at: 0,
    library: { kind: "gns", path: "library", version: "1" },
    connectMilliseconds: 100,
    route: { description: "P2P ICE str:bob vport 0", address: "10.9.9.1:1" },
    pingMilliseconds: 0,
    seconds: 1,
    traffic,
    problems: [],
  };
  const bob = { ...alice, traffic: { ...traffic, reliableSent: 8, reliableReceived: 10 } };
  const altered = (state: PeerState, change: Partial<PeerState["traffic"]>) => ({
    ...state,
    traffic: { ...state.traffic, ...change },
  });

  test("is ok when only unreliable messages were lost", () => {
    const verdict = judgeMeeting({ alice, bob, signals: 4 }, []);
    expect(verdict).toMatchObject({ ok: true, connect_ms: 100, signals: 4, problems: [] });
    expect(describeMeeting(verdict)).toContain("to bob     95 of 110 arrived (reliable: 10 of 10)");
  });

  test.each([
    { why: "1 messages were not", alice: altered(alice, { corrupt: 1 }), bob },
    { why: "Of 10 reliable messages to bob 9 arrived", alice, bob: altered(bob, { reliableReceived: 9 }) },
    { why: "Of 8 reliable messages to alice 7 arrived", alice: altered(alice, { reliableReceived: 7 }), bob },
    { why: "No message came to bob", alice, bob: altered(bob, { received: 0 }) },
    { why: "bob stumbled", alice, bob: { ...bob, problems: ["bob stumbled"] } },
  ])("is not ok: $why", ({ why, alice, bob }) => {
    const verdict = judgeMeeting({ alice, bob }, []);
    expect(verdict.ok).toBe(false);
    expect(verdict.problems.join()).toContain(why);
    expect(describeMeeting(verdict)).toStartWith("FAILED:\n  - ");
  });

  test("is not ok when a process failed, or none was there", () => {
    expect(judgeMeeting({ alice, bob }, ["it crashed"])).toMatchObject({ ok: false, problems: ["it crashed"] });
    expect(judgeMeeting({}, [])).toMatchObject({ ok: false, library: null, connect_ms: null, route: null });
  });
});

test("a conversation takes each reliable message of the other side once and in order", () => {
  const said = (bot: number, kind: MessageKind, counter: number) =>
    Object.assign(new MessageReader(16), { bot, kind, counter });
  const side = new Conversation(1 as ConnectionHandle, 0, 16);
  const { Snapshot, Action, Farewell, Echo } = MessageKind;
  expect(side.hear(said(1, Snapshot, 1))).toBe(true);
  expect(side.hear(said(0, Snapshot, 2))).toBe(false);
  expect(side.hear(said(1, Echo, 1))).toBe(false);
  expect(side.hear(said(1, Action, 0))).toBe(true);
  expect(side.hear(said(1, Action, 2))).toBe(false);
  const other = new Conversation(1 as ConnectionHandle, 1, 16);
  expect(other.hear(said(0, Action, 0))).toBe(true);
  expect(other.hear(said(0, Farewell, 1))).toBe(true);
  expect(other.hasHeardFarewell).toBe(true);
  expect(other.hear(said(0, Farewell, 1))).toBe(false);
  expect(other.hear(said(0, Action, 1))).toBe(false);
  expect(other.hear(said(0, Snapshot, 9))).toBe(true);
});
