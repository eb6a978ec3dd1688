/** A relay with a server of its own. */
import type { Server, TLSOptions } from "bun";
import { integer, text } from "../validate.ts";
import type { RelayConnection } from "./relay-connection.ts";
import type { RelayOptions } from "./relay-options.ts";
import { Relay } from "./relay.ts";

/** Where a relay listens, and as whom. */
export interface RelayServerOptions extends RelayOptions {
  /** The interface: `"0.0.0.0"`, all of IPv4, when it is left out. */
  readonly hostname?: string;
  /** The port, 0 to 65535: 0 when it is left out, which is a free one. */
  readonly port?: number;
  /** Certificate and key, for `wss://`; without them a proxy in front should have some. */
  readonly tls?: TLSOptions;
}

const farewellMilliseconds = 500;

/** A relay with a server of its own. Made by {@link startRelay}. */
export class RelayServer extends Relay {
  /** Where clients connect: `"ws://127.0.0.1:8080/"`, or `wss:` where it has a certificate. Any path will do. */
  readonly url: string;
  /** The port that it listens at. */
  readonly port: number;
  readonly #server: Server<RelayConnection>;
  #stopped: Promise<void> | undefined;

  /** @internal Use {@link startRelay}. */
  constructor(options: RelayServerOptions) {
    super(options);
    const { hostname = "0.0.0.0", port = 0, tls } = options;
    this.#server = Bun.serve<RelayConnection>({
      hostname: text(hostname, "hostname"),
      port: integer(port, "port", 0, 0xffff),
      ...(tls && { tls }),
      maxRequestBodySize: 0,
      fetch: this.fetch,
      websocket: this.websocket,
    });
    this.url = this.#server.url.href.replace(/^http/, "ws");
    this.port = this.#server.port ?? port;
  }

  /** Closes all connections, as {@link RelayCloseCode.Stopping}, drops what waits, and gives the port back. */
  override stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    await super.stop();
    // So that the reasons get through; who does not take his ends all the same.
    await Promise.race([this.#server.stop(), Bun.sleep(farewellMilliseconds)]);
    await this.#server.stop(true);
  }
}

/**
 * Starts a relay: a WebSocket server that carries signals between clients, and tells whom each is from.
 *
 * ```ts
 * const relay = startRelay({
 *   port: 8080,
 *   authenticate: async ({ token }) => (await sessions.find(token))?.identity,
 * });
 * console.log(`clients connect to ${relay.url}`);
 * ```
 *
 * It delivers each signal with the identity that `authenticate` gave its sender. An identity has one connection: a newer
 * one takes the place of the older, which is closed as {@link RelayCloseCode.Replaced}. Signals to peers that are away are
 * kept for 10 seconds. It needs no native library.
 *
 * @throws TypeError, RangeError when an option is wrong, or nothing tells who clients are; what `Bun.serve` throws when
 * the port is taken.
 */
export function startRelay(options: RelayServerOptions): RelayServer {
  return new RelayServer(options);
}
