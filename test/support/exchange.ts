/** 10,000 reliable messages each way over one connection, checked byte for byte. */
import { Result, SendFlags, type ConfigOptions, type ConnectionHandle, type Networking } from "../../lib/index.ts";
import { noise, noiseInteger, sameBytes } from "./noise.ts";
import { pumpUntil } from "./pump.ts";
import { unacknowledged } from "./unacknowledged.ts";

/** How many messages each end sends: 9,900 of up to 1 KiB and 100 of up to 512 KiB. */
export const messageCount = 10_000;

const smallest = 0;
const small = 1024;
const large = 512 * 1024;
// Every 100th message is a large one.
const sizes = new Map([
  [0, smallest],
  [1, small],
  [99, large],
  [messageCount - 1, large],
]);

/** Room for large messages on both ends, and a rate at which the test is neither slow nor lossy. */
export const exchangeOptions: ConfigOptions = {
  SendRateMin: 25_000_000,
  SendRateMax: 25_000_000,
  SendBufferSize: 8 << 20,
  RecvBufferSize: 8 << 20,
  RecvBufferMessages: 10_000,
};

// What outruns a busy process is lost and sent again, ever more slowly; and the library ends this one when about 65,000
// segments of about 1,000 bytes are not acknowledged.
const mostUnacknowledged = 1 << 20;

/** What became of an exchange at one end. */
export interface Exchanged {
  /** Messages that came. */
  readonly received: number;
  /** Messages of these that were not, byte for byte and in number and order, those that the other end sent. */
  readonly wrong: number;
  /** The largest message that came. */
  readonly largest: number;
}

/** The seed of what each end says. */
export interface ExchangeSeeds {
  readonly ours: number;
  readonly theirs: number;
}

/** Sends all that `ours` gives and receives all that `theirs` gives, until everything is here and acknowledged there. */
export async function exchange(
  net: Networking,
  connection: ConnectionHandle,
  { ours, theirs }: ExchangeSeeds,
): Promise<Exchanged> {
  let sent = 0;
  let received = 0;
  let wrong = 0;
  let largest = 0;
  await pumpUntil(net, "all messages were exchanged", () => {
    for (let room = mostUnacknowledged - unacknowledged(net, connection); sent < messageCount && room > 0; sent++) {
      const message = messageOf(ours, sent);
      const { result, messageNumber } = net.sockets.sendMessageToConnection(connection, message, SendFlags.Reliable);
      if (result !== Result.OK || messageNumber !== sent + 1)
        throw new Error(`Message ${sent} was not sent: ${result}`);
      room -= message.length;
    }
    for (const { payload, size, messageNumber, flags } of net.sockets.receiveMessagesOnConnection(connection)) {
      const right = sameBytes(payload, messageOf(theirs, received)) && size === payload.length;
      received++;
      if (!right || messageNumber !== received || flags !== SendFlags.Reliable) wrong++;
      largest = Math.max(largest, size);
    }
    return sent === messageCount && received >= messageCount && unacknowledged(net, connection) === 0;
  });
  return { received, wrong, largest };
}

function messageOf(seed: number, index: number): Uint8Array {
  const size = sizes.get(index) ?? noiseInteger(seed, index, index % 100 === 99 ? large : small);
  return noise(seed + index, size);
}
