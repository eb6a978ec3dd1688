/** Rows that tell the helper what to send. */
import { layoutOf } from "../../ffi/layout.ts";
import { steam_sockets_outgoing } from "../../ffi/structs.ts";
import { handle, int32, integer } from "../validate.ts";

const row = layoutOf(steam_sockets_outgoing);
const words = row.size / 4;
const { offsets } = row;
const connectionWord = offsets.connection / 4;
const flagsWord = offsets.flags / 4;
const placeWord = offsets.place / 4;
const lengthWord = offsets.byteLength / 4;
const referencesWord = offsets.references / 4;
// Lane in the lower half, and above it whether the payload is copied.
const laneWord = offsets.lane / 4;
const resultWord = offsets.result / 4;
const copied = 1 << 16;

/** Bytes of a row. */
export const outgoingBytes = row.size;

/** Rows over memory that the helper reads, and writes results to. */
export class OutgoingRows {
  private readonly words: Int32Array;

  constructor(memory: Int32Array) {
    this.words = memory;
  }

  /** @throws TypeError or RangeError when something can't be what it is given for. */
  check(connection: number, length: number, flags: number, lane: number, mostLength: number): void {
    if (
      connection >>> 0 !== connection ||
      length >>> 0 !== length ||
      length > mostLength ||
      (flags | 0) !== flags ||
      (lane & 0xffff) !== lane
    ) {
      handle(connection, "connection");
      integer(length, "length", 0, mostLength);
      int32(flags, "flags");
      integer(lane, "lane", 0, 0xffff);
    }
  }

  /** A message that lies in the slot at `index`, as do the `references` - 1 that follow. */
  write(
    at: number,
    connection: number,
    index: number,
    length: number,
    flags: number,
    lane: number,
    references: number,
  ): void {
    const first = at * words;
    const memory = this.words;
    memory[first + connectionWord] = connection;
    memory[first + flagsWord] = flags;
    memory[first + placeWord] = index;
    memory[first + lengthWord] = length;
    memory[first + referencesWord] = references;
    memory[first + laneWord] = lane & 0xffff;
  }

  /** A message that is copied from `offset`. */
  writeCopy(at: number, connection: number, offset: number, length: number, flags: number, lane: number): void {
    this.write(at, connection, offset, length, flags, lane, 0);
    this.words[at * words + laneWord]! |= copied;
  }

  /** Says how many messages the payload of a row has. */
  setReferences(at: number, references: number): void {
    this.words[at * words + referencesWord] = references;
  }

  /** How many messages the payload of a row has; 0 where an earlier row has said it, or the payload is copied. */
  references(at: number): number {
    return this.words[at * words + referencesWord]!;
  }

  /** The index of the slot that a row's payload lies in. */
  place(at: number): number {
    return this.words[at * words + placeWord]!;
  }

  /** What was written. */
  read(at: number) {
    const first = at * words;
    const memory = this.words;
    return {
      connection: memory[first + connectionWord]! >>> 0,
      flags: memory[first + flagsWord]!,
      place: memory[first + placeWord]! >>> 0,
      length: memory[first + lengthWord]! >>> 0,
      lane: memory[first + laneWord]! & 0xffff,
      isCopied: (memory[first + laneWord]! & copied) !== 0,
    };
  }

  /** The message's number, the failure's `Result` made negative, or 0 when it was not tried. */
  result(at: number): number {
    const first = at * words + resultWord;
    return this.words[first + 1]! * 0x1_0000_0000 + (this.words[first]! >>> 0);
  }
}
