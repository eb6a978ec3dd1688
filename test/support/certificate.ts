/** Certificates of an authority of the test's own, in the library's form: protobuf messages. */
import { generateKeyPairSync, sign } from "node:crypto";

const day = 24 * 3600;
const keyBytes = 32;

/** What a certificate says. */
export interface CertificateContent {
  /** Ours is what the request says; other 32 bytes are somebody else's. */
  readonly key: Uint8Array;
  /** Whom it is for, in the SDK's text form. */
  readonly identity: string;
}

/** The key in a certificate request: of its one field, the certificate as it is wished for, the second field. */
export function keyOf(request: Uint8Array): Uint8Array {
  const at = Buffer.from(request).indexOf(Buffer.of(0x12, keyBytes));
  if (at < 0) throw new Error("There is no key in this request");
  return request.slice(at + 2, at + 2 + keyBytes);
}

/** A certificate, signed by an authority that nobody knows. */
export function certificate({ key, identity }: CertificateContent): Uint8Array {
  const now = Math.floor(Date.now() / 1000);
  const content = Buffer.concat([
    number(1, 1),
    bytes(2, key),
    fixed32(8, now),
    fixed32(9, now + day),
    number(10, 0),
    bytes(12, Buffer.from(identity)),
  ]);
  const { privateKey } = generateKeyPairSync("ed25519");
  const authority = Buffer.concat([head(5, 1), Buffer.alloc(8, 0x5a)]);
  return Buffer.concat([bytes(4, content), authority, bytes(6, sign(null, content, privateKey))]);
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
