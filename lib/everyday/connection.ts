/** `Connection`: what handlers get, and what `connect` gives. */
import { ConnectionState, Result, SendFlags } from "../../ffi/enums.ts";
import { NetworkingError } from "../errors.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import { boolean, integer, text as wellFormed, type MessageData } from "../validate.ts";
import { CloseCode } from "../values/close-code.ts";
import type { ConnectionInfo, ConnectionStatus } from "../values/connection-info.ts";
import { NETWORKING_CONNECTION_INVALID, type ConnectionHandle } from "../values/handles.ts";
import type { ConnectionClosing } from "./closing.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { HandlerSet } from "./handlers.ts";
import type { Message } from "./message.ts";
import type { Party } from "./party.ts";

/** How to send a message. */
export interface SendOptions {
  /** Whether it comes for certain, once, and in the order of its lane: true when it is left out. */
  readonly reliable?: boolean;
  /** One of the lanes that {@link Connection.lanes} made: 0 when it is left out. */
  readonly lane?: number;
  /**
   * True, or left out: it leaves with the other messages of this round of handlers. False: it may wait up to NagleTime
   * (5 ms) for others to fill its packet.
   */
  readonly noNagle?: boolean;
}

/** A lane of a connection. */
export interface Lane {
  /** The lower, the sooner: a lane is sent when those of lower numbers have nothing to send. 0 when it is left out. */
  readonly priority?: number;
  /** Its share among the lanes of the same priority, 1 to 65,535. 1 when it is left out. */
  readonly weight?: number;
}

/** Who has made connections, and wants to know of their lives. */
export interface Owner<Data> {
  /** Makes its data, right before its handler `open` is called. */
  readonly data?: ((connection: Connection<Data>) => Data) | undefined;
  /** It stands; its handlers do not know yet. */
  opened?(connection: Connection<Data>): void;
  /** It stands, and its handler `open` was called. */
  served?(connection: Connection<Data>): void;
  /** It has ended, or has not come about; its handlers do not know yet. */
  left(connection: Connection<Data>, end: ConnectionClosing): void;
  /** Where it can subscribe; undefined for connections that no server took. */
  readonly topics?: Topics<Data>;
}

/** What a server's connections can subscribe to. */
export interface Topics<Data> {
  subscribe(connection: Connection<Data>, topic: string): boolean;
  unsubscribe(connection: Connection<Data>, topic: string): boolean;
  isSubscribed(connection: Connection<Data>, topic: string): boolean;
  publish(topic: string, data: MessageData, options: SendOptions, except?: Connection<Data>): number;
}

/** What is told of a connection before it is one. */
export interface Beginning {
  readonly identity: string;
  readonly address: string;
}

const mostLanes = 8;
const usual: SendOptions = {};

/** @internal The flags of {@link SendOptions}. */
export function flagsOf({ reliable = true, noNagle = true }: SendOptions): number {
  return (reliable ? SendFlags.Reliable : SendFlags.Unreliable) | (noNagle ? SendFlags.NoNagle : 0);
}

/**
 * A connection of {@link listen} or {@link connect}. What is sent within a handler or a tick goes out together when it
 * is done; what is sent at another time, when the code that runs has ended.
 */
export class Connection<Data = undefined> implements Party {
  /** Yours. What the option `data` has made; undefined without it until you set it. */
  data!: Data;
  // Private to TypeScript only: see Slots.
  private readonly dispatcher: Dispatcher;
  private readonly set: HandlerSet<Data>;
  private owner: Owner<Data>;
  private own: ConnectionHandle = NETWORKING_CONNECTION_INVALID;
  private who: string;
  private where: string;
  private laneCount = 1;
  private wasOpened = false;
  private wasTold = false;
  private hasEnded = false;
  private heard = performance.now();

  /** @internal */
  constructor(dispatcher: Dispatcher, set: HandlerSet<Data>, from: Beginning, owner: Owner<Data>) {
    this.dispatcher = dispatcher;
    this.set = set;
    this.who = from.identity;
    this.where = from.address;
    this.owner = owner;
  }

  /** The handle, for the functions of {@link NetworkingSockets}; 0 after the end. */
  get handle(): ConnectionHandle {
    return this.own;
  }

  /**
   * Who is on the other end, in the SDK's text form: `"str:alice"`. Without authentication it is what they say. As
   * {@link address} it stays after the end.
   */
  get identity(): string {
    return this.who;
  }

  /** The address of the other end, with its port. */
  get address(): string {
    return this.where;
  }

