/** The memory suite, ours: `checked`, `unchecked` or `view`. */
import { Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "../../lib/index.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { readEnds, readLines, writeEnds, writeLines } from "./payload.ts";

const [style = "checked"] = process.argv.slice(2);
const slots = 512;
// The clock is looked at once in so many messages.
const messagesPerLook = 1024;

const { sockets } = openNetworking({ config });
const { connection1: from, connection2: to } = sockets.createSocketPair();
const inbox = new Inbox({ messages: 1024, bytes: 8 << 20, mode: style === "view" ? "view" : "auto" });
const outboxes = new Map<number, { pool: MessagePool; outbox: Outbox }>();

function outboxFor(slotBytes: number): { pool: MessagePool; outbox: Outbox } {
  const found = outboxes.get(slotBytes);
  if (found !== undefined) return found;
  const pool = new MessagePool({ slots, slotBytes, checked: style !== "unchecked" });
  const made = { pool, outbox: new Outbox(pool, { messages: 1024 }) };
  outboxes.set(slotBytes, made);
  return made;
}

interface Job {
  readonly bytes: number;
  readonly batch: number;
  readonly flags: number;
  readonly touched: boolean;
}

// Sums of what was written and what was read, which must be the same.
let [number, written, read] = [0, 0, 0];

// Both ways to touch a payload have loops of their own, as they have in the native program: what is compiled together
// with code that is never run is compiled less well.
function fillTransport({ bytes, batch, flags }: Job, pool: MessagePool, outbox: Outbox): number {
  const { view } = pool;
  let sum = 0;
  for (let i = 0; i < batch; i++) {
    const slot = pool.take();
    sum = (sum + writeEnds(view, pool.offset(slot), bytes, number + i)) | 0;
    outbox.push(from, slot, bytes, flags);
  }
  return sum;
}

function fillTouched({ bytes, batch, flags }: Job, pool: MessagePool, outbox: Outbox): number {
  const { view } = pool;
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

function turn(job: Job, pool: MessagePool, outbox: Outbox): void {
  const { batch, touched } = job;
  written = (written + (touched ? fillTouched(job, pool, outbox) : fillTransport(job, pool, outbox))) | 0;
  number = (number + batch) | 0;
  if (sockets.sendMessages(outbox) !== batch) throw new Error("Not all messages were sent");
  for (let left = batch; left > 0;) {
    const count = sockets.receiveMessagesOnConnection(to, inbox);
    if (count === 0) throw new Error("Fewer messages came than were sent");
    read = (read + (touched ? readTouched(count) : readTransport(count))) | 0;
    left -= count;
  }
}

function run(job: Job, milliseconds: number) {
  const { pool, outbox } = outboxFor(job.bytes);
  const batchesPerLook = Math.max(1, messagesPerLook / job.batch);
  let batches = 0;
  const start = Bun.nanoseconds();
  let passed = 0;
  for (; passed < milliseconds * 1e6; passed = Bun.nanoseconds() - start) {
    for (let left = batchesPerLook; left > 0; left--) turn(job, pool, outbox);
    batches += batchesPerLook;
  }
  inbox.release();
  if (written !== read) throw new Error("Other bytes came than were sent");
  return { messages: batches * job.batch, nanoseconds: passed };
}

await obey({
  memory: (command) =>
    run(
      {
        bytes: numberOf(command, "bytes"),
        batch: numberOf(command, "batch"),
        flags: command["reliable"] === true ? SendFlags.Reliable : SendFlags.Unreliable,
        touched: command["touch"] === "touched",
      },
      numberOf(command, "milliseconds"),
    ),
});
