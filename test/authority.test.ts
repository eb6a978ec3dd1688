/**
 * `steam-sockets/authority`: keys, requests, certificates and those who issue them.
 *
 * - What GameNetworkingSockets publishes with its own tests is read as its authors say, and written again byte for byte:
 *   keys, their numbers, certificates, who counts with whom, for which app.
 * - Keys: as PKCS#8 and as OpenSSH has them they come back the same; OpenSSH and OpenSSL, where they are there, read them
 *   as we do, and we theirs. A key shows its public half only, however it is printed.
 * - An authority issues for the key in a request and the identity that it is told, whatever the request claims; with the
 *   lifetime that it is told, never longer than its own or its root's; nothing without identity, for an address, for its
 *   own key, for a key that is revoked, for an app that is not its own, or when it is revoked or has expired itself.
 * - Renewal: same key, same identity, same apps, a new period; refused for what doesn't count (any more).
 * - Verification: chains up to a root that is trusted, however deep; and why one doesn't count: no root, another root,
 *   tampered with, expired, not yet, for another app, revoked, a user's certificate as an authority, too deep.
 * - A certificate with a private key in it is told from others by an error of its own.
 * - Requests and identities as the library has them, the older forms too; what is none is a typed error.
 */
import { afterAll, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  Certificate,
  CertificateAuthority,
  CertificateFormatError,
  IdentityError,
  LifetimeError,
  maxCertificateBytes,
  parseKeyId,
  PrivateKeyError,
  readCertificateRequest,
  SigningKey,
  TrustError,
  verifyCertificate,
} from "../lib/authority/index.ts";
import { readContent, writeContent, type CertificateContent } from "../lib/authority/content.ts";
import { bytesField, fixed64Field, readFields, varintField } from "../lib/authority/wire.ts";
import * as published from "./support/authority-vectors.ts";
import { untyped } from "./support/refusal.ts";

const day = 24 * 3600;
const person = "str:alice";

/** A request for a new key, as the library makes it. */
async function request(claimed?: string, key?: SigningKey): Promise<{ bytes: Uint8Array; key: SigningKey }> {
  key ??= await SigningKey.generate();
  return { bytes: bytesField(1, writeContent(contentFor(key, claimed))), key };
}

function contentFor(key: SigningKey, identity: string | undefined): CertificateContent {
  const publicKey = Uint8Array.from(key.publicKey);
  return { publicKey, identity, dataCenters: [], created: 0, expires: 0, appIds: [], addresses: [] };
}

function secondsOf({ created, expires }: Certificate): number {
  return (expires.getTime() - created.getTime()) / 1000;
}

/** A certificate with one part of its message exchanged. */
function exchanged(certificate: Certificate, field: number, bytes: Uint8Array): Uint8Array {
  const parts = Array.from(
    readFields(Uint8Array.from(certificate.toBytes())),
    ({ number, type, value, bytes: part }) => {
      if (number === field) return bytesField(number, bytes);
      return type === 1 ? fixed64Field(number, value) : bytesField(number, part);
    },
  );
  return Buffer.concat(parts);
}

describe("what upstream publishes", () => {
  test.each([...published.vectors])("a key and its certificate are read, and written byte for byte", async (vector) => {
    const key = await SigningKey.read(vector.privateKey);
    expect(key.keyId).toBe(vector.keyId);
    expect(String(key)).toBe(`ssh-ed25519 ${vector.publicKey} ID${vector.keyId}`);
    if (vector.certificate === undefined) return;
    const certificate = await Certificate.read(vector.certificate);
    expect(certificate.toBase64()).toBe(vector.certificate);
    expect(certificate.keyId).toBe(vector.keyId);
    expect(certificate.publicKey).toEqual(key.publicKey);
    expect(certificate.authorityKeyId).toBe(vector.signedBy);
    expect(certificate.appIds).toEqual(vector.appIds);
    expect(certificate.dataCenters).toEqual(vector.dataCenters);
    expect(certificate.identity).toBeUndefined();
    expect(certificate.created).toEqual(published.madeAt);
    expect(secondsOf(certificate)).toBe(730 * day);
    // Signatures of Ed25519 have no chance in them: the same content by the same key is the same certificate.
    const signer = published.vectors.find(({ keyId }) => keyId === vector.signedBy)?.privateKey ?? "";
    const [content] = readFields(Uint8Array.from(certificate.toBytes()));
    const again = await Certificate.sign(
      readContent(content?.bytes ?? new Uint8Array()),
      await SigningKey.read(signer),
    );
    expect(again.toBase64()).toBe(vector.certificate);
  });

  test("who counts with whom", async () => {
    const read = async ({ certificate = "" }: published.Vector) => await Certificate.read(certificate);
    const [root, appOfRoot] = [await read(published.root), await read(published.appOfRoot)];
    const [app, dataCenters] = [await read(published.app), await read(published.dataCenters)];
    // No certificate of the root that is compiled in is published: here is one, by its key.
    setSystemTime(published.madeAt);
    const key = await SigningKey.read(published.compiledIn.privateKey);
    const compiledIn = (await CertificateAuthority.create({ key })).certificate;
    setSystemTime();
    const at = new Date(published.madeAt.getTime() + 1000 * day);
    const roots = [compiledIn];
    const intermediates = [app];

    const good = await verifyCertificate(appOfRoot, { roots: [root], at, appId: 440 });
    expect(good).toEqual({ valid: true, identity: undefined, chain: [root], expires: appOfRoot.expires });
    expect(await verifyCertificate(appOfRoot, { roots: [root], at, appId: 730 })).toMatchObject({ valid: false });
    expect(await verifyCertificate(appOfRoot, { roots, at, appId: 440 })).toMatchObject({ valid: false });
    expect(await verifyCertificate(app, { roots, at, appId: 730 })).toMatchObject({ valid: true, chain: [compiledIn] });
    // It doesn't say for which app: what is above it does.
    const below = await verifyCertificate(dataCenters, { roots, intermediates, at, appId: 730 });
    expect(below).toMatchObject({ valid: true, chain: [app, compiledIn] });
    expect(await verifyCertificate(dataCenters, { roots, intermediates, at, appId: 570 })).toMatchObject({
      valid: false,
    });
    expect(await verifyCertificate(dataCenters, { roots, at, appId: 730 })).toMatchObject({ valid: false });
  });
});

