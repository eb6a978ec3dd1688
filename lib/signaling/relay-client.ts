/** A client of the relay of {@link startRelay}. */
import type { TLSOptions } from "bun";
import { describe, shortText, text } from "../validate.ts";
import { describeError, SignalingClient, type SignalingClientOptions } from "./client.ts";
import { mustBeIdentity } from "./identity-text.ts";
import { leaveMilliseconds, type Link, type LinkEvents, type Sending } from "./link.ts";
import { helloFrame, longestToken, readFrame, RelayCloseCode, relayVersion, signalFrame } from "./relay-protocol.ts";
import type { SignalingHost } from "./service.ts";

/** How to connect to a relay. */
export interface RelayClientOptions extends SignalingClientOptions {
  /** Who we claim to be, in text form; the relay decides. Usually the identity of the network. */
  readonly identity?: string;
  /**
   * What proves it, up to 8,192 bytes of UTF-8, or a function that gets it, which may be async. It is called at each try
   * anew; when it throws, that is a try that failed.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Headers of the request that opens the WebSocket. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `wss:`: for example `{ ca }` for a certificate of one's own making. */
  readonly tls?: TLSOptions;
}

/**
 * Has the signals of a network carried by a relay of {@link startRelay}.
 *
 * ```ts
 * using net = openNetworking({ identity: "str:bob" });
 * const relay = connectRelay(net.signaling, "wss://relay.example.org/signals", {
 *   identity: "str:bob",
 *   token: async () => (await login()).token,
 * });
 * ```
 *
 * It answers at once and connects on its own; signals wait meanwhile. `await relay.ready()` tells whether it got there.
 * When the relay says that it does not let us in, that is the end of it: event `refused`. The last close of the network ends it, too.
 *
 * It is in use from now on, as by {@link Signaling.use}; call that with it once more for other options.
 *
 * @param signaling `net.signaling`.
 * @param url `"wss://..."`, or `"ws://..."`, which everybody on the way can read and change.
 * @throws TypeError, RangeError when an argument is wrong.
 */
export function connectRelay(
  signaling: SignalingHost,
  url: string | URL,
  options: RelayClientOptions = {},
): SignalingClient {
  const settings = checked(url, options);
  return new SignalingClient(signaling, (events) => new RelayLink(settings, events), options);
}

interface Settings {
  readonly url: string;
  readonly identity: string;
  readonly token: () => string | Promise<string>;
  readonly socket: Bun.WebSocketOptions;
}

// More than that and signals wait in our own backlog, where they can grow old.
const mostUnsent = 256 << 10;
// A WebSocket of a client does not tell when it has room again.
const unsentMilliseconds = 20;

const finalCodes: readonly number[] = [RelayCloseCode.Refused, RelayCloseCode.Replaced, RelayCloseCode.Version];

class RelayLink implements Link {
  readonly #settings: Settings;
  readonly #events: LinkEvents;
  readonly #socket: WebSocket;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWelcome = false;
  #isOver = false;

  constructor(settings: Settings, events: LinkEvents) {
    this.#settings = settings;
    this.#events = events;
    const socket = new WebSocket(settings.url, settings.socket);
    this.#socket = socket;
    socket.binaryType = "nodebuffer";
    socket.addEventListener("open", () => void this.#sayHello());
    socket.addEventListener("message", ({ data }) => this.#message(data));
    socket.addEventListener("ping", () => this.#heard());
    socket.addEventListener("pong", () => this.#heard());
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", ({ code, reason }) => {
      // 1006 and the like are no words of the relay.
      this.#lose(code, reason || `the connection failed (WebSocket code ${code})`);
    });
  }

  send(to: string, signal: Uint8Array): Sending {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return "full";
    if (socket.bufferedAmount > mostUnsent) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#events.writable();
      }, unsentMilliseconds);
      return "full";
    }
    socket.send(signalFrame(to, signal));
    return "sent";
  }

  beat(): void {
    this.#socket.ping();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (this.#isWelcome && socket.readyState === WebSocket.OPEN) {
      socket.close(1000);
      setTimeout(() => socket.terminate(), leaveMilliseconds).unref();
    } else socket.terminate();
  }

  async #sayHello(): Promise<void> {
    const { identity, token } = this.#settings;
    let frame: Uint8Array;
    try {
      frame = helloFrame(identity, shortText(await token(), "a token", longestToken));
    } catch (error) {
      this.#lose(0, `there is no token: ${describeError(error)}`);
      return;
    }
    if (!this.#isOver && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }

  #message(data: unknown): void {
    if (this.#isOver) return;
    this.#events.heard();
    const frame = data instanceof Uint8Array ? readFrame(data) : undefined;
    if (frame?.kind === "signal" && this.#isWelcome) this.#events.received(frame.peer, frame.signal);
    else if (frame?.kind === "welcome" && !this.#isWelcome) this.#welcome(frame.version, frame.identity);
    else this.#events.malformed();
  }

  #welcome(version: number, identity: string): void {
    if (version !== relayVersion) {
      this.#lose(RelayCloseCode.Version, `the relay speaks version ${version}`);
      return;
    }
    this.#isWelcome = true;
    this.#events.connected(identity);
  }

  #heard(): void {
    if (!this.#isOver) this.#events.heard();
  }

  #lose(code: number, reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.lost({ code, reason, isFinal: finalCodes.includes(code) });
  }
}

function checked(url: string | URL, options: RelayClientOptions): Settings {
  const { protocol, href } = new URL(url);
  if (protocol !== "ws:" && protocol !== "wss:") {
    throw new TypeError(`A relay's URL begins with wss: or ws:, not ${JSON.stringify(protocol)}`);
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`connectRelay takes an object of options, not ${describe(options)}`);
  }
  const { identity, token = "", headers, tls } = options;
  if (typeof token !== "function") shortText(token, "a token", longestToken);
  return {
    url: text(href, "a URL"),
    identity: identity === undefined ? "" : mustBeIdentity(identity),
    token: typeof token === "function" ? token : () => token,
    socket: { headers: { ...headers }, ...(tls && { tls }) },
  };
}
