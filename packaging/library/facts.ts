/** What shared libraries of all platforms have in their tables, and how that is read. */

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
