/** Keys as OpenSSH writes them: `ssh-keygen -t ed25519`, without a passphrase. */
import { concat, copyOf, equal, textOf, toBase64, utf8, type Bytes } from "./bytes.ts";
import { CertificateFormatError } from "./errors.ts";
import { publicKeyBytes } from "./key-id.ts";

/** The two halves of an Ed25519 key. */
export interface KeyPair {
  /** The private half: 32 bytes. */
  readonly seed: Bytes;
  /** The public half: 32 bytes. */
  readonly publicKey: Bytes;
}

const magic = "openssh-key-v1\0";
const keyType = "ssh-ed25519";
const blockBytes = 8;

/** A public key as one line of `authorized_keys`. */
export function printPublicKey(publicKey: Bytes, comment: string): string {
  return `${keyType} ${toBase64(publicBlob(publicKey))} ${comment}`;
}

/** The bytes of a private key file. */
export function writePrivateKey({ seed, publicKey }: KeyPair, comment: string): Bytes {
  const check = crypto.getRandomValues(new Uint8Array(4));
  const secret = concat(
    check,
    check,
    publicBlob(publicKey),
    lengthAndBytes(concat(seed, publicKey)),
    lengthAndBytes(utf8(comment)),
  );
  const padding = Uint8Array.from({ length: -secret.length & (blockBytes - 1) }, (_, index) => index + 1);
  return concat(
    utf8(magic),
    lengthAndBytes(utf8("none")),
    lengthAndBytes(utf8("none")),
    lengthAndBytes(new Uint8Array()),
    uint32(1),
    lengthAndBytes(publicBlob(publicKey)),
    lengthAndBytes(concat(secret, padding)),
  );
}

/**
 * Reads a private key file, of OpenSSH or of the library's own tools, which write neither a comment nor padding.
 * @throws CertificateFormatError when it is none, has a passphrase, or is not for Ed25519.
 */
export function readPrivateKey(bytes: Bytes): KeyPair {
  const file = new Reader(bytes);
  if (textOf(file.take(magic.length)) !== magic) throw new CertificateFormatError("It is no key of OpenSSH");
  if (file.text() !== "none" || file.text() !== "none" || file.bytes().length > 0) {
    throw new CertificateFormatError("This key has a passphrase. Take it off: ssh-keygen -p -f FILE");
  }
  if (file.uint32() !== 1) throw new CertificateFormatError("There is more than one key in it");
  const publicKey = readPublicBlob(new Reader(file.bytes()));
  const secret = new Reader(file.bytes());
  if (secret.uint32() !== secret.uint32()) throw new CertificateFormatError("This key is damaged");
  const again = readPublicBlob(secret);
  const both = secret.bytes();
  const seed = both.subarray(0, publicKeyBytes);
  if (!equal(publicKey, again) || !equal(both, concat(seed, publicKey))) {
    throw new CertificateFormatError("This key is damaged");
  }
  return { seed: copyOf(seed), publicKey: copyOf(publicKey) };
}

function publicBlob(publicKey: Bytes): Bytes {
  return concat(lengthAndBytes(utf8(keyType)), lengthAndBytes(publicKey));
}

function readPublicBlob(reader: Reader): Bytes {
  const type = reader.text();
  if (type !== keyType) throw new CertificateFormatError("It is not for an Ed25519 key");
  const publicKey = reader.bytes();
  if (publicKey.length !== publicKeyBytes) throw new CertificateFormatError("This key is damaged");
  return publicKey;
}

function uint32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function lengthAndBytes(bytes: Bytes): Bytes {
  return concat(uint32(bytes.length), bytes);
}

/** Takes one thing after the other off the front. */
class Reader {
  #rest: Bytes;

  constructor(bytes: Bytes) {
    this.#rest = bytes;
  }

  take(count: number): Bytes {
    if (count > this.#rest.length) throw new CertificateFormatError("This key ends too early");
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  uint32(): number {
    const { buffer, byteOffset } = this.take(4);
    return new DataView(buffer, byteOffset).getUint32(0);
  }

  bytes(): Bytes {
    return this.take(this.uint32());
  }

  text(): string {
    return textOf(this.bytes());
  }
}
