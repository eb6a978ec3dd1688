/** Receiving a known number of messages. */
import type { ConnectionHandle, Networking, ReceivedMessage } from "../../lib/index.ts";
import { pumpUntil } from "./pump.ts";

/** Receives until this many messages have come over a connection; more than that are an error. */
export async function receiveMessages(
  net: Networking,
  connection: ConnectionHandle,
  count: number,
): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  await pumpUntil(net, `${count} messages had come`, () => {
    messages.push(...net.sockets.receiveMessagesOnConnection(connection));
    return messages.length >= count;
  });
  if (messages.length > count) throw new Error(`${messages.length} messages came, and ${count} were sent`);
  return messages;
}

/** Receives the next message as text. */
export async function receiveText(net: Networking, connection: ConnectionHandle): Promise<string> {
  const [message] = await receiveMessages(net, connection, 1);
  return new TextDecoder().decode(message?.payload);
}
