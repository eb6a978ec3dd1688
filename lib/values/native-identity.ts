/**
 * Identities in the SDK's text form: `"steamid:7656..."`, `"str:alice"`, `"ip:127.0.0.1:27015"`, `"gen:0a1b..."`, and in
 * the library's structs. Read and printed here as the library does, for Valve's steam_api can do it only while Steam
 * runs.
 */
import { maxGenericBytes, maxGenericString, maxIdentityString, maxXboxPairwiseID } from "../../ffi/constants.ts";
import { IdentityType } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory, cText } from "../../ffi/memory.ts";
import { SteamNetworkingIdentity } from "../../ffi/structs.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { text } from "../validate.ts";
import { addressOfText, printAddress } from "./address-parts.ts";
import { printParts, tryIdentity, type IdentityParts } from "./identity-parts.ts";
import { addressBytes, readAddress, writeAddress } from "./native-address.ts";

const { size, offsets } = layoutOf(SteamNetworkingIdentity);

/** Bytes of a `SteamNetworkingIdentity`. */
export const identityBytes = size;

/**
 * Reads an identity.
 * @throws TypeError when it is none, or of a type that the library does not know: it would take any word before a colon
 * for a type that it will know one day, a slip of the pen included.
 */
export function parseIdentity(_library: NativeLibrary, identity: string): SharedMemory {
  const parts = tryIdentity(text(identity, "an identity"));
  if (parts === undefined || parts.type === IdentityType.UnknownType) {
    throw new TypeError(
      `${JSON.stringify(identity)} is no identity. Write "steamid:" and the number, "str:" and up to 31 bytes of text, "ip:" and an address, or "gen:" and up to 32 bytes in hexadecimal`,
    );
  }
  const memory = new SharedMemory(size);
  writeIdentity(memory, 0, parts);
  return memory;
}

/** Prints the identity that lies in `memory` at `offset`; `"invalid"` for one that is not known. */
export function formatIdentity(_library: NativeLibrary, memory: SharedMemory, offset: number): string {
  const type = memory.view.getInt32(offset + offsets.type, true);
  const parts = readIdentity(memory, offset, type);
  return parts === undefined ? `bad_type:${type}` : printParts(parts);
}

/** Puts an identity into zeroed `memory` at `offset`, in the layout of `SteamNetworkingIdentity`. */
export function writeIdentity(memory: SharedMemory, offset: number, parts: IdentityParts): void {
  const { bytes, view } = memory;
  const begin = (byteLength: number) => {
    view.setInt32(offset + offsets.type, parts.type, true);
    view.setInt32(offset + offsets.byteLength, byteLength, true);
    return offset + offsets.steamID64;
  };
  const put = (content: Uint8Array) => bytes.set(content, begin(content.length));
  switch (parts.type) {
    case IdentityType.Invalid:
      begin(0);
      break;
    case IdentityType.IPAddress:
      writeAddress(memory, begin(addressBytes), addressOfText(parts.address));
      break;
    case IdentityType.GenericString:
      put(cText(parts.text));
      break;
    case IdentityType.GenericBytes:
      put(parts.bytes);
      break;
    case IdentityType.UnknownType:
      put(cText(parts.raw));
      break;
    case IdentityType.SteamID:
      view.setBigUint64(begin(8), parts.steamID, true);
      break;
    case IdentityType.XboxPairwiseID:
      put(cText(parts.xboxPairwiseID));
      break;
    case IdentityType.SonyPSN:
      view.setBigUint64(begin(8), parts.psnID, true);
      break;
  }
}

function readIdentity(memory: SharedMemory, offset: number, type: number): IdentityParts | undefined {
  const at = offset + offsets.steamID64;
  switch (type) {
    case IdentityType.Invalid:
      return { type };
    case IdentityType.IPAddress:
      return { type, address: printAddress(readAddress(memory, at), true) };
    case IdentityType.GenericString:
      return { type, text: memory.text(at, maxGenericString) };
    case IdentityType.GenericBytes: {
      const length = memory.view.getInt32(offset + offsets.byteLength, true);
      return { type, bytes: memory.bytes.slice(at, at + Math.min(maxGenericBytes, Math.max(0, length))) };
    }
    case IdentityType.UnknownType:
      return { type, raw: memory.text(at, maxIdentityString) };
    case IdentityType.SteamID:
      return { type, steamID: memory.view.getBigUint64(at, true) };
    case IdentityType.XboxPairwiseID:
      return { type, xboxPairwiseID: memory.text(at, maxXboxPairwiseID) };
    case IdentityType.SonyPSN:
      return { type, psnID: memory.view.getBigUint64(at, true) };
    default:
      return undefined;
  }
}

/** Prints senders' identities without doing it again while a connection's stays the same. */
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
