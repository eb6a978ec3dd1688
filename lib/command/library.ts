/** The library that a command runs on. */
import { sep } from "node:path";
import { ensureNativeLibrary } from "../../ffi/native/build.ts";
import { libraryPlaces, locateLibrary } from "../../sdk/locate.ts";

/** Whether this is a checkout, which can build the library, and not an installed package. */
export const isCheckout = !import.meta.dir.split(sep).includes("node_modules");

/**
 * The library to open. A checkout builds its own first, unless another one is named or installed; progress goes to
 * standard error.
 * @returns its path.
 */
export async function prepareLibrary(): Promise<string> {
  const elsewhere = libraryPlaces().slice(0, -1);
  const buildsItsOwn = isCheckout && elsewhere.every(({ path }) => path === undefined);
  return buildsItsOwn ? await ensureNativeLibrary() : locateLibrary().path;
}
