/** C structs, written by the names of their fields. */
import { layoutOf, type Fields, type Struct } from "../../ffi/layout.ts";
import { SteamNetworkingIdentity, SteamNetworkingIPAddr } from "../../ffi/structs.ts";

/** What a field is given. Texts get their closing zero, bytes lie there as they are. */
export type FieldValue = number | bigint | string | Uint8Array;

/** A struct in which each named field has this value, and all others are zero. */
export function structOf<Members extends Fields>(
  struct: Struct<Members>,
  values: Partial<Record<keyof Members & string, FieldValue>>,
): Uint8Array {
  const { size, offsets, sizes } = layoutOf(struct);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const name of Object.keys(offsets) as (keyof Members & string)[]) {
    const value = values[name];
    if (value === undefined) continue;
    const [at, length] = [offsets[name], sizes[name]];
    if (typeof value === "string") bytes.set(new TextEncoder().encode(value).subarray(0, length), at);
    else if (typeof value !== "number" && typeof value !== "bigint") bytes.set(value.subarray(0, length), at);
    else if (struct.fields[name]?.type === "f32") view.setFloat32(at, Number(value), true);
    else if (length === 8) view.setBigInt64(at, BigInt(value), true);
    else if (length === 4) view.setInt32(at, Number(value) | 0, true);
    else if (length === 2) view.setUint16(at, Number(value), true);
    else bytes[at] = Number(value);
  }
  return bytes;
}

/** A `SteamNetworkingIdentity` with a Steam ID. */
export function steamIdentity(id: bigint): Uint8Array {
  return identityOf(16, 8, (view, at) => view.setBigUint64(at, id, true));
}

/** A `SteamNetworkingIdentity` with a text of one's own. */
export function textIdentity(text: string): Uint8Array {
  return identityOf(2, text.length + 1, (view, at) => {
    for (const [index, letter] of [...text].entries()) view.setUint8(at + index, letter.charCodeAt(0));
  });
}

function identityOf(type: number, length: number, fill: (view: DataView, at: number) => void): Uint8Array {
  const bytes = new Uint8Array(layoutOf(SteamNetworkingIdentity).size);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, type, true);
  view.setInt32(4, length, true);
  fill(view, 8);
  return bytes;
}

/** A `SteamNetworkingIPAddr` with an IPv4 address. */
export function ipv4Address(ip: readonly [number, number, number, number], port: number): Uint8Array {
  const bytes = new Uint8Array(layoutOf(SteamNetworkingIPAddr).size);
  bytes.set([0xff, 0xff, ...ip], 10);
  new DataView(bytes.buffer).setUint16(16, port, true);
  return bytes;
}

/** A number of 32 bits. */
export function word(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** As the notes write it. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
