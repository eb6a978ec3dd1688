/**
 * Certificates and connections in large numbers, in processes of their own.
 *
 * - 10,000 random and mutated certificates, through every function that takes one: none is taken that is not, byte for byte
 *   in what counts, the one that the authority made; the process lives, and the good one still works afterwards.
 * - 2,000 connections to a server that requires authentication, of good and of bad clients, while its authorities are
 *   trusted and keys revoked from the side: whoever got in was authenticated, none of the bad ones and none with a revoked
 *   key among them; the good ones got in; and all others were told why.
 * - Of a crowd that is turned away a server is told in few events, which count all of them.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { readCertificateBlob } from "../lib/authentication/certificate-blob.ts";
import { CertificateRefusedError, openNetworking, type Networking } from "../lib/index.ts";
import { Party } from "./support/authentication/party.ts";
import { Authority, keyIdOf, keyOf } from "./support/certificate.ts";
import { noise, noiseInteger } from "./support/noise.ts";

const identity = "str:alice";
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
let net: Networking | undefined;
afterEach(() => net?.close());

describe("certificates that are none", () => {
  const count = 10_000;

  /** A certificate with something wrong with it. */
  function mutated(original: Uint8Array, other: Uint8Array, index: number): Uint8Array {
    const roll = (most: number, salt: number) => noiseInteger(index * 16 + salt, 7, most);
    const copy = Uint8Array.from(original);
    switch (index % 8) {
      case 0:
        return noise(index, 1 + roll(400, 1));
      case 1:
        copy[roll(copy.length - 1, 2)]! ^= 1 << roll(7, 3);
        return copy;
      case 2:
        return copy.subarray(0, roll(copy.length - 1, 4));
      case 3:
        return Buffer.concat([copy, noise(index, 1 + roll(40, 5))]);
      case 4: {
        const at = roll(copy.length, 6);
        return Buffer.concat([copy.subarray(0, at), noise(index, 1 + roll(8, 7)), copy.subarray(at)]);
      }
      case 5:
        return Buffer.concat([copy, other]);
      case 6:
        copy.set(noise(index, 1 + roll(31, 8)), roll(copy.length - 32, 9));
        return copy;
      default:
        return Buffer.concat([other.subarray(0, roll(other.length, 10)), copy.subarray(roll(copy.length, 11))]);
    }
  }

  test("are taken by no function", () => {
    const [studio, stranger, third] = [new Authority(), new Authority(), new Authority()];
    net = openNetworking({ identity, certificates: { roots: studio.root } });
    const { sockets, certificates } = net;
    const request = sockets.getCertificateRequest().certificate;
    const good = studio.issue(request, identity);
    const bad = stranger.issue(request, identity);
    const { root } = third;
    let [taken, trusted, sent] = [0, 0, 0];
    for (let index = 0; index < count; index++) {
      const blob = mutated(good, bad, index);
      const form = index % 3 === 0 ? base64(blob) : blob;
      if (blob.length > 0 && sockets.setCertificate(form).success) {
        taken++;
        // Of one that is taken, all that is handed on is the good one.
        expect(Buffer.compare(readCertificateBlob(form).bytes, good)).toBe(0);
      }
      try {
        certificates.trust(index % 3 === 0 ? base64(mutated(root, good, index)) : mutated(root, good, index));
        trusted++;
      } catch (error) {
        if (!(error instanceof CertificateRefusedError || error instanceof RangeError)) throw error;
      }
      // A certificate where it does not belong: text.
      try {
        certificates.trust(Buffer.from(blob).toString("latin1"));
        sent++;
      } catch (error) {
        if (!(error instanceof CertificateRefusedError)) throw error;
      }
    }
    expect(sent).toBe(0);
    expect(sockets.setCertificate(good).success).toBe(true);
    expect(sockets.setCertificate(bad)).toMatchObject({ success: false, reason: "untrusted" });
    expect(sockets.getAuthenticationStatus().state).toBe("ready");
    console.log(`Of ${count}: ${taken} with a good one in them, ${trusted} roots with a good one in them`);
  }, 120_000);
});

