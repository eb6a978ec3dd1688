/** Connects, tells what becomes of the connection, and closes it when told. */
import type { ConnectionState } from "../../lib/index.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";

export interface Orders {
  connect: string;
  close: { readonly reason: number; readonly text: string };
}

export interface Reports {
  event: {
    readonly oldState: ConnectionState;
    readonly state: ConnectionState;
    readonly endReason: number;
    readonly endDebug: string;
  };
}

using parent = new Parent<Orders, Reports>();
using net = openNetworking();
net.on("connectionStatusChanged", ({ oldState, connection: { connectionState: state, endReason, endDebug } }) =>
  parent.report("event", { oldState, state, endReason, endDebug }),
);
const connection = net.sockets.connectByIPAddress(await parent.order("connect"));
const { reason, text } = await parent.order("close", net);
net.sockets.closeConnection(connection, reason, text);
