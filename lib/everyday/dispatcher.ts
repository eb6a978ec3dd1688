/** One network's connections of `listen` and `connect`: their messages, their events, and what they send. */
import { maxMessageSizeSend } from "../../ffi/constants.ts";
import { ConnectionState, Result } from "../../ffi/enums.ts";
import type { Certificates } from "../authentication/certificates.ts";
import type { Emitter } from "../emitter.ts";
import { ClosedError, NetworkingError } from "../errors.ts";
import type { ConnectionStatusChangedEvent, NetworkingEvents } from "../events/events.ts";
import { isUnproved } from "../sockets/groups.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import { Inbox } from "../traffic/inbox.ts";
import { Outbox } from "../traffic/outbox.ts";
import { MessagePool } from "../traffic/pool.ts";
import { byteLengthOf, bytes, type MessageData } from "../validate.ts";
import { CloseCode } from "../values/close-code.ts";
import type { ConnectionInfo } from "../values/connection-info.ts";
import {
  NET_POLL_GROUP_INVALID,
  type ConnectionHandle,
  type ListenSocketHandle,
  type PollGroupHandle,
} from "../values/handles.ts";
import { Backlog } from "./backlog.ts";
import type { ConnectionClosing } from "./closing.ts";
import { Farewells } from "./farewells.ts";
import { Message } from "./message.ts";
import type { Party } from "./party.ts";
import { Pump } from "./pump.ts";

/** How much room `listen` and `connect` have for what is sent. */
export interface DispatcherOptions {
  /** How many slots, for broadcasts and for `take`: 4,096 when it is left out. */
  readonly slots?: number;
  /** Bytes in each: 1,200 when it is left out, what fits into one packet. */
  readonly slotBytes?: number;
}

/** What a dispatcher needs of its network. */
export interface Ground {
  readonly sockets: NetworkingSockets;
  readonly certificates: Certificates;
  /** Handlers of its own. */
  readonly events: Emitter<NetworkingEvents>;
  /** The library file. */
  readonly library: string;
  /** Delivers the events of the network. */
  runCallbacks(): void;
  /** Manual poll mode: does the library's work. */
  poll(): void;
  /** How many bytes may wait to be sent on a connection. */
  sendBufferSize(connection: ConnectionHandle): number;
  /** Lets as many wait as there can be. */
  widenSendBuffer(connection: ConnectionHandle): void;
  /** Delivers no events any more. */
  left(): void;
}

const mostConnections = 8192;
const copyBytes = 2 * maxMessageSizeSend;
// Between two looks at the callbacks.
const mostReceives = 16;
const secondMilliseconds = 1000;

/**
 * Receives for all connections with one call and hands each message to its connection, found by the user data, which
 * is its place in a table. What they send is collected and goes out with one call, after each round of handlers or, when
 * it is sent at another time, as soon as the code that runs now is done.
 *
 * What handlers throw, and what became of messages that could not be sent, is told when all handlers are done; then the
 * network is closed, too, if one of them has asked for that.
 */
export class Dispatcher {
  readonly pump: Pump;
  readonly sockets: NetworkingSockets;
  readonly certificates: Certificates;
  readonly pool: MessagePool;
  private readonly ground: Ground;
  private readonly outbox: Outbox;
  private readonly inbox = new Inbox({ messages: 1024, bytes: 2 << 20 });
  private readonly message = new Message(this.inbox);
  private readonly group: PollGroupHandle;
  private readonly table: (Party | undefined)[] = [];
  private readonly freePlaces: number[] = [];
  private readonly places = new Map<ConnectionHandle, number>();
  /** Connections of instances of the network, by whose sockets they were made. */
  private readonly guests = new Map<ConnectionHandle, NetworkingSockets>();
  private readonly listeners = new Map<ListenSocketHandle, Listener>();
  private readonly backlog: Backlog;
  private readonly thirsty = new Set<Party>();
  private readonly farewells: Farewells;
  private readonly endings: (() => void)[] = [];
  private readonly failures: (() => void)[] = [];
  private readonly idle: (() => void)[] = [];
  private readonly uncaught: unknown[] = [];
  private working = 0;
  private dispatching = false;
  private scheduled = false;
  private closing = false;
  private closed = false;
  private busy = false;
  private now = performance.now();
  private lastSecond = this.now;
  private slot = -1;
  private slotOf: Party | undefined;

