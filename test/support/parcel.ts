/** Messages that tell who sent them and which one they are, and whether they are whole. */
import type { MessagePool, PoolShare } from "../../lib/index.ts";
import { noise, noiseInteger, sameBytes } from "./noise.ts";

/** What a parcel says. */
export interface Parcel {
  /** Up to 65,535. */
  readonly sender: number;
  /** From 0 to 65,535. */
  readonly number: number;
}

/** The most bytes of one. */
export const mostParcelBytes = 1200;
const headBytes = 4;

function seedOf({ sender, number }: Parcel): number {
  return (sender << 16) | number;
}

/** The parcel as bytes: its head, then bytes that only this one has. */
export function parcelBytes(parcel: Parcel): Uint8Array {
  const seed = seedOf(parcel);
  const bytes = noise(seed, headBytes + noiseInteger(seed, 0, mostParcelBytes - headBytes));
  new DataView(bytes.buffer).setUint32(0, seed >>> 0, true);
  return bytes;
}

/** Writes it into a slot. Answers its length. */
export function writeParcel(into: MessagePool | PoolShare, slot: number, parcel: Parcel): number {
  const bytes = parcelBytes(parcel);
  into.bytes.set(bytes, into.offset(slot));
  return bytes.length;
}

/** What bytes say; undefined when they are not whole and unchanged. */
export function parcelOf(bytes: Uint8Array): Parcel | undefined {
  if (bytes.length < headBytes) return undefined;
  const seed = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const parcel = { sender: seed >>> 16, number: seed & 0xffff };
  return sameBytes(bytes, parcelBytes(parcel)) ? parcel : undefined;
}

/** Parcels that have come over one connection, each checked. */
export class Parcels {
  readonly #numbers = new Map<number, number[]>();
  /** How many were spoilt. */
  wrong = 0;

  add(bytes: Uint8Array): void {
    const parcel = parcelOf(bytes);
    if (parcel === undefined) this.wrong++;
    else {
      const numbers = this.#numbers.get(parcel.sender) ?? [];
      numbers.push(parcel.number);
      this.#numbers.set(parcel.sender, numbers);
    }
  }

  /** The numbers that came from a sender, in the order of their coming. */
  of(sender: number): readonly number[] {
    return this.#numbers.get(sender) ?? [];
  }
}
