/**
 * `steam-sockets/authority`: one's own certificate authority, so that connections know who is there without Steam. It
 * needs no native library and runs wherever there is WebCrypto with Ed25519.
 */
export { CertificateAuthority, type AuthorityOptions, type IssueOptions } from "./authority.ts";
export { Certificate, maxCertificateBytes, type CertificateSource } from "./certificate.ts";
export {
  CertificateError,
  CertificateFormatError,
  IdentityError,
  LifetimeError,
  PrivateKeyError,
  TrustError,
} from "./errors.ts";
export { parseKeyId } from "./key-id.ts";
export { readCertificateRequest, type CertificateRequest } from "./request.ts";
export { SigningKey } from "./signing-key.ts";
export { verifyCertificate, type Trust, type Verification, type VerifyOptions } from "./verify.ts";
