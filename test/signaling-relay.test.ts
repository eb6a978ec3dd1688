/**
 * The relay for signals and its client, over real WebSockets.
 *
 * - Each signal comes with the identity that `authenticate` gave its sender, whatever the sender claims; without that hook
 *   a relay does not start, unless it is told to believe everybody. The hook is given token, headers, URL and address; a no
 *   is final, what fails is not. `permit` decides who may signal to whom.
 * - An identity has one connection: the newest, also where an older one is let in later.
 * - Limits: signals a second, exactly as many as there is room for; then the connection; clients in all and from an address;
 *   what waits for one who is away, counted, the newest kept, for 10 seconds; what waits for one who does not read.
 * - What is no frame of the protocol, or not at its time, or too large, ends its own connection with code and reason and
 *   nothing else. Thousands of random frames and mutated ones end nothing else either.
 * - Who does not say hello, or falls silent, is closed.
 * - The client comes back when the relay does, with a new token, and sends what is fresh; it does not come back when it is
 *   refused; it notices a relay that died without a word; it keeps no more than it says; it never throws where it is called.
 * - 200 clients reach each other, each signal once.
 * - `stop` leaves nothing: a process that has begun and ended all of it ends by itself.
 * - A relay serves in a `Bun.serve` of somebody else's. The entry point brings nothing of the native library along.
 */
