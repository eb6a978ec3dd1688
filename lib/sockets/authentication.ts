/** Who we are, and how we prove it. */
import { maxErrorMessage } from "../../ffi/constants.ts";
import type { Availability } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { AuthenticationWatch, type AuthenticationStatus } from "../authentication-status.ts";
import type { ConfigTable } from "../config.ts";
import type { EventHub } from "../event-hub.ts";
import { formatIdentity, identityBytes } from "../identity.ts";
import { parsePeerIdentity, type PeerIdentity } from "../peer-identity.ts";
import type { Receiver } from "../receive.ts";
import { bytes, type MessageData } from "../validate.ts";
import { Traffic } from "./traffic.ts";

const noIdentity = null;

/** @internal */
export abstract class Authentication extends Traffic {
  readonly #watch: AuthenticationWatch;

  /** @internal */
  constructor(backend: Backend, config: ConfigTable, hub: EventHub, receiver: Receiver) {
    super(backend, config, hub, receiver);
    this.#watch = AuthenticationWatch.of(hub, backend);
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
    this.#watch.look(this.backend);
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
    this.#watch.look(this.backend);
    return available;
  }

  /**
   * Whether we can take part in authenticated communication.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetAuthenticationStatus`.
   */
  getAuthenticationStatus(): AuthenticationStatus {
    return this.#watch.ask(this.backend);
  }

  /**
   * Makes the request for a certificate: our public key and our identity, to be sent to one's own authority. The key is
   * made by the first request and stays the same until the network is closed.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetCertificateRequest`.
   *
   * @returns the request and its length, or no bytes and why there are none.
   */
  getCertificateRequest(): { certificate: Uint8Array; certSize: number; errorMessage: string } {
    const error = new SharedMemory(maxErrorMessage);
    const size = new SharedMemory(4);
    const refused = () => ({
      certificate: new Uint8Array(),
      certSize: 0,
      errorMessage: error.text(0, maxErrorMessage),
    });
    const ask = (into: Uint8Array | null) =>
      this.functions.GetCertificateRequest(this.backend.sockets, size.bytes, into, error.bytes);
    if (!ask(null)) return refused();
    const certificate = new SharedMemory(Math.max(1, size.view.getInt32(0, true)));
    size.view.setInt32(0, certificate.bytes.length, true);
    if (!ask(certificate.bytes)) return refused();
    const certSize = size.view.getInt32(0, true);
    return { certificate: Uint8Array.from(certificate.bytes.subarray(0, certSize)), certSize, errorMessage: "" };
  }

  /**
   * Sets our certificate, as one's own authority made it from the request. It must be for our key, our identity where
   * we have one, and our app.
   *
   * GameNetworkingSockets 1.6.0 takes certificates that have expired or that nobody trusts as well, with a complaint in
   * its log: others will refuse them. One that has a private key in it goes to others as it is; never set such a one.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetCertificate`.
   *
   * @param certificate at least one byte.
   * @returns `success` false and why, when the library does not take it; what was set before then still counts.
   */
  setCertificate(certificate: MessageData): { success: boolean; errorMessage: string } {
    const payload = bytes(certificate);
    if (payload.length === 0) throw new RangeError("a certificate must have at least one byte");
    const error = new SharedMemory(maxErrorMessage);
    const success = this.functions.SetCertificate(this.backend.sockets, payload, payload.length, error.bytes);
    this.#watch.look(this.backend);
    return { success, errorMessage: success ? "" : error.text(0, maxErrorMessage) };
  }
}
