/**
 * Delta compression: what has changed from one table of positions to another. Only bodies that have moved take bytes,
 * three as long as they move a little. The difference to a table in which nothing is, is the full table.
 * @module
 */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { bodies, type Positions } from "./positions.ts";

/** No difference takes more bytes: two for the body, three for each way. */
export const longestDifference = 8 * bodies;

/** Writes what leads from one table to another. */
export function writeDifference(writer: ByteWriter, from: Positions, to: Positions): void {
  let expected = 0;
  for (let body = 0; body < bodies; body++) {
    const right = to[2 * body]! - from[2 * body]!;
    const down = to[2 * body + 1]! - from[2 * body + 1]!;
    if (right === 0 && down === 0) continue;
    writer.count(body - expected); // how many are left out: 0 most of the time
    writer.difference(right);
    writer.difference(down);
    expected = body + 1;
  }
}

/**
 * Reads the rest of a message as a difference, and makes the second table of the first.
 * @throws RangeError when it is none.
 */
export function readDifference(reader: ByteReader, from: Positions, to: Positions): void {
  to.set(from);
  for (let body = 0; reader.left > 0; body++) {
    body += reader.count();
    if (body >= bodies) throw new RangeError("A body that can't be");
    to[2 * body]! += reader.difference();
    to[2 * body + 1]! += reader.difference();
  }
}
