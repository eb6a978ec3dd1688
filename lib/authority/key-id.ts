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
  const [, digits] = /^(?:ID)?(\d{1,20})$/.exec(text) ?? [];
  return keyIdInRange(digits === undefined ? -1n : BigInt(digits), text);
}

/** @throws RangeError when it doesn't fit in 64 bits without a sign. */
export function keyIdInRange(keyId: bigint, shown: unknown = keyId): bigint {
  if (typeof keyId !== "bigint") throw new TypeError("a key's number must be a bigint");
  if (keyId < 0n || keyId >= 1n << 64n) throw new RangeError(`${String(shown)} is no key's number`);
  return keyId;
}
