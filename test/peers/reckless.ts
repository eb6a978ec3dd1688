/** Terminates Workers that send out of pools, at any moment, and tells what is left of them. */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { ConnectionState, MessagePool, type Networking } from "../../lib/index.ts";
import { helperAt } from "../../sdk/helper.ts";
import { Borrower } from "../support/life/borrower.ts";
import type { OwnerData } from "../support/life/owner-worker.ts";
import { noiseInteger } from "../support/noise.ts";
import { mostParcelBytes } from "../support/parcel.ts";
import { Parent } from "../support/parent.ts";
import { openedUnlessTaken, openNetworking } from "../support/poll-mode.ts";
import { pumpUntil, waitFor, waitUntil } from "../support/pump.ts";
import { stateOf } from "../support/state-of.ts";

export interface Orders {
  /** `owners` have network and pool themselves; `borrowers` have a share of the main thread's pool. */
  terminate: { readonly what: "owners" | "borrowers"; readonly address: string; readonly rounds: number };
}

export interface Reports {
  /** How many native pools there are in the end. */
  done: { readonly pools: number };
}

const mostMilliseconds = 30;

using parent = new Parent<Orders, Reports>();
const { what, address, rounds } = await parent.order("terminate");
const { pools } = helperAt();
await (what === "owners" ? terminateOwners() : terminateBorrowers());
await waitUntil("all pools were gone", () => pools() === 0);
parent.report("done", { pools: pools() });

async function terminateOwners(): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const workerData: OwnerData = { address, sender: round };
    const worker = new Worker(join(import.meta.dir, "../support/life/owner-worker.ts"), { workerData });
    await once(worker, "message");
    await waitFor(noiseInteger(1, round, mostMilliseconds));
    const exit = once(worker, "exit");
    void worker.terminate();
    await exit;
    // Its thread takes a moment longer to end, and the library and the pool with it.
    let net: Networking | undefined;
    await waitUntil("the network could be opened", () => (net = openedUnlessTaken()) !== undefined);
    net!.close();
    await waitUntil("the pool was gone", () => pools() === 0);
  }
}

async function terminateBorrowers(): Promise<void> {
  using net = openNetworking();
  using pool = new MessagePool({ slots: 96, slotBytes: mostParcelBytes });
  const connection = net.sockets.connectByIPAddress(address);
  await pumpUntil(net, "the connection stood", () => stateOf(net, connection) === ConnectionState.Connected);
  for (let round = 0; round < rounds; round++) {
    net.utils.setConfigValue("FakePacketLoss_Send", 20);
    const lent = pool.share(64);
    await using borrower = new Borrower();
    await borrower.ask({ name: "attach", ticket: lent });
    borrower.order({ name: "toil", connection, sender: round });
    await pumpUntil(net, "it toiled", () => net.sockets.sendMessages(lent) >= 0 && lent.sent > 0);
    const end = performance.now() + noiseInteger(2, round, mostMilliseconds);
    await pumpUntil(net, "it was time", () => net.sockets.sendMessages(lent) >= 0 && performance.now() >= end);
    await borrower.terminate();
    if (round % 2 === 0) net.sockets.sendMessages(lent);
    if (pool.available !== 32) throw new Error(`${pool.available} slots are available while a share of 64 is lent`);
    const atOnce = pool.reclaim(lent);
    if (pool.available < 32 + atOnce) throw new Error("What was reclaimed is not available");
    net.utils.setConfigValue("FakePacketLoss_Send", 0);
    await pumpUntil(net, "all slots were back", () => pool.available === pool.slots);
    if (pool.inFlight !== 0 || pool.reclaim(lent) !== 0) throw new Error("Something came back that was back");
    takeEachOnce(pool);
  }
  // What was sent is acknowledged, for every slot is back.
  net.sockets.closeConnection(connection, 0, "", true);
}

function takeEachOnce(pool: MessagePool): void {
  const offsets = new Set<number>();
  const slots: number[] = [];
  for (let slot = pool.take(); slot >= 0; slot = pool.take()) {
    slots.push(slot);
    offsets.add(pool.offset(slot));
  }
  if (slots.length !== pool.slots || offsets.size !== pool.slots) {
    throw new Error(`Of ${pool.slots} slots ${slots.length} were taken, and ${offsets.size} of them were different`);
  }
  for (const slot of slots) pool.free(slot);
}
