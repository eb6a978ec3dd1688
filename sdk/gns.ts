/** GameNetworkingSockets, opened through the helper: counted, bound to one thread, its callbacks kept in rings. */
import { maxErrorMessage } from "../ffi/constants.ts";
import { HelperAnswer, type HelperSource } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory, type Address } from "../ffi/memory.ts";
import { steam_sockets_functions, steam_sockets_record, SteamNetworkingIdentity } from "../ffi/structs.ts";
import { AlreadyOpenError, ClosedError, LibraryLoadError, LibraryStartError, NetworkingError } from "./errors.ts";
import { buildOf, helperFor, LibraryState, type Helper } from "./helper.ts";
import type { NativeLibrary } from "./library.ts";

/** An event record, readable until the visitor returns. */
export interface EventRecord {
  /** One of {@link HelperRecordKind}. */
  readonly kind: number;
  /** Debug output: its level. */
  readonly argument: number;
  /** Where the payload lies. */
  readonly memory: SharedMemory;
  /** Offset of the payload in `memory`. */
  readonly payload: number;
  /** Bytes of payload. */
  readonly payloadBytes: number;
}

/** How to open the library. */
export interface GnsOptions {
  /** A `SteamNetworkingIdentity`; anonymous without one. Process-wide: set by the first open. */
  readonly identity?: SharedMemory | undefined;
  /** Whether the owner does the library's work by {@link GnsBackend.poll}. Process-wide: set by the first open. */
  readonly manualPoll?: boolean | undefined;
  /** Most detailed debug output that is kept; 0 is none. */
  readonly debugLevel?: number | undefined;
}

const record = layoutOf(steam_sockets_record);
const mostRecordBytes = 1 << 30;

/** One opening of the library. Openings on one thread share the library; each is closed for itself. */
export class GnsBackend {
  /** The library's file and functions. */
  readonly library: NativeLibrary;
  /** The helper's number for the library, the same for all openings that share it. */
  readonly number: number;
  /** The library's epoch: another one after the last close. */
  readonly epoch: number;
  /** The library's version where it tells, else "unknown". */
  readonly version: string;
  /** What the helper shows of the library. */
  readonly state: LibraryState;
  readonly #helper: Helper;
  readonly #sockets: Address;
  readonly #utils: Address;
  readonly #needed = new SharedMemory(4);
  readonly #complaint = new SharedMemory(maxErrorMessage);
  #records = new SharedMemory(256 * 1024);
  #closed = false;

  /**
   * Opens a library on this thread.
   * @throws AlreadyOpenError when another thread has it open, or when it is open with other settings.
   * @throws LibraryStartError with the library's own words when it does not start.
   */
  constructor(library: NativeLibrary, options: GnsOptions = {}) {
    if (library.kind !== "gns") {
      throw new LibraryLoadError(library.path, "it is a steam_api, and GameNetworkingSockets was asked for");
    }
    this.library = library;
    this.#helper = helperFor(library);
    this.version = versionOf(library);
    const error = new SharedMemory(maxErrorMessage);
    this.number = this.#helper.open(
      functionTable(library).bytes,
      options.identity?.bytes ?? null,
      options.manualPoll ?? false,
      options.debugLevel ?? 0,
      error.bytes,
    );
    if (this.number < 0) throw openingError(this.number, library.path, error.text(0, maxErrorMessage));
    this.state = new LibraryState(this.#helper, this.number);
    this.epoch = this.state.epoch;
    try {
      this.#sockets = existing(library.functions.sockets.SteamNetworkingSockets_v009(), library.path);
      this.#utils = existing(library.functions.utils.SteamNetworkingUtils_v003(), library.path);
      this.#mustAgree(options);
    } catch (problem) {
      this.close(0);
      throw problem;
    }
  }

  /** Whether this opening can be used. */
  get isOpen(): boolean {
    return !this.#closed && this.state.epoch === this.epoch;
  }

  /**
   * The `self` of ISteamNetworkingSockets. Every flat call asks for it anew, so none can follow the last close.
   * @throws ClosedError after this opening was closed.
   */
  get sockets(): Address {
    this.#mustBeOpen();
    return this.#sockets;
  }

