/**
 * Messages by user over signals of one's own, and the traps of the library that are closed, between processes, on
 * GameNetworkingSockets, in a network namespace of their own.
 *
 * - Messages come on the channels that they were sent to, in order, as soon as the session is accepted: by
 *   acceptSessionWithUser, by sending something back, or by a function that was set beforehand. It is asked for once
 *   per attempt, however often the signal comes.
 * - Both may begin at once: one session comes of it, without a request, and it goes on when a request comes late and
 *   several times.
 * - 2,000 messages each way over five channels, large ones among them, come byte for byte and in order, by an inbox.
 * - Who is not accepted is told by messagesSessionFailed; then ConnectFailed follows until AutoRestartBrokenSession or
 *   closeSessionWithUser begin anew, and the other end is asked again.
 * - closeChannelWithUser and closeSessionWithUser answer as documented; what was not fetched is gone.
 * - A session that nobody uses for three minutes ends at both ends; the next message begins anew.
 * - Who asks for a connection is left pending, refused, or not heard at all, as was set.
 * - 100,000 random and mutated signals during a session: it goes on, and every signaling object comes back.
 * - No signaling object is left after sessions were closed, after a network was closed in the midst of them, and after a
 *   Worker ended in the midst of them.
 *
 * The traps; each was seen to fail with its remedy taken out, as is told there:
 *
 * 1. The end of a connection, or of a session, that was closed is heard at once.
 * 2. A refusal is heard at once.
 * 3. A peer that was killed and started again is heard at once, though his old session stands here, or waits.
 * 4. A session that is lost with messages under way is told by messagesSessionEnded, and the next message begins anew.
 * 5. Signals of any length do no harm.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { ConnectionState, Result, SendFlags, type ConfigOptions } from "../lib/index.ts";
import { makeLibrary } from "./support/native-library.ts";
import type { PlayerOptions } from "./support/p2p/player-script.ts";
import type { Player } from "./support/p2p/player.ts";
import { describeOnStage, Stage } from "./support/p2p/stage.ts";
import { waitUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";

// They run at the same time, for most of them wait for most of it.
setDefaultTimeout(60_000);

const { None, Connecting, Connected, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;
const { Reliable, AutoRestartBrokenSession } = SendFlags;
const [alicesName, bobsName] = ["str:alice", "str:bob"];

/** Nothing ends by a time-out as long as a test lasts. */
const patient: ConfigOptions = { TimeoutInitial: 600_000, TimeoutConnected: 600_000 };

/** Two who leave all that comes to the test. */
async function pair(stage: Stage, config: ConfigOptions = patient, options: PlayerOptions = {}) {
  const each: PlayerOptions = { requests: "leave", config, ...options };
  return await Promise.all([stage.player("alice", each), stage.player("bob", each)]);
}

/** Has the first send to the second, who accepts; done when the session stands. */
async function meet(from: Player, to: Player, text = "hello", channel = 0): Promise<void> {
  const requests = to.events("messagesSessionRequest").length;
  expect(await from.do("sendToUser", to.identity, text, channel)).toBe(Result.OK);
  await to.hears("messagesSessionRequest", requests + 1);
  expect(await to.do("acceptSession", from.identity)).toBe(true);
  expect(await to.do("receiveFromUsers", channel)).toEqual([`${from.identity} ${text}`]);
  await stands(from, to);
}

/** Waits until the ends of a new connection don't say anything to each other: who does is answered that there is none. */
async function quiet(one: Player, other: Player): Promise<void> {
  await Promise.all([one, other].map((player) => player.do("runCallbacksFor", 3000)));
}

async function stateOf(player: Player, peer: Player): Promise<ConnectionState> {
  return (await player.do("session", peer.identity)).state;
}

/** Messages may come before it does. */
async function stands(one: Player, other: Player): Promise<void> {
  await waitUntil("the session stood", async () => {
    return (await stateOf(one, other)) === Connected && (await stateOf(other, one)) === Connected;
  });
}

