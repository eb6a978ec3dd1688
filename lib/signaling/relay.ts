/** A relay for signals: a WebSocket server that knows who its clients are. */
import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import { TokenBucket } from "../token-bucket.ts";
import { describe, text } from "../validate.ts";
import { isThisMachine, originOf } from "../values/origin.ts";
import { AbsentPeers } from "./absent-peers.ts";
import { canonicalIdentity } from "./identity-text.ts";
import { RelayConnection } from "./relay-connection.ts";
import { checkedLimits, type CheckedRelayLimits } from "./relay-limits.ts";
import { checkedOptions, type RelayHello, type RelayOptions } from "./relay-options.ts";
import { largestFrame, readFrame, RelayCloseCode, relayVersion, signalFrame, welcomeFrame } from "./relay-protocol.ts";
import { largestSignal } from "./service.ts";

/** What a relay has done, and what it holds right now. */
export interface RelayStats {
  /** Clients right now. */
  readonly clients: number;
  /** Connections right now of which it is not known yet who they are. */
  readonly unknown: number;
  /** Signals handed to the connection of the one they are for. */
  readonly delivered: number;
  /** Signals kept for peers that were away. */
  readonly kept: number;
  /** Those of them that wait right now. */
  readonly waiting: number;
  /** What these count towards `limits.backlogBytes`. */
  readonly waitingBytes: number;
  /** Bytes that wait right now for clients that read slowly; at most what `limits.unreadBytesInAll` allows. */
  readonly unreadBytes: number;
  /** Signals that went nowhere. */
  readonly dropped: {
    /** The sender was over its rate. */
    readonly rate: number;
    /** `permit` said no. */
    readonly forbidden: number;
    /** The one they were for did not read. */
    readonly unread: number;
    /** The one they were for did not come in time, or newer ones took their place. */
    readonly backlog: number;
  };
  /** Connections that the relay has ended or turned away, by {@link RelayCloseCode}. */
  readonly closed: Readonly<Partial<Record<RelayCloseCode, number>>>;
}

const lookMilliseconds = 1000;
const helloLooks = 5;
const authenticateMilliseconds = 5000;
// More than these are turned away without a reason, which costs less.
const reasonsPerSecond = 100;
// The most that Bun takes: we look after silence ourselves.
const mostIdleSeconds = 960;

/**
 * A relay without a server of its own: {@link Relay.fetch} and {@link Relay.websocket} are for a `Bun.serve` that you
 * have, whose WebSockets are then all the relay's. {@link startRelay} starts one with a server.
 *
 * ```ts
 * const relay = new Relay({ authenticate: ({ headers }) => playerOfCookie(headers.get("cookie")) });
 * Bun.serve<RelayConnection>({
 *   fetch: (request, server) =>
 *     new URL(request.url).pathname === "/signals" ? relay.fetch(request, server) : new Response("hello"),
 *   websocket: relay.websocket,
 * });
 * ```
 *
 * It delivers each signal with the identity that `authenticate` gave its sender. An identity has one connection: a newer
 * one takes the place of the older, which is closed as {@link RelayCloseCode.Replaced}. Signals to peers that are away are
 * kept for 10 seconds.
 */
export class Relay implements AsyncDisposable {
  /** For `Bun.serve`. */
  readonly websocket: WebSocketHandler<RelayConnection>;
  readonly #options: RelayOptions;
  readonly #limits: CheckedRelayLimits;
  readonly #connections = new Set<RelayConnection>();
  readonly #clients = new Map<string, RelayConnection>();
  readonly #perOrigin = new Map<string, number>();
  readonly #absent: AbsentPeers;
  readonly #reasons = new TokenBucket(reasonsPerSecond, reasonsPerSecond);
  readonly #dropped = { rate: 0, forbidden: 0, unread: 0, backlog: 0 };
  readonly #closed: Partial<Record<RelayCloseCode, number>> = {};
  #delivered = 0;
  #kept = 0;
  #unread = 0;
  #newest = 0;
  #looking: ReturnType<typeof setInterval> | undefined;
  #isStopped = false;
  // Those who have gone meanwhile included.
  #asking = 0;

