/** One's own certificate authority. */
import { copyOf, type Bytes } from "./bytes.ts";
import { Certificate } from "./certificate.ts";
import { LifetimeError, TrustError } from "./errors.ts";
import { checkIdentity } from "./identity.ts";
import { keyIdInRange } from "./key-id.ts";
import { readCertificateRequest } from "./request.ts";
import { SigningKey } from "./signing-key.ts";
import { authoritiesAbove, type Trust } from "./verify.ts";

/** What there is to say of a new authority. */
export interface AuthorityOptions {
  /**
   * For how many seconds it counts, from now on; what it issues can't last longer. A root's is two years when it is left
   * out, an intermediate's 90 days, or what is left of its own authority.
   */
  readonly lifetime?: number;
  /**
   * The apps that it can issue for. All when it is left out for a root, those of its own authority for an intermediate;
   * an empty list says the same.
   */
  readonly appIds?: readonly number[];
  /** Its key; a new one when it is left out. */
  readonly key?: SigningKey;
}

/** What there is to say of a certificate. */
export interface IssueOptions {
  /**
   * Whom it is for, in the SDK's text form: the identity that you have authenticated, whatever the request claims.
   * Never an address, and never nobody.
   */
  readonly identity: string;
  /** For how many seconds it counts, from now on: a day when it is left out, or what is left of the authority. */
  readonly lifetime?: number;
  /** The apps that it is for, at least one. App 0, GameNetworkingSockets without Steam, when it is left out. */
  readonly appIds?: readonly number[];
  /** The addresses that it is for, as a note: the library doesn't enforce it. */
  readonly addresses?: readonly string[];
}

const day = 24 * 3600;
const defaultLifetimes = { root: 730 * day, intermediate: 90 * day, user: day } as const;
// Unix time has 32 bits in a certificate.
const lastSecond = 0xffff_ffff;
const mostListed = 64;

/**
 * A certificate authority: a key, and what says that it may sign. It keeps no list of what it has issued, and needs
 * nothing but WebCrypto, so it runs in Bun, in Node.js and in browsers. Have one for each game: a certificate says who
 * somebody is, not what for.
 */
export class CertificateAuthority {
  /** Its own certificate. */
  readonly certificate: Certificate;
  /** Who has signed it, who has signed that, up to the root. Empty for a root. */
  readonly issuers: readonly Certificate[];
  readonly #key: SigningKey;
  readonly #revoked = new Set<bigint>();

  private constructor(key: SigningKey, certificate: Certificate, issuers: readonly Certificate[]) {
    this.#key = key;
    this.certificate = certificate;
    this.issuers = Object.freeze([...issuers]);
  }

  /**
   * Makes a root: an authority that is signed by itself, for programs to trust.
   * @throws RangeError when an option is out of range; LifetimeError when it would last until after 2106.
   */
  static async create(options: AuthorityOptions = {}): Promise<CertificateAuthority> {
    const { key = await SigningKey.generate(), appIds = [] } = options;
    const created = now();
    const expires = created + lifetimeOf(options.lifetime, defaultLifetimes.root, lastSecond - created);
    const certificate = await Certificate.sign(
      { ...authorityContent(key), created, expires, appIds: checkAppIds(appIds) },
      key,
    );
    return new CertificateAuthority(key, certificate, []);
  }

  /**
   * Opens an authority that was made before.
   * @param key its key.
   * @param certificate its certificate.
   * @param issuers for an intermediate: the certificates above it, up to the root, in any order.
   * @throws TrustError when the certificate is for another key or doesn't count.
   */
  static async open(
    key: SigningKey,
    certificate: Certificate,
    issuers: readonly Certificate[] = [],
  ): Promise<CertificateAuthority> {
    if (certificate.keyId !== key.keyId) throw new TrustError("This certificate is for another key");
    if (!certificate.isAuthority) throw new TrustError("This certificate is a user's and no authority's");
    const above = await authoritiesAbove(certificate, trustIn([certificate, ...issuers]), undefined, new Date());
    if (typeof above === "string") throw new TrustError(`This authority doesn't count. ${above}`);
    return new CertificateAuthority(key, certificate, above);
  }

