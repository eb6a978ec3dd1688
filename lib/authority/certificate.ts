/** Certificates, read and printed. C++ calls the message `CMsgSteamDatagramCertificateSigned`. */
import { concat, copyOf, fromBase64, toBase64, type Bytes } from "./bytes.ts";
import { readContent, writeContent, type CertificateContent } from "./content.ts";
import { CertificateFormatError, PrivateKeyError } from "./errors.ts";
import { keyIdOf } from "./key-id.ts";
import { printPublicKey } from "./openssh.ts";
import { certificateLabel, hasBlocks, printBlock, readBlocks } from "./pem.ts";
import { isSignedBy, type SigningKey } from "./signing-key.ts";
import { bytesField, fixed64Field, readFields, WireType } from "./wire.ts";

/** A certificate as it comes: its bytes, these in base64, or a block `BEGIN STEAMDATAGRAM CERT`. */
export type CertificateSource = Uint8Array | string;

/** The most bytes that a certificate can have: it must fit in a packet with more. */
export const maxCertificateBytes = 4096;

const Fields = { PrivateKey: 1, Content: 4, AuthorityKeyId: 5, Signature: 6 } as const;
const signatureBytes = 64;
const lineLength = 72;

/**
 * A certificate: an authority's word, for some time, that a key is somebody's, or that it is an authority's too. What it
 * says is not checked by reading it: see {@link verifyCertificate}.
 */
export class Certificate {
  readonly #bytes: Bytes;
  readonly #signed: Bytes;
  readonly #signature: Bytes;
  readonly #publicKey: Bytes;
  /** Whom it is for, in the SDK's text form; undefined in an authority's. */
  readonly identity: string | undefined;
  /** The number of its key. */
  readonly keyId: bigint;
  /** The number of the key that has signed it. */
  readonly authorityKeyId: bigint;
  /** When it was made, to the second. */
  readonly created: Date;
  /** The last moment at which it counts, to the second. */
  readonly expires: Date;
  /** The apps that it is for. GameNetworkingSockets without Steam is app 0. None: all, which only an authority's may. */
  readonly appIds: readonly number[];
  /** The data centers that it is for, as Steam names them; none for all. */
  readonly dataCenters: readonly string[];
  /** The addresses that it is for. The library doesn't enforce it. */
  readonly addresses: readonly string[];

  private constructor(bytes: Bytes, { signed, signature, authorityKeyId, content, keyId }: Parts) {
    this.#bytes = bytes;
    this.#signed = signed;
    this.#signature = signature;
    this.#publicKey = content.publicKey;
    this.identity = content.identity;
    this.keyId = keyId;
    this.authorityKeyId = authorityKeyId;
    this.created = new Date(content.created * 1000);
    this.expires = new Date(content.expires * 1000);
    this.appIds = Object.freeze([...content.appIds]);
    this.dataCenters = Object.freeze(content.dataCenters.map(dataCenterOf));
    this.addresses = Object.freeze([...content.addresses]);
  }

  /**
   * Reads a certificate.
   * @param source its bytes, base64, or a text with one block of a certificate.
   * @throws CertificateFormatError when it is none; PrivateKeyError when there is a private key in it.
   */
  static async read(source: CertificateSource): Promise<Certificate> {
    const all = certificateBytes(source);
    const [bytes] = all;
    if (bytes === undefined || all.length > 1) throw new CertificateFormatError("It is not one certificate");
    return await Certificate.#read(bytes);
  }