describe("keys", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "steam-sockets-authority-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a program says of a key in a file, which only its owner can read. */
  function ask(program: string, name: string, text: string, ...args: string[]): string {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    const { stdout, stderr, exitCode } = Bun.spawnSync([program, ...args, file]);
    if (exitCode !== 0) throw new Error(`${program} refuses it: ${stderr.toString()}`);
    return stdout.toString();
  }

  test("come back the same in each form, and no two are alike", async () => {
    const key = await SigningKey.generate();
    for (const text of [await key.toPKCS8(), await key.toOpenSSH()]) {
      for (const form of [text, text.replaceAll("\n", "\r\n"), text.replaceAll("\n", " "), `a key:\n${text}the end`]) {
        const again = await SigningKey.read(form);
        expect(again.publicKey).toEqual(key.publicKey);
        expect(await again.toPKCS8()).toBe(await key.toPKCS8());
        const bytes = Uint8Array.of(1, 2, 3);
        expect(await again.sign(bytes)).toEqual(await key.sign(bytes));
      }
    }
    expect((await SigningKey.generate()).keyId).not.toBe(key.keyId);
  });

  test("sign bytes, wherever they lie, and nothing else", async () => {
    const key = await SigningKey.generate();
    const signature = await key.sign(Uint8Array.of(1, 2, 3));
    expect(signature).toHaveLength(64);
    const shared = new Uint8Array(new SharedArrayBuffer(5), 1, 3);
    shared.set([1, 2, 3]);
    for (const bytes of [Buffer.of(1, 2, 3), shared]) expect(await key.sign(bytes)).toEqual(signature);
    for (const none of [undefined, null, "abc", [1, 2, 3], new ArrayBuffer(3), new DataView(new ArrayBuffer(3))]) {
      await expect(key.sign(untyped(none))).rejects.toThrow(TypeError);
    }
  });

  test("show their public half only", async () => {
    const key = await SigningKey.generate();
    const seed = Buffer.from((await key.toPKCS8()).split("\n")[1] ?? "", "base64").subarray(-32);
    const shown = [
      String(key),
      JSON.stringify({ key }),
      inspect(key, { showHidden: true, depth: 9 }),
      Bun.inspect(key),
    ];
    for (const text of shown) {
      expect(text).not.toContain(seed.toString("base64").slice(0, 20));
      expect(text).not.toContain(seed.toString("hex").slice(0, 20));
      expect(text).not.toContain("PRIVATE KEY");
    }
    expect(JSON.parse(JSON.stringify(key))).toEqual({ publicKey: String(key), keyId: String(key.keyId) });
  });

  const openSSH = Bun.which("ssh-keygen");
  test.skipIf(openSSH === null)(
    `go to OpenSSH and back${openSSH === null ? " (ssh-keygen is not here)" : ""}`,
    async () => {
      const key = await SigningKey.generate();
      expect(ask("ssh-keygen", "ours", await key.toOpenSSH(), "-y", "-f").trim()).toBe(String(key));
      Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "somebody", "-f", join(folder, "theirs")]);
      const theirs = await SigningKey.read(await Bun.file(join(folder, "theirs")).text());
      const [type, blob] = (await Bun.file(join(folder, "theirs.pub")).text()).split(" ");
      expect(String(theirs)).toBe(`${type} ${blob} ID${theirs.keyId}`);
      Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", join(folder, "locked")]);
      const locked = await Bun.file(join(folder, "locked")).text();
      await expect(SigningKey.read(locked)).rejects.toThrow(/passphrase/);
    },
  );

  const openSSL = Bun.which("openssl");
  test.skipIf(openSSL === null)(
    `go to OpenSSL and back${openSSL === null ? " (openssl is not here)" : ""}`,
    async () => {
      const key = await SigningKey.generate();
      expect(ask("openssl", "ours.pem", await key.toPKCS8(), "pkey", "-in")).toBe(await key.toPKCS8());
      const { stdout } = Bun.spawnSync(["openssl", "genpkey", "-algorithm", "ed25519"]);
      expect(await (await SigningKey.read(stdout.toString())).toPKCS8()).toBe(stdout.toString());
    },
  );

  test("that are none are told so", async () => {
    const key = await SigningKey.generate();
    const [pkcs8, ssh] = [await key.toPKCS8(), await key.toOpenSSH()];
    const block = (label: string, bytes: Uint8Array) =>
      `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString("base64")}\n-----END ${label}-----\n`;
    const body = Buffer.from(ssh.replace(/-----.*-----/g, ""), "base64");
    // The halves stand in it behind each other: one bit of the private one makes it another key's.
    const damaged = Buffer.from(body);
    const seedAt = body.lastIndexOf(Buffer.from(key.publicKey)) - 1;
    damaged.writeUInt8(damaged.readUInt8(seedAt) ^ 1, seedAt);
    const wrong = [
      "",
      "no key",
      pkcs8 + ssh,
      pkcs8 + pkcs8,
      pkcs8.replace(/[^-]\n/, "?\n"),
      block("PRIVATE KEY", new Uint8Array(48)),
      block("PUBLIC KEY", key.publicKey),
      block("OPENSSH PRIVATE KEY", new Uint8Array(15)),
      block("OPENSSH PRIVATE KEY", body.subarray(0, 100)),
      block("OPENSSH PRIVATE KEY", damaged),
    ];
    for (const text of wrong) await expect(SigningKey.read(text)).rejects.toThrow(CertificateFormatError);
    for (const none of [undefined, null, 5, new Uint8Array(48)]) {
      await expect(SigningKey.read(untyped(none))).rejects.toThrow(TypeError);
    }
  });

  test("have numbers that are read as they are printed", () => {
    expect(parseKeyId("ID15065522211738378441")).toBe(15065522211738378441n);
    expect(parseKeyId("1")).toBe(1n);
    expect(parseKeyId(String(2n ** 64n - 1n))).toBe(2n ** 64n - 1n);
    for (const none of ["", "ID", "0", "ID0", "-1", "0x5", "1.5", " 5", "id5", String(2n ** 64n), "9".repeat(40)]) {
      expect(() => parseKeyId(none)).toThrow(RangeError);
    }
  });
});

