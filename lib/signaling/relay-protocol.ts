/**
 * What relay and client say to each other, in binary frames of a WebSocket. Identities are text, in UTF-8, with their
 * length in one byte before them. The first byte of a frame tells its kind:
 *
 * | byte | kind    | who says it   | then                                                      |
 * | ---- | ------- | ------------- | --------------------------------------------------------- |
 * | 1    | hello   | client, first | version (1), claimed identity (may be empty), token (rest) |
 * | 2    | welcome | relay, first  | version (1), the client's identity as the relay knows it   |
 * | 3    | signal  | client        | whom it is for, the signal (rest)                          |
 * | 3    | signal  | relay         | who sent it, the signal (rest)                             |
 *
 * A client says hello once, waits for its welcome, and then sends and gets signals. The relay ends a connection with a
 * {@link RelayCloseCode} and the reason in words. Heartbeats are the WebSocket's own pings.
 */
import { maxIdentityString } from "../../ffi/constants.ts";
import { largestSignal } from "./service.ts";

/** Why a relay ended a connection. */
export const RelayCloseCode = {
  /** The relay stops. Clients come back. */
  Stopping: 1001,
  /** A signal has more than 64 KiB. */
  TooLarge: 1009,
  /** A frame that is none of the protocol's, or not at its time. */
  Malformed: 4000,
  /** The relay does not let this client in. It does not try again. */
  Refused: 4001,
  /** A newer connection of the same identity took this one's place. It does not try again. */
  Replaced: 4002,
  /** There are as many clients as `limits.clients` allows. */
  Full: 4003,
  /** There are as many clients from this address as `limits.perAddress` allows. */
  Crowded: 4004,
  /** It went on sending far more than its rate allows. */
  TooFast: 4005,
  /** It did not say hello in time. */
  Late: 4006,
  /** The relay could not find out who the client is: its hook failed, or took too long. */
  Unavailable: 4007,
  /** Nothing was heard of the client for too long. It seldom hears of it. */
  Silent: 4008,
  /** Another version of this protocol. The client does not try again. */
  Version: 4009,
} as const;
export type RelayCloseCode = (typeof RelayCloseCode)[keyof typeof RelayCloseCode];

/** A frame, taken apart. What it holds is seen, not copied. */
export type Frame =
  | { readonly kind: "hello"; readonly version: number; readonly identity: string; readonly token: string }
  | { readonly kind: "welcome"; readonly version: number; readonly identity: string }
  | { readonly kind: "signal"; readonly peer: string; readonly signal: Uint8Array };

/** The version of this protocol. */
export const relayVersion = 1;

/** The longest token, in bytes of UTF-8. */
export const longestToken = 8192;

/** The longest identity, in bytes of UTF-8. */
export const longestIdentity = maxIdentityString - 1;

const hello = 1;
const welcome = 2;
const signalKind = 3;

/** The largest frame that is not refused unread. */
export const largestFrame = 2 + longestIdentity + largestSignal;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A client's first frame. */
export function helloFrame(identity: string, token: string): Uint8Array {
  return frameOf([hello, relayVersion], identity, encoder.encode(token));
}

/** The relay's first frame. */
export function welcomeFrame(identity: string): Uint8Array {
  return frameOf([welcome, relayVersion], identity, new Uint8Array());
}

/** A signal to or from a peer. */
export function signalFrame(peer: string, signal: Uint8Array): Uint8Array {
  return frameOf([signalKind], peer, signal);
}

/**
 * Takes a frame apart; undefined for what is none. A signal may be too large. Of another version's hello or welcome the
 * version is all that is known.
 */
export function readFrame(frame: Uint8Array): Frame | undefined {
  const version = frame[1] ?? 0;
  switch (frame[0]) {
    case hello: {
      if (version !== relayVersion) return { kind: "hello", version, identity: "", token: "" };
      const parts = partsOf(frame, 2);
      const token = parts && parts.rest.length <= longestToken ? textOf(parts.rest) : undefined;
      return parts && token !== undefined ? { kind: "hello", version, identity: parts.identity, token } : undefined;
    }
    case welcome: {
      if (version !== relayVersion) return { kind: "welcome", version, identity: "" };
      const parts = partsOf(frame, 2);
      return parts && { kind: "welcome", version, identity: parts.identity };
    }
    case signalKind: {
      const parts = partsOf(frame, 1);
      return parts && parts.rest.length > 0 && parts.identity !== ""
        ? { kind: "signal", peer: parts.identity, signal: parts.rest }
        : undefined;
    }
    default:
      return undefined;
  }
}

function frameOf(head: readonly number[], identity: string, rest: Uint8Array): Uint8Array {
  const name = encoder.encode(identity);
  if (name.length > longestIdentity) throw new RangeError(`An identity has at most ${longestIdentity} bytes`);
  const frame = new Uint8Array(head.length + 1 + name.length + rest.length);
  frame.set(head);
  frame[head.length] = name.length;
  frame.set(name, head.length + 1);
  frame.set(rest, head.length + 1 + name.length);
  return frame;
}

function partsOf(frame: Uint8Array, at: number): { readonly identity: string; readonly rest: Uint8Array } | undefined {
  const length = frame[at] ?? longestIdentity + 1;
  const end = at + 1 + length;
  if (length > longestIdentity || end > frame.length) return undefined;
  const identity = textOf(frame.subarray(at + 1, end));
  return identity === undefined ? undefined : { identity, rest: frame.subarray(end) };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
