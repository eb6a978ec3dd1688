/** One network's connections of `listen` and `connect`: their messages, their events, and what they send. */
import { maxMessageSizeSend } from "../ffi/constants.ts";
import { ConnectionState, Result, SendFlags } from "../ffi/enums.ts";
import type { ConnectionInfo } from "./connection-info.ts";
import type { Emitter } from "./emitter.ts";
import { NetworkingError } from "./errors.ts";
import type { ConnectionStatusChangedEvent, NetworkingEvents } from "./events.ts";
import type { ConnectionClosing } from "./handlers.ts";
import type { ConnectionHandle, ListenSocketHandle, PollGroupHandle } from "./handles.ts";
import { Inbox } from "./inbox.ts";
import { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";
import { MessagePool } from "./pool.ts";
import { Pump } from "./pump.ts";
import type { NetworkingSockets } from "./sockets.ts";
import { bytes, type MessageData } from "./validate.ts";

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
  /** Delivers no events any more. */
  left(): void;
}

/** A connection as the dispatcher knows it. */
export interface Party {
  /** 0 when it has ended. */
  readonly handle: ConnectionHandle;
  /** Takes a message. */
  deliver(message: Message, now: number): void;
  /** It stands now. */
  opened(info: ConnectionInfo): void;
  /** It has ended. */
  ended(end: ConnectionClosing): void;
  /** It has room again. */
  drained(): void;
  /** Something of it failed. */
  failed(error: unknown): void;
}

interface Waiting {
  readonly payload: Uint8Array;
  readonly flags: number;
  readonly lane: number;
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
 * What the library refuses for want of room is kept here when it is reliable, and sent in order as soon as there is
 * room; until then the connection takes nothing more.
 */
export class Dispatcher {
  readonly pump: Pump;
  readonly sockets: NetworkingSockets;
  readonly pool: MessagePool;
  private readonly ground: Ground;
  private readonly outbox: Outbox;
  private readonly inbox = new Inbox({ messages: 1024, bytes: 2 << 20 });
  private readonly message = new Message(this.inbox);
  private readonly group: PollGroupHandle;
  private readonly table: (Party | undefined)[] = [];
  private readonly freePlaces: number[] = [];
  private readonly parties = new Map<ConnectionHandle, { readonly party: Party; readonly place: number }>();
  private readonly listeners = new Map<ListenSocketHandle, Listener>();
  private readonly blocked = new Map<Party, Waiting[]>();
  private readonly thirsty = new Set<Party>();
  private readonly endings: (() => void)[] = [];
  private readonly uncaught: unknown[] = [];
  private working = 0;
  private dispatching = false;
  private scheduled = false;
  private closed = false;
  private busy = false;
  private now = performance.now();
  private lastSecond = this.now;
  private slot = -1;
  private slotOf: Party | undefined;

  constructor(ground: Ground, { slots = 4096, slotBytes = 1200 }: DispatcherOptions = {}) {
    this.ground = ground;
    this.sockets = ground.sockets;
    this.pool = new MessagePool({ slots, slotBytes, library: ground.library });
    this.outbox = new Outbox(this.pool, { messages: mostConnections, copyBytes });
    this.group = this.sockets.createPollGroup();
    this.pump = new Pump(() => this.turn());
    ground.events.on("connectionStatusChanged", (event) => this.work(() => this.onStatusChanged(event)));
    ground.events.on("drain", ({ connectHandle }) => this.work(() => this.resend(connectHandle)));
    this.pool.on("drain", () => this.work(() => this.quench()));
  }

  // ---- who is here --------------------------------------------------------------------------------------------------

