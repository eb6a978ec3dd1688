/** The proof that a network still works. */
import { expect } from "bun:test";
import { SendFlags, type Networking } from "../../lib/index.ts";
import { receiveText } from "./receive.ts";
import { closePair, connectOverUDP } from "./udp-pair.ts";

/** Connects over UDP, sends a message there and one back, and closes everything again. */
export async function expectRoundTrip(net: Networking): Promise<void> {
  const pair = await connectOverUDP(net);
  const { sockets } = net;
  sockets.sendMessageToConnection(pair.client, "there", SendFlags.ReliableNoNagle);
  expect(await receiveText(net, pair.server)).toBe("there");
  sockets.sendMessageToConnection(pair.server, "and back", SendFlags.ReliableNoNagle);
  expect(await receiveText(net, pair.client)).toBe("and back");
  closePair(net, pair);
}