/** Has both connected, by a connection. */
async function connect(from: Player, to: Player) {
  const there = await from.do("connect", to.identity);
  const { connectHandle: back } = await to.sees(Connecting);
  await to.do("accept", back);
  await Promise.all([from.sees(Connected, there), to.sees(Connected, back)]);
  return [there, back] as const;
}

describeOnStage("messages", () => {
  test.concurrent(
    "come on their channels, in order, when the session was accepted, which is asked for once",
    async () => {
      await using stage = await Stage.set({ doubled: 100 });
      const [alice, bob] = await pair(stage);
      const channels = [0, 1, 7, 1000, -5];
      for (const text of ["one", "two", "three"]) {
        for (const channel of channels) expect(await alice.do("sendToUser", bobsName, text, channel)).toBe(Result.OK);
      }
      expect(await bob.hears("messagesSessionRequest")).toEqual([{ identity: alicesName }]);
      // The request is sent again meanwhile.
      const { given } = stage.post;
      await waitUntil("signals were sent again", () => stage.post.given >= given + 3);
      expect(await stateOf(alice, bob)).toBe(Connecting);
      expect(await bob.do("acceptSession", "str:carl")).toBe(false);
      expect(await bob.do("acceptSession", alicesName)).toBe(true);
      for (const channel of channels) {
        const came = await bob.do("receiveFromUsers", channel, 3);
        expect(came).toEqual(["one", "two", "three"].map((text) => `${alicesName} ${text}`));
      }
      await stands(alice, bob);
      expect(await bob.do("acceptSession", alicesName)).toBe(true);
      expect(await bob.do("session", alicesName)).toMatchObject({
        state: Connected,
        connectionState: Connected,
        identity: alicesName,
        listenSocket: 0,
        endReason: 0,
      });
      expect((await alice.do("session", bobsName)).remoteAddress).toMatch(/^10\.9\.9\.1:\d+$/);
      expect(await bob.do("sendToUser", alicesName, "and back", -5)).toBe(Result.OK);
      expect(await alice.do("receiveFromUsers", -5)).toEqual([`${bobsName} and back`]);
      expect(alice.events("messagesSessionRequest")).toEqual([]);
      expect(bob.events("messagesSessionRequest").length).toBe(1);
      shows(
        "gns",
        "sendMessageToUser",
        "receiveMessagesOnChannel",
        "acceptSessionWithUser",
        "getSessionConnectionInfo",
      );
      shows("gns", "messagesSessionRequest");
    },
  );

  test.concurrent("of who sends back accept the session", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    await alice.do("sendToUser", bobsName, "hello");
    await bob.hears("messagesSessionRequest");
    expect(await bob.do("sendToUser", alicesName, "hello yourself")).toBe(Result.OK);
    expect(await alice.do("receiveFromUsers", 0)).toEqual([`${bobsName} hello yourself`]);
    expect(await bob.do("receiveFromUsers", 0)).toEqual([`${alicesName} hello`]);
  });

  test.concurrent("come by themselves from those whom a function accepts", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const carl = await stage.player("carl", { requests: "leave" });
    await bob.do("acceptSessions", [alicesName]);
    await Promise.all([alice, carl].map((from) => from.do("sendToUser", bobsName, "hello")));
    expect(await bob.do("receiveFromUsers", 0)).toEqual([`${alicesName} hello`]);
    expect(new Set(await bob.hears("messagesSessionRequest", 2))).toEqual(
      new Set([{ identity: alicesName }, { identity: "str:carl" }]),
    );
    expect(await stateOf(bob, carl)).toBe(Connecting);
  });

  test.concurrent("that both send first at once make one session, without a request", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    for (let round = 0; round < 4; round++) {
      // Neither has heard of the other when it sends. The request of one of them comes when the session stands, and thrice.
      const late = round % 2 === 0 ? alicesName : bobsName;
      const punctual = late === alicesName ? bob : alice;
      stage.post.keeps = () => true;
      const texts = [`from alice ${round}`, `from bob ${round}`] as const;
      await Promise.all([alice.do("sendToUser", bobsName, texts[0]), bob.do("sendToUser", alicesName, texts[1])]);
      await waitUntil("both had asked", () => stage.post.keptOf(alicesName) > 0 && stage.post.keptOf(bobsName) > 0);
      stage.post.keeps = () => false;
      stage.post.release(punctual.identity);
      await stands(alice, bob);
      stage.post.release(late, 3);
      expect(await alice.do("receiveFromUsers", 0)).toEqual([`${bobsName} ${texts[1]}`]);
      expect(await bob.do("receiveFromUsers", 0)).toEqual([`${alicesName} ${texts[0]}`]);
      await Promise.all([alice, bob].map((player) => player.do("runCallbacksFor", 700)));
      expect([await stateOf(alice, bob), await stateOf(bob, alice)]).toEqual([Connected, Connected]);
      // One closes, in turn, and both begin anew.
      const [one, other] = round < 2 ? [alice, bob] : [bob, alice];
      const ends = other.events("messagesSessionEnded").length;
      expect(ends).toBe(Math.max(0, round < 2 ? round : round - 2));
      expect(await one.do("closeSession", other.identity)).toBe(true);
      await other.hears("messagesSessionEnded", ends + 1);
    }
    expect([alice, bob].flatMap((player) => player.events("messagesSessionRequest"))).toEqual([]);
  });

  test.concurrent("by the thousand, over five channels, are whole and in order", async () => {
    await using stage = await Stage.set();
    const rates = {
      SendRateMin: 25_000_000,
      SendRateMax: 25_000_000,
      SendBufferSize: 1 << 20,
      RecvBufferSize: 8 << 20,
    };
    const [alice, bob] = await pair(stage, { ...patient, ...rates });
    await meet(alice, bob, "hello", 99);
    const channels = [0, 1, 7, 1000, -5];
    const talked = await Promise.all([
      alice.do("talk", bobsName, channels, 2000, 1_000_000, 2_000_000),
      bob.do("talk", alicesName, channels, 2000, 2_000_000, 1_000_000),
    ]);
    expect(talked).toEqual([
      { received: 2000, wrong: 0 },
      { received: 2000, wrong: 0 },
    ]);
  });

  test.concurrent("to who does not accept fail at both ends, and are tried again when that is asked for", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, { TimeoutInitial: 1500 });
    expect(await alice.do("sendToUser", bobsName, "ignored")).toBe(Result.OK);
    for (const [player, peer] of [
      [alice, bobsName],
      [bob, alicesName],
    ] as const) {
      const [failed] = await player.hears("messagesSessionFailed");
      expect(failed?.connection.identity).toBe(peer);
    }
    expect(alice.events("messagesSessionFailed")[0]?.connection.endReason).toBe(5003);
    expect(bob.events("messagesSessionRequest").length).toBe(1);
    expect(await stateOf(alice, bob)).toBe(ProblemDetectedLocally);
    expect(await alice.do("sendToUser", bobsName, "refused")).toBe(Result.ConnectFailed);
    expect(await alice.do("sendToUser", bobsName, "again", 0, Reliable + AutoRestartBrokenSession)).toBe(Result.OK);
    await bob.hears("messagesSessionRequest", 2);
    await alice.hears("messagesSessionFailed", 2);
    await bob.hears("messagesSessionFailed", 2);
    expect(await alice.do("closeSession", bobsName)).toBe(true);
    expect(await alice.do("sendToUser", bobsName, "and again")).toBe(Result.OK);
    await bob.hears("messagesSessionRequest", 3);
    expect(await bob.do("acceptSession", alicesName)).toBe(true);
    expect(await bob.do("receiveFromUsers", 0)).toEqual([`${alicesName} and again`]);
    expect([alice, bob].flatMap((player) => player.events("messagesSessionEnded"))).toEqual([]);
    shows("gns", "messagesSessionFailed");
  });

  test.concurrent("open channels, and the session ends with the last one", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    await meet(alice, bob, "one", 1);
    await alice.do("sendToUser", bobsName, "two", 2);
    await bob.do("receiveFromUsers", 2);
    expect(await bob.do("closeChannel", alicesName, 3)).toBe(false);
    expect(await bob.do("closeChannel", "str:carl", 1)).toBe(false);
    expect(await bob.do("closeChannel", alicesName, 1)).toBe(true);
    expect(await bob.do("closeChannel", alicesName, 1)).toBe(false);
    expect(await stateOf(bob, alice)).toBe(Connected);
    // Alice has received nothing on it.
    expect(await alice.do("closeChannel", bobsName, 1)).toBe(false);
    expect(await bob.do("closeChannel", alicesName, 2)).toBe(true);
    expect(await stateOf(bob, alice)).toBe(None);
    expect(await alice.hears("messagesSessionEnded")).toMatchObject([{ identity: bobsName }]);
    await meet(alice, bob, "three", 1);
    expect(bob.events("messagesSessionEnded")).toEqual([]);
    shows("gns", "closeChannelWithUser");
  });

  test.concurrent("that were not fetched are gone with the session", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    await meet(alice, bob);
    await alice.do("sendToUser", bobsName, "never fetched", 5);
    await alice.do("sendToUser", bobsName, "fetched", 6);
    await bob.do("receiveFromUsers", 6);
    expect(await bob.do("closeSession", alicesName)).toBe(true);
    expect(await bob.do("closeSession", alicesName)).toBe(false);
    await alice.hears("messagesSessionEnded");
    await meet(alice, bob, "anew", 5);
    shows("gns", "closeSessionWithUser");
  });

  test.concurrent("that don't come for three minutes end the session", async () => {
    await using stage = await Stage.set();
    const preload = await makeLibrary("fast_clock");
    const [alice, bob] = await pair(stage, { TimeoutInitial: 170_000, TimeoutConnected: 170_000 }, { preload });
    const begin = performance.now();
    await meet(alice, bob);
    expect(await alice.hears("messagesSessionEnded")).toEqual([{ identity: bobsName, unconfirmed: 0 }]);
    expect(await bob.hears("messagesSessionEnded")).toEqual([{ identity: alicesName, unconfirmed: 0 }]);
    // 180 seconds of a clock that is 20 times as fast.
    expect(performance.now() - begin).toBeGreaterThan(8900);
    expect([await stateOf(alice, bob), await stateOf(bob, alice)]).toEqual([None, None]);
    await meet(bob, alice, "after a while");
  });
});