describe("an authority", () => {
  test("issues for the identity that it is told and the key that is asked for", async () => {
    const authority = await CertificateAuthority.create();
    const { bytes, key } = await request("str:mallory");
    for (const source of [bytes, Buffer.from(bytes).toString("base64")]) {
      const before = Math.floor(Date.now() / 1000);
      const certificate = await authority.issue(source, { identity: person });
      expect(certificate.identity).toBe(person);
      expect(certificate.publicKey).toEqual(key.publicKey);
      expect(certificate.keyId).toBe(key.keyId);
      expect(certificate.authorityKeyId).toBe(authority.keyId);
      expect(certificate.appIds).toEqual([0]);
      expect(secondsOf(certificate)).toBe(day);
      expect(certificate.created.getTime() / 1000).toBeWithin(before, Date.now() / 1000 + 1);
      expect(Buffer.from(certificate.toBytes()).includes("mallory")).toBeFalse();
      const verification = await verifyCertificate(certificate, { roots: [authority.certificate] });
      expect(verification).toEqual({
        valid: true,
        identity: person,
        chain: [authority.certificate],
        expires: certificate.expires,
      });
    }
  });

  test("says in a certificate what it is told to", async () => {
    const authority = await CertificateAuthority.create({ appIds: [0, 440, 4294967295] });
    const { bytes } = await request();
    const options = { identity: "gen:0A0b", lifetime: 90, appIds: [440, 4294967295], addresses: ["192.0.2.1", "::1"] };
    const certificate = await authority.issue(bytes, options);
    const read = await Certificate.read(certificate.toPEM());
    expect(secondsOf(read)).toBe(90);
    expect(read.toJSON()).toEqual({
      identity: "gen:0a0b",
      publicKey: expect.stringMatching(/^ssh-ed25519 AAAA\S+ ID\d+$/),
      keyId: String(certificate.keyId),
      authorityKeyId: String(authority.keyId),
      created: certificate.created.toISOString(),
      expires: certificate.expires.toISOString(),
      appIds: [440, 4294967295],
      dataCenters: [],
      addresses: ["192.0.2.1", "::1"],
    });
    for (const part of ['"gen:0a0b"', `ID${read.keyId}`, `ID${authority.keyId}`, "440, 4294967295", '"192.0.2.1"']) {
      expect(String(read)).toContain(part);
    }
    expect(String(authority.certificate)).toContain("an authority (root)");
  });

  test("issues nothing without identity, or for what is none", async () => {
    const authority = await CertificateAuthority.create();
    const { bytes } = await request(person);
    const none = [undefined, null, "", 5, 76561197960287930n, "alice", "str:", ":alice", "ip:1.2.3.4", "ip:::1"];
    const wrong = ["str:a\0b", "str:a\nb", `str:${"x".repeat(32)}`, "str:\ud800", "gen:", "gen:0", "gen:xy", "STR:x"];
    const numbers = ["steamid:", "steamid:0", "steamid:x", "steamid:07", `steamid:${2n ** 64n}`, "psn:-1"];
    const long = [
      `gen:${"00".repeat(33)}`,
      `xboxpwid:${"x".repeat(33)}`,
      `new:${"x".repeat(124)}`,
      `${"x".repeat(17)}:x`,
    ];
    // Kinds that the library has not: nobody could be told to expect or to revoke them.
    wrong.push("new:kind of", "player:alice");
    for (const identity of [...none, ...wrong, ...numbers, ...long]) {
      await expect(authority.issue(bytes, untyped({ identity }))).rejects.toThrow(IdentityError);
    }
    const good = ["str:é", `str:${"x".repeat(31)}`, "steamid:76561197960287930", "psn:1", "xboxpwid:ab"];
    for (const identity of good) expect((await authority.issue(bytes, { identity })).identity).toBe(identity);
  });

  test("issues for no request that is none", async () => {
    const authority = await CertificateAuthority.create();
    const { bytes } = await request(person);
    const certificate = await authority.issue(bytes, { identity: person });
    const none = [new Uint8Array(), "", "?", bytes.subarray(0, -1), certificate.toBytes(), new Uint8Array(5000)];
    for (const blob of none) {
      await expect(authority.issue(blob, { identity: person })).rejects.toThrow(CertificateFormatError);
    }
    for (const wrong of [5, null, undefined, [], {}]) {
      await expect(authority.issue(untyped(wrong), { identity: person })).rejects.toThrow(TypeError);
    }
  });

  test("issues for no longer than it counts itself, nor those above it", async () => {
    const { bytes } = await request();
    const root = await CertificateAuthority.create({ lifetime: 1000 });
    expect(root.expires).toEqual(root.certificate.expires);
    await expect(root.createIntermediate({ lifetime: 1001 })).rejects.toThrow(LifetimeError);
    const middle = await root.createIntermediate({ lifetime: 500 });
    expect(secondsOf((await root.createIntermediate()).certificate)).toBeWithin(990, 1001);
    expect(middle.expires).toEqual(middle.certificate.expires);
    for (const authority of [root, middle]) {
      await expect(authority.issue(bytes, { identity: person, lifetime: 1001 })).rejects.toThrow(LifetimeError);
      const certificate = await authority.issue(bytes, { identity: person });
      expect(certificate.expires).toEqual(authority.expires);
    }
    await expect(middle.issue(bytes, { identity: person, lifetime: 501 })).rejects.toThrow(LifetimeError);

    // A foreign tool made one that lasts longer than what is above it: that is no help.
    const key = await SigningKey.generate();
    const period = { created: Math.floor(Date.now() / 1000), expires: 0xffff_ffff };
    const rootKey = await SigningKey.generate();
    const shortRoot = await CertificateAuthority.create({ key: rootKey, lifetime: 1000 });
    const certificate = await Certificate.sign({ ...contentFor(key, undefined), ...period }, rootKey);
    const long = await CertificateAuthority.open(key, certificate, [shortRoot.certificate]);
    expect(long.expires).toEqual(shortRoot.expires);
    await expect(long.issue(bytes, { identity: person, lifetime: 1001 })).rejects.toThrow(LifetimeError);
    expect((await long.issue(bytes, { identity: person })).expires).toEqual(shortRoot.expires);

    for (const lifetime of [0, -1, 1.5, NaN, Infinity, untyped<number>("60"), untyped<number>(null)]) {
      await expect(root.issue(bytes, { identity: person, lifetime })).rejects.toThrow(RangeError);
      await expect(CertificateAuthority.create({ lifetime })).rejects.toThrow(RangeError);
    }
    await expect(CertificateAuthority.create({ lifetime: 2 ** 32 })).rejects.toThrow(LifetimeError);
  });

  test("issues nothing when it has expired", async () => {
    const { bytes } = await request();
    const root = await CertificateAuthority.create({ lifetime: 1000 });
    const certificate = await root.issue(bytes, { identity: person });
    setSystemTime(new Date(Date.now() + 1_001_000));
    try {
      await expect(root.issue(bytes, { identity: person })).rejects.toThrow(LifetimeError);
      await expect(root.issue(bytes, { identity: person, lifetime: 1 })).rejects.toThrow(LifetimeError);
      await expect(root.createIntermediate()).rejects.toThrow(LifetimeError);
      await expect(root.renew(certificate)).rejects.toThrow(TrustError);
      await expect(verifyCertificate(certificate, { roots: [root.certificate] })).resolves.toMatchObject({
        valid: false,
        reason: expect.stringContaining("expired"),
      });
    } finally {
      setSystemTime();
    }
  });

  test("issues for its apps only", async () => {
    const { bytes } = await request();
    const all = await CertificateAuthority.create();
    const some = await all.createIntermediate({ appIds: [7, 8] });
    const one = await some.createIntermediate({ appIds: [7] });
    expect((await one.issue(bytes, { identity: person, appIds: [7] })).appIds).toEqual([7]);
    for (const authority of [some, one]) {
      await expect(authority.issue(bytes, { identity: person })).rejects.toThrow(/can't issue for app 0/);
      await expect(authority.issue(bytes, { identity: person, appIds: [7, 9] })).rejects.toThrow(
        /can't issue for app 9/,
      );
    }
    await expect(some.createIntermediate({ appIds: [9] })).rejects.toThrow(RangeError);
    // One that names none is for those of the authorities above it; a user's would be for none.
    const unnamed = await some.createIntermediate({ appIds: [] });
    await expect(unnamed.issue(bytes, { identity: person, appIds: [9] })).rejects.toThrow(RangeError);
    const certificate = await unnamed.issue(bytes, { identity: person, appIds: [8] });
    const trust = { roots: [all.certificate], intermediates: [some.certificate, unnamed.certificate] };
    expect(await verifyCertificate(certificate, { ...trust, appId: 8 })).toMatchObject({ valid: true });
    expect(await verifyCertificate(unnamed.certificate, { ...trust, appId: 9 })).toMatchObject({ valid: false });
    await expect(all.issue(bytes, { identity: person, appIds: [] })).rejects.toThrow(RangeError);
    for (const appId of [-1, 1.5, 2 ** 32, untyped<number>("0"), NaN]) {
      await expect(all.issue(bytes, { identity: person, appIds: [appId] })).rejects.toThrow(RangeError);
    }
    for (const addresses of [untyped<string[]>("::1"), [untyped<string>(5)], ["example.com"], Array(65).fill("::1")]) {
      await expect(all.issue(bytes, { identity: person, addresses })).rejects.toThrow(RangeError);
    }
  });

  test("issues nothing for its own keys, or for what is revoked", async () => {
    const rootKey = await SigningKey.generate();
    const root = await CertificateAuthority.create({ key: rootKey });
    const key = await SigningKey.generate();
    const middle = await root.createIntermediate({ key });
    for (const own of [key, rootKey]) {
      const { bytes } = await request(undefined, own);
      await expect(middle.issue(bytes, { identity: person })).rejects.toThrow(TrustError);
      await expect(middle.createIntermediate({ key: own })).rejects.toThrow(TrustError);
    }
    const { bytes, key: stolen } = await request();
    const certificate = await middle.issue(bytes, { identity: person });
    expect(middle.revoked).toEqual([]);
    middle.revoke(stolen.keyId);
    expect(middle.revoked).toEqual([stolen.keyId]);
    await expect(middle.issue(bytes, { identity: person })).rejects.toThrow(`Key ID${stolen.keyId} is revoked`);
    await expect(middle.renew(certificate)).rejects.toThrow(TrustError);
    await expect(middle.createIntermediate({ key: stolen })).rejects.toThrow(TrustError);
    const { bytes: others } = await request();
    expect((await middle.issue(others, { identity: person })).identity).toBe(person);
    // What is above it is gone, and so is it.
    middle.revoke(rootKey.keyId);
    await expect(middle.issue(others, { identity: person })).rejects.toThrow(TrustError);
    for (const none of [-1n, 2n ** 64n]) expect(() => middle.revoke(none)).toThrow(RangeError);
    expect(() => middle.revoke(untyped(5))).toThrow(TypeError);
  });

  test("is opened again from its key and certificates", async () => {
    const [rootKey, key] = [await SigningKey.generate(), await SigningKey.generate()];
    const root = await CertificateAuthority.create({ key: rootKey, appIds: [7, 8] });
    const middle = await root.createIntermediate({ key, appIds: [8] });
    const texts = [middle.certificate, ...middle.issuers].map((each) => each.toPEM()).join("");
    const [own, ...above] = await Certificate.readAll(texts);
    if (own === undefined) throw new Error("There is no certificate");
    const opened = await CertificateAuthority.open(await SigningKey.read(await key.toPKCS8()), own, above);
    expect(opened.issuers).toEqual([root.certificate]);
    const { bytes } = await request();
    const certificate = await opened.issue(bytes, { identity: person, appIds: [8] });
    const trust = { roots: [root.certificate], intermediates: [middle.certificate], appId: 8 };
    expect(await verifyCertificate(certificate, trust)).toMatchObject({ valid: true, identity: person });

    await expect(CertificateAuthority.open(rootKey, own, above)).rejects.toThrow(/for another key/);
    await expect(CertificateAuthority.open(key, own)).rejects.toThrow(/not known/);
    const stranger = await CertificateAuthority.create();
    await expect(CertificateAuthority.open(key, own, [stranger.certificate])).rejects.toThrow(TrustError);
    const { bytes: users, key: usersKey } = await request();
    const usersCertificate = await root.issue(users, { identity: person, appIds: [8] });
    await expect(CertificateAuthority.open(usersKey, usersCertificate, [root.certificate])).rejects.toThrow(/a user's/);
  });
});

describe("renewal", () => {
  test("gives the same once more, counting from now on", async () => {
    const authority = await (await CertificateAuthority.create()).createIntermediate();
    const { bytes } = await request();
    const options = { identity: person, lifetime: 600, appIds: [0, 3], addresses: ["::1"] };
    const old = await authority.issue(bytes, options);
    setSystemTime(new Date(Date.now() + 300_000));
    try {
      const renewed = await authority.renew(old, { lifetime: 700 });
      const { created, expires, ...rest } = renewed.toJSON();
      expect(old.toJSON()).toMatchObject(rest);
      expect(Date.parse(created)).toBeGreaterThan(old.created.getTime());
      expect(Date.parse(expires) - Date.parse(created)).toBe(700_000);
      expect(secondsOf(await authority.renew(old))).toBe(day);
      await expect(authority.renew(old, { lifetime: 0 })).rejects.toThrow(RangeError);
      await expect(authority.renew(old, { lifetime: 731 * day })).rejects.toThrow(LifetimeError);
    } finally {
      setSystemTime();
    }
  });

  test("is refused for what doesn't count", async () => {
    const root = await CertificateAuthority.create();
    const other = await CertificateAuthority.create();
    const { bytes } = await request();
    const certificate = await root.issue(bytes, { identity: person, lifetime: 600 });
    await expect(other.renew(certificate)).rejects.toThrow(/another authority's/);
    await expect(root.renew(root.certificate)).rejects.toThrow(/no user's/);
    const forged = await Certificate.read(exchanged(certificate, 6, new Uint8Array(64)));
    await expect(root.renew(forged)).rejects.toThrow(/signature is wrong/);
    setSystemTime(new Date(Date.now() + 601_000));
    try {
      await expect(root.renew(certificate)).rejects.toThrow(/expired/);
    } finally {
      setSystemTime();
    }
  });
});

describe("verification", () => {
  test("tells why a certificate doesn't count", async () => {
    const root = await CertificateAuthority.create();
    const middle = await root.createIntermediate();
    const { bytes } = await request();
    const certificate = await middle.issue(bytes, { identity: person });
    const roots = [root.certificate];
    const intermediates = [middle.certificate];
    const reason = async (of: Certificate, options: Parameters<typeof verifyCertificate>[1]) => {
      const verification = await verifyCertificate(of, options);
      return verification.valid ? "valid" : verification.reason;
    };
    expect(await reason(certificate, { roots, intermediates })).toBe("valid");
    expect(await reason(certificate, { roots })).toMatch(/not known/);
    expect(await reason(certificate, { roots: [], intermediates })).toMatch(/not known/);
    expect(await reason(root.certificate, { roots: [] })).toMatch(/not trusted/);
    // Only a root is trust itself, whatever else is called one; and no root comes by way of the intermediates.
    expect(await reason(certificate, { roots: [middle.certificate] })).toMatch(/not known/);
    expect(await reason(certificate, { roots: [], intermediates: [root.certificate, middle.certificate] })).toMatch(
      /not known/,
    );
    const stranger = await CertificateAuthority.create();
    expect(await reason(certificate, { roots: [stranger.certificate], intermediates })).toMatch(/not known/);
    expect(await reason(certificate, { roots, intermediates, appId: 1 })).toMatch(/not for app 1/);
    for (const { keyId } of [certificate, middle.certificate, root.certificate]) {
      expect(await reason(certificate, { roots, intermediates, revoked: [keyId] })).toMatch(/revoked/);
    }
    const { expires, created } = certificate;
    expect(await reason(certificate, { roots, intermediates, at: expires })).toBe("valid");
    const later = new Date(expires.getTime() + 1);
    expect(await reason(certificate, { roots, intermediates, at: later })).toMatch(/expired/);
    const earlier = new Date(created.getTime() - 3_600_000);
    expect(await reason(certificate, { roots, intermediates, at: earlier })).toMatch(/counts from/);

    // Tampered with, or another one's name on it.
    const [content] = readFields(Uint8Array.from(certificate.toBytes()));
    const text = Buffer.from(content?.bytes ?? []);
    text.write("bob!!", text.indexOf("alice"));
    const tampered = await Certificate.read(exchanged(certificate, 4, text));
    expect(tampered.identity).toBe("str:bob!!");
    expect(await reason(tampered, { roots, intermediates })).toMatch(/signature is wrong/);

    // A user is no authority, whatever he signs.
    const { bytes: others } = await request();
    const usersKey = await SigningKey.generate();
    const { bytes: users } = await request(undefined, usersKey);
    const user = await middle.issue(users, { identity: person });
    const forged = await Certificate.sign(
      { ...readContent(writeContent(contentFor(await SigningKey.generate(), "str:admin"))), ...nowOn(), appIds: [0] },
      usersKey,
    );
    expect(await reason(forged, { roots, intermediates: [...intermediates, user] })).toMatch(/not known/);
    expect(others.length).toBeGreaterThan(0);

    // Without apps it would be for all of them, which the library takes from authorities only.
    const signing = await SigningKey.generate();
    const signer = await CertificateAuthority.create({ key: signing });
    const appless = await Certificate.sign({ ...contentFor(usersKey, person), ...nowOn() }, signing);
    expect(await reason(appless, { roots: [signer.certificate] })).toMatch(/for no app/);
    const nobody = await Certificate.sign({ ...contentFor(usersKey, ""), ...nowOn(), appIds: [0] }, signing);
    expect(nobody.isAuthority).toBeFalse();
    expect(await reason(nobody, { roots: [signer.certificate] })).toMatch(/identity is none/);
  });

  test("goes up many authorities, but not without end", async () => {
    const root = await CertificateAuthority.create();
    const line = [root];
    for (let left = 10; left > 0; left--) line.push(await (line.at(-1) ?? root).createIntermediate());
    const intermediates = line.slice(1).map(({ certificate }) => certificate);
    const verify = async (depth: number) =>
      (await verifyCertificate((line[depth] ?? root).certificate, { roots: [root.certificate], intermediates })).valid;
    expect(await verify(8)).toBeTrue();
    expect(await verify(10)).toBeFalse();
    // Two that have signed each other end nowhere.
    const keys = [await SigningKey.generate(), await SigningKey.generate()] as const;
    const circle = [
      await Certificate.sign({ ...contentFor(keys[0], undefined), ...nowOn() }, keys[1]),
      await Certificate.sign({ ...contentFor(keys[1], undefined), ...nowOn() }, keys[0]),
    ];
    for (const each of circle) {
      const verification = await verifyCertificate(each, { roots: [root.certificate], intermediates: circle });
      expect(verification.valid).toBeFalse();
    }
  });

  test("goes by whichever certificate of an authority counts", async () => {
    // The root's key was certified anew: both are the same authority.
    const key = await SigningKey.generate();
    const [old, renewed] = [
      await CertificateAuthority.create({ key, lifetime: 60 }),
      await CertificateAuthority.create({ key }),
    ];
    const { bytes } = await request();
    const certificate = await renewed.issue(bytes, { identity: person });
    const at = new Date(Date.now() + 3_600_000);
    for (const roots of [
      [old.certificate, renewed.certificate],
      [renewed.certificate, old.certificate],
    ]) {
      expect(await verifyCertificate(certificate, { roots, at })).toMatchObject({ valid: true });
    }
    expect(await verifyCertificate(certificate, { roots: [old.certificate], at })).toMatchObject({ valid: false });
  });
});

describe("reading", () => {
  test("a certificate in each form", async () => {
    const root = await CertificateAuthority.create();
    const { bytes } = await request();
    const certificate = await root.issue(bytes, { identity: person });
    const forms = [
      certificate.toBytes(),
      Buffer.concat([Buffer.of(0), certificate.toBytes()]).subarray(1),
      certificate.toBase64(),
      `${certificate.toBase64().replace(/(.{50})/g, "$1\r\n")}\n`,
      certificate.toPEM(),
      `# who this is\n${certificate.toPEM().replaceAll("\n", "\r\n")}`,
    ];
    for (const form of forms) expect((await Certificate.read(form)).toBytes()).toEqual(certificate.toBytes());
    const all = await Certificate.readAll(root.certificate.toPEM() + certificate.toPEM());
    expect(all.map(({ keyId }) => keyId)).toEqual([root.keyId, certificate.keyId]);
    await expect(Certificate.read(root.certificate.toPEM() + certificate.toPEM())).rejects.toThrow(
      /not one certificate/,
    );
    // Nobody changes it from outside.
    certificate.toBytes().fill(0);
    certificate.publicKey.fill(0);
    expect(await verifyCertificate(certificate, { roots: [root.certificate] })).toMatchObject({ valid: true });
  });

  test("what is none is told so", async () => {
    const root = await CertificateAuthority.create();
    const { certificate } = root;
    const bytes = certificate.toBytes();
    const none = [
      "",
      "?",
      new Uint8Array(),
      bytes.subarray(1),
      bytes.subarray(0, -1),
      new Uint8Array(maxCertificateBytes + 1),
      exchanged(certificate, 6, new Uint8Array(63)),
      exchanged(certificate, 4, new Uint8Array()),
      exchanged(certificate, 4, new Uint8Array(40)),
      (await request()).bytes,
      "-----BEGIN STEAMDATAGRAM CERT-----\n?\n-----END STEAMDATAGRAM CERT-----",
      "-----BEGIN STEAMDATAGRAM CERT-----",
    ];
    for (const source of none) await expect(Certificate.read(source)).rejects.toThrow(CertificateFormatError);
    for (const wrong of [undefined, null, 5, {}, []]) {
      await expect(Certificate.read(untyped(wrong))).rejects.toThrow(TypeError);
    }
  });

  test("a private key where a certificate belongs is an error of its own", async () => {
    const key = await SigningKey.generate();
    const { certificate } = await CertificateAuthority.create({ key });
    const seed = new Uint8Array(32).fill(7);
    const blobs = [
      Buffer.concat([certificate.toBytes(), bytesField(1, seed)]),
      Buffer.concat([bytesField(1, seed), certificate.toBytes()]),
      Buffer.concat([certificate.toBytes(), varintField(1, 7)]),
      // The field's number, written longer than it must be.
      Buffer.concat([Buffer.of(0x8a, 0x00, 32), seed, certificate.toBytes()]),
    ];
    for (const blob of blobs) {
      await expect(Certificate.read(blob)).rejects.toThrow(PrivateKeyError);
      await expect(Certificate.read(blob.toString("base64"))).rejects.toThrow(PrivateKeyError);
    }
    await expect(Certificate.read(certificate.toPEM() + (await key.toPKCS8()))).rejects.toThrow(PrivateKeyError);
    await expect(Certificate.readAll(await key.toOpenSSH())).rejects.toThrow(PrivateKeyError);
  });

  test("requests: the key, and what is claimed, in the forms that there ever were", async () => {
    const key = await SigningKey.generate();
    const content = writeContent(contentFor(key, undefined));
    const legacy = (field: Uint8Array) => Buffer.concat([content, bytesField(11, field)]);
    const forms: [string | undefined, Uint8Array][] = [
      [undefined, content],
      [person, writeContent(contentFor(key, person))],
      ["steamid:76561197960287930", Buffer.concat([content, fixed64Field(4, 76561197960287930n)])],
      ["steamid:76561197960287930", legacy(fixed64Field(16, 76561197960287930n))],
      ["str:Hercule Poirot", legacy(bytesField(3, Buffer.from("Hercule Poirot")))],
      ["gen:00ff", legacy(bytesField(2, Uint8Array.of(0, 255)))],
    ];
    for (const [claimedIdentity, bytes] of forms) {
      expect(await readCertificateRequest(bytesField(1, bytes))).toEqual({
        publicKey: key.publicKey,
        keyId: key.keyId,
        claimedIdentity,
      });
    }
    // As protocol buffers want it, the last of two counts.
    const twice = Buffer.concat([bytesField(1, writeContent(contentFor(key, "str:one"))), bytesField(1, content)]);
    expect((await readCertificateRequest(twice)).claimedIdentity).toBe("str:one");
  });
});

function nowOn(): { created: number; expires: number } {
  const created = Math.floor(Date.now() / 1000);
  return { created, expires: created + 3600 };
}