  /** What the connection is doing: Connecting, Connected, or None after the end. */
  get state(): ConnectionState {
    if (this.own === NETWORKING_CONNECTION_INVALID) return ConnectionState.None;
    return this.wasOpened ? ConnectionState.Connected : ConnectionState.Connecting;
  }

  /** Whether it is open: messages can be sent. */
  get isOpen(): boolean {
    return this.wasOpened && !this.hasEnded;
  }

  /** The round trip in milliseconds, as measured last; -1 when it is not known. Asks the library. */
  get ping(): number {
    return this.status()?.ping ?? -1;
  }

  /** Whether there is no room now: {@link send} answers `LimitExceeded` until `drain`. */
  get isBlocked(): boolean {
    return this.dispatcher.isBlocked(this);
  }

  /** Bytes that {@link take} gives room for. */
  get slotBytes(): number {
    return this.dispatcher.pool.slotBytes;
  }

  /** The view into which one writes after {@link take}. */
  get view(): DataView {
    return this.dispatcher.pool.view;
  }

  /**
   * Sends a copy of `data`.
   *
   * @param data up to 524,288 bytes. A text goes out as UTF-8.
   * @returns `OK`: it is on its way, and when it is reliable it comes unless the connection ends. `LimitExceeded`:
   * there is no room; `drain` tells when there is. `NoConnection`: the connection has ended. `InvalidParam`: it is too
   * large, or there is no such lane. Only with `OK` anything was sent.
   */
  send(data: MessageData, options: SendOptions = usual): Result {
    const { lane = 0 } = options;
    if (lane >>> 0 !== lane || lane >= this.laneCount) return this.noLane(lane);
    return this.dispatcher.send(this, data, flagsOf(options), lane);
  }

  /**
   * Gives room for one message of up to {@link slotBytes} bytes: write it into {@link view}, then {@link commit}. What
   * is not committed is there for the next one. How large slots are says the option `pool` of {@link openNetworking}.
   *
   * @returns where it begins in {@link view}; -1 when there is no room: `drain` tells when there is.
   */
  take(): number {
    return this.dispatcher.take(this);
  }

  /**
   * Sends what was written after {@link take}, without a copy.
   *
   * @param length how many bytes of it.
   * @returns as {@link send}.
   * @throws RangeError when the length is out of range.
   * @throws NetworkingError when nothing was taken for this connection.
   * @throws SlotOverrunError when something was written past the room that was given.
   */
  commit(length: number, options: SendOptions = usual): Result {
    const { lane = 0 } = options;
    if (lane >>> 0 !== lane || lane >= this.laneCount) return this.noLane(lane);
    return this.dispatcher.commit(this, length, flagsOf(options), lane);
  }

  /**
   * Divides what is sent into lanes, which do not wait for each other. Once for a connection; the other end learns of
   * them by messages. C: `ISteamNetworkingSockets::ConfigureConnectionLanes`.
   *
   * @param lanes 1 to 8.
   * @returns `OK`, or why not.
   */
  lanes(lanes: readonly Lane[]): Result {
    integer(lanes.length, "the number of lanes", 1, mostLanes);
    if (this.own === NETWORKING_CONNECTION_INVALID) return Result.NoConnection;
    const result = this.dispatcher.sockets.configureConnectionLanes(
      this.own,
      lanes.length,
      lanes.map(({ priority = 0 }) => priority),
      lanes.map(({ weight = 1 }) => weight),
    );
    if (result === Result.OK) this.laneCount = lanes.length;
    return result;
  }

  /** How it does right now: ping, quality, rates, what waits. Undefined after the end. Asks the library; allocates. */
  status(): ConnectionStatus | undefined {
    if (this.own === NETWORKING_CONNECTION_INVALID) return undefined;
    return this.dispatcher.sockets.getConnectionRealTimeStatus(this.own).connectionStatus;
  }

  /**
   * Ends the connection; the handler `close` is called before this returns. Closing twice does nothing.
   *
   * @param code told to the other end: 1000 to 2999, your own.
   * @param text told too; cut after 127 bytes of UTF-8. Without one the other end reads the library's own words.
   * @param options.linger whether reliable messages that were sent still arrive first: true when it is left out.
   */
  close(code = 1000, text = "", { linger = true }: { readonly linger?: boolean } = {}): void {
    if (this.hasEnded || this.own === NETWORKING_CONNECTION_INVALID) return;
    integer(code, "a code", 1000, 2999);
    wellFormed(text, "a text");
    boolean(linger, "linger");
    this.dispatcher.work(() => {
      this.dispatcher.leave(this, code, text, linger);
      this.ended({ code, text, by: "local" });
    });
  }

