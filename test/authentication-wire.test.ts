/**
 * What must never happen, watched and tampered with on the wire: a client and a server, processes of their own, with a
 * socket between them that relays their packets.
 *
 * - No packet has the private key of either in it, nor what is said on a connection; a certificate with a private key in it
 *   is refused, and the library never sees it.
 * - A client whose certificate was changed on the way, or exchanged for that of somebody else, or stripped of its
 *   signature, does not get in under either name; a server's the same.
 * - A certificate that expired on the way does not count. One that has expired at a client ends in no connection, not in
 *   one without a certificate.
 * - A handshake that is said again, from the same address or from another one, makes no connection. Who says another's
 *   request in a handshake of his own has a connection with which he can do nothing, and nobody is told of it.
 * - A connection that stands is not ended by the expiry of the certificate, nor by a renewal; the next one has the new one.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { bytesField, fixed32Field, fixed64Field, readFields, varintField } from "../lib/authority/wire.ts";
import { Party } from "./support/authentication/party.ts";
import { Wire, type Meddler } from "./support/authentication/wire.ts";
import { Authority, keyOf, seconds, type CertificateContent } from "./support/certificate.ts";
import { waitFor, waitUntil } from "./support/pump.ts";

const challengeRequest = 32;
const challengeReply = 33;
const connectRequest = 34;
const connectOK = 35;
const studio = new Authority();
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const required = { requireAuthentication: true, expect: "str:server" } as const;

const used = new AsyncDisposableStack();
let server: Party;
let client: Party;

beforeAll(async () => {
  server = used.use(await Party.start());
  client = used.use(await Party.start());
}, 60_000);
afterAll(() => used.disposeAsync());

/** Opens a party's network anew with a certificate, and answers that. */
async function certified(
  party: Party,
  identity: string,
  content: Partial<CertificateContent> = {},
): Promise<Uint8Array> {
  await party.do("close");
  await party.do("open", { identity, roots: [base64(studio.root)] });
  const request = Uint8Array.from(Buffer.from(await party.do("request"), "base64"));
  const certificate = studio.issue(request, identity, content);
  expect(await party.do("set", base64(certificate))).toBe("taken");
  return certificate;
}

/** A server that requires certificates, and a relay before it. */
async function serve(requireAuthentication = true): Promise<Wire> {
  await certified(server, "str:server");
  return await Wire.to(await server.do("listen", "127.0.0.1:0", requireAuthentication));
}

/** A packet with all that stands there in place of something else of the same length. */
function exchanged(packet: Uint8Array, what: Uint8Array, instead: Uint8Array): Uint8Array {
  const changed = Buffer.from(packet);
  for (let at = changed.indexOf(what); at >= 0; at = changed.indexOf(what, at + 1)) changed.set(instead, at);
  return changed;
}

function includes(packet: Uint8Array, part: Uint8Array | string): boolean {
  return Buffer.from(packet).includes(part);
}

/** Waits until the client's certificate has expired. */
async function untilExpired(): Promise<void> {
  for (const end = performance.now() + 15_000; (await client.do("status")).state !== "expired"; await Bun.sleep(20)) {
    if (performance.now() > end) throw new Error("The certificate does not expire");
  }
}

async function expectNobody(): Promise<void> {
  expect(await server.do("seen")).toMatchObject({ opened: [], messages: [] });
}

describe("secrets", () => {
  test("are in no packet", async () => {
    using wire = await serve();
    const certificate = await certified(client, "str:alice");
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true, echo: "hello" });
    // It does watch: certificates and names are there to be seen.
    expect(wire.packets.some(({ bytes, isUp }) => isUp && includes(bytes, certificate))).toBe(true);
    expect(wire.packets.some(({ bytes }) => includes(bytes, "str:server"))).toBe(true);
    expect(wire.packets.some(({ bytes }) => includes(bytes, "hello"))).toBe(false);
  });

  test("a certificate with a private key is refused, and the key goes nowhere", async () => {
    using wire = await serve();
    const { privateKey } = generateKeyPairSync("ed25519");
    const secret = privateKey.export({ type: "pkcs8", format: "der" }).subarray(-32);
    await client.do("close");
    await client.do("open", { identity: "str:alice", roots: [base64(studio.root)] });
    const key = keyOf(Uint8Array.from(Buffer.from(await client.do("request"), "base64")));
    for (const size of [32, 64]) {
      const stolen = Buffer.concat([secret, key]).subarray(0, size);
      const blob = studio.certificate({ key, identity: "str:alice", privateKey: stolen });
      expect(await client.do("set", base64(blob))).toBe("privateKey");
      // Behind all else, where a reader may have stopped looking.
      const head = blob.length - studio.certificate({ key, identity: "str:alice" }).length;
      const behind = Buffer.concat([blob.subarray(head), blob.subarray(0, head)]);
      expect(await client.do("set", base64(behind))).toBe("privateKey");
    }
    expect(await client.do("connect", wire.address, { timeout: 3000 })).toMatchObject({ isOpen: false });
    // Fields that nobody knows are not sent to others, either.
    const marked = Buffer.concat([
      studio.certificate({ key, identity: "str:alice" }),
      Buffer.of(0x7a, 4),
      Buffer.from("MARK"),
    ]);
    expect(await client.do("set", base64(marked))).toBe("taken");
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
    expect(wire.packets.some(({ bytes }) => includes(bytes, secret) || includes(bytes, "MARK"))).toBe(false);
  });
});

