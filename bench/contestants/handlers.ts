/** The handlers suite: messages of a pair in memory, received by handlers or by a loop. `handlers` or `hand`. */
import { Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "../../lib/index.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { readEnds, writeEnds } from "./payload.ts";

const [style = "handlers", bytesText, batchText] = process.argv.slice(2);
const [bytes, batch] = [Number(bytesText), Number(batchText)];
const batchesPerLook = Math.max(1, 1024 / batch);

const net = openNetworking({ config });
const { sockets } = net;
const { connection1: from, connection2: to } = sockets.createSocketPair();
const pool = new MessagePool({ slots: 512, slotBytes: bytes });
const outbox = new Outbox(pool, { messages: 1024 });
let [number, written, read, left] = [0, 0, 0, 0];

function send(): void {
  for (let i = 0; i < batch; i++) {
    const slot = pool.take();
    written = (written + writeEnds(pool.view, pool.offset(slot), bytes, number + i)) | 0;
    outbox.push(from, slot, bytes, SendFlags.Reliable);
  }
  number = (number + batch) | 0;
  if (sockets.sendMessages(outbox) !== batch) throw new Error("Not all messages were sent");
  left = batch;
}

function byHand(): () => void {
  const inbox = new Inbox({ messages: 1024, bytes: 2 << 20 });
  const group = sockets.createPollGroup();
  sockets.setConnectionPollGroup(to, group);
  const counts = [0];
  sockets.setConnectionUserData(to, 0);
  return () => {
    const count = sockets.receiveMessagesOnPollGroup(group, inbox);
    for (let i = 0; i < count; i++) {
      read = (read + readEnds(inbox.view(i), inbox.offset(i), inbox.length(i))) | 0;
      // Whose it is must be found here, too.
      counts[inbox.userData(i)]!++;
      left--;
    }
    inbox.release();
    net.runCallbacks();
  };
}

function byHandlers(): () => void {
  net.adopt<{ count: number }>(to, {
    pump: "manual",
    data: () => ({ count: 0 }),
    socket: {
      message(connection, message) {
        read = (read + readEnds(message.view, message.offset, message.length)) | 0;
        connection.data.count++;
        left--;
      },
    },
  });
  return () => void net.pump();
}

const receive = style === "hand" ? byHand() : byHandlers();

function turn(): void {
  send();
  receive();
  if (left > 0) throw new Error("Fewer messages came than were sent");
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
    if (written !== read) throw new Error("Other bytes came than were sent");
    return { messages: batches * batch, nanoseconds: passed };
  },
});
