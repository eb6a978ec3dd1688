/** A networking library, opened through the helper: counted, bound to one thread, its callbacks kept in rings. */
import { maxErrorMessage } from "../ffi/constants.ts";
import { HelperAnswer, HelperRecordKind, HelperSource } from "../ffi/enums.ts";
import { networking } from "../ffi/functions/index.ts";
import { layoutOf } from "../ffi/layout.ts";
import { addressOf, cText, SharedMemory, type Address } from "../ffi/memory.ts";
import {
  steam_sockets_functions,
  steam_sockets_outgoing,
  steam_sockets_record,
  steam_sockets_start,
} from "../ffi/structs.ts";
import type { Backend, EventRecord } from "./backend.ts";
import { AlreadyOpenError, ClosedError, LibraryLoadError, LibraryStartError, NetworkingError } from "./errors.ts";
import { helperFor, LibraryState, type Helper } from "./helper.ts";
import { Instance } from "./instance.ts";
import { unsupported, type NativeLibrary } from "./library.ts";

const record = layoutOf(steam_sockets_record);
const outgoingBytes = layoutOf(steam_sockets_outgoing).size;
const mostRecordBytes = 1 << 30;
const farewellMilliseconds = 20;

type FunctionName = keyof typeof steam_sockets_functions.fields;
const functionNames = Object.keys(steam_sockets_functions.fields) as FunctionName[];

/** Addresses of the flat functions that the helper calls. */
export type FunctionTable = { readonly [Name in FunctionName]?: Address | null };

/** How a Steam game server starts. */
export interface GameServerStart {
  /** The IPv4 address to bind, in host order; 0 for all. */
  readonly ip: number;
  readonly gamePort: number;
  readonly queryPort: number;
  /** `EServerMode`. */
  readonly mode: number;
  /** The game's version, "1.0.0.0". */
  readonly version: string;
  /** Versions of the interfaces that are asked for. */
  readonly interfaces: readonly string[];
}

/** What the first open of a library sets. */
export interface StartOptions {
  readonly identity?: SharedMemory | undefined;
  readonly manualPoll?: boolean | undefined;
  readonly debugLevel?: number | undefined;
  readonly appID?: number | undefined;
  readonly gameServer?: GameServerStart;
}

/** What is particular about a library. */
export interface Plan {
  readonly library: NativeLibrary;
  /** Its version where it tells, else "unknown". */
  readonly version: string;
  /** The functions by which it starts, ends, and tells of events, and its accessors. */
  readonly table: FunctionTable;
  readonly start: StartOptions;
  /** The `self` of each interface, asked for once it is open. */
  sockets(): Address | bigint | null;
  utils(): Address | bigint | null;
  messages(): Address | bigint | null;
  /** What to say when it does not start. `result` is Steam's ESteamAPIInitResult. */
  refused(result: number, reason: string): NetworkingError;
  /** What is to be done right before it ends. */
  ending?(): void;
}

/** One opening of a library. Openings on one thread share the library; each is closed for itself. */
export class Opening implements Backend {
  readonly library: NativeLibrary;
  readonly number: number;
  readonly epoch: number;
  readonly instance = 0;
  readonly version: string;
  readonly helper: Helper;
  /** What the helper shows of the library. */
  readonly state: LibraryState;
  readonly #plan: Plan;
  readonly #sockets: Address;
  #messages: Address | undefined;
  readonly #complaint = new SharedMemory(maxErrorMessage);
  #records = new SharedMemory(256 * 1024);
  #closed = false;