describeOnStage("who asks for a connection", () => {
  test.concurrent("is left pending until it is decided", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const there = await alice.do("connect", bobsName);
    const { connectHandle: back } = await bob.sees(Connecting);
    const { given } = stage.post;
    await waitUntil("it was asked again", () => stage.post.given >= given + 2);
    expect(bob.changes(Connecting).length).toBe(1);
    expect((await alice.do("info", there))?.connectionState).toBe(Connecting);
    expect(await bob.do("accept", back)).toBe(Result.OK);
    await Promise.all([alice.sees(Connected, there), bob.sees(Connected, back)]);
  });

  test.concurrent("is not heard at all", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, { TimeoutInitial: 1500 }, { peers: false });
    const there = await alice.do("connect", bobsName);
    const { connection } = await alice.sees(ProblemDetectedLocally, there);
    expect(connection.endReason).toBe(5003);
    await alice.do("sendToUser", bobsName, "hello");
    await alice.hears("messagesSessionFailed");
    expect(await bob.do("signalings")).toBe(0);
    expect([bob.events("connectionStatusChanged"), bob.events("messagesSessionRequest")]).toEqual([[], []]);
  });
});

describeOnStage("trap 1: the end is heard at once", () => {
  // Without Signaling.closed in making.ts: nothing came to Alice within 15 seconds.
  test.concurrent.each([{ linger: false }, { linger: true }])(
    "of a connection that was closed: %o",
    async ({ linger }) => {
      await using stage = await Stage.set({ lost: 30 });
      const [alice, bob] = await pair(stage);
      for (const closes of ["the one who began", "the other"]) {
        const known = bob.changes(Connecting).length;
        const there = await alice.do("connect", bobsName);
        await waitUntil("Bob was asked", () => bob.changes(Connecting).length > known);
        const back = bob.changes(Connecting).at(-1)!.connectHandle;
        await bob.do("accept", back);
        await Promise.all([alice.sees(Connected, there), bob.sees(Connected, back)]);
        await quiet(alice, bob);
        const [one, ours, other, theirs] =
          closes === "the other" ? ([bob, back, alice, there] as const) : ([alice, there, bob, back] as const);
        expect(await one.do("close", ours, 1234, `closed by ${closes}`, linger)).toBe(true);
        const { connection } = await other.sees(ClosedByPeer, theirs);
        expect(connection).toMatchObject({ endReason: 1234, endDebug: `closed by ${closes}` });
      }
    },
  );

  // Without Signaling.sessionClosed in messages.ts: nothing came to Alice within 15 seconds.
  test.concurrent("of a session that was closed, whoever began it, on whichever way", async () => {
    await using stage = await Stage.set({ lost: 30 });
    const [alice, bob] = await pair(stage);
    for (const [closer, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await meet(alice, bob);
      await quiet(alice, bob);
      const ends = other.events("messagesSessionEnded").length;
      expect(await closer.do("closeSession", other.identity)).toBe(true);
      const told = await other.hears("messagesSessionEnded", ends + 1);
      expect(told.at(-1)?.identity).toBe(closer.identity);
      expect(await stateOf(other, closer)).toBe(None);
    }
  });

  // With pauses that grow without bound in signaling.cpp: the end was not heard within 15 seconds of the last message.
  test.concurrent("but what was sent before comes first, where it lingers", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, { ...patient, SendRateMin: 60_000, SendRateMax: 60_000 });
    const [there, back] = await connect(alice, bob);
    const text = "x".repeat(60_000);
    // Seven seconds' worth.
    for (let sent = 0; sent < 7; sent++) expect(await alice.do("send", there, text)).toBe(Result.OK);
    await alice.do("close", there, 1234, "bye", true);
    const came = await bob.do("receive", back, 7);
    expect(came).toEqual(Array<string>(7).fill(text));
    const { connection } = await bob.sees(ClosedByPeer, back);
    expect(connection).toMatchObject({ endReason: 1234, endDebug: "bye" });
  });

  // Without Signaling.end in networking.ts: nothing came to Bob within 15 seconds.
  test.concurrent("of what was closed with the network right behind it", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const [there, back] = await connect(alice, bob);
    await meet(alice, bob);
    await quiet(alice, bob);
    await alice.do("closeAll", there, bobsName);
    await bob.sees(ClosedByPeer, back);
    await bob.hears("messagesSessionEnded");
  });
});

