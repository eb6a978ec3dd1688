/**
 * Writing and reading bytes one after the other, little endian. Small numbers take one byte where `count` and
 * `difference` are used.
 * @module
 */

/** Writes into a view, from a place on. */
export class ByteWriter {
  #view: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;
  #at = 0;

  /** Begins anew, so that one writer does for all messages. */
  begin(view: DataView, at: number): this {
    this.#view = view;
    this.#start = this.#at = at;
    return this;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** -128 to 127, in one byte. */
  int8(value: number): void {
    this.#view.setInt8(this.#at, value);
    this.#at += 1;
  }

  /** -32,768 to 32,767, in two bytes. */
  int16(value: number): void {
    this.#view.setInt16(this.#at, value, true);
    this.#at += 2;
  }

  /** 0 to 4,294,967,295, in four bytes. */
  uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** 0 to 4,294,967,295: one byte up to 127, two up to 16,383, and so on. */
  count(value: number): void {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.#view.setUint8(this.#at++, (rest & 0x7f) | 0x80);
    this.#view.setUint8(this.#at++, rest);
  }

  /** -2,147,483,648 to 2,147,483,647: one byte from -64 to 63, two from -8,192 to 8,191, and so on. */
  difference(value: number): void {
    this.count((value << 1) ^ (value >> 31));
  }
}

/** Reads what {@link ByteWriter} has written. Throws a RangeError at the end of the message, whatever lies behind it. */
export class ByteReader {
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;

  /** Begins anew, so that one reader does for all messages. */
  begin(view: DataView, at: number, length: number): this {
    this.#view = view;
    this.#at = at;
    this.#end = at + length;
    return this;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  count(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError("A number that does not end");
  }

  difference(): number {
    const value = this.count();
    return (value >>> 1) ^ -(value & 1);
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#end) throw new RangeError("The message ends too early");
    this.#at += bytes;
    return at;
  }
}
