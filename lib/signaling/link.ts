/** What a signaling client needs of the protocol that it speaks. */

/** Why a link to a signaling service is no more. */
export interface LinkEnd {
  /** The service's own code where it gave one, else 0. */
  readonly code: number;
  /** The same in words. */
  readonly reason: string;
  /** Whether there is no use in trying again. */
  readonly isFinal: boolean;
}

/**
 * What became of a signal: it is on its way, there is no room for it right now (and `writable` will tell when there is), or
 * this protocol can't name the one it is for.
 */
export type Sending = "sent" | "full" | "unreachable";

/** One try to reach a signaling service, and the connection that comes of it. Each has its own. */
export interface Link {
  /** Sends a signal. Only when connected. */
  send(to: string, signal: Uint8Array): Sending;
  /** Asks the service for a sign of life. */
  beat(): void;
  /** Ends it; nothing is told after that. */
  close(): void;
}

/** For how long the other end may take its leave, in milliseconds: a dead one would keep this process alive. */
export const leaveMilliseconds = 500;

/** What a link tells. */
export interface LinkEvents {
  /** It stands. */
  connected(identity: string | undefined): void;
  /** The other end has said something, whatever it was. */
  heard(): void;
  /** A signal came. */
  received(from: string, signal: Uint8Array): void;
  /** Something came that makes no sense. */
  malformed(): void;
  /** There is room again. */
  writable(): void;
  /** It is no more. The last that it tells. */
  lost(end: LinkEnd): void;
}

/** Begins a try. */
export type Dial = (events: LinkEvents) => Link;
