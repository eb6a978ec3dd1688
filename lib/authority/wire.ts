/** The wire format of protocol buffers: fields with a number, a type and a value. */
import { concat, type Bytes } from "./bytes.ts";
import { CertificateFormatError } from "./errors.ts";

/** How a value is written. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

/** A field as it was read. */
export interface Field {
  readonly number: number;
  readonly type: number;
  /** The value of a number; 0 for bytes. */
  readonly value: bigint;
  /** The value of bytes; empty for numbers. */
  readonly bytes: Bytes;
}

const none: Bytes = new Uint8Array();
const mostVarintBytes = 10;

/**
 * Reads the fields of a message, in their order.
 * @throws CertificateFormatError when it is none.
 */
export function* readFields(message: Bytes): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const take = (count: number): number => {
    if (count > message.length - at) throw new CertificateFormatError("It ends too early");
    at += count;
    return at - count;
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let index = 0n; index < mostVarintBytes; index++) {
      const byte = BigInt(view.getUint8(take(1)));
      value |= (byte & 0x7fn) << (7n * index);
      if (byte < 0x80n) return BigInt.asUintN(64, value);
    }
    throw new CertificateFormatError("A number in it is too long");
  };
  while (at < message.length) {
    const key = Number(varint());
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (number < 1 || number > 0x1fff_ffff) throw new CertificateFormatError("A field in it has no possible number");
    switch (type) {
      case WireType.Varint:
        yield { number, type, value: varint(), bytes: none };
        break;
      case WireType.Fixed64:
        yield { number, type, value: view.getBigUint64(take(8), true), bytes: none };
        break;
      case WireType.Fixed32:
        yield { number, type, value: BigInt(view.getUint32(take(4), true)), bytes: none };
        break;
      case WireType.Bytes: {
        const length = Number(varint());
        const start = take(length);
        yield { number, type, value: 0n, bytes: message.subarray(start, start + length) };
        break;
      }
      default:
        throw new CertificateFormatError("A field in it has no possible type");
    }
  }
}

/** A field that is a number of variable length. */
export function varintField(number: number, value: number): Bytes {
  return concat(varint(number * 8 + WireType.Varint), varint(value));
}

/** A field of 32 bits. */
export function fixed32Field(number: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return concat(varint(number * 8 + WireType.Fixed32), bytes);
}

/** A field of 64 bits. */
export function fixed64Field(number: number, value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return concat(varint(number * 8 + WireType.Fixed64), bytes);
}

/** A field of bytes. */
export function bytesField(number: number, value: Uint8Array): Bytes {
  return concat(varint(number * 8 + WireType.Bytes), varint(value.length), value);
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Uint8Array.of(...bytes, rest);
    bytes.push((rest % 0x80) | 0x80);
  }
}
