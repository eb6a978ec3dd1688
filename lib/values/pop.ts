/**
 * Valve's points of presence, the data centers with relays. They are numbers in the library, and three or four letters
 * for people: `"fra"`, `"eatl"`. Needs no library and no network.
 */
import { describe, integer } from "../validate.ts";

/**
 * The number of a point of presence. C: `CalculateSteamNetworkingPOPIDFromString`.
 *
 * @param code three or four letters or digits, as Steam writes them: in small letters.
 * @throws TypeError when it is anything else.
 */
export function parse(code: string): number {
  if (typeof code !== "string" || !/^[\x21-\x7e]{3,4}$/.test(code)) {
    throw new TypeError(`A point of presence has a code of three or four letters, not ${describe(code)}`);
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = Buffer.from(code);
  // The fourth came later, and took the place that was left.
  return ((fourth << 24) | (first << 16) | (second << 8) | third) >>> 0;
}

/**
 * The letters of a point of presence; empty for 0, which is none. C: `GetSteamNetworkingLocationPOPStringFromID`.
 *
 * @throws TypeError, RangeError when it is no integer of 32 bits.
 */
export function print(popId: number): string {
  integer(popId, "a point of presence", 0, 0xffff_ffff);
  const [first = "", ...rest] = [16, 8, 0, 24].map((bits) => String.fromCharCode((popId >>> bits) & 0xff));
  const [code = ""] = [first, ...rest].join("").split("\0");
  return code;
}
