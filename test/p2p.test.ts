/**
 * Connections by signals between processes, on GameNetworkingSockets, in a network namespace of their own.
 *
 * - Two who have nothing but each other's name and a service that carries signals connect, at any virtual port, by
 *   connectP2PCustomSignaling and by connectP2P, with and without a listen socket; both know each other's identity and
 *   address, and the way is ICE's, and direct: that is in the connection's info, and the ping in its status.
 * - They do by IPv6, too, and in manual poll mode.
 * - Connections at several virtual ports of the same two are apart.
 * - Signals that are lost (30 and 60 of a hundred), doubled, late and out of order cost time and nothing else: one
 *   connection each is what comes of it.
 * - Both may begin at once with SymmetricConnect: one connection comes of it, also when signals are lost.
 * - 10,000 reliable messages each way arrive byte for byte and in order; so do 10,000 out of pools over lanes. A small
 *   message overtakes a bulk transfer by a lane.
 * - Eight players, each connected with each, all hear what each broadcasts out of a pool, by an inbox; when all is closed
 *   no signaling object is left.
 * - 100,000 random and mutated signals of somebody else do a session no harm, be they made of his own or of the peer's.
 * - A Worker that ends with connections of this kind leaves nothing behind that keeps the next network from its work.
 */
import { expect, test } from "bun:test";
import { ConnectionInfoFlags, ConnectionState, Result, type ConfigOptions } from "../lib/index.ts";
import { exchangeOptions, messageCount } from "./support/exchange.ts";
import type { Player } from "./support/p2p/player.ts";
import { describeOnStage, Stage } from "./support/p2p/stage.ts";
import { waitUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";

const { Connecting, Connected } = ConnectionState;

/** Connects the first with the second. Answers the connection at both. */
async function connect(from: Player, to: Player, port = 0, options: ConfigOptions = {}) {
  const known = to.changes(Connected).length;
  const there = await from.do("connect", to.identity, port, options);
  await from.sees(Connected, there);
  await waitUntil("the other end was connected", () => to.changes(Connected).length > known);
  return [there, to.changes(Connected).at(-1)!.connectHandle] as const;
}

async function pair(stage: Stage, config?: ConfigOptions): Promise<[Player, Player]> {
  const options = config === undefined ? {} : { config };
  return await Promise.all([stage.player("alice", options), stage.player("bob", options)]);
}

describeOnStage("two players", () => {
  test.each([0, 7, 65_535])("find each other at virtual port %d", async (port) => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const begin = performance.now();
    const there = await alice.do("connect", "str:bob", port);
    await alice.sees(Connected, there);
    console.log(`Connected by host candidates after ${(performance.now() - begin).toFixed(0)} ms`);
    const { connectHandle: back } = await bob.sees(Connected);
    for (const [player, connection, peer] of [
      [alice, there, "str:bob"],
      [bob, back, "str:alice"],
    ] as const) {
      const info = await player.do("info", connection);
      expect(info).toMatchObject({ identity: peer, connectionState: Connected, endReason: 0 });
      expect(info?.remoteAddress).toMatch(/^10\.9\.9\.1:\d+$/);
      expect(info?.debugDescription).toContain(`P2P ICE ${peer} vport ${port}`);
      const { Unencrypted, Relayed, Fast } = ConnectionInfoFlags;
      expect((info?.infoFlags ?? 0) & (Unencrypted | Relayed | Fast)).toBe(Fast);
      expect(await player.do("detailedStatus", connection)).toContain("connected");
    }
    expect(await alice.do("send", there, "hello")).toBe(Result.OK);
    expect(await bob.do("receive", back)).toEqual(["hello"]);
    expect(await bob.do("send", back, "to you")).toBe(Result.OK);
    expect(await alice.do("receive", there)).toEqual(["to you"]);
    shows("gns", "connectP2PCustomSignaling", "receivedP2PCustomSignal");
  });

  test("find each other by connectP2P, with a listen socket that hands its options on", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const listenSocket = await bob.do("listen", 3, { ConnectionUserData: 12 });
    const there = await alice.do("connect", "str:bob", 3, { ConnectionUserData: 34 }, "default");
    await alice.sees(Connected, there);
    const { connectHandle: back } = await bob.sees(Connected);
    expect(await alice.do("info", there)).toMatchObject({ identity: "str:bob", userData: 34, listenSocket: 0 });
    expect(await bob.do("info", back)).toMatchObject({ identity: "str:alice", userData: 12, listenSocket });
    await alice.do("send", there, "hello");
    expect(await bob.do("receive", back)).toEqual(["hello"]);
    shows("gns", "connectP2P", "createListenSocketP2P");
  });

  test.each([
    { lost: 30, doubled: 30, delay: 50 },
    { lost: 60, doubled: 60, delay: 200 },
    { doubled: 100, delay: 400 },
  ])("find each other although signals fare badly: %o", async (conditions) => {
    await using stage = await Stage.set(conditions);
    const [alice, bob] = await pair(stage, { TimeoutInitial: 14_000 });
    const begin = performance.now();
    const [there, back] = await connect(alice, bob);
    const { given, lost } = stage.post;
    console.log(`Connected after ${(performance.now() - begin).toFixed(0)} ms with ${given} signals, ${lost} lost`);
    await alice.do("send", there, "hello");
    expect(await bob.do("receive", back)).toEqual(["hello"]);
    // All that waits has come by then.
    await Bun.sleep(2 * (conditions.delay ?? 0) + 100);
    expect(bob.changes(Connecting).length).toBe(1);
    expect([await alice.do("signalings"), await bob.do("signalings")]).toEqual([1, 1]);
  });

  test("find each other by IPv6", async () => {
    await using stage = await Stage.set({}, "fd00:9:9::1/64");
    const [alice, bob] = await pair(stage);
    const [there, back] = await connect(alice, bob);
    expect((await alice.do("info", there))?.remoteAddress).toMatch(/^\[fd00:9:9::1\]:\d+$/);
    await alice.do("send", there, "hello");
    expect(await bob.do("receive", back)).toEqual(["hello"]);
  });

  test("find each other where one of them or both do the library's work themselves", async () => {
    await using stage = await Stage.set();
    const polling = (name: string) => ({
      config: exchangeOptions,
      open: { identity: `str:${name}`, manualPoll: true },
    });
    const players = await Promise.all([
      stage.player("alice", polling("alice")),
      stage.player("bob", polling("bob")),
      stage.player("carl", { config: exchangeOptions }),
    ]);
    const [alice, bob, carl] = players;
    const ways = [await connect(alice, bob), await connect(alice, carl), await connect(carl, bob)];
    const [[there, back]] = ways as [(typeof ways)[0], ...typeof ways];
    const exchanged = await Promise.all([
      alice.do("parcels", there, messageCount, 4),
      bob.do("parcels", back, messageCount, 4),
    ]);
    for (const each of exchanged) expect(each).toMatchObject({ received: messageCount, wrong: 0, inOrder: true });
    await alice.do("close", ways[1]![0], 1001, "that was all");
    expect((await carl.sees(ConnectionState.ClosedByPeer)).connection.endReason).toBe(1001);
  });

  test("know how far away the other is", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, { FakePacketLag_Send: 40 });
    const ends = await connect(alice, bob);
    for (const [index, player] of [alice, bob].entries()) {
      await waitUntil("the ping was known", async () => ((await player.do("status", ends[index]!))?.ping ?? 0) >= 80);
    }
  });

  test("have connections at several virtual ports, each with the options of its listen socket", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    const ports = [1, 2, 3];
    for (const port of ports) await bob.do("listen", port, { ConnectionUserData: 10 * port });
    const there = await Promise.all(ports.map((port) => alice.do("connect", "str:bob", port)));
    await Promise.all(there.map((connection) => alice.sees(Connected, connection)));
    await waitUntil("all were connected", () => bob.changes(Connected).length === 3);
    for (const [index, port] of ports.entries()) await alice.do("send", there[index]!, `at ${port}`);
    for (const { connectHandle, connection } of bob.changes(Connected)) {
      expect(await bob.do("receive", connectHandle)).toEqual([`at ${connection.userData / 10}`]);
    }
    await alice.do("close", there[0]!);
    await bob.sees(ConnectionState.ClosedByPeer);
    expect(bob.changes(ConnectionState.ClosedByPeer).map(({ connection }) => connection.userData)).toEqual([10]);
    await alice.do("send", there[2]!, "still here");
    const third = bob.changes(Connected).find(({ connection }) => connection.userData === 30);
    expect(await bob.do("receive", third!.connectHandle)).toEqual(["still here"]);
  });

  test.each([{}, { delay: 100 }, { lost: 30, doubled: 30, delay: 50 }])(
    "that begin at once get one connection, by SymmetricConnect: %o",
    async (conditions) => {
      await using stage = await Stage.set(conditions);
      const [alice, bob] = await pair(stage, { TimeoutInitial: 14_000 });
      const options = { SymmetricConnect: 1, LocalVirtualPort: 5 };
      const ends = await Promise.all([
        alice.do("connect", "str:bob", 5, options),
        bob.do("connect", "str:alice", 5, options),
      ]);
      await Promise.all([alice.sees(Connected), bob.sees(Connected)]);
      await alice.do("send", ends[0], "hello");
      expect(await bob.do("receive", ends[1])).toEqual(["hello"]);
      await bob.do("send", ends[1], "to you");
      expect(await alice.do("receive", ends[0])).toEqual(["to you"]);
      // Each knows it by the handle that connecting gave.
      for (const [index, player] of [alice, bob].entries()) {
        expect(player.changes(Connected).map(({ connectHandle }) => connectHandle)).toEqual([ends[index]!]);
      }
    },
  );

  test("exchange 10,000 reliable messages each way, byte for byte", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, exchangeOptions);
    const [there, back] = await connect(alice, bob);
    const seeds = { ours: 1_000_000, theirs: 2_000_000 };
    const [atAlice, atBob] = await Promise.all([
      alice.do("exchange", there, seeds),
      bob.do("exchange", back, { ours: seeds.theirs, theirs: seeds.ours }),
    ]);
    for (const exchanged of [atAlice, atBob]) {
      expect(exchanged).toEqual({ received: messageCount, wrong: 0, largest: 512 * 1024 });
    }
  });

  test("exchange 10,000 messages each way out of pools over four lanes", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, exchangeOptions);
    const [there, back] = await connect(alice, bob);
    const exchanged = await Promise.all([
      alice.do("parcels", there, messageCount, 4),
      bob.do("parcels", back, messageCount, 4),
    ]);
    for (const each of exchanged) {
      expect(each).toEqual({ received: messageCount, wrong: 0, wrongLane: 0, inOrder: true });
    }
  });

  test("overtake their own bulk transfers by a lane of higher priority", async () => {
    await using stage = await Stage.set();
    const bulk = 256;
    const [alice, bob] = await pair(stage, { SendRateMin: 1 << 20, SendRateMax: 1 << 20, SendBufferSize: 4 << 20 });
    const [there, back] = await connect(alice, bob);
    await alice.do("sendBehindBulk", there, [10, 0], bulk, "first");
    expect((await bob.do("receive", back, bulk + 1)).indexOf("first")).toBeLessThan(bulk / 2);
    await bob.do("sendBehindBulk", back, [0, 10], bulk, "last");
    // Within the last packet the order is the library's.
    expect((await alice.do("receive", there, bulk + 1)).indexOf("last")).toBeGreaterThan(bulk - 4);
  });

  test("bear 100,000 random and mutated signals of others during their session", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage, exchangeOptions);
    const mallory = await stage.player("mallory");
    const [there, back] = await connect(alice, bob);
    await connect(mallory, bob);
    const talk = Promise.all([
      alice.do("exchange", there, { ours: 3_000_000, theirs: 4_000_000 }),
      bob.do("exchange", back, { ours: 4_000_000, theirs: 3_000_000 }),
    ]);
    let taken = 0;
    for (let round = 0; round < 100; round++) {
      const of = round % 3 === 0 ? "str:alice" : "str:mallory";
      taken += await bob.do("noise", "str:mallory", of, 1000, 1000 * round);
    }
    console.log(`${taken} of 100,000 signals were taken for some`);
    for (const exchanged of await talk) expect(exchanged).toMatchObject({ received: messageCount, wrong: 0 });
    await bob.do("send", back, "still here");
    expect(await alice.do("receive", there)).toEqual(["still here"]);
    expect(await bob.do("reopen")).toBe(0);
  });

  test("are not kept apart by a Worker that ended with connections under way", async () => {
    await using stage = await Stage.set();
    const [alice, bob] = await pair(stage);
    for (const going of ["returned", "terminated"] as const) {
      expect(await alice.do("loseWorker", "str:bob", going)).toEqual({ signalings: 3, left: 0 });
      const [there, back] = await connect(alice, bob);
      await alice.do("send", there, "hello");
      expect(await bob.do("receive", back)).toEqual(["hello"]);
      await alice.do("close", there);
    }
  });
});

