/** A Worker that attaches to a share of a pool and does with it what it is told; `borrower.ts` speaks to it. */
import { parentPort } from "node:worker_threads";
import { PoolShare, SendFlags, type ConnectionHandle, type ShareTicket } from "../../../lib/index.ts";
import { mostParcelBytes, writeParcel } from "../parcel.ts";
import { thrownName } from "../thrown.ts";

/** What it can be told. */
export type BorrowerOrder =
  | { readonly name: "attach"; readonly ticket: ShareTicket }
  /** Sends parcels 0 to `messages` - 1, as fast as it gets slots. */
  | { readonly name: "send"; readonly connection: ConnectionHandle; readonly sender: number; readonly messages: number }
  /** Sends parcels, and drops and keeps slots in between, for ever. */
  | { readonly name: "toil"; readonly connection: ConnectionHandle; readonly sender: number }
  /** Makes every mistake that is looked for. */
  | { readonly name: "err" }
  /** Tells what the share says of itself. */
  | { readonly name: "look" }
  | { readonly name: "flush" };

/** What it answers. */
export interface BorrowerAnswer {
  /** The name of what was thrown; "" when nothing was. */
  readonly error: string;
  /** Of "send": how often there was no slot. Of "err": what each mistake threw. Of "look": what there is. */
  readonly dry?: number;
  readonly mistakes?: Readonly<Record<string, string>>;
  readonly available?: number;
  readonly isOpen?: boolean;
  readonly took?: number;
}

let share: PoolShare | undefined;
let latest: ShareTicket | undefined;

/** Waits for a moment, without an event loop in which a message could come. */
function nap(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

function send(borrowed: PoolShare, connection: ConnectionHandle, sender: number, messages: number): number {
  let dry = 0;
  for (let number = 0; number < messages;) {
    const slot = borrowed.take();
    if (slot < 0) {
      if (!borrowed.isOpen) throw new Error("The share was taken back");
      dry++;
      borrowed.flush();
      nap();
    } else {
      borrowed.push(connection, slot, writeParcel(borrowed, slot, { sender, number }), SendFlags.Reliable);
      number++;
      if (number % 8 === 0) borrowed.flush();
    }
  }
  borrowed.flush();
  return dry;
}

function toil(borrowed: PoolShare, connection: ConnectionHandle, sender: number): never {
  for (let number = 0; ; number++) {
    let slot = borrowed.take();
    for (; slot < 0; slot = borrowed.take()) borrowed.flush();
    const length = writeParcel(borrowed, slot, { sender, number });
    if (number % 7 === 0) borrowed.free(slot);
    else borrowed.push(connection, slot, length, SendFlags.Reliable);
    if (number % 5 === 0) borrowed.flush();
  }
}

function err(borrowed: PoolShare): Record<string, string> {
  const connection = 1 as ConnectionHandle;
  const { Reliable } = SendFlags;
  const slot = borrowed.take();
  const freed = borrowed.take();
  borrowed.free(freed);
  const pushed = borrowed.take();
  borrowed.push(connection, pushed, 1, Reliable);
  const offset = borrowed.offset(slot);
  const overrun = borrowed.take();
  borrowed.bytes[borrowed.offset(overrun) + borrowed.slotBytes] = 0;
  const mistakes: Record<string, () => unknown> = {
    "a slot that was freed": () => borrowed.push(connection, freed, 1, Reliable),
    "freed twice": () => borrowed.free(freed),
    "pushed twice": () => borrowed.push(connection, pushed, 1, Reliable),
    "freed after it was pushed": () => borrowed.free(pushed),
    "looked for after it was pushed": () => borrowed.offset(pushed),
    "made up": () => borrowed.push(connection, 0x7fff_fff0, 1, Reliable),
    "the -1 of a dry share": () => borrowed.push(connection, -1, 1, Reliable),
    "written past its end": () => borrowed.push(connection, overrun, 1, Reliable),
    "too long": () => borrowed.push(connection, slot, borrowed.slotBytes + 1, Reliable),
    "of negative length": () => borrowed.push(connection, slot, -1, Reliable),
    "a lane that can't be": () => borrowed.push(connection, slot, 1, Reliable, -1),
    "a connection that can't be": () => borrowed.push(-1 as ConnectionHandle, slot, 1, Reliable),
    "attached twice": () => PoolShare.attach(latest!),
  };
  const thrown = Object.fromEntries(Object.entries(mistakes).map(([what, action]) => [what, thrownName(action)]));
  if (borrowed.offset(slot) !== offset) throw new Error("The slot is another one");
  // Both are ours still.
  borrowed.free(overrun);
  borrowed.push(connection, slot, mostParcelBytes, Reliable);
  return thrown;
}

function answer(order: BorrowerOrder): Omit<BorrowerAnswer, "error"> {
  if (order.name === "attach") {
    latest = order.ticket;
    share = PoolShare.attach(order.ticket);
    return {};
  }
  if (share === undefined) throw new Error("Nothing was attached");
  switch (order.name) {
    case "send":
      return { dry: send(share, order.connection, order.sender, order.messages) };
    case "toil":
      return toil(share, order.connection, order.sender);
    case "err":
      return { mistakes: err(share) };
    case "look": {
      const took = share.take();
      return { available: share.available, isOpen: share.isOpen, took };
    }
    case "flush":
      share.flush();
      return {};
  }
}

parentPort?.on("message", (order: BorrowerOrder) => {
  let content: Omit<BorrowerAnswer, "error"> = {};
  const error = thrownName(() => (content = answer(order)));
  parentPort?.postMessage({ error, ...content } satisfies BorrowerAnswer);
});
