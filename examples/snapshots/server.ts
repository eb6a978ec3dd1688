/** A game server on the hot path: 60 times a second it reads every input and sends every player one snapshot. */
import { ConnectionState, Inbox, MessagePool, openNetworking, Outbox, SendFlags } from "steam-sockets";
import type { ConnectionHandle } from "steam-sockets";

using net = openNetworking();
const { sockets } = net;
const group = sockets.createPollGroup();
const listenSocket = sockets.createListenSocketIP("127.0.0.1:27016");
const players: ConnectionHandle[] = [];
const steering: number[] = [];

net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState, userData } }) => {
  if (connectionState === ConnectionState.Connecting) {
    sockets.acceptConnection(connectHandle);
    sockets.setConnectionPollGroup(connectHandle, group);
    sockets.setConnectionUserData(connectHandle, players.push(connectHandle) - 1);
  } else if (connectionState !== ConnectionState.Connected) {
    sockets.closeConnection(connectHandle);
    players[userData] = 0 as ConnectionHandle;
  }
});

const pool = new MessagePool({ slots: 256, slotBytes: 1200 });
const outbox = new Outbox(pool);
const inbox = new Inbox();

console.log(`listening at ${sockets.getListenSocketAddress(listenSocket)}`);
for (let tick = 0; ; tick++, await Bun.sleep(1000 / 60)) {
  net.runCallbacks();
  const received = sockets.receiveMessagesOnPollGroup(group, inbox);
  for (let i = 0; i < received; i++) steering[inbox.userData(i)] = inbox.view(i).getInt8(inbox.offset(i));

  const slot = pool.take();
  if (slot < 0) continue; // all 256 are on their way: this tick is left out
  const at = pool.offset(slot);
  pool.view.setUint32(at, tick, true);
  players.forEach((_, player) => pool.view.setInt8(at + 4 + player, steering[player] ?? 0));
  const here = players.filter((connection) => connection !== 0);
  outbox.broadcast(here, slot, 4 + players.length, SendFlags.UnreliableNoNagle);
  sockets.sendMessages(outbox);
}