  /** Takes a connection in, which `connect` makes with the user data that it is told. */
  enter(party: Party, connect: (userData: number) => ConnectionHandle): ConnectionHandle {
    const place = this.freePlaces.pop() ?? this.table.length;
    try {
      const handle = connect(place);
      this.table[place] = party;
      this.parties.set(handle, { party, place });
      return handle;
    } catch (error) {
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
    if (info === undefined || !isAlive || this.parties.has(handle)) return false;
    begin((userData) => {
      this.sockets.setConnectionUserData(handle, userData);
      return handle;
    });
    if (connectionState === ConnectionState.Connected) this.work(() => this.open(party, info));
    return true;
  }

  /** Ends a connection. What was sent before goes out first. */
  leave(party: Party, code: number, text: string, linger: boolean): void {
    const { handle } = party;
    if (!this.parties.has(handle)) return;
    this.flush();
    this.sockets.closeConnection(handle, code, text, linger);
    this.forget(handle);
  }

  /** Has connections that come in over a listen socket shown to a listener. */
  listen(socket: ListenSocketHandle, listener: Listener): void {
    this.listeners.set(socket, listener);
  }

  /** Ends a listen socket, and without a word to their peers the connections that it has. */
  stopListening(socket: ListenSocketHandle): void {
    if (this.listeners.delete(socket) && !this.closed) this.sockets.closeListenSocket(socket);
  }

  // ---- sending ------------------------------------------------------------------------------------------------------

  /** Sends a copy of `data`, or says why it can't. */
  send(party: Party, data: MessageData, flags: number, lane: number): Result {
    if (party.handle === 0) return Result.NoConnection;
    if (this.blocked.has(party)) return Result.LimitExceeded;
    const payload = bytes(data);
    if (payload.length > maxMessageSizeSend) return Result.InvalidParam;
    if (this.outbox.pushCopy(party.handle, payload, flags, lane) < 0) {
      this.flush();
      if (this.blocked.has(party)) return Result.LimitExceeded;
      this.outbox.pushCopy(party.handle, payload, flags, lane);
    }
    this.schedule();
    return Result.OK;
  }

  /** A slot to write into, as its offset; -1 when there is no room. It is there for one message at a time. */
  take(party: Party): number {
    if (party.handle === 0 || this.blocked.has(party)) return -1;
    this.slotOf = party;
    if (this.slot < 0 && (this.slot = this.takeSlot()) < 0) {
      this.thirsty.add(party);
      return -1;
    }
    return this.pool.offset(this.slot);
  }

  /** Sends the slot that was taken last. */
  commit(party: Party, length: number, flags: number, lane: number): Result {
    const { slot } = this;
    if (slot < 0 || this.slotOf !== party) {
      throw new NetworkingError("There is nothing to commit: take() a slot first, one for each message");
    }
    if (party.handle === 0) return Result.NoConnection;
    if (this.blocked.has(party)) return Result.LimitExceeded;
    if (this.outbox.push(party.handle, slot, length, flags, lane) < 0) {
      this.flush();
      this.outbox.push(party.handle, slot, length, flags, lane);
    }
    this.slot = -1;
    this.slotOf = undefined;
    this.schedule();
    return Result.OK;
  }

  /** Sends the same to many. Answers how many have room for it. */
  broadcast(
    members: readonly Party[],
    handles: Uint32Array,
    data: MessageData,
    flags: number,
    lane: number,
    except?: Party,
  ): number {
    const payload = bytes(data);
    const isForAll = except === undefined && this.blocked.size === 0;
    const takers = isForAll ? members : members.filter((member) => member !== except && !this.blocked.has(member));
    const slot = payload.length <= this.pool.slotBytes && takers.length > 1 ? this.takeSlot() : -1;
    if (slot < 0) {
      let count = 0;
      for (const taker of [...takers]) if (this.send(taker, payload, flags, lane) === Result.OK) count++;
      return count;
    }
    this.pool.bytes.set(payload, this.pool.offset(slot));
    const to = isForAll ? handles : takers.map(({ handle }) => handle);
    if (this.outbox.broadcast(to, slot, payload.length, flags, lane) < 0) {
      this.flush();
      this.outbox.broadcast(to, slot, payload.length, flags, lane);
    }
    this.schedule();
    return takers.length;
  }

  /** Whether a connection waits for room. */
  isBlocked(party: Party): boolean {
    return this.blocked.has(party);
  }

  // ---- the work -----------------------------------------------------------------------------------------------------

  /** Receives, sends, and runs callbacks. Answers whether there was something to do. Within a handler it does nothing. */
  turn(): boolean {
    if (this.working > 0 || this.closed) return false;
    this.work(this.doTurn);
    const { busy } = this;
    this.busy = false;
    return busy;
  }

  /** Hands what has come to the connections. */
  receive(): void {
    if (this.dispatching || this.closed || this.parties.size === 0) return;
    this.work(this.doReceive);
  }

  /** Sends what was collected. */
  flush(): void {
    const { count } = this.outbox;
    if (count === 0 || this.closed) return;
    this.busy = true;
    if (this.sockets.sendMessages(this.outbox) < count) this.takeFailures(count);
  }

  /** Delivers events, and sends what their handlers have sent. */
  callbacks(): void {
    this.work(this.doCallbacks);
  }

  /** Ends all connections; their handlers are told. */
  close(): void {
    if (this.closed) return;
    this.work(() => {
      for (const listener of this.listeners.values()) listener.stopped();
      for (const { party } of [...this.parties.values()]) {
        this.leave(party, 0, "", true);
        party.ended({ code: 0, text: "the network was closed", by: "local" });
      }
      this.closed = true;
      this.listeners.clear();
      this.outbox.close();
      this.pool.close();
      this.inbox.close();
      this.ground.left();
    });
  }

  /**
   * Runs `action` so that what handlers throw is thrown when everything is done.
   * @throws what handlers threw and no `error` handler took; several as one AggregateError.
   */
  work(action: () => void): void {
    this.working++;
    try {
      this.attempt(action);
    } finally {
      this.working--;
    }
    if (this.working > 0 || this.uncaught.length === 0) return;
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
    if (this.endings.length > 0) for (const end of this.endings.splice(0)) end();
  };
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
      if (!this.closed) this.inbox.release();
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
    const party = this.parties.get(connectHandle)?.party;
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
        if (party === undefined) this.listeners.get(info.listenSocket)?.gaveUp(connectHandle);
        else if (this.dispatching) this.endings.push(() => this.end(connectHandle, party, end));
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
    if (this.parties.get(handle)?.party !== party) return;
    // What it said before it went.
    this.receiveAll(() => this.sockets.receiveMessagesOnConnection(handle, this.inbox), Infinity);
    if (this.parties.get(handle)?.party !== party) return;
    this.sockets.closeConnection(handle);
    this.forget(handle);
    party.ended(end);
  }

