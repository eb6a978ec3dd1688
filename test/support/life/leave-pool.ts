/** Ends this process while messages of a pool are under way, held, lent and written: as the first parameter says. */
import { Inbox, MessagePool, Outbox, SendFlags } from "../../../lib/index.ts";
import { mostParcelBytes } from "../parcel.ts";
import { openNetworking } from "../poll-mode.ts";
import { connectOverUDP } from "../udp-pair.ts";
import { Borrower } from "./borrower.ts";

/** Each way with the exit code that the process should have. */
export const poolLeavings = {
  "by process.exit": 5,
  "by process.exit while a Worker fills a share": 6,
  "by an error": 1,
  "at the end of the script": 0,
} as const;

if (import.meta.main) {
  const leaving = process.argv[2] as keyof typeof poolLeavings;
  const net = openNetworking();
  const { client } = await connectOverUDP(net);
  const { connection1, connection2 } = net.sockets.createSocketPair();
  const pool = new MessagePool({ slots: 256, slotBytes: mostParcelBytes });
  const outbox = new Outbox(pool);
  const inbox = new Inbox({ mode: "view" });
  net.utils.setConfigValue("FakePacketLoss_Send", 100);
  for (const connection of [client, connection1, connection1]) {
    for (let i = 0; i < 32; i++) outbox.push(connection, pool.take(), mostParcelBytes, SendFlags.Reliable);
  }
  net.sockets.sendMessages(outbox);
  if (net.sockets.receiveMessagesOnConnection(connection2, inbox, 32) !== 32) throw new Error("Nothing came");
  outbox.push(client, pool.take(), 1, SendFlags.Reliable);
  const lent = pool.share(64);
  if (leaving.endsWith("fills a share")) {
    const borrower = new Borrower();
    await borrower.ask({ name: "attach", ticket: lent });
    borrower.order({ name: "toil", connection: client, sender: 1 });
    while (lent.handed === 0) await Bun.sleep(1);
    net.sockets.sendMessages(lent);
  }
  if (leaving.startsWith("by process.exit")) process.exit(poolLeavings[leaving]);
  if (leaving === "by an error") throw new Error("a mistake at last");
}
