/** What is between a client and a server: a UDP socket that relays, looks at all packets and may change them. */
import type { udp } from "bun";

/** What becomes of a packet: the packets that go on in its place, or later. */
export type Fate = readonly Uint8Array[] | Promise<readonly Uint8Array[]>;

/** Says what becomes of a packet. `isUp` tells whether it goes to the server. */
export type Meddler = (packet: Uint8Array, isUp: boolean) => Fate;

// Of ends that are gone.
const ignore = () => {};
const honest: Meddler = (packet) => [packet];

/** A relay to one server, for any number of clients: each has a socket of its own behind it. */
export class Wire implements Disposable {
  /** All packets that came, as they came. */
  readonly packets: { readonly bytes: Uint8Array; readonly isUp: boolean }[] = [];
  meddler: Meddler = honest;
  readonly #server: { readonly port: number };
  readonly #backs = new Map<number, udp.Socket<"buffer">>();
  #front: udp.Socket<"buffer"> | undefined;
  #isOver = false;

  private constructor(port: number) {
    this.#server = { port };
  }

  /** Begins to relay to a server of this machine. */
  static async to(address: string): Promise<Wire> {
    const wire = new Wire(Number(address.slice(address.lastIndexOf(":") + 1)));
    wire.#front = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, packet, port) => void wire.#up(Uint8Array.from(packet), port), error: ignore },
    });
    return wire;
  }

  /** Where clients find the server by it. */
  get address(): string {
    return `127.0.0.1:${this.#front?.port}`;
  }

  /** Sends a packet to the server, as if it came from somebody new. */
  async inject(packet: Uint8Array): Promise<void> {
    const socket = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { error: ignore } });
    socket.send(packet, this.#server.port, "127.0.0.1");
    await Bun.sleep(20);
    socket.close();
  }

  /** Sends a packet to the server once more, from where its client's came. */
  repeat(packet: Uint8Array): void {
    for (const back of this.#backs.values()) back.send(packet, this.#server.port, "127.0.0.1");
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#front?.close();
    for (const back of this.#backs.values()) back.close();
  }

  async #up(packet: Uint8Array, from: number): Promise<void> {
    this.packets.push({ bytes: packet, isUp: true });
    const onward = await this.meddler(packet, true);
    const back = this.#backs.get(from) ?? (await this.#back(from));
    if (this.#isOver) return;
    for (const each of onward) back.send(each, this.#server.port, "127.0.0.1");
  }

  async #back(client: number): Promise<udp.Socket<"buffer">> {
    const back = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: { data: (_, packet) => void this.#down(Uint8Array.from(packet), client), error: ignore },
    });
    const known = this.#backs.get(client);
    if (known !== undefined) {
      back.close();
      return known;
    }
    this.#backs.set(client, back);
    return back;
  }

  async #down(packet: Uint8Array, client: number): Promise<void> {
    this.packets.push({ bytes: packet, isUp: false });
    const onward = await this.meddler(packet, false);
    if (this.#isOver) return;
    for (const each of onward) this.#front?.send(each, client, "127.0.0.1");
  }
}