  /**
   * The `self` of ISteamNetworkingUtils.
   * @throws ClosedError after this opening was closed.
   */
  get utils(): Address {
    this.#mustBeOpen();
    return this.#utils;
  }

  /**
   * Runs the library's callbacks, then shows every record that waits to `visit`, events before debug output. The
   * native call has returned by then.
   */
  runCallbacks(visit: (record: EventRecord) => void): void {
    this.#mustBeOpen();
    const { run_callbacks, read_events, read_debug_output } = this.#helper;
    this.#visit(run_callbacks, visit);
    while (this.state.events > 0) this.#visit(read_events, visit);
    // Only what waits now: a talkative service thread must not hold us here.
    for (let waiting = this.state.debugOutputs; waiting > 0;) {
      waiting -= Math.max(1, this.#visit(read_debug_output, visit));
    }
  }

  /**
   * Manual poll mode: does the library's work, waiting up to `milliseconds` for packets.
   * @throws NetworkingError when the library was not opened in manual poll mode.
   */
  poll(milliseconds: number): void {
    const answer = this.#answer(this.#helper.poll(this.number, this.epoch, milliseconds));
    if (answer < 0)
      throw new NetworkingError("The network was not opened with manualPoll: its own thread does this work");
  }

  /** Sets which debug output is kept, 0 for none. */
  setDebugLevel(level: number): void {
    this.#answer(this.#helper.set_debug_level(this.number, this.epoch, level));
  }

  /** Debug records that newer ones pushed out before anybody read them. */
  get debugOutputsDropped(): number {
    this.#mustBeOpen();
    return this.state.debugOutputsDropped;
  }

  /** What the library last complained of on this thread, forgotten by asking; empty when it did not. */
  takeComplaint(): string {
    const length = this.#helper.take_complaint(this.#complaint.bytes, maxErrorMessage);
    return this.#complaint
      .textOf(0, length)
      .replace(/\s+/g, " ")
      .replace(/[ .]+$/, "");
  }

  /** A UDP port that is free right now at the local address in `address`, 0 when there is none. */
  freePort(address: SharedMemory): number {
    return this.#helper.free_port(address.bytes);
  }

  /**
   * Receives up to `maximum` messages into rows and an arena.
   * @returns how many rows were filled, -1 when the library does not know the handle; and how large the arena must be
   * for a message that waits because it did not fit, 0 when none does.
   */
  receive(
    source: HelperSource,
    handle: number,
    rows: SharedMemory,
    maximum: number,
    arena: SharedMemory,
  ): { count: number; needed: number } {
    const answer = this.#answer(
      this.#helper.receive(
        this.number,
        this.epoch,
        source,
        handle,
        rows.bytes,
        maximum,
        arena.bytes,
        arena.bytes.length,
        this.#needed.bytes,
      ),
    );
    return { count: Math.max(answer, -1), needed: answer < 0 ? 0 : this.#needed.view.getUint32(0, true) };
  }

  /** Sends the messages described in `rows`; each row gets its result. */
  send(rows: SharedMemory, count: number, payloads: SharedMemory): void {
    const { send } = this.#helper;
    const answer = send(this.number, this.epoch, rows.bytes, count, payloads.bytes, payloads.bytes.length);
    if (this.#answer(answer) < 0) throw new RangeError("A message lies outside of the memory that was given");
  }

  /** Gives this opening back; the last one ends the library, waiting for connections that linger. Twice does nothing. */
  close(lingerMilliseconds: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#helper.close(this.number, this.epoch, lingerMilliseconds);
  }

  #visit(read: Helper["run_callbacks"], visit: (record: EventRecord) => void): number {
    const { bytes } = this.#records;
    const written = this.#answer(read(this.number, this.epoch, bytes, bytes.length));
    if (written === HelperAnswer.BadArgument) {
      if (bytes.length >= mostRecordBytes) throw new NetworkingError("An event is too large to be read");
      this.#records = new SharedMemory(bytes.length * 4);
      return 0;
    }
    const memory = this.#records;
    const { size, offsets } = record;
    let count = 0;
    for (let at = 0; at < written; at += memory.view.getUint32(at + offsets.byteLength, true)) {
      visit({
        kind: memory.view.getUint16(at + offsets.kind, true),
        argument: memory.view.getInt32(at + offsets.argument, true),
        memory,
        payload: at + size,
        payloadBytes: memory.view.getUint32(at + offsets.payloadByteLength, true),
      });
      count++;
    }
    return count;
  }

