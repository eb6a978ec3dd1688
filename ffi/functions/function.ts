import type { FFIFunction } from "bun:ffi";

/** A networking library with the flat C interface: GameNetworkingSockets, or Steam's `steam_api`. */
export type LibraryKind = "gns" | "steam";

/**
 * One C function as data. `args` and `returns` follow from `c`: a pointer or a reference is `ptr`, text that the
 * function reads is `cstring`, text that it writes is `ptr`, an enum is `i32`.
 */
export interface FlatFunction extends FFIFunction {
  /** Its declaration; its symbol stands there and nowhere else. */
  readonly c: string;
  /** The declaration in Steam's headers, where the libraries differ. The types beside it serve both. */
  readonly cSteam?: string;
  readonly args: NonNullable<FFIFunction["args"]>;
  readonly returns: NonNullable<FFIFunction["returns"]>;
  /** The one library that offers it; left out where both do. */
  readonly only?: LibraryKind;
  /** The library that has the symbol in this form, where another entry declares the same symbol in another form. */
  readonly form?: LibraryKind;
}

/** The functions of one interface, by name: the symbol without `SteamAPI_` and without the interface's name. */
export type FlatFunctions = Readonly<Record<string, FlatFunction>>;

/** The symbol that a declaration declares. */
export function symbolOf(declared: FlatFunction): string {
  const symbol = /(\w+)\(/.exec(declared.c)?.[1];
  if (symbol === undefined) throw new TypeError(`No symbol in ${declared.c}`);
  return symbol;
}
