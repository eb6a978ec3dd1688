/** A Worker that listens, talks to itself, tells what its handlers were told, and comes to its end. */
import { parentPort } from "node:worker_threads";
import { connectEnds, Journal } from "../everyday.ts";
import { openNetworking } from "../poll-mode.ts";
import { waitUntil } from "../pump.ts";

/** What it tells. */
export interface Listened {
  readonly lines: string[];
}

const journal = new Journal();
{
  using net = openNetworking();
  const { client } = await connectEnds(net, { listen: { socket: journal.handlers("server") } });
  client.send("from a Worker");
  client.close(1000, "bye");
  await waitUntil("it was closed", () => journal.has("server close"));
}
parentPort?.postMessage({ lines: journal.lines } satisfies Listened);
