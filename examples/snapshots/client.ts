/** A headless bot for the server beside it: steers at random, and prints what it sees once a second. */
import { ConnectionState, Inbox, openNetworking, SendFlags } from "steam-sockets";

using net = openNetworking();
const { sockets } = net;
const server = sockets.connectByIPAddress("127.0.0.1:27016");
let isOver = false;
net.on("connectionStatusChanged", ({ connection: { connectionState, endDebug } }) => {
  if (connectionState <= ConnectionState.Connected) return;
  isOver = true;
  console.log(`the connection ended: ${endDebug}`);
});

const inbox = new Inbox({ messages: 64 });
while (!isOver) {
  net.runCallbacks();
  const received = sockets.receiveMessagesOnConnection(server, inbox);
  if (received > 0) {
    const last = received - 1;
    const tick = inbox.view(last).getUint32(inbox.offset(last), true);
    if (tick % 60 < received) console.log(`tick ${tick}, ${inbox.length(last) - 4} players`);
  }
  sockets.sendMessageToConnection(server, Int8Array.of(Math.random() * 3 - 1), SendFlags.UnreliableNoNagle);
  await Bun.sleep(1000 / 60);
}
