/**
 * What single calls of the API cost, beside a call into the library that does next to nothing.
 *
 *   bun bench/calls.ts [--smoke]
 */
import { bench, run, summary } from "mitata";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "../lib/index.ts";

await ensureNativeLibrary();
using net = openNetworking();
const { sockets, utils } = net;
const { connection1, connection2 } = sockets.createSocketPair();
const payload = new Uint8Array(64);
const pool = new MessagePool({ slots: 256, slotBytes: 64 });
const outbox = new Outbox(pool, { messages: 64 });
const inbox = new Inbox({ messages: 64 });
// What the inbox reads are made on.
outbox.pushCopy(connection1, payload, SendFlags.Reliable);
sockets.sendMessages(outbox);
sockets.receiveMessagesOnConnection(connection2, inbox);
const target = new Inbox({ messages: 64 });

summary(() => {
  bench("getLocalTimestamp", () => utils.getLocalTimestamp()).baseline();
  bench("runCallbacks, nothing waits", () => net.runCallbacks());
  bench("receiveMessagesOnConnection, nothing waits", () => sockets.receiveMessagesOnConnection(connection2));
  bench("getConnectionUserData", () => sockets.getConnectionUserData(connection1));
  bench("getConnectionRealTimeStatus", () => sockets.getConnectionRealTimeStatus(connection1));
  bench("take and free a slot", () => pool.free(pool.take()));
  bench("take, write, push, clear", () => {
    const slot = pool.take();
    pool.view.setUint32(pool.offset(slot), 7, true);
    outbox.push(connection1, slot, 64, SendFlags.Reliable);
    outbox.clear();
  });
  bench("read a message in an inbox", () => inbox.view(0).getUint32(inbox.offset(0), true));
  bench("send and receive 64 bytes in memory, pool and inbox", () => {
    outbox.push(connection1, pool.take(), 64, SendFlags.Reliable);
    sockets.sendMessages(outbox);
    sockets.receiveMessagesOnConnection(connection2, target);
  });
  bench("send and receive 64 bytes in memory", () => {
    sockets.sendMessageToConnection(connection1, payload, SendFlags.Reliable);
    sockets.receiveMessagesOnConnection(connection2, 1);
  });
});

const smoke = process.argv.includes("--smoke");
await run(smoke ? { filter: /getLocalTimestamp|nothing waits|slot|inbox/, format: "quiet" } : {});