import { describe, expect, test } from "bun:test";
import { join as joinPath } from "node:path";
import fc from "fast-check";
import { AbsentPeers } from "../lib/signaling/absent-peers.ts";
import { SignalingError, type SignalingClient, type SignalingClientOptions } from "../lib/signaling/client.ts";
import { connectRelay, type RelayClientOptions } from "../lib/signaling/relay-client.ts";
import type { RelayConnection } from "../lib/signaling/relay-connection.ts";
import {
  helloFrame,
  largestFrame,
  longestToken,
  readFrame,
  RelayCloseCode,
  signalFrame,
  welcomeFrame,
} from "../lib/signaling/relay-protocol.ts";
import type { RelayHello } from "../lib/signaling/relay-options.ts";
import { startRelay, type RelayServer, type RelayServerOptions } from "../lib/signaling/relay-server.ts";
import { Relay } from "../lib/signaling/relay.ts";
import { largestSignal } from "../lib/signaling/service.ts";
import { SignalBacklog } from "../lib/signaling/signal-backlog.ts";
import { Program } from "./support/program.ts";
import { waitFor, waitUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { Mailbox, maskedFrame, RawTCP, RawWebSocket, signal, upgradeRequest } from "./support/signaling.ts";

const quick: SignalingClientOptions = { retry: { least: 0.02, most: 0.1 } };
const largeLimits = { signalsPerSecond: 1_000_000, bytesPerSecond: 1 << 30 };

function start(options: Partial<RelayServerOptions> = {}): RelayServer {
  const trust = options.authenticate === undefined ? { trustClaims: true } : {};
  return startRelay({ hostname: "127.0.0.1", ...trust, ...options });
}

/** A client and what comes to it. */
async function join(url: string, identity: string, options: RelayClientOptions = {}): Promise<Member> {
  const box = new Mailbox();
  const client = connectRelay(box, url, { ...quick, identity, ...options });
  await client.ready();
  return { box, client, [Symbol.dispose]: () => client.close() };
}

interface Member extends Disposable {
  readonly box: Mailbox;
  readonly client: SignalingClient;
}

/** A raw one that was welcomed. */
async function joinRaw(url: string, identity: string, token = ""): Promise<RawWebSocket> {
  const raw = await RawWebSocket.saying(url, helloFrame(identity, token));
  await raw.got(1);
  return raw;
}

/** Somebody else can still send and receive. */
async function expectService(relay: RelayServer): Promise<void> {
  using from = await join(relay.url, "str:from");
  using to = await join(relay.url, "str:to");
  from.client.send("str:to", signal("still here"));
  expect(await to.box.got(1)).toEqual([{ from: "str:from", text: "still here" }]);
}

describe("who clients are", () => {
  const tokens = new Map([
    ["a", "str:alice"],
    ["b", "str:bob"],
    ["m", "str:mallory"],
  ]);

  test("each signal comes with the identity that the relay knows", async () => {
    await using relay = start({ authenticate: async ({ token }) => tokens.get(token) });
    using bob = await join(relay.url, "str:bob", { token: "b" });
    using alice = await join(relay.url, "str:alice", { token: () => "a" });
    using mallory = await join(relay.url, "str:alice", { token: async () => "m" });
    expect(mallory.client.identity).toBe("str:mallory");
    using raw = await joinRaw(relay.url, "", "m");
    expect(raw.frames).toEqual([welcomeFrame("str:mallory")]);
    alice.client.send("str:bob", signal("I am Alice"));
    raw.say(signalFrame("str:bob", signal("so am I")));
    await bob.box.got(2);
    expect(bob.box.letters).toContainEqual({ from: "str:alice", text: "I am Alice" });
    expect(bob.box.letters).toContainEqual({ from: "str:mallory", text: "so am I" });
    expect(relay.identities.toSorted()).toEqual(["str:alice", "str:bob", "str:mallory"]);
  });

  test("somebody must tell", () => {
    const mend = /by authenticate or, for trials among friends, by trustClaims: true/;
    expectRefusal(() => startRelay({}), TypeError, mend);
    expectRefusal(() => startRelay({ trustClaims: false }), TypeError, mend);
    expectRefusal(() => startRelay({ trustClaims: true, authenticate: () => "str:a" }), TypeError, mend);
    expectRefusal(() => startRelay(untyped({ authenticate: "str:a" })), TypeError, /authenticate must be a function/);
    expectRefusal(() => start({ limits: { clients: 0 } }), RangeError, /limits.clients must be an integer from 1/);
  });

  test("the hook is given all that a client says", async () => {
    const hellos: RelayHello[] = [];
    await using relay = start({
      authenticate: async (hello) => {
        hellos.push(hello);
        await Bun.sleep(5);
        expect(hello.headers.get("cookie")).toBe("session=7");
        return "steamid:76561197960287930";
      },
    });
    using _ = await join(`${relay.url}room?id=5`, "str:me", { token: "secret", headers: { Cookie: "session=7" } });
    expect(hellos).toHaveLength(1);
    const [hello] = hellos;
    expect(hello).toMatchObject({ identity: "str:me", token: "secret", address: "127.0.0.1" });
    expect(new URL(hello?.url ?? "").search).toBe("?id=5");
  });

  test("a no is final, and tried once", async () => {
    let asked = 0;
    await using relay = start({ authenticate: () => void asked++ });
    const client = connectRelay(new Mailbox(), relay.url, { ...quick, token: "wrong" });
    const ends: unknown[] = [];
    client.on("refused", (end) => ends.push(end));
    client.on("disconnected", (end) => ends.push(end));
    expect(await client.ready().catch((error: unknown) => error)).toBeInstanceOf(SignalingError);
    await waitFor(300);
    expect(ends).toEqual([{ code: RelayCloseCode.Refused, reason: "not let in" }]);
    expect([asked, client.state]).toEqual([1, "refused"]);
    client.send("str:bob", signal("to nobody"));
    expect(client.stats).toMatchObject({ dropped: 1, waiting: 0 });
    await expect(client.ready()).rejects.toThrow(/not let in/);
  });

  test.each<[what: string, hook: (asked: number) => string | Promise<string>]>([
    [
      "throws",
      () => {
        throw new Error("the database is away");
      },
    ],
    ["rejects", () => Promise.reject(new Error("the database is away"))],
    ["answers no identity", () => "alice"],
    ["answers nonsense", () => untyped<string>(7)],
    ["answers nothing in time", () => new Promise(() => {})],
  ])("a hook that %s is no final no", async (_, hook) => {
    let asked = 0;
    const errors: unknown[] = [];
    await using relay = start({
      authenticate: () => (++asked === 1 ? hook(asked) : "str:alice"),
      error: (error) => errors.push(error),
    });
    const box = new Mailbox();
    using client = connectRelay(box, relay.url, quick);
    const codes: number[] = [];
    client.on("disconnected", ({ code }) => codes.push(code));
    await client.ready();
    expect(codes).toEqual([RelayCloseCode.Unavailable]);
    expect(errors).toHaveLength(1);
    expect(client.identity).toBe("str:alice");
  });

  test("permit decides who may signal to whom", async () => {
    const errors: unknown[] = [];
    await using relay = start({
      permit: (from, to) => {
        if (to === "str:trap") throw new Error("a trap");
        return from === "str:alice";
      },
      error: (error) => errors.push(error),
    });
    using alice = await join(relay.url, "str:alice");
    using bob = await join(relay.url, "str:bob");
    bob.client.send("str:alice", signal("no"));
    bob.client.send("str:trap", signal("no"));
    alice.client.send("str:bob", signal("yes"));
    await bob.box.got(1);
    await waitUntil("all were counted", () => relay.stats.dropped.forbidden === 2);
    expect(alice.box.letters).toEqual([]);
    expect(errors).toEqual([new Error("a trap")]);
    expect(relay.stats.waiting).toBe(0);
  });

  test("the newest connection of an identity is it", async () => {
    const slow = Promise.withResolvers<string>();
    await using relay = start({ authenticate: ({ token }) => (token === "slow" ? slow.promise : "str:alice") });
    using first = await join(relay.url, "", { identity: "str:alice" });
    using older = await RawWebSocket.saying(relay.url, helloFrame("", "slow"));
    await waitUntil("it was asked", () => relay.stats.unknown === 1);
    using second = await join(relay.url, "str:alice");
    await waitUntil("the first was closed", () => first.client.state === "refused");
    slow.resolve("str:alice");
    expect(await older.closed()).toMatchObject({ code: RelayCloseCode.Replaced });
    second.client.send("str:alice", signal("to myself"));
    await second.box.got(1);
    await waitFor(200);
    expect([second.client.state, second.client.stats.connections, relay.stats.clients]).toEqual(["connected", 1, 1]);
  });

  test("a client can be sent away", async () => {
    await using relay = start();
    using alice = await join(relay.url, "str:alice");
    expect([relay.has("str:alice"), relay.has("str:bob"), relay.disconnect("str:bob")]).toEqual([true, false, false]);
    const refused = Promise.withResolvers<unknown>();
    alice.client.on("refused", refused.resolve);
    expect(relay.disconnect("str:alice", "cheating")).toBe(true);
    expect(await refused.promise).toEqual({ code: RelayCloseCode.Refused, reason: "cheating" });
    expect(relay.has("str:alice")).toBe(false);
  });
});

describe("limits", () => {
  test("a client's rate: as much as there is room for, the rest is dropped and counted", async () => {
    await using relay = start({ limits: { signalsPerSecond: 50 } });
    using bob = await join(relay.url, "str:bob");
    using raw = await joinRaw(relay.url, "str:alice");
    const begin = performance.now();
    for (let at = 0; at < 300; at++) raw.say(signalFrame("str:bob", signal(String(at))));
    await waitUntil("all were counted", () => relay.stats.dropped.rate + relay.stats.delivered === 300);
    const most = 100 + ((performance.now() - begin) * 50) / 1000;
    await bob.box.got(100);
    expect(relay.stats.delivered).toBeWithin(100, Math.floor(most) + 1);
    expect(bob.box.texts.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, at) => String(at)));
    expect(raw.end).toBeUndefined();
    await waitFor(200);
    raw.say(signalFrame("str:bob", signal("later")));
    await waitUntil("there was room again", () => bob.box.texts.at(-1) === "later");
  });

  test("a client's bytes", async () => {
    await using relay = start({ limits: { bytesPerSecond: 65_536 } });
    using bob = await join(relay.url, "str:bob");
    using raw = await joinRaw(relay.url, "str:alice");
    for (let at = 0; at < 4; at++) raw.say(signalFrame("str:bob", new Uint8Array(60_000)));
    await waitUntil("all were counted", () => relay.stats.dropped.rate + relay.stats.delivered === 4);
    expect(relay.stats.dropped.rate).toBeGreaterThanOrEqual(1);
    await bob.box.got(2);
  });

  test.each(["signals", "pings"])("who floods with %s is closed", async (kind) => {
    await using relay = start({ limits: { signalsPerSecond: 20 } });
    using raw = await joinRaw(relay.url, "str:alice");
    for (let at = 0; at < 20_000 && raw.end === undefined; at++) {
      if (kind === "pings") raw.socket.ping();
      else raw.say(signalFrame("str:bob", signal("x")));
      if (at % 100 === 99) await waitFor(1);
    }
    expect(await raw.closed()).toEqual({ code: RelayCloseCode.TooFast, reason: "too many signals" });
    await expectService(relay);
  });

  test("clients in all, and room is given back", async () => {
    await using relay = start({ limits: { clients: 3 } });
    const three = [new RawWebSocket(relay.url), new RawWebSocket(relay.url), new RawWebSocket(relay.url)] as const;
    await waitUntil("all were there", () => relay.stats.unknown === 3);
    using fourth = new RawWebSocket(relay.url);
    expect(await fourth.closed()).toEqual({ code: RelayCloseCode.Full, reason: "the relay is full" });
    for (const raw of three) raw[Symbol.dispose]();
    await waitUntil("all had gone", () => relay.stats.unknown === 0);
    using _ = await join(relay.url, "str:alice");
    expect(relay.stats.closed).toEqual({ [RelayCloseCode.Full]: 1 });
  });

  test("clients from one address, which a proxy may tell", async () => {
    await using relay = start({
      limits: { perAddress: 2 },
      address: (request) => request.headers.get("x-from") ?? undefined,
    });
    const from = (address: string) => new RawWebSocket(relay.url, { "x-from": address });
    const some = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::ffff:2"].map(from);
    await waitUntil("all were there", () => relay.stats.unknown === some.length);
    for (const address of ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:0:0:3::"]) {
      using raw = from(address);
      expect(await raw.closed()).toMatchObject({ code: RelayCloseCode.Crowded });
    }
    some[0]?.[Symbol.dispose]();
    await waitUntil("one had gone", () => relay.stats.unknown === some.length - 1);
    using again = from("192.0.2.1");
    await waitUntil("it was let in", () => relay.stats.unknown === some.length);
    for (const raw of some) raw[Symbol.dispose]();
    expect(again.end).toBeUndefined();
  });

  test("a crowd that is turned away costs no WebSockets without end", async () => {
    await using relay = start({ limits: { clients: 1 } });
    using _ = await join(relay.url, "str:alice");
    const crowd = Array.from({ length: 300 }, () => new RawWebSocket(relay.url));
    const ends = await Promise.all(crowd.map((raw) => raw.closed()));
    const told = ends.filter(({ code }) => code === RelayCloseCode.Full).length;
    expect(told).toBeGreaterThanOrEqual(100);
    expect(relay.stats).toMatchObject({ clients: 1, unknown: 0, closed: { [RelayCloseCode.Full]: told } });
  });

  test("what waits for one who is away: the newest, in order, counted", async () => {
    await using relay = start({ limits: { backlogSignals: 5, ...largeLimits } });
    using alice = await join(relay.url, "str:alice");
    for (let at = 0; at < 12; at++) alice.client.send("str:bob", signal(String(at)));
    await waitUntil("all were counted", () => relay.stats.kept === 12);
    expect(relay.stats).toMatchObject({ waiting: 5, dropped: { backlog: 7 }, delivered: 0 });
    using bob = await join(relay.url, "str:bob");
    expect(await bob.box.got(5)).toEqual(["7", "8", "9", "10", "11"].map((text) => ({ from: "str:alice", text })));
    expect(relay.stats).toMatchObject({ waiting: 0, waitingBytes: 0, delivered: 5 });
  });

  test("what waits for all who are away", async () => {
    const backlogBytes = 10_000;
    await using relay = start({ limits: { backlogBytes, ...largeLimits } });
    using alice = await join(relay.url, "str:alice");
    for (let at = 0; at < 2000; at++) alice.client.send(`str:peer ${at}`, signal("x".repeat(at % 100)));
    alice.client.send("str:last", signal("the last"));
    await waitUntil("all were counted", () => relay.stats.kept === 1981);
    const { waiting, waitingBytes, dropped } = relay.stats;
    expect(waitingBytes).toBeWithin(1, backlogBytes + 1);
    expect(waiting + dropped.backlog).toBe(1981);
    using last = await join(relay.url, "str:last");
    expect(await last.box.got(1)).toEqual([{ from: "str:alice", text: "the last" }]);
  });

  test("backlogs add up, and old signals go", () => {
    const backlog = new SignalBacklog({ signals: 3, bytes: 2000 });
    expect([0, 1, 2].map((since) => backlog.push("str:a", signal("x"), since))).toEqual([0, 0, 0]);
    expect(backlog.push("str:a", new Uint8Array(1400), 3)).toBe(2);
    expect(backlog.push("str:a", new Uint8Array(1745), 4)).toBe(1);
    expect([backlog.size, backlog.bytes]).toEqual([2, 257 + 1656]);
    expect([backlog.expire(10_001), backlog.expire(10_002), backlog.expire(10_003)]).toEqual([0, 1, 1]);
    expect([backlog.size, backlog.bytes]).toEqual([0, 0]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("take", "keep", "keep", "keep"), fc.nat(5), fc.nat(300)), { maxLength: 60 }),
        (steps) => {
          const absent = new AbsentPeers({ each: { signals: 4, bytes: 1500 }, bytes: 3000 });
          let kept = 0;
          let gone = 0;
          for (const [step, peer, length] of steps) {
            if (step === "keep") {
              kept++;
              gone += absent.keep(`str:${peer}`, "str:a", new Uint8Array(length));
            } else gone += absent.take(`str:${peer}`).length;
            expect(absent.signals).toBe(kept - gone);
            expect(absent.bytes).toBeWithin(256 * absent.signals, 3001);
          }
          absent.clear();
          expect([absent.signals, absent.bytes]).toEqual([0, 0]);
        },
      ),
    );
  });

  test("who does not read costs no memory, and the others get theirs", async () => {
    const unreadBytes = 200_000;
    await using relay = start({ limits: { unreadBytes, silence: 3, ...largeLimits } });
    using lazy = await RawTCP.to(relay.url.slice("ws://".length, -1), upgradeRequest);
    await lazy.got("101 Switching");
    lazy.say(maskedFrame(helloFrame("str:lazy", "")));
    await waitUntil("it was welcome", () => relay.has("str:lazy"));
    lazy.pause();
    using alice = await join(relay.url, "str:alice");
    using bob = await join(relay.url, "str:bob");
    let most = 0;
    const large = new Uint8Array(60_000);
    const isOver = () => relay.stats.dropped.unread > 50;
    for (let at = 0; at < 2000 && !isOver(); at++) {
      alice.client.send("str:lazy", large);
      most = Math.max(most, relay.stats.unreadBytes);
      await waitFor(1);
    }
    expect(isOver()).toBe(true);
    expect(most).toBeWithin(60_000, unreadBytes + 1);
    alice.client.send("str:bob", signal("and you?"));
    await bob.box.got(1);
    await waitUntil("it was closed", () => !relay.has("str:lazy"));
    expect(relay.stats.unreadBytes).toBe(0);
    expect(relay.stats.closed).toEqual({ [RelayCloseCode.Silent]: 1 });
  });

  test("many who do not read share what there is", async () => {
    const unreadBytesInAll = 300_000;
    await using relay = start({ limits: { unreadBytes: 200_000, unreadBytesInAll, ...largeLimits } });
    const lazy = await Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        const raw = await RawTCP.to(relay.url.slice("ws://".length, -1), upgradeRequest);
        await raw.got("101 Switching");
        raw.say(maskedFrame(helloFrame(`str:lazy ${at}`, "")));
        await waitUntil("it was welcome", () => relay.has(`str:lazy ${at}`));
        raw.pause();
        return raw;
      }),
    );
    using alice = await join(relay.url, "str:alice");
    let most = 0;
    for (let at = 0; at < 3000 && relay.stats.dropped.unread < 100; at++) {
      alice.client.send(`str:lazy ${at % lazy.length}`, new Uint8Array(60_000));
      most = Math.max(most, relay.stats.unreadBytes);
      if (at % 4 === 3) await waitFor(1);
    }
    expect(most).toBeWithin(200_000, unreadBytesInAll + 1);
    for (const raw of lazy) raw[Symbol.dispose]();
    await waitUntil("they had gone", () => relay.stats.unreadBytes === 0);
  });
});

