/** Imports the package under its own name and prints which shared libraries the process had before and after. */
import { loadedLibraries } from "./loaded-libraries.ts";

export interface Report {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly opened: readonly string[];
}

if (import.meta.main) {
  const before = loadedLibraries();
  const { openNetworking } = await import("steam-sockets");
  const after = loadedLibraries();
  using net = openNetworking();
  console.log(JSON.stringify({ before, after, opened: loadedLibraries() } satisfies Report));
  net.runCallbacks();
}