  #mustAgree({ identity, manualPoll }: GnsOptions): void {
    if (manualPoll !== undefined && manualPoll !== this.state.manualPoll) {
      throw new AlreadyOpenError(
        `The network is open already ${this.state.manualPoll ? "in" : "without"} manual poll mode, which is one for the process`,
      );
    }
    if (identity === undefined || this.state.opens === 1) return;
    const { functions } = this.library;
    const present = new SharedMemory(layoutOf(SteamNetworkingIdentity).size);
    functions.sockets.GetIdentity(this.#sockets, present.bytes);
    if (!functions.identity.IsEqualTo(present.bytes, identity.bytes)) {
      throw new AlreadyOpenError("The network is open already with another identity, which is one for the process");
    }
  }

  #mustBeOpen(): void {
    if (!this.isOpen) throw closedError();
  }

  #answer(answer: number): number {
    if (answer === HelperAnswer.NotOpen || this.#closed) throw closedError();
    return answer;
  }
}

/** Only a library that was built together with a helper tells its version. */
function versionOf(library: NativeLibrary): string {
  const version = buildOf(library)?.["gns"];
  return typeof version === "string" ? version : "unknown";
}

function closedError(): ClosedError {
  return new ClosedError("The network was closed. Open it again with openNetworking()");
}

function existing(pointer: Address | bigint | null, path: string): Address {
  if (pointer === null || typeof pointer === "bigint") {
    throw new LibraryStartError(`${path} started, but gives no interfaces`);
  }
  return pointer;
}

function openingError(answer: number, path: string, reason: string): NetworkingError {
  switch (answer) {
    case HelperAnswer.OtherThread:
      return new AlreadyOpenError(
        `${path} is open on another thread of this process. The network belongs to one thread at a time: close it there first, or pass messages to that thread`,
      );
    case HelperAnswer.NoFunction:
      return new LibraryLoadError(path, reason);
    default:
      return new LibraryStartError(`${path} did not start: ${reason || "it gave no reason"}`);
  }
}

/** The flat functions that the helper calls, in the layout of `steam_sockets_functions`. */
function functionTable(library: NativeLibrary): SharedMemory {
  const { size, offsets } = layoutOf(steam_sockets_functions);
  const table = new SharedMemory(size);
  const put = (offset: number, address: Address | null) => table.view.setBigUint64(offset, BigInt(address ?? 0), true);
  put(offsets.init, library.address("gns", "Init"));
  put(offsets.kill, library.address("gns", "Kill"));
  put(offsets.sockets, library.address("sockets", "SteamNetworkingSockets_v009"));
  put(offsets.utils, library.address("utils", "SteamNetworkingUtils_v003"));
  put(offsets.setConfigPointer, library.address("utils", "SetGlobalConfigValuePtr"));
  put(offsets.runCallbacks, library.address("sockets", "RunCallbacks"));
  put(offsets.allocateMessage, library.address("utils", "AllocateMessage"));
  put(offsets.sendMessages, library.address("sockets", "SendMessages"));
  put(offsets.receiveOnConnection, library.address("sockets", "ReceiveMessagesOnConnection"));
  put(offsets.receiveOnPollGroup, library.address("sockets", "ReceiveMessagesOnPollGroup"));
  put(offsets.releaseMessage, library.address("message", "Release"));
  put(offsets.setDebugOutput, library.address("utils", "SetDebugOutputFunction"));
  put(offsets.setManualPollMode, library.address("gns", "SetManualPollMode"));
  put(offsets.poll, library.address("gns", "Poll"));
  put(offsets.configureLanes, library.address("sockets", "ConfigureConnectionLanes"));
  return table;
}
