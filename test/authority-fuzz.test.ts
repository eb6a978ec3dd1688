/**
 * `steam-sockets/authority` takes what anybody may send: 10,000 blobs for each function that reads one, random and
 * mutated from what is good.
 *
 * - What comes of it is a value or a typed error: never another one, never a hang.
 * - A mutated certificate that still counts says what the good one says; whatever else it says, it doesn't count.
 * - A mutated request that is issued for gives a certificate for the identity that was authenticated, nobody else's.
 * - A mutated key that is read signs and is printed like any other.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  Certificate,
  CertificateAuthority,
  CertificateError,
  CertificateFormatError,
  IdentityError,
  PrivateKeyError,
  parseKeyId,
  readCertificateRequest,
  SigningKey,
  verifyCertificate,
} from "../lib/authority/index.ts";
import { checkIdentity } from "../lib/authority/identity.ts";
import { bytesField, readFields, varintField } from "../lib/authority/wire.ts";

const numRuns = 10_000;
const person = "str:alice";

let authority: CertificateAuthority;
let certificate: Certificate;
let request: Uint8Array;
let key: SigningKey;
let texts: readonly string[];

beforeAll(async () => {
  key = await SigningKey.generate();
  authority = await CertificateAuthority.create();
  const content = Buffer.concat([varintField(1, 1), bytesField(2, key.publicKey), bytesField(12, Buffer.from(person))]);
  request = bytesField(1, content);
  certificate = await authority.issue(request, { identity: person });
  texts = [await key.toPKCS8(), await key.toOpenSSH(), certificate.toPEM(), certificate.toBase64()];
});

/** A change: how many bytes are cut out where, and what is put there. */
interface Change {
  readonly at: number;
  /** As many as are put there, where it is left out: so all lengths stay right. */
  readonly out: number | undefined;
  readonly put: Uint8Array;
}

const put = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 1 }),
  fc.uint8Array({ maxLength: 40 }),
  // What numbers and fields begin with, and where they end.
  fc
    .constantFrom(...["00", "01", "7f", "80", "ff", "0a", "22", "29", "32", "ffffffff0f", "80808080808080808001"])
    .map((hex) => Uint8Array.from(Buffer.from(hex, "hex"))),
);
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  out: fc.option(fc.nat(6), { nil: undefined, freq: 1 }),
  put,
});
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

function changed(bytes: Uint8Array, list: readonly Change[]): Uint8Array {
  return list.reduce<Buffer>((old, { at, out, put: new_ }) => {
    const start = Math.floor(at * old.length);
    return Buffer.concat([old.subarray(0, start), new_, old.subarray(start + (out ?? new_.length))]);
  }, Buffer.from(bytes));
}

/** Random bytes, or good ones that are changed. */
function blobs(good: () => Uint8Array): fc.Arbitrary<Uint8Array> {
  // About the most that is taken, and good but for a field that nobody knows.
  const padded = fc
    .integer({ min: 3700, max: 4300 })
    .map((length) => Buffer.concat([good(), bytesField(1000, new Uint8Array(length))]));
  return fc.oneof(
    { arbitrary: fc.uint8Array({ maxLength: 300 }), weight: 1 },
    { arbitrary: padded, weight: 1 },
    { arbitrary: changes.map((list) => changed(good(), list)), weight: 18 },
  );
}

/** Random text, or good text that is changed. */
function wrongTexts(good: () => readonly string[]): fc.Arbitrary<string> {
  const mutated = fc
    .tuple(fc.nat(), changes)
    .map(([which, list]) =>
      Buffer.from(changed(Buffer.from(good()[which % good().length] ?? ""), list)).toString("latin1"),
    );
  return fc.oneof({ arbitrary: fc.string({ unit: "binary" }), weight: 1 }, { arbitrary: mutated, weight: 9 });
}

/** What comes of it; undefined where it is one of these errors. */
async function outcome<Value>(
  action: () => Value | Promise<Value>,
  ...errors: (new (...args: never[]) => Error)[]
): Promise<Value | undefined> {
  try {
    return await action();
  } catch (error) {
    if (errors.some((each) => error instanceof each) && error instanceof Error && error.message !== "")
      return undefined;
    throw error;
  }
}

