/** A folder with an authority: its key, its certificates, and a list of keys that are revoked. */
import { appendFileSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Certificate, CertificateAuthority, parseKeyId, SigningKey } from "../../authority/index.ts";
import { makeFile, readText } from "./files.ts";

const ownersOnly = 0o600;
const ownersOnlyFolder = 0o700;
const everybodys = 0o644;
const othersBits = 0o077;

/** An authority that lies in a folder. */
export class AuthorityFolder {
  readonly authority: CertificateAuthority;
  /** The file of its key. */
  readonly keyFile: string;
  /** The file of the root's certificate: its own, or the one at the top. */
  readonly rootFile: string;
  /** The file of its own certificate and those between it and the root, each after its signer's; a root has none. */
  readonly intermediatesFile: string | undefined;
  readonly #revokedFile: string;

  private constructor(folder: string, authority: CertificateAuthority) {
    const { key, root, intermediates, revoked } = filesIn(folder);
    this.authority = authority;
    this.keyFile = key;
    this.rootFile = root;
    this.intermediatesFile = authority.certificate.isRoot ? undefined : intermediates;
    this.#revokedFile = revoked;
  }

  /** Whether there is one in a folder. */
  static isIn(folder: string): boolean {
    return existsSync(filesIn(folder).root);
  }

  /**
   * Puts a new authority into a folder, which is made where it is missing.
   * @param make makes the authority for this key.
   */
  static async make(
    folder: string,
    make: (key: SigningKey) => Promise<CertificateAuthority>,
  ): Promise<AuthorityFolder> {
    const files = filesIn(folder);
    const present = Object.values(files).find((file) => existsSync(file));
    if (present !== undefined) throw new Error(`There is an authority in ${folder} already: ${present}`);
    const key = await SigningKey.generate();
    const authority = await make(key);
    const [root, ...intermediates] = [authority.certificate, ...authority.issuers].reverse();
    mkdirSync(folder, { recursive: true, mode: ownersOnlyFolder });
    makeFile(files.key, await key.toPKCS8(), ownersOnly);
    try {
      if (intermediates.length > 0) makeFile(files.intermediates, printed(intermediates), everybodys);
      makeFile(files.root, printed(root === undefined ? [] : [root]), everybodys);
    } catch (error) {
      // Without them the key is good for nothing.
      rmSync(files.key);
      throw error;
    }
    return new AuthorityFolder(folder, authority);
  }

  /** Opens the authority in a folder. */
  static async open(folder: string): Promise<AuthorityFolder> {
    const { key, root, revoked } = filesIn(folder);
    const certificates = await certificatesIn(folder);
    const [certificate, ...issuers] = certificates.reverse();
    if (certificate === undefined) throw new Error(`There is no certificate in ${root}`);
    const text = readText(key);
    mustBeOwners(key);
    const signingKey = await named(key, SigningKey.read(text));
    const authority = await named(folder, CertificateAuthority.open(signingKey, certificate, issuers));
    for (const keyId of revokedIn(revoked)) authority.revoke(keyId);
    return new AuthorityFolder(folder, authority);
  }

  /** The certificates and the revoked keys in a folder, for which its key is not needed. */
  static async look(folder: string): Promise<{ certificates: Certificate[]; revoked: bigint[] }> {
    return { certificates: await certificatesIn(folder), revoked: revokedIn(filesIn(folder).revoked) };
  }

  /** Revokes a key, also for those who open the folder after us. */
  revoke(keyId: bigint): void {
    if (!this.authority.revoked.includes(keyId)) appendFileSync(this.#revokedFile, `${keyId}\n`, { mode: everybodys });
    this.authority.revoke(keyId);
  }
}

interface Files {
  readonly key: string;
  readonly root: string;
  readonly intermediates: string;
  readonly revoked: string;
}

function filesIn(folder: string): Files {
  return {
    key: join(folder, "authority.key"),
    root: join(folder, "root.cert"),
    intermediates: join(folder, "intermediates.cert"),
    revoked: join(folder, "revoked"),
  };
}

function printed(certificates: readonly Certificate[]): string {
  return certificates.map((certificate) => certificate.toPEM()).join("");
}

/** From the root down. */
async function certificatesIn(folder: string): Promise<Certificate[]> {
  const { root, intermediates } = filesIn(folder);
  const files = existsSync(intermediates) ? [root, intermediates] : [root];
  const all = await Promise.all(files.map((file) => named(file, Certificate.readAll(readText(file)))));
  return all.flat();
}

function revokedIn(file: string): bigint[] {
  if (!existsSync(file)) return [];
  const lines = readText(file)
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  try {
    return lines.map(parseKeyId);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

// As ssh does it: a key that others could read is no longer only its owner's.
function mustBeOwners(key: string): void {
  if (process.platform === "win32" || (statSync(key).mode & othersBits) === 0) return;
  throw new Error(`${key} can be read by others. If nobody has, chmod 600 it; else make a new authority`);
}

/** Says which file an error is about. */
async function named<Value>(file: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
