/**
 * A client's message of each tick, sent unreliably: what it wants. It repeats the inputs that the server has not
 * acknowledged yet, so that a lost message loses nothing.
 * @module
 */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import type { Steering } from "./rules.ts";

/** One message repeats no more inputs than this: a quarter of a second. */
export const mostInputs = 32;

/** Inputs in a row, each one for one tick. */
export interface Inputs {
  /** The latest snapshot that has come: the server makes its differences to this one. */
  readonly acknowledged: number;
  /** The sequence number of the first input; the others follow. They begin at 1. */
  readonly first: number;
  /** What is wanted, tick by tick. */
  readonly steerings: readonly Steering[];
}

/** No message of inputs is longer. */
export const longestInputs = 8 + 2 * mostInputs;

/** Writes inputs. */
export function writeInputs(writer: ByteWriter, { acknowledged, first, steerings }: Inputs): void {
  writer.uint32(acknowledged);
  writer.uint32(first);
  for (const { right, down } of steerings) {
    writer.int8(right);
    writer.int8(down);
  }
}

/**
 * Reads inputs.
 * @throws RangeError when they are none.
 */
export function readInputs(reader: ByteReader): Inputs {
  const [acknowledged, first] = [reader.uint32(), reader.uint32()];
  if (reader.left > 2 * mostInputs) throw new RangeError("Too many inputs");
  const steerings: Steering[] = [];
  while (reader.left > 0) steerings.push({ right: reader.int8(), down: reader.int8() });
  return { acknowledged, first, steerings };
}
