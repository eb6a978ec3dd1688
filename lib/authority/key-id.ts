/** The numbers by which keys are known. */
import type { Bytes } from "./bytes.ts";

/** Bytes of a public key. */
export const publicKeyBytes = 32;

/** A public key's number: the first 8 bytes of its SHA-256, little-endian. C++: `CalculatePublicKeyID`. */
export async function keyIdOf(publicKey: Bytes): Promise<bigint> {
  const digest = await crypto.subtle.digest("SHA-256", publicKey);
  return new DataView(digest).getBigUint64(0, true);
}

/**
 * Reads a key's number, as it is printed: digits, with `ID` before them or not.
 * @throws RangeError when it is none.
 */
export function parseKeyId(text: string): bigint {
  const keyId = tryKeyId(text);
  if (keyId === undefined) throw new RangeError(`${JSON.stringify(text)} is no key's number. Write "ID" and digits`);
  return keyId;
}

/** {@link parseKeyId}, but undefined for what does not look like a key's number. */
export function tryKeyId(text: string): bigint | undefined {
  const digits = /^(?:ID)?(\d{1,20})$/.exec(text)?.[1];
  return digits === undefined ? undefined : keyIdInRange(BigInt(digits));
}

/** @throws RangeError when it can be no key's number: 0, or more than 64 bits. */
export function keyIdInRange(keyId: bigint): bigint {
  if (typeof keyId !== "bigint") throw new TypeError("the number of a key must be a bigint");
  if (keyId < 1n || keyId >= 1n << 64n) {
    throw new RangeError(`the number of a key must be from 1 to 2^64 - 1, not ${keyId}`);
  }
  return keyId;
}
