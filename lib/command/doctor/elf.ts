/** What a Linux library asks the system's loader for, read from its file. */
import { readFileSync } from "node:fs";

const programHeader = { load: 1, dynamic: 2, bytes: 56 } as const;
const dynamicEntry = { end: 0, needed: 1, stringTable: 5, bytes: 16 } as const;

/** Names of the shared libraries that an ELF file of 64 bits, little-endian, needs; undefined for other files. */
export function neededLibraries(path: string): string[] | undefined {
  const bytes = readFileSync(path);
  const isElf64 = bytes.length >= 64 && bytes.readUInt32BE(0) === 0x7f45_4c46 && bytes.readUInt16BE(4) === 0x0201;
  if (!isElf64) return undefined;
  const word = (at: number) => Number(bytes.readBigUInt64LE(at));

  const firstHeader = word(32);
  const headers = Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = firstHeader + index * programHeader.bytes;
    return { type: bytes.readUInt32LE(at), offset: word(at + 8), address: word(at + 16), size: word(at + 32) };
  });
  const dynamic = headers.find(({ type }) => type === programHeader.dynamic);
  if (dynamic === undefined) return [];

  const names: number[] = [];
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += dynamicEntry.bytes) {
    const tag = word(at);
    if (tag === dynamicEntry.end) break;
    if (tag === dynamicEntry.needed) names.push(word(at + 8));
    if (tag === dynamicEntry.stringTable) strings = word(at + 8);
  }
  // The table is told by its address in memory; the segment that loads it tells where that lies in the file.
  const segment = headers.find(
    ({ type, address, size }) => type === programHeader.load && strings >= address && strings < address + size,
  );
  if (segment === undefined) return [];
  const table = strings - segment.address + segment.offset;
  return names.map((name) => bytes.toString("utf8", table + name, bytes.indexOf(0, table + name)));
}