describe("tampering on the way", () => {
  const names: [string, Meddler][] = [
    ["the client's name", (packet) => [exchanged(packet, Buffer.from("str:alice"), Buffer.from("str:admin"))]],
    [
      "the client's name, in its handshake only",
      (packet, isUp) => [
        isUp && packet[0] === connectRequest
          ? exchanged(packet, Buffer.from("str:alice"), Buffer.from("str:admin"))
          : packet,
      ],
    ],
  ];
  test.each(names)("with %s does not get anybody in", async (_, meddler) => {
    using wire = await serve();
    await certified(client, "str:alice");
    wire.meddler = meddler;
    expect((await client.do("connect", wire.address, { ...required, timeout: 1500 })).isOpen).toBe(false);
    await expectNobody();
    await server.sees("a refusal", ({ refused }) => refused.length > 0);
  });

  test("is seen where authentication is not required, and nothing can be read of what is said", async () => {
    using wire = await serve(false);
    await certified(client, "str:alice");
    wire.meddler = (packet) => [exchanged(packet, Buffer.from("str:alice"), Buffer.from("str:admin"))];
    await client.do("connect", wire.address, { timeout: 1500, config: { TimeoutConnected: 1500 } });
    const { opened, messages } = await server.do("seen");
    expect({ opened, messages }).toEqual({
      opened: [{ identity: "str:admin", isAuthenticated: false }],
      messages: [],
    });
  }, 30_000);

  test("with the server's name is found out", async () => {
    using wire = await serve();
    await certified(client, "str:alice");
    wire.meddler = (packet) => [exchanged(packet, Buffer.from("str:server"), Buffer.from("str:sarver"))];
    const attempt = await client.do("connect", wire.address, { requireAuthentication: true, timeout: 1500 });
    expect(attempt.isOpen).toBe(false);
    expect((await server.do("seen")).messages).toEqual([]);
  });

  test("somebody else's certificate is of no use without his key", async () => {
    using wire = await serve();
    const other = await certified(client, "str:admin");
    const own = await certified(client, "str:alice");
    expect(other).toHaveLength(own.length);
    wire.meddler = (packet) => [exchanged(packet, own, other)];
    expect((await client.do("connect", wire.address, { ...required, timeout: 1500 })).isOpen).toBe(false);
    await expectNobody();
  });

  test("random changes of handshakes get nobody in under a name that is not his", async () => {
    using wire = await serve();
    await certified(client, "str:alice");
    let changes = 0;
    wire.meddler = (packet) => {
      if (packet[0] !== connectRequest && packet[0] !== connectOK) return [packet];
      const changed = Uint8Array.from(packet);
      changed[1 + ((changes++ * 7919) % (packet.length - 1))]! ^= 1 << (changes % 8);
      return [changed, packet];
    };
    for (let attempts = 0; attempts < 20; attempts++) {
      await client.do("connect", wire.address, { ...required, timeout: 1000 });
      await client.do("disconnect");
    }
    expect(changes).toBeGreaterThan(20);
    const { opened } = await server.do("seen");
    expect(opened.filter(({ identity, isAuthenticated }) => identity !== "str:alice" || !isAuthenticated)).toEqual([]);
  }, 60_000);
});