describeOnStage("trap 2: a refusal is heard at once", () => {
  test.concurrent("of a connection, with its reason", async () => {
    await using stage = await Stage.set({ lost: 30 });
    const config = patient;
    const alice = await stage.player("alice", { config });
    const bob = await stage.player("bob", { config, requests: { refuse: 1300, text: "not today" } });
    const there = await alice.do("connect", bobsName);
    const { connection } = await alice.sees(ClosedByPeer, there);
    expect(connection).toMatchObject({ endReason: 1300, endDebug: "not today" });
    expect(bob.changes(Connecting).length).toBe(1);
    await bob.do("signalingsAreGone");
  });

  test.concurrent(
    "of a connection, although all was lost that was said of it while the library knew the connection",
    async () => {
      await using stage = await Stage.set();
      const config = patient;
      const alice = await stage.player("alice", { config });
      const bob = await stage.player("bob", { config, requests: { refuse: 1300, text: "not today" } });
      stage.post.keeps = (from) => from === bobsName;
      const there = await alice.do("connect", bobsName);
      await bob.sees(Connecting);
      await bob.do("signalingsAreGone");
      expect(stage.post.keptOf(bobsName)).toBeGreaterThan(1);
      const signals: Uint8Array[] = [];
      stage.post.keeps = (from, _, signal) => {
        if (from === bobsName) signals.push(signal);
        return false;
      };
      const { connection } = await alice.sees(ClosedByPeer, there);
      expect(connection).toMatchObject({ endReason: 1300, endDebug: "not today" });
      // Peers of another make drop what does not say.
      for (const signal of signals) expect(Buffer.from(signal).toString("latin1")).toContain(`B\x07${bobsName}`);
      expect(bob.changes(Connecting).length).toBe(1);
    },
  );

  test.concurrent("of a session", async () => {
    await using stage = await Stage.set({ lost: 30 });
    const [alice, bob] = await pair(stage);
    await alice.do("sendToUser", bobsName, "hello");
    await bob.hears("messagesSessionRequest");
    expect(await bob.do("closeSession", alicesName)).toBe(true);
    const [failed] = await alice.hears("messagesSessionFailed");
    expect(failed?.connection).toMatchObject({ identity: bobsName, connectionState: ClosedByPeer });
    await Promise.all([alice, bob].map((player) => player.do("signalingsAreGone")));
  });
});

