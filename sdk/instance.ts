/** A network beside the first one of a library: its own identity and connections, everything else in common. */
import { maxErrorMessage } from "../ffi/constants.ts";
import { HelperAnswer, HelperSource } from "../ffi/enums.ts";
import { SharedMemory, type Address } from "../ffi/memory.ts";
import type { Backend, EventRecord } from "./backend.ts";
import { ClosedError, LibraryStartError, UnsupportedError } from "./errors.ts";
import type { Helper } from "./helper.ts";
import type { NativeLibrary } from "./library.ts";

const noIdentity = null;

/** An instance, made by {@link Backend.openInstance}. It ends with the opening that made it, if not before. */
export class Instance implements Backend {
  readonly library: NativeLibrary;
  readonly helper: Helper;
  readonly number: number;
  readonly epoch: number;
  readonly instance: number;
  readonly version: string;
  readonly #first: Backend;
  readonly #sockets: Address;
  #messages: Address | undefined;
  #closed = false;

  /**
   * @throws UnsupportedError when the library can have one network only.
   * @throws LibraryStartError with its own words when it makes none.
   */
  constructor(first: Backend, identity: SharedMemory | undefined) {
    const { library, helper, number, epoch, version } = first;
    this.#first = first;
    this.library = library;
    this.helper = helper;
    this.number = number;
    this.epoch = epoch;
    this.version = version;
    const error = new SharedMemory(maxErrorMessage);
    this.instance = helper.instance_open(number, epoch, identity?.bytes ?? noIdentity, error.bytes);
    if (this.instance < 0) throw refusal(this.instance, library, error.text(0, maxErrorMessage));
    this.#sockets = mustBe(helper.instance_sockets(number, epoch, this.instance));
  }

  get isOpen(): boolean {
    return !this.#closed && this.#first.isOpen;
  }

  /** The library has others. */
  get isOnlyOpening(): boolean {
    return false;
  }

  get isAlone(): boolean {
    return false;
  }

  get manualPoll(): boolean {
    return this.#first.manualPoll;
  }

  get signalings(): number {
    return 0;
  }

  get sockets(): Address {
    this.#mustBeOpen();
    return this.#sockets;
  }

  get utils(): Address {
    return this.#common.utils;
  }

  get messages(): Address {
    this.#mustBeOpen();
    return (this.#messages ??= mustBe(this.helper.instance_messages(this.number, this.epoch, this.instance)));
  }

  get debugOutputsDropped(): number {
    return this.#common.debugOutputsDropped;
  }

  runCallbacks(visit: (record: EventRecord) => void): void {
    this.#common.runCallbacks(visit);
  }

  poll(milliseconds: number): void {
    this.#common.poll(milliseconds);
  }

  /** The log is the first network's. */
  setDebugLevel(_level: number): void {}

  takeComplaint(): string {
    return this.#first.takeComplaint();
  }

  freePort(address: SharedMemory): number {
    return this.#first.freePort(address);
  }

  configureLanes(...lanes: Parameters<Backend["configureLanes"]>): number {
    return this.#common.configureLanes(...lanes);
  }

  send(...messages: Parameters<Backend["send"]>): number {
    return this.#common.send(...messages);
  }

  sendShare(pool: number, share: number): number {
    return this.#common.sendShare(pool, share);
  }

  segments(connection: number): number {
    return this.#common.segments(connection);
  }

  receive(inbox: number, source: HelperSource | number, ...into: [number, SharedMemory, number, number]): number {
    // Channels are each network's own.
    const from = source === HelperSource.Channel ? -this.instance : source;
    return this.#common.receive(inbox, from, ...into);
  }

  openInstance(identity: SharedMemory | undefined): Backend {
    return this.#common.openInstance(identity);
  }

  fakePort(port: Address): number {
    return this.#common.fakePort(port);
  }

  forgetFakePort(number: number): void {
    this.#common.forgetFakePort(number);
  }

  close(lingerMilliseconds: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.helper.instance_close(this.number, this.epoch, this.instance, lingerMilliseconds);
  }

  /** What serves all networks of the library. */
  get #common(): Backend {
    this.#mustBeOpen();
    return this.#first;
  }

  #mustBeOpen(): void {
    if (!this.isOpen)
      throw new ClosedError("The instance was closed, or its network. Make another one by createInstance()");
  }
}

function mustBe(pointer: Address | bigint | null): Address {
  if (pointer === null || typeof pointer === "bigint")
    throw new ClosedError("The network was closed. Open it again with openNetworking()");
  return pointer;
}

function refusal(answer: number, { kind, path }: NativeLibrary, reason: string): Error {
  switch (answer) {
    case HelperAnswer.NotOpen:
      return new ClosedError("The network was closed. Open it again with openNetworking()");
    case HelperAnswer.NoFunction:
      return new UnsupportedError(
        "CSteamNetworkingSockets",
        path,
        kind === "steam"
          ? "Steam has one network for its user and one for a game server: open both with openNetworking()"
          : "The library of this package has it",
      );
    case HelperAnswer.TooMany:
      return new LibraryStartError(`${path} has as many instances as it can`);
    default:
      return new LibraryStartError(`${path} made no instance: ${reason || "it gave no reason"}`);
  }
}
