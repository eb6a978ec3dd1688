/** What collections.ts watches: `messages`, `nothing` or `garbage`, and how many. */
import { Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "../../lib/index.ts";

const [kind, count] = process.argv.slice(2);
const batch = 64;
const bytes = 128;
const batches = Math.ceil(Number(count) / batch);

// The same memory in all three.
const { sockets } = openNetworking();
const { connection1: from, connection2: to } = sockets.createSocketPair();
const pool = new MessagePool({ slots: 512, slotBytes: bytes });
const outbox = new Outbox(pool, { messages: batch });
const inbox = new Inbox({ messages: batch, bytes: 1 << 20 });
const { view } = pool;
const kept = Array.from({ length: batch }, () => ({ number: 0, payload: new Uint8Array(0) }));

function sendBatch(first: number): void {
  for (let i = 0; i < batch; i++) {
    const slot = pool.take();
    view.setUint32(pool.offset(slot), first + i, true);
    outbox.push(from, slot, bytes, SendFlags.Reliable);
  }
  sockets.sendMessages(outbox);
}

let sum = 0;
for (let turn = 0; turn < batches; turn++) {
  if (kind === "nothing") {
    for (let i = 0; i < batch; i++) sum = (sum + turn + i) | 0;
    continue;
  }
  sendBatch(turn * batch);
  const received = sockets.receiveMessagesOnConnection(to, inbox);
  if (received !== batch) throw new Error(`${batch} messages were sent and ${received} came`);
  for (let i = 0; i < received; i++) {
    sum = (sum + inbox.view(i).getUint32(inbox.offset(i), true)) | 0;
    if (kind === "garbage") kept[i] = { number: sum, payload: inbox.bytes(i) };
  }
}
// So that no loop is found to be of no use.
if (sum === 0.5) console.log(kept);
process.exit();
