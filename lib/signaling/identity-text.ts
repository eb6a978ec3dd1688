/** Identities as signaling services use them: text that came from outside. */
import { IdentityType } from "../../ffi/enums.ts";
import { text } from "../validate.ts";
import { printParts, tryIdentity } from "../values/identity-parts.ts";

/** An identity as the library writes it, undefined for what is none: two spellings of one are one. */
export function canonicalIdentity(identity: string): string | undefined {
  const parts = tryIdentity(identity);
  if (parts === undefined || parts.type === IdentityType.UnknownType) return undefined;
  // The library would end it at the zero, and take it for another.
  return identity.includes("\0") ? undefined : printParts(parts);
}

/** @throws TypeError when it is no identity. */
export function mustBeIdentity(identity: string): string {
  const canonical = canonicalIdentity(text(identity, "an identity"));
  if (canonical === undefined) {
    throw new TypeError(
      `${JSON.stringify(identity)} is no identity. Write "steamid:" and the number, or "str:" and text`,
    );
  }
  return canonical;
}
