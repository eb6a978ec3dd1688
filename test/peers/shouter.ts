/** Sends unreliable messages while packets are lost, and at last a reliable one. */
import { ConnectionState, Result, SendFlags } from "../../lib/index.ts";
import { exchangeOptions } from "../support/exchange.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";
import { pumpUntil } from "../support/pump.ts";
import { shout } from "../support/shout.ts";

export interface Orders {
  shout: { readonly address: string; readonly messages: number; readonly lossPercent: number };
  end: null;
}

export interface Reports {
  sent: number;
}

using parent = new Parent<Orders, Reports>();
using net = openNetworking();
const { address, messages, lossPercent } = await parent.order("shout");
const connection = net.sockets.connectByIPAddress(address, exchangeOptions);
await pumpUntil(
  net,
  "the connection stood",
  () => net.sockets.getConnectionInfo(connection)?.connectionState === ConnectionState.Connected,
);

net.utils.setConfigValue("FakePacketLoss_Send", lossPercent);
const mostPending = 1 << 20;
const pending = () => net.sockets.getConnectionRealTimeStatus(connection).connectionStatus?.pendingUnreliable ?? 0;
let sent = 0;
await pumpUntil(net, "everything was said", () => {
  for (; sent < messages && pending() < mostPending; sent++) {
    const { result } = net.sockets.sendMessageToConnection(connection, shout(sent), SendFlags.UnreliableNoNagle);
    if (result !== Result.OK) throw new Error(`Message ${sent} was not sent: ${result}`);
  }
  return sent === messages && pending() === 0;
});
net.utils.setConfigValue("FakePacketLoss_Send", 0);
net.sockets.sendMessageToConnection(connection, "that was all", SendFlags.ReliableNoNagle);
parent.report("sent", sent);
await parent.order("end", net);