// Without MakeWayForNewSession in signaling.cpp: no request came within 15 seconds.
describeOnStage("trap 3: a peer that starts again", () => {
  test.concurrent.each([{ stood: true }, { stood: false }])(
    "is heard, though his old session is there: %o",
    async ({ stood }) => {
      await using stage = await Stage.set();
      const [alice, bob] = await pair(stage);
      if (stood) await meet(bob, alice);
      else {
        await bob.do("sendToUser", alicesName, "hello");
        await alice.hears("messagesSessionRequest");
      }
      for (let round = 0; round < 3; round++) {
        await (round === 0 ? bob : undefined)?.kill();
        await using again = await stage.player("bob", { requests: "leave", config: patient });
        await meet(again, alice, `again ${round}`);
        expect(await alice.do("sendToUser", bobsName, "echo")).toBe(Result.OK);
        expect(await again.do("receiveFromUsers", 0)).toEqual([`${alicesName} echo`]);
        // Told before the request.
        const ends = alice.events("messagesSessionEnded");
        expect(ends.map(({ identity }) => identity)).toEqual(Array<string>(stood ? round + 1 : round).fill(bobsName));
      }
    },
  );
});

// Without SessionWatch.used in messages.ts: nothing was told within 15 seconds.
describeOnStage("trap 4: a session that is lost", () => {
  test.concurrent("is told, with messages under way, and the next message begins anew", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, { TimeoutInitial: 600_000, TimeoutConnected: 1500 });
    await meet(alice, bob);
    await bob.kill();
    for (let sent = 0; sent < 5; sent++) expect(await alice.do("sendToUser", bobsName, "lost")).toBe(Result.OK);
    const [told, ...more] = await alice.hears("messagesSessionEnded");
    expect([told?.identity, more]).toEqual([bobsName, []]);
    // The first one may not have been seen to arrive.
    expect([5, 6]).toContain(told?.unconfirmed ?? 0);
    expect(alice.events("messagesSessionFailed")).toEqual([]);
    const again = await stage.player("bob", { requests: "leave" });
    await meet(alice, again, "anew");
    await alice.do("runCallbacksFor", 1500);
    expect(alice.events("messagesSessionEnded").length).toBe(1);
  });
});

