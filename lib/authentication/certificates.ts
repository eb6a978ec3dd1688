/** Certificates: who is trusted, who is not any more, and our own. */
import { maxErrorMessage } from "../../ffi/constants.ts";
import { Availability, HelperAnswer, IdentityType } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { keyIdInRange, parseKeyId, tryKeyId } from "../authority/key-id.ts";
import {
  AlreadyOpenError,
  CertificateRefusedError,
  ClosedError,
  NetworkingError,
  UnsupportedError,
} from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import { bytes, describe } from "../validate.ts";
import { askAuthenticationStatus, type AuthenticationStatus } from "../values/authentication-status.ts";
import { tryIdentity } from "../values/identity-parts.ts";
import { formatIdentity, identityBytes, parseIdentity } from "../values/native-identity.ts";
import {
  readCertificateBlob,
  readCertificateBlobs,
  type CertificateBlob,
  type CertificateSource,
} from "./certificate-blob.ts";
import { Renewal, type RenewCertificate, type Validity } from "./renewal.ts";

/** GameNetworkingSockets: whose certificates count, and where ours comes from. */
export interface CertificateOptions {
  /**
   * The certificates of authorities that are trusted by themselves: they sign themselves, others are refused. Ship them
   * with the game; never take them from the network.
   */
  readonly roots?: CertificateSource | readonly CertificateSource[];
  /** Those of authorities that roots have signed, each after the one that has signed it. What signs itself is refused. */
  readonly intermediates?: CertificateSource | readonly CertificateSource[];
  /** Keys and identities that count no more; see {@link Certificates.revoke}. */
  readonly revoked?: readonly (bigint | string)[];
  /**
   * Gets our certificate from one's own authority: called at once, when two thirds of the certificate's life are over,
   * and after a failure again, at first after about a second and then after up to a minute. What it gives takes effect
   * for connections that begin from then on; those that stand, stay. The event `networkAuthenticationStatus` tells how
   * it goes. Somebody must run callbacks, or the pump.
   */
  readonly renew?: RenewCertificate;
}

const whatSteamDoes = "Steam has authorities of its own; this is for GameNetworkingSockets";
const secondMilliseconds = 1000;
const noIdentities: readonly number[] = [IdentityType.Invalid, IdentityType.UnknownType, IdentityType.IPAddress];
const noIdentity = null;

/** What counts no more. */
interface Revoked {
  readonly keys: Set<bigint>;
  /** In the SDK's text form. */
  readonly identities: Set<string>;
}

/**
 * Whose certificates count on this network, and our own. One for all openings of the network on this thread; who is
 * trusted, and what is revoked, is one for the process and forgotten with the last close. Made by {@link openNetworking}
 * as `net.certificates`.
 *
 * On GameNetworkingSockets, the library of this package; Steam has certificates of its own and cares for them itself.
 */
export class Certificates {
  static readonly #known = new WeakMap<EventHub, Certificates>();
  // By the root of the hubs: one for all instances, as the library's own store is.
  static readonly #revokedBy = new WeakMap<EventHub, Revoked>();

  /** @internal Those of the library whose hub this is. */
  static of(hub: EventHub, backend: Backend): Certificates {
    let certificates = Certificates.#known.get(hub);
    if (certificates === undefined) Certificates.#known.set(hub, (certificates = new Certificates(hub, backend)));
    certificates.#backends.add(backend);
    return certificates;
  }

  readonly #hub: EventHub;
  readonly #revoked: Revoked;
  // All openings: any that is open will do.
  readonly #backends = new Set<Backend>();
  readonly #error = new SharedMemory(maxErrorMessage);
  readonly #settled: (() => void)[] = [];
  #renewal: Renewal | undefined;
  #renew: RenewCertificate | undefined;
  #own: CertificateBlob | undefined;
  /** The status that was told last; undefined where the library tells of each change by itself. */
  #latest: AuthenticationStatus | undefined;
  #lookAt = Infinity;
  #lookedAt = 0;

