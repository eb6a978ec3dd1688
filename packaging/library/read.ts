/** What a shared library says of itself, read from the file: no tool of its platform is needed. */
import { readElf } from "./elf.ts";
import { readMachO } from "./mach-o.ts";
import { readPe } from "./pe.ts";
import type { LibraryFacts } from "./facts.ts";

/**
 * Reads an ELF, PE or Mach-O library with 64 bits.
 * @throws RangeError when it is none of these.
 */
export function readFacts(bytes: Uint8Array): LibraryFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0x7f454c46) return readElf(view);
  if (magic === 0xcffaedfe) return readMachO(view);
  if (magic >>> 16 === 0x4d5a) return readPe(view);
  throw new RangeError("Not a shared library with 64 bits");
}
