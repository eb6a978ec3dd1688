/** What a shared library says of itself, read from the file: no tool of its platform is needed. */
import { readElf } from "./elf.ts";
import { readMachO } from "./mach-o.ts";
import { readPe } from "./pe.ts";

/** What is in a library's tables. */
export interface LibraryFacts {
  readonly os: "darwin" | "linux" | "win32";
  readonly cpu: "arm64" | "x64";
  /** Names that others can call. */
  readonly exports: readonly string[];
  /** Libraries that it needs. */
  readonly needs: readonly string[];
  /** The newest version of glibc, or the oldest macOS, that it asks for; undefined where it asks for none. */
  readonly version?: string;
}

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

/** Reads text up to a zero. */
export function textAt(view: DataView, offset: number): string {
  let end = offset;
  while (view.getUint8(end) !== 0) end++;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + offset, end - offset));
}

/** Reads an offset or address of 64 bits. */
export function wordAt(view: DataView, offset: number): number {
  return Number(view.getBigUint64(offset, true));
}