describe("frames", () => {
  const hello = helloFrame("str:raw", "");
  const tooLarge = { code: RelayCloseCode.TooLarge, reason: `a signal has at most ${largestSignal} bytes` };
  const malformed = { code: RelayCloseCode.Malformed, reason: "a frame that is none, or not at its time" };

  test("the largest signal goes through as it is, in both directions", async () => {
    await using relay = start();
    using alice = await join(relay.url, "str:alice");
    using bob = await join(relay.url, "str:bob");
    const bytes = crypto.getRandomValues(new Uint8Array(largestSignal));
    alice.client.send("str:bob", bytes);
    bob.client.send("str:alice", bytes);
    const text = Buffer.from(bytes).toString("latin1");
    expect(await bob.box.got(1)).toEqual([{ from: "str:alice", text }]);
    expect(await alice.box.got(1)).toEqual([{ from: "str:bob", text }]);
  });

  test.each<[what: string, frames: (Uint8Array | string)[], end: object]>([
    ["text", ["hello"], malformed],
    ["nothing", [new Uint8Array()], malformed],
    ["an unknown kind", [Uint8Array.of(9, 9, 9)], malformed],
    ["a signal before hello", [signalFrame("str:bob", signal("x"))], malformed],
    ["a signal right behind the hello", [hello, signalFrame("str:bob", signal("x"))], { code: 0 }],
    ["hello twice", [hello, hello], malformed],
    ["a welcome", [welcomeFrame("str:raw")], malformed],
    ["half a hello", [hello.subarray(0, 5)], malformed],
    ["a name that is none", [helloFrame("raw", "")], malformed],
    ["a name that is no UTF-8", [Uint8Array.of(1, 1, 1, 0xff)], malformed],
    ["a token without end", [helloFrame("str:raw", "x".repeat(longestToken + 1))], malformed],
    [
      "another version",
      [Uint8Array.of(1, 2, 3)],
      { code: RelayCloseCode.Version, reason: "this relay speaks version 1" },
    ],
  ])("%s", async (_, frames, end) => {
    // Decided at once, so that a hello's answer is there before the next frame.
    await using relay = start();
    using raw = await RawWebSocket.saying(relay.url, ...frames);
    if ("reason" in end) expect(await raw.closed()).toEqual(untyped(end));
    else await waitUntil("it was kept or closed", () => raw.end !== undefined || relay.stats.kept === 1);
    await expectService(relay);
  });

  test.each<[what: string, frame: Uint8Array | string, end: object]>([
    ["a signal that is too large", signalFrame("str:bob", new Uint8Array(largestSignal + 1)), tooLarge],
    ["an endless frame", new Uint8Array(4 * largestFrame), { code: RelayCloseCode.TooLarge }],
    ["an empty signal", signalFrame("str:bob", new Uint8Array()), malformed],
    ["a signal to nobody", signalFrame("", signal("x")), malformed],
    ["a signal to a name that is none", signalFrame("bob", signal("x")), malformed],
    ["a signal to half a name", signalFrame("str:bob", signal("x")).subarray(0, 6), malformed],
    ["text", "str:bob", malformed],
  ])("after the welcome: %s", async (_, frame, end) => {
    await using relay = start();
    using raw = await joinRaw(relay.url, "str:raw");
    raw.say(frame);
    expect(await raw.closed()).toMatchObject(end);
    expect(relay.has("str:raw")).toBe(false);
    await expectService(relay);
  });

  test("random frames and mutated ones end nothing but their own connection", async () => {
    await using relay = start({ limits: largeLimits });
    using bob = await join(relay.url, "str:bob");
    const frames = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(
          fc.constantFrom(hello, welcomeFrame("str:raw"), signalFrame("str:bob", signal("hello"))),
          fc.array(fc.tuple(fc.nat(30), fc.nat(255)), { maxLength: 3 }),
          fc.nat(30),
        )
        .map(([frame, changes, length]) => {
          const mutated = frame.slice(0, length < 20 ? undefined : length);
          for (const [at, value] of changes) if (at < mutated.length) mutated[at] = value;
          return mutated;
        }),
    );
    const samples = fc.sample(frames, 4000);
    const throwThem = async (name: string) => {
      for (let sample = samples.pop(); sample !== undefined; sample = samples.pop()) {
        using raw = await joinRaw(relay.url, name);
        // As many as come through, and the one that does not.
        for (; sample !== undefined && readFrame(sample)?.kind === "signal"; sample = samples.pop()) raw.say(sample);
        if (sample !== undefined) raw.say(sample);
        raw.say("the end");
        await raw.closed();
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, at) => throwThem(`str:raw ${at}`)));
    expect(bob.box.letters.every(({ from, text }) => from.startsWith("str:raw ") && text.length > 0)).toBe(true);
    expect(bob.client.stats.malformed).toBe(0);
    await expectService(relay);
  });

  test("what is put into a frame comes out of it", () => {
    const identity = fc
      .string({ minLength: 1, maxLength: 30, unit: "grapheme" })
      .filter((text) => Buffer.byteLength(text) < 128);
    fc.assert(
      fc.property(
        identity,
        fc.string({ maxLength: 100, unit: "binary" }),
        fc.uint8Array({ minLength: 1 }),
        (name, token, bytes) => {
          expect(readFrame(helloFrame(name, token))).toEqual({ kind: "hello", version: 1, identity: name, token });
          expect(readFrame(welcomeFrame(name))).toEqual({ kind: "welcome", version: 1, identity: name });
          expect(readFrame(signalFrame(name, bytes))).toEqual({ kind: "signal", peer: name, signal: bytes });
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readFrame(bytes)),
      { numRuns: 20_000 },
    );
  });
});

