/** `Server`: what `listen` gives. */
import { Result } from "../../ffi/enums.ts";
import type { Networking } from "../networking.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import { mustBeConfig, type ConfigOptions } from "../utils/config.ts";
import { boolean, describe, integer, text, type MessageData } from "../validate.ts";
import { CloseCode } from "../values/close-code.ts";
import type { ConnectionInfo } from "../values/connection-info.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { isThisMachine, originOf } from "../values/origin.ts";
import { Audience } from "./audience.ts";
import { Connection, flagsOf, type Owner, type SendOptions, type Topics } from "./connection.ts";
import type { Dispatcher, Listener } from "./dispatcher.ts";
import { portIsFree } from "./free-port.ts";
import { HandlerSet, mustBeFunctions, type ConnectionHandlers } from "./handlers.ts";
import { isPumped, type PumpUser } from "./pump.ts";

/** Somebody who wants to connect. */
export interface ConnectionRequest {
  /** Who it says it is, in the SDK's text form. */
  readonly identity: string;
  /** The address that it comes from, with its port. It was tried: an answer to a packet came back from there. */
  readonly address: string;
}

/** A no, with the reason that is told to the other end. */
export interface Refusal {
  /** 1000 to 2999: {@link CloseCode.Refused} when it is left out. */
  readonly code?: number;
  /** Up to 127 bytes of UTF-8. */
  readonly text?: string;
}

/** How many connections there may be. Those that wait for `accept` count. */
export interface ConnectionLimits {
  /** In all, 1 to 8,000: 4,000 when it is left out. */
  readonly connections?: number;
  /**
   * From one IPv4 address, or one IPv6 network of 64 bits, which is what a household or a server has: 64 when it is left
   * out, and any number from this machine itself then.
   */
  readonly perAddress?: number;
}

/** How to listen. */
export interface ListenOptions<Data = undefined> {
  /**
   * Where: `":27015"` on all interfaces, `"127.0.0.1:27015"` or `"[::1]:27015"` on one. Port 0 is a free one:
   * {@link Server.address} tells which.
   */
  readonly address: string;
  /** What happens on its connections. */
  readonly socket: ConnectionHandlers<Data>;
  /** Makes a connection's `data`, right before `open`. When it throws, the connection is ended. */
  readonly data?: (connection: Connection<Data>) => Data;
  /**
   * Whether somebody may connect: true, false, or a {@link Refusal}. It may be async; who is not answered within 5
   * seconds is refused. Without it everybody may. Asked after the limits. When it throws, who asked is refused; the
   * error is thrown as those of handlers are that have no `error`.
   */
  readonly accept?: (request: ConnectionRequest) => boolean | Refusal | Promise<boolean | Refusal>;
  /** After how many seconds without a message a connection is ended: 300 when it is left out, 0 for never. */
  readonly idle?: number;
  /** How many connections there may be. */
  readonly limits?: ConnectionLimits;
  /**
   * Who has the work done: a timer, every 1 to 4 ms and not while {@link Networking.run} runs (`"auto"`, also when it
   * is left out), or you by {@link Networking.pump} (`"manual"`).
   */
  readonly pump?: "auto" | "manual";
  /**
   * Whether only those get in who have a certificate that counts here; see {@link ListenSocketOptions}. Who has none is
   * told why, with {@link CloseCode.Unauthenticated}; the network's event `authenticationRefused` tells of him, `accept`
   * is not asked. Then `identity` is who it really is. False when it is left out.
   */
  readonly requireAuthentication?: boolean;
  /** Options of its listen socket and of all its connections. */
  readonly config?: ConfigOptions;
}

const mostConnections = 8000;
const usualConnections = 4000;
const usualPerAddress = 64;
const usualIdleSeconds = 300;
const mostIdleSeconds = 1_000_000;
const acceptMilliseconds = 5000;
const graceMilliseconds = 2000;
const settleMilliseconds = 5;
const refusedText = "refused";
const stopping = { code: CloseCode.Stopping, text: "the server stops" } as const;
const usual: SendOptions = {};

/** What `accept` answers. */
type Answer = boolean | Refusal;