  private constructor(hub: EventHub, backend: Backend) {
    this.#hub = hub;
    let revoked = Certificates.#revokedBy.get(hub.root);
    if (revoked === undefined) {
      Certificates.#revokedBy.set(hub.root, (revoked = { keys: new Set(), identities: new Set() }));
    }
    this.#revoked = revoked;
    const { library } = backend;
    const canBeAsked = library.address("sockets", "GetAuthenticationStatus") !== null;
    if (library.kind !== "gns" || !canBeAsked) return;
    this.#latest = askAuthenticationStatus(backend);
    hub.beforeRuns.push(() => {
      const now = Date.now();
      // A clock that was set back makes what was found out before worthless.
      if (now >= this.#lookAt || now < this.#lookedAt) this.#tick(now);
    });
  }

  /**
   * Trusts authorities: roots, which sign themselves, and those that somebody trusted has signed. It takes both, and
   * trusts any root: of a certificate that came over the network find out first that it is none, by `isRoot` of
   * `steam-sockets/authority`. The options `roots` and `intermediates` take but their own kind.
   *
   * Ours, on GameNetworkingSockets.
   *
   * @param certificates one, or a text with several, each after the one that has signed it.
   * @throws CertificateRefusedError when one has expired, names an identity, is revoked, or nobody trusted has signed it.
   * @throws UnsupportedError on other libraries.
   */
  trust(certificates: CertificateSource): void {
    this.#supported("CertStore_AddCertFromBase64");
    for (const each of readCertificateBlobs(certificates)) this.#trust(each);
    this.look();
  }

  /**
   * Whether the certificates of an authority count now.
   *
   * Ours, on GameNetworkingSockets.
   *
   * @param key the number of its key, as a bigint or as it is printed, `"ID18220590129359924542"`.
   */
  isTrusted(key: bigint | string): boolean {
    const { helper, number, epoch } = this.#supported("CertStore_CheckPublicKey");
    const keyId = typeof key === "string" ? parseKeyId(key) : keyIdInRange(key);
    const answer = helper.is_key_trusted(number, epoch, keyId, this.#error.bytes);
    return this.#answer(answer, "CertStore_CheckPublicKey") === 1;
  }

  /**
   * Has a key or an identity count no more, and ends the connections that it has, of both layers and of
   * {@link NetworkingMessages}: each end is told, with the code 4003. For good, until the last close. What an authority
   * has signed whose key is revoked counts no more either, but connections of those stay.
   *
   * To keep a person out, revoke the identity. A key hits whoever has it, and the one in somebody's certificate may be
   * another's: who asks for a certificate does not prove that the key is his.
   *
   * It is told to nobody else: each server must hear of it by itself.
   *
   * Ours, on GameNetworkingSockets.
   *
   * @param keyOrIdentity the number of a key, as a bigint or as it is printed (`"ID1822..."`), or an identity in the SDK's
   * text form. An identity is refused where authentication is required, whatever certificates it has.
   * @returns how many connections were ended.
   * @throws UnsupportedError on other libraries.
   */
  revoke(keyOrIdentity: bigint | string): number {
    const backend = this.#supported("CertStore_AddKeyRevocation");
    const { helper, number, epoch, library } = backend;
    const key = typeof keyOrIdentity === "string" ? tryKeyId(keyOrIdentity) : keyIdInRange(keyOrIdentity);
    if (key !== undefined) {
      this.#revoked.keys.add(key);
      this.#answer(helper.revoke_key(number, epoch, key), "CertStore_AddKeyRevocation");
      this.look();
      return this.#answer(
        helper.end_connections(number, epoch, key, noIdentity, "The key was revoked"),
        "CertStore_AddKeyRevocation",
      );
    }
    const identity = parseIdentity(library, String(keyOrIdentity));
    this.#revoked.identities.add(formatIdentity(library, identity, 0));
    this.#answer(helper.revoke_identity(number, epoch, identity.bytes), "CertStore_AddKeyRevocation");
    return this.#answer(
      helper.end_connections(number, epoch, 0n, identity.bytes, "The identity was revoked"),
      "CertStore_AddKeyRevocation",
    );
  }