  constructor(ground: Ground, { slots = 4096, slotBytes = 1200 }: DispatcherOptions = {}) {
    this.ground = ground;
    this.sockets = ground.sockets;
    this.certificates = ground.certificates;
    this.pool = new MessagePool({ slots, slotBytes, library: ground.library });
    this.outbox = new Outbox(this.pool, { messages: mostConnections, copyBytes });
    this.group = this.sockets.createPollGroup();
    this.backlog = new Backlog({
      sockets: this.sockets,
      sendBufferSize: (connection) => ground.sendBufferSize(connection),
      partyOf: (connection) => this.partyOf(connection),
      failed: (party, error) => {
        this.failures.push(() => party.failed(error));
        this.schedule();
      },
    });
    this.farewells = new Farewells({
      sockets: this.sockets,
      backlog: this.backlog,
      widenSendBuffer: (connection) => ground.widenSendBuffer(connection),
    });
    this.pump = new Pump(() => this.turn());
    this.hear(ground.events);
    this.pool.on("drain", () => this.work(() => this.quench()));
  }

  // ---- who is here --------------------------------------------------------------------------------------------------

  /** @throws ClosedError when the network is about to be closed, or was. */
  mustBeOpen(): void {
    if (this.closing) throw new ClosedError("This network was closed");
  }

  /** Heeds events: its own network's, and those of each instance whose connections it serves. */
  hear(events: Emitter<NetworkingEvents>): void {
    events.on("connectionStatusChanged", (event) => this.work(() => this.onStatusChanged(event)));
    events.on("drain", ({ connectHandle }) => this.work(() => this.onDrain(connectHandle)));
  }

  /** Takes a connection in, which `connect` makes with the user data that it is told. */
  enter(
    party: Party,
    connect: (userData: number) => ConnectionHandle,
    sockets: NetworkingSockets = this.sockets,
  ): ConnectionHandle {
    this.mustBeOpen();
    const place = this.freePlaces.pop() ?? this.table.length;
    this.table[place] = party;
    try {
      const handle = connect(place);
      this.places.set(handle, place);
      if (sockets !== this.sockets) this.guests.set(handle, sockets);
      return handle;
    } catch (error) {
      this.table[place] = undefined;
      this.freePlaces.push(place);
      throw error;
    }
  }

  /** Takes a connection in that was made elsewhere, and opens it if it is Connected. False when there is none such. */
  adopt(
    party: Party,
    handle: ConnectionHandle,
    begin: (connect: (userData: number) => ConnectionHandle) => void,
  ): boolean {
    const info = this.sockets.getConnectionInfo(handle);
    const { connectionState = ConnectionState.None } = info ?? {};
    const isAlive = connectionState > ConnectionState.None && connectionState <= ConnectionState.Connected;
    if (info === undefined || !isAlive || this.places.has(handle)) return false;
    begin((userData) => {
      this.sockets.setConnectionUserData(handle, userData);
      return handle;
    });
    // The event that tells who it is opens one that is not known yet.
    if (connectionState === ConnectionState.Connected && !isUnproved(this.sockets, handle))
      this.work(() => this.open(party, info));
    return true;
  }

  /** Ends a connection. With `linger` everything reliable that was sent before still arrives. */
  leave(party: Party, code: number, text: string, linger: boolean): void {
    const { handle } = party;
    if (!this.places.has(handle)) return;
    this.flush();
    const sockets = this.socketsOf(handle);
    this.forget(handle);
    if (linger) {
      // What it has to say to us is nobody's any more.
      sockets.setConnectionPollGroup(handle, NET_POLL_GROUP_INVALID);
      this.farewells.begin(party, sockets, code, text);
    } else {
      this.backlog.forget(party);
      sockets.closeConnection(handle, code, text);
    }
  }

  /** Whether connections that were ended here have messages under way, or have not said goodbye yet. */
  get isLingering(): boolean {
    return !this.farewells.areOver;
  }

