/** Connecting to a server by name or address, as a promise. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { ConfigOptions } from "./config.ts";
import { Connection } from "./connection.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { ConnectError } from "./errors.ts";
import { HandlerSet, type ConnectionHandlers } from "./handlers.ts";
import { isPumped, type PumpUser } from "./pump.ts";
import { integer, text } from "./validate.ts";

/** How to connect. */
export interface ConnectOptions<Data = undefined> {
  /** What happens on the connection. */
  readonly socket?: ConnectionHandlers<Data>;
  /** Makes the connection's `data`, right before `open`. */
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

/** @internal Use {@link connect}. */
export async function connectThrough<Data>(
  dispatcher: Dispatcher,
  address: string,
  options: ConnectOptions<Data>,
  released: () => void,
): Promise<Connection<Data>> {
  let use: PumpUser | undefined;
  let isHeld = true;
  const letGo = () => {
    if (!isHeld) return;
    isHeld = false;
    use?.end();
    released();
  };
  try {
    const timeout = integer(options.timeout ?? usualTimeout, "timeout", 1, mostTimeout);
    const set = new HandlerSet<Data>(options.socket ?? {});
    const { host, port } = splitAddress(address);
    options.signal?.throwIfAborted();
    if (isPumped(options.pump)) use = dispatcher.pump.user();
    const deadline = performance.now() + timeout;
    const attempt = new Attempt(dispatcher, set, options, letGo);
    const late = () => new ConnectError(address, { code: 0, text: `no answer within ${timeout} ms`, by: "local" });
    return await attempt.within(deadline, late, async () => {
      const addresses = await addressesOf(host, address);
      let failure: unknown;
      for (const [at, ip] of addresses.entries()) {
        const share = Math.max(1, (deadline - performance.now()) / (addresses.length - at));
        try {
          return await attempt.connect(ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`, share);
        } catch (error) {
          failure = error;
        }
        if (attempt.isOver) break;
      }
      throw failure;
    });
  } catch (error) {
    letGo();
    throw error;
  }
}

/** One call of `connect`, which may try several addresses. */
class Attempt<Data> {
  readonly #dispatcher: Dispatcher;
  readonly #set: HandlerSet<Data>;
  readonly #options: ConnectOptions<Data>;
  readonly #letGo: () => void;
  #connection: Connection<Data> | undefined;
  #isOver = false;

  constructor(dispatcher: Dispatcher, set: HandlerSet<Data>, options: ConnectOptions<Data>, letGo: () => void) {
    this.#dispatcher = dispatcher;
    this.#set = set;
    this.#options = options;
    this.#letGo = letGo;
  }

  /** Whether nothing more is to be tried. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs `attempt`, and ends it when it is late or aborted. */
  async within<T>(deadline: number, late: () => Error, attempt: () => Promise<T>): Promise<T> {
    const { signal } = this.#options;
    const { promise, reject } = Promise.withResolvers<never>();
    const end = (reason: unknown) => {
      this.#isOver = true;
      reject(reason);
      this.#connection?.close(1000, "not wanted any more", { linger: false });
    };
    const abort = () => end(signal?.reason);
    const timer = setTimeout(() => end(late()), Math.max(1, deadline - performance.now()));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([attempt(), promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Connects to one address; the library gives up after `milliseconds`. */
  async connect(address: string, milliseconds: number): Promise<Connection<Data>> {
    const { config, data } = this.#options;
    if (this.#isOver) throw new ConnectError(address, { code: 0, text: "not wanted any more", by: "local" });
    const { promise, resolve, reject } = Promise.withResolvers<Connection<Data>>();
    let isOpen = false;
    const connection = new Connection<Data>(
      this.#dispatcher,
      this.#set,
      { identity: "invalid", address },
      {
        opened: (opened) => {
          isOpen = true;
          if (data !== undefined) opened.data = data(opened);
          resolve(opened);
        },
        left: (_, end) => {
          if (isOpen) this.#letGo();
          else reject(new ConnectError(address, end));
        },
      },
    );
    connection.begin((userData) =>
      this.#dispatcher.sockets.connectByIPAddress(address, {
        TimeoutInitial: Math.ceil(milliseconds),
        ...config,
        ConnectionUserData: userData,
      }),
    );
    this.#connection = connection;
    return await promise;
  }
}

async function addressesOf(host: string, address: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConnectError(address, { code: 0, text: `the name ${host} could not be resolved: ${why}`, by: "local" });
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
