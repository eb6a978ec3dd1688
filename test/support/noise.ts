/** Bytes that look random and can be made again anywhere from their seed. */

/** `byteLength` bytes that only this seed gives. */
export function noise(seed: number, byteLength: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(byteLength / 4));
  for (let index = 0; index < words.length; index++) words[index] = scramble(seed, index);
  return new Uint8Array(words.buffer, 0, byteLength);
}

/** An integer from 0 to `most` that only this seed and index give. */
export function noiseInteger(seed: number, index: number, most: number): number {
  return scramble(seed, index) % (most + 1);
}

// The finalizer of MurmurHash3.
function scramble(seed: number, index: number): number {
  let bits = Math.imul(seed, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Whether two pieces of memory hold the same. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
