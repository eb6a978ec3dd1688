import type { FlatFunction } from "./function.ts";

const versions = Array.from({ length: 40 }, (_, before) => String(before + 1).padStart(3, "0"));

/**
 * An interface's accessors in every version that a `steam_api` may have, by version. The flat functions of a library
 * belong to the accessor that it has, so whichever is there is the right one.
 */
export function accessors(base: string): Readonly<Record<string, FlatFunction & { readonly returns: "ptr" }>> {
  return Object.fromEntries(
    versions.map((version) => [version, { c: `void *${base}_v${version}()`, args: [], returns: "ptr" }]),
  );
}