describe("expiry", () => {
  test("on the way: it does not count when it arrives", async () => {
    using wire = await serve();
    // The library takes the answer to its challenge for about four seconds.
    const expires = seconds() + 2;
    await certified(client, "str:alice", { created: seconds() - 60, expires });
    wire.meddler = async (packet, isUp) => {
      if (isUp && packet[0] === connectRequest) await Bun.sleep((expires + 1) * 1000 + 50 - Date.now());
      return [packet];
    };
    const attempt = await client.do("connect", wire.address, { ...required, timeout: 9000 });
    expect(attempt).toMatchObject({ isOpen: false, code: 1006 });
    expect(attempt.isOpen || attempt.text).toContain("the certificate has expired");
    await expectNobody();
  }, 30_000);

  test("before: there is no connection, and none without a certificate; the status says so", async () => {
    using wire = await serve();
    await certified(client, "str:alice", { created: seconds() - 60, expires: seconds() + 3 });
    await untilExpired();
    const attempt = await client.do("connect", wire.address, required);
    expect(attempt.isOpen || attempt.text).toContain("expired");
    expect(await client.do("status")).toMatchObject({ state: "expired" });
    // Who does not require it falls back to none, and is turned away.
    expect(await client.do("connect", wire.address, { timeout: 3000 })).toMatchObject({ isOpen: false, code: 1006 });
    await expectNobody();
  });

  test("afterwards: what stands, stays; a new certificate is for the next", async () => {
    using wire = await serve();
    const first = await certified(client, "str:alice", { created: seconds() - 60, expires: seconds() + 3 });
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
    await untilExpired();
    const request = Uint8Array.from(Buffer.from(await client.do("request"), "base64"));
    expect(includes(first, keyOf(request))).toBe(true);
    const second = studio.issue(request, "str:alice");
    expect(await client.do("set", base64(second))).toBe("taken");
    expect(await server.do("connections")).toBe(1);
    expect(await client.do("connections")).toBe(1);
    const before = wire.packets.length;
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
    const later = wire.packets.slice(before);
    expect(later.some(({ bytes }) => includes(bytes, second))).toBe(true);
    expect(later.some(({ bytes }) => includes(bytes, first))).toBe(false);
    expect(await server.do("connections")).toBe(2);
  });
});

/** Somebody who has seen a client's request, and says it in his own handshake. */
async function replay(address: string, request: Uint8Array): Promise<AsyncDisposable & { readonly heard: number[] }> {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  const heard: number[] = [];
  const number = fixed32Field(1, 0x12345678);
  const [certificate, crypt] = [4, 7].map((each) => {
    const field = [...readFields(new Uint8Array(request.subarray(1)))].find((field) => field.number === each);
    return bytesField(each, field?.bytes ?? new Uint8Array());
  });
  const thief = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(socket, packet) {
        heard.push(packet[0] ?? 0);
        if (packet[0] !== challengeReply) return;
        const challenge = [...readFields(new Uint8Array(packet.subarray(1)))].find(({ number }) => number === 2);
        const parts = [number, fixed64Field(2, challenge?.value ?? 0n), certificate!, crypt!];
        socket.send(Buffer.concat([Buffer.of(connectRequest), ...parts]), port, "127.0.0.1");
      },
      error: () => {},
    },
  });
  const body = Buffer.concat([number, fixed64Field(3, 1n), varintField(4, 12)]);
  const hello = Buffer.alloc(512);
  hello[0] = challengeRequest;
  hello.writeUInt16LE(body.length, 1);
  body.copy(hello, 3);
  thief.send(hello, port, "127.0.0.1");
  return { heard, [Symbol.asyncDispose]: async () => thief.close() };
}

describe("a handshake that is said again", () => {
  test("by a thief with a challenge of his own makes a connection of which nobody is told", async () => {
    await certified(server, "str:server");
    const address = await server.do("listen", "127.0.0.1:0", true);
    using wire = await Wire.to(address);
    await certified(client, "str:alice");
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
    const { bytes: request } = wire.packets.find(({ bytes, isUp }) => isUp && bytes[0] === connectRequest)!;
    await using thief = await replay(address, request);
    // As far as the library goes he is in, and it asks him in vain to say something.
    await waitUntil("the library has let him in", () => thief.heard.includes(connectOK));
    await waitUntil("he was asked", () => thief.heard.some((kind) => kind >= 0x80));
    await waitFor(300);
    expect((await server.do("seen")).opened).toEqual([{ identity: "str:alice", isAuthenticated: true }]);
    // Whose it was has his connection still.
    expect(await client.do("connections")).toBe(1);
  });

  test("makes no connection: neither from the same address nor from another", async () => {
    using wire = await serve();
    await certified(client, "str:alice");
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
    await client.do("disconnect");
    await server.sees("the end", ({ closed }) => closed.length === 1);
    const handshakes = wire.packets.filter(({ bytes, isUp }) => isUp && (bytes[0] ?? 0) < 0x80);
    expect(handshakes.some(({ bytes }) => bytes[0] === connectRequest)).toBe(true);
    // For as long as the library takes the answer to its challenge, about four seconds.
    for (const end = performance.now() + 5000; performance.now() < end; await Bun.sleep(100)) {
      for (const { bytes } of handshakes) {
        wire.repeat(bytes);
        await wire.inject(bytes);
      }
    }
    expect((await server.do("seen")).opened).toHaveLength(1);
    // The server still takes newcomers.
    expect(await client.do("connect", wire.address, required)).toMatchObject({ isOpen: true });
  }, 30_000);
});
