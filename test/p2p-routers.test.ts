/**
 * Connections by signals between processes that are not in one network: behind routers that translate addresses
 * (nftables), with a server for STUN and TURN beside them, all in network namespaces of the test's own.
 *
 * - Two behind routers connect through a STUN server, which they no longer need then: its end harms no connection. The
 *   address that each knows of the other is the one outside.
 * - One behind a router connects to one with a public address without any server.
 * - Two behind routers do not connect without the STUN server, nor with it alone where routers give each connection
 *   another port, or let nobody but the server be reached; nor by TURN with a wrong password.
 * - There they do by TURN. The connection's info says that it is relayed, and tells no address. 10,000 messages each way
 *   arrive byte for byte, and the address at the server is kept. What is not kept, by the library, is the permission that
 *   the server gives for 5 minutes: the connection ends with it.
 * - P2P_Transport_ICE_Enable decides what is told and tried: private addresses only, or the TURN server only, although
 *   there is a shorter way.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { ConnectionInfoFlags, ConnectionState, type ConfigOptions, type ConnectionHandle } from "../lib/index.ts";
import { exchangeOptions, messageCount } from "./support/exchange.ts";
import { describeOnInternet, Internet, serverAddress } from "./support/p2p/internet.ts";
import type { Namespace } from "./support/p2p/namespace.ts";
import type { Player } from "./support/p2p/player.ts";
import { waitUntil } from "./support/pump.ts";

// They run at the same time, for most of them wait for most of it.
setDefaultTimeout(60_000);

const { Connected, ClosedByPeer, ProblemDetectedLocally } = ConnectionState;
const { Relayed } = ConnectionInfoFlags;

/** What P2P_Transport_ICE_Enable is made of. */
const Ice = { Relay: 1, Private: 2 } as const;
/** EndReason: no way was found. */
const noRoute = 5008;

const stun: ConfigOptions = { P2P_STUN_ServerList: serverAddress };
const turn: ConfigOptions = {
  P2P_TURN_ServerList: serverAddress,
  P2P_TURN_UserList: "player",
  P2P_TURN_PassList: "open sesame",
};
const users = { player: "open sesame" };

/** Two players, each at home. */
async function players(
  internet: Internet,
  homes: readonly [Namespace, Namespace],
  config: ConfigOptions,
  names: readonly [string, string] = ["alice", "bob"],
): Promise<[Player, Player]> {
  return await Promise.all([
    internet.player(homes[0], names[0], { config }),
    internet.player(homes[1], names[1], { config }),
  ]);
}

/** Connects the first with the second. Answers the connection at both. */
async function connect(from: Player, to: Player, way: string): Promise<[ConnectionHandle, ConnectionHandle]> {
  const begin = performance.now();
  const there = await from.do("connect", to.identity);
  await from.sees(Connected, there);
  console.log(`Connected ${way} after ${(performance.now() - begin).toFixed(0)} ms`);
  return [there, (await to.sees(Connected)).connectHandle];
}

/** Why there was no connection, once that is known to the one who wished for it. */
async function reasonOfFailure(from: Player, to: Player): Promise<number> {
  const connection = await from.do("connect", to.identity);
  // Who gives up first tells the other.
  const ends = () => [...from.changes(ProblemDetectedLocally), ...from.changes(ClosedByPeer)];
  await waitUntil("there was no connection", () => ends().length > 0);
  expect(from.changes(Connected, connection)).toEqual([]);
  return ends()[0]!.connection.endReason;
}

async function talk(one: Player, there: ConnectionHandle, other: Player, back: ConnectionHandle): Promise<void> {
  await one.do("send", there, "hello");
  expect(await other.do("receive", back)).toEqual(["hello"]);
  await other.do("send", back, "to you");
  expect(await one.do("receive", there)).toEqual(["to you"]);
}

/** Parcels each way out of pools over lanes. */
async function exchange(one: Player, there: ConnectionHandle, other: Player, back: ConnectionHandle): Promise<void> {
  const exchanged = await Promise.all([
    one.do("parcels", there, messageCount, 4),
    other.do("parcels", back, messageCount, 4),
  ]);
  for (const each of exchanged) {
    expect(each).toEqual({ received: messageCount, wrong: 0, wrongLane: 0, inOrder: true });
  }
}

