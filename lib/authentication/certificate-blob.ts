/** Certificates as they are handed in: taken apart before the library sees them, and put together again without more. */
import { fromBase64, concat, copyOf, type Bytes } from "../authority/bytes.ts";
import { readContent, type CertificateContent } from "../authority/content.ts";
import { PrivateKeyError } from "../authority/errors.ts";
import { certificateLabel, hasBlocks, readBlocks } from "../authority/pem.ts";
import { bytesField, fixed64Field, readFields, WireType } from "../authority/wire.ts";
import { CertificateRefusedError } from "../errors.ts";
import { bytes } from "../validate.ts";

/** A certificate: its bytes, these in base64, or a text with a block `BEGIN STEAMDATAGRAM CERT`. */
export type CertificateSource = string | ArrayBufferView | ArrayBufferLike;

/** What a certificate says, and the bytes of it and of nothing else. */
export interface CertificateBlob {
  readonly bytes: Bytes;
  readonly content: CertificateContent;
  /** The number of its key. */
  readonly keyId: bigint;
  /** The number of the key that has signed it: its own in a root's. */
  readonly authorityKeyId: bigint;
}

const Fields = { PrivateKey: 1, Content: 4, AuthorityKeyId: 5, Signature: 6 } as const;
const mostBytes = 4096;

/**
 * Reads one certificate.
 * @throws CertificateRefusedError when it is none, or there is a private key in it.
 * @throws TypeError when it is neither a text nor bytes.
 */
export function readCertificateBlob(source: CertificateSource): CertificateBlob {
  const [first, ...others] = readCertificateBlobs(source);
  if (first === undefined || others.length > 0) throw malformed("it is not one certificate");
  return first;
}

/** Reads the certificates in a text of blocks, in their order, or a single one. @throws as {@link readCertificateBlob}. */
export function readCertificateBlobs(source: CertificateSource): CertificateBlob[] {
  // Before anything else, so that a wrong type is told as such.
  const raw = bytes(source);
  try {
    return (typeof source === "string" ? bytesOfText(source) : [raw]).map(read);
  } catch (problem) {
    if (problem instanceof CertificateRefusedError) throw problem;
    if (problem instanceof PrivateKeyError) throw privateKey();
    throw malformed(problem instanceof Error ? problem.message : String(problem));
  }
}

function bytesOfText(source: string): Uint8Array[] {
  if (!hasBlocks(source)) return [fromBase64(source)];
  const blocks = readBlocks(source);
  if (blocks.some(({ label }) => label.endsWith("PRIVATE KEY"))) throw privateKey();
  return blocks.filter(({ label }) => label === certificateLabel).map(({ bytes: block }) => block);
}

function read(source: Uint8Array): CertificateBlob {
  if (source.length > mostBytes) throw malformed(`it has more than ${mostBytes} bytes`);
  let signed: Bytes | undefined;
  let signature: Bytes | undefined;
  let authorityKeyId: bigint | undefined;
  for (const { number, type, value, bytes: part } of readFields(copyOf(source))) {
    // Whatever its type is, somebody meant a key.
    if (number === Fields.PrivateKey) throw privateKey();
    if (number === Fields.Content && type === WireType.Bytes) signed = part;
    else if (number === Fields.AuthorityKeyId && type === WireType.Fixed64) authorityKeyId = value;
    else if (number === Fields.Signature && type === WireType.Bytes) signature = part;
  }
  if (signed === undefined || signature === undefined || authorityKeyId === undefined) {
    throw malformed("it has no content, no signature or no signer");
  }
  const content = readContent(signed);
  return {
    // Put together anew: the library sends to others whatever else there was.
    bytes: concat(
      bytesField(Fields.Content, signed),
      fixed64Field(Fields.AuthorityKeyId, authorityKeyId),
      bytesField(Fields.Signature, signature),
    ),
    content,
    keyId: keyIdOf(content.publicKey),
    authorityKeyId,
  };
}

// The same as in authority/key-id.ts, where it has to be waited for.
function keyIdOf(publicKey: Bytes): bigint {
  const digest = new Bun.CryptoHasher("sha256").update(publicKey).digest();
  return digest.readBigUInt64LE(0);
}

function malformed(why: string): CertificateRefusedError {
  return new CertificateRefusedError("malformed", why);
}

function privateKey(): CertificateRefusedError {
  return new CertificateRefusedError(
    "privateKey",
    "there is a private key in it, which the library would send to everybody: take another key",
  );
}
