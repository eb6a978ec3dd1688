/**
 * Signals of one's own on Valve's own steam_api, with the objects of GameNetworkingSockets behind its flat functions:
 * the helper's objects go through Valve's functions as they do on Steam. Between processes, one on Valve's library and one
 * on GameNetworkingSockets, in a network namespace of their own.
 *
 * - Both connect, whoever begins; messages go both ways; who closes is heard at once; a refusal too, with its reason.
 * - Messages by user come, both ways; sessions are asked for, accepted, closed, lost, and begun anew by a peer that was
 *   started again, as on GameNetworkingSockets. On Steam itself they have Steam's own signaling; here `byDefault` gives
 *   them ours.
 * - Random and mutated signals do no harm, and no signaling object is left.
 */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { ConnectionState, Result, type ConfigOptions } from "../lib/index.ts";
import type { PlayerOptions } from "./support/p2p/player-script.ts";
import type { Player } from "./support/p2p/player.ts";
import { describeOnStage, Stage } from "./support/p2p/stage.ts";
import { waitUntil } from "./support/pump.ts";
import { shows } from "./support/shows.ts";
import { makeShim, missing } from "./steam/shim.ts";

// They run at the same time, for most of them wait for most of it.
setDefaultTimeout(60_000);

const { None, Connecting, Connected, ClosedByPeer } = ConnectionState;
const ownName = "steamid:76561197960287930";
const bobsName = "str:bob";
const patient: ConfigOptions = { TimeoutInitial: 600_000, TimeoutConnected: 600_000 };

let library = "";

async function onSteam(stage: Stage, options: PlayerOptions = {}): Promise<Player> {
  const open = { backend: "steam", library, appId: 480 } as const;
  return await stage.player(ownName, { requests: "leave", config: patient, open, ...options });
}

async function onGNS(stage: Stage, options: PlayerOptions = {}): Promise<Player> {
  return await stage.player("bob", { requests: "leave", config: patient, ...options });
}

async function connect(from: Player, to: Player) {
  const known = to.changes(Connecting).length;
  const there = await from.do("connect", to.identity);
  await waitUntil("the other was asked", () => to.changes(Connecting).length > known);
  const back = to.changes(Connecting).at(-1)!.connectHandle;
  expect(await to.do("accept", back)).toBe(Result.OK);
  await Promise.all([from.sees(Connected, there), to.sees(Connected, back)]);
  return [there, back] as const;
}

/** Has the first send to the second, who accepts; done when the session stands. */
async function meet(from: Player, to: Player, text: string): Promise<void> {
  const requests = to.events("messagesSessionRequest").length;
  expect(await from.do("sendToUser", to.identity, text, 3)).toBe(Result.OK);
  const told = await to.hears("messagesSessionRequest", requests + 1);
  expect(told.at(-1)).toEqual({ identity: from.identity });
  expect(await to.do("acceptSession", from.identity)).toBe(true);
  expect(await to.do("receiveFromUsers", 3)).toEqual([`${from.identity} ${text}`]);
  await waitUntil("the session stood", async () => {
    return (await stateOf(from, to)) === Connected && (await stateOf(to, from)) === Connected;
  });
}

async function stateOf(player: Player, peer: Player): Promise<ConnectionState> {
  return (await player.do("session", peer.identity)).state;
}