describeOnInternet("two behind routers", () => {
  test.concurrent("find each other through a STUN server, and do not need it any more", async () => {
    await using internet = await Internet.make();
    const server = await internet.server();
    const homes = [await internet.home(), await internet.home()] as const;
    const [alice, bob] = await players(internet, homes, { ...exchangeOptions, ...stun });
    const [there, back] = await connect(alice, bob, "through a STUN server");
    for (const [player, connection, router] of [
      [alice, there, "203.0.113.12"],
      [bob, back, "203.0.113.11"],
    ] as const) {
      const info = await player.do("info", connection);
      expect(info?.remoteAddress).toStartWith(`${router}:`);
      expect((info?.infoFlags ?? 0) & Relayed).toBe(0);
    }
    const { bindings, allocations } = await server.ask();
    expect(bindings).toBeGreaterThanOrEqual(2);
    expect(allocations).toBe(0);
    await server.kill();
    await exchange(alice, there, bob, back);
  });

  test.concurrent("do not without a server that helps", async () => {
    await using internet = await Internet.make();
    const server = await internet.server({ users });
    const wrong = { ...stun, ...turn, P2P_TURN_PassList: "open barley" };
    const pairs = [
      ["no server", {}, {}],
      ["STUN for other ports than its own", { ports: "random" }, stun],
      ["STUN for those who reach nobody else", { reaches: "server" }, stun],
      ["TURN with a wrong password", { ports: "random" }, wrong],
    ] as const;
    const reasons = await Promise.all(
      pairs.map(async ([what, home, config], index) => {
        const homes = [await internet.home(home), await internet.home(home)] as const;
        const [from, to] = await players(internet, homes, config, [`alice${index}`, `bob${index}`]);
        return [what, await reasonOfFailure(from, to)] as const;
      }),
    );
    expect(reasons).toEqual(pairs.map(([what]) => [what, noRoute]));
    const { bindings, refused, allocations } = await server.ask();
    expect(bindings).toBeGreaterThanOrEqual(6);
    expect(refused).toBeGreaterThanOrEqual(2);
    expect(allocations).toBe(0);
  });

  test.concurrent.each([{ ports: "random" }, { reaches: "server" }] as const)(
    "find each other by TURN where nothing else helps: %o",
    async (home) => {
      await using internet = await Internet.make();
      const lifetime = 2;
      const server = await internet.server({ users, lifetime });
      const homes = [await internet.home(home), await internet.home(home)] as const;
      const [alice, bob] = await players(internet, homes, {
        ...exchangeOptions,
        ...stun,
        ...turn,
        TimeoutInitial: 14_000,
      });
      const [there, back] = await connect(alice, bob, `by TURN, ${JSON.stringify(home)},`);
      for (const [player, connection] of [
        [alice, there],
        [bob, back],
      ] as const) {
        const info = await player.do("info", connection);
        expect(info?.remoteAddress).toBe("[::]:0");
        expect((info?.infoFlags ?? 0) & Relayed).toBe(Relayed);
      }
      await exchange(alice, there, bob, back);
      const before = await server.ask();
      await Bun.sleep(2000 * lifetime);
      await talk(alice, there, bob, back);
      const after = await server.ask();
      expect(after.refreshes - before.refreshes).toBeGreaterThanOrEqual(2);
      expect(after).toMatchObject({ allocations: 2, expired: 0, refused: 0 });
      // All that was said went this way: 10,000 parcels of 600 bytes on average each way.
      expect(after.relayedOut + after.relayedIn).toBeGreaterThan((2 * messageCount) / 3);
    },
  );
});

describeOnInternet("two who speak through a TURN server", () => {
  test.concurrent("are parted when it ends their permission, for the library does not ask again", async () => {
    await using internet = await Internet.make();
    const server = await internet.server({ users, permission: 3 });
    const home = { ports: "random" } as const;
    const homes = [await internet.home(home), await internet.home(home)] as const;
    const [alice, bob] = await players(internet, homes, { ...stun, ...turn, TimeoutConnected: 3000 });
    const [there, back] = await connect(alice, bob, "by TURN and a passing permission");
    await talk(alice, there, bob, back);
    const { notPermitted } = await server.ask();
    await waitUntil("one of them had noticed", async () => {
      await alice.do("send", there, "are you there?");
      await Bun.sleep(50);
      return [alice, bob].some((player) => player.changes(ProblemDetectedLocally).length > 0);
    });
    expect((await server.ask()).notPermitted).toBeGreaterThan(notPermitted);
  });
});

describeOnInternet("one behind a router", () => {
  test.concurrent("finds one with a public address without a server", async () => {
    await using internet = await Internet.make();
    const homes = [await internet.home(), await internet.host()] as const;
    const [alice, bob] = await players(internet, homes, {});
    const [there, back] = await connect(bob, alice, "with one behind a router");
    expect((await bob.do("info", there))?.remoteAddress).toStartWith("203.0.113.11:");
    expect((await alice.do("info", back))?.remoteAddress).toStartWith("203.0.113.12:");
    await talk(bob, there, alice, back);
  });
});

describeOnInternet("two behind one router", () => {
  test.concurrent("speak directly where only private addresses are allowed", async () => {
    await using internet = await Internet.make();
    const server = await internet.server({ users });
    const home = await internet.home();
    const config = { ...stun, ...turn, P2P_Transport_ICE_Enable: Ice.Private };
    const [alice, bob] = await players(internet, [home, home], config);
    const [there, back] = await connect(alice, bob, "behind one router");
    expect((await alice.do("info", there))?.remoteAddress).toStartWith("192.168.1.2:");
    await talk(alice, there, bob, back);
    expect(await server.ask()).toMatchObject({ bindings: 0, allocations: 0 });
  });

  test.concurrent("speak through the server where only that is allowed", async () => {
    await using internet = await Internet.make();
    const server = await internet.server({ users });
    const home = await internet.home();
    const config = { ...turn, P2P_Transport_ICE_Enable: Ice.Relay, TimeoutInitial: 14_000 };
    const [alice, bob] = await players(internet, [home, home], config);
    const [there, back] = await connect(alice, bob, "by TURN alone");
    for (const [player, connection] of [
      [alice, there],
      [bob, back],
    ] as const) {
      expect(((await player.do("info", connection))?.infoFlags ?? 0) & Relayed).toBe(Relayed);
    }
    await talk(alice, there, bob, back);
    expect((await server.ask()).allocations).toBe(2);
  });
});
