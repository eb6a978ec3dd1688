/** Sends a lot, closes the connection and the network at once, and ends. */
import { ConnectionState, SendFlags } from "../../lib/index.ts";
import { exchangeOptions } from "../support/exchange.ts";
import { noise } from "../support/noise.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";
import { pumpUntil } from "../support/pump.ts";
import { unacknowledged } from "../support/unacknowledged.ts";

export interface Orders {
  send: {
    readonly address: string;
    readonly messages: number;
    readonly messageBytes: number;
    readonly linger: boolean;
    readonly reason: number;
    readonly text: string;
  };
}

export interface Reports {
  closed: { readonly unacknowledgedBytes: number };
}

using parent = new Parent<Orders, Reports>();
const order = await parent.order("send");
const net = openNetworking();
const connection = net.sockets.connectByIPAddress(order.address, exchangeOptions);
await pumpUntil(
  net,
  "the connection stood",
  () => net.sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected,
);
for (let index = 0; index < order.messages; index++) {
  net.sockets.sendMessageToConnection(connection, noise(index, order.messageBytes), SendFlags.Reliable);
}
const unacknowledgedBytes = unacknowledged(net, connection);
net.sockets.closeConnection(connection, order.reason, order.text, order.linger);
net.close();
parent.report("closed", { unacknowledgedBytes });
