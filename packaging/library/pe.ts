/** Windows' libraries: PE. */
import { type LibraryFacts, textAt } from "./facts.ts";

const CPUS: Readonly<Record<number, LibraryFacts["cpu"]>> = { 0x8664: "x64", 0xaa64: "arm64" };

/** Reads it. */
export function readPe(view: DataView): LibraryFacts {
  const header = view.getUint32(60, true);
  const cpu = CPUS[view.getUint16(header + 4, true)];
  if (cpu === undefined) throw new RangeError("Built for an unknown processor");
  const optional = header + 24;
  const toOffset = addressing(view, header, optional);
  const directory = (index: number): number => view.getUint32(optional + 112 + index * 8, true);
  return {
    os: "win32",
    cpu,
    exports: directory(0) === 0 ? [] : readExports(view, toOffset(directory(0)), toOffset),
    needs: directory(1) === 0 ? [] : readNeeds(view, toOffset(directory(1)), toOffset),
  };
}

// From addresses in memory to offsets in the file.
function addressing(view: DataView, header: number, optional: number): (address: number) => number {
  const table = optional + view.getUint16(header + 20, true);
  const sections = Array.from({ length: view.getUint16(header + 6, true) }, (_, index) => table + index * 40);
  return (address) => {
    for (const section of sections) {
      const from = address - view.getUint32(section + 12, true);
      if (from >= 0 && from < view.getUint32(section + 16, true)) return view.getUint32(section + 20, true) + from;
    }
    throw new RangeError(`Address ${address} lies in no section`);
  };
}

function readExports(view: DataView, start: number, toOffset: (address: number) => number): string[] {
  const names = toOffset(view.getUint32(start + 32, true));
  const count = view.getUint32(start + 24, true);
  return Array.from({ length: count }, (_, index) => textAt(view, toOffset(view.getUint32(names + index * 4, true))));
}

function readNeeds(view: DataView, start: number, toOffset: (address: number) => number): string[] {
  const names: string[] = [];
  for (let entry = start; view.getUint32(entry + 12, true) !== 0; entry += 20) {
    names.push(textAt(view, toOffset(view.getUint32(entry + 12, true))));
  }
  return names;
}