function tests(): void {
  beforeAll(async () => void (library = await makeShim("gns", "crate")));

  test.concurrent("connections by signals", async () => {
    await using stage = await Stage.set();
    const [steam, bob] = await Promise.all([onSteam(stage), onGNS(stage)]);
    for (const [from, to] of [
      [steam, bob],
      [bob, steam],
    ] as const) {
      const [there, back] = await connect(from, to);
      expect(await from.do("info", there)).toMatchObject({ identity: to.identity, connectionState: Connected });
      expect(await from.do("send", there, "hello")).toBe(Result.OK);
      expect(await to.do("receive", back)).toEqual(["hello"]);
      expect(await to.do("send", back, "to you")).toBe(Result.OK);
      expect(await from.do("receive", there)).toEqual(["to you"]);
      await Promise.all([from, to].map((player) => player.do("runCallbacksFor", 3000)));
      expect(await to.do("close", back, 1234, "bye")).toBe(true);
      const { connection } = await from.sees(ClosedByPeer, there);
      expect(connection).toMatchObject({ endReason: 1234, endDebug: "bye" });
      await from.do("close", there);
    }
    await Promise.all([steam, bob].map((player) => player.do("signalingsAreGone")));
    shows("steam_api", "connectP2PCustomSignaling", "receivedP2PCustomSignal");
  });

  test.concurrent("refusals", async () => {
    await using stage = await Stage.set();
    const requests = { refuse: 1300, text: "not today" } as const;
    const [steam, bob] = await Promise.all([onSteam(stage, { requests }), onGNS(stage)]);
    // All that is said is lost as long as the library knows the connection.
    stage.post.keeps = (from) => from === ownName;
    const there = await bob.do("connect", ownName);
    await steam.sees(Connecting);
    await steam.do("signalingsAreGone");
    stage.post.keeps = () => false;
    const { connection } = await bob.sees(ClosedByPeer, there);
    expect(connection).toMatchObject({ endReason: 1300, endDebug: "not today" });
    expect(steam.changes(Connecting).length).toBe(1);
  });

  test.concurrent("messages by user", async () => {
    await using stage = await Stage.set();
    const [steam, bob] = await Promise.all([onSteam(stage), onGNS(stage)]);
    await meet(steam, bob, "from Valve's library");
    expect(await bob.do("sendToUser", ownName, "and back", -5)).toBe(Result.OK);
    expect(await steam.do("receiveFromUsers", -5)).toEqual([`${bobsName} and back`]);
    expect(await steam.do("closeChannel", bobsName, 4)).toBe(false);
    expect(await steam.do("closeChannel", bobsName, -5)).toBe(true);
    expect(await stateOf(steam, bob)).toBe(None);
    await bob.hears("messagesSessionEnded");
    await meet(bob, steam, "to Valve's library");
    expect(await bob.do("closeSession", ownName)).toBe(true);
    await steam.hears("messagesSessionEnded");
    expect(await steam.do("acceptSession", bobsName)).toBe(false);

    await meet(bob, steam, "once more");
    await bob.kill();
    const again = await onGNS(stage);
    await meet(again, steam, "again");
    const ends = await steam.hears("messagesSessionEnded", 2);
    expect(ends.map(({ identity }) => identity)).toEqual([bobsName, bobsName]);
    shows("steam_api", "sendMessageToUser", "receiveMessagesOnChannel", "acceptSessionWithUser");
    shows("steam_api", "closeChannelWithUser", "closeSessionWithUser", "getSessionConnectionInfo");
    shows("steam_api", "messagesSessionRequest");
  });

  test.concurrent("failures, and signals that are none", async () => {
    await using stage = await Stage.set();
    const [steam, bob] = await Promise.all([onSteam(stage, { config: { TimeoutInitial: 1500 } }), onGNS(stage)]);
    expect(await steam.do("sendToUser", bobsName, "ignored")).toBe(Result.OK);
    const [failed] = await steam.hears("messagesSessionFailed");
    expect(failed?.connection).toMatchObject({ identity: bobsName, endReason: 5003 });
    expect(await steam.do("sendToUser", bobsName, "refused")).toBe(Result.ConnectFailed);
    await steam.do("closeSession", bobsName);
    await bob.do("closeSession", ownName);
    await meet(bob, steam, "hello");

    await steam.do("garbage", "str:mallory", 10_000, 7);
    await steam.do("sendToUser", bobsName, "still here");
    expect(await bob.do("receiveFromUsers", 0)).toEqual([`${ownName} still here`]);
    expect(await steam.do("reopen")).toBe(0);
    await meet(steam, bob, "once more");
    shows("steam_api", "messagesSessionFailed");
  });
}

if (missing === undefined) describeOnStage("on Valve's library", tests);
else console.log(`skipped: signals on Valve's library: ${missing}`);