describe("the client", () => {
  test("comes back when the relay does, with a new token, and sends what is fresh", async () => {
    let first: RelayServer | undefined = start({ authenticate: ({ token }) => `str:${token.split(" ")[0]}` });
    const { port, url } = first;
    let tokens = 0;
    const token = () => `alice ${++tokens}`;
    using alice = await join(url, "str:alice", { token });
    using bob = await join(url, "str:bob", { token: "bob" });
    const ends: { code: number; reason: string; retryMilliseconds: number }[] = [];
    alice.client.on("disconnected", (end) => ends.push(end));
    await first.stop();
    first = undefined;
    await waitUntil("both knew", () => alice.client.state !== "connected" && bob.client.state !== "connected");
    expect(ends[0]).toMatchObject({ code: RelayCloseCode.Stopping, reason: "the relay stops" });
    expect(ends[0]?.retryMilliseconds).toBeWithin(10, 21);
    for (let at = 0; at < 5; at++) alice.client.send("str:bob", signal(String(at)));
    expect(alice.client.stats).toMatchObject({ waiting: 5, waitingBytes: 5 * 257 });
    await waitUntil("some tries had failed", () => ends.length > 3);
    expect(ends.slice(1).every(({ retryMilliseconds }) => retryMilliseconds <= 100)).toBe(true);
    await using second = start({
      port,
      authenticate: ({ identity, token: said }) => (said === "" ? identity : `str:${said.split(" ")[0]}`),
    });
    await bob.box.got(5);
    expect(bob.box.texts).toEqual(["0", "1", "2", "3", "4"]);
    expect(alice.client.stats).toMatchObject({ waiting: 0, connections: 2, sent: 5, dropped: 0 });
    expect(tokens).toBe(2);
    await expectService(second);
  });

  test("keeps no more than it says, the newest", async () => {
    const relay = start({ limits: largeLimits });
    const { port } = relay;
    await relay.stop();
    const box = new Mailbox();
    using client = connectRelay(box, relay.url, { ...quick, identity: "str:alice" });
    for (let at = 0; at < 1000; at++) client.send("str:alice", signal(String(at)));
    expect(client.stats).toMatchObject({ waiting: 256, dropped: 744 });
    await using _ = start({ port, limits: largeLimits });
    await box.got(256);
    expect(box.texts).toEqual(Array.from({ length: 256 }, (_, at) => String(744 + at)));
    client.close();
    const large = connectRelay(box, relay.url.replace(String(port), "1"), { ...quick, identity: "str:alice" });
    for (let at = 0; at < 100; at++) large.send("str:alice", new Uint8Array(largestSignal));
    expect(large.stats.waitingBytes).toBeWithin(1 << 19, (1 << 20) + 1);
    expect(large.stats.waiting + large.stats.dropped).toBe(100);
    large.close();
    expect(large.stats).toMatchObject({ waiting: 0, waitingBytes: 0, dropped: 100 });
  });

  test("notices a relay that died without a word", async () => {
    let upgrades = 0;
    // Says welcome, and nothing ever after.
    using dead = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, data) {
          const key = /sec-websocket-key: (.*)\r\n/i.exec(data.toString("latin1"))?.[1];
          if (key === undefined) return;
          upgrades++;
          const accept = new Bun.CryptoHasher("sha1")
            .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
            .digest("base64");
          const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
          socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
          const welcome = welcomeFrame("str:alice");
          socket.write(Buffer.concat([Uint8Array.of(0x82, welcome.length), welcome]));
        },
      },
    });
    const reasons: string[] = [];
    using client = connectRelay(new Mailbox(), `ws://127.0.0.1:${dead.port}`, { ...quick, silence: 1 });
    client.on("disconnected", ({ reason }) => reasons.push(reason));
    await client.ready();
    await waitUntil("it came again", () => upgrades >= 2);
    expect(reasons[0]).toBe("the service fell silent");
  });

  test("a token that can't be had is a try that failed", async () => {
    await using relay = start({ authenticate: ({ token }) => token });
    let tries = 0;
    const token = () => {
      tries++;
      if (tries === 1) throw new Error("no login");
      return tries === 2 ? Promise.reject(new Error("no network")) : tries === 3 ? untyped<string>(5) : "str:alice";
    };
    const reasons: string[] = [];
    using client = connectRelay(new Mailbox(), relay.url, { ...quick, token });
    client.on("disconnected", ({ reason }) => reasons.push(reason));
    await client.ready();
    expect(reasons).toEqual([
      "there is no token: no login",
      "there is no token: no network",
      "there is no token: a token must be a string, not the number 5",
    ]);
  });

  test("never throws where it is called, and counts what it can't send", async () => {
    await using relay = start();
    using alice = await join(relay.url, "str:alice");
    const { client } = alice;
    const detached = new Uint8Array(8);
    structuredClone(detached, { transfer: [detached.buffer] });
    const wrong: [to: unknown, signal: unknown][] = [
      ["bob", signal("x")],
      ["", signal("x")],
      ["str:zero\0", signal("x")],
      [`str:${"x".repeat(32)}`, signal("x")],
      [5, signal("x")],
      ["str:bob", new Uint8Array()],
      ["str:bob", new Uint8Array(largestSignal + 1)],
      ["str:bob", detached],
      ["str:bob", "text"],
      ["str:bob", undefined],
    ];
    for (const [to, what] of wrong) client.send(untyped(to), untyped(what));
    expect(client.stats).toMatchObject({ sent: 0, dropped: wrong.length });
    client.close();
    client.close();
    client.send("str:bob", signal("x"));
    expect(client.stats.dropped).toBe(wrong.length + 1);
    await expect(client.ready()).rejects.toThrow(/closed here/);
  });

  test("what handlers and receivers throw goes to its error handler, and stops nothing", async () => {
    await using relay = start();
    const box = new Mailbox();
    using client = connectRelay(box, relay.url, { ...quick, identity: "str:alice" });
    const errors: unknown[] = [];
    client.on("error", (error) => errors.push(error));
    client.on("connected", () => {
      throw new Error("in a handler");
    });
    box.answer = () => {
      if (box.letters.length === 1) throw new Error("in a receiver");
      return box.letters.length !== 2;
    };
    for (const text of ["1", "2", "3"]) client.send("str:alice", signal(text));
    await box.got(3);
    expect(errors).toEqual([new Error("in a handler"), new Error("in a receiver")]);
    expect(client.stats).toMatchObject({ received: 3, unused: 1 });
  });

  test("survives a relay that talks nonsense, and believes no names that are none", async () => {
    const samples = fc.sample(fc.uint8Array({ maxLength: 100 }), 3000);
    await using nonsense = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
      websocket: {
        message(socket) {
          socket.send("not welcome");
          socket.sendBinary(signalFrame("str:early", signal("before the welcome")));
          socket.sendBinary(welcomeFrame("str:alice"));
          for (const sample of samples) socket.sendBinary(sample);
          socket.sendBinary(signalFrame("early", signal("no name")));
          socket.sendBinary(signalFrame("str:bob", new Uint8Array(largestSignal + 1)));
          socket.sendBinary(signalFrame("str:bob", signal("a real one")));
        },
      },
    });
    const box = new Mailbox();
    using client = connectRelay(box, `ws://127.0.0.1:${nonsense.port}`, quick);
    await waitUntil("the real one came", () => box.texts.includes("a real one"));
    expect(box.letters.every(({ from }) => from.includes(":"))).toBe(true);
    expect(box.texts).not.toContain("before the welcome");
    expect(client.stats.malformed).toBeGreaterThan(2000);
    expect(client.state).toBe("connected");
  });

  test("arguments are checked at once", () => {
    const to = (url: string, options: object = {}) => connectRelay(new Mailbox(), url, untyped(options));
    expectRefusal(() => to("http://localhost/"), TypeError, /begins with wss: or ws:/);
    expectRefusal(() => to("ws://localhost/", { identity: "alice" }), TypeError, /is no identity/);
    expectRefusal(() => to("ws://localhost/", { token: 5 }), TypeError, /a token must be a string/);
    expectRefusal(() => to("ws://localhost/", { silence: 0 }), RangeError, /silence must be from 1 to 600/);
    expectRefusal(() => connectRelay(untyped({}), "ws://localhost/"), TypeError, /net.signaling/);
  });
});