/** Takes connections. Made by {@link listen}, or by `net.listen`. */
export class Server<Data = undefined> implements AsyncDisposable {
  /** The network that it is on: `server.net.run(...)` runs its ticks. */
  readonly net: Networking;
  /** Where it listens, with the port. */
  readonly address: string;
  readonly #dispatcher: Dispatcher;
  readonly #sockets: NetworkingSockets;
  readonly #options: ListenOptions<Data>;
  readonly #set: HandlerSet<Data>;
  /** Of all connections. */
  readonly #owner: Owner<Data>;
  readonly #socket: ListenSocketHandle;
  readonly #members = new Audience<Connection<Data>>();
  readonly #topics = new Map<string, Audience<Connection<Data>>>();
  readonly #subscriptions = new Map<Connection<Data>, Set<string>>();
  readonly #pending = new Map<ConnectionHandle, { readonly origin: string; readonly since: number }>();
  readonly #perOrigin = new Map<string, number>();
  /** Those that were accepted, with where they come from. */
  readonly #taken = new Map<Connection<Data>, string>();
  readonly #limits: { readonly connections: number; readonly perAddress: number; readonly sparesLoopback: boolean };
  readonly #idleMilliseconds: number;
  readonly #use: PumpUser | undefined;
  readonly #released: () => void;
  #stopped: Promise<void> | undefined;
  #isHurried = false;
  #isOver = false;

