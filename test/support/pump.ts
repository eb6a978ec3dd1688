/** Waiting, bounded: for what the library does, and for what another process does. */
import type { Networking } from "../../lib/index.ts";
import { moment } from "./poll-mode.ts";

// Longer than the library takes to miss a peer whose farewell was lost, as happens to some of a thousand.
const patience = 25_000;

/**
 * Runs callbacks until a condition holds.
 * @throws when that takes too long; `what` tells what was waited for.
 */
export async function pumpUntil(net: Networking, what: string, condition: () => boolean): Promise<void> {
  await waitUntil(what, () => {
    net.runCallbacks();
    return condition();
  });
}

/** Runs callbacks for a while, for what must not happen. */
export async function pumpFor(net: Networking, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await waitUntil("some time had passed", () => {
    net.runCallbacks();
    return performance.now() >= end;
  });
}

/** Waits a while without running callbacks. */
export async function waitFor(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  await waitUntil("some time had passed", () => performance.now() >= end);
}

/** Waits without running callbacks until a condition holds. */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${patience / 1000} seconds in vain until ${what}`);
    await moment();
  }
}