  /**
   * Has what is published under `topic` sent here. On connections that a server took.
   * @returns false when it is so already, or the connection has ended.
   */
  subscribe(topic: string): boolean {
    return this.topics().subscribe(this, topic);
  }

  /** Takes {@link subscribe} back. @returns false when there was nothing to take back. */
  unsubscribe(topic: string): boolean {
    return this.topics().unsubscribe(this, topic);
  }

  /** Whether it is subscribed. */
  isSubscribed(topic: string): boolean {
    return this.topics().isSubscribed(this, topic);
  }

  /** As {@link Server.publish}, but not to this connection. */
  publish(topic: string, data: MessageData, options: SendOptions = usual): number {
    return this.topics().publish(topic, data, options, this);
  }

  // ---- what the dispatcher and those who make connections use --------------------------------------------------------

  /** @internal When a message came last, or it began: milliseconds as `performance.now`. */
  get heardAt(): number {
    return this.heard;
  }

  /** @internal Whether the other end has all that was sent reliably. */
  get isSettled(): boolean {
    if (this.dispatcher.isBlocked(this)) return false;
    const status = this.status();
    return status === undefined || status.pendingReliable + status.sentUnacknowledgedReliable === 0;
  }

  /** @internal Begins it. */
  begin(connect: (userData: number) => ConnectionHandle, sockets?: NetworkingSockets): void {
    this.own = this.dispatcher.enter(this, connect, sockets);
  }

  /** @internal Gives it to another owner, who hears of what is still to come. */
  handOver(owner: Owner<Data>): void {
    this.owner = owner;
  }

  /** @internal */
  hasLane(lane: number): boolean {
    return lane < this.laneCount;
  }

  /** @internal */
  deliver(message: Message, now: number): void {
    this.heard = now;
    const { handlers } = this.set;
    if (handlers.message === undefined) return;
    const answer = handlers.message(this, message);
    if (answer !== undefined) this.follow(answer);
  }

  /** @internal */
  opened({ identity, remoteAddress }: ConnectionInfo): void {
    if (this.wasOpened) return;
    this.wasOpened = true;
    this.who = identity;
    // Many may be connected to the same address: one text is enough for them.
    if (this.where !== remoteAddress) this.where = remoteAddress;
    this.owner.opened?.(this);
    this.makeData();
    if (this.hasEnded) return;
    this.wasTold = true;
    this.attempt(() => this.set.handlers.open?.(this));
    if (!this.hasEnded) this.owner.served?.(this);
  }

  /** @internal */
  ended(end: ConnectionClosing): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.own = NETWORKING_CONNECTION_INVALID;
    this.owner.left(this, end);
    if (this.wasTold) this.attempt(() => this.set.handlers.close?.(this, end));
  }

  /** @internal */
  drained(): void {
    this.attempt(() => this.set.handlers.drain?.(this));
  }

  /** @internal */
  failed(error: unknown): void {
    const { handlers } = this.set;
    this.dispatcher.attempt(() => {
      if (handlers.error === undefined) throw error;
      handlers.error(this, error);
    });
  }

  private makeData(): void {
    const { data } = this.owner;
    if (data === undefined || this.hasEnded) return;
    try {
      this.data = data(this);
    } catch (error) {
      this.failed(error);
      this.close(CloseCode.Refused, "its data could not be made");
    }
  }

  private attempt(action: () => unknown): void {
    try {
      const answer = action();
      if (answer !== undefined) this.follow(answer);
    } catch (error) {
      this.failed(error);
    }
  }

  /** What an async handler rejects with goes to `error`; without that it stays unhandled. */
  private follow(answer: unknown): void {
    if (answer instanceof Promise && this.set.handlers.error !== undefined) {
      answer.catch((error: unknown) => this.dispatcher.work(() => this.failed(error)));
    }
  }

  private noLane(lane: number): Result {
    integer(lane, "lane", 0, 0xffff);
    return this.own === NETWORKING_CONNECTION_INVALID ? Result.NoConnection : Result.InvalidParam;
  }

  private topics(): Topics<Data> {
    if (this.owner.topics === undefined) {
      throw new NetworkingError("Only connections that a server took have topics: subscribe and publish there");
    }
    return this.owner.topics;
  }
}
