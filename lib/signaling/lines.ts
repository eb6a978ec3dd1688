/** Lines of text over TCP, with limits. */
import type { Socket } from "bun";

const newline = 0x0a;
const leastCapacity = 1024;

/** Puts lines together from what a socket brings, however it is cut. Lines that are too long are left out. */
export class LineReader {
  readonly #most: number;
  readonly #line: (line: Buffer) => void;
  readonly #tooLong: () => void;
  #kept = Buffer.alloc(0);
  #length = 0;
  #isSkipping = false;

  /**
   * @param most bytes of a line, without its end.
   * @param line is given each line, without its end, valid until it returns.
   * @param tooLong is told of each that was left out.
   */
  constructor(most: number, line: (line: Buffer) => void, tooLong: () => void) {
    this.#most = most;
    this.#line = line;
    this.#tooLong = tooLong;
  }

  /** Takes what came. */
  read(data: Buffer): void {
    let at = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, at)) {
      this.#keep(data.subarray(at, end));
      at = end + 1;
      if (!this.#isSkipping) this.#line(this.#kept.subarray(0, this.#length));
      this.#isSkipping = false;
      this.#length = 0;
    }
    this.#keep(data.subarray(at));
  }

  #keep(part: Buffer): void {
    if (this.#isSkipping) return;
    const length = this.#length + part.length;
    if (length > this.#most) {
      this.#isSkipping = true;
      this.#length = 0;
      this.#tooLong();
      return;
    }
    if (length > this.#kept.length) {
      const grown = Buffer.alloc(Math.min(this.#most, Math.max(length, 2 * this.#kept.length, leastCapacity)));
      this.#kept.copy(grown, 0, 0, this.#length);
      this.#kept = grown;
    }
    part.copy(this.#kept, this.#length);
    this.#length = length;
  }
}

/** Writes lines to a socket: each whole or not at all. */
export class LineWriter {
  readonly #socket: Socket<unknown>;
  readonly #most: number;
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;

  /** @param most bytes that may wait for the socket; where none wait a line of any length is taken. */
  constructor(socket: Socket<unknown>, most: number) {
    this.#socket = socket;
    this.#most = most;
  }

  /** Bytes that wait for the socket. */
  get unread(): number {
    return this.#bytes;
  }

  /** Writes a line, which has its end; false when there is no room. */
  write(line: Uint8Array): boolean {
    if (this.#bytes > 0 && this.#bytes + line.length > this.#most) return false;
    // Nothing that waits keeps a larger buffer alive.
    const rest = this.#bytes > 0 ? line.slice() : line.slice(this.#put(line));
    if (rest.length > 0) this.#waiting.push(rest);
    this.#bytes += rest.length;
    return true;
  }

  /** The socket has room again. */
  drain(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const written = this.#put(next);
      this.#bytes -= written;
      if (written < next.length) {
        this.#waiting[0] = next.subarray(written);
        return;
      }
      this.#waiting.shift();
    }
  }

  #put(data: Uint8Array): number {
    return Math.max(0, this.#socket.write(data));
  }
}
