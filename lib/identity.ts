/**
 * Identities in the SDK's text form: `"steamid:7656..."`, `"str:alice"`, `"ip:127.0.0.1:27015"`, `"gen:0a1b..."`.
 * The library itself reads and prints them.
 */
import { maxIdentityString } from "../ffi/constants.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetworkingIdentity } from "../ffi/structs.ts";
import type { NativeLibrary } from "../sdk/library.ts";
import { isAddressText } from "./address.ts";
import { text } from "./validate.ts";

/** Bytes of a `SteamNetworkingIdentity`. */
export const identityBytes = layoutOf(SteamNetworkingIdentity).size;

// The library takes any word before a colon for a kind that it will know one day, a slip of the pen included.
const kinds = /^(?:steamid|xboxpwid|psn|ip|str|gen):/;
const formatted = new SharedMemory(maxIdentityString);

/**
 * Reads an identity.
 * @throws TypeError when the library does not take it for one.
 */
export function parseIdentity(library: NativeLibrary, identity: string): SharedMemory {
  const memory = new SharedMemory(identityBytes);
  text(identity, "an identity");
  const { identity: functions } = library.functions;
  const known = kinds.test(identity) && (!identity.startsWith("ip:") || isAddressText(identity.slice(3)));
  const parsed =
    known &&
    (library.kind === "steam"
      ? functions.ParseString(memory.bytes, identity)
      : functions.ParseStringSized(memory.bytes, identityBytes, identity));
  if (!parsed) {
    throw new TypeError(
      `${JSON.stringify(identity)} is no identity. Write "steamid:" and the number, "str:" and up to 31 bytes of text, "ip:" and an address, or "gen:" and up to 32 bytes in hexadecimal`,
    );
  }
  return memory;
}

/** Prints the identity that lies in `memory` at `offset`; `"invalid"` for one that is not known. */
export function formatIdentity(library: NativeLibrary, memory: SharedMemory, offset: number): string {
  library.functions.identity.ToString(
    memory.bytes.subarray(offset, offset + identityBytes),
    formatted.bytes,
    maxIdentityString,
  );
  return formatted.text(0, maxIdentityString);
}

/** Prints senders' identities without asking the library again while a connection's stays the same. */
export class IdentityTexts {
  static readonly #most = 4096;
  readonly #library: NativeLibrary;
  readonly #known = new Map<number, { readonly words: Uint32Array; readonly text: string }>();

  constructor(library: NativeLibrary) {
    this.#library = library;
  }

  /** The text of the identity at `offset` in `memory`, of a message that came over `connection`. */
  of(connection: number, memory: SharedMemory, offset: number): string {
    const words = new Uint32Array(memory.bytes.buffer, offset, identityBytes / 4);
    const known = this.#known.get(connection);
    if (known !== undefined && known.words.every((word, at) => word === words[at])) return known.text;
    if (this.#known.size >= IdentityTexts.#most) this.#known.clear();
    const text = formatIdentity(this.#library, memory, offset);
    this.#known.set(connection, { words: words.slice(), text });
    return text;
  }
}