  /** The number of its key. */
  get keyId(): bigint {
    return this.#key.keyId;
  }

  /** Until when it can issue: the first to expire of it and those above it. */
  get expires(): Date {
    return new Date(this.#lastSecond() * 1000);
  }

  /** Numbers of the keys that it issues nothing for any more. */
  get revoked(): readonly bigint[] {
    return [...this.#revoked];
  }

  /**
   * Makes an authority below this one, so that the root's key can stay in a safe place. Whoever verifies needs its
   * certificate as well as the root's.
   * @throws LifetimeError when it would last longer than this one; TrustError when a key is revoked, or this authority's
   * own; RangeError when an option is out of range.
   */
  async createIntermediate(options: AuthorityOptions = {}): Promise<CertificateAuthority> {
    const { key = await SigningKey.generate(), appIds = this.certificate.appIds } = options;
    this.#mustBeAnothers(key.keyId);
    const certificate = await Certificate.sign(
      {
        ...authorityContent(key),
        ...this.#period(options.lifetime, defaultLifetimes.intermediate),
        appIds: this.#covered(appIds),
      },
      this.#key,
    );
    return new CertificateAuthority(key, certificate, [this.certificate, ...this.issuers]);
  }

  /**
   * Issues a certificate. Authenticate who asks by your own means first: whoever holds it is `identity` to all who trust
   * this authority.
   * @param request what `getCertificateRequest` gave, or that in base64.
   * @throws CertificateFormatError when the request is none; IdentityError without an identity; LifetimeError when it
   * would last longer than this authority; TrustError when the key is revoked, or this authority's own, or this authority
   * is revoked itself; RangeError when an option is out of range.
   */
  async issue(request: Uint8Array | string, options: IssueOptions): Promise<Certificate> {
    const identity = checkIdentity(options.identity);
    if (options.appIds?.length === 0) throw new RangeError("a certificate must be for at least one app");
    const { publicKey, keyId } = await readCertificateRequest(request);
    this.#mustBeAnothers(keyId);
    return await Certificate.sign(
      {
        publicKey: copyOf(publicKey),
        identity,
        dataCenters: [],
        ...this.#period(options.lifetime, defaultLifetimes.user),
        appIds: this.#covered(options.appIds ?? [0]),
        addresses: checkAddresses(options.addresses ?? []),
      },
      this.#key,
    );
  }

  /**
   * Issues a certificate anew: the same key, identity and apps, counting from now on. One that has expired is not
   * renewed: authenticate its owner, and {@link issue}.
   * @param options `lifetime` as for {@link issue}.
   * @throws TrustError when the certificate is not this authority's, or doesn't count any more; LifetimeError when the
   * new one would last longer than this authority.
   */
  async renew(certificate: Certificate, options: { readonly lifetime?: number } = {}): Promise<Certificate> {
    const { identity, appIds, authorityKeyId } = certificate;
    if (identity === undefined) throw new TrustError("This certificate is an authority's and no user's");
    if (authorityKeyId !== this.keyId) throw new TrustError("This certificate is another authority's");
    const trust = { ...trustIn(this.#chain), revoked: this.#revoked };
    const above = await authoritiesAbove(certificate, trust, undefined, new Date());
    if (typeof above === "string") throw new TrustError(`This certificate is not renewed. ${above}`);
    return await Certificate.sign(
      {
        publicKey: copyOf(certificate.publicKey),
        identity: checkIdentity(identity),
        dataCenters: [],
        ...this.#period(options.lifetime, defaultLifetimes.user),
        appIds: this.#covered(appIds),
        addresses: checkAddresses(certificate.addresses),
      },
      this.#key,
    );
  }

  /**
   * Issues nothing more for a key; nothing at all, when it is this authority's own or one's above it. Those who verify
   * must be told as well, by the same number: what was issued before counts with them until it expires.
   *
   * It hits the owner of the key, who need not be the one for whom it was certified: a request proves nothing about that.
   * @throws RangeError when it is no key's number.
   */
  revoke(keyId: bigint): void {
    this.#revoked.add(keyIdInRange(keyId));
  }

  get #chain(): readonly Certificate[] {
    return [this.certificate, ...this.issuers];
  }

  #lastSecond(): number {
    return Math.min(...this.#chain.map(({ expires }) => expires.getTime() / 1000));
  }

  #period(lifetime: number | undefined, preset: number): { created: number; expires: number } {
    const created = now();
    for (const authority of this.#chain) this.#mustNotBeRevoked(authority.keyId);
    const left = this.#lastSecond() - created;
    if (left < 1) throw new LifetimeError(`This authority has expired at ${this.expires.toISOString()}`);
    return { created, expires: created + lifetimeOf(lifetime, preset, left) };
  }

  #covered(appIds: readonly number[]): readonly number[] {
    const allowed = this.#chain.map((authority) => authority.appIds).filter(({ length }) => length > 0);
    const uncovered = checkAppIds(appIds).find((appId) => !allowed.every((list) => list.includes(appId)));
    if (uncovered !== undefined) throw new RangeError(`This authority can't issue for app ${uncovered}`);
    return appIds;
  }

  #mustBeAnothers(keyId: bigint): void {
    if (this.#chain.some((authority) => authority.keyId === keyId))
      throw new TrustError("This is the authority's own key");
    this.#mustNotBeRevoked(keyId);
  }

  #mustNotBeRevoked(keyId: bigint): void {
    if (this.#revoked.has(keyId)) throw new TrustError(`Key ID${keyId} is revoked`);
  }
}

function trustIn(authorities: readonly Certificate[]): Trust {
  return {
    roots: authorities.filter(({ isRoot }) => isRoot),
    intermediates: authorities.filter(({ isRoot }) => !isRoot),
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function authorityContent(key: SigningKey): {
  publicKey: Bytes;
  identity: undefined;
  dataCenters: [];
  addresses: [];
} {
  return { publicKey: copyOf(key.publicKey), identity: undefined, dataCenters: [], addresses: [] };
}

function lifetimeOf(lifetime: number | undefined, preset: number, left: number): number {
  if (lifetime === undefined) return Math.min(preset, left);
  if (!Number.isInteger(lifetime) || lifetime < 1) {
    throw new RangeError(`a lifetime must be a whole number of seconds from 1 on, not ${lifetime}`);
  }
  if (lifetime > left)
    throw new LifetimeError(`A lifetime of ${lifetime} seconds is longer than the authority's ${left}`);
  return lifetime;
}

function checkAppIds(appIds: readonly number[]): readonly number[] {
  if (!Array.isArray(appIds) || appIds.length > mostListed) {
    throw new RangeError(`app ids must be a list of at most ${mostListed}`);
  }
  for (const appId of appIds) {
    if (!Number.isInteger(appId) || appId < 0 || appId > 0xffff_ffff) {
      throw new RangeError(`an app id must be an integer from 0 to 4294967295, not ${appId}`);
    }
  }
  return [...appIds];
}

function checkAddresses(addresses: readonly string[]): readonly string[] {
  if (!Array.isArray(addresses) || addresses.length > mostListed) {
    throw new RangeError(`addresses must be a list of at most ${mostListed}`);
  }
  for (const address of addresses) {
    if (typeof address !== "string" || !/^[\da-f.:]{2,45}$/i.test(address)) {
      throw new RangeError(`${JSON.stringify(address)} is no IP address`);
    }
  }
  return [...addresses];
}
