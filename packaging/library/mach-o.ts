/** macOS' libraries: Mach-O. */
import { type LibraryFacts, textAt } from "./facts.ts";

const CPUS: Readonly<Record<number, LibraryFacts["cpu"]>> = { 0x01000007: "x64", 0x0100000c: "arm64" };

const SYMBOLS = 0x2;
const NEEDED_LIBRARY = 0xc;
const OLDEST_SYSTEM = 0x32;

// What zig's linker makes in each library, and does not hide.
const LINKER_OWN = ["__dso_handle", "_mh_dylib_header"];

/** Reads it. */
export function readMachO(view: DataView): LibraryFacts {
  const cpu = CPUS[view.getUint32(4, true)];
  if (cpu === undefined) throw new RangeError("Built for an unknown processor");
  const exports: string[] = [];
  const needs: string[] = [];
  let version: string | undefined;
  let command = 32;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const kind = view.getUint32(command, true);
    if (kind === SYMBOLS) exports.push(...readExports(view, command));
    if (kind === NEEDED_LIBRARY) needs.push(textAt(view, command + view.getUint32(command + 8, true)));
    if (kind === OLDEST_SYSTEM) version = `${view.getUint16(command + 14, true)}.${view.getUint8(command + 13)}`;
    command += view.getUint32(command + 4, true);
  }
  return { os: "darwin", cpu, exports, needs, ...(version === undefined ? {} : { version }) };
}

function readExports(view: DataView, command: number): string[] {
  const [table, count, names] = [8, 12, 16].map((field) => view.getUint32(command + field, true)) as [
    number,
    number,
    number,
  ];
  const found: string[] = [];
  for (let symbol = table; symbol < table + count * 16; symbol += 16) {
    const kind = view.getUint8(symbol + 4);
    const [isDebug, isPrivate, isGlobal] = [kind & 0xe0, kind & 0x10, kind & 0x01];
    const isDefined = (kind & 0x0e) !== 0;
    // C's names begin with an underscore here.
    if (!isDebug && !isPrivate && isGlobal && isDefined) {
      found.push(textAt(view, names + view.getUint32(symbol, true)).slice(1));
    }
  }
  return found.filter((name) => !LINKER_OWN.includes(name));
}
