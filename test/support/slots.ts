/** Slots of message pools: filled, sent, and waited for. */
import { type ConnectionHandle, type MessagePool, type Networking, type Outbox } from "../../lib/index.ts";
import { helperAt } from "../../sdk/helper.ts";
import { pumpUntil, waitUntil } from "./pump.ts";

/** Takes a slot and writes this into it. */
export function filledSlot(pool: MessagePool, content: Uint8Array): number {
  const slot = pool.take();
  if (slot < 0) throw new Error("The pool is dry");
  pool.bytes.set(content, pool.offset(slot));
  return slot;
}

/** Takes a slot, writes this into it, and pushes it. */
export function pushFilled(
  pool: MessagePool,
  outbox: Outbox,
  connection: ConnectionHandle,
  content: Uint8Array,
  flags: number,
): number {
  return outbox.push(connection, filledSlot(pool, content), content.length, flags);
}

/** Waits until every slot of a pool can be taken. */
export function allBack(net: Networking, pool: MessagePool): Promise<void> {
  return pumpUntil(net, "all slots had come back", () => pool.available === pool.slots && pool.inFlight === 0);
}

/** How many pools of this process are not closed, or have messages under way. */
export function poolsInUse(): number {
  return helperAt().pools();
}

/** Collects garbage until a condition holds. */
export function collectUntil(what: string, condition: () => boolean): Promise<void> {
  return waitUntil(what, () => {
    Bun.gc(true);
    return condition();
  });
}
