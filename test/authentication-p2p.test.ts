/**
 * Authentication of peers by signals, each a process of its own in a network namespace: connections and messages by user.
 *
 * - Both certified: connected, and messages come.
 * - A listen socket that requires it turns away who is unsigned or of a foreign authority, tells him why, and tells of him;
 *   nothing of his comes.
 * - Who connects and requires it ends the connection when the answer is unsigned or of a foreign authority, and has sent
 *   nothing by then: where he sent too early the answer was `InvalidState`. A request of the peer's in the other
 *   direction, which the library would take for an answer, changes nothing.
 * - Sessions: a request without a certificate that counts is refused and told of, and a message goes to nobody without
 *   one; also when both send at once. Where it is not required all is as it was.
 * - An answer that names our connection in a way that the library takes and we would not, by half of our number or by
 *   the sender's, is looked at like any other.
 * - Revoking the key of a peer, or his identity, ends his session, and he gets no other.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ConnectionState, Result } from "../lib/index.ts";
import { Party } from "./support/authentication/party.ts";
import { Authority, keyIdOf, keyOf } from "./support/certificate.ts";
import { Namespace, reasonToSkip } from "./support/p2p/namespace.ts";
import { Post } from "./support/p2p/post.ts";
import { fieldOf, misnumbered, SignalField, without } from "./support/signal-fields.ts";

const unauthenticated = 1006;
const badCertificate = 4003;
const studio = new Authority();
const stranger = new Authority();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const config = { P2P_Transport_ICE_Enable: 2 } as const;

/** Whose certificate a peer has. */
type Kind = "certified" | "unsigned" | "foreign";
const strangers: readonly Kind[] = ["unsigned", "foreign"];

const reason = await reasonToSkip();
if (reason !== undefined) console.log(reason);

