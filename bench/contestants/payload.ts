/** What is written into payloads and read from them, the same in every variant; see payload.h of the native program. */

/**
 * Touches a payload of the memory suite at its ends, which is what it costs to move messages.
 * @returns a sum; that of all writes and that of all reads must agree.
 */
export function writeEnds(view: DataView, at: number, bytes: number, number: number): number {
  view.setUint8(at, number);
  view.setUint8(at + bytes - 1, number + 1);
  return (number & 0xff) + ((number + 1) & 0xff);
}

/** Reads what {@link writeEnds} wrote. */
export function readEnds(view: DataView, at: number, bytes: number): number {
  return view.getUint8(at) + view.getUint8(at + bytes - 1);
}

/** Touches a word in each line of 64 bytes, so that the whole payload has to come into the cache. */
export function writeLines(view: DataView, at: number, bytes: number, number: number): number {
  let sum = 0;
  for (let line = 0; line < bytes; line += 64) {
    const word = (number + line) | 0;
    view.setInt32(at + line, word, true);
    sum = (sum + word) | 0;
  }
  return sum;
}

/** Reads what {@link writeLines} wrote. */
export function readLines(view: DataView, at: number, bytes: number): number {
  let sum = 0;
  for (let line = 0; line < bytes; line += 64) sum = (sum + view.getInt32(at + line, true)) | 0;
  return sum;
}

const headBytes = 8;
const entityBytes = 24;
const kinds = 7;

/** A game's snapshot: tick and echo, then entities, field by field. */
export function writeSnapshot(view: DataView, start: number, bytes: number, tick: number, echo: number): void {
  view.setUint32(start, tick, true);
  view.setUint32(start + 4, echo, true);
  const end = start + bytes - entityBytes;
  for (let at = start + headBytes, id = 0; at <= end; at += entityBytes, id++) {
    view.setUint16(at, id, true);
    view.setUint8(at + 2, id % kinds);
    view.setUint8(at + 3, tick);
    view.setFloat32(at + 4, id + tick * 0.25, true);
    view.setFloat32(at + 8, id - tick * 0.5, true);
    view.setFloat32(at + 12, tick, true);
    view.setInt16(at + 16, id - tick, true);
    view.setInt16(at + 18, id + tick, true);
    view.setInt16(at + 20, tick, true);
    view.setUint8(at + 22, 100);
    view.setUint8(at + 23, id);
  }
}

/** The tick of a snapshot. */
export function snapshotTick(view: DataView, start: number): number {
  return view.getUint32(start, true);
}
