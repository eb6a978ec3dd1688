/** Connecting to a server by name or address, as a promise. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Certificates } from "../authentication/certificates.ts";
import type { ConnectionOptions } from "../authentication/gate.ts";
import { ConnectError } from "../errors.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import { mustBeConfig, type ConfigOptions } from "../utils/config.ts";
import { boolean, describe, integer, text } from "../validate.ts";
import { CloseCode } from "../values/close-code.ts";
import type { PeerIdentity } from "../values/peer-identity.ts";
import type { ConnectionClosing } from "./closing.ts";
import { Connection, type Owner } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { HandlerSet, mustBeFunctions, type ConnectionHandlers } from "./handlers.ts";
import { isPumped, type Pump } from "./pump.ts";

/** How to connect. */
export interface ConnectOptions<Data = undefined> {
  /** What happens on the connection. */
  readonly socket?: ConnectionHandlers<Data>;
  /** Makes the connection's `data`, right before `open`. When it throws, the connection is ended. */
  readonly data?: (connection: Connection<Data>) => Data;
  /** Ends the attempt when it is aborted: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the attempt fails, the look-up of a name included: 10,000 when it is left out. */
  readonly timeout?: number;
  /** Who has the work done; see {@link ListenOptions.pump}. */
  readonly pump?: "auto" | "manual";
  /**
   * Whether the server must have a certificate that counts here, as we must have one for it; while ours is asked for by
   * `certificates.renew`, it is waited for. False when it is left out.
   */
  readonly requireAuthentication?: boolean;
  /**
   * Who the server must be: one of these. Any valid certificate, a player's as well, could play the server otherwise.
   * With `requireAuthentication` only.
   */
  readonly expect?: PeerIdentity | readonly PeerIdentity[];
  /** Options of the connection. */
  readonly config?: ConfigOptions;
}

const usualTimeout = 10_000;
const mostTimeout = 600_000;
// Without an answer after this long another address is tried, too.
const patienceMilliseconds = 250;
// By which the library waits longer than we do, so that it is always we who give up.
const headStartMilliseconds = 1000;
const notWanted = "not wanted any more";

/** What a connection is made by: a network or an instance of one. */
export interface Origin {
  readonly sockets: NetworkingSockets;
  readonly certificates: Certificates;
}

/**
 * @internal Use {@link connect}.
 * @param released called when the attempt has failed, or the connection that came about has ended.
 * @param origin what makes it, where that is not the network whose dispatcher it is.
 */
