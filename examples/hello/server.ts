import { ConnectionState, openNetworking, SendFlags } from "steam-sockets";

using net = openNetworking();
const listenSocket = net.sockets.createListenSocketIP("127.0.0.1:27015");
const players = net.sockets.createPollGroup();

net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState } }) => {
  if (connectionState === ConnectionState.Connecting) {
    net.sockets.acceptConnection(connectHandle);
    net.sockets.setConnectionPollGroup(connectHandle, players);
  } else if (connectionState !== ConnectionState.Connected) net.sockets.closeConnection(connectHandle);
});

console.log(`listening at ${net.sockets.getListenSocketAddress(listenSocket)}`);
for (; ; await Bun.sleep(5)) {
  net.runCallbacks();
  for (const { connection, payload } of net.sockets.receiveMessagesOnPollGroup(players))
    net.sockets.sendMessageToConnection(connection, payload, SendFlags.Reliable);
}
