/** The memory suite, ours: `checked`, `unchecked` or `view`, then the case: bytes, batch, flags, `transport` or `touched`. */
import { Inbox, MessagePool, openNetworking, Outbox } from "../../lib/index.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { readEnds, readLines, writeEnds, writeLines } from "./payload.ts";

const [style = "checked", bytesText, batchText, flagsText, touch] = process.argv.slice(2);
const [bytes, batch, flags] = [Number(bytesText), Number(batchText), Number(flagsText)];
// The clock is looked at once in so many messages.
const batchesPerLook = Math.max(1, 1024 / batch);

const { sockets } = openNetworking({ config });
const { connection1: from, connection2: to } = sockets.createSocketPair();
const pool = new MessagePool({ slots: 512, slotBytes: bytes, checked: style !== "unchecked" });
const outbox = new Outbox(pool, { messages: 1024 });
const inbox = new Inbox({ messages: 1024, bytes: 8 << 20, mode: style === "view" ? "view" : "auto" });
const { view } = pool;

// Sums of what was written and what was read, which must be the same.
let [number, written, read] = [0, 0, 0];

// Both ways to touch a payload have loops of their own, as they have in the native program.
function fillTransport(): number {
  let sum = 0;
  for (let i = 0; i < batch; i++) {
    const slot = pool.take();
    sum = (sum + writeEnds(view, pool.offset(slot), bytes, number + i)) | 0;
    outbox.push(from, slot, bytes, flags);
  }
  return sum;
}

function fillTouched(): number {
  let sum = 0;
  for (let i = 0; i < batch; i++) {
    const slot = pool.take();
    sum = (sum + writeLines(view, pool.offset(slot), bytes, number + i)) | 0;
    outbox.push(from, slot, bytes, flags);
  }
  return sum;
}

function readTransport(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + readEnds(inbox.view(i), inbox.offset(i), inbox.length(i))) | 0;
  return sum;
}

function readTouched(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum + readLines(inbox.view(i), inbox.offset(i), inbox.length(i))) | 0;
  return sum;
}

const [fill, readAll] = touch === "touched" ? [fillTouched, readTouched] : [fillTransport, readTransport];

function turn(): void {
  written = (written + fill()) | 0;
  number = (number + batch) | 0;
  if (sockets.sendMessages(outbox) !== batch) throw new Error("Not all messages were sent");
  for (let left = batch; left > 0;) {
    const count = sockets.receiveMessagesOnConnection(to, inbox);
    if (count === 0) throw new Error("Fewer messages came than were sent");
    read = (read + readAll(count)) | 0;
    left -= count;
  }
}

await obey({
  memory(command) {
    const nanoseconds = numberOf(command, "milliseconds") * 1e6;
    let batches = 0;
    const start = Bun.nanoseconds();
    let passed = 0;
    for (; passed < nanoseconds; passed = Bun.nanoseconds() - start) {
      for (let left = batchesPerLook; left > 0; left--) turn();
      batches += batchesPerLook;
    }
    inbox.release();
    if (written !== read) throw new Error("Other bytes came than were sent");
    return { messages: batches * batch, nanoseconds: passed };
  },
});
