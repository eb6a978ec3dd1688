/** GameNetworkingSockets, opened through the helper: counted, bound to one thread, its callbacks kept in rings. */
import { maxErrorMessage } from "../ffi/constants.ts";
import { HelperAnswer, type HelperSource } from "../ffi/enums.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory, type Address } from "../ffi/memory.ts";
import {
  steam_sockets_functions,
  steam_sockets_outgoing,
  steam_sockets_record,
  SteamNetworkingIdentity,
} from "../ffi/structs.ts";
import type { Backend, EventRecord } from "./backend.ts";
import {
  AlreadyOpenError,
  ClosedError,
  LibraryLoadError,
  LibraryStartError,
  NetworkingError,
  UnsupportedError,
} from "./errors.ts";
import { buildOf, helperFor, LibraryState, type Helper } from "./helper.ts";
import type { NativeLibrary } from "./library.ts";

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
const outgoingBytes = layoutOf(steam_sockets_outgoing).size;
const mostRecordBytes = 1 << 30;

/** One opening of the library. Openings on one thread share the library; each is closed for itself. */
export class GnsBackend implements Backend {
  readonly library: NativeLibrary;
  readonly number: number;
  readonly epoch: number;
  readonly version: string;
  readonly helper: Helper;
  /** What the helper shows of the library. */
  readonly state: LibraryState;
  readonly #sockets: Address;
  readonly #utils: Address;
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
    this.helper = helperFor(library);
    this.version = versionOf(library);
    const error = new SharedMemory(maxErrorMessage);
    this.number = this.helper.open(
      functionTable(library).bytes,
      options.identity?.bytes ?? null,
      options.manualPoll ?? false,
      options.debugLevel ?? 0,
      error.bytes,
    );
    if (this.number < 0) throw openingError(this.number, library.path, error.text(0, maxErrorMessage));
    this.state = new LibraryState(this.helper, this.number);
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

  get isOpen(): boolean {
    return !this.#closed && this.state.epoch === this.epoch;
  }

  get isOnlyOpening(): boolean {
    return this.isOpen && this.state.opens === 1;
  }

  get manualPoll(): boolean {
    return this.state.manualPoll;
  }

  get sockets(): Address {
    this.#mustBeOpen();
    return this.#sockets;
  }

  get utils(): Address {
    this.#mustBeOpen();
    return this.#utils;
  }

  runCallbacks(visit: (record: EventRecord) => void): void {
    this.#mustBeOpen();
    const { run_callbacks, read_events, read_debug_output } = this.helper;
    this.#visit(run_callbacks, visit);
    while (this.state.events > 0) this.#visit(read_events, visit);
    // Only what waits now: a talkative service thread must not hold us here.
    for (let waiting = this.state.debugOutputs; waiting > 0;) {
      waiting -= Math.max(1, this.#visit(read_debug_output, visit));
    }
  }

  poll(milliseconds: number): void {
    this.#mustBeOpen();
    const answer = this.#answer(this.helper.poll(this.number, this.epoch, milliseconds));
    if (answer < 0)
      throw new NetworkingError("The network was not opened with manualPoll: its own thread does this work");
  }

  setDebugLevel(level: number): void {
    this.#mustBeOpen();
    this.#answer(this.helper.set_debug_level(this.number, this.epoch, level));
  }

  get debugOutputsDropped(): number {
    this.#mustBeOpen();
    return this.state.debugOutputsDropped;
  }

  takeComplaint(): string {
    const length = this.helper.take_complaint(this.#complaint.bytes, maxErrorMessage);
    return this.#complaint
      .textOf(0, length)
      .replace(/\s+/g, " ")
      .replace(/[ .]+$/, "");
  }

  freePort(address: SharedMemory): number {
    return this.helper.free_port(address.bytes);
  }

  send(
    pool: number,
    rows: SharedMemory,
    count: number,
    copies: Uint8Array | null,
    copiesBytes: number,
    keepFailed: boolean,
  ): number {
    this.#mustBeOpen();
    if (count * outgoingBytes > rows.bytes.length) {
      throw new RangeError("There are more messages than their memory holds");
    }
    return this.#sent(
      this.helper.send(this.number, this.epoch, pool, rows.bytes, count, copies, copiesBytes, keepFailed),
    );
  }

  sendShare(pool: number, share: number): number {
    this.#mustBeOpen();
    return this.#sent(this.helper.send_share(this.number, this.epoch, pool, share));
  }

  segments(connection: number): number {
    this.#mustBeOpen();
    return this.#answer(this.helper.segments(this.number, this.epoch, connection));
  }

  receive(
    inbox: number,
    source: HelperSource,
    handle: number,
    columns: SharedMemory,
    maximum: number,
    copyUpTo: number,
  ): number {
    this.#mustBeOpen();
    const { receive } = this.helper;
    const answer = receive(this.number, this.epoch, inbox, source, handle, columns.bytes, maximum, copyUpTo);
    switch (this.#answer(answer)) {
      case HelperAnswer.NoHandle:
        return -1;
      case HelperAnswer.NoFunction:
        throw new UnsupportedError(
          "SteamAPI_ISteamNetworkingMessages_ReceiveMessagesOnChannel",
          this.library.path,
          "Another build of GameNetworkingSockets may have it",
        );
      case HelperAnswer.BadArgument:
        throw new RangeError("There is no room for so many messages");
      default:
        return answer;
    }
  }

  configureLanes(
    connection: number,
    lanes: number,
    priorities: Int32Array | null,
    weights: Uint16Array | null,
  ): number {
    this.#mustBeOpen();
    const { configure_lanes } = this.helper;
    return this.#answer(configure_lanes(this.number, this.epoch, connection, lanes, priorities, weights));
  }

  close(lingerMilliseconds: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.helper.close(this.number, this.epoch, lingerMilliseconds);
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

  #sent(answer: number): number {
    if (answer < 0) throw answer === HelperAnswer.NotOpen && !this.isOpen ? closedError() : new ClosedError(closedPool);
    return answer;
  }

  #answer(answer: number): number {
    if (answer === HelperAnswer.NotOpen) throw closedError();
    return answer;
  }
}

const closedPool =
  "The message pool or its share was closed, or belongs to another thread. Make one where it is sent from";

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
  put(offsets.realTimeStatus, library.address("sockets", "GetConnectionRealTimeStatus"));
  put(offsets.configValue, library.address("utils", "GetConfigValue"));
  put(offsets.messages, library.address("messages", "SteamNetworkingMessages_v002"));
  put(offsets.receiveOnChannel, library.address("messages", "ReceiveMessagesOnChannel"));
  return table;
}
