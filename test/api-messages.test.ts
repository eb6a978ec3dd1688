/**
 * Messages by user, on GameNetworkingSockets, which without signals reaches nobody but the network's own identity.
 *
 * - To somebody else: `Fail`, a session that there is not, and nothing that comes.
 * - To ourselves: a session is asked for and told by `messagesSessionRequest`, the message comes on its channel with who
 *   sent it, and the session is known, accepted and closed; channel by channel, too. It can't stand, because both ends
 *   are one: `messagesSessionFailed` tells who and why, `ConnectFailed` follows, and a new one is made when that is
 *   asked for.
 * - `acceptSessions` has a function accept, before the event is told; the last one given, until null is; what it throws is
 *   told as an error. Whom it accepts: p2p-messages.test.ts.
 * - `getSessionConnectionInfo` gives what it was asked for, zeros where there is no session.
 * - What is under way is counted: more than 50,000 segments are refused with `LimitExceeded`, and taken again when they
 *   are not under way any more.
 * - Wrong arguments are errors before the library sees them.
 */
import { dlopen } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import {
  ClosedError,
  ConnectionState,
  Inbox,
  MAX_UNACKNOWLEDGED_SEGMENTS,
  openNetworking as open,
  Result,
  SendFlags,
  type MessagesSessionFailedEvent,
  type MessagesSessionRequestEvent,
  type Networking,
} from "../lib/index.ts";
import { makeLibrary } from "./support/native-library.ts";
import { openNetworking as openInMode } from "./support/poll-mode.ts";
import { pumpFor, pumpUntil } from "./support/pump.ts";
import { expectRefusal, untyped } from "./support/refusal.ts";
import { shows } from "./support/shows.ts";

const { None, Connecting, ClosedByPeer } = ConnectionState;
const { Reliable, AutoRestartBrokenSession } = SendFlags;
const channel = 3;

/** Opens a network that does nothing while we look. */
function openNetworking(identity: string): Networking {
  return openInMode({ identity, manualPoll: true });
}

function record(net: Networking) {
  const requests: MessagesSessionRequestEvent[] = [];
  const failures: MessagesSessionFailedEvent[] = [];
  net.on("messagesSessionRequest", (event) => requests.push(event));
  net.on("messagesSessionFailed", (event) => failures.push(event));
  return { requests, failures };
}

describe("a message to somebody else", () => {
  test.each(["str:you", 76561197960287930n])("reaches nobody: %p", async (you) => {
    using net = openNetworking("str:me");
    const { messages } = net;
    const { requests, failures } = record(net);
    expect(messages.sendMessageToUser(you, "hello", Reliable)).toBe(Result.Fail);
    expect(messages.getSessionConnectionInfo(you, false, false)).toEqual({ state: None });
    expect(messages.acceptSessionWithUser(you)).toBe(false);
    expect(messages.closeChannelWithUser(you, 0)).toBe(false);
    // The session that it was to go to.
    expect(messages.closeSessionWithUser(you)).toBe(true);
    expect(messages.closeSessionWithUser(you)).toBe(false);
    await pumpFor(net, 50);
    expect(messages.receiveMessagesOnChannel(0)).toEqual([]);
    expect([requests, failures]).toEqual([[], []]);
  });

  test("reaches nobody, either, on a network that comes after one with signaling", () => {
    {
      using before = openNetworking("str:me");
      before.signaling.use({ send: () => {} });
      expect(before.messages.sendMessageToUser("str:you", "hello", Reliable)).toBe(Result.OK);
    }
    using net = openNetworking("str:me");
    expect(net.messages.sendMessageToUser("str:you", "hello", Reliable)).toBe(Result.Fail);
  });

  test("can't be larger than 512 KiB", () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    const { InvalidParam, Fail } = Result;
    expect(messages.sendMessageToUser("str:you", new Uint8Array(524_288), Reliable)).toBe(Fail);
    expect(messages.sendMessageToUser("str:you", new Uint8Array(524_289), Reliable)).toBe(InvalidParam);
  });
});

