/** A client of a signaling service: what is the same whatever protocol it speaks. */
import { ClosedError, NetworkingError } from "../../sdk/errors.ts";
import { Emitter, type Handler } from "../emitter.ts";
import { describe, number } from "../validate.ts";
import { canonicalIdentity } from "./identity-text.ts";
import type { Dial, Link, LinkEnd, LinkEvents } from "./link.ts";
import { largestSignal, type SignalingHost, type SignalingService } from "./service.ts";
import { SignalBacklog } from "./signal-backlog.ts";

/** What a {@link SignalingClient} does right now. */
export type SignalingState =
  /** It tries to reach the service. */
  | "connecting"
  /** Signals go to and fro. */
  | "connected"
  /** The service was lost or could not be reached; it tries again in a moment. */
  | "waiting"
  /** The service does not let it in. It does not try again. */
  | "refused"
  /** It was closed. */
  | "closed";

/** How a {@link SignalingClient} behaves. */
export interface SignalingClientOptions {
  /**
   * Seconds after which a service that says nothing, when asked neither, counts as lost: 1 to 600, 5 when it is left out.
   */
  readonly silence?: number;
  /**
   * Seconds between tries: about `least` after the first that failed, twice as long after each further one, up to `most`;
   * each is shortened by up to a half at random, so that not all clients come at once. 0.01 to 3,600; 0.5 and 10 when they
   * are left out.
   */
  readonly retry?: { readonly least?: number; readonly most?: number };
}

/** Events of a {@link SignalingClient}. */
export interface SignalingClientEvents {
  /** The service was reached, now or again. */
  connected: {
    /** Who this client is to the service, where that tells. */
    readonly identity: string | undefined;
  };
  /** The service was lost, or could not be reached. */
  disconnected: {
    /** The service's code, for a relay a {@link RelayCloseCode}; else 0. */
    readonly code: number;
    /** The same in words. */
    readonly reason: string;
    /** In how many milliseconds it tries again. */
    readonly retryMilliseconds: number;
  };
  /** The service does not let this client in: the token is wrong, or another client took its place. It is over. */
  refused: {
    /** The service's code, for a relay a {@link RelayCloseCode}. */
    readonly code: number;
    /** The same in words. */
    readonly reason: string;
  };
  /** A handler threw, or {@link SignalingHost.receive}. Without a handler of its own it is an uncaught exception. */
  error: unknown;
}

/** What a {@link SignalingClient} has done. */
export interface SignalingClientStats {
  /** Signals given to the service. */
  readonly sent: number;
  /** Signals that came. */
  readonly received: number;
  /** Those of them that the network could do nothing with. */
  readonly unused: number;
  /** What came and made no sense. */
  readonly malformed: number;
  /** Signals that were not sent: too old by the time there was a way, pushed out by newer ones, or no signals at all. */
  readonly dropped: number;
  /** Signals that wait right now. */
  readonly waiting: number;
  /** What these count: their bytes, and 256 more for each. */
  readonly waitingBytes: number;
  /** How often the service was reached. */
  readonly connections: number;
}

/** A signaling service refused us, or its client was closed before it got there. */
export class SignalingError extends NetworkingError {
  override name = "SignalingError";
  /** The service's code, for a relay a {@link RelayCloseCode}; 0 where it gave none. */
  readonly code: number;

  /** @internal */
  constructor(code: number, reason: string) {
    super(`No signaling: ${reason}`);
    this.code = code;
  }
}

const eventNames = ["connected", "disconnected", "refused", "error"] as const;
const backlogLimits = { signals: 256, bytes: 1 << 20 };
const connectMilliseconds = 10_000;
// A connection that did not last that long counts as one more that failed.
const stableMilliseconds = 5000;
const beatsOfSilence = 3;

/**
 * Carries signals through a signaling service, for as long as that takes: it reaches the service again when it was lost,
 * keeps what is to be sent meanwhile (256 signals, 1 MiB; the oldest go first) and drops what is older than 10 seconds.
 * Made by {@link connectRelay} and {@link connectTrivialSignaling}. It keeps the process alive until it is closed or
 * refused. The last close of its network closes it, after the signals that tell peers of that; closed before, it tells
 * them nothing.
 */
