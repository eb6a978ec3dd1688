/** How a relay knows its clients, and what it allows them. */
import { boolean, describe } from "../validate.ts";
import type { RelayLimits } from "./relay-limits.ts";

/** What a client says of itself. Whether that is so is for {@link RelayOptions.authenticate} to find out. */
export interface RelayHello {
  /** Who it claims to be, a valid identity in text form; undefined when it does not say. Nothing proves it. */
  readonly identity: string | undefined;
  /** Its token, up to 8,192 bytes, empty when it has none. */
  readonly token: string;
  /** The headers of the request that opened its WebSocket: cookies, `Authorization`, `Origin`. */
  readonly headers: Headers;
  /** The URL of that request. */
  readonly url: string;
  /** Its IP address, without a port. */
  readonly address: string;
}

/** How a relay knows its clients, and what it allows them. */
export interface RelayOptions {
  /**
   * Tells who a client is: its identity in text form, or undefined to refuse it, which is final. It may be async and has
   * 5 seconds; when it takes longer, throws, or answers what is no identity, the client is told to come again later.
   */
  readonly authenticate?: (hello: RelayHello) => string | undefined | Promise<string | undefined>;
  /** In place of `authenticate`, for trials among friends: every client is who it says it is. */
  readonly trustClaims?: boolean;
  /**
   * Whether one client may signal to another: everybody when it is left out. Whoever can signal to a peer can ask it for
   * a connection, and may learn its IP address. What it throws is a no.
   */
  readonly permit?: (from: string, to: string) => boolean;
  /** How much it takes. */
  readonly limits?: RelayLimits;
  /**
   * A client's IP address, where the relay stands behind a proxy that tells it, for example by `X-Forwarded-For`. Set it
   * only there: anybody can write such a header. Undefined is the proxy's own.
   */
  readonly address?: (request: Request) => string | undefined;
  /** Is told what the functions above threw: `console.error` when it is left out. */
  readonly error?: (error: unknown) => void;
}

/** @throws TypeError when an option is wrong, or nothing tells who clients are. */
export function checkedOptions(options: RelayOptions): RelayOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`A relay takes an object of options, not ${describe(options)}`);
  }
  const { authenticate, trustClaims = false, permit, address, error } = options;
  for (const [name, value] of Object.entries({ authenticate, permit, address, error })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${name} must be a function, not ${describe(value)}`);
  }
  if (boolean(trustClaims, "trustClaims") === (authenticate !== undefined)) {
    throw new TypeError(
      "Say how the relay knows who its clients are: by authenticate or, for trials among friends, by trustClaims: true; not by both",
    );
  }
  return options;
}