// Without the bound in validate.ts: a segmentation fault at 2 ** 31. Negative lengths: ffi/native/test/signaling_test.cpp.
describeOnStage("trap 5: signals of any length", () => {
  test.concurrent("are refused where they are none", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    for (const length of [0, 2 ** 31, 2 ** 32 - 1]) {
      expect(await bob.do("zeros", alicesName, length)).toEqual(["false", "RangeError"]);
    }
    for (const length of [1, 65_536, 65_537]) {
      expect(await bob.do("zeros", alicesName, length)).toEqual(["false", "false"]);
    }
    await meet(alice, bob);
  });
});

describeOnStage("signaling objects", () => {
  test.concurrent("are given back when sessions end, and when the network is closed in the midst of them", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    for (let round = 0; round < 2; round++) {
      await meet(alice, bob, `hello ${round}`);
      expect([await alice.do("signalings"), await bob.do("signalings")]).toEqual([1, 1]);
      await alice.do("closeSession", bobsName);
      await bob.hears("messagesSessionEnded", round + 1);
      await Promise.all([alice, bob].map((player) => player.do("signalingsAreGone")));
    }
    for (let round = 0; round < 5; round++) {
      // A session that stands, one that waits, and connections that were just closed.
      await meet(alice, bob, `hello ${round}`);
      await alice.do("sendToUser", "str:carl", "hello");
      await alice.do("close", await alice.do("connect", bobsName));
      expect(await alice.do("signalings")).toBe(3);
      expect(await alice.do("reopen")).toBe(0);
    }
    await meet(alice, bob);
  });

  test.concurrent("are gone with a Worker that ended in the midst of sessions", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    for (const going of ["returned", "terminated"] as const) {
      expect(await alice.do("loseWorker", bobsName, going)).toEqual({ signalings: 3, left: 0 });
      await meet(alice, bob);
    }
  });
});