  /** Has connections that come in over a listen socket shown to a listener. */
  listen(socket: ListenSocketHandle, listener: Listener): void {
    this.listeners.set(socket, listener);
  }

  /** Ends a listen socket, and without a word to their peers the connections that it has. */
  stopListening(socket: ListenSocketHandle): void {
    const listener = this.listeners.get(socket);
    if (this.listeners.delete(socket) && !this.closed) listener?.sockets.closeListenSocket(socket);
  }

  // ---- sending ------------------------------------------------------------------------------------------------------

  /** Sends a copy of `data`, or says why it can't. */
  send(party: Party, data: MessageData, flags: number, lane: number): Result {
    if (party.handle === 0) return Result.NoConnection;
    if (this.backlog.has(party)) return Result.LimitExceeded;
    const payload = data instanceof Uint8Array ? data : bytes(data);
    if (byteLengthOf(payload) > maxMessageSizeSend) return Result.InvalidParam;
    if (this.outbox.pushCopy(party.handle, payload, flags, lane) < 0) {
      this.flush();
      if (this.backlog.has(party)) return Result.LimitExceeded;
      this.outbox.pushCopy(party.handle, payload, flags, lane);
    }
    this.schedule();
    return Result.OK;
  }

  /** A slot to write into, as its offset; -1 when there is no room. It is there for one message at a time. */
  take(party: Party): number {
    if (party.handle === 0 || this.backlog.has(party)) return -1;
    if (this.slot < 0 && (this.slot = this.takeSlot()) < 0) {
      this.thirsty.add(party);
      return -1;
    }
    this.slotOf = party;
    return this.pool.offset(this.slot);
  }

  /** Sends the slot that was taken last. */
  commit(party: Party, length: number, flags: number, lane: number): Result {
    if (party.handle === 0) return Result.NoConnection;
    const { slot } = this;
    if (slot < 0 || this.slotOf !== party) {
      throw new NetworkingError("There is nothing to commit: take() a slot first, one for each message");
    }
    if (this.backlog.has(party)) return Result.LimitExceeded;
    if (this.outbox.push(party.handle, slot, length, flags, lane) < 0) {
      this.flush();
      if (this.backlog.has(party)) return Result.LimitExceeded;
      this.outbox.push(party.handle, slot, length, flags, lane);
    }
    this.slot = -1;
    this.slotOf = undefined;
    this.schedule();
    return Result.OK;
  }

  /** Sends the same to many. Answers to how many: those that have room for it, and such a lane. */
  broadcast(
    members: readonly Party[],
    handles: Uint32Array,
    data: MessageData,
    flags: number,
    lane: number,
    except?: Party,
  ): number {
    const payload = bytes(data);
    // All that may be found to have no room is found before it is asked who has some.
    if (members.length > this.outbox.messages - this.outbox.count) this.flush();
    const isShort = payload.length <= this.pool.slotBytes;
    const slot = isShort && members.length > 1 ? this.takeSlot() : -1;
    const isForAll = except === undefined && lane === 0 && this.backlog.isEmpty;
    const takers = isForAll
      ? members
      : members.filter((member) => member !== except && member.hasLane(lane) && !this.backlog.has(member));
    if (slot < 0) {
      let count = 0;
      for (const taker of takers) if (this.send(taker, payload, flags, lane) === Result.OK) count++;
      return count;
    }
    this.pool.bytes.set(payload, this.pool.offset(slot));
    this.outbox.broadcast(isForAll ? handles : takers.map(({ handle }) => handle), slot, payload.length, flags, lane);
    this.schedule();
    return takers.length;
  }

  /** Whether a connection waits for room. */
  isBlocked(party: Party): boolean {
    return this.backlog.has(party);
  }

  // ---- the work -----------------------------------------------------------------------------------------------------

  /** Receives, sends, and runs callbacks. Answers whether there was something to do. Within a handler it does nothing. */
  turn(): boolean {
    if (this.working > 0 || this.closed) return false;
    this.busy = false;
    this.work(this.doTurn);
    return this.busy;
  }

  /** Hands what has come to the connections. */
  receive(): void {
    if (this.dispatching || this.closed || this.places.size === 0) return;
    this.work(this.doReceive);
  }

