/**
 * Authentication without Steam, between two processes over UDP: on the loopback and on a veth pair, by IPv4 and IPv6.
 *
 * - Both ends certified: connected, and both see the certified identity. Also by an intermediate authority.
 * - A client without a certificate of its own does not begin; one that is anonymous, unsigned, certified by a foreign
 *   authority, revoked, by a revoked authority, or that goes past all checks with a certificate for another app or for
 *   nobody does not get in. The server is told of each, from where and why; its handlers hear of none of them, and no
 *   message of theirs comes. All but the last, whom the library itself drops without a word, learn why long before they
 *   would give up.
 * - A server that is unsigned, of a foreign authority, or somebody else than expected, such as a player with a valid
 *   certificate, gets no message: the client is told at once.
 * - Where authentication is not required everybody gets in, and is seen not to be authenticated.
 * - Revoking a key or an identity ends its live connections, tells both ends why, and keeps it out from then on.
 * - On the layer below nothing is sent before the other end is known.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ConnectionState, Result } from "../lib/index.ts";
import { Party, type Elsewhere } from "./support/authentication/party.ts";
import type { Attempt, PartyOptions } from "./support/authentication/party-script.ts";
import { Authority, keyIdOf, keyOf, seconds, type CertificateContent } from "./support/certificate.ts";
import { Namespace, reasonToSkip } from "./support/p2p/namespace.ts";
import { shows } from "./support/shows.ts";

const unauthenticated = 1006;
const badCertificate = 4003;
const studio = new Authority();
const region = new Authority();
const stranger = new Authority();

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

const trusting: PartyOptions = { roots: [base64(studio.root)], intermediates: [base64(studio.intermediate(region))] };

async function requestOf(party: Party): Promise<Uint8Array> {
  return Uint8Array.from(Buffer.from(await party.do("request"), "base64"));
}

/** Opens a party's network and gives it a certificate. Answers the number of its key. */
async function certified(
  party: Party,
  identity: string,
  { by = studio, ...options }: PartyOptions & { by?: Authority } = {},
  content: Partial<CertificateContent> = {},
): Promise<bigint> {
  await party.do("open", { ...trusting, identity, ...options });
  const request = await requestOf(party);
  expect(await party.do("set", base64(by.issue(request, identity, content)))).toBe("taken");
  return keyIdOf(keyOf(request));
}

interface Place {
  readonly name: string;
  readonly host: string;
  readonly isInNamespace: boolean;
}

const noNamespace = await reasonToSkip();
if (noNamespace !== undefined) console.log(noNamespace);
const places: Place[] = [
  { name: "the loopback by IPv4", host: "127.0.0.1", isInNamespace: false },
  { name: "the loopback by IPv6", host: "[::1]", isInNamespace: false },
  { name: "a veth pair by IPv4", host: "10.9.9.1", isInNamespace: true },
  { name: "a veth pair by IPv6", host: "[fd09::1]", isInNamespace: true },
];

