/** A Worker that opens and closes the network when it is told to; `other-thread.ts` speaks to it. */
import { parentPort } from "node:worker_threads";
import type { Networking } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";

/** What it can be told. */
export type Command = "open" | "close" | "end";

/** How that went: the name and text of what was thrown, empty when nothing was. */
export interface Answer {
  readonly errorName: string;
  readonly errorMessage: string;
}

let net: Networking | undefined;

parentPort?.on("message", (command: Command) => {
  try {
    if (command === "open") net = openNetworking();
    else net?.close();
    answer("", "");
  } catch (error) {
    if (error instanceof Error) answer(error.name, error.message);
    else throw error;
  }
  if (command === "end") parentPort?.close();
});

function answer(errorName: string, errorMessage: string): void {
  parentPort?.postMessage({ errorName, errorMessage } satisfies Answer);
}
