#!/usr/bin/env bun
/**
 * What the hot path leaves for the garbage collector: the engine's own log of collections, counted while messages are
 * sent and received, beside an empty loop and a variant that allocates on purpose. `bun bench/collections.ts [--quick]`.
 */
import { ensureNativeLibrary } from "../ffi/native/build.ts";

const kinds = ["messages", "handlers", "nothing", "garbage"] as const;
const collection = /^\[GC<.*?: START/gm;

/** Counts, and tells in a sentence. */
export async function countCollections({ library, quick }: { library: string; quick: boolean }): Promise<string> {
  const messages = quick ? 1_000_000 : 10_000_000;
  const counts = new Map<string, number>();
  for (const kind of kinds) {
    const child = Bun.spawn(
      [process.execPath, new URL("./contestants/garbage.ts", import.meta.url).pathname, kind, String(messages)],
      {
        env: { ...process.env, STEAM_SOCKETS_LIBRARY: library, BUN_JSC_logGC: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (code !== 0) throw new Error(`The count of collections failed (${kind}): ${errors}`);
    counts.set(kind, (output + errors).match(collection)?.length ?? 0);
  }
  return (
    `Collections of garbage during ${messages.toLocaleString("en-US")} messages sent and received: ` +
    `${counts.get("messages")}; through handlers: ${counts.get("handlers")}; during an empty loop: ${counts.get("nothing")}; ` +
    `during the same messages with one object for each: ${counts.get("garbage")}.`
  );
}

if (import.meta.main) {
  const library = await ensureNativeLibrary();
  console.log(await countCollections({ library, quick: process.argv.includes("--quick") }));
}
