/**
 * Connections by signals between processes when something goes wrong, on GameNetworkingSockets, in a network namespace
 * of their own.
 *
 * - Who is refused hears it, with reason and words. Who gets no answer, be it that nobody is there, that nobody wishes to
 *   be asked or that the other end does not decide, hears that after TimeoutInitial.
 * - A peer's close is heard, with reason and words, after all that he had sent before. Where nobody carries signals then
 *   it is heard when one speaks to him. So is the end of his network with connections and sessions open.
 * - A peer that is killed is missed after TimeoutConnected.
 * - A peer that starts again, at once or after 15 seconds, connects and is connected to as a new one. What the library
 *   still holds of the old connection does no harm.
 * - A relay that is killed during a connect costs the time until it is back. A session does not notice: no event, no
 *   message lost. When the relay is back new connections come about.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { ConnectionState, Result, type ConnectionHandle } from "../lib/index.ts";
import { exchangeOptions, messageCount } from "./support/exchange.ts";
import type { Player } from "./support/p2p/player.ts";
import { describeOnStage, relayUrl, Stage } from "./support/p2p/stage.ts";
import { waitUntil } from "./support/pump.ts";

// They run at the same time, for most of them wait for most of it.
setDefaultTimeout(60_000);

const { Connected, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;

/** EndReason: nothing was heard for too long. */
const timeout = 5003;
/** EndReason: the network was closed. */
const shutDown = 2999;
/** EndReason: the application did not say. */
const application = 1000;

/** Connects the first with the second. Answers the connection at both. */
async function connect(from: Player, to: Player): Promise<[ConnectionHandle, ConnectionHandle]> {
  const known = to.changes(Connected).length;
  const there = await from.do("connect", to.identity);
  await from.sees(Connected, there);
  await waitUntil("the other end was connected", () => to.changes(Connected).length > known);
  return [there, to.changes(Connected).at(-1)!.connectHandle];
}

async function talk(one: Player, there: ConnectionHandle, other: Player, back: ConnectionHandle): Promise<void> {
  expect(await one.do("send", there, "hello")).toBe(Result.OK);
  expect(await other.do("receive", back)).toEqual(["hello"]);
  expect(await other.do("send", back, "to you")).toBe(Result.OK);
  expect(await one.do("receive", there)).toEqual(["to you"]);
}

describeOnStage("a player hears", () => {
  test.concurrent("that he is refused, and why", async () => {
    await using stage = await Stage.set();
    const alice = await stage.player("alice");
    const bob = await stage.player("bob", { requests: { refuse: 1234, text: "the room is full" } });
    const there = await alice.do("connect", "str:bob");
    const { connection } = await alice.sees(ClosedByPeer, there);
    expect(connection.endReason).toBe(1234);
    expect(connection.endDebug).toContain("the room is full");
    expect(alice.changes(Connected)).toEqual([]);
    await alice.do("close", there);
    await Promise.all([alice, bob].map((player) => player.do("signalingsAreGone")));
  });

  test.concurrent("that nobody answers", async () => {
    await using stage = await Stage.set();
    const config = { TimeoutInitial: 2000 };
    const alice = await stage.player("alice", { config });
    await stage.player("carl", { config: { TimeoutInitial: 20_000 }, requests: "leave" });
    await stage.player("dora", { peers: false });
    const ends = await Promise.all(
      ["str:carl", "str:dora", "str:nobody"].map(async (identity) => {
        const there = await alice.do("connect", identity);
        return (await alice.sees(ProblemDetectedLocally, there)).connection.endReason;
      }),
    );
    expect(ends).toEqual([timeout, timeout, timeout]);
  });

  test.concurrent("that the other one closes, and why, after all that was sent before", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await Promise.all([stage.player("alice"), stage.player("bob")]);
    const [there, back] = await connect(alice, bob);
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    for (const word of words) await alice.do("send", there, word);
    const heard = bob.do("receive", back, words.length);
    await alice.do("close", there, 1042, "I must go", true);
    const { connection } = await bob.sees(ClosedByPeer, back);
    expect(connection).toMatchObject({ endReason: 1042, endDebug: "I must go" });
    expect(await heard).toEqual(words);
    const [again, backAgain] = await connect(bob, alice);
    await alice.do("close", backAgain);
    expect((await bob.sees(ClosedByPeer, again)).connection.endReason).toBe(application);
  });

  test.concurrent("that the other one's network ends, with all that was open", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await Promise.all([stage.player("alice"), stage.player("bob")]);
    const [there] = await connect(alice, bob);
    const [, backAgain] = await connect(bob, alice);
    await bob.do("acceptSessions", ["str:alice"]);
    expect(await alice.do("sendToUser", "str:bob", "hello")).toBe(Result.OK);
    expect(await bob.do("receiveFromUsers", 0)).toEqual(["str:alice hello"]);
    expect(await bob.do("reopen")).toBe(0);
    for (const connection of [there, backAgain]) {
      expect((await alice.sees(ClosedByPeer, connection)).connection.endReason).toBe(shutDown);
    }
    await alice.hears("messagesSessionEnded");
  });

  test.concurrent("of a close that no signal tells, when he speaks", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await Promise.all([stage.player("alice"), stage.player("bob")]);
    const [there, back] = await connect(alice, bob);
    await talk(alice, there, bob, back);
    stage.post.isUp = false;
    await alice.do("close", there, 1043, "I must go");
    await bob.do("send", back, "are you there?");
    expect((await bob.sees(ClosedByPeer, back)).connection).toMatchObject({ endReason: 1043, endDebug: "I must go" });
  });

  test.concurrent("nothing of one who was killed, and knows that after a while", async () => {
    await using stage = await Stage.set();
    const config = { TimeoutConnected: 2000 };
    const [alice, bob] = await Promise.all([stage.player("alice", { config }), stage.player("bob")]);
    const [there] = await connect(alice, bob);
    await bob.kill();
    await alice.do("send", there, "are you there?");
    const { connection } = await alice.sees(ProblemDetectedLocally, there);
    expect(connection.endReason).toBe(timeout);
    expect(alice.changes(ClosedByPeer)).toEqual([]);
    await alice.do("close", there);
    await alice.do("signalingsAreGone");
  });
});