describe("2,000 connections while keys are trusted and revoked", () => {
  const rounds = 100;
  const clients = 20;

  test("let in only those who are authenticated and not revoked", async () => {
    const studio = new Authority();
    const regions = Array.from({ length: 4 }, () => new Authority());
    const stranger = new Authority();
    await using server = await Party.start();
    await server.do("open", { identity: "str:server", roots: [base64(studio.root)] });
    const ofServer = Uint8Array.from(Buffer.from(await server.do("request"), "base64"));
    expect(await server.do("set", base64(studio.issue(ofServer, "str:server")))).toBe("taken");
    const address = await server.do("listen", "127.0.0.1:0", true);

    /** Who is at work, and what became of his attempts. */
    const parties = await Promise.all(Array.from({ length: 4 }, () => Party.start()));
    await using stack = new AsyncDisposableStack();
    for (const party of parties) stack.use(party);
    const outcomes = { opened: 0, refused: 0, other: 0 };
    let isOver = false;
    const worked = parties.map(async (party, index) => {
      // One is good all the time, one is unsigned, one is foreign, one has keys that are revoked as soon as it has them.
      const kind = (["good", "unsigned", "foreign", "revoked"] as const)[index]!;
      for (let round = 0; round < rounds / 4; round++) {
        const name = `str:${kind}${round}`;
        const authority = kind === "foreign" ? stranger : studio;
        await party.do("close");
        await party.do("open", { identity: name, roots: [base64(authority.root)] });
        const request = Uint8Array.from(Buffer.from(await party.do("request"), "base64"));
        if (kind !== "unsigned") await party.do("set", base64(authority.issue(request, name)));
        const revoke = () => server.do("revoke", `ID${keyIdOf(keyOf(request))}`);
        const attempts = party.do("connectMany", address, clients);
        // Some are in by then, some on the way, some have not begun.
        await Bun.sleep((round % 9) * 5);
        if (kind === "revoked") await revoke();
        const ends = await attempts;
        for (const { isOpen, code } of ends) {
          if (isOpen) outcomes.opened++;
          else if (code === 1006 || code === 4003) outcomes.refused++;
          else outcomes.other++;
          if (kind === "good") expect({ kind, isOpen }).toEqual({ kind, isOpen: true });
          if (kind === "unsigned" || kind === "foreign") expect({ kind, isOpen }).toEqual({ kind, isOpen: false });
        }
        if (kind === "revoked") {
          const [after] = await party.do("connectMany", address, 1);
          expect(after?.isOpen).toBe(false);
        }
      }
    });
    const aside = (async () => {
      for (let index = 0; !isOver; index++) {
        const region = regions[index % regions.length]!;
        await server.do("trust", base64(studio.root));
        if (index < regions.length) {
          await server.do("trust", base64(studio.intermediate(region)));
          await server.do("revoke", `ID${region.keyId}`);
        }
        await server.do("revoke", `ID${BigInt(index) + 1n}`);
      }
    })();
    await Promise.all(worked);
    isOver = true;
    await aside;
    const { opened, messages } = await server.do("seen");
    expect(opened.filter(({ isAuthenticated }) => !isAuthenticated)).toEqual([]);
    expect(opened.filter(({ identity: who }) => /unsigned|foreign/.test(who))).toEqual([]);
    expect(opened.filter(({ identity: who }) => who.startsWith("str:good"))).toHaveLength((rounds / 4) * clients);
    expect(messages.filter((text) => /unsigned|foreign/.test(text))).toEqual([]);
    expect(outcomes.opened + outcomes.refused + outcomes.other).toBe(rounds * clients);
    expect(outcomes.other).toBe(0);
    for (const end = performance.now() + 15_000; (await server.do("connections")) > 0; await Bun.sleep(10)) {
      if (performance.now() > end) throw new Error("Connections that were closed are still there");
    }
    console.log(`${rounds * clients} connections: ${outcomes.opened} let in, ${outcomes.refused} told why not`);
  }, 240_000);
});

test("a crowd that is turned away is told of in few events, which count all", async () => {
  const crowd = 300;
  await using server = await Party.start();
  await using client = await Party.start();
  await server.do("open", { identity: "str:server" });
  const address = await server.do("listen", "127.0.0.1:0", true);
  await client.do("open", { identity });
  const outcomes = await client.do("connectMany", address, crowd);
  expect(outcomes.filter(({ code }) => code !== 1006)).toEqual([]);
  const told = (refused: readonly { readonly unreported: number }[]) =>
    refused.reduce((sum, { unreported }) => sum + 1 + unreported, 0);
  const { refused } = await server.do("seen");
  expect(refused.length).toBeLessThan(crowd);
  // Those that were not told of yet are counted with the next one that is.
  await Bun.sleep(300);
  await client.do("connectMany", address, 1);
  await server.sees("all of them", (seen) => told(seen.refused) === crowd + 1);
}, 60_000);
