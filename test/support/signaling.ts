/** Both ends of signaling services without what is between them: a network that is none, and peers that misbehave. */
import type { Socket } from "bun";
import type { SignalingHost, SignalingService } from "../../lib/signaling/service.ts";
import { waitUntil } from "./pump.ts";

/** What a peer has got: who sent it, and the signal as text. */
export interface Letter {
  readonly from: string;
  readonly text: string;
}

/** Stands for `net.signaling`. */
export class Mailbox implements SignalingHost {
  readonly letters: Letter[] = [];
  service: SignalingService | undefined;
  /** What `receive` answers. */
  answer: () => boolean = () => true;

  use(service: SignalingService): void {
    this.service = service;
  }

  receive(from: string, signal: Uint8Array): boolean {
    this.letters.push({ from, text: Buffer.from(signal).toString("latin1") });
    return this.answer();
  }

  /** The signals as text. */
  get texts(): string[] {
    return this.letters.map(({ text }) => text);
  }

  /** Waits until so many have come. */
  async got(count: number): Promise<Letter[]> {
    await waitUntil(`${count} signals had come`, () => this.letters.length >= count);
    return this.letters;
  }
}

/** A signal of a text. */
export function signal(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** A WebSocket that says whatever it likes. */
export class RawWebSocket implements Disposable {
  readonly frames: Uint8Array[] = [];
  readonly socket: WebSocket;
  end: { readonly code: number; readonly reason: string } | undefined;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(url, { headers: { ...headers } });
    this.socket.binaryType = "nodebuffer";
    this.socket.addEventListener("message", ({ data }) => this.frames.push(new Uint8Array(data)));
    this.socket.addEventListener("close", ({ code, reason }) => (this.end ??= { code, reason }));
    this.socket.addEventListener("error", () => {});
  }

  /** Opens one that says something first. */
  static async saying(url: string, ...said: readonly (Uint8Array | string)[]): Promise<RawWebSocket> {
    const raw = new RawWebSocket(url);
    await waitUntil("it was open", () => raw.socket.readyState !== WebSocket.CONNECTING);
    for (const frame of said) raw.say(frame);
    return raw;
  }

  say(frame: Uint8Array | string): void {
    this.socket.send(frame);
  }

  async got(count: number): Promise<Uint8Array[]> {
    await waitUntil(`${count} frames had come`, () => this.frames.length >= count);
    return this.frames;
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    await waitUntil("it was closed", () => this.end !== undefined);
    return this.end ?? { code: 0, reason: "" };
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

/** A TCP connection that says whatever it likes. */
export class RawTCP implements Disposable {
  text = "";
  isClosed = false;
  readonly #socket: Socket<undefined>;

  private constructor(socket: Socket<undefined>) {
    this.#socket = socket;
  }

  static async to(address: string, ...said: readonly (Uint8Array | string)[]): Promise<RawTCP> {
    const at = address.lastIndexOf(":");
    let raw: RawTCP | undefined;
    const socket = await Bun.connect<undefined>({
      hostname: address.slice(0, at),
      port: Number(address.slice(at + 1)),
      socket: {
        data: (_, data) => {
          if (raw !== undefined) raw.text += data.toString("latin1");
        },
        close: () => {
          if (raw !== undefined) raw.isClosed = true;
        },
        error: () => {},
      },
    });
    raw = new RawTCP(socket);
    for (const part of said) raw.say(part);
    return raw;
  }

  say(part: Uint8Array | string): void {
    this.#socket.write(part);
  }

  /** From now on it reads nothing. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  async got(text: string): Promise<void> {
    await waitUntil(`it had got ${text}`, () => this.text.includes(text));
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}

/** What a client of a WebSocket says first. */
export const upgradeRequest = [
  "GET / HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
  "Sec-WebSocket-Version: 13",
  "",
  "",
].join("\r\n");

/** A frame of a WebSocket as a client sends it, masked by zeros; up to 125 bytes. */
export function maskedFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(0x82, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}
