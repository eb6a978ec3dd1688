/** The startup suite, ours: starts, listens, connects to itself, and ends with the first message. */
import { ConnectionState, openNetworking, SendFlags } from "../../lib/index.ts";
import { now, sleepUntil } from "./clock.ts";
import { config } from "./config.ts";
import { say } from "./obey.ts";

const restNanoseconds = 100_000;
const address = `127.0.0.1:${process.argv[2]}`;

const start = now();
const net = openNetworking({ config });
const { sockets } = net;
sockets.createListenSocketIP(address);
const listening = now();

const group = sockets.createPollGroup();
net.on("connectionStatusChanged", ({ connectHandle, connection: { connectionState, endDebug } }) => {
  if (connectionState > ConnectionState.Connected) throw new Error(endDebug);
  if (connectionState !== ConnectionState.Connecting || connectHandle === client) return;
  sockets.setConnectionPollGroup(connectHandle, group);
  sockets.acceptConnection(connectHandle);
});
const client = sockets.connectByIPAddress(address);
sockets.sendMessageToConnection(client, "hello", SendFlags.ReliableNoNagle);
while (sockets.receiveMessagesOnPollGroup(group).length === 0) {
  net.runCallbacks();
  sleepUntil(now() + restNanoseconds);
}
say({ listening: listening - start, message: now() });
process.exit();