describe("a message to ourselves", () => {
  test.each([
    ["str:me", "str:me"],
    ["steamid:76561197960287930", 76561197960287930n],
  ] as const)("asks for a session, comes, and the session fails: %s", async (identity, me) => {
    using net = openNetworking(identity);
    const { messages } = net;
    const { requests, failures } = record(net);
    const before = net.utils.getLocalTimestamp();
    expect(messages.sendMessageToUser(me, "hello", Reliable, channel)).toBe(Result.OK);
    expect(messages.getSessionConnectionInfo(me)).toMatchObject({ state: Connecting, identity, endReason: 0 });
    expect(messages.acceptSessionWithUser(me)).toBe(true);
    await pumpUntil(net, "the session had failed", () => failures.length > 0);

    expect(requests).toEqual([{ identity }]);
    expect(failures).toHaveLength(1);
    const { connection } = failures[0]!;
    expect(connection).toMatchObject({ identity, connectionState: ClosedByPeer, listenSocket: 0 });
    expect(connection.endDebug).toBe("The remote host closed the connection.");
    expect(connection.debugDescription).toMatch(/^#\d+ pipe$/);
    expect(messages.receiveMessagesOnChannel(channel + 1)).toEqual([]);
    const [message, ...others] = messages.receiveMessagesOnChannel(channel);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ identity, channel, size: 5, flags: Reliable, messageNumber: 1 });
    expect(new TextDecoder().decode(message!.payload)).toBe("hello");
    expect(message!.timeReceived).toBeGreaterThanOrEqual(before);

    const { state, endDebug } = messages.getSessionConnectionInfo(me, true, false);
    expect([state, endDebug]).toEqual([ClosedByPeer, connection.endDebug]);
    expect(messages.acceptSessionWithUser(me)).toBe(false);
    expect(messages.sendMessageToUser(me, "again", Reliable, channel)).toBe(Result.ConnectFailed);
    expect(messages.sendMessageToUser(me, "again", Reliable + AutoRestartBrokenSession, channel)).toBe(Result.OK);
    expect(messages.getSessionConnectionInfo(me, false, false)).toEqual({ state: Connecting });
    expect(messages.closeSessionWithUser(me)).toBe(true);
    expect(messages.getSessionConnectionInfo(me, false, false)).toEqual({ state: None });
    expect(messages.closeSessionWithUser(me)).toBe(false);
    shows(
      "gns",
      "acceptSessionWithUser",
      "closeSessionWithUser",
      "getSessionConnectionInfo",
      "receiveMessagesOnChannel",
    );
    shows("gns", "sendMessageToUser", "messagesSessionRequest", "messagesSessionFailed");
  });

  test("comes into an inbox, in order, empty ones too, on the channel that it was sent to", () => {
    using net = openNetworking("str:me");
    using inbox = new Inbox({ messages: 8, bytes: 4096 });
    const { messages } = net;
    for (const [text, to] of [
      ["one", -5],
      ["", -5],
      ["else", 1000],
      ["three", -5],
    ] as const) {
      expect(messages.sendMessageToUser("str:me", text, Reliable, to)).toBe(Result.OK);
    }
    expect(messages.receiveMessagesOnChannel(-5, inbox)).toBe(3);
    const texts = [0, 1, 2].map((i) => new TextDecoder().decode(inbox.bytes(i)));
    expect(texts).toEqual(["one", "", "three"]);
    expect([0, 1, 2].map((i) => inbox.channel(i))).toEqual([-5, -5, -5]);
    expect(messages.receiveMessagesOnChannel(1000, inbox)).toBe(1);
    expect(messages.receiveMessagesOnChannel(-5, inbox)).toBe(0);
  });

  test("opens its channel, and the session ends with the last channel", () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    for (const to of [1, 2]) expect(messages.sendMessageToUser("str:me", "hello", Reliable, to)).toBe(Result.OK);
    expect(messages.closeChannelWithUser("str:me", 3)).toBe(false);
    expect(messages.closeChannelWithUser("str:me", 1)).toBe(true);
    expect(messages.closeChannelWithUser("str:me", 1)).toBe(false);
    expect(messages.receiveMessagesOnChannel(1)).toEqual([]);
    expect(messages.getSessionConnectionInfo("str:me", false, false)).toEqual({ state: Connecting });
    expect(messages.closeChannelWithUser("str:me", 2)).toBe(true);
    expect(messages.getSessionConnectionInfo("str:me", false, false)).toEqual({ state: None });
    shows("gns", "closeChannelWithUser");
  });
});

