/** A client of Valve's trivial signaling protocol. */
import type { Socket } from "bun";
import { describe, text } from "../validate.ts";
import { describeError, SignalingClient, type SignalingClientOptions } from "./client.ts";
import { mustBeIdentity } from "./identity-text.ts";
import { LineReader, LineWriter } from "./lines.ts";
import { leaveMilliseconds, type Link, type LinkEvents, type Sending } from "./link.ts";
import type { SignalingHost } from "./service.ts";
import { isTrivialIdentity, longestLine, readSignalLine, signalLine, trivialPort } from "./trivial-protocol.ts";

/** How to connect to a trivial signaling server. */
export interface TrivialSignalingOptions extends SignalingClientOptions {
  /** Who we are, in text form, without white space: the identity of the network. The server believes it. */
  readonly identity: string;
}

/**
 * Has the signals of a network carried by a trivial signaling server: the one among Valve's examples, whose clients then
 * meet ours, or that of {@link startTrivialSignaling}. It is for tests and trials: the server believes everybody, whoever
 * says that he is somebody takes his place, and all is in the clear. {@link connectRelay} is for everything else.
 *
 * ```ts
 * using net = openNetworking({ identity: "str:bob" });
 * const signaling = connectTrivialSignaling(net.signaling, "127.0.0.1:10000", { identity: "str:bob" });
 * ```
 *
 * It answers at once and connects on its own; signals wait meanwhile. Its heartbeat is an empty signal to itself, which any
 * server of the protocol brings back. Peers whose identity has white space can't be reached.
 *
 * @param signaling `net.signaling`.
 * @param address `"example.org:10000"`, `"127.0.0.1"`, `"[::1]:10000"`; the port is 10000 where none is named.
 * @throws TypeError, RangeError when an argument is wrong.
 */
export function connectTrivialSignaling(
  signaling: SignalingHost,
  address: string,
  options: TrivialSignalingOptions,
): SignalingClient {
  const place = placeOf(address);
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`connectTrivialSignaling takes an object of options, not ${describe(options)}`);
  }
  const identity = mustBeIdentity(options.identity);
  if (!isTrivialIdentity(identity)) throw new TypeError(`${JSON.stringify(identity)} has white space in it`);
  return new SignalingClient(signaling, (events) => new TrivialLink(place, identity, events), options);
}

interface Place {
  readonly hostname: string;
  readonly port: number;
}

class TrivialLink implements Link {
  readonly #identity: string;
  readonly #events: LinkEvents;
  readonly #reader: LineReader;
  #socket: Socket<undefined> | undefined;
  #writer: LineWriter | undefined;
  #isOver = false;

  constructor(place: Place, identity: string, events: LinkEvents) {
    this.#identity = identity;
    this.#events = events;
    this.#reader = new LineReader(
      longestLine,
      (line) => this.#line(line),
      () => this.#tell(() => events.malformed()),
    );
    void this.#dial(place);
  }

  send(to: string, signal: Uint8Array): Sending {
    if (!isTrivialIdentity(to)) return "unreachable";
    return this.#writer?.write(signalLine(to, signal)) === true ? "sent" : "full";
  }

  beat(): void {
    this.#writer?.write(Buffer.from(`${this.#identity} \n`));
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const socket = this.#socket;
    socket?.end();
    setTimeout(() => socket?.terminate(), leaveMilliseconds).unref();
  }

  async #dial({ hostname, port }: Place): Promise<void> {
    try {
      await Bun.connect<undefined>({
        hostname,
        port,
        socket: {
          open: (socket) => this.#open(socket),
          data: (_, data) => this.#tell(() => this.#reader.read(data)),
          drain: () => this.#drain(),
          close: () => this.#lose("the server closed the connection"),
          error: (_, error) => this.#lose(describeError(error)),
          connectError: (_, error) => this.#lose(describeError(error)),
        },
      });
    } catch (error) {
      this.#lose(describeError(error));
    }
  }

  #open(socket: Socket<undefined>): void {
    if (this.#isOver) {
      socket.terminate();
      return;
    }
    socket.setNoDelay(true);
    this.#socket = socket;
    this.#writer = new LineWriter(socket, 0);
    this.#writer.write(Buffer.from(`${this.#identity}\n`));
    this.#events.connected(undefined);
  }

  #drain(): void {
    this.#writer?.drain();
    if (this.#writer?.unread === 0) this.#tell(() => this.#events.writable());
  }

  #line(line: Buffer): void {
    // Several lines may have come at once, and the one before may have led to the end.
    if (this.#isOver) return;
    this.#events.heard();
    const parts = readSignalLine(line);
    if (parts === undefined) this.#events.malformed();
    else if (parts.signal.length > 0) this.#events.received(parts.peer, parts.signal);
    else if (parts.peer !== this.#identity) this.#events.malformed();
  }

  #tell(event: () => void): void {
    if (!this.#isOver) event();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.close();
    this.#events.lost({ code: 0, reason, isFinal: false });
  }
}

const addressForm = /^(?:\[(?<ip>[^\]]+)\]|(?<name>[^:\s]+))(?::(?<port>\d{1,5}))?$/;

function placeOf(address: string): Place {
  const { ip, name, port = trivialPort } = addressForm.exec(text(address, "an address"))?.groups ?? {};
  const hostname = ip ?? name;
  if (hostname === undefined || Number(port) < 1 || Number(port) > 0xffff) {
    throw new TypeError(`${JSON.stringify(address)} is no address. Write "example.org:10000" or "[::1]:10000"`);
  }
  return { hostname, port: Number(port) };
}
