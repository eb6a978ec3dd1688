/** What a player does with sessions of `NetworkingMessages`, and with signals that are none. */
import { Inbox, Result, SendFlags, type Networking } from "../../../lib/index.ts";
import { noise, noiseInteger, sameBytes } from "../noise.ts";
import { pumpUntil } from "../pump.ts";

const mostKept = 32;
const large = 100_000;

/** What became of a talk at one end. */
export interface Talked {
  readonly received: number;
  /** Messages that were not, byte for byte and in order on their channel, those that the other end sent. */
  readonly wrong: number;
}

/** Message `index` of a talk: every 50th is a large one. */
function message(seed: number, index: number): Uint8Array {
  return noise(seed + index, index % 50 === 49 ? large : noiseInteger(seed, index, 1000));
}

/** The commands, for a network that may be opened anew. */
export function sessionCommands(network: () => Networking, signals: readonly Uint8Array[]) {
  return {
    /** Sends `count` messages over channels in turn, and takes those that the other end sends in the same way, by an inbox. */
    talk: async (who: string, channels: readonly number[], count: number, ours: number, theirs: number) => {
      const { messages } = network();
      using inbox = new Inbox({ messages: 64, bytes: 1 << 20 });
      const nextOf = channels.map((_, index) => index);
      const talked = { received: 0, wrong: 0 };
      let sent = 0;
      const channelOf = (index: number) => channels[index % channels.length]!;
      await pumpUntil(network(), `all messages with ${who} were exchanged`, () => {
        while (sent < count) {
          const result = messages.sendMessageToUser(who, message(ours, sent), SendFlags.Reliable, channelOf(sent));
          if (result === Result.LimitExceeded) break;
          if (result !== Result.OK) throw new Error(`Message ${sent} was not sent: ${result}`);
          sent++;
        }
        for (const [at, channel] of channels.entries()) {
          const came = messages.receiveMessagesOnChannel(channel, inbox);
          for (let i = 0; i < came; i++) {
            const index = nextOf[at]!;
            nextOf[at] = index + channels.length;
            talked.received++;
            if (inbox.channel(i) !== channel || !sameBytes(inbox.bytes(i), message(theirs, index))) talked.wrong++;
          }
          inbox.release();
        }
        return sent === count && talked.received >= count && unacknowledged(network(), who) === 0;
      });
      return talked satisfies Talked;
    },
    /**
     * Hands in signals in the name of `from`: random ones, and all that ever came here, with changes. Answers how many
     * were of use.
     */
    garbage: (from: string, count: number, seed: number) => {
      const net = network();
      let taken = 0;
      for (let index = 0; index < count; index++) {
        const of = signals[noiseInteger(seed, index, signals.length - 1)]!;
        const signal =
          index % 4 === 0 ? noise(seed + index, 1 + noiseInteger(seed, index, 300)) : changed(of, from, seed + index);
        if (net.signaling.receive(from, signal)) taken++;
        if (index % 250 === 0) net.runCallbacks();
      }
      return taken;
    },
    /** Hands in a signal of so many zeros, in both ways; answers what came of it. */
    zeros: (from: string, length: number) => {
      const { signaling, sockets } = network();
      const signal = new Uint8Array(length);
      const answers: string[] = [String(signaling.receive(from, signal))];
      try {
        // Nobody asks the context about what is no signal.
        answers.push(String(sockets.receivedP2PCustomSignal(signal, { address: 8 })));
      } catch (error) {
        answers.push(error instanceof Error ? error.name : String(error));
      }
      return answers;
    },
  };
}

function unacknowledged(net: Networking, who: string): number {
  const { pendingReliable, sentUnacknowledgedReliable } = net.messages.getSessionConnectionInfo(who, false, true);
  return pendingReliable + sentUnacknowledgedReliable;
}

/** A signal with changes, or with a part of it cut out or doubled, mostly with its sender's name in it. */
function changed(signal: Uint8Array, from: string, seed: number): Uint8Array {
  const renamed = seed % 8 === 0 ? signal : withSender(signal, from);
  const begin = noiseInteger(seed, 0, renamed.length - 1);
  const end = begin + noiseInteger(seed, 1, Math.min(40, renamed.length - begin));
  switch (seed % 3) {
    case 0:
      return Buffer.concat([renamed.subarray(0, begin), renamed.subarray(end), Uint8Array.of(seed)]);
    case 1:
      return Buffer.concat([renamed.subarray(0, end), renamed.subarray(begin)]);
    default: {
      const copy = renamed.slice();
      for (let change = 0; change <= seed % 5; change++) {
        copy[noiseInteger(seed, 2 + change, copy.length - 1)] = noiseInteger(seed, 20 + change, 255);
      }
      return copy;
    }
  }
}

/** The same with another sender: of a field that comes twice, the last one counts. */
function withSender(signal: Uint8Array, from: string): Uint8Array {
  return Buffer.concat([signal, Uint8Array.of(0x42, from.length), Buffer.from(from)]);
}

/** Keeps the first signals that came. */
export function keepSignal(signals: Uint8Array[], signal: Uint8Array): void {
  if (signals.length < mostKept) signals.push(signal);
}
