/**
 * The protocol of the trivial signaling server among the examples of GameNetworkingSockets: lines over TCP. A client's
 * first line is its identity. After that it says `DESTINATION PAYLOAD`, and the one whom it is for gets `SENDER PAYLOAD`.
 * The payload is a signal in hexadecimal digits. Nothing is ever answered.
 */
import { largestSignal } from "./service.ts";
import { longestIdentity } from "./relay-protocol.ts";

/** The port that clients and servers take where none is named. */
export const trivialPort = 10_000;

/** The longest line, without its end. */
export const longestLine = longestIdentity + 1 + 2 * largestSignal + 1;

/** An identity that the protocol can carry: it is ended by white space. */
export function isTrivialIdentity(identity: string): boolean {
  return identity !== "" && !/[\s\0]/.test(identity) && Buffer.byteLength(identity) <= longestIdentity;
}

/** A line, with its end. */
export function signalLine(peer: string, signal: Uint8Array): Buffer {
  return Buffer.from(`${peer} ${signal.toHex()}\n`);
}

/** What a line says. */
export interface SignalLine {
  readonly peer: string;
  /** Empty in a client's heartbeat, which it sends to itself. */
  readonly signal: Uint8Array;
}

/** Takes a line apart; undefined for what is none of the protocol. */
export function readSignalLine(line: Buffer): SignalLine | undefined {
  const [peer = "", digits, ...more] = line.toString().trimEnd().split(" ");
  if (peer === "" || more.length > 0) return undefined;
  // Of a heartbeat the trimming has taken the space.
  if (digits === undefined) return line.includes(" ") ? { peer, signal: new Uint8Array() } : undefined;
  try {
    return { peer, signal: Uint8Array.fromHex(digits) };
  } catch {
    return undefined;
  }
}
