/**
 * Opens a network and prints which library it found, or the error.
 *
 * Parameters: the folder of the package, the explicit path if there is one.
 */
import { join } from "node:path";
import type * as steamSockets from "../../../lib/index.ts";

export interface Report {
  /** The library that was opened. */
  readonly path?: string;
  readonly errorName?: string;
  readonly message?: string;
  /** Where it was looked for in vain. JSON has no undefined paths. */
  readonly places?: readonly Partial<steamSockets.LibraryPlace>[];
}

if (import.meta.main) {
  const [root = "", library] = process.argv.slice(2);
  const { LibraryNotFoundError, openNetworking }: typeof steamSockets = await import(join(root, "lib/index.ts"));
  const open = (): Report => {
    try {
      using net = openNetworking(library === undefined ? {} : { library });
      return { path: net.library.path };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { name: errorName, message } = error;
      return error instanceof LibraryNotFoundError
        ? { errorName, message, places: error.places }
        : { errorName, message };
    }
  };
  console.log(JSON.stringify(open()));
}
