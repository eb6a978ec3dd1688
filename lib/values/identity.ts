/**
 * Identities as values: text, taken apart and put together. Needs no library and no network.
 *
 * | text                              | type                                                             |
 * | --------------------------------- | ---------------------------------------------------------------- |
 * | `"steamid:76561197960287930"`     | {@link IdentityType}.SteamID                                     |
 * | `"str:alice"`                     | GenericString: up to 31 bytes of UTF-8                           |
 * | `"gen:0a1b2c"`                    | GenericBytes: 1 to 32 bytes in hexadecimal                       |
 * | `"ip:192.0.2.7:27015"`, `"ip:::1"`| IPAddress, with a port or without; a FakeIP is one, too          |
 * | `"xboxpwid:..."`                  | XboxPairwiseID: 1 to 32 bytes                                    |
 * | `"psn:..."`                       | SonyPSN: a number                                                |
 * | `"other:..."`                     | UnknownType: a peer's, of a kind that only newer libraries know  |
 * | `"invalid"`                       | Invalid: nobody, or not known yet                                |
 */
import { maxGenericBytes, maxGenericString, maxXboxPairwiseID } from "../../ffi/constants.ts";
import { IdentityType } from "../../ffi/enums.ts";
import { describe, shortText, text } from "../validate.ts";
import { addressOfText, printAddress } from "./address-parts.ts";
import * as Address from "./address.ts";
import { isValidSteamID, printParts, tryIdentity, type IdentityParts } from "./identity-parts.ts";

export type { IdentityParts as Parts } from "./identity-parts.ts";

const invalid = "invalid";

/**
 * Takes an identity apart, as the library does. C: `SteamNetworkingIdentity::ParseString`, and the getters.
 *
 * @throws TypeError when it is none.
 */
export function parse(identity: string): IdentityParts {
  if (text(identity, "an identity") === invalid) return { type: IdentityType.Invalid };
  const parts = tryIdentity(identity);
  if (parts === undefined) throw new TypeError(`${JSON.stringify(identity)} is no identity`);
  return parts;
}

/**
 * Puts an identity together. C: `SteamNetworkingIdentity::SetGenericString` and the other setters, `ToString`.
 *
 * @throws TypeError when it has no such type, or its content is of the wrong type; RangeError when that is too long, or
 * out of range.
 */
export function print(parts: IdentityParts): string {
  if (typeof parts !== "object" || parts === null) {
    throw new TypeError(`An identity must be an object with a type, not ${describe(parts)}`);
  }
  switch (parts.type) {
    case IdentityType.Invalid:
      return invalid;
    case IdentityType.IPAddress:
      addressOfText(parts.address);
      break;
    case IdentityType.GenericString:
      shortText(parts.text, "an identity's text", maxGenericString - 1);
      break;
    case IdentityType.GenericBytes:
      someBytes(parts.bytes);
      break;
    case IdentityType.UnknownType:
      if (tryIdentity(text(parts.raw, "an identity"))?.type !== parts.type) {
        throw new TypeError(`${JSON.stringify(parts.raw)} is no identity of a type that is unknown`);
      }
      break;
    case IdentityType.SteamID:
      return fromSteamID(parts.steamID);
    case IdentityType.XboxPairwiseID:
      if (shortText(parts.xboxPairwiseID, "an Xbox ID", maxXboxPairwiseID - 1) === "") {
        throw new RangeError("An Xbox ID can't be empty");
      }
      break;
    case IdentityType.SonyPSN:
      unsigned(parts.psnID, "a PlayStation Network ID");
      break;
    default:
      throw new TypeError("An identity's type must be one of IdentityType that has a text form");
  }
  return printParts(parts);
}

/**
 * The type of an identity; Invalid for `"invalid"`.
 * @throws TypeError when it is no identity.
 */
export function type(identity: string): IdentityType {
  return parse(identity).type;
}

/**
 * Whether two texts are the same identity, however they are written: `"gen:0A"` is `"gen:0a"`. C:
 * `SteamNetworkingIdentity::operator==`.
 *
 * @throws TypeError when one of them is no identity.
 */
export function equals(one: string, other: string): boolean {
  return printParts(parse(one)) === printParts(parse(other));
}

/**
 * The identity of a Steam ID. C: `SteamNetworkingIdentity::SetSteamID64`.
 *
 * @param steamID 64 bits, as Steam's own functions give it.
 * @throws TypeError when it is no bigint; RangeError when it can't be anybody's: it has no account, instance, type or
 * universe as Steam has them.
 */
export function fromSteamID(steamID: bigint): string {
  if (!isValidSteamID(unsigned(steamID, "a Steam ID"))) throw new RangeError(`${steamID} can't be a Steam ID`);
  return `steamid:${steamID}`;
}

/**
 * The Steam ID of an identity; undefined when it is of another type. C: `SteamNetworkingIdentity::GetSteamID64`, which
 * says 0 for those.
 *
 * @throws TypeError when it is no identity.
 */
export function steamIDOf(identity: string): bigint | undefined {
  const parts = parse(identity);
  return parts.type === IdentityType.SteamID ? parts.steamID : undefined;
}

/**
 * The identity of an address: of a host that showed no certificate, or a FakeIP. C: `SteamNetworkingIdentity::SetIPAddr`.
 *
 * @throws TypeError when it is no address.
 */
export function fromAddress(address: string): string {
  return printParts({ type: IdentityType.IPAddress, address: printAddress(addressOfText(address), true) });
}

/**
 * Whether it is this machine's own: an address that {@link Address.isLocalHost}. Who opens a network without an identity
 * has this one, `"ip:::1"`. C: `SteamNetworkingIdentity::IsLocalHost`.
 *
 * @throws TypeError when it is no identity.
 */
export function isLocalHost(identity: string): boolean {
  const parts = parse(identity);
  return parts.type === IdentityType.IPAddress && Address.isLocalHost(parts.address);
}

function someBytes(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`an identity's bytes must be a Uint8Array, not ${describe(bytes)}`);
  }
  if (bytes.length < 1 || bytes.length > maxGenericBytes) {
    throw new RangeError(`an identity must have 1 to ${maxGenericBytes} bytes, not ${bytes.length}`);
  }
}

function unsigned(value: bigint, what: string): bigint {
  if (typeof value !== "bigint") throw new TypeError(`${what} must be a bigint, not ${describe(value)}`);
  if (value < 0n || value >= 2n ** 64n)
    throw new RangeError(`${what} must fit in 64 bits without a sign, not ${value}`);
  return value;
}