// At the same time, for all that they do is wait.
describe.concurrent("in time", () => {
  test("those who say no hello, those who fall silent, and signals that nobody fetches: all go", async () => {
    await using relay = start({ limits: { silence: 2 } });
    using mute = await RawWebSocket.saying(relay.url);
    using silent = await RawTCP.to(relay.url.slice("ws://".length, -1), upgradeRequest);
    await silent.got("101 Switching");
    // Such a client does not answer pings.
    silent.say(maskedFrame(helloFrame("str:silent", "")));
    using alice = await join(relay.url, "str:alice");
    alice.client.send("str:nobody", signal("where are you?"));
    await waitUntil("it waited", () => relay.stats.waiting === 1);
    await Promise.all([
      mute.closed().then((end) => expect(end).toEqual({ code: RelayCloseCode.Late, reason: "no hello in time" })),
      waitUntil("the silent one was closed", () => relay.stats.closed[RelayCloseCode.Silent] === 1),
      waitUntil("nothing waited", () => relay.stats.waiting === 0),
    ]);
    expect(relay.stats.dropped.backlog).toBe(1);
    // Who answers pings stays.
    expect(alice.client.stats.connections).toBe(1);
  });

  test("signals that got too old meanwhile are dropped", async () => {
    const relay = start();
    const { port } = relay;
    await relay.stop();
    const box = new Mailbox();
    using client = connectRelay(box, relay.url, { ...quick, identity: "str:alice" });
    client.send("str:alice", signal("old"));
    await waitFor(10_100);
    client.send("str:alice", signal("fresh"));
    expect(client.stats).toMatchObject({ waiting: 1, dropped: 1 });
    await using _ = start({ port });
    await box.got(1);
    expect(box.texts).toEqual(["fresh"]);
  });

  test("a relay that speaks keeps its clients, however little there is to say", async () => {
    await using relay = start();
    using alice = await join(relay.url, "str:alice", { silence: 1 });
    await waitFor(2500);
    expect(alice.client.stats.connections).toBe(1);
  });
});

