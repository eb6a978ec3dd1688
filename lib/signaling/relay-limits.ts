/** How much a relay takes. */
import { integer } from "../validate.ts";
import { largestFrame } from "./relay-protocol.ts";

/** What a relay allows. Each limit is an integer and has a value when it is left out. */
export interface RelayLimits {
  /** Clients in all, those that are not known yet included: 1 to 100,000, usually 4,000. */
  readonly clients?: number;
  /** Clients from one address, for IPv6 from one network of 64 bits: usually 64, and any number from this machine itself. */
  readonly perAddress?: number;
  /**
   * Signals a second that one client may send, and twice as many at once: 1 to 1,000,000, usually 200. What is more is
   * dropped; a client that has ten seconds' worth dropped, and goes on, is closed as {@link RelayCloseCode.TooFast}.
   */
  readonly signalsPerSecond?: number;
  /** Bytes a second that one client may send, and twice as many at once: from 65,536, usually 524,288. */
  readonly bytesPerSecond?: number;
  /** Signals that wait for one peer that is away: 0 to 10,000, usually 64. They wait for 10 seconds. */
  readonly backlogSignals?: number;
  /** Bytes that wait for all peers that are away; a signal counts 256 more than it has. Usually 16 MiB. */
  readonly backlogBytes?: number;
  /** Bytes that wait for one client that reads slowly: from 65,793, usually 256 KiB. Further signals to it are dropped. */
  readonly unreadBytes?: number;
  /** Bytes that wait for all clients that read slowly: from 65,793, usually 64 MiB. */
  readonly unreadBytesInAll?: number;
  /** Seconds without any word from a client, the answers to the relay's pings included, until it is closed: 2 to 600, usually 15. */
  readonly silence?: number;
}

const most = 0x7fff_ffff;

/** All limits, and whether the number of clients from this machine is one of them. */
export type CheckedRelayLimits = Required<RelayLimits> & { readonly sparesLoopback: boolean };

/** @throws TypeError, RangeError when one is wrong. */
export function checkedLimits(limits: RelayLimits = {}): CheckedRelayLimits {
  const limit = (name: keyof RelayLimits, usual: number, least: number, highest: number) =>
    integer(limits[name] ?? usual, `limits.${name}`, least, highest);
  return {
    clients: limit("clients", 4000, 1, 100_000),
    perAddress: limit("perAddress", 64, 1, 100_000),
    sparesLoopback: limits.perAddress === undefined,
    signalsPerSecond: limit("signalsPerSecond", 200, 1, 1_000_000),
    bytesPerSecond: limit("bytesPerSecond", 512 << 10, 64 << 10, most),
    backlogSignals: limit("backlogSignals", 64, 0, 10_000),
    backlogBytes: limit("backlogBytes", 16 << 20, 0, most),
    unreadBytes: limit("unreadBytes", 256 << 10, largestFrame, most),
    unreadBytesInAll: limit("unreadBytesInAll", 64 << 20, largestFrame, most),
    silence: limit("silence", 15, 2, 600),
  };
}
