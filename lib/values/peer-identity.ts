/** Whom a call means: an identity as text, or a Steam ID. */
import type { SharedMemory } from "../../ffi/memory.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { describe } from "../validate.ts";
import { parseIdentity } from "./native-identity.ts";

/** Somebody: an identity in the SDK's text form (`"str:alice"`, `"steamid:7656..."`), or a Steam ID as a bigint. */
export type PeerIdentity = string | bigint;

const mostSteamID = 2n ** 64n - 1n;

/**
 * Reads who is meant.
 * @throws TypeError when it is neither an identity nor a Steam ID, RangeError when a Steam ID has more than 64 bits.
 */
export function parsePeerIdentity(library: NativeLibrary, identity: PeerIdentity): SharedMemory {
  if (typeof identity === "string") return parseIdentity(library, identity);
  if (typeof identity !== "bigint") {
    throw new TypeError(`an identity must be a string, or a bigint with a Steam ID, not ${describe(identity)}`);
  }
  if (identity < 1n || identity > mostSteamID) throw new RangeError(`a Steam ID must fit in 64 bits, not ${identity}`);
  return parseIdentity(library, `steamid:${identity}`);
}
