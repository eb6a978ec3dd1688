/** Arguments are checked here, before native code sees them: it would wrap, cut or misread what is out of range. */

/** What can be sent: text goes out as UTF-8, views and buffers as the bytes they cover. */
export type MessageData = string | ArrayBufferView | ArrayBufferLike;

const encoder = new TextEncoder();
// C counts them in an int.
const mostBytes = 0x7fff_ffff;
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** @throws TypeError when it is no number, RangeError when it is no integer from `least` to `most`. */
export function integer(value: number, what: string, least: number, most: number): number {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, not ${describe(value)}`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} must be an integer from ${least} to ${most}, not ${value}`);
  }
  return value;
}

/** @throws TypeError when it is no number, RangeError when it is not from `least` to `most`. */
export function number(value: number, what: string, least: number, most: number): number {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, not ${describe(value)}`);
  if (!(value >= least && value <= most))
    throw new RangeError(`${what} must be from ${least} to ${most}, not ${value}`);
  return value;
}

/** An index of one of `count` things. */
export function index(value: number, what: string, count: number): number {
  if (count === 0 && typeof value === "number") {
    throw new RangeError(
      `the index of a ${what} must be an integer from 0 on, and there is none right now; not ${value}`,
    );
  }
  return integer(value, `the index of a ${what}`, 0, count - 1);
}

/** A handle, valid or not: an unsigned integer of 32 bits. */
export function handle(value: number, what: string): number {
  return integer(value, what, 0, 0xffff_ffff);
}

/** A signed integer of 32 bits. */
export function int32(value: number, what: string): number {
  return integer(value, what, -0x8000_0000, 0x7fff_ffff);
}

/** Milliseconds, counts and the like: 0 to 2^31 - 1. */
export function count(value: number, what: string): number {
  return integer(value, what, 0, 0x7fff_ffff);
}

/** User data: an integer within ±2^53 as a number, or any of 64 bits as a bigint. */
export function userData(value: number | bigint): number | bigint {
  if (typeof value === "bigint") {
    if (value < int64.least || value > int64.most) throw new RangeError("user data must fit in 64 bits with a sign");
    return value;
  }
  return integer(value, "user data", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
}

/** @throws TypeError when it is no boolean. */
export function boolean(value: boolean, what: string): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${what} must be true or false, not ${describe(value)}`);
  return value;
}

/** Text that C can hold: without a zero in it, which would end it early. */
export function text(value: string, what: string): string {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string, not ${describe(value)}`);
  if (value.includes("\0")) throw new TypeError(`${what} must not contain a zero character`);
  return value;
}

/** Text of at most `most` bytes in UTF-8. */
export function shortText(value: string, what: string, most: number): string {
  const length = Buffer.byteLength(text(value, what));
  if (length > most) throw new RangeError(`${what} must be at most ${most} bytes of UTF-8, not ${length}`);
  return value;
}

const byteLengthGetter = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  "byteLength",
)?.get;

/** How many bytes a typed array covers, whatever it says itself; 0 when its buffer was detached. */
export function byteLengthOf(array: Uint8Array): number {
  return byteLengthGetter?.call(array) ?? 0;
}

/** The bytes of a message, as a view on the caller's own memory where there is any. */
export function bytes(data: MessageData): Uint8Array {
  if (typeof data === "string") return encoder.encode(data);
  if (ArrayBuffer.isView(data)) {
    refuseDetached(data.buffer);
    // A view of our own: the caller's may have a `length` that is not its length.
    return notTooLarge(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    refuseDetached(data);
    return notTooLarge(new Uint8Array(data));
  }
  throw new TypeError(`A message must be a string, a view or a buffer, not ${describe(data)}`);
}

function notTooLarge(payload: Uint8Array): Uint8Array {
  if (payload.length > mostBytes) {
    throw new RangeError(`A message can't have more than ${mostBytes} bytes, and this one has ${payload.length}`);
  }
  return payload;
}

function refuseDetached(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && buffer.detached) {
    throw new TypeError("This message's buffer was detached (transferred away): its bytes are gone");
  }
}

/** A value for an error message: its type, and itself where that is short. */
export function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  return typeof value === "function" ? "a function" : `an object (${value.constructor?.name ?? "no prototype"})`;
}