// Alone: it is busy all the time.
describeOnStage("100,000 random and mutated signals", () => {
  test("during a session leave it alone, and leave nothing behind", async () => {
    await using stage = await Stage.set();
    const rates = {
      SendRateMin: 25_000_000,
      SendRateMax: 25_000_000,
      SendBufferSize: 1 << 20,
      RecvBufferSize: 8 << 20,
    };
    const [alice, bob] = await pair(stage, { TimeoutInitial: 3000, TimeoutConnected: 600_000, ...rates });
    // All kinds of signals: of sessions and connections, refused, closed and answered.
    const mallory = await stage.player("mallory", { requests: "leave", config: { TimeoutInitial: 3000 } });
    await meet(mallory, bob);
    await mallory.do("closeSession", bobsName);
    await bob.hears("messagesSessionEnded");
    await connect(mallory, bob);
    await mallory.do("close", (await mallory.sees(Connected)).connectHandle, 1000, "bye");
    await bob.sees(ClosedByPeer);
    await bob.do("connect", "str:mallory");
    await mallory.do("close", (await mallory.sees(Connecting, undefined)).connectHandle, 1001, "no");
    await meet(alice, bob);
    await mallory.kill();

    const channels = [0, 1, 2];
    const talk = Promise.all([
      alice.do("talk", bobsName, channels, 5000, 5_000_000, 6_000_000),
      bob.do("talk", alicesName, channels, 5000, 6_000_000, 5_000_000),
    ]);
    let taken = 0;
    for (let round = 0; round < 100; round++) taken += await bob.do("garbage", "str:mallory", 1000, 1000 * round);
    console.log(`${taken} of 100,000 signals were taken for some; ${await bob.do("signalings")} signaling objects`);
    expect(taken).toBeGreaterThan(1000);
    for (const talked of await talk) expect(talked).toEqual({ received: 5000, wrong: 0 });
    expect(await stateOf(bob, alice)).toBe(Connected);

    // What came of it ends; then only the session's own object is there.
    await waitUntil("what came of it had ended", async () => {
      for (const state of [ProblemDetectedLocally, ClosedByPeer]) {
        for (const { connectHandle } of bob.changes(state)) await bob.do("close", connectHandle);
      }
      await bob.do("closeSession", "str:mallory");
      return (await bob.do("signalings")) === 1;
    });
    await alice.do("sendToUser", bobsName, "still here", 50);
    expect(await bob.do("receiveFromUsers", 50)).toEqual([`${alicesName} still here`]);
    expect(alice.events("messagesSessionEnded")).toEqual([]);
    expect(await bob.do("reopen")).toBe(0);
  });
});
