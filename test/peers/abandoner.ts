/** Has a Worker open a network and go without closing it, then opens it on the main thread, at the same port. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Networking } from "../../lib/index.ts";
import { Acceptor } from "../support/acceptor.ts";
import type { Going, WorkerData } from "../support/life/careless-worker.ts";
import { Parent } from "../support/parent.ts";
import { openedUnlessTaken, openNetworking } from "../support/poll-mode.ts";
import { pumpUntil, waitUntil } from "../support/pump.ts";
import { thrownName } from "../support/thrown.ts";

export interface Orders {
  begin: Going;
  letGo: null;
  end: null;
}

export interface Reports {
  /** Where the Worker listens, and what the main thread gets that opens the network meanwhile. */
  listening: { readonly address: string; readonly refusal: string };
  /** Where the main thread listens, and how many opens it sees. */
  reopened: { readonly address: string };
}

using parent = new Parent<Orders, Reports>();
const going = await parent.order("begin");
const signal = new SharedArrayBuffer(4);
const workerData: WorkerData = { going, signal };
const worker = new Worker(join(import.meta.dir, "../support/life/careless-worker.ts"), { workerData });
let gone = false;
worker.on("exit", () => (gone = true));
worker.on("error", () => {});
const address = await new Promise<string>((resolve) => worker.once("message", resolve));
parent.report("listening", { address, refusal: thrownName(() => openNetworking()) });

await parent.order("letGo");
if (going === "terminated") void worker.terminate();
else Atomics.store(new Int32Array(signal), 0, 1);
await waitUntil("the Worker was gone", () => gone);

// Its thread takes a moment longer to end.
let opened: Networking | undefined;
await waitUntil("the network could be opened", () => (opened = openedUnlessTaken()) !== undefined);
using net = opened!;
parent.report("reopened", { address: new Acceptor(net, address).address });
await pumpUntil(net, "the test was done", () => parent.hasOrdered("end"));
