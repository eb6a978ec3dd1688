/** Certificates of an authority of the test's own, in the library's form: protobuf messages. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

const day = 24 * 3600;
const keyBytes = 32;

/** What a certificate says. */
export interface CertificateContent {
  /** Ours is what the request says; other 32 bytes are somebody else's. */
  readonly key: Uint8Array;
  /** Whom it is for, in the SDK's text form; an authority's own is for nobody. */
  readonly identity?: string;
  /** From when until when it counts, in seconds since 1970: from now on for a day when it is left out. */
  readonly created?: number;
  readonly expires?: number;
  /** The apps that it is for: the only one that there is, 0, when it is left out and there is an identity. */
  readonly apps?: readonly number[];
  /** Bytes of a private key, which must never be there. */
  readonly privateKey?: Uint8Array;
}

/** Now, in seconds since 1970. */
export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The key in a certificate request: of its one field, the certificate as it is wished for, the second field. */
export function keyOf(request: Uint8Array): Uint8Array {
  const at = Buffer.from(request).indexOf(Buffer.of(0x12, keyBytes));
  if (at < 0) throw new Error("There is no key in this request");
  return request.slice(at + 2, at + 2 + keyBytes);
}

/** An authority, which nobody knows until its root is trusted. */
export class Authority {
  readonly #pair = generateKeyPairSync("ed25519");
  readonly #key = this.#pair.publicKey.export({ type: "spki", format: "der" }).subarray(-keyBytes);

  /** The certificate of the authority itself, signed by itself. */
  get root(): Uint8Array {
    return this.certificate({ key: this.#key });
  }

  /** The number of its key. */
  get keyId(): bigint {
    return keyIdOf(this.#key);
  }

  /** The certificate by which another authority is known to those who know this one. */
  intermediate(other: Authority): Uint8Array {
    return this.certificate({ key: other.#key });
  }

  /** A certificate. */
  certificate({ key, identity, created, expires, apps, privateKey }: CertificateContent): Uint8Array {
    const ofApps = apps ?? (identity === undefined ? [] : [0]);
    const content = Buffer.concat([
      number(1, 1),
      bytes(2, key),
      fixed32(8, created ?? seconds()),
      fixed32(9, expires ?? seconds() + day),
      ...ofApps.map((app) => number(10, app)),
      ...(identity === undefined ? [] : [bytes(12, Buffer.from(identity))]),
    ]);
    const keyID = createHash("sha256").update(this.#key).digest().subarray(0, 8);
    const signature = sign(null, content, this.#pair.privateKey);
    const secret = privateKey === undefined ? Buffer.alloc(0) : bytes(1, privateKey);
    return Buffer.concat([secret, bytes(4, content), head(5, 1), keyID, bytes(6, signature)]);
  }

  /** A certificate for whoever makes this request. */
  issue(request: Uint8Array, identity: string, more: Omit<CertificateContent, "key" | "identity"> = {}): Uint8Array {
    return this.certificate({ key: keyOf(request), identity, ...more });
  }
}

/** The number of a public key. */
export function keyIdOf(key: Uint8Array): bigint {
  return createHash("sha256").update(key).digest().readBigUInt64LE(0);
}

function head(field: number, wireType: number): Buffer {
  return Buffer.of((field << 3) | wireType);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([head(field, 0), Buffer.of(value)]);
}

function fixed32(field: number, value: number): Buffer {
  const encoded = Buffer.alloc(4);
  encoded.writeUInt32LE(value);
  return Buffer.concat([head(field, 5), encoded]);
}

/** Of less than 16,384 bytes. */
function bytes(field: number, value: Uint8Array): Buffer {
  const { length } = value;
  const encoded = length < 0x80 ? Buffer.of(length) : Buffer.of((length & 0x7f) | 0x80, length >> 7);
  return Buffer.concat([head(field, 2), encoded, value]);
}