  /**
   * Opens a library on this thread.
   * @throws AlreadyOpenError when another thread has it open.
   * @throws NetworkingError, the plan's own, when it does not start.
   */
  constructor(plan: Plan) {
    const { library } = plan;
    this.#plan = plan;
    this.library = library;
    this.version = plan.version;
    this.helper = helperFor(library);
    const error = new SharedMemory(maxErrorMessage);
    const start = startMemory(plan.start);
    this.number = this.helper.open(functionTable(library, plan.table).bytes, start.memory.bytes, error.bytes);
    if (this.number < 0) {
      const result = start.memory.view.getInt32(layoutOf(steam_sockets_start).offsets.result, true);
      throw openingError(this.number, plan, result, error.text(0, maxErrorMessage));
    }
    this.state = new LibraryState(this.helper, this.number);
    this.epoch = this.state.epoch;
    try {
      this.#sockets = existing(plan.sockets(), library.path);
      existing(plan.utils(), library.path);
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

  get signalings(): number {
    return this.state.signalings;
  }

  get isAlone(): boolean {
    return this.isOnlyOpening && this.helper.companions(this.number, this.epoch) === 0;
  }

  get manualPoll(): boolean {
    return this.state.manualPoll;
  }

  get sockets(): Address {
    this.#mustBeOpen();
    return this.#sockets;
  }

  // Asked for each time: Steam's user and its game server share one, which is another one when either has ended.
  get utils(): Address {
    this.#mustBeOpen();
    return existing(this.#plan.utils(), this.library.path);
  }

  get messages(): Address {
    this.#mustBeOpen();
    return (this.#messages ??= existing(this.#plan.messages(), this.library.path));
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
    source: HelperSource | number,
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
        throw unsupported(
          source === HelperSource.FakePort
            ? networking.fakeUDPPort.ReceiveMessages
            : networking.messages.ReceiveMessagesOnChannel,
          this.library,
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
    const answer = this.#answer(configure_lanes(this.number, this.epoch, connection, lanes, priorities, weights));
    if (answer === HelperAnswer.NoFunction) {
      throw unsupported(networking.sockets.ConfigureConnectionLanes, this.library);
    }
    return answer;
  }

  fakePort(port: Address): number {
    this.#mustBeOpen();
    return this.#answer(this.helper.fake_port_open(this.number, this.epoch, port));
  }

  forgetFakePort(number: number): void {
    this.#mustBeOpen();
    this.#answer(this.helper.fake_port_close(this.number, this.epoch, number));
  }

  openInstance(identity: SharedMemory | undefined): Backend {
    this.#mustBeOpen();
    return new Instance(this, identity);
  }

  close(lingerMilliseconds: number, lingering: readonly number[] = []): void {
    if (this.#closed) return;
    try {
      if (this.isOnlyOpening) this.#conclude(lingerMilliseconds, lingering);
    } finally {
      this.#closed = true;
      this.helper.close(this.number, this.epoch, lingerMilliseconds);
    }
  }

  /** What is to be done while the library still works. */
  #conclude(milliseconds: number, lingering: readonly number[]): void {
    if (this.library.kind === "steam") {
      const end = performance.now() + milliseconds;
      const isUnderWay = (connection: number) => this.segments(connection) > 0;
      if (lingering.some(isUnderWay)) {
        while (lingering.some(isUnderWay) && performance.now() < end) Bun.sleepSync(1);
        // For the farewell, which goes out behind the last of them and is not told of.
        Bun.sleepSync(farewellMilliseconds);
      }
    }
    this.#plan.ending?.();
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
      const kind = memory.view.getUint16(at + offsets.kind, true);
      const argument = memory.view.getInt32(at + offsets.argument, true);
      visit({
        kind,
        argument,
        instance: kind === HelperRecordKind.DebugOutput ? 0 : argument,
        memory,
        payload: at + size,
        payloadBytes: memory.view.getUint32(at + offsets.payloadByteLength, true),
      });
      count++;
    }
    return count;
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

function closedError(): ClosedError {
  return new ClosedError("The network was closed. Open it again with openNetworking()");
}

function existing(pointer: Address | bigint | null, path: string): Address {
  if (pointer === null || typeof pointer === "bigint") {
    throw new LibraryStartError(`${path} started, but gives no interfaces`);
  }
  return pointer;
}

function openingError(
  answer: number,
  { library: { path }, refused }: Plan,
  result: number,
  reason: string,
): NetworkingError {
  switch (answer) {
    case HelperAnswer.OtherThread:
      return new AlreadyOpenError(
        `${path} is open on another thread of this process. The network belongs to one thread at a time: close it there first, or pass messages to that thread`,
      );
    case HelperAnswer.NoFunction:
      return new LibraryLoadError(path, reason);
    case HelperAnswer.TooMany:
      return new LibraryStartError(`${path} was not started: ${reason}`);
    default:
      return refused(result, reason);
  }
}

/** The flat functions that the helper calls, in the layout of `steam_sockets_functions`. */
function functionTable(library: NativeLibrary, own: FunctionTable): SharedMemory {
  const { size, offsets } = layoutOf(steam_sockets_functions);
  const memory = new SharedMemory(size);
  const table: FunctionTable = {
    allocateMessage: library.address("utils", "AllocateMessage"),
    sendMessages: library.address("sockets", "SendMessages"),
    receiveOnConnection: library.address("sockets", "ReceiveMessagesOnConnection"),
    receiveOnPollGroup: library.address("sockets", "ReceiveMessagesOnPollGroup"),
    releaseMessage: library.address("message", "Release"),
    realTimeStatus: library.address("sockets", "GetConnectionRealTimeStatus"),
    configValue: library.address("utils", "GetConfigValue"),
    setDebugOutput: library.address("utils", "SetDebugOutputFunction"),
    configureLanes: library.address("sockets", "ConfigureConnectionLanes"),
    receiveOnChannel: library.address("messages", "ReceiveMessagesOnChannel"),
    receiveOnFakePort: library.address("fakeUDPPort", "ReceiveMessages"),
    receivedSignal: library.address("sockets", "ReceivedP2PCustomSignal"),
    closeConnection: library.address("sockets", "CloseConnection"),
    ownIdentity: library.address("sockets", "GetIdentity"),
    sessionState: library.address("messages", "GetSessionConnectionInfo"),
    closeSession: library.address("messages", "CloseSessionWithUser"),
    ...own,
  };
  for (const name of functionNames) memory.view.setBigUint64(offsets[name], BigInt(table[name] ?? 0), true);
  return memory;
}

/** How the helper shall start it, in the layout of `steam_sockets_start`. What it points to lives as long as `texts`. */
function startMemory(options: StartOptions): { readonly memory: SharedMemory; readonly kept: readonly unknown[] } {
  const { size, offsets } = layoutOf(steam_sockets_start);
  const memory = new SharedMemory(size);
  const { view } = memory;
  const { identity, gameServer: server } = options;
  view.setBigUint64(offsets.identity, BigInt(identity?.address ?? 0), true);
  view.setInt32(offsets.debugLevel, options.debugLevel ?? 0, true);
  view.setUint32(offsets.manualPoll, options.manualPoll === true ? 1 : 0, true);
  view.setUint32(offsets.appID, options.appID ?? 0, true);
  if (server === undefined) return { memory, kept: [identity] };
  const texts = { version: cText(server.version), interfaces: cText(server.interfaces.join("\0") + "\0") };
  view.setBigUint64(offsets.version, BigInt(addressOf(texts.version)), true);
  view.setBigUint64(offsets.interfaces, BigInt(addressOf(texts.interfaces)), true);
  view.setUint32(offsets.ip, server.ip, true);
  view.setUint16(offsets.gamePort, server.gamePort, true);
  view.setUint16(offsets.queryPort, server.queryPort, true);
  view.setInt32(offsets.mode, server.mode, true);
  return { memory, kept: [texts] };
}
