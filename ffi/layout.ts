/** Where the fields of a C struct lie, computed from the list of its fields as a 64-bit C compiler does. */

const scalars = { char: 1, bool: 1, u8: 1, u16: 2, i32: 4, u32: 4, f32: 4, i64: 8, u64: 8, ptr: 8 } as const;

/** A field's C type: one of these sizes, aligned to itself. An enum is `i32`. */
export type Scalar = keyof typeof scalars;

/** One field of a struct. */
export interface Field {
  /** The member's name in C. */
  readonly c: string;
  readonly type: Scalar | Struct;
  /** How many, when it is an array. */
  readonly count?: number;
  /** The field that it shares its place with, when it is a later member of a union. */
  readonly over?: string;
}

/** The fields of a struct, in order. */
export type Fields = Readonly<Record<string, Field>>;

/** How Valve's headers pack callbacks: 4 bytes on Linux and macOS, 8 on Windows. */
export type CallbackPacking = 4 | 8;

/** What declares a struct: GameNetworkingSockets, Steam, or the helper's own header. */
export type Header = "gns" | "steam" | "helper";

/** A C struct as data. */
export interface Struct<Members extends Fields = Fields> {
  readonly headers: readonly Header[];
  /** The most that a field is aligned to: 1, what callbacks have on the platform, or no limit. */
  readonly packing: 1 | "callback" | "natural";
  readonly fields: Members;
}

/** Sizes and offsets in bytes. */
export interface Layout<Name extends string = string> {
  readonly size: number;
  readonly align: number;
  /** Where each field begins. */
  readonly offsets: Readonly<Record<Name, number>>;
  /** How long each field is, an array as a whole. */
  readonly sizes: Readonly<Record<Name, number>>;
}

/** The packing of callbacks on this platform. */
export const callbackPacking: CallbackPacking = process.platform === "win32" ? 8 : 4;

const known = { 4: new Map<Struct, Layout>(), 8: new Map<Struct, Layout>() };

/** The layout of a struct; computed once, then the same object. */
export function layoutOf<Members extends Fields>(
  struct: Struct<Members>,
  packing: CallbackPacking = callbackPacking,
): Layout<keyof Members & string> {
  let layout = known[packing].get(struct);
  if (!layout) known[packing].set(struct, (layout = computeLayout(struct, packing)));
  return layout;
}

function computeLayout(struct: Struct, packing: CallbackPacking): Layout {
  const limit = struct.packing === "callback" ? packing : struct.packing === "natural" ? 8 : struct.packing;
  const offsets: Record<string, number> = {};
  const sizes: Record<string, number> = {};
  let size = 0;
  let align = 1;
  for (const [name, { type, count = 1, over }] of Object.entries(struct.fields)) {
    const element = typeof type === "string" ? { size: scalars[type], align: scalars[type] } : layoutOf(type, packing);
    const fieldAlign = Math.min(element.align, limit);
    const offset = over === undefined ? roundUp(size, fieldAlign) : offsetOf(offsets, over);
    offsets[name] = offset;
    sizes[name] = element.size * count;
    size = Math.max(size, offset + element.size * count);
    align = Math.max(align, fieldAlign);
  }
  // C++ gives an empty struct one byte.
  return { size: Math.max(1, roundUp(size, align)), align, offsets, sizes };
}

function offsetOf(offsets: Readonly<Record<string, number>>, name: string): number {
  const offset = offsets[name];
  if (offset === undefined) throw new TypeError(`No field ${name} before the one that lies over it`);
  return offset;
}

function roundUp(size: number, align: number): number {
  return Math.ceil(size / align) * align;
}
