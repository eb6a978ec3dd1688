/** Whether a certificate counts, by the rules of the library. */
import type { Certificate } from "./certificate.ts";
import { isIdentity } from "./identity.ts";

/** Who is trusted. */
export interface Trust {
  /** The roots. They are trust itself: they come with the program, never from the network. */
  readonly roots: readonly Certificate[];
  /** Authorities between a root and others. They count if a root has signed them, or one of them that counts. */
  readonly intermediates?: readonly Certificate[];
  /** Numbers of keys that don't count any more, whoever has signed them. */
  readonly revoked?: Iterable<bigint>;
}

/** What is asked of a certificate. */
export interface VerifyOptions extends Trust {
  /** The app that it must be for; 0, GameNetworkingSockets without Steam, when it is left out. */
  readonly appId?: number;
  /** At which time; now, when it is left out. */
  readonly at?: Date;
}

/** Whether a certificate counts, and if not why. */
export type Verification =
  | {
      readonly valid: true;
      /** Whom it is for; undefined for an authority's. */
      readonly identity: string | undefined;
      /** The authorities between: who has signed it, who has signed that, up to the root. Empty for a root. */
      readonly chain: readonly Certificate[];
      /** Until when: the first of all of these to expire. */
      readonly expires: Date;
    }
  | {
      readonly valid: false;
      /** Why not, for people. */
      readonly reason: string;
    };

const mostIntermediates = 8;
// Clocks differ. The library itself doesn't look at it.
const toleranceMilliseconds = 5 * 60 * 1000;

/**
 * Checks a certificate: its signature and those of all authorities up to a root that is trusted, that none of them has
 * expired or is revoked, and that it is for the app. Whether it is for the right identity is left to you.
 */
export async function verifyCertificate(certificate: Certificate, options: VerifyOptions): Promise<Verification> {
  const { appId = 0, at = new Date() } = options;
  const outcome = await authoritiesAbove(certificate, options, appId, at);
  if (typeof outcome === "string") return { valid: false, reason: outcome };
  const expires = Math.min(...[certificate, ...outcome].map((each) => each.expires.getTime()));
  return { valid: true, identity: certificate.identity, chain: outcome, expires: new Date(expires) };
}

/**
 * The authorities above a certificate, from the one that has signed it up to the root, or why it doesn't count.
 * @param appId the app that it must be for; undefined where that doesn't matter.
 */
export async function authoritiesAbove(
  certificate: Certificate,
  { roots, intermediates = [], revoked = [] }: Trust,
  appId: number | undefined,
  at: Date,
): Promise<readonly Certificate[] | string> {
  return await new Check([...roots], [...intermediates], new Set(revoked), appId, at.getTime()).of(certificate, 0);
}

class Check {
  readonly #roots: readonly Certificate[];
  readonly #intermediates: readonly Certificate[];
  readonly #revoked: ReadonlySet<bigint>;
  readonly #appId: number | undefined;
  readonly #at: number;

  constructor(
    roots: readonly Certificate[],
    intermediates: readonly Certificate[],
    revoked: ReadonlySet<bigint>,
    appId: number | undefined,
    at: number,
  ) {
    this.#roots = roots;
    this.#intermediates = intermediates;
    this.#revoked = revoked;
    this.#appId = appId;
    this.#at = at;
  }

  /** The authorities above a certificate, or why it doesn't count. */
  async of(certificate: Certificate, depth: number): Promise<readonly Certificate[] | string> {
    const problem = this.#problemOf(certificate);
    if (problem !== undefined) return problem;
    if (certificate.isRoot) return await this.#ofRoot(certificate);
    let reason = `Key ID${certificate.authorityKeyId}, which has signed it, is not known`;
    for (const signer of this.#signersOf(certificate)) {
      if (depth >= mostIntermediates) return "There are too many authorities between it and a root";
      if (!(await certificate.isSignedBy(signer))) {
        reason = "Its signature is wrong";
        continue;
      }
      const above = await this.of(signer, depth + 1);
      if (typeof above !== "string") return [signer, ...above];
      reason = `The authority ID${signer.keyId}, which has signed it, doesn't count: ${above}`;
    }
    return reason;
  }

  async #ofRoot(root: Certificate): Promise<readonly Certificate[] | string> {
    if (!this.#roots.some(({ keyId }) => keyId === root.keyId)) return "It is a root that is not trusted";
    return (await root.isSignedBy(root)) ? [] : "Its signature is wrong";
  }

  #signersOf({ authorityKeyId }: Certificate): readonly Certificate[] {
    const roots = this.#roots.filter(({ isRoot }) => isRoot);
    const intermediates = this.#intermediates.filter(({ isAuthority, isRoot }) => isAuthority && !isRoot);
    return [...roots, ...intermediates].filter(({ keyId }) => keyId === authorityKeyId);
  }

  #problemOf({ identity, keyId, created, expires, appIds, isAuthority }: Certificate): string | undefined {
    if (identity !== undefined && !isIdentity(identity)) return "Its identity is none";
    if (this.#revoked.has(keyId)) return "Its key is revoked";
    if (expires.getTime() < this.#at) return `It has expired at ${expires.toISOString()}`;
    if (created.getTime() > this.#at + toleranceMilliseconds) return `It counts from ${created.toISOString()} on`;
    if (appIds.length === 0 && !isAuthority) return "It is for no app";
    if (this.#appId === undefined || appIds.length === 0 || appIds.includes(this.#appId)) return undefined;
    return `It is not for app ${this.#appId}`;
  }
}
