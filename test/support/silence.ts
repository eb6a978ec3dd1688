/** A UDP port where nobody ever answers. */
import type { udp } from "bun";

export class Silence implements Disposable {
  /** Where it is. */
  readonly address: string;
  readonly #socket: udp.Socket<"buffer">;

  private constructor(socket: udp.Socket<"buffer">) {
    this.#socket = socket;
    this.address = `127.0.0.1:${socket.port}`;
  }

  static async open(): Promise<Silence> {
    return new Silence(await Bun.udpSocket({ hostname: "127.0.0.1" }));
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
