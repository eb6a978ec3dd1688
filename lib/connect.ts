/** Connecting to a server by name or address, as a promise. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CloseCode } from "./close-code.ts";
import type { ConfigOptions } from "./config.ts";
import { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { ConnectError } from "./errors.ts";
import { HandlerSet, mustBeFunctions, type ConnectionClosing, type ConnectionHandlers } from "./handlers.ts";
import { isPumped, type PumpUser } from "./pump.ts";
import { describe, integer, text } from "./validate.ts";

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

/** @internal Use {@link connect}. */
export async function connectThrough<Data>(
  dispatcher: Dispatcher,
  address: string,
  options: ConnectOptions<Data>,
  released: () => void,
): Promise<Connection<Data>> {
  let use: PumpUser | undefined;
  const letGo = () => {
    use?.end();
    released();
  };
  try {
    const { signal, data } = options;
    integer(options.timeout ?? usualTimeout, "timeout", 1, mostTimeout);
    mustBeFunctions({ data });
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)}`);
    }
    const attempt = new Attempt(dispatcher, address, options, letGo);
    signal?.throwIfAborted();
    if (isPumped(options.pump)) use = dispatcher.pump.user();
    return await attempt.run();
  } catch (error) {
    letGo();
    throw error;
  }
}

/** One call of `connect`, which may try several addresses. */
class Attempt<Data> {
  readonly #dispatcher: Dispatcher;
  readonly #address: string;
  readonly #host: string;
  readonly #port: number;
  readonly #options: ConnectOptions<Data>;
  readonly #timeout: number;
  readonly #set: HandlerSet<Data>;
  readonly #letGo: () => void;
  readonly #outcome = Promise.withResolvers<Connection<Data>>();
  /** Those that are under way. */
  readonly #connections = new Set<Connection<Data>>();
  /** The one that stands. */
  #standing: Connection<Data> | undefined;
  #isServed = false;
  #failure: unknown;
  #hasBegunAll = false;
  #isOver = false;

  /** @param letGo called when the connection ends that came about. */
  constructor(dispatcher: Dispatcher, address: string, options: ConnectOptions<Data>, letGo: () => void) {
    this.#dispatcher = dispatcher;
    this.#address = address;
    ({ host: this.#host, port: this.#port } = splitAddress(address));
    this.#options = options;
    this.#timeout = options.timeout ?? usualTimeout;
    this.#set = new HandlerSet<Data>(options.socket ?? {});
    this.#letGo = letGo;
  }

  /** Tries all addresses, until there is a connection or the attempt is late or aborted. */
  async run(): Promise<Connection<Data>> {
    const { signal } = this.#options;
    const abort = () => this.#fail(signal?.reason);
    const late = () => this.#fail(this.#error({ code: 0, text: `no answer within ${this.#timeout} ms`, by: "local" }));
    const timer = setTimeout(late, this.#timeout);
    signal?.addEventListener("abort", abort, { once: true });
    this.#tryAll().catch((error: unknown) => this.#fail(error));
    try {
      return await this.#outcome.promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  async #tryAll(): Promise<void> {
    for (const ip of await this.#addresses()) {
      if (this.#isOver) return;
      await this.#try(ip.includes(":") ? `[${ip}]:${this.#port}` : `${ip}:${this.#port}`);
    }
    this.#hasBegunAll = true;
    if (this.#connections.size === 0) this.#fail(this.#failure);
  }

  /** Begins to connect to one address. Waits until it has failed, or the next one is to be tried beside it. */
  async #try(address: string): Promise<void> {
    const { promise: isNextDue, resolve: next } = Promise.withResolvers<void>();
    const connection = new Connection<Data>(
      this.#dispatcher,
      this.#set,
      { identity: "invalid", address },
      {
        data: this.#options.data,
        opened: () => this.#stands(connection),
        served: () => {
          this.#isServed = true;
          this.#connections.clear();
          this.#outcome.resolve(connection);
          next();
        },
        left: (_, end) => {
          this.#left(connection, end);
          next();
        },
      },
    );
    try {
      connection.begin((userData) =>
        this.#dispatcher.sockets.connectByIPAddress(address, {
          TimeoutInitial: this.#timeout + headStartMilliseconds,
          ...this.#options.config,
          ConnectionUserData: userData,
        }),
      );
    } catch (error) {
      this.#failure = error;
      return;
    }
    this.#connections.add(connection);
    // A ping is known once something has come from there.
    const timer = setTimeout(() => connection.ping < 0 && next(), patienceMilliseconds);
    await isNextDue;
    clearTimeout(timer);
  }

  #stands(connection: Connection<Data>): void {
    this.#isOver = true;
    this.#standing = connection;
    this.#dropAllBut(connection);
  }

  #left(connection: Connection<Data>, end: ConnectionClosing): void {
    if (this.#isServed) return this.#letGo();
    this.#connections.delete(connection);
    this.#failure = this.#error(end);
    const isLast = this.#hasBegunAll && this.#connections.size === 0;
    if (end.by === "peer" || connection === this.#standing || isLast) this.#fail(this.#failure);
  }

  #fail(reason: unknown): void {
    this.#isOver = true;
    this.#outcome.reject(reason);
    this.#dropAllBut(undefined);
  }

  #dropAllBut(connection: Connection<Data> | undefined): void {
    for (const other of [...this.#connections]) {
      if (other !== connection) other.close(CloseCode.Normal, notWanted, { linger: false });
    }
  }

  #error(end: ConnectionClosing): ConnectError {
    return new ConnectError(this.#address, end);
  }

  async #addresses(): Promise<Set<string>> {
    const host = this.#host;
    if (isIP(host) !== 0) return new Set([host]);
    try {
      return new Set((await lookup(host, { all: true })).map(({ address }) => address));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw this.#error({ code: 0, text: `the name ${host} could not be resolved: ${why}`, by: "local" });
    }
  }
}

function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text(address, "an address"));
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 0xffff) {
    throw new TypeError(
      `${JSON.stringify(address)} is no address to connect to. Write "example.org:27015", "127.0.0.1:27015" or "[::1]:27015"`,
    );
  }
  return { host: match[1] ?? match[2] ?? "", port };
}
