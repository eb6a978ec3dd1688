/** Messages of STUN (RFC 8489) and TURN (RFC 8656), as far as the library's client speaks them. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Kinds of messages. */
export const Kind = {
  Binding: 0x0001,
  Allocate: 0x0003,
  Refresh: 0x0004,
  CreatePermission: 0x0008,
  SendIndication: 0x0016,
  DataIndication: 0x0017,
} as const;

/** What is added to a request's kind. */
export const success = 0x0100;
export const failure = 0x0110;

export const Attribute = {
  Username: 0x0006,
  Integrity: 0x0008,
  Error: 0x0009,
  Lifetime: 0x000d,
  PeerAddress: 0x0012,
  Data: 0x0013,
  Realm: 0x0014,
  Nonce: 0x0015,
  RelayedAddress: 0x0016,
  RequestedTransport: 0x0019,
  MappedAddress: 0x0020,
} as const;

/** An attribute with its value. */
export type Field = readonly [attribute: number, value: Uint8Array];

/** Where somebody is. IPv4 only. */
export interface Place {
  readonly hostname: string;
  readonly port: number;
}

const cookie = 0x2112a442;
const headBytes = 20;
const integrityBytes = 20;

/** A message that came. */
export class StunMessage {
  readonly kind: number;
  /** 12 bytes, which an answer repeats. */
  readonly transaction: Uint8Array;
  readonly #bytes: Buffer;
  readonly #fields: readonly Field[];
  readonly #integrityAt: number | undefined;

  private constructor(bytes: Buffer, fields: readonly Field[], integrityAt: number | undefined) {
    this.kind = bytes.readUInt16BE(0);
    this.transaction = bytes.subarray(8, headBytes);
    this.#bytes = bytes;
    this.#fields = fields;
    this.#integrityAt = integrityAt;
  }

  /** Reads one; undefined when the bytes are none. */
  static read(bytes: Buffer): StunMessage | undefined {
    if (bytes.length < headBytes || bytes.readUInt16BE(0) > 0x3fff || bytes.readUInt32BE(4) !== cookie)
      return undefined;
    if (bytes.readUInt16BE(2) !== bytes.length - headBytes) return undefined;
    const fields: Field[] = [];
    let integrityAt: number | undefined;
    for (let at = headBytes; at < bytes.length;) {
      if (at + 4 > bytes.length) return undefined;
      const attribute = bytes.readUInt16BE(at);
      const end = at + 4 + bytes.readUInt16BE(at + 2);
      if (end > bytes.length) return undefined;
      if (attribute === Attribute.Integrity) integrityAt = at;
      fields.push([attribute, bytes.subarray(at + 4, end)]);
      at = (end + 3) & ~3;
    }
    return new StunMessage(bytes, fields, integrityAt);
  }

  /** An attribute's value. */
  get(attribute: number): Uint8Array | undefined {
    return this.all(attribute)[0];
  }

  /** The values of an attribute that may come more than once. */
  all(attribute: number): Uint8Array[] {
    return this.#fields.filter(([one]) => one === attribute).map(([, value]) => value);
  }

  /** An attribute's value as text. */
  text(attribute: number): string | undefined {
    const value = this.get(attribute);
    return value === undefined ? undefined : Buffer.from(value).toString();
  }

  /** Whether it is from somebody who knows the key, and unchanged. */
  isBy(key: Uint8Array): boolean {
    const at = this.#integrityAt;
    const claimed = this.get(Attribute.Integrity);
    if (at === undefined || claimed?.length !== integrityBytes) return false;
    return timingSafeEqual(integrity(this.#bytes.subarray(0, at), key), claimed);
  }
}

/** The bytes of a message, signed when there is a key. */
export function stunMessage(
  kind: number,
  transaction: Uint8Array,
  fields: readonly Field[],
  key?: Uint8Array,
): Uint8Array {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(kind, 0);
  head.writeUInt32BE(cookie, 4);
  head.set(transaction, 8);
  const message = Buffer.concat([head, ...fields.map(fieldBytes)]);
  const signed =
    key === undefined ? message : Buffer.concat([message, fieldBytes([Attribute.Integrity, integrity(message, key)])]);
  signed.writeUInt16BE(signed.length - headBytes, 2);
  return signed;
}

function fieldBytes([attribute, value]: Field): Buffer {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16BE(attribute, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

/** Of what stands before it, with a length as if it were the last attribute. */
function integrity(before: Buffer, key: Uint8Array): Buffer {
  const message = Buffer.from(before);
  message.writeUInt16BE(before.length - headBytes + 4 + integrityBytes, 2);
  return createHmac("sha1", key).update(message).digest();
}

/** The value of an attribute that says where somebody is. */
export function placeBytes({ hostname, port }: Place): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt16BE(port ^ (cookie >>> 16), 2);
  const address = hostname.split(".").reduce((whole, part) => whole * 256 + Number(part), 0);
  bytes.writeUInt32BE((address ^ cookie) >>> 0, 4);
  return bytes;
}

/** What such a value says; undefined when it says nothing. */
export function placeOf(value: Uint8Array): Place | undefined {
  if (value.length !== 8 || value[1] !== 1) return undefined;
  const bytes = Buffer.from(value);
  const address = (bytes.readUInt32BE(4) ^ cookie) >>> 0;
  const hostname = [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
  return { hostname, port: bytes.readUInt16BE(2) ^ (cookie >>> 16) };
}

/** Seconds and the like. */
export function numberBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Why a request is refused. */
export function errorBytes(code: number, words: string): Uint8Array {
  return Buffer.concat([Buffer.of(0, 0, Math.floor(code / 100), code % 100), Buffer.from(words)]);
}
