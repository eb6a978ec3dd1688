/** Messages that tell themselves which one they are, for deliveries with gaps. */
import { noise, noiseInteger, sameBytes } from "./noise.ts";

const numberBytes = 4;
// Several packets, and less than what the library sends reliably whatever we ask for.
const most = 12_000;

/** The message of this number: the number itself, then bytes that only this number gives. */
export function shout(number: number): Uint8Array {
  const bytes = noise(number, numberBytes + noiseInteger(number, 0, most));
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

/** The number of a message, undefined when it is not whole and unchanged. */
export function numberOfShout(bytes: Uint8Array): number | undefined {
  if (bytes.length < numberBytes) return undefined;
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return sameBytes(bytes, shout(number)) ? number : undefined;
}