export function connectThrough<Data>(
  dispatcher: Dispatcher,
  address: string,
  options: ConnectOptions<Data>,
  released?: () => void,
  origin: Origin = dispatcher,
): Promise<Connection<Data>> {
  const { signal, data, timeout = usualTimeout, pump } = options;
  integer(timeout, "timeout", 1, mostTimeout);
  mustBeFunctions({ data });
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`);
  }
  boolean(options.requireAuthentication ?? false, "requireAuthentication");
  mustBeConfig(options.config);
  const target = splitAddress(address);
  const set = new HandlerSet<Data>(options.socket ?? {});
  signal?.throwIfAborted();
  const stay = new Stay(isPumped(pump) ? dispatcher.pump : undefined, released);
  const attempt = new Attempt<Data>(dispatcher, origin, target, options, timeout, set, stay);
  attempt.begin();
  return attempt.outcome;
}

/** What a connection needs as long as it lives, and the owner of one that stands. */
class Stay {
  #pump: Pump | undefined;
  readonly #released: (() => void) | undefined;

  /** @param pump which shall run, and keep the process alive; undefined for nobody. */
  constructor(pump: Pump | undefined, released: (() => void) | undefined) {
    this.#pump = pump;
    this.#released = released;
    pump?.count(1, 1);
  }

  /** It has ended. */
  left(): void {
    this.#pump?.count(-1, -1);
    this.#pump = undefined;
    this.#released?.();
  }
}

/** An address to connect to, as it was written and in parts. */
interface Target {
  readonly address: string;
  readonly host: string;
  readonly port: number;
}

/**
 * One call of `connect`, which may try several addresses. It owns all its connections until one of them is served. That
 * one is then its own, so that nothing of the attempt is kept.
 */
class Attempt<Data> implements Owner<Data> {
  readonly outcome: Promise<Connection<Data>>;
  readonly data: Owner<Data>["data"];
  readonly #dispatcher: Dispatcher;
  readonly #origin: Origin;
  readonly #target: Target;
  readonly #options: ConnectOptions<Data>;
  readonly #timeout: number;
  /** What is asked of the other end. */
  readonly #demands: Pick<ConnectionOptions, "requireAuthentication" | "expect">;
  readonly #set: HandlerSet<Data>;
  readonly #stay: Stay;
  readonly #resolve: (connection: Connection<Data>) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #abort: (() => void) | undefined;
  /** Addresses that were not tried yet; undefined while they are looked up. */
  #addresses: string[] | undefined;
  /** Those that are under way. */
  readonly #connections = new Set<Connection<Data>>();
  /** The one that was begun last. */
  #newest: Connection<Data> | undefined;
  /** Runs out when it has not answered for so long that the next address is tried beside it. */
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** The one that stands. */
  #standing: Connection<Data> | undefined;
  #failure: unknown;
  #isOver = false;

  constructor(
    dispatcher: Dispatcher,
    origin: Origin,
    target: Target,
    options: ConnectOptions<Data>,
    timeout: number,
    set: HandlerSet<Data>,
    stay: Stay,
  ) {
    ({ promise: this.outcome, resolve: this.#resolve, reject: this.#reject } = Promise.withResolvers());
    this.data = options.data;
    this.#dispatcher = dispatcher;
    this.#origin = origin;
    this.#target = target;
    this.#options = options;
    this.#timeout = timeout;
    const { requireAuthentication = false, expect } = options;
    this.#demands = { requireAuthentication, ...(expect === undefined ? {} : { expect }) };
    this.#set = set;
    this.#stay = stay;
    this.#timer = setTimeout(() => this.#fail(this.#error(`no answer within ${timeout} ms`)), timeout);
    const { signal } = options;
    if (signal !== undefined) {
      this.#abort = () => this.#fail(signal.reason);
      signal.addEventListener("abort", this.#abort, { once: true });
    }
  }

  /** Tries all addresses, until there is a connection or the attempt is late or aborted. */
  begin(): void {
    const { address, host } = this.#target;
    if (isIP(host) === 0) void this.#lookUp();
    else {
      this.#addresses = [address];
      this.#ready();
    }
  }

  /** A connection stands. */
  opened(connection: Connection<Data>): void {
    this.#isOver = true;
    this.#standing = connection;
    this.#dropAllBut(connection);
  }

  /** Its handler `open` was called. */
  served(connection: Connection<Data>): void {
    this.#end();
    connection.handOver(this.#stay);
    this.#resolve(connection);
  }

  /** A connection has not come about, or was ended before it was served. */
  left(connection: Connection<Data>, end: ConnectionClosing): void {
    this.#connections.delete(connection);
    this.#failure = new ConnectError(this.#target.address, end);
    if (end.by === "peer" || connection === this.#standing) this.#fail(this.#failure);
    else if (connection === this.#newest || this.#isExhausted) this.#tryNext();
  }

  async #lookUp(): Promise<void> {
    const { host, port } = this.#target;
    try {
      const found = new Set((await lookup(host, { all: true })).map(({ address }) => address));
      this.#addresses = Array.from(found, (ip) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return this.#fail(this.#error(`the name ${host} could not be resolved: ${why}`));
    }
    this.#ready();
  }

  /** The addresses are known. Where we must have a certificate and one is asked for, it is waited for. */
  #ready(): void {
    const { certificates } = this.#origin;
    if (this.#demands.requireAuthentication !== true || certificates.status.state !== "waiting") this.#tryNext();
    else void certificates.settled().then(() => this.#tryNext());
  }

  /** Begins to connect to the next address. The one after it is due when this one has failed or is late. */
  #tryNext(): void {
    clearTimeout(this.#patience);
    while (!this.#isOver) {
      const address = this.#addresses?.shift();
      if (address === undefined) {
        if (this.#connections.size === 0) this.#fail(this.#failure);
        return;
      }
      if (this.#try(address)) return;
    }
  }

  /** Begins to connect to one address. Answers whether that could be done. */
  #try(address: string): boolean {
    const connection = new Connection<Data>(this.#dispatcher, this.#set, { identity: "invalid", address }, this);
    try {
      const { sockets } = this.#origin;
      const options = {
        TimeoutInitial: this.#timeout + headStartMilliseconds,
        ...this.#options.config,
        ...this.#demands,
      };
      connection.begin(
        (userData) => sockets.connectByIPAddress(address, { ...options, ConnectionUserData: userData }),
        sockets,
      );
    } catch (error) {
      this.#failure = error;
      return false;
    }
    this.#connections.add(connection);
    this.#newest = connection;
    // A ping is known once something has come from there.
    const next = () => connection.ping < 0 && this.#tryNext();
    if (!this.#isExhausted) this.#patience = setTimeout(next, patienceMilliseconds);
    return true;
  }

  /** Whether there is no other address. */
  get #isExhausted(): boolean {
    return this.#addresses?.length === 0;
  }

  #fail(reason: unknown): void {
    this.#isOver = true;
    this.#end();
    this.#reject(reason);
    this.#dropAllBut(undefined);
    this.#stay.left();
  }

  /** Nothing of it is to be waited for any more. */
  #end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    if (this.#abort !== undefined) this.#options.signal?.removeEventListener("abort", this.#abort);
  }

  #dropAllBut(connection: Connection<Data> | undefined): void {
    for (const other of [...this.#connections]) {
      if (other !== connection) other.close(CloseCode.Normal, notWanted, { linger: false });
    }
  }

  #error(text: string): ConnectError {
    return new ConnectError(this.#target.address, { code: 0, text, by: "local" });
  }
}

function splitAddress(address: string): Target {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text(address, "an address"));
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 0xffff) {
    throw new TypeError(
      `${JSON.stringify(address)} is no address to connect to. Write "example.org:27015", "127.0.0.1:27015" or "[::1]:27015"`,
    );
  }
  return { address, host: match[1] ?? match[2] ?? "", port };
}
