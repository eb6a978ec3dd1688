/** Those to whom messages go by name: each is read once, not with every message. */
import type { SharedMemory } from "../../ffi/memory.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { formatIdentity } from "../values/native-identity.ts";
import { parsePeerIdentity, type PeerIdentity } from "../values/peer-identity.ts";

const mostKept = 4096;

/** Somebody. Two ways to write the same identity give the same `name`. */
export interface Peer {
  /** The identity as the library wants it. */
  readonly identity: SharedMemory;
  /** The identity as text, as events have it. */
  readonly name: string;
}

/** The last of those who were named. */
export class Peers {
  readonly #library: NativeLibrary;
  readonly #known = new Map<PeerIdentity, Peer>();

  constructor(library: NativeLibrary) {
    this.#library = library;
  }

  /**
   * Who is meant.
   * @throws TypeError, RangeError as {@link parsePeerIdentity} does.
   */
  of(identity: PeerIdentity): Peer {
    const known = this.#known.get(identity);
    if (known !== undefined) return known;
    const memory = parsePeerIdentity(this.#library, identity);
    const peer = { identity: memory, name: formatIdentity(this.#library, memory, 0) };
    if (this.#known.size >= mostKept) this.#known.clear();
    this.#known.set(identity, peer);
    return peer;
  }
}