describeOnStage("a player who was killed and starts again", () => {
  test.concurrent("at once is a new one, beside what is left of the old one", async () => {
    await using stage = await Stage.set();
    const alice = await stage.player("alice", { config: { TimeoutConnected: 6000 } });
    const old = await stage.player("bob");
    const [before] = await connect(alice, old);
    await old.kill();
    const bob = await stage.player("bob");
    const [there, back] = await connect(alice, bob);
    const [backAgain, thereAgain] = await connect(bob, alice);
    expect((await alice.do("info", before))?.connectionState).toBe(Connected);
    await alice.sees(ProblemDetectedLocally, before);
    await talk(alice, there, bob, back);
    await talk(bob, backAgain, alice, thereAgain);
    expect(alice.changes(ProblemDetectedLocally).map(({ connectHandle }) => connectHandle)).toEqual([before]);
  });

  test.concurrent(
    "after 15 seconds is a new one",
    async () => {
      await using stage = await Stage.set();
      const alice = await stage.player("alice", { config: { TimeoutConnected: 5000 } });
      const old = await stage.player("bob");
      const [before] = await connect(alice, old);
      await old.kill();
      await Bun.sleep(15_000);
      expect((await alice.sees(ProblemDetectedLocally, before)).connection.endReason).toBe(timeout);
      const bob = await stage.player("bob");
      const [there, back] = await connect(alice, bob);
      await talk(alice, there, bob, back);
      const [backAgain, thereAgain] = await connect(bob, alice);
      await talk(bob, backAgain, alice, thereAgain);
    },
    60_000,
  );
});

describeOnStage("a relay that is killed and comes back", () => {
  const options = { relay: relayUrl };

  test.concurrent("during a connect costs time", async () => {
    await using stage = await Stage.set();
    const relay = await stage.relay();
    const config = { TimeoutInitial: 14_000 };
    const [alice, bob] = await Promise.all([
      stage.player("alice", { ...options, config }),
      stage.player("bob", { ...options, config }),
    ]);
    await waitUntil("both were at the relay", async () => (await relay.ask()).clients === 2);
    await relay.kill();
    const there = await alice.do("connect", "str:bob");
    await Bun.sleep(1500);
    expect([...alice.changes(Connected), ...bob.changes(ConnectionState.Connecting)]).toEqual([]);
    await stage.relay();
    await alice.sees(Connected, there);
    await talk(alice, there, bob, (await bob.sees(Connected)).connectHandle);
  });

  test.concurrent("during a session is not noticed, and serves again then", async () => {
    await using stage = await Stage.set();
    const relay = await stage.relay();
    const [alice, bob] = await Promise.all(
      ["alice", "bob"].map((name) => stage.player(name, { ...options, config: exchangeOptions })),
    );
    const [there, back] = await connect(alice!, bob!);
    const seeds = { ours: 5_000_000, theirs: 6_000_000 };
    const events = () => [alice!, bob!].map((player) => player.events("connectionStatusChanged").length);
    const before = events();
    const exchanged = Promise.all([
      alice!.do("exchange", there, seeds),
      bob!.do("exchange", back, { ours: seeds.theirs, theirs: seeds.ours }),
    ]);
    await relay.kill();
    for (const each of await exchanged) expect(each).toMatchObject({ received: messageCount, wrong: 0 });
    // Without it, and idle.
    await Bun.sleep(3000);
    await talk(alice!, there, bob!, back);
    const again = await stage.relay();
    await waitUntil("both were at the relay again", async () => (await again.ask()).clients === 2);
    expect(events()).toEqual(before);
    await talk(alice!, there, bob!, back);
    const [new1, new2] = await connect(bob!, alice!);
    await talk(bob!, new1, alice!, new2);
  });
});
