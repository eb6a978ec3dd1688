/** Linux's libraries: ELF. */
import { type LibraryFacts, textAt, wordAt } from "./facts.ts";

const CPUS: Readonly<Record<number, LibraryFacts["cpu"]>> = { 0x3e: "x64", 0xb7: "arm64" };

const DYNAMIC = 6;
const DYNAMIC_SYMBOLS = 11;
const NEEDED_VERSIONS = 0x6ffffffe;

interface Section {
  type: number;
  offset: number;
  size: number;
  /** Where its names lie. */
  names: number;
}

/** Reads it. */
export function readElf(view: DataView): LibraryFacts {
  const cpu = CPUS[view.getUint16(18, true)];
  if (cpu === undefined) throw new RangeError("Built for an unknown processor");
  const sections = readSections(view);
  const find = (type: number): Section | undefined => sections.find((section) => section.type === type);
  const version = newestGlibc(view, find(NEEDED_VERSIONS));
  return {
    os: "linux",
    cpu,
    exports: readExports(view, find(DYNAMIC_SYMBOLS)),
    needs: readNeeds(view, find(DYNAMIC)),
    ...(version === undefined ? {} : { version }),
  };
}

function readSections(view: DataView): Section[] {
  const table = wordAt(view, 40);
  const [size, count] = [view.getUint16(58, true), view.getUint16(60, true)];
  const starts = Array.from({ length: count }, (_, index) => table + index * size);
  return starts.map((start) => ({
    type: view.getUint32(start + 4, true),
    offset: wordAt(view, start + 24),
    size: wordAt(view, start + 32),
    names: wordAt(view, (starts[view.getUint32(start + 40, true)] ?? 0) + 24),
  }));
}

function readExports(view: DataView, section: Section | undefined): string[] {
  const names: string[] = [];
  if (section === undefined) return names;
  for (let symbol = section.offset; symbol < section.offset + section.size; symbol += 24) {
    const isGlobal = view.getUint8(symbol + 4) >> 4 !== 0;
    const isDefined = view.getUint16(symbol + 6, true) !== 0;
    if (isGlobal && isDefined) names.push(textAt(view, section.names + view.getUint32(symbol, true)));
  }
  return names;
}

function readNeeds(view: DataView, section: Section | undefined): string[] {
  const names: string[] = [];
  if (section === undefined) return names;
  for (let entry = section.offset; entry < section.offset + section.size; entry += 16) {
    if (wordAt(view, entry) === 1) names.push(textAt(view, section.names + wordAt(view, entry + 8)));
  }
  return names;
}

function newestGlibc(view: DataView, section: Section | undefined): string | undefined {
  const versions: string[] = [];
  if (section === undefined) return undefined;
  for (let file = section.offset, last = false; !last; file += view.getUint32(file + 12, true)) {
    last = view.getUint32(file + 12, true) === 0;
    let version = file + view.getUint32(file + 8, true);
    for (let left = view.getUint16(file + 2, true); left > 0; left--) {
      versions.push(textAt(view, section.names + view.getUint32(version + 8, true)));
      version += view.getUint32(version + 12, true);
    }
  }
  return versions
    .flatMap((name) => /^GLIBC_([\d.]+)$/.exec(name)?.[1] ?? [])
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .at(-1);
}