  /** Sends what was collected. */
  flush(): void {
    const { count } = this.outbox;
    if (count === 0 || this.closed) return;
    this.busy = true;
    if (this.sockets.sendMessages(this.outbox) < count) this.backlog.keep(this.outbox, count);
  }

  /** Delivers events, and sends what their handlers have sent. */
  callbacks(): void {
    this.work(this.doCallbacks);
  }

  /** Ends all connections; their handlers are told, and can begin no new ones. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    this.work(() => {
      for (const listener of [...this.listeners.values()]) listener.stopped();
      for (const party of [...this.table]) {
        if (party === undefined) continue;
        this.dismissOne(party, "the network was closed");
      }
      this.farewells.hurry();
      this.closed = true;
      this.listeners.clear();
      this.outbox.close();
      this.pool.close();
      this.inbox.close();
      this.ground.left();
    });
  }

  /** Ends the connections of an instance that is about to be closed; their handlers are told. */
  dismiss(sockets: NetworkingSockets): void {
    if (this.closed) return;
    this.work(() => {
      for (const [socket, listener] of [...this.listeners]) {
        if (listener.sockets !== sockets) continue;
        this.listeners.delete(socket);
        listener.stopped();
      }
      for (const [handle, owner] of [...this.guests]) {
        const party = owner === sockets ? this.partyOf(handle) : undefined;
        if (party !== undefined) this.dismissOne(party, "the instance was closed");
      }
      this.farewells.hurry(sockets);
    });
  }

  /** Does something that no handler may be interrupted by: now, or when all are done. */
  whenIdle(action: () => void): void {
    if (this.working > 0) this.idle.push(() => this.attempt(action));
    else action();
  }

  /**
   * Runs `action` so that what handlers throw is thrown when everything is done.
   * @throws what handlers threw and no `error` handler took; several as one AggregateError.
   */
  work(action: () => void): void {
    this.working++;
    this.attempt(action);
    if (this.working === 1) doAll(this.failures);
    this.working--;
    if (this.working > 0) return;
    doAll(this.idle);
    if (this.outbox.count > 0) this.schedule();
    if (this.uncaught.length === 0) return;
    const thrown = this.uncaught.splice(0);
    throw thrown.length === 1 ? thrown[0] : new AggregateError(thrown, "Several handlers threw");
  }

