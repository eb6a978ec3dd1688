/** In manual poll mode: sends a lot, closes the connection with linger and the network at once, and ends. */
import { ConnectionState, openNetworking, SendFlags } from "../../lib/index.ts";
import { noise } from "../support/noise.ts";
import { Parent } from "../support/parent.ts";
import { pumpUntil } from "../support/pump.ts";
import { unacknowledged } from "../support/unacknowledged.ts";

export interface Orders {
  send: { readonly address: string; readonly messages: number; readonly messageBytes: number };
}

export interface Reports {
  closed: { readonly unacknowledgedBytes: number };
}

using parent = new Parent<Orders, Reports>();
const { address, messages, messageBytes } = await parent.order("send");
const net = openNetworking({ manualPoll: true });
const connection = net.sockets.connectByIPAddress(address);
await pumpUntil(net, "the connection stood", () => {
  net.poll(1);
  return net.sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected;
});
for (let index = 0; index < messages; index++) {
  net.sockets.sendMessageToConnection(connection, noise(index, messageBytes), SendFlags.Reliable);
}
const unacknowledgedBytes = unacknowledged(net, connection);
net.sockets.closeConnection(connection, 1501, "all is said", true);
net.close();
parent.report("closed", { unacknowledgedBytes });