  private forget(handle: ConnectionHandle): void {
    const known = this.parties.get(handle);
    if (known === undefined) return;
    const { party, place } = known;
    this.parties.delete(handle);
    this.table[place] = undefined;
    this.freePlaces.push(place);
    this.blocked.delete(party);
    this.thirsty.delete(party);
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

  /** After the outbox was sent: what of it must be kept, and what told. */
  private takeFailures(count: number): void {
    const again = new Set<ConnectionHandle>();
    for (let at = 0; at < count; at++) {
      const result = this.outbox.result(at);
      if (result > 0) continue;
      const { connection, payload, flags, lane } = this.outbox.entry(at);
      const party = this.parties.get(connection)?.party;
      if (party === undefined) continue;
      const waiting = this.blocked.get(party);
      if (result === 0 || result === -Result.LimitExceeded) {
        if (result !== 0 && payload.length > this.ground.sendBufferSize(connection)) {
          party.failed(tooLarge(payload.length));
          again.add(connection);
        } else if ((flags & SendFlags.Reliable) !== 0) {
          if (waiting === undefined) this.blocked.set(party, [{ payload: payload.slice(), flags, lane }]);
          else waiting.push({ payload: payload.slice(), flags, lane });
        } else if (waiting === undefined) this.blocked.set(party, []);
      } else if (result === -Result.InvalidParam) {
        party.failed(refused());
        again.add(connection);
      }
    }
    // Those were not refused for want of room, so nothing will tell of any.
    for (const connection of again) this.resend(connection);
  }

  private resend(connection: ConnectionHandle): void {
    const party = this.parties.get(connection)?.party;
    const waiting = party && this.blocked.get(party);
    if (party === undefined || waiting === undefined) return;
    this.blocked.delete(party);
    for (const { payload, flags, lane } of waiting) {
      if (this.outbox.pushCopy(connection, payload, flags, lane) >= 0) continue;
      this.flush();
      const left = this.blocked.get(party);
      if (left === undefined) this.outbox.pushCopy(connection, payload, flags, lane);
      else left.push({ payload, flags, lane });
    }
    this.flush();
    if (!this.blocked.has(party) && party.handle !== 0) party.drained();
  }

  private quench(): void {
    const thirsty = [...this.thirsty];
    this.thirsty.clear();
    for (const party of thirsty) if (party.handle !== 0 && !this.blocked.has(party)) party.drained();
  }

  private everySecond(): void {
    const now = performance.now();
    if (now - this.lastSecond < secondMilliseconds) return;
    this.lastSecond = now;
    for (const listener of [...this.listeners.values()]) listener.secondPassed(now);
  }
}

/** A listen socket as the dispatcher knows it. */
export interface Listener {
  /** Somebody wants to connect. */
  asked(handle: ConnectionHandle, info: ConnectionInfo): void;
  /** Somebody who wanted to connect does not any more. */
  gaveUp(handle: ConnectionHandle): void;
  /** Another second has passed. */
  secondPassed(now: number): void;
  /** The network is about to close. */
  stopped(): void;
}

function tooLarge(length: number): NetworkingError {
  return new NetworkingError(
    `A message of ${length} bytes never fits into the connection's send buffer. Set SendBufferSize to more, or send it in parts`,
  );
}

function refused(): NetworkingError {
  return new NetworkingError(
    `The library refused a message with the result InvalidParam. See that its lane is one of those that lanes() has made`,
  );
}
