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

  /** A certificate, good for a day, for the only app that there is. */
  certificate({ key, identity }: CertificateContent): Uint8Array {
    const now = Math.floor(Date.now() / 1000);
    const content = Buffer.concat([
      number(1, 1),
      bytes(2, key),
      fixed32(8, now),
      fixed32(9, now + day),
      ...(identity === undefined ? [] : [number(10, 0), bytes(12, Buffer.from(identity))]),
    ]);
    const keyID = createHash("sha256").update(this.#key).digest().subarray(0, 8);
    const signature = sign(null, content, this.#pair.privateKey);
    return Buffer.concat([bytes(4, content), head(5, 1), keyID, bytes(6, signature)]);
  }
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
