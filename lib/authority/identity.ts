/** The identities that a certificate may be for, in the SDK's text form. */
import { utf8 } from "./bytes.ts";
import { IdentityError } from "./errors.ts";

const mostIdentityBytes = 127;
const mostGenericBytes = 32;
const mostNumber = 2n ** 64n - 1n;

/**
 * Checks whom a certificate shall be for: `"str:alice"`, `"steamid:76561197960287930"`, `"gen:0a1b"`, and the kinds of
 * consoles. An address is no identity: it is what the library calls those who have shown none.
 * @returns the identity, as the library itself prints it.
 * @throws IdentityError when it is none, or not one that the library takes.
 */
export function checkIdentity(identity: string): string {
  if (typeof identity !== "string" || identity === "") {
    throw new IdentityError("A certificate must be for somebody: name the identity that you have authenticated");
  }
  const [, kind = "", rest = ""] = /^([a-z\d_]{1,16}):([^\p{Cc}]+)$/u.exec(identity) ?? [];
  // Half a character has no UTF-8: two such identities would be one in a certificate.
  const isText = identity.isWellFormed();
  if (!isText || kind === "" || kind === "ip" || utf8(identity).length > mostIdentityBytes || !isPossible(kind, rest)) {
    throw new IdentityError(
      `${JSON.stringify(identity)} can't be in a certificate. Write "str:" and up to 31 bytes, "steamid:" and a Steam ID, or the like`,
    );
  }
  return kind === "gen" ? identity.toLowerCase() : identity;
}

/** Whether it can be in a certificate. */
export function isIdentity(identity: string): boolean {
  try {
    checkIdentity(identity);
    return true;
  } catch (error) {
    if (error instanceof IdentityError) return false;
    throw error;
  }
}

function isPossible(kind: string, rest: string): boolean {
  switch (kind) {
    case "str":
      return utf8(rest).length < 32;
    case "gen":
      return /^(?:[\da-f]{2})+$/i.test(rest) && rest.length <= 2 * mostGenericBytes;
    case "xboxpwid":
      return utf8(rest).length <= 32;
    case "steamid":
    case "psn":
      return /^[1-9]\d{0,19}$/.test(rest) && BigInt(rest) <= mostNumber;
    // The library has no others, and what it does not know it cannot refuse by name either.
    default:
      return false;
  }
}
