/** A Worker that receives a large message, hands the memory of its view to another thread, and waits to be ended. */
import { Inbox, SendFlags } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";

const { sockets } = openNetworking();
const { connection1, connection2 } = sockets.createSocketPair();
sockets.sendMessageToConnection(connection1, new Uint8Array(500_000).fill(7), SendFlags.Reliable);
const inbox = new Inbox();
sockets.receiveMessagesOnConnection(connection2, inbox);
const { buffer } = inbox.view(0);
if (!(buffer instanceof ArrayBuffer)) throw new Error("The view has no memory of its own");
postMessage(buffer, [buffer]);
setInterval(() => inbox.count, 1000);