  /** @throws TypeError, RangeError when an option is wrong, or nothing tells who clients are. */
  constructor(options: RelayOptions) {
    this.#options = checkedOptions(options);
    this.#limits = checkedLimits(options.limits);
    const { backlogSignals, backlogBytes, unreadBytes } = this.#limits;
    this.#absent = new AbsentPeers({ each: { signals: backlogSignals, bytes: backlogBytes }, bytes: backlogBytes });
    this.websocket = {
      // What is larger than that is closed by the server itself, with the same code.
      maxPayloadLength: 2 * largestFrame,
      // Ours comes first.
      backpressureLimit: unreadBytes + largestFrame,
      idleTimeout: mostIdleSeconds,
      sendPings: false,
      perMessageDeflate: false,
      open: (socket) => this.#open(socket),
      message: ({ data }, message) => this.#message(data, message),
      ping: ({ data }) => this.#beat(data),
      pong: ({ data }) => this.#beat(data),
      drain: ({ data }) => this.#countUnread(data),
      close: ({ data }) => this.#forget(data),
    };
  }

  /** Takes the requests that open WebSockets. Others are answered with 426, Upgrade Required. */
  readonly fetch = (request: Request, server: Server<RelayConnection>): Response | undefined => {
    if (this.#isStopped) return new Response("the relay stops", { status: 503 });
    const address = this.#addressOf(request, server);
    const code = this.#refusalFor(originOf(address));
    if (code !== undefined && !this.#reasons.take(1)) return new Response(reasons[code], { status: 503 });
    const data = new RelayConnection(++this.#newest, request, address, this.#limits);
    if (code !== undefined) data.refusal = code;
    return server.upgrade(request, { data })
      ? undefined
      : new Response("This is a WebSocket", { status: 426, headers: { Upgrade: "websocket" } });
  };

  /** What it has done, and what it holds. */
  get stats(): RelayStats {
    const clients = this.#clients.size;
    return {
      clients,
      unknown: this.#connections.size - clients,
      delivered: this.#delivered,
      kept: this.#kept,
      waiting: this.#absent.signals,
      waitingBytes: this.#absent.bytes,
      unreadBytes: this.#unread,
      dropped: { ...this.#dropped },
      closed: { ...this.#closed },
    };
  }

  /** Who is there right now. */
  get identities(): string[] {
    return [...this.#clients.keys()];
  }

  /** Whether a peer is there right now. */
  has(identity: string): boolean {
    return this.#clients.has(canonicalIdentity(text(identity, "an identity")) ?? "");
  }

  /**
   * Sends a client away, as {@link RelayCloseCode.Refused}: it does not come back by itself. To keep it out is for
   * `authenticate` to do.
   * @returns false when it is not there.
   */
  disconnect(identity: string, reason = "sent away"): boolean {
    const connection = this.#clients.get(canonicalIdentity(text(identity, "an identity")) ?? "");
    if (connection === undefined) return false;
    this.#end(connection, RelayCloseCode.Refused, reason);
    return true;
  }

  /** Closes all connections, as {@link RelayCloseCode.Stopping}, drops what waits, and takes nobody any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const connection of [...this.#connections]) this.#end(connection, RelayCloseCode.Stopping);
    this.#absent.clear();
    this.#adaptLooking();
  }

  /** {@link stop}, for `await using relay = startRelay(...)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #open(socket: ServerWebSocket<RelayConnection>): void {
    const { data } = socket;
    data.socket = socket;
    const code = this.#isStopped ? RelayCloseCode.Stopping : (data.refusal ?? this.#refusalFor(data.origin));
    if (code !== undefined) {
      this.#end(data, code);
      return;
    }
    this.#connections.add(data);
    this.#perOrigin.set(data.origin, (this.#perOrigin.get(data.origin) ?? 0) + 1);
    this.#adaptLooking();
  }

  #message(connection: RelayConnection, message: string | Uint8Array): void {
    connection.looksSinceHeard = 0;
    const frame = typeof message === "string" ? undefined : readFrame(message);
    if (frame?.kind === "signal" && connection.identity !== undefined) {
      this.#signal(connection, connection.identity, frame.peer, frame.signal);
    } else if (frame?.kind !== "hello" || connection.hasSaidHello) {
      this.#end(connection, RelayCloseCode.Malformed);
    } else if (frame.version !== relayVersion) {
      this.#end(connection, RelayCloseCode.Version);
    } else {
      connection.hasSaidHello = true;
      void this.#welcome(connection, frame.identity, frame.token);
    }
  }

  async #welcome(connection: RelayConnection, claimed: string, token: string): Promise<void> {
    const claim = canonicalIdentity(claimed);
    // A slip of the pen would otherwise be told by nothing but signals that never come.
    if (claimed !== "" && claim === undefined) {
      this.#end(connection, RelayCloseCode.Malformed);
      return;
    }
    if (this.#asking >= this.#limits.clients) {
      this.#end(connection, RelayCloseCode.Unavailable);
      return;
    }
    this.#asking++;
    const { headers, url, address } = connection;
    let identity: string | undefined;
    try {
      const answer = await this.#identify({ identity: claim, token, headers, url, address });
      identity = answer === undefined ? undefined : canonicalIdentity(answer);
      if (answer !== undefined && identity === undefined) {
        throw new TypeError(`authenticate must answer an identity or undefined, not ${describe(answer)}`);
      }
    } catch (error) {
      this.#fail(error);
      this.#end(connection, RelayCloseCode.Unavailable);
      return;
    } finally {
      this.#asking--;
    }
    if (identity === undefined) this.#end(connection, RelayCloseCode.Refused);
    else this.#admit(connection, identity);
  }

  async #identify(hello: RelayHello): Promise<string | undefined> {
    const { authenticate } = this.#options;
    if (authenticate === undefined) return hello.identity;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`authenticate took more than ${authenticateMilliseconds / 1000} seconds`)),
      authenticateMilliseconds,
    );
    timer.unref();
    try {
      return await Promise.race([authenticate(hello), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #admit(connection: RelayConnection, identity: string): void {
    // It may have gone in the meantime.
    if (connection.socket === undefined) return;
    const other = this.#clients.get(identity);
    if (other !== undefined && other.number > connection.number) {
      this.#end(connection, RelayCloseCode.Replaced);
      return;
    }
    if (other !== undefined) this.#end(other, RelayCloseCode.Replaced);
    connection.identity = identity;
    this.#clients.set(identity, connection);
    this.#send(connection, welcomeFrame(identity));
    for (const { peer, signal } of this.#absent.take(identity)) this.#deliver(connection, peer, signal);
  }

  #signal(connection: RelayConnection, from: string, peer: string, signal: Uint8Array): void {
    if (signal.length > largestSignal) {
      this.#end(connection, RelayCloseCode.TooLarge);
      return;
    }
    if (!this.#isAllowed(connection, signal.length)) return;
    const to = this.#clients.has(peer) ? peer : canonicalIdentity(peer);
    if (to === undefined) {
      this.#end(connection, RelayCloseCode.Malformed);
      return;
    }
    if (!this.#permits(from, to)) {
      this.#dropped.forbidden++;
      return;
    }
    const recipient = this.#clients.get(to);
    if (recipient !== undefined) {
      this.#deliver(recipient, from, signal);
      return;
    }
    this.#kept++;
    this.#dropped.backlog += this.#absent.keep(to, from, signal);
  }

  #deliver(connection: RelayConnection, from: string, signal: Uint8Array): void {
    const frame = signalFrame(from, signal);
    const { unreadBytes, unreadBytesInAll } = this.#limits;
    if (connection.unread > 0) this.#countUnread(connection);
    if (connection.unread + frame.length > unreadBytes || this.#unread + frame.length > unreadBytesInAll) {
      this.#dropped.unread++;
    } else if (this.#send(connection, frame)) this.#delivered++;
    else this.#dropped.unread++;
  }

  #send(connection: RelayConnection, frame: Uint8Array): boolean {
    const sent = connection.socket?.sendBinary(frame) ?? 0;
    if (sent <= 0) this.#countUnread(connection);
    return sent !== 0;
  }

  #countUnread(connection: RelayConnection): void {
    const unread = connection.socket?.getBufferedAmount() ?? 0;
    this.#unread += unread - connection.unread;
    connection.unread = unread;
  }

  #permits(from: string, to: string): boolean {
    const { permit } = this.#options;
    if (permit === undefined) return true;
    try {
      return permit(from, to) === true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #isAllowed(connection: RelayConnection, bytes: number): boolean {
    const allowance = connection.allowance(bytes);
    if (allowance === "yes") return true;
    this.#dropped.rate++;
    if (allowance === "over") this.#end(connection, RelayCloseCode.TooFast);
    return false;
  }

  /** A ping, or the answer to one of ours. They are counted: somebody could send nothing else. */
  #beat(connection: RelayConnection): void {
    connection.looksSinceHeard = 0;
    if (connection.allowance(0) === "over") this.#end(connection, RelayCloseCode.TooFast);
  }

  #refusalFor(origin: string): RefusalCode | undefined {
    const { clients, perAddress, sparesLoopback } = this.#limits;
    if (this.#connections.size >= clients) return RelayCloseCode.Full;
    if (sparesLoopback && isThisMachine(origin)) return undefined;
    return (this.#perOrigin.get(origin) ?? 0) >= perAddress ? RelayCloseCode.Crowded : undefined;
  }

  #addressOf(request: Request, server: Server<RelayConnection>): string {
    const own = server.requestIP(request)?.address ?? "";
    try {
      return this.#options.address?.(request) ?? own;
    } catch (error) {
      this.#fail(error);
      return own;
    }
  }

  #end(connection: RelayConnection, code: RelayCloseCode, reason = reasons[code]): void {
    const { socket } = connection;
    if (socket === undefined) return;
    this.#closed[code] = (this.#closed[code] ?? 0) + 1;
    this.#forget(connection);
    // Who does not read would not hear of it, and keep what waits for him.
    if (code === RelayCloseCode.Silent || socket.getBufferedAmount() > 0) socket.terminate();
    else socket.close(code, reason);
  }

  #forget(connection: RelayConnection): void {
    connection.socket = undefined;
    this.#countUnread(connection);
    if (!this.#connections.delete(connection)) return;
    const { identity, origin } = connection;
    const left = (this.#perOrigin.get(origin) ?? 1) - 1;
    if (left > 0) this.#perOrigin.set(origin, left);
    else this.#perOrigin.delete(origin);
    if (identity !== undefined && this.#clients.get(identity) === connection) this.#clients.delete(identity);
  }

  /** Looks at everybody once a second. Counting looks, not time: a process that stood still must not find all silent. */
  readonly #look = () => {
    this.#dropped.backlog += this.#absent.expire();
    const { silence } = this.#limits;
    const pingAfter = Math.max(1, Math.floor(silence / 3));
    for (const connection of [...this.#connections]) {
      const looks = ++connection.looksSinceHeard;
      this.#countUnread(connection);
      if (!connection.hasSaidHello && ++connection.looks > helloLooks) this.#end(connection, RelayCloseCode.Late);
      else if (looks > silence) this.#end(connection, RelayCloseCode.Silent);
      else if (looks > pingAfter && connection.unread === 0) connection.socket?.ping();
    }
    this.#adaptLooking();
  };

  #adaptLooking(): void {
    const hasWork = this.#connections.size > 0 || this.#absent.signals > 0;
    if (hasWork && this.#looking === undefined) {
      this.#looking = setInterval(this.#look, lookMilliseconds);
      this.#looking.unref();
    } else if (!hasWork) {
      clearInterval(this.#looking);
      this.#looking = undefined;
    }
  }

  #fail(error: unknown): void {
    const { error: tell = console.error } = this.#options;
    tell(error);
  }
}

type RefusalCode = typeof RelayCloseCode.Full | typeof RelayCloseCode.Crowded;

const reasons: Readonly<Record<RelayCloseCode, string>> = {
  [RelayCloseCode.Stopping]: "the relay stops",
  [RelayCloseCode.TooLarge]: `a signal has at most ${largestSignal} bytes`,
  [RelayCloseCode.Malformed]: "a frame that is none, or not at its time",
  [RelayCloseCode.Refused]: "not let in",
  [RelayCloseCode.Replaced]: "a newer connection took this one's place",
  [RelayCloseCode.Full]: "the relay is full",
  [RelayCloseCode.Crowded]: "too many clients from this address",
  [RelayCloseCode.TooFast]: "too many signals",
  [RelayCloseCode.Late]: "no hello in time",
  [RelayCloseCode.Unavailable]: "who you are can't be found out right now",
  [RelayCloseCode.Silent]: "nothing was heard for too long",
  [RelayCloseCode.Version]: `this relay speaks version ${relayVersion}`,
};
