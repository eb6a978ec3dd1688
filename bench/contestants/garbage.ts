/** What collections.ts watches: `messages`, `handlers`, `nothing` or `garbage`, and how many. */
import { Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "../../lib/index.ts";

const [kind, count] = process.argv.slice(2);
const batch = 64;
const bytes = 128;
const batches = Math.ceil(Number(count) / batch);

// The same memory in all three.
const net = openNetworking();
const { sockets } = net;
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
let handled = 0;
const unserved = sockets.createSocketPair();
const sender = net.adopt(kind === "handlers" ? from : unserved.connection1, { pump: "manual" });
net.adopt(kind === "handlers" ? to : unserved.connection2, {
  pump: "manual",
  socket: {
    message(_, message) {
      handled++;
      sum = (sum + message.view.getUint32(message.offset, true)) | 0;
    },
  },
});

function handleBatch(first: number): void {
  for (let i = 0; i < batch; i++) {
    sender.view.setUint32(sender.take(), first + i, true);
    sender.commit(bytes);
  }
  // What was sent leaves with the first, and comes with the second.
  for (let turns = 0; turns < 2; turns++) net.pump();
}

for (let turn = 0; turn < batches; turn++) {
  if (kind === "nothing") {
    for (let i = 0; i < batch; i++) sum = (sum + turn + i) | 0;
    continue;
  }
  if (kind === "handlers") {
    handleBatch(turn * batch);
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
if (kind === "handlers" && handled !== batches * batch) throw new Error(`${handled} messages came`);
// So that no loop is found to be of no use.
if (sum === 0.5) console.log(kept);
process.exit();