export class SignalingClient implements SignalingService, Disposable {
  readonly #host: SignalingHost;
  readonly #dial: Dial;
  readonly #silence: number;
  readonly #retry: { readonly least: number; readonly most: number };
  readonly #emitter = new Emitter<SignalingClientEvents>(eventNames);
  readonly #backlog = new SignalBacklog(backlogLimits);
  readonly #stats = { sent: 0, received: 0, unused: 0, malformed: 0, dropped: 0, connections: 0 };
  #state: SignalingState = "connecting";
  #identity: string | undefined;
  #link: Link | undefined;
  #attempt = 0;
  #failures = 0;
  #connectedAt = 0;
  #silentBeats = 0;
  #isFull = false;
  /** The deadline of a try, the wait for the next one, or the heartbeat. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ready: PromiseWithResolvers<void> | undefined;
  #end: SignalingError | undefined;

  /** @internal Use {@link connectRelay} or {@link connectTrivialSignaling}. */
  constructor(host: SignalingHost, dial: Dial, options: SignalingClientOptions) {
    const { silence = 5, retry: { least = 0.5, most = 10 } = {} } = options;
    if (typeof host?.receive !== "function") {
      throw new TypeError(`Signals need somebody who receives them, such as net.signaling, not ${describe(host)}`);
    }
    this.#host = host;
    this.#dial = dial;
    this.#silence = 1000 * number(silence, "silence", 1, 600);
    this.#retry = {
      least: 1000 * number(least, "retry.least", 0.01, 3600),
      most: 1000 * number(most, "retry.most", 0.01, 3600),
    };
    host.use(this);
    this.#connect();
  }

  /** What it does right now. */
  get state(): SignalingState {
    return this.#state;
  }

  /** Who this client is to the service; undefined until that has told. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** What it has done, and what waits. */
  get stats(): SignalingClientStats {
    this.#expire();
    return { ...this.#stats, waiting: this.#backlog.size, waitingBytes: this.#backlog.bytes };
  }

  /**
   * Waits until the service is reached; there is no need to, for signals wait by themselves.
   * @throws SignalingError when it refuses, or this is closed meanwhile.
   */
  async ready(): Promise<void> {
    if (this.#end !== undefined) throw this.#end;
    if (this.#state === "connected") return;
    await (this.#ready ??= Promise.withResolvers<void>()).promise;
  }

  /** Calls `handler` at each event of this name, until `off`. */
  on<Name extends keyof SignalingClientEvents>(name: Name, handler: Handler<SignalingClientEvents[Name]>): void {
    this.#emitter.on(name, handler);
  }

  /** Calls `handler` at the next event of this name only. */
  once<Name extends keyof SignalingClientEvents>(name: Name, handler: Handler<SignalingClientEvents[Name]>): void {
    this.#emitter.once(name, handler);
  }

  /** Takes back one `on` or `once` of this handler; without a handler, all of this name. */
  off<Name extends keyof SignalingClientEvents>(name: Name, handler?: Handler<SignalingClientEvents[Name]>): void {
    this.#emitter.off(name, handler);
  }

  /** Sends a signal, or keeps it until there is a way. Never throws; what can't be sent is counted as dropped. */
  send(to: string, signal: Uint8Array): void {
    const isOver = this.#state === "closed" || this.#state === "refused";
    if (isOver || !isSignal(signal) || typeof to !== "string" || canonicalIdentity(to) === undefined) {
      this.#stats.dropped++;
      return;
    }
    this.#expire();
    // What came first goes first.
    if (this.#backlog.size === 0 && this.#pass(to, signal)) return;
    this.#stats.dropped += this.#backlog.push(to, signal);
  }

  /** Ends it. No event follows; what waits is dropped. Closing twice does nothing. */
  close(): void {
    if (this.#state === "closed") return;
    this.#over("closed", new SignalingError(0, "it was closed here"));
  }

  /** {@link close}, for `using client = connectRelay(...)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #connect(): void {
    this.#state = "connecting";
    const attempt = ++this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    const events: LinkEvents = {
      connected: (identity) => isCurrent() && this.#connected(identity),
      heard: () => isCurrent() && (this.#silentBeats = 0),
      received: (from, signal) => isCurrent() && this.#received(from, signal),
      malformed: () => isCurrent() && this.#stats.malformed++,
      writable: () => isCurrent() && this.#flush(),
      lost: (end) => isCurrent() && this.#lost(end),
    };
    this.#wait(connectMilliseconds, () => this.#lost({ code: 0, reason: "no answer in time", isFinal: false }));
    let link: Link;
    try {
      link = this.#dial(events);
    } catch (error) {
      this.#lost({ code: 0, reason: describeError(error), isFinal: false });
      return;
    }
    if (isCurrent()) this.#link = link;
    else link.close();
  }

  #connected(identity: string | undefined): void {
    this.#state = "connected";
    this.#identity = identity ?? this.#identity;
    this.#connectedAt = performance.now();
    this.#stats.connections++;
    this.#isFull = false;
    this.#silentBeats = 0;
    this.#beatLater();
    this.#ready?.resolve();
    this.#ready = undefined;
    this.#flush();
    this.#emit("connected", { identity: this.#identity });
  }

  /** Counting beats, not time: a process that stood still must not find its service silent. */
  #beatLater(): void {
    this.#wait(this.#silence / beatsOfSilence, () => {
      if (++this.#silentBeats >= beatsOfSilence) {
        this.#lost({ code: 0, reason: "the service fell silent", isFinal: false });
        return;
      }
      this.#attempted(() => this.#link?.beat());
      this.#beatLater();
    });
  }

  #received(from: string, signal: Uint8Array): void {
    const sender = canonicalIdentity(from);
    if (sender === undefined || !isSignal(signal)) {
      this.#stats.malformed++;
      return;
    }
    this.#stats.received++;
    try {
      if (!this.#host.receive(sender, signal)) this.#stats.unused++;
    } catch (error) {
      // Nobody is left to carry signals for.
      if (error instanceof ClosedError) this.close();
      else this.#fail(error);
    }
  }

  #lost(end: LinkEnd): void {
    const { code, reason, isFinal } = end;
    const wasStable = this.#state === "connected" && performance.now() - this.#connectedAt >= stableMilliseconds;
    this.#hangUp();
    if (isFinal) {
      this.#over("refused", new SignalingError(code, reason));
      this.#emit("refused", { code, reason });
      return;
    }
    const { least, most } = this.#retry;
    this.#failures = wasStable ? 0 : this.#failures;
    const longest = Math.min(most, least * 2 ** Math.min(this.#failures++, 30));
    const retryMilliseconds = longest * (1 - Math.random() / 2);
    this.#state = "waiting";
    this.#wait(retryMilliseconds, () => this.#connect());
    this.#emit("disconnected", { code, reason, retryMilliseconds });
  }

  #over(state: "refused" | "closed", end: SignalingError): void {
    this.#hangUp();
    this.#state = state;
    this.#end ??= end;
    this.#stats.dropped += this.#backlog.size;
    this.#backlog.clear();
    this.#ready?.reject(this.#end);
    this.#ready = undefined;
  }

  /** From here on nothing is heard of the link. */
  #hangUp(): void {
    this.#attempt++;
    clearTimeout(this.#timer);
    const link = this.#link;
    this.#link = undefined;
    this.#attempted(() => link?.close());
  }

  #flush(): void {
    this.#isFull = false;
    this.#expire();
    for (let next = this.#backlog.peek(); next !== undefined; next = this.#backlog.peek()) {
      if (!this.#pass(next.peer, next.signal)) return;
      this.#backlog.shift();
    }
  }

  /** Gives a signal to the link, where there is one that has room. Answers whether that was the end of it. */
  #pass(to: string, signal: Uint8Array): boolean {
    if (this.#state !== "connected" || this.#isFull) return false;
    switch (this.#attempted(() => this.#link?.send(to, signal))) {
      case "sent":
        this.#stats.sent++;
        return true;
      case "unreachable":
        this.#stats.dropped++;
        return true;
      default:
        this.#isFull = true;
        return false;
    }
  }

  #expire(): void {
    this.#stats.dropped += this.#backlog.expire();
  }

  #wait(milliseconds: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, milliseconds);
  }

  /** A socket that fails says so by an event of its own. */
  #attempted<Value>(action: () => Value): Value | undefined {
    try {
      return action();
    } catch {
      return undefined;
    }
  }

  #emit<Name extends keyof SignalingClientEvents>(name: Name, event: SignalingClientEvents[Name]): void {
    this.#emitter.emit(name, event, (error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#emitter.has("error")) this.#emitter.emit("error", error, reportError);
    else reportError(error);
  }
}

/** An error in a few words. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : describe(error);
}

function isSignal(signal: unknown): signal is Uint8Array {
  return signal instanceof Uint8Array && signal.length >= 1 && signal.length <= largestSignal;
}