  /** Runs `action`; what it throws is thrown when everything is done. */
  attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.uncaught.push(error);
    }
  }

  // ---- inside -------------------------------------------------------------------------------------------------------

  // Made once, so that a turn allocates nothing.
  private readonly doTurn = () => {
    this.ground.poll();
    this.receive();
    this.flush();
    this.callbacks();
  };
  private readonly doReceive = () => {
    this.now = performance.now();
    this.receiveAll(this.receiveFromGroup, mostReceives);
    doAll(this.endings);
  };
  private readonly release = () => this.inbox.release();
  private readonly receiveFromGroup = () => this.sockets.receiveMessagesOnPollGroup(this.group, this.inbox);
  private readonly doCallbacks = () => {
    this.attempt(this.runCallbacks);
    this.everySecond();
    this.flush();
  };
  private readonly runCallbacks = () => this.ground.runCallbacks();

  private receiveAll(receive: () => number, most: number): void {
    this.dispatching = true;
    try {
      for (let left = most; left > 0 && !this.closed; left--) {
        const count = receive();
        if (count === 0) break;
        this.busy = true;
        this.dispatch();
        if (count < this.inbox.messages) break;
      }
      if (!this.closed) this.attempt(this.release);
    } finally {
      this.dispatching = false;
    }
  }

  private dispatch(): void {
    const { inbox, message, table } = this;
    let party: Party | undefined;
    for (let i = 0; i < inbox.count;) {
      try {
        for (; i < inbox.count;) {
          party = table[inbox.userData(i)];
          // Of one that was closed a moment ago.
          if (party === undefined || party.handle !== inbox.connection(i)) {
            i++;
            continue;
          }
          party.deliver(message.show(i++), this.now);
        }
      } catch (error) {
        party?.failed(error);
      }
    }
  }

  private onStatusChanged({ connectHandle, connection: info }: ConnectionStatusChangedEvent): void {
    this.busy = true;
    const party = this.partyOf(connectHandle);
    switch (info.connectionState) {
      case ConnectionState.Connecting:
        if (party === undefined) this.listeners.get(info.listenSocket)?.asked(connectHandle, info);
        return;
      case ConnectionState.Connected:
        if (party !== undefined) this.open(party, info);
        return;
      case ConnectionState.ClosedByPeer:
      case ConnectionState.ProblemDetectedLocally: {
        const by = info.connectionState === ConnectionState.ClosedByPeer ? "peer" : "problem";
        const end: ConnectionClosing = { code: info.endReason, text: info.endDebug, by };
        if (party === undefined) {
          if (!this.farewells.ended(connectHandle)) this.listeners.get(info.listenSocket)?.gaveUp(connectHandle);
        } else if (this.dispatching) this.endings.push(() => this.end(connectHandle, party, end));
        else this.end(connectHandle, party, end);
      }
    }
  }

  private open(party: Party, info: ConnectionInfo): void {
    // Now, so that no message comes before its connection is open.
    this.sockets.setConnectionPollGroup(party.handle, this.group);
    party.opened(info);
  }

  private end(handle: ConnectionHandle, party: Party, end: ConnectionClosing): void {
    if (this.partyOf(handle) !== party) return;
    // What it said before it went.
    this.receiveAll(() => this.sockets.receiveMessagesOnConnection(handle, this.inbox), Infinity);
    if (this.partyOf(handle) !== party) return;
    this.socketsOf(handle).closeConnection(handle);
    this.forget(handle);
    this.backlog.forget(party);
    party.ended(end);
  }

  private dismissOne(party: Party, text: string): void {
    this.leave(party, CloseCode.Normal, text, true);
    party.ended({ code: CloseCode.Normal, text, by: "local" });
  }

  private socketsOf(handle: ConnectionHandle): NetworkingSockets {
    return this.guests.get(handle) ?? this.sockets;
  }

  private partyOf(handle: ConnectionHandle): Party | undefined {
    const place = this.places.get(handle);
    return place === undefined ? undefined : this.table[place];
  }

  private forget(handle: ConnectionHandle): void {
    const place = this.places.get(handle);
    if (place === undefined) return;
    const party = this.table[place];
    this.places.delete(handle);
    this.guests.delete(handle);
    this.table[place] = undefined;
    this.freePlaces.push(place);
    if (party !== undefined) this.thirsty.delete(party);
    if (this.slotOf === party) this.slotOf = undefined;
  }

  private schedule(): void {
    if (this.working > 0 || this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.work(() => this.flush());
    });
  }

  private takeSlot(): number {
    const slot = this.pool.take();
    if (slot >= 0 || this.outbox.count === 0) return slot;
    this.flush();
    return this.pool.take();
  }

  private onDrain(connection: ConnectionHandle): void {
    const party = this.partyOf(connection);
    if (party === undefined) this.farewells.drained(connection);
    else if (this.backlog.send(party)) party.drained();
  }

  private quench(): void {
    const thirsty = [...this.thirsty];
    this.thirsty.clear();
    for (const party of thirsty) if (party.handle !== 0 && !this.backlog.has(party)) party.drained();
  }

  private everySecond(): void {
    const now = performance.now();
    if (now - this.lastSecond < secondMilliseconds) return;
    this.lastSecond = now;
    for (const listener of [...this.listeners.values()]) listener.secondPassed(now);
    void this.farewells.areOver; // which forgets those that are
  }
}

/** A listen socket as the dispatcher knows it. */
export interface Listener {
  /** Through which it listens. */
  readonly sockets: NetworkingSockets;
  /** Somebody wants to connect. */
  asked(handle: ConnectionHandle, info: ConnectionInfo): void;
  /** Somebody who wanted to connect does not any more. */
  gaveUp(handle: ConnectionHandle): void;
  /** Another second has passed. */
  secondPassed(now: number): void;
  /** The network is about to close. */
  stopped(): void;
}

/** Does all in order, also what is added meanwhile. */
function doAll(actions: (() => void)[]): void {
  while (actions.length > 0) actions.shift()?.();
}
