/** What the tests have shown at work: each function and event of the documents, on each real library. */
import { appendFileSync } from "node:fs";

/** Names the file that gets a line for each thing shown; without it nothing is noted. */
export const SHOWN_VARIABLE = "STEAM_SOCKETS_SHOWN";

/**
 * Notes that functions or events have done on a real library what they promise. Called at the end of a test, when all
 * that it expects has held.
 * @param library Valve's GameNetworkingSockets, or Valve's own steam_api.
 * @param names as in the documents, in camelCase: `"createListenSocketIP"`, `"fakeIPResult"`.
 */
export function shows(library: "gns" | "steam_api", ...names: readonly string[]): void {
  const file = process.env[SHOWN_VARIABLE];
  if (file === undefined) return;
  appendFileSync(file, names.map((name) => `${library} ${name}\n`).join(""));
}