test("200 clients reach each other, each signal once and from whom it is", async () => {
  const count = 200;
  await using relay = start({ limits: largeLimits });
  const members = await Promise.all(Array.from({ length: count }, (_, at) => join(relay.url, `str:${at}`)));
  for (let step = 1; step < count; step++) {
    members.forEach(({ client }, at) => {
      const to = (at + step) % count;
      client.send(`str:${to}`, signal(`${at} to ${to}`));
    });
    if (step % 10 === 0) await waitFor(1);
  }
  await Promise.all(members.map(({ box }) => box.got(count - 1)));
  members.forEach(({ box }, to) => {
    const others = Array.from({ length: count }, (_, at) => at).filter((at) => at !== to);
    const expected = others.map((at) => `str:${at}: ${at} to ${to}`).toSorted();
    expect(box.letters.map(({ from, text }) => `${from}: ${text}`).toSorted()).toEqual(expected);
  });
  expect(relay.stats).toMatchObject({ clients: count, delivered: count * (count - 1), waiting: 0 });
  for (const member of members) member[Symbol.dispose]();
  await waitUntil("all had gone", () => relay.stats.clients === 0);
}, 60_000);

test("a relay serves in a server of somebody else's", async () => {
  await using relay = new Relay({ trustClaims: true });
  await using server = Bun.serve<RelayConnection>({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, own) =>
      new URL(request.url).pathname === "/signals" ? relay.fetch(request, own) : new Response("hello"),
    websocket: relay.websocket,
  });
  const url = `ws://127.0.0.1:${server.port}/signals`;
  using alice = await join(url, "str:alice");
  alice.client.send("str:alice", signal("to myself"));
  await alice.box.got(1);
  expect(await (await fetch(server.url)).text()).toBe("hello");
  expect((await fetch(`${server.url}signals`)).status).toBe(426);
  await relay.stop();
  await waitUntil("it was closed", () => alice.client.state !== "connected");
  expect((await fetch(`${server.url}signals`)).status).toBe(503);
});

test("needs no native library, nor what would load one", async () => {
  const { outputs } = await Bun.build({
    entrypoints: [joinPath(import.meta.dir, "../lib/signaling/index.ts")],
    target: "bun",
  });
  const bundled = (await outputs[0]?.text()) ?? "";
  expect(bundled).toContain("startRelay");
  expect(bundled).not.toMatch(/bun:ffi|libsteam_sockets|@steam-sockets\//);
});

test("nothing is left at the end", async () => {
  await using program = new Program("test/peers/signaling-life.ts");
  expect(await program.prints(/over/)).toBe("over");
  expect(await program.exit()).toBe(0);
  expect(program.output).toContain("waiting: 1, 1");
});