describe.skipIf(reason !== undefined)("peers by signals", () => {
  const used = new AsyncDisposableStack();
  let alice: Party;
  let bob: Party;
  let post: Post;

  beforeAll(async () => {
    const namespace = used.use(await Namespace.make());
    alice = used.use(await Party.start((...line) => namespace.command(...line)));
    bob = used.use(await Party.start((...line) => namespace.command(...line)));
  }, 60_000);
  afterAll(() => used.disposeAsync());

  /** Opens both anew. Answers the number of bob's key. */
  async function meet(kindOfAlice: Kind, kindOfBob: Kind): Promise<bigint> {
    post = new Post();
    const opened = async (party: Party, name: string, kind: Kind): Promise<bigint> => {
      await party.do("close");
      const authority = kind === "foreign" ? stranger : studio;
      const identity = `str:${name}`;
      await party.do("open", { identity, roots: [base64(authority.root)], config });
      party.join(post, identity);
      const request = Uint8Array.from(Buffer.from(await party.do("request"), "base64"));
      if (kind !== "unsigned") {
        expect(await party.do("set", base64(authority.issue(request, identity)))).toBe("taken");
      }
      return keyIdOf(keyOf(request));
    };
    await opened(alice, "alice", kindOfAlice);
    return await opened(bob, "bob", kindOfBob);
  }

  test("a connection: both certified, and required by both", async () => {
    await meet("certified", "certified");
    await bob.do("listenP2P", 0, true);
    const outcome = await alice.do("connectP2P", "str:bob", 0, { requireAuthentication: true, expect: "str:bob" });
    const { Connected } = ConnectionState;
    const { InvalidState, OK } = Result;
    expect(outcome).toMatchObject({ sent: InvalidState, state: Connected, isAuthenticated: true, sentLater: OK });
    const { messages, opened } = await bob.sees("a message", (seen) => seen.messages.length > 0);
    expect(messages).toEqual(["now"]);
    expect(opened).toEqual([{ identity: "str:alice", isAuthenticated: true }]);
  });

  test("a connection: not required, and so unsigned", async () => {
    await meet("unsigned", "unsigned");
    await bob.do("listenP2P", 0, false);
    const outcome = await alice.do("connectP2P", "str:bob", 0, {});
    expect(outcome).toMatchObject({ state: ConnectionState.Connected, isAuthenticated: false, sentLater: Result.OK });
  });

  test.each(strangers)("a listen socket that requires it turns away who is %s", async (kind) => {
    await meet(kind, "certified");
    await bob.do("listenP2P", 0, true);
    const outcome = await alice.do("connectP2P", "str:bob", 0, {});
    expect(outcome).toMatchObject({ state: ConnectionState.ClosedByPeer, code: unauthenticated });
    const why = kind === "unsigned" ? "there is no certificate" : "of no authority that is trusted";
    expect(outcome.text).toContain(why);
    const { refused, opened, messages } = await bob.sees("a refusal", (seen) => seen.refused.length > 0);
    expect(refused[0]).toMatchObject({ identity: "str:alice", reason: expect.stringContaining(why) });
    expect({ opened, messages }).toEqual({ opened: [], messages: [] });
  });

  test("a virtual port where nobody listens is no way round", async () => {
    await meet("unsigned", "certified");
    await bob.do("listenP2P", 0, true);
    const outcome = await alice.do("connectP2P", "str:bob", 5, { config: { TimeoutInitial: 3000 } });
    expect(outcome).toMatchObject({ state: ConnectionState.ClosedByPeer, code: unauthenticated });
    expect(await bob.do("seen")).toMatchObject({ opened: [], messages: [] });
    // What bob begins himself is none of it.
    await alice.do("listenP2P", 0, false);
    const { Connected } = ConnectionState;
    expect(await bob.do("connectP2P", "str:alice", 0, {})).toMatchObject({ state: Connected, isAuthenticated: false });
  });

  test.each(strangers)("who connects and requires it sends nothing to who is %s", async (kind) => {
    await meet("certified", kind);
    await bob.do("listenP2P", 0, false);
    const outcome = await alice.do("connectP2P", "str:bob", 0, { requireAuthentication: true });
    expect(outcome).toMatchObject({ sent: Result.InvalidState, code: badCertificate });
    expect(outcome.sentLater).not.toBe(Result.OK);
    expect(outcome.text).toContain("The other end is not authenticated");
    expect(await bob.do("seen")).toMatchObject({ opened: [], messages: [] });
  });

  test("a request of an unsigned peer is not taken for the answer to ours", async () => {
    await meet("certified", "unsigned");
    const symmetric = { config: { SymmetricConnect: 1, TimeoutInitial: 1500 } };
    const [ours] = await Promise.all([
      alice.do("connectP2P", "str:bob", 0, { requireAuthentication: true, ...symmetric }),
      bob.do("connectP2P", "str:alice", 0, symmetric),
    ]);
    expect(ours.state).not.toBe(ConnectionState.Connected);
    expect(ours.isAuthenticated).toBe(false);
    expect(ours.sentLater).not.toBe(Result.OK);
  }, 60_000);

  test("sessions: both certified", async () => {
    await meet("certified", "certified");
    for (const party of [alice, bob]) await party.do("requireInSessions", true);
    await bob.do("acceptSessions");
    expect(await alice.do("sendToUser", "str:bob", "hello")).toMatchObject({ sent: Result.OK, isConnected: true });
    expect((await bob.sees("a message", ({ messages }) => messages.length > 0)).messages).toEqual(["hello"]);
    expect((await bob.do("seen")).refused).toEqual([]);
  });

  test("sessions: not required, and so unsigned", async () => {
    await meet("unsigned", "unsigned");
    await bob.do("requireInSessions", true);
    await bob.do("requireInSessions", false);
    await bob.do("acceptSessions");
    expect(await alice.do("sendToUser", "str:bob", "hello")).toMatchObject({ sent: Result.OK, isConnected: true });
  });

  test.each(strangers)("sessions: a request of who is %s is refused", async (kind) => {
    await meet(kind, "certified");
    await bob.do("requireInSessions", true);
    await bob.do("acceptSessions");
    const outcome = await alice.do("sendToUser", "str:bob", "hello");
    expect(outcome).toMatchObject({ isConnected: false, failure: { code: unauthenticated } });
    expect(outcome.failure?.text).toContain("not authenticated");
    const { refused, messages } = await bob.sees("a refusal", (seen) => seen.refused.length > 0);
    expect(refused[0]).toMatchObject({ identity: "str:alice", listenSocket: 0 });
    expect(messages).toEqual([]);
  });

  test.each(strangers)("sessions: a message goes to nobody who is %s", async (kind) => {
    await meet("certified", kind);
    await alice.do("requireInSessions", true);
    await bob.do("acceptSessions");
    const outcome = await alice.do("sendToUser", "str:bob", "secret");
    expect(outcome).toMatchObject({ isConnected: false, failure: { code: badCertificate } });
    expect((await bob.do("seen")).messages).toEqual([]);
  });

  const tricks: Readonly<Record<string, (signal: Uint8Array) => readonly Uint8Array[]>> = {
    "by another number of ours": (signal) =>
      fieldOf(signal, SignalField.ToConnection) === undefined ? [signal] : [misnumbered(signal)],
    "by his own number": (signal) =>
      fieldOf(signal, SignalField.ConnectOK) === undefined
        ? [signal]
        : [without(signal, SignalField.ConnectOK), without(signal, SignalField.ToConnection)],
  };
  for (const [trick, alter] of Object.entries(tricks)) {
    test(`an unsigned answer goes past nothing ${trick}`, async () => {
      await meet("certified", "unsigned");
      await alice.do("requireInSessions", true);
      await bob.do("acceptSessions");
      await bob.do("listenP2P", 0, false);
      let altered = 0;
      post.alters = (from, _to, signal) => {
        const made = from === "str:bob" ? alter(signal) : [signal];
        altered += made[0] === signal ? 0 : 1;
        return made;
      };
      const options = { requireAuthentication: true, config: { TimeoutInitial: 2000 } };
      const connected = await alice.do("connectP2P", "str:bob", 0, options);
      expect(connected.state).not.toBe(ConnectionState.Connected);
      expect(connected).toMatchObject({ sent: Result.InvalidState, isAuthenticated: false });
      const talked = await alice.do("sendToUser", "str:bob", "secret");
      expect(talked.isConnected).toBe(false);
      expect(await bob.do("seen")).toMatchObject({ opened: [], messages: [] });
      expect(altered).toBeGreaterThan(1);
    }, 60_000);
  }

  test("sessions: both send at once, and one is unsigned", async () => {
    await meet("certified", "unsigned");
    await alice.do("requireInSessions", true);
    for (const party of [alice, bob]) await party.do("acceptSessions");
    const [ours, theirs] = await Promise.all([
      alice.do("sendToUser", "str:bob", "secret"),
      bob.do("sendToUser", "str:alice", "let me in"),
    ]);
    expect([ours.isConnected, theirs.isConnected]).toEqual([false, false]);
    expect((await alice.do("seen")).messages).toEqual([]);
    expect((await bob.do("seen")).messages).toEqual([]);
  }, 60_000);

  test.each(["key", "identity"])("revoking the %s of a peer ends what stands", async (what) => {
    const key = await meet("certified", "certified");
    for (const party of [alice, bob]) await party.do("acceptSessions");
    expect(await alice.do("sendToUser", "str:bob", "hello")).toMatchObject({ isConnected: true });
    expect(await alice.do("revoke", what === "key" ? `ID${key}` : "str:bob")).toBe(1);
    await alice.do("requireInSessions", true);
    expect(await bob.do("sessionEnded", "str:alice")).toBe(true);
    const again = await bob.do("sendToUser", "str:alice", "it is me");
    expect(again).toMatchObject({ isConnected: false, failure: { code: unauthenticated } });
    expect(again.failure?.text).toMatch(/revoked/i);
    expect((await alice.do("seen")).messages).toEqual([]);
    // Nor does our own request to him reach him, though his answer is signed.
    expect(await alice.do("sendToUser", "str:bob", "secret")).toMatchObject({ isConnected: false });
    expect((await bob.do("seen")).messages).not.toContain("secret");
  });
});