  /**
   * Reads all certificates in a text of blocks, in their order.
   * @throws as {@link read}.
   */
  static async readAll(text: string): Promise<Certificate[]> {
    return await Promise.all(certificateBytes(text).map((bytes) => Certificate.#read(bytes)));
  }

  /** @internal Signs what a certificate shall say. */
  static async sign(content: CertificateContent, key: SigningKey): Promise<Certificate> {
    const signed = writeContent(content);
    const signature = await key.sign(signed);
    const bytes = concat(
      bytesField(Fields.Content, signed),
      fixed64Field(Fields.AuthorityKeyId, key.keyId),
      bytesField(Fields.Signature, signature),
    );
    return await Certificate.#read(bytes);
  }

  static async #read(bytes: Bytes): Promise<Certificate> {
    const { content: signed, signature, authorityKeyId } = readSigned(bytes);
    const content = readContent(signed);
    const keyId = await keyIdOf(content.publicKey);
    return new Certificate(bytes, { signed, signature, authorityKeyId, content, keyId });
  }

  /** The key that it is about: 32 bytes. */
  get publicKey(): Uint8Array {
    return copyOf(this.#publicKey);
  }

  /** Whether it names nobody, as those of authorities do. */
  get isAuthority(): boolean {
    return this.identity === undefined;
  }

  /** Whether it is signed by its own key, as a root's is. */
  get isRoot(): boolean {
    return this.isAuthority && this.keyId === this.authorityKeyId;
  }

  /** @internal Whether it was signed by the key of another one, or by its own. */
  async isSignedBy(signer: Certificate): Promise<boolean> {
    return await isSignedBy(signer.#publicKey, this.#signature, this.#signed);
  }

  /** Its bytes, for setCertificate. */
  toBytes(): Uint8Array {
    return copyOf(this.#bytes);
  }

  /** Its bytes in base64, in one line. */
  toBase64(): string {
    return toBase64(this.#bytes);
  }

  /** Its bytes as a block of text, for a file; as the library's own tools write it. */
  toPEM(): string {
    return printBlock({ label: certificateLabel, bytes: this.#bytes }, lineLength);
  }

  /** All that it says, for programs. Numbers of keys are text, for JSON has no numbers that long. */
  toJSON(): {
    readonly identity: string | null;
    readonly publicKey: string;
    readonly keyId: string;
    readonly authorityKeyId: string;
    readonly created: string;
    readonly expires: string;
    readonly appIds: readonly number[];
    readonly dataCenters: readonly string[];
    readonly addresses: readonly string[];
  } {
    const { identity = null, keyId, authorityKeyId, created, expires, appIds, dataCenters, addresses } = this;
    return {
      identity,
      publicKey: printPublicKey(this.#publicKey, `ID${keyId}`),
      keyId: String(keyId),
      authorityKeyId: String(authorityKeyId),
      created: created.toISOString(),
      expires: expires.toISOString(),
      appIds,
      dataCenters,
      addresses,
    };
  }

  /** All that it says, for people. */
  toString(): string {
    const { identity, publicKey, authorityKeyId, created, expires, appIds, dataCenters, addresses } = this.toJSON();
    const kind = this.isRoot ? "root" : "intermediate";
    const rows = [
      ["for", identity === null ? `nobody: an authority (${kind})` : JSON.stringify(identity)],
      ["key", publicKey],
      ["signed by", this.isRoot ? "itself" : `ID${authorityKeyId}`],
      ["created", created],
      ["expires", expires],
      ["apps", appIds.join(", ") || "all"],
      ["data centers", dataCenters.join(", ")],
      ["addresses", addresses.map((address) => JSON.stringify(address)).join(", ")],
    ];
    const lines = rows.filter(([, value]) => value !== "").map(([name = "", value]) => `${name.padEnd(14)}${value}\n`);
    return lines.join("");
  }
}

interface Parts {
  readonly signed: Bytes;
  readonly signature: Bytes;
  readonly authorityKeyId: bigint;
  readonly content: CertificateContent;
  readonly keyId: bigint;
}

/** The bytes of each certificate in a source. */
function certificateBytes(source: CertificateSource): Bytes[] {
  if (source instanceof Uint8Array) return [notTooLong(copyOf(source))];
  if (typeof source !== "string") throw new TypeError("a certificate must be a Uint8Array or a text");
  if (!hasBlocks(source)) return [notTooLong(fromBase64(source))];
  const blocks = readBlocks(source);
  if (blocks.some(({ label }) => label.endsWith("PRIVATE KEY"))) throw new PrivateKeyError();
  return blocks.filter(({ label }) => label === certificateLabel).map(({ bytes }) => notTooLong(bytes));
}

function notTooLong(bytes: Bytes): Bytes {
  if (bytes.length > maxCertificateBytes) {
    throw new CertificateFormatError(`A certificate has at most ${maxCertificateBytes} bytes, not ${bytes.length}`);
  }
  return bytes;
}

function readSigned(bytes: Bytes): { content: Bytes; signature: Bytes; authorityKeyId: bigint } {
  let content: Bytes | undefined;
  let signature: Bytes | undefined;
  let authorityKeyId: bigint | undefined;
  let hasPrivateKey = false;
  for (const { number, type, value, bytes: part } of readFields(bytes)) {
    // Whatever its type: who has put it there meant a key.
    if (number === Fields.PrivateKey) hasPrivateKey = true;
    else if (number === Fields.Content && type === WireType.Bytes) content = part;
    else if (number === Fields.Signature && type === WireType.Bytes) signature = part;
    else if (number === Fields.AuthorityKeyId && type === WireType.Fixed64) authorityKeyId = value;
  }
  // A request has a first field, too, and nothing else.
  if (content === undefined) throw new CertificateFormatError("It is no certificate");
  if (hasPrivateKey) throw new PrivateKeyError();
  if (signature?.length !== signatureBytes || authorityKeyId === undefined) {
    throw new CertificateFormatError("It is not signed");
  }
  return { content, signature, authorityKeyId };
}

// Steam's names of data centers have three letters or four, each in a byte.
function dataCenterOf(number: number): string {
  const letters = [16, 8, 0, 24].map((shift) => (number >>> shift) & 0xff).filter((letter) => letter !== 0);
  return letters.every((letter) => letter > 0x20 && letter < 0x7f) ? String.fromCharCode(...letters) : String(number);
}
