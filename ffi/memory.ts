/**
 * The one place where addresses are taken and native memory is read.
 *
 * Small typed arrays move when their `buffer` is first touched, and an address does not keep its owner alive. So what
 * native code keeps, or writes to, lies in a {@link SharedMemory} that somebody holds on to; everything else is passed
 * as a view, for the length of one call.
 */
import { ptr, read, toArrayBuffer, type Pointer } from "bun:ffi";

/** An address as native code sees it. */
export type Address = Pointer;

const encoder = new TextEncoder();

/** A piece of memory whose address does not change for as long as this object is held. */
export class SharedMemory {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** The same bytes by type and offset; native structs are little-endian on every platform that Bun runs on. */
  readonly view: DataView;
  /** Where the first byte lies. Valid only while this object is held. */
  readonly address: Address;
  #reader: Buffer | undefined;

  /** @param byteLength at least 1; the memory starts out as zeros. */
  constructor(byteLength: number) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(byteLength));
    this.view = new DataView(this.bytes.buffer);
    this.address = addressOf(this.bytes);
  }

  /** Sets every byte to 0. */
  clear(): void {
    this.bytes.fill(0);
  }

  /** Reads the UTF-8 text at `offset` up to its closing zero, or `capacity` bytes where there is none. */
  text(offset: number, capacity: number): string {
    const end = this.bytes.indexOf(0, offset);
    const last = offset + capacity;
    return this.#decode(offset, end < 0 || end > last ? last : end);
  }

  /** Reads `length` bytes of UTF-8 text at `offset`. */
  textOf(offset: number, length: number): string {
    return this.#decode(offset, offset + length);
  }

  // Unlike a TextDecoder it needs no view of just these bytes.
  #decode(start: number, end: number): string {
    return (this.#reader ??= Buffer.from(this.bytes.buffer)).toString("utf8", start, end);
  }

  /** Reads a signed 64-bit integer as a number. Exact within ±2^53, which every counter and time is. */
  int64(offset: number): number {
    return this.view.getInt32(offset + 4, true) * 0x1_0000_0000 + this.view.getUint32(offset, true);
  }
}

/**
 * The address of the first byte of a view.
 * @throws TypeError when the view is empty or its buffer was detached: such memory has no address.
 */
export function addressOf(view: NodeJS.TypedArray | DataView): Address {
  const address: unknown = ptr(view);
  if (typeof address !== "number") throw new TypeError("This view has no memory: it is empty or was detached");
  return address as Address;
}

/**
 * A window over memory that native code owns. Nothing checks the address or that the memory lives on: only for static
 * memory of a library, or within the call that promises it.
 */
export function windowOver(address: Address, byteLength: number): DataView {
  return new DataView(toArrayBuffer(address, 0, byteLength));
}

/**
 * A window over native memory that has an owner of its own: `deallocator(address, context)` is called when the buffer,
 * or what it was transferred to, is collected, or its thread ends.
 */
export function ownedWindow(
  address: Address,
  byteOffset: number,
  byteLength: number,
  context: Address,
  deallocator: Address,
): ArrayBuffer {
  return toOwnedArrayBuffer(address, byteOffset, byteLength, context, deallocator);
}

// Bun documents the last two; its types lack them.
const toOwnedArrayBuffer = toArrayBuffer as (
  address: Address,
  byteOffset: number,
  byteLength: number,
  context: Address,
  deallocator: Address,
) => ArrayBuffer;

/** Text with a closing zero, as C wants it, in memory that stays where it is while the array is held. */
export function cText(text: string): Uint8Array {
  const encoded = encoder.encode(text);
  const bytes = new Uint8Array(new SharedArrayBuffer(encoded.length + 1));
  bytes.set(encoded);
  return bytes;
}

/** A number that is an address. */
export function asAddress(value: number): Address {
  return value as Address;
}

/** The pointer that lies at an address, or null. */
export function pointerAt(address: Address, offset = 0): Address | null {
  const value = read.ptr(address, offset);
  return value === 0 ? null : (value as Address);
}
