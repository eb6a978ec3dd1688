/** Connects many times, and answers each message with several: its text and which answer it is. */
import { SendFlags } from "../../lib/index.ts";
import { Parent } from "../support/parent.ts";
import { openNetworking } from "../support/poll-mode.ts";
import { pumpUntil } from "../support/pump.ts";

export interface Orders {
  connect: { readonly address: string; readonly connections: number; readonly answers: number };
  end: null;
}

export type Reports = Record<never, never>;

using parent = new Parent<Orders, Reports>();
using net = openNetworking();
const { address, connections, answers } = await parent.order("connect");
const fleet = Array.from({ length: connections }, () => net.sockets.connectByIPAddress(address));
const decoder = new TextDecoder();
await pumpUntil(net, "the test was over", () => {
  for (const connection of fleet) {
    for (const { payload } of net.sockets.receiveMessagesOnConnection(connection)) {
      const text = decoder.decode(payload);
      const texts = Array.from({ length: answers }, (_, answer) => `${text} ${answer}`);
      net.sockets.sendMessages(texts, connection, SendFlags.Reliable);
    }
  }
  return parent.hasOrdered("end");
});