describe.each(places.filter(({ isInNamespace }) => !isInNamespace || noNamespace === undefined))(
  "on $name",
  (place) => {
    const used = new AsyncDisposableStack();
    let server: Party;
    let client: Party;

    beforeAll(async () => {
      let elsewhere: Elsewhere = (...line) => [...line];
      if (place.isInNamespace) {
        const namespace = used.use(await Namespace.make());
        elsewhere = (...line) => namespace.command(...line);
        const addition = namespace.command("ip", "addr", "add", "fd09::1/64", "dev", "here", "nodad");
        if (place.host.startsWith("[")) expect(await Bun.spawn(addition).exited).toBe(0);
      }
      server = used.use(await Party.start(elsewhere));
      client = used.use(await Party.start(elsewhere));
    }, 60_000);
    afterAll(() => used.disposeAsync());

    /** A server that requires authentication. Answers its address. */
    async function serve(options: PartyOptions = {}, identity = "str:server"): Promise<string> {
      await server.do("close");
      await client.do("close");
      await certified(server, identity, options);
      return await server.do("listen", `${place.host}:0`, true);
    }

    async function expectRefused(attempt: Attempt, why: string): Promise<void> {
      expect(attempt).toMatchObject({ isOpen: false, code: unauthenticated, by: "peer" });
      expect(attempt.isOpen || attempt.text).toContain(why);
      const { opened, refused, messages } = await server.sees("a refusal", (seen) => seen.refused.length > 0);
      expect({ opened, messages }).toEqual({ opened: [], messages: [] });
      expect(refused).toHaveLength(1);
      expect(refused[0]!.reason).toContain(why);
      expect(refused[0]!.address).toStartWith(`${place.host}:`);
    }

    const connectAnyhow = (address: string) => client.do("connect", address, { timeout: 3000 });

    test("both certified: connected, and both see who it is", async () => {
      const address = await serve();
      await certified(client, "str:alice");
      const attempt = await client.do("connect", address, { requireAuthentication: true, expect: "str:server" });
      expect(attempt).toEqual({ isOpen: true, identity: "str:server", isAuthenticated: true, echo: "hello" });
      const { opened, refused } = await server.do("seen");
      expect({ opened, refused }).toEqual({ opened: [{ identity: "str:alice", isAuthenticated: true }], refused: [] });
    });

    test("certified by an intermediate authority: the same", async () => {
      const address = await serve({}, "str:server");
      await certified(client, "str:alice", { by: region });
      const expected = ["str:other", "str:server"];
      const attempt = await client.do("connect", address, { requireAuthentication: true, expect: expected });
      expect(attempt).toMatchObject({ isOpen: true, isAuthenticated: true });
      expect((await server.do("seen")).opened).toEqual([{ identity: "str:alice", isAuthenticated: true }]);
    });

    test("a client that requires it and has no certificate does not begin", async () => {
      const address = await serve();
      await client.do("open", { ...trusting, identity: "str:alice" });
      const attempt = await client.do("connect", address, { requireAuthentication: true });
      expect(attempt).toMatchObject({ isOpen: false, text: expect.stringContaining("no certificate that counts") });
      expect(await server.do("seen")).toMatchObject({ opened: [], refused: [] });
    });

    test("an unsigned client is told that it has none", async () => {
      const address = await serve();
      await client.do("open", { identity: "str:alice" });
      await expectRefused(await connectAnyhow(address), "there is no certificate");
    });

    test("an anonymous client is told so too", async () => {
      const address = await serve();
      await client.do("open", {});
      await expectRefused(await connectAnyhow(address), "there is no certificate");
    });

    test("a client of a foreign authority is told so", async () => {
      const address = await serve();
      await certified(client, "str:alice", { by: stranger, roots: [base64(stranger.root)], intermediates: [] });
      await expectRefused(await connectAnyhow(address), "no authority that is trusted");
    });

    test("a client whose key is revoked is told so", async () => {
      const address = await serve();
      const key = await certified(client, "str:alice");
      expect(await server.do("revoke", `ID${key}`)).toBe(0);
      await expectRefused(await connectAnyhow(address), "was revoked");
    });

    test("a client whose identity is revoked is told so", async () => {
      const address = await serve({ revoked: ["str:alice"] });
      await certified(client, "str:alice");
      await expectRefused(await connectAnyhow(address), "the identity was revoked");
    });

    test("a client of a revoked authority is told so", async () => {
      const address = await serve({ revoked: [`ID${region.keyId}`], intermediates: [] });
      await certified(client, "str:alice", { by: region });
      await expectRefused(await connectAnyhow(address), "revoked");
    });

    test("a client whose certificate begins to count later is told so", async () => {
      const address = await serve();
      await certified(client, "str:alice", {}, { created: seconds() + 3600, expires: seconds() + 7200 });
      await expectRefused(await connectAnyhow(address), "does not count yet");
    });

    test("certificates past all checks: for nobody, for another app, for no app", async () => {
      for (const content of [{ identity: "ip:10.1.2.3" }, { apps: [7] }, { apps: [] }]) {
        const address = await serve();
        await client.do("open", { ...trusting, ...(content.identity === undefined ? { identity: "str:alice" } : {}) });
        const key = keyOf(await requestOf(client));
        await client.do("force", base64(studio.certificate({ key, identity: "str:alice", ...content })));
        const attempt = await connectAnyhow(address);
        expect(attempt.isOpen).toBe(false);
        expect(await server.do("seen")).toMatchObject({ opened: [], messages: [] });
      }
    }, 60_000);

    test("a server without a certificate, or of a foreign authority, gets nothing", async () => {
      for (const isUnsigned of [true, false]) {
        await server.do("close");
        await client.do("close");
        if (isUnsigned) await server.do("open", { identity: "str:server" });
        else await certified(server, "str:server", { by: stranger, roots: [base64(stranger.root)], intermediates: [] });
        const address = await server.do("listen", `${place.host}:0`, false);
        await certified(client, "str:alice");
        const attempt = await client.do("connect", address, { requireAuthentication: true, expect: "str:server" });
        expect(attempt).toMatchObject({ isOpen: false, code: badCertificate, by: "problem" });
        expect((await server.do("seen")).messages).toEqual([]);
      }
    });

    test("a player with a valid certificate who plays the server gets nothing", async () => {
      const address = await serve({}, "str:mallory");
      await certified(client, "str:alice");
      const attempt = await client.do("connect", address, { requireAuthentication: true, expect: "str:server" });
      expect(attempt).toMatchObject({ isOpen: false, code: badCertificate });
      expect(attempt.isOpen || attempt.text).toContain('it is "str:mallory", who is not expected');
      const { messages, closed } = await server.sees("the end", (seen) => seen.closed.length > 0);
      expect(messages).toEqual([]);
      expect(closed[0]!.code).toBe(badCertificate);

      const below = await client.do("connectBelow", address, { requireAuthentication: true, expect: "str:server" });
      expect(below).toMatchObject({ sent: Result.InvalidState, state: ConnectionState.ProblemDetectedLocally });
      expect(below.sentLater).not.toBe(Result.OK);
      expect((await server.do("seen")).messages).toEqual([]);
    });

    test("on the layer below nothing is sent before the server is known", async () => {
      const address = await serve();
      await certified(client, "str:alice");
      const below = await client.do("connectBelow", address, { requireAuthentication: true, expect: "str:server" });
      const { InvalidState, OK } = Result;
      expect(below).toMatchObject({ sent: InvalidState, state: ConnectionState.Connected, sentLater: OK });
      expect((await server.sees("a message", (seen) => seen.messages.length > 0)).messages).toEqual(["now"]);
    });

    test("where it is not required all get in, and are seen as what they are", async () => {
      await server.do("close");
      await client.do("close");
      await certified(server, "str:server");
      const address = await server.do("listen", `${place.host}:0`, false);
      await client.do("open", { identity: "str:alice" });
      expect(await connectAnyhow(address)).toMatchObject({ isOpen: true, isAuthenticated: false });
      await client.do("close");
      await certified(client, "str:bob");
      expect(await connectAnyhow(address)).toMatchObject({ isOpen: true, isAuthenticated: true });
      expect((await server.do("seen")).opened).toEqual([
        { identity: "str:alice", isAuthenticated: false },
        { identity: "str:bob", isAuthenticated: true },
      ]);
    });

    test.each(["key", "identity"])("revoking a %s ends its connections", async (what) => {
      const address = await serve();
      const key = await certified(client, "str:alice");
      const demands = { requireAuthentication: true, expect: "str:server" };
      expect(await client.do("connect", address, demands)).toMatchObject({ isOpen: true });
      expect(await server.do("revoke", what === "key" ? `ID${key}` : "str:alice")).toBe(1);
      const ended = (party: Party) => party.sees("the end", ({ closed }) => closed.length === 1);
      const why = `The ${what} was revoked`;
      expect((await ended(server)).closed).toEqual([{ identity: "str:alice", code: badCertificate, text: why }]);
      expect((await ended(client)).closed).toMatchObject([{ code: badCertificate, text: why }]);
      await expect(connectAnyhow(address)).resolves.toMatchObject({ isOpen: false, code: unauthenticated });
      const { refused } = await server.sees("a refusal", (seen) => seen.refused.length > 0);
      expect(refused[0]!.reason).toContain(
        `${what === "key" ? "the key of the certificate" : "the identity"} was revoked`,
      );
      shows("gns", "setCertificate", "getCertificateRequest");
    });
  },
);
