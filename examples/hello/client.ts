import { ConnectionState, openNetworking, SendFlags } from "steam-sockets";

using net = openNetworking();
const server = net.sockets.connectByIPAddress("127.0.0.1:27015");
net.on("connectionStatusChanged", ({ connection: { connectionState, endDebug } }) => {
  if (connectionState > ConnectionState.Connected) throw new Error(`no connection: ${endDebug}`);
});

net.sockets.sendMessageToConnection(server, "hello over encrypted UDP", SendFlags.Reliable);
for (let answered = false; !answered; await Bun.sleep(5)) {
  net.runCallbacks();
  for (const { payload } of net.sockets.receiveMessagesOnConnection(server)) {
    console.log(new TextDecoder().decode(payload));
    answered = true;
  }
}
net.sockets.closeConnection(server, 1000, "thank you");
