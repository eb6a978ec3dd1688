/** The library's signals, taken apart: what somebody can make of them who wishes us ill. */
import {
  bytesField,
  fixed32Field,
  fixed64Field,
  readFields,
  varintField,
  WireType,
  type Field,
} from "../../lib/authority/wire.ts";

/** The fields that matter, by their numbers. */
export const SignalField = {
  /** Our number of the connection, as the sender knows it. */
  ToConnection: 1,
  ConnectRequest: 4,
  /** The answer to a request, with the sender's certificate. */
  ConnectOK: 5,
  FromIdentity: 8,
  FromConnection: 9,
  ApplicationMessage: 15,
} as const;

/** A field of bytes whose number has a bit too many, which the library's reader leaves out. */
export function disguisedField(number: number, value: Uint8Array): Uint8Array {
  const [first = 0, ...rest] = bytesField(number, value);
  return Buffer.concat([Buffer.of(first | 0x80, 0x80, 0x80, 0x80, 0x10), Buffer.from(rest)]);
}

/** The field of a signal with this number; undefined when it has none. */
export function fieldOf(signal: Uint8Array, number: number): Field | undefined {
  return fieldsOf(signal).find((field) => field.number === number);
}

/** A signal without the fields of this number. */
export function without(signal: Uint8Array, number: number): Uint8Array {
  return Buffer.concat(
    fieldsOf(signal)
      .filter((field) => field.number !== number)
      .map(written),
  );
}

/** A signal with another number of ours, of which the library looks at the lower half only. */
export function misnumbered(signal: Uint8Array): Uint8Array {
  const ours = Number(fieldOf(signal, SignalField.ToConnection)?.value ?? 0);
  // Of a field that comes twice, the last one counts.
  return Buffer.concat([signal, fixed32Field(SignalField.ToConnection, (ours ^ 0x01000000) >>> 0)]);
}

function fieldsOf(signal: Uint8Array): Field[] {
  return [...readFields(new Uint8Array(signal))];
}

function written({ number, type, value, bytes }: Field): Uint8Array {
  if (type === WireType.Bytes) return bytesField(number, bytes);
  if (type === WireType.Fixed32) return fixed32Field(number, Number(value));
  return type === WireType.Fixed64 ? fixed64Field(number, value) : varintField(number, Number(value));
}