describe("acceptSessions", () => {
  test("asks the last function given, before the event", async () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    const told: string[] = [];
    net.on("messagesSessionRequest", ({ identity }) => told.push(`told ${identity}`));
    net.on("messagesSessionFailed", ({ connection }) => told.push(`failed ${connection.identity}`));
    messages.acceptSessions(() => {
      throw new Error("It was taken back");
    });
    messages.acceptSessions((identity) => {
      told.push(`asked ${identity}`);
      return true;
    });
    expect(messages.sendMessageToUser("str:me", "hello", Reliable)).toBe(Result.OK);
    // It can't stand, for both ends are one.
    await pumpUntil(net, "the session had failed", () => told.length >= 3);
    expect(told).toEqual(["asked str:me", "told str:me", "failed str:me"]);
  });

  test("is told of as an error where it throws, or does not say yes or no", async () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    const { requests } = record(net);
    const errors: unknown[] = [];
    net.on("error", (error) => errors.push(error));
    const thrown = new Error("Who is that?");
    const acceptors = [
      () => false,
      () => {
        throw thrown;
      },
      untyped<() => boolean>(async () => true),
      null,
    ];
    for (const [round, acceptor] of acceptors.entries()) {
      messages.acceptSessions(acceptor);
      expect(messages.sendMessageToUser("str:me", "hello", Reliable)).toBe(Result.OK);
      await pumpUntil(net, "it was asked for", () => requests.length > round);
      messages.closeSessionWithUser("str:me");
    }
    expect(errors).toEqual([thrown, expect.any(TypeError)]);
  });

  test("takes nothing but a function or null, of a network that is open", () => {
    const net = openNetworking("str:me");
    const { messages } = net;
    for (const wrong of [undefined, true, "str:you", {}]) {
      expectRefusal(() => messages.acceptSessions(untyped(wrong)), TypeError, /function or null/);
    }
    net.close();
    expect(() => messages.acceptSessions(() => true)).toThrow(ClosedError);
  });
});

describe("getSessionConnectionInfo", () => {
  test("gives what it was asked for", () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    const all = messages.getSessionConnectionInfo("str:you");
    expect(all).toMatchObject({ state: None, identity: "invalid", endReason: 0, endDebug: "", ping: 0, maxJitter: 0 });
    const connection = messages.getSessionConnectionInfo("str:you", true, false);
    const status = messages.getSessionConnectionInfo("str:you", false, true);
    expect(Object.keys(connection)).not.toContain("ping");
    expect(Object.keys(status)).not.toContain("identity");
    expect({ ...connection, ...status }).toEqual(all);
    messages.sendMessageToUser("str:me", "hello", Reliable);
    expect(messages.getSessionConnectionInfo("str:me")).toMatchObject({ state: Connecting, ping: -1, userData: -1 });
  });
});

