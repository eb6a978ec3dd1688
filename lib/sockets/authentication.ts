/** Who we are, and how we prove it. */
import type { Availability } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import type { CertificateSource } from "../authentication/certificate-blob.ts";
import { Certificates } from "../authentication/certificates.ts";
import { CertificateRefusedError, NetworkingError, UnsupportedError, type CertificateRefusal } from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { Receiver } from "../traffic/receive.ts";
import type { ConfigTable } from "../utils/config.ts";
import { bytes } from "../validate.ts";
import type { AuthenticationStatus } from "../values/authentication-status.ts";
import { formatIdentity, identityBytes } from "../values/native-identity.ts";
import { parsePeerIdentity, type PeerIdentity } from "../values/peer-identity.ts";
import { Traffic } from "./traffic.ts";

const noIdentity = null;

/** @internal */
export abstract class Authentication extends Traffic {
  readonly #certificates: Certificates;

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, receiver: Receiver) {
    super(backend, config, hub, receiver);
    this.#certificates = Certificates.of(hub, backend);
  }

  /**
   * Our own identity in the SDK's text form; `"ip:::1"`, localhost, when the network was opened without one.
   * `"invalid"` where it is not known yet, as on a game server before it is logged on.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetIdentity`.
   */
  getIdentity(): string {
    const identity = new SharedMemory(identityBytes);
    this.functions.GetIdentity(this.backend.sockets, identity.bytes);
    return formatIdentity(this.backend.library, identity, 0);
  }

  /**
   * Changes our identity. All connections end, and certificates are forgotten. Steam does not support it; it is for
   * platforms where one user can leave and another one come.
   *
   * On steam_api, which ignores it. C: `ISteamNetworkingSockets::ResetIdentity`.
   *
   * @param identity who we are from now on, as text or as a Steam ID; without it nobody, until a certificate says it.
   * @throws UnsupportedError on GameNetworkingSockets: there, close the network and open it with another identity.
   */
  resetIdentity(identity?: PeerIdentity): void {
    const native = identity === undefined ? noIdentity : parsePeerIdentity(this.backend.library, identity);
    this.functions.ResetIdentity(this.backend.sockets, native?.bytes ?? noIdentity);
    this.#certificates.look();
  }

  /**
   * Says that we want to take part in authenticated communication: a certificate for us, and those of the authorities
   * that others are known by, are fetched now and not when they are needed; after a failure anew. The event
   * `networkAuthenticationStatus` tells how it goes.
   *
   * GameNetworkingSockets has nobody to fetch a certificate from and answers `CannotTry`, until one is set by
   * {@link setCertificate}.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::InitAuthentication`.
   *
   * @returns the same as `available` of {@link getAuthenticationStatus}.
   */
  initAuthentication(): Availability {
    const available = this.functions.InitAuthentication(this.backend.sockets) as Availability;
    this.#certificates.look();
    return available;
  }

  /**
   * Whether we can take part in authenticated communication.
   *
   * GameNetworkingSockets itself goes on saying so after the certificate has expired; here it is told as it is.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetAuthenticationStatus`.
   */
  getAuthenticationStatus(): AuthenticationStatus {
    void this.backend.sockets; // which throws when it is closed
    return this.#certificates.status;
  }

  /**
   * Makes the request for a certificate: our public key and our identity, to be sent to one's own authority. The key is
   * made by the first request and stays the same until the network is closed.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetCertificateRequest`.
   *
   * @returns the request and its length, or no bytes and why there are none.
   * @throws UnsupportedError when the library lacks the function.
   */
  getCertificateRequest(): { certificate: Uint8Array; certSize: number; errorMessage: string } {
    void this.backend.sockets; // which throws when it is closed
    try {
      const certificate = this.#certificates.request();
      return { certificate, certSize: certificate.length, errorMessage: "" };
    } catch (problem) {
      if (!(problem instanceof NetworkingError) || problem instanceof UnsupportedError) throw problem;
      return { certificate: new Uint8Array(), certSize: 0, errorMessage: problem.message };
    }
  }

  /**
   * Sets our certificate, as one's own authority made it from the request. It is for connections that begin from now on;
   * those that stand, stay.
   *
   * What the library would find out too late is looked at before it sees the certificate: GameNetworkingSockets 1.6.0
   * takes those that have expired, and sends a private key that is in one to everybody. Nothing but the certificate
   * itself is handed on. On steam_api the library decides, but for the private key.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetCertificate`.
   *
   * @param certificate its bytes, these in base64, or a text with a block `BEGIN STEAMDATAGRAM CERT`.
   * @returns `success` false and why, in words and as a {@link CertificateRefusal}, when it is not taken; what was set
   * before then still counts.
   * @throws RangeError when there is not a single byte, TypeError when it is neither text nor bytes.
   */
  setCertificate(certificate: CertificateSource): {
    success: boolean;
    errorMessage: string;
    reason?: CertificateRefusal;
  } {
    if (bytes(certificate).length === 0) throw new RangeError("a certificate must have at least one byte");
    void this.backend.sockets; // which throws when it is closed
    try {
      if (this.#certificates.areOurs) this.#certificates.set(certificate);
      else this.#certificates.pass(certificate);
      return { success: true, errorMessage: "" };
    } catch (problem) {
      if (!(problem instanceof CertificateRefusedError)) throw problem;
      return { success: false, errorMessage: problem.why, reason: problem.reason };
    }
  }
}
