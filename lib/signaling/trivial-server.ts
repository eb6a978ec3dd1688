/** A server of Valve's trivial signaling protocol, for tests and trials. */
import type { Socket, TCPSocketListener } from "bun";
import { integer, text } from "../validate.ts";
import { LineReader, LineWriter } from "./lines.ts";
import { isTrivialIdentity, longestLine, trivialPort } from "./trivial-protocol.ts";

/** Where a trivial signaling server listens. */
export interface TrivialServerOptions {
  /** The interface: `"127.0.0.1"`, this machine alone, when it is left out. */
  readonly hostname?: string;
  /** The port, 0 to 65535: 10000 when it is left out, 0 for a free one. */
  readonly port?: number;
  /** The most clients, 1 to 10,000: 256 when it is left out. Further ones are closed. */
  readonly clients?: number;
}

// How long a client may take for its first line.
const introductionSeconds = 10;
const mostUnread = 256 << 10;
const space = 0x20;

/** A trivial signaling server. Made by {@link startTrivialSignaling}. */
export class TrivialServer implements AsyncDisposable {
  readonly #listener: TCPSocketListener<Client>;
  readonly #sockets = new Set<Socket<Client>>();
  readonly #clients = new Map<string, Client>();
  #dropped = 0;

  /** @internal Use {@link startTrivialSignaling}. */
  constructor({ hostname = "127.0.0.1", port = trivialPort, clients = 256 }: TrivialServerOptions) {
    const most = integer(clients, "clients", 1, 10_000);
    this.#listener = Bun.listen<Client>({
      hostname: text(hostname, "hostname"),
      port: integer(port, "port", 0, 0xffff),
      socket: {
        open: (socket) => {
          if (this.#sockets.size >= most) {
            socket.terminate();
            return;
          }
          this.#sockets.add(socket);
          socket.setNoDelay(true);
          socket.timeout(introductionSeconds);
          socket.data = new Client(socket, (client, line) => this.#line(client, line));
        },
        data: ({ data }, bytes) => data?.read(bytes),
        drain: ({ data }) => data?.writer.drain(),
        timeout: (socket) => void socket.terminate(),
        error: (socket) => void socket.terminate(),
        close: (socket) => this.#forget(socket),
      },
    });
  }

  /** Where it listens: `"127.0.0.1:10000"`. */
  get address(): string {
    const { hostname, port } = this.#listener;
    return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  }

  /** Who is there right now. */
  get identities(): string[] {
    return [...this.#clients.keys()];
  }

  /** Lines that went nowhere: to nobody, to one who did not read, or none of the protocol. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Closes all connections and gives the port back. */
  async stop(): Promise<void> {
    this.#listener.stop(true);
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
    this.#clients.clear();
  }

  /** {@link stop}, for `await using server = startTrivialSignaling()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #line(client: Client, line: Buffer): void {
    // Several lines may have come at once, and the one before may have led to the end.
    if (!this.#sockets.has(client.socket)) return;
    if (client.identity === undefined) {
      this.#introduce(client, line.toString().trim());
      return;
    }
    const at = line.indexOf(space);
    const recipient = at > 0 ? this.#clients.get(line.toString("utf8", 0, at)) : undefined;
    // Whatever the payload is, it is none of our business.
    const payload = line.subarray(at);
    const isSent = recipient?.writer.write(Buffer.concat([Buffer.from(client.identity), payload, Buffer.from("\n")]));
    if (isSent !== true) this.#dropped++;
  }

  #introduce(client: Client, identity: string): void {
    if (!isTrivialIdentity(identity)) {
      this.#end(client);
      return;
    }
    client.socket.timeout(0);
    client.identity = identity;
    const other = this.#clients.get(identity);
    this.#clients.set(identity, client);
    if (other !== undefined) this.#end(other);
  }

  #end({ socket }: Client): void {
    this.#forget(socket);
    socket.terminate();
  }

  #forget(socket: Socket<Client>): void {
    this.#sockets.delete(socket);
    const identity = socket.data?.identity;
    if (identity !== undefined && this.#clients.get(identity) === socket.data) this.#clients.delete(identity);
  }
}

/**
 * Starts a server of the trivial signaling protocol, where Valve's example programs and {@link connectTrivialSignaling}
 * meet.
 *
 * **It authenticates nobody.** Everybody is who he says he is, and takes the place of one who said so before; nothing is
 * encrypted, and no rate is limited. It is for tests and trials among friends, and by itself serves this machine alone.
 * {@link startRelay} is for everything else.
 *
 * @throws RangeError when an option is wrong; what `Bun.listen` throws when the port is taken.
 */
export function startTrivialSignaling(options: TrivialServerOptions = {}): TrivialServer {
  return new TrivialServer(options);
}

class Client {
  readonly socket: Socket<Client>;
  readonly writer: LineWriter;
  readonly read: (data: Buffer) => void;
  identity: string | undefined;

  constructor(socket: Socket<Client>, line: (client: Client, line: Buffer) => void) {
    this.socket = socket;
    this.writer = new LineWriter(socket, mostUnread);
    const reader = new LineReader(
      longestLine,
      (bytes) => line(this, bytes),
      () => {},
    );
    this.read = (data) => reader.read(data);
  }
}