describe("10,000 blobs, each as", () => {
  test("a certificate", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(
        blobs(() => certificate.toBytes()),
        async (blob) => {
          const result = await outcome(() => Certificate.read(blob), CertificateFormatError, PrivateKeyError);
          if (result === undefined) return;
          read++;
          expect(result.toBytes()).toEqual(new Uint8Array(blob));
          expect(String(result)).toContain(`ID${result.keyId}`);
          expect(() => JSON.stringify(result)).not.toThrow();
          const verification = await verifyCertificate(result, { roots: [authority.certificate] });
          if (verification.valid) expect(result.toJSON()).toEqual(certificate.toJSON());
          const renewed = await outcome(() => authority.renew(result), CertificateError);
          expect(renewed !== undefined).toBe(verification.valid);
        },
      ),
      { numRuns },
    );
    // Or all of them failed at the door, and nothing was tried.
    expect(read).toBeGreaterThan(numRuns / 50);
  }, 120_000);

  test("what a certificate says", async () => {
    // Signed again, so that only what it says stands against it.
    const signer = await SigningKey.generate();
    const own = await CertificateAuthority.create({ key: signer });
    const [signed] = readFields(Uint8Array.from(certificate.toBytes()));
    const content = signed?.bytes ?? new Uint8Array();
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(
        blobs(() => content),
        async (blob) => {
          const signature = await signer.sign(Uint8Array.from(blob));
          const bytes = Buffer.concat([
            bytesField(4, blob),
            own.certificate.toBytes().subarray(...placeOf(own.certificate, 5)),
            bytesField(6, signature),
          ]);
          const result = await outcome(() => Certificate.read(bytes), CertificateFormatError);
          if (result === undefined) return;
          const verification = await verifyCertificate(result, { roots: [own.certificate] });
          if (!verification.valid) return;
          counted++;
          expect(result.appIds).toContain(0);
          expect(result.expires.getTime()).toBeGreaterThan(Date.now());
          expect(checkIdentity(verification.identity ?? "")).toBeString();
        },
      ),
      { numRuns },
    );
    expect(counted).toBeGreaterThan(numRuns / 100);
  }, 120_000);

  test("a request", async () => {
    let issued = 0;
    await fc.assert(
      fc.asyncProperty(
        blobs(() => request),
        async (blob) => {
          const asked = await outcome(() => readCertificateRequest(blob), CertificateFormatError);
          const result = await outcome(() => authority.issue(blob, { identity: "str:bob" }), CertificateFormatError);
          expect(result?.keyId).toBe(asked?.keyId);
          if (result === undefined) return;
          issued++;
          expect(result.identity).toBe("str:bob");
          expect(result.appIds).toEqual([0]);
        },
      ),
      { numRuns },
    );
    expect(issued).toBeGreaterThan(numRuns / 50);
  }, 120_000);

  test("a text: of a key, of certificates, of a request", async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(
        wrongTexts(() => texts),
        async (text) => {
          await outcome(() => Certificate.read(text), CertificateFormatError, PrivateKeyError);
          await outcome(() => Certificate.readAll(text), CertificateFormatError, PrivateKeyError);
          await outcome(() => readCertificateRequest(text), CertificateFormatError);
          const result = await outcome(() => SigningKey.read(text), CertificateFormatError);
          if (result === undefined) return;
          read++;
          expect((await SigningKey.read(await result.toOpenSSH())).keyId).toBe(result.keyId);
        },
      ),
      { numRuns },
    );
    expect(read).toBeGreaterThan(0);
  }, 120_000);

  test("the number of a key, and an identity", () => {
    const kinds = ["", "str:", "gen:", "steamid:", "psn:", "xboxpwid:", "ip:", "ID", "1234567890", "new:"];
    const lines = fc.tuple(fc.constantFrom(...kinds), fc.oneof(fc.string({ unit: "binary" }), fc.nat().map(String)));
    return fc.assert(
      fc.asyncProperty(lines, async ([kind, rest]) => {
        const keyId = await outcome(() => parseKeyId(kind + rest), RangeError);
        if (keyId !== undefined) expect(BigInt.asUintN(64, keyId)).toBe(keyId);
        const identity = await outcome(() => checkIdentity(kind + rest), IdentityError);
        if (identity !== undefined) expect(Buffer.from(identity).toString()).toBe(identity);
      }),
      { numRuns },
    );
  }, 120_000);
});

/** From where to where a field of a certificate stands. */
function placeOf(of: Certificate, field: number): [start: number, end: number] {
  let at = 0;
  for (const { number, type, bytes } of readFields(Uint8Array.from(of.toBytes()))) {
    const length = type === 1 ? 9 : 2 + bytes.length;
    if (number === field) return [at, at + length];
    at += length;
  }
  throw new Error(`There is no field ${field}`);
}