describeOnStage("eight players", () => {
  const names = ["anna", "bela", "carl", "dora", "emil", "fred", "gina", "hans"];

  test("are each connected with each, and nothing is left of it", async () => {
    await using stage = await Stage.set();
    const players = await Promise.all(names.map((name) => stage.player(name)));
    const begin = performance.now();
    const ends = (
      await Promise.all(
        players.flatMap((from, index) =>
          players.slice(index + 1).map(async (to) => ({ from, to, there: await from.do("connect", to.identity) })),
        ),
      )
    ).flat();
    expect(ends.length).toBe(28);
    await waitUntil("all were connected", () => players.every((player) => player.changes(Connected).length === 7));
    console.log(`28 connections of 8 processes after ${(performance.now() - begin).toFixed(0)} ms`);

    const count = 100;
    const handles = players.map((player) => player.changes(Connected).map(({ connectHandle }) => connectHandle));
    const [taken] = await Promise.all([
      Promise.all(players.map((player, index) => player.do("takeParcels", handles[index]!, 7 * count))),
      Promise.all(players.map((player, index) => player.do("broadcast", handles[index]!, index, count))),
    ]);
    const all = Array.from({ length: count }, (_, number) => number);
    for (const [index, heard] of taken.entries()) {
      expect(heard).toEqual({
        received: 7 * count,
        wrong: 0,
        numbers: names.map((_, of) => (of === index ? [] : all)),
      });
    }

    expect(await Promise.all(players.map((player) => player.do("signalings")))).toEqual(players.map(() => 7));
    for (const { from, there } of ends) await from.do("close", there);
    await waitUntil("all had heard of the end", () =>
      players.every((player, index) => player.changes(ConnectionState.ClosedByPeer).length === index),
    );
    for (const player of players) {
      for (const { connectHandle } of player.changes(ConnectionState.ClosedByPeer))
        await player.do("close", connectHandle);
    }
    await Promise.all(players.map((player) => player.do("signalingsAreGone")));
  });
});
