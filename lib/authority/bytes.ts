/** Bytes and their text forms, with nothing but what every JavaScript runtime has. */
import { CertificateFormatError } from "./errors.ts";

/** Bytes in memory of their own kind, as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** A copy of bytes, so that nobody can change them meanwhile. */
export function copyOf(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}

/** One after the other. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether they are the same. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** UTF-8. */
export function utf8(text: string): Bytes {
  return copyOf(encoder.encode(text));
}

/** The text of UTF-8. @throws CertificateFormatError when it is none. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CertificateFormatError("A text in it is no UTF-8");
  }
}

/** Base64, in lines of `lineLength` where that is given. */
export function toBase64(bytes: Uint8Array, lineLength?: number): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return lineLength === undefined ? text : (text.match(new RegExp(`.{1,${lineLength}}`, "g")) ?? []).join("\n");
}

/** The bytes of base64; space in it does no harm. @throws CertificateFormatError when it is none. */
export function fromBase64(text: string): Bytes {
  const compact = text.replace(/\s+/g, "");
  if (compact === "" || compact.length % 4 !== 0 || !/^[A-Za-z\d+/]+={0,2}$/.test(compact)) {
    throw new CertificateFormatError("It is no base64");
  }
  return Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
}