describe("what is under way to a user", async () => {
  const library = await makeLibrary("endless", true);
  const { symbols: endless } = dlopen(library, {
    endless_set_outstanding: { args: ["i32"], returns: "void" },
    endless_messages: { args: [], returns: "u32" },
    endless_questions: { args: [], returns: "u32" },
  });
  const mostOfOneSegment = MAX_UNACKNOWLEDGED_SEGMENTS / 2;

  /** Sends until it is refused, or so many were sent; answers how many were. */
  function fill({ messages }: Networking, bytes: number, most: number, who = "str:you"): number {
    const data = new Uint8Array(bytes);
    for (let sent = 0; sent < most; sent++) {
      const result = messages.sendMessageToUser(who, data, Reliable);
      if (result === Result.OK) continue;
      expect(result).toBe(Result.LimitExceeded);
      return sent;
    }
    return most;
  }

  test("is refused when it is too much, before the library sees it, and taken again when it has arrived", () => {
    using net = open({ library });
    endless.endless_set_outstanding(2_000_000);
    const before = endless.endless_messages();
    const sent = fill(net, 10, 100_000);
    expect(sent).toBe(mostOfOneSegment);
    expect(fill(net, 10, 1)).toBe(0);
    expect(fill(net, 0, 1)).toBe(0);
    expect(endless.endless_messages() - before).toBe(sent);
    expect(fill(net, 10, 100, "str:somebody else")).toBe(100);
    using other = open({ library });
    expect(fill(other, 10, 1)).toBe(0);

    endless.endless_set_outstanding(0);
    expect(fill(net, 10, 100)).toBe(100);
  });

  test("is no more than its bytes allow, however much was sent", () => {
    using net = open({ library });
    // 20 messages of 15 bytes with what the library puts before them.
    endless.endless_set_outstanding(300);
    const questions = endless.endless_questions();
    expect(fill(net, 10, 200_000)).toBe(200_000);
    expect(endless.endless_questions() - questions).toBeLessThan(200_000 / 100);
    endless.endless_set_outstanding(400_000);
    expect(fill(net, 10, 200_000)).toBeLessThanOrEqual(mostOfOneSegment);
  });

  test("of large messages is refused until a moment comes in which all have arrived", () => {
    using net = open({ library });
    endless.endless_set_outstanding(1);
    // Each is of 101 segments, and one more.
    expect(fill(net, 100_000, 10_000)).toBe(Math.floor(MAX_UNACKNOWLEDGED_SEGMENTS / 102));
    endless.endless_set_outstanding(0);
    expect(fill(net, 100_000, 10_000)).toBe(10_000);
  });

  test("is forgotten with the network", () => {
    using net = open({ library });
    endless.endless_set_outstanding(2_000_000);
    expect(fill(net, 10, 100_000)).toBe(mostOfOneSegment);
    // The library knows no session, for it never saw a message.
    expect(net.messages.closeSessionWithUser("str:you")).toBe(false);
    expect(fill(net, 10, 1)).toBe(0);
    net.close();
    using again = open({ library });
    expect(fill(again, 10, 1)).toBe(1);
  });
});

describe("wrong arguments", () => {
  test("are told before the library sees them", () => {
    using net = openNetworking("str:me");
    const { messages } = net;
    for (const nobody of ["", "alice", "steamid:1", 5, null, undefined, {}, 0n, 2n ** 64n]) {
      const who = untyped<string>(nobody);
      const error = typeof nobody === "bigint" ? RangeError : TypeError;
      for (const call of [
        () => messages.sendMessageToUser(who, "hello", Reliable),
        () => messages.acceptSessionWithUser(who),
        () => messages.closeSessionWithUser(who),
        () => messages.closeChannelWithUser(who, 0),
        () => messages.getSessionConnectionInfo(who),
      ]) {
        expectRefusal(call, error, /identity|Steam ID/);
      }
    }
    for (const wrong of [1.5, NaN, 2 ** 31, "5", null]) {
      const number = untyped<number>(wrong);
      const error = typeof wrong === "number" ? RangeError : TypeError;
      expectRefusal(() => messages.sendMessageToUser("str:you", "a", number), error, /flags must be/);
      expectRefusal(() => messages.sendMessageToUser("str:you", "a", 0, number), error, /channel must be/);
      expectRefusal(() => messages.closeChannelWithUser("str:you", number), error, /channel must be/);
      expectRefusal(() => messages.receiveMessagesOnChannel(number), error, /channel must be/);
    }
    for (const data of [5, null, undefined, {}, []]) {
      expectRefusal(
        () => messages.sendMessageToUser("str:you", untyped(data), 0),
        TypeError,
        /must be a string, a view/,
      );
    }
    for (const wrong of [0, "true", null]) {
      const flag = untyped<boolean>(wrong);
      expectRefusal(() => messages.getSessionConnectionInfo("str:you", flag), TypeError, /getConnection must be/);
      expectRefusal(() => messages.getSessionConnectionInfo("str:you", true, flag), TypeError, /getStatus must be/);
    }
  });
});
