/** The key by which an authority signs. */
import { concat, copyOf, equal, fromBase64, type Bytes } from "./bytes.ts";
import { CertificateFormatError } from "./errors.ts";
import { keyIdOf, publicKeyBytes } from "./key-id.ts";
import { printPublicKey, readPrivateKey, writePrivateKey } from "./openssh.ts";
import { openSSHLabel, pkcs8Label, printBlock, readBlocks } from "./pem.ts";

// All of a PKCS#8 Ed25519 key but its 32 bytes.
const pkcs8Head = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const openSSHLine = 70;
const pkcs8Line = 64;
const algorithm = "Ed25519";

/**
 * A private key of Ed25519. Whoever has it can make certificates for everybody: it belongs to the authority's machine
 * and no other. Printed or as JSON it shows its public half only.
 */
export class SigningKey {
  readonly #private: CryptoKey;
  readonly #publicKey: Bytes;
  /** The number by which the library knows it. */
  readonly keyId: bigint;

  private constructor(privateKey: CryptoKey, publicKey: Bytes, keyId: bigint) {
    this.#private = privateKey;
    this.#publicKey = publicKey;
    this.keyId = keyId;
  }

  /** Makes a new one. */
  static async generate(): Promise<SigningKey> {
    const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new CertificateFormatError("This runtime makes no Ed25519 keys");
    return await SigningKey.#of(pair.privateKey);
  }

  /**
   * Reads a key from its text form: PKCS#8 (`BEGIN PRIVATE KEY`) or OpenSSH's (`BEGIN OPENSSH PRIVATE KEY`), which the
   * library's own tools write as well.
   * @throws CertificateFormatError when it is none, has a passphrase, or is not for Ed25519.
   */
  static async read(text: string): Promise<SigningKey> {
    if (typeof text !== "string") throw new TypeError("a key must be a text");
    const keys = readBlocks(text).filter(({ label }) => label === pkcs8Label || label === openSSHLabel);
    const [block] = keys;
    if (block === undefined || keys.length > 1) {
      throw new CertificateFormatError("It is not one private key, as PKCS#8 or of OpenSSH");
    }
    if (block.label === pkcs8Label) return await SigningKey.#import(block.bytes);
    const { seed, publicKey } = readPrivateKey(block.bytes);
    const key = await SigningKey.#import(concat(pkcs8Head, seed));
    if (!equal(key.#publicKey, publicKey)) throw new CertificateFormatError("This key is damaged");
    return key;
  }

  /** The public half: 32 bytes. */
  get publicKey(): Uint8Array {
    return copyOf(this.#publicKey);
  }

  /** The private key as PKCS#8, for a file that only its owner can read. */
  async toPKCS8(): Promise<string> {
    return printBlock({ label: pkcs8Label, bytes: await this.#export() }, pkcs8Line);
  }

  /** The private key as OpenSSH has it, for a file that only its owner can read. */
  async toOpenSSH(): Promise<string> {
    const seed = (await this.#export()).subarray(pkcs8Head.length);
    const bytes = writePrivateKey({ seed, publicKey: this.#publicKey }, this.#comment);
    return printBlock({ label: openSSHLabel, bytes }, openSSHLine);
  }

  /** The public half as one line of `authorized_keys`. */
  toString(): string {
    return printPublicKey(this.#publicKey, this.#comment);
  }

  /** The public half. */
  toJSON(): { readonly publicKey: string; readonly keyId: string } {
    return { publicKey: this.toString(), keyId: String(this.keyId) };
  }

  /**
   * The signature of bytes, of Ed25519: 64 bytes. Certificates are signed by {@link CertificateAuthority}; this is for
   * whatever else the key shall sign.
   * @throws TypeError when it is no Uint8Array.
   */
  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("what is signed must be a Uint8Array");
    return new Uint8Array(await crypto.subtle.sign(algorithm, this.#private, copyOf(bytes)));
  }

  get #comment(): string {
    return `ID${this.keyId}`;
  }

  async #export(): Promise<Bytes> {
    const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", this.#private));
    if (bytes.length !== pkcs8Head.length + publicKeyBytes || !equal(bytes.subarray(0, pkcs8Head.length), pkcs8Head)) {
      throw new CertificateFormatError("This runtime writes the key in a form that is not supported");
    }
    return bytes;
  }

  static async #import(pkcs8: Bytes): Promise<SigningKey> {
    try {
      return await SigningKey.#of(await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]));
    } catch (cause) {
      throw new CertificateFormatError("It is no private key for Ed25519", { cause });
    }
  }

  static async #of(privateKey: CryptoKey): Promise<SigningKey> {
    const { x = "" } = await crypto.subtle.exportKey("jwk", privateKey);
    const publicKey = fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`);
    return new SigningKey(privateKey, publicKey, await keyIdOf(publicKey));
  }
}

/** Whether a signature is that of bytes, by a public key. */
export async function isSignedBy(publicKey: Bytes, signature: Bytes, bytes: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", publicKey, algorithm, false, ["verify"]);
  return await crypto.subtle.verify(algorithm, key, signature, bytes);
}