  /**
   * Asks for a new certificate now, by the function `renew` that the network was opened with. While it is asked already,
   * nothing happens.
   *
   * @throws NetworkingError when the network was opened without `renew`.
   */
  renew(): void {
    void this.#backend;
    if (this.#renewal === undefined) {
      throw new NetworkingError("Nobody can be asked: give openNetworking a function certificates.renew");
    }
    this.#renewal.ask();
  }

  /** How it stands with our own certificate; the same as {@link NetworkingSockets.getAuthenticationStatus}. */
  get status(): AuthenticationStatus {
    const backend = this.#backend; // which throws when it is closed
    return this.look() ?? askAuthenticationStatus(backend);
  }

  /** The last moment at which our certificate counts; undefined when we have none. On GameNetworkingSockets. */
  get expires(): Date | undefined {
    return this.#own === undefined ? undefined : new Date(validityOf(this.#own).expires);
  }

  // ---- inside -------------------------------------------------------------------------------------------------------

  /** @internal Nobody is trusted and nothing is revoked, as at the beginning. */
  forget(): void {
    const { helper, number, epoch } = this.#backend;
    helper.forget_certificates(number, epoch);
    this.#revoked.keys.clear();
    this.#revoked.identities.clear();
  }

  /** @internal @throws AlreadyOpenError when the network renews its certificate otherwise already. */
  configure({ roots, intermediates, revoked = [], renew }: CertificateOptions): void {
    this.#supported("CertStore_AddCertFromBase64");
    // All are looked at before the first one is trusted.
    for (const each of [...authoritiesIn(roots, true), ...authoritiesIn(intermediates, false)]) this.#trust(each);
    this.look();
    for (const each of revoked) this.revoke(each);
    if (renew === undefined) return;
    if (typeof renew !== "function") throw new TypeError(`renew must be a function, not ${describe(renew)}`);
    if (this.#renew !== undefined && this.#renew !== renew) {
      throw new AlreadyOpenError("The network is open already with another function to renew its certificate");
    }
    if (this.#renew !== undefined) return;
    this.#renew = renew;
    this.#renewal = new Renewal(renew, {
      request: () => this.request(),
      take: (certificate) => this.set(certificate),
      changed: () => {
        if (this.#isOpen) this.look();
        this.#schedule();
      },
    });
    this.#renewal.ask();
  }