  /**
   * @internal Use {@link listen}.
   * @param sockets through which it listens, where those are not the network's.
   */
  constructor(
    net: Networking,
    dispatcher: Dispatcher,
    options: ListenOptions<Data>,
    released: () => void,
    sockets: NetworkingSockets = dispatcher.sockets,
  ) {
    const { address, limits = {}, idle = usualIdleSeconds, accept, data, requireAuthentication = false } = options;
    dispatcher.mustBeOpen();
    mustBeFunctions({ accept, data });
    mustBeConfig(options.config);
    this.net = net;
    this.#dispatcher = dispatcher;
    this.#sockets = sockets;
    this.#options = options;
    this.#released = released;
    this.#set = new HandlerSet(options.socket);
    this.#owner = this.#ownerOfConnections();
    this.#idleMilliseconds = 1000 * integer(idle, "idle", 0, mostIdleSeconds);
    this.#limits = {
      connections: integer(limits.connections ?? usualConnections, "limits.connections", 1, mostConnections),
      perAddress: integer(limits.perAddress ?? usualPerAddress, "limits.perAddress", 1, mostConnections),
      sparesLoopback: limits.perAddress === undefined,
    };
    const isAutomatic = isPumped(options.pump);
    const where = text(address, "address").startsWith(":") ? `[::]${address}` : address;
    this.#socket = sockets.createListenSocketIP(where, { ...options.config, requireAuthentication });
    this.address = sockets.getListenSocketAddress(this.#socket) ?? where;
    dispatcher.listen(this.#socket, this.#listener());
    if (isAutomatic) this.#use = dispatcher.pump.user();
  }

  /** The port that it listens on. */
  get port(): number {
    return Number(this.address.slice(this.address.lastIndexOf(":") + 1));
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#members.size;
  }

  /** Whether it takes connections. */
  get isListening(): boolean {
    return this.#stopped === undefined && !this.#isOver;
  }

  /** The open connections, as they are now. */
  [Symbol.iterator](): IterableIterator<Connection<Data>> {
    return [...this.#members.members][Symbol.iterator]();
  }

  /**
   * Sends one payload to all connections.
   *
   * @returns how many it goes to: those that have no room right now, or no such lane, are left out.
   */
  broadcast(data: MessageData, options: SendOptions = usual): number {
    return this.#broadcast(this.#members, data, options);
  }

  /**
   * Sends one payload to all connections that have subscribed to a topic.
   *
   * @returns how many it goes to: those that have no room right now, or no such lane, are left out.
   */
  publish(topic: string, data: MessageData, options: SendOptions = usual): number {
    return this.#publish(topic, data, options);
  }

  /** How many connections have subscribed to a topic. */
  subscribers(topic: string): number {
    return this.#topics.get(topic)?.size ?? 0;
  }

  /** Exchanges the handlers: for all its connections, from the next event on. */
  reload(socket: ConnectionHandlers<Data>): void {
    this.#set.reload(socket);
  }

  /** Keeps the process alive while it listens, which it does from the start. */
  ref(): this {
    this.#use?.refer(true);
    return this;
  }

  /** Lets the process end although it listens. */
  unref(): this {
    this.#use?.refer(false);
    return this;
  }

  /**
   * Takes no more connections, ends those that there are with {@link CloseCode.Stopping}, and gives the port back.
   * Stopping twice is the same as once, but for `stop(false)`, which ends the grace of an earlier one.
   *
   * @param graceful true: reliable messages that were sent arrive first, also on connections that were closed before,
   * for up to 2 seconds. false: at once.
   * @returns when it is done and every `close` was called. Rejects with what these threw that no `error` handler took.
   */
  stop(graceful = true): Promise<void> {
    if (!boolean(graceful, "graceful")) this.#isHurried = true;
    if (this.#stopped === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#stopped = promise;
      this.#stop().then(resolve, reject);
    }
    return this.#stopped;
  }

  /** {@link stop}, for `await using server = listen(...)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  // ---- inside -------------------------------------------------------------------------------------------------------

  #listener(): Listener {
    return {
      sockets: this.#sockets,
      asked: (handle, info) => this.#ask(handle, info),
      gaveUp: (handle) => {
        this.#give(this.#pending.get(handle)?.origin);
        this.#pending.delete(handle);
        this.#sockets.closeConnection(handle);
      },
      secondPassed: (now) => this.#look(now),
      stopped: () => this.#end(),
    };
  }

  #ask(handle: ConnectionHandle, info: ConnectionInfo): void {
    const origin = originOf(info.remoteAddress);
    const refusal = this.#refusalFor(origin);
    if (refusal !== undefined) return this.#refuse(handle, refusal);
    this.#pending.set(handle, { origin, since: performance.now() });
    this.#perOrigin.set(origin, (this.#perOrigin.get(origin) ?? 0) + 1);
    const { accept } = this.#options;
    if (accept === undefined) return this.#decide(handle, info, true);
    let answer: Answer | Promise<Answer> = false;
    this.#dispatcher.attempt(() => {
      answer = accept({ identity: info.identity, address: info.remoteAddress });
    });
    this.#heed(handle, info, answer);
  }

  #heed(handle: ConnectionHandle, info: ConnectionInfo, answer: Answer | Promise<Answer>): void {
    if (!(answer instanceof Promise)) return this.#decide(handle, info, answer);
    answer.then(
      (decided) => this.#dispatcher.work(() => this.#decide(handle, info, decided)),
      (error: unknown) =>
        this.#dispatcher.work(() => {
          this.#decide(handle, info, false);
          throw error;
        }),
    );
  }

  #decide(handle: ConnectionHandle, info: ConnectionInfo, answer: Answer): void {
    const pending = this.#pending.get(handle);
    if (pending === undefined || this.#isOver) return;
    this.#pending.delete(handle);
    let refusal: Refusal | undefined = stopping;
    if (this.#stopped === undefined) {
      refusal = {};
      this.#dispatcher.attempt(() => {
        refusal = refusalOf(answer);
      });
    }
    if (refusal !== undefined) {
      this.#give(pending.origin);
      return this.#refuse(handle, refusal);
    }
    const sockets = this.#sockets;
    const { identity, remoteAddress: address } = info;
    const connection = new Connection<Data>(this.#dispatcher, this.#set, { identity, address }, this.#owner);
    this.#taken.set(connection, pending.origin);
    connection.begin((userData) => {
      sockets.setConnectionUserData(handle, userData);
      return handle;
    }, sockets);
    if (sockets.acceptConnection(handle) !== Result.OK) {
      connection.close(CloseCode.Refused, "could not be accepted");
    }
  }

  readonly #topicsOfConnections: Topics<Data> = {
    subscribe: (connection, topic) => {
      text(topic, "a topic");
      if (!this.#members.has(connection)) return false;
      let audience = this.#topics.get(topic);
      if (audience === undefined) this.#topics.set(topic, (audience = new Audience()));
      let subscriptions = this.#subscriptions.get(connection);
      if (subscriptions === undefined) this.#subscriptions.set(connection, (subscriptions = new Set()));
      subscriptions.add(topic);
      return audience.add(connection);
    },
    unsubscribe: (connection, topic) => {
      this.#subscriptions.get(connection)?.delete(topic);
      return this.#leaveTopic(connection, topic);
    },
    isSubscribed: (connection, topic) => this.#topics.get(topic)?.has(connection) ?? false,
    publish: (topic, data, options, except) => this.#publish(topic, data, options, except),
  };

  #ownerOfConnections(): Owner<Data> {
    return {
      data: this.#options.data,
      opened: (connection) => this.#members.add(connection),
      left: (connection) => {
        this.#members.delete(connection);
        for (const topic of this.#subscriptions.get(connection) ?? []) this.#leaveTopic(connection, topic);
        this.#subscriptions.delete(connection);
        this.#give(this.#taken.get(connection));
        this.#taken.delete(connection);
      },
      topics: this.#topicsOfConnections,
    };
  }

  #leaveTopic(connection: Connection<Data>, topic: string): boolean {
    const audience = this.#topics.get(topic);
    if (audience === undefined || !audience.delete(connection)) return false;
    if (audience.size === 0) this.#topics.delete(topic);
    return true;
  }

  #publish(topic: string, data: MessageData, options: SendOptions, except?: Connection<Data>): number {
    const audience = this.#topics.get(text(topic, "a topic"));
    return audience === undefined ? 0 : this.#broadcast(audience, data, options, except);
  }

  #broadcast(
    audience: Audience<Connection<Data>>,
    data: MessageData,
    options: SendOptions,
    except?: Connection<Data>,
  ): number {
    const { members, handles } = audience;
    const lane = integer(options.lane ?? 0, "lane", 0, 0xffff);
    return this.#dispatcher.broadcast(members, handles, data, flagsOf(options), lane, except);
  }

  #refusalFor(origin: string): Refusal | undefined {
    if (this.#stopped !== undefined) return stopping;
    const { connections, perAddress, sparesLoopback } = this.#limits;
    if (this.#taken.size + this.#pending.size >= connections) {
      return { code: CloseCode.Full, text: "the server is full" };
    }
    const isSpared = sparesLoopback && isThisMachine(origin);
    return (this.#perOrigin.get(origin) ?? 0) >= perAddress && !isSpared
      ? { code: CloseCode.Crowded, text: "too many connections from this address" }
      : undefined;
  }

  #refuse(handle: ConnectionHandle, { code = CloseCode.Refused, text = refusedText }: Refusal): void {
    const sockets = this.#sockets;
    try {
      sockets.closeConnection(handle, code, text);
    } catch (error) {
      sockets.closeConnection(handle, CloseCode.Refused, refusedText);
      throw error;
    }
  }

  /** One connection less from there. */
  #give(origin: string | undefined): void {
    if (origin === undefined) return;
    const left = (this.#perOrigin.get(origin) ?? 1) - 1;
    if (left > 0) this.#perOrigin.set(origin, left);
    else this.#perOrigin.delete(origin);
  }

  #look(now: number): void {
    for (const [handle, { origin, since }] of [...this.#pending]) {
      if (now - since < acceptMilliseconds) continue;
      this.#pending.delete(handle);
      this.#give(origin);
      this.#refuse(handle, { code: CloseCode.Refused, text: "not accepted in time" });
    }
    if (this.#idleMilliseconds === 0) return;
    for (const connection of [...this.#members.members]) {
      if (now - connection.heardAt > this.#idleMilliseconds) connection.close(CloseCode.Idle, "idle");
    }
  }

  async #stop(): Promise<void> {
    if (!this.#isHurried) await this.#grace();
    if (this.#isOver) return;
    try {
      this.#dispatcher.work(() => this.#closeAll());
      await portIsFree(this.address);
    } finally {
      this.#end();
    }
  }

  #closeAll(): void {
    for (const handle of this.#pending.keys()) this.#refuse(handle, stopping);
    this.#pending.clear();
    for (const connection of [...this.#taken.keys()]) {
      connection.close(stopping.code, stopping.text, { linger: false });
    }
    this.#dispatcher.stopListening(this.#socket);
  }

  /** Until the other ends have all that was sent. */
  async #grace(): Promise<void> {
    const end = performance.now() + graceMilliseconds;
    const dispatcher = this.#dispatcher;
    const isWanted = () => !this.#isHurried && !this.#isOver && performance.now() < end;
    dispatcher.flush();
    const isUnderWay = () => dispatcher.isLingering || this.#members.members.some(({ isSettled }) => !isSettled);
    while (isWanted() && isUnderWay()) await Bun.sleep(settleMilliseconds);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pending.clear();
    this.#use?.end();
    this.#released();
  }
}

/** @throws TypeError when it is no answer. */
function refusalOf(answer: Answer): Refusal | undefined {
  if (answer === true) return undefined;
  if (answer === false) return {};
  if (typeof answer === "object" && answer !== null) return answer;
  throw new TypeError(`accept must answer true, false or a refusal { code, text }, not ${describe(answer)}`);
}
