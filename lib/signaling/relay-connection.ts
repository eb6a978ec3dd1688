/** One WebSocket of a relay, from its first byte to its last. */
import type { ServerWebSocket } from "bun";
import { TokenBucket } from "../token-bucket.ts";
import { originOf } from "../values/origin.ts";
import type { CheckedRelayLimits } from "./relay-limits.ts";
import type { RelayCloseCode } from "./relay-protocol.ts";

// How many seconds' worth of signals may be dropped before the one who sends them is closed.
const patienceSeconds = 10;
const burstSeconds = 2;

/** What a relay knows of one connection. It is the `data` of its WebSocket. */
export class RelayConnection {
  /** Counts up: of two connections the one with the higher number is newer. */
  readonly number: number;
  /** Where it comes from, without the port. */
  readonly address: string;
  /** What counts as one address. */
  readonly origin: string;
  /** The headers of the request that opened it. */
  readonly headers: Headers;
  /** The URL that it asked for, with what stands behind a question mark. */
  readonly url: string;
  /** Why it is closed as soon as it is open; undefined when it is let in. */
  refusal: RelayCloseCode | undefined;
  /** Unset until it is open, and when it is over. */
  socket: ServerWebSocket<RelayConnection> | undefined;
  /** Who it is, once that is known. */
  identity: string | undefined;
  /** Whether it has said hello. */
  hasSaidHello = false;
  /** How often the relay has looked since it was last heard. */
  looksSinceHeard = 0;
  /** How often the relay has looked while it had not said hello. */
  looks = 0;
  /** Bytes that it has not read, as of the last look. */
  unread = 0;
  readonly #signals: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #patience: TokenBucket;

  /** @internal */
  constructor(number: number, request: Request, address: string, limits: CheckedRelayLimits) {
    const { signalsPerSecond, bytesPerSecond } = limits;
    this.number = number;
    this.address = address;
    this.origin = originOf(address);
    // The request's own are gone when it is answered.
    this.headers = new Headers(request.headers);
    this.url = request.url;
    this.#signals = new TokenBucket(signalsPerSecond, signalsPerSecond * burstSeconds);
    this.#bytes = new TokenBucket(bytesPerSecond, bytesPerSecond * burstSeconds);
    this.#patience = new TokenBucket(signalsPerSecond, signalsPerSecond * patienceSeconds);
  }

  /** Whether it may send so many bytes now; `"over"` when it has asked too often. */
  allowance(bytes: number): "yes" | "no" | "over" {
    const now = performance.now();
    if (this.#signals.take(1, now) && this.#bytes.take(bytes, now)) return "yes";
    return this.#patience.take(1, now) ? "no" : "over";
  }
}