  /** @internal The request for a certificate. @throws NetworkingError with the library's words when there is none. */
  request(): Uint8Array {
    const backend = this.#backend;
    const { GetCertificateRequest } = backend.library.functions.sockets;
    const size = new SharedMemory(4);
    const ask = (into: Uint8Array | null) => {
      if (!GetCertificateRequest(backend.sockets, size.bytes, into, this.#error.bytes)) {
        throw new NetworkingError(this.#complaint);
      }
      return size.view.getInt32(0, true);
    };
    const room = new SharedMemory(Math.max(1, ask(null)));
    size.view.setInt32(0, room.bytes.length, true);
    return Uint8Array.from(room.bytes.subarray(0, ask(room.bytes)));
  }

  /** @internal Sets our certificate. @throws CertificateRefusedError when it is not taken. */
  set(source: CertificateSource): Validity {
    const backend = this.#backend;
    const blob = readCertificateBlob(source);
    this.#check(backend, blob);
    this.#hand(backend, blob.bytes);
    this.#own = blob;
    this.#renewal?.schedule(validityOf(blob));
    this.look();
    this.#schedule();
    return validityOf(blob);
  }

  /** @internal Hands a certificate to Steam, which knows better what it takes. @throws as {@link set}. */
  pass(source: CertificateSource): void {
    const raw = bytes(source);
    try {
      readCertificateBlob(source);
    } catch (problem) {
      if (problem instanceof CertificateRefusedError && problem.reason === "privateKey") throw problem;
    }
    this.#hand(this.#backend, raw);
  }

  /** @internal Whether certificates are ours to check: on each GameNetworkingSockets, not only on that of this package. */
  get areOurs(): boolean {
    return this.#backend.library.kind === "gns";
  }

  /** @internal Why nobody who says so should be believed; undefined when nothing speaks against him. */
  whyRevoked(identity: string, key: bigint): string | undefined {
    if (this.#revoked.keys.has(key)) return "the key of the certificate was revoked";
    return this.#revoked.identities.has(identity) ? "the identity was revoked" : undefined;
  }

  /** @internal When the status does not say that a certificate is being waited for. */
  async settled(): Promise<void> {
    while (this.#isOpen && this.status.state === "waiting") {
      await new Promise<void>((resolve) => this.#settled.push(resolve));
    }
  }

  /** @internal The status where we know it better than the library. Queues the event where it is another one than before. */
  look(): AuthenticationStatus | undefined {
    const before = this.#latest;
    if (before === undefined) return undefined;
    const status = this.#statusAt(Date.now());
    this.#latest = status;
    if (before.available !== status.available || before.state !== status.state) {
      this.#hub.queue({ name: "networkAuthenticationStatus", event: status });
    }
    if (status.state !== "waiting") for (const resolve of this.#settled.splice(0)) resolve();
    return status;
  }

  #statusAt(now: number): AuthenticationStatus {
    const { isAsking = false, failure } = this.#renewal ?? {};
    if (this.#own !== undefined) {
      const { created, expires } = validityOf(this.#own);
      const renewal = failure === undefined ? "" : `; it could not be renewed: ${failure}`;
      if (now >= expires) {
        const debugMessage = `The certificate expired at ${new Date(expires).toISOString()}${renewal}`;
        return { available: Availability.Previously, debugMessage, state: "expired" };
      }
      if (now < created) {
        const debugMessage = `The certificate counts from ${new Date(created).toISOString()} on`;
        return { available: Availability.Waiting, debugMessage, state: "notYetValid" };
      }
      return { available: Availability.Current, debugMessage: `OK${renewal}`, state: "ready" };
    }
    if (failure !== undefined) {
      const debugMessage = `There is no certificate: ${failure}`;
      return { available: Availability.Retrying, debugMessage, state: "failed" };
    }
    if (isAsking) {
      return { available: Availability.Attempting, debugMessage: "A certificate was asked for", state: "waiting" };
    }
    return askAuthenticationStatus(this.#backend);
  }

  #trust({ bytes: certificate }: CertificateBlob): void {
    const { helper, number, epoch } = this.#backend;
    const answer = helper.trust_certificate(number, epoch, certificate, certificate.length, this.#error.bytes);
    if (this.#answer(answer, "CertStore_AddCertFromBase64") === 0) throw this.#refused(this.#complaint);
  }

  #hand(backend: Backend, certificate: Uint8Array): void {
    const { SetCertificate } = backend.library.functions.sockets;
    if (!SetCertificate(backend.sockets, certificate, certificate.length, this.#error.bytes)) {
      throw new CertificateRefusedError("refused", this.#complaint);
    }
  }

  #tick(now: number): void {
    if (!this.#isOpen) return;
    if (this.#renewal !== undefined && now >= this.#renewal.due) this.#renewal.look(now);
    this.look();
    this.#schedule();
  }

  /** Finds out when there is something to look at. */
  #schedule(): void {
    const { created = 0, expires = Infinity } = this.#own === undefined ? {} : validityOf(this.#own);
    const now = Date.now();
    const coming = [created, expires, this.#renewal?.due ?? Infinity].filter((time) => time > now);
    this.#lookedAt = now;
    const isLate = this.#renewal !== undefined && this.#renewal.due <= now;
    this.#lookAt = isLate ? now : Math.min(Infinity, ...coming);
  }

  /** What the library finds out too late, or does not find out. */
  #check(backend: Backend, { bytes: certificate, content, keyId }: CertificateBlob): void {
    const { identity, expires, appIds, publicKey } = content;
    const refuse = (...reason: ConstructorParameters<typeof CertificateRefusedError>) => {
      throw new CertificateRefusedError(...reason);
    };
    if (Date.now() >= expires * secondMilliseconds) {
      refuse("expired", `it expired at ${new Date(expires * secondMilliseconds).toISOString()}`);
    }
    if (identity === undefined) return refuse("noIdentity", "it names nobody, as those of authorities do");
    const name = normal(backend, identity);
    if (name === undefined) return refuse("noIdentity", `${JSON.stringify(identity)} is nobody`);
    const own = this.#ownIdentity(backend);
    if (own !== undefined && own !== name) {
      refuse("otherIdentity", `it is for ${JSON.stringify(identity)}, and we are ${JSON.stringify(own)}`);
    }
    if (!includes(this.request(), publicKey)) refuse("otherKey", "it is for another key than ours");
    if (!appIds.includes(0)) refuse("otherApp", "it is not for the app 0, as which GameNetworkingSockets runs");
    const why = this.whyRevoked(name, keyId);
    if (why !== undefined) refuse("revoked", why);
    const { helper, number, epoch } = backend;
    const answer = helper.check_certificate(number, epoch, certificate, certificate.length, this.#error.bytes);
    // Another GameNetworkingSockets than ours decides by itself.
    if (answer === 0) throw this.#refused(this.#complaint);
  }

  #refused(why: string): CertificateRefusedError {
    const reason = /revoked/i.test(why) ? "revoked" : /expired/i.test(why) ? "expired" : "untrusted";
    return new CertificateRefusedError(reason, why);
  }

  #ownIdentity(backend: Backend): string | undefined {
    const memory = new SharedMemory(identityBytes);
    backend.library.functions.sockets.GetIdentity(backend.sockets, memory.bytes);
    const own = formatIdentity(backend.library, memory, 0);
    return own === "invalid" || own.startsWith("ip:") ? undefined : own;
  }

  get #complaint(): string {
    return this.#error.text(0, maxErrorMessage).trim();
  }

  get #isOpen(): boolean {
    for (const backend of this.#backends) {
      if (backend.isOpen) return true;
      this.#backends.delete(backend);
    }
    return false;
  }

  get #backend(): Backend {
    for (const backend of this.#backends) if (backend.isOpen) return backend;
    throw new ClosedError("The network was closed. Open it again with openNetworking()");
  }

  #supported(functionName: string): Backend {
    const backend = this.#backend;
    if (backend.library.kind !== "gns") {
      throw new UnsupportedError(functionName, backend.library.path, whatSteamDoes);
    }
    return backend;
  }

  #answer(answer: number, functionName: string): number {
    if (answer === HelperAnswer.NotOpen)
      throw new ClosedError("The network was closed. Open it again with openNetworking()");
    if (answer === HelperAnswer.NoFunction) {
      throw new UnsupportedError(functionName, this.#backend.library.path, "The library of this package has it");
    }
    return answer;
  }
}

function validityOf({ content: { created, expires } }: CertificateBlob): Validity {
  return { created: created * secondMilliseconds, expires: expires * secondMilliseconds };
}

/** An identity as the library prints it; undefined when it is nobody's, or but an address. */
function normal(backend: Backend, identity: string): string | undefined {
  if (identity.includes("\0") || noIdentities.includes(tryIdentity(identity)?.type ?? IdentityType.Invalid))
    return undefined;
  return formatIdentity(backend.library, parseIdentity(backend.library, identity), 0);
}

function includes(whole: Uint8Array, part: Uint8Array): boolean {
  return Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).includes(part);
}

/** The certificates of an option. @throws CertificateRefusedError when one is not among its like. */
function authoritiesIn(sources: CertificateOptions["roots"], areRoots: boolean): CertificateBlob[] {
  const all = listOf(sources).flatMap((source) => readCertificateBlobs(source));
  for (const { keyId, authorityKeyId } of all) {
    if ((keyId === authorityKeyId) === areRoots) continue;
    throw new CertificateRefusedError(
      "misplaced",
      areRoots
        ? `ID${keyId} is signed by ID${authorityKeyId} and not by itself. Put it in certificates.intermediates`
        : `ID${keyId} signs itself, as roots do. If it shall be trusted by itself, put it in certificates.roots`,
    );
  }
  return all;
}

function listOf(sources: CertificateOptions["roots"]): readonly CertificateSource[] {
  if (sources === undefined) return [];
  return Array.isArray(sources) ? sources : [sources as CertificateSource];
}
