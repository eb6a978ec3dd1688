/** What can be wrong with a certificate. Wrong types and ranges of other arguments are `TypeError` and `RangeError`. */

/** The base of every error of this entry point. */
export class CertificateError extends Error {
  override name = "CertificateError";
}

/** What was given is no certificate, no certificate request or no key, or it is of a kind that is not supported. */
export class CertificateFormatError extends CertificateError {
  override name = "CertificateFormatError";
}

/**
 * There is a private key where only a certificate may be. The library would take it, and send it to everybody it
 * connects to: replace that key, and revoke it.
 */
export class PrivateKeyError extends CertificateError {
  override name = "PrivateKeyError";

  /** @internal */
  constructor() {
    super("There is a private key in this certificate. It must never leave its owner: use another key, and revoke it");
  }
}

/** A certificate would have no identity, or one that the library doesn't take for one. */
export class IdentityError extends CertificateError {
  override name = "IdentityError";
}

/** A certificate would be valid for longer than the authority that signs it, or for no time at all. */
export class LifetimeError extends CertificateError {
  override name = "LifetimeError";
}

/** A certificate or a key doesn't count: another authority's, revoked, expired, tampered with, or for another key. */
export class TrustError extends CertificateError {
  override name = "TrustError";
}
