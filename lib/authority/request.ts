/** Requests for certificates, as `getCertificateRequest` makes them. C++: `CMsgSteamDatagramCertificateRequest`. */
import { concat, copyOf, fromBase64, type Bytes } from "./bytes.ts";
import { readContent } from "./content.ts";
import { CertificateFormatError } from "./errors.ts";
import { keyIdOf } from "./key-id.ts";
import { readFields, WireType } from "./wire.ts";

/** What a request asks for. */
export interface CertificateRequest {
  /** The key that the certificate shall be for: 32 bytes. Nothing proves that who asks has the private half. */
  readonly publicKey: Uint8Array;
  /** The number of that key. */
  readonly keyId: bigint;
  /** Who it says to be from. Anybody can write anything there: never issue for it without having authenticated it. */
  readonly claimedIdentity: string | undefined;
}

const contentField = 1;
const mostBytes = 4096;

/**
 * Reads a request.
 * @param source its bytes, or these in base64.
 * @throws CertificateFormatError when it is none.
 */
export async function readCertificateRequest(source: Uint8Array | string): Promise<CertificateRequest> {
  const { publicKey, identity } = readContent(contentOf(bytesOf(source)));
  return { publicKey: copyOf(publicKey), keyId: await keyIdOf(publicKey), claimedIdentity: identity };
}

function bytesOf(source: Uint8Array | string): Bytes {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) {
    throw new TypeError("a certificate request must be a Uint8Array or a text");
  }
  const bytes = typeof source === "string" ? fromBase64(source) : copyOf(source);
  if (bytes.length > mostBytes) {
    throw new CertificateFormatError(`A certificate request has at most ${mostBytes} bytes, not ${bytes.length}`);
  }
  return bytes;
}

// Of a message that stands there twice, the parts are read as one: so protocol buffers want it.
function contentOf(bytes: Bytes): Bytes {
  const parts = Array.from(readFields(bytes)).filter(
    ({ number, type }) => number === contentField && type === WireType.Bytes,
  );
  if (parts.length === 0) throw new CertificateFormatError("It is no certificate request");
  return concat(...parts.map(({ bytes: part }) => part));
}
