/** `openNetworking`: a network, open on this thread. */
import { DebugOutputType } from "../ffi/enums.ts";
import type { Backend } from "../sdk/backend.ts";
import type { LibraryKind } from "../sdk/library.ts";
import { Certificates } from "./authentication/certificates.ts";
import { AlreadyRunningError } from "./errors.ts";
import { EventHub } from "./events/event-hub.ts";
import { NetworkEventSource } from "./events/event-source.ts";
import { adoptThrough, type AdoptOptions } from "./everyday/adopt.ts";
import { connectThrough, type ConnectOptions } from "./everyday/connect.ts";
import type { Connection } from "./everyday/connection.ts";
import { Dispatcher, type DispatcherOptions } from "./everyday/dispatcher.ts";
import { runLoop, type Phases, type RunOptions, type RunSummary } from "./everyday/run.ts";
import { Server, type ListenOptions } from "./everyday/server.ts";
import type { GameServer } from "./game-server.ts";
import { NetworkInstance, type InstanceOptions } from "./instance.ts";
import { NetworkingMessages } from "./messages/messages.ts";
import type { NetworkingOptions } from "./networking-options.ts";
import { openBackend } from "./open-backend.ts";
import { Signaling } from "./signaling/signaling.ts";
import { NetworkingSockets } from "./sockets/sockets.ts";
import { releaseHeldOf } from "./traffic/inbox.ts";
import { Receiver } from "./traffic/receive.ts";
import { ConfigTable } from "./utils/config.ts";
import { Simulation, type NetworkConditions, type NetworkPreset } from "./utils/simulate.ts";
import { NetworkingUtils } from "./utils/utils.ts";
import { count, integer } from "./validate.ts";
import type { ConnectionHandle } from "./values/handles.ts";
import { parseIdentity } from "./values/native-identity.ts";

/** What a network runs on. */
export interface LibraryInfo {
  /** Which library it is. */
  readonly kind: LibraryKind;
  /** Its file. */
  readonly path: string;
  /** Its version where it tells, else "unknown". */
  readonly version: string;
}

const lingerMilliseconds = 2000;
// The library's own limit.
const mostSendBuffer = 0x1000_0000;

/**
 * Loads a networking library and starts it on this thread. Opened again on the same thread it is shared: each opening
 * is closed for itself, and the last close ends the library.
 *
 * GameNetworkingSockets and Steam, and Steam's user and its game server, can be open at the same time: each is a network
 * of its own.
 *
 * On GameNetworkingSockets and steam_api. C: `GameNetworkingSockets_Init`, `SteamAPI_InitFlat`,
 * `SteamInternal_GameServer_Init_V2`.
 *
 * @throws LibraryNotFoundError listing every place that was looked at.
 * @throws LibraryLoadError when the file is no library, or one without our functions.
 * @throws AlreadyOpenError when another thread has it open, or it is open with another identity or poll mode.
 * @throws LibraryStartError with the library's own words.
 */
export function openNetworking(options: NetworkingOptions = {}): Networking {
  return new Networking(options);
}

/** @internal What serves the connections of `listen` and `connect` on a network. */
export let dispatcherOf: (net: Networking) => Dispatcher;

/**
 * An open network: {@link sockets} and {@link utils}, their events, and the end of it all. Made by
 * {@link openNetworking}.
 */
export class Networking extends NetworkEventSource {
  /** Connections, listen sockets, poll groups, messages. */
  readonly sockets: NetworkingSockets;
  /** Signals, by which peers arrange connections over a service of your own. */
  readonly signaling: Signaling;
  /** Messages by user. */
  readonly messages: NetworkingMessages;
  /** Who is trusted, and our own certificate. */
  readonly certificates: Certificates;
  /** Clock, config options, log. */
  readonly utils: NetworkingUtils;
  /** The Steam game server that this network was opened as, undefined for others. */
  readonly gameServer: GameServer | undefined;
  /** What this network runs on. */
  readonly library: LibraryInfo;
  readonly #backend: Backend;
  readonly #config: ConfigTable;
  readonly #hub: EventHub;
  readonly #receiver: Receiver;
  readonly #pool: DispatcherOptions | undefined;
  #dispatcher: Dispatcher | undefined;
  readonly #instances = new Set<NetworkInstance>();
  #isRunning = false;
  #isEnding = false;

  static {
    dispatcherOf = (net) => net.#dispatch();
  }

  /** @internal Use {@link openNetworking}. */
  constructor(options: NetworkingOptions) {
    const { debugOutput } = options;
    if (debugOutput !== undefined) {
      integer(debugOutput.level, "the level of debug output", DebugOutputType.None, DebugOutputType.Everything);
    }
    const { backend, gameServer } = openBackend(options);
    const { library } = backend;
    const hub = EventHub.of(backend);
    super(hub, backend);
    this.#backend = backend;
    this.#hub = hub;
    this.gameServer = gameServer;
    this.#pool = options.pool;
    this.library = { kind: library.kind, path: library.path, version: backend.version };
    const config = (this.#config = new ConfigTable(this.#backend));
    this.#receiver = new Receiver(this.#backend);
    this.signaling = Signaling.of(this.#hub, this.#backend);
    this.certificates = Certificates.of(this.#hub, this.#backend);
    this.sockets = new NetworkingSockets(this.#backend, config, this.#hub, this.#receiver);
    this.messages = new NetworkingMessages(this.#backend, this.#hub, this.#receiver);
    this.utils = new NetworkingUtils(this.#backend, config, this.#hub, this.handlers);
    try {
      // Global options are the process's: without this they would come over from a network that was closed.
      if (this.#backend.isAlone) {
        config.resetAll();
        this.certificates.forget();
      }
      if (debugOutput !== undefined) this.utils.setDebugOutputFunction(debugOutput.level, debugOutput.handler);
      config.writeAll(options.config);
      if (options.certificates !== undefined) this.certificates.configure(options.certificates);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Whether {@link close} has not taken effect yet. */
  get isOpen(): boolean {
    return this.#backend.isOpen;
  }

  /**
   * Delivers every event that has come since the last time; call it once a tick. Called from a handler it does
   * nothing.
   *
   * On every library. C: `ISteamNetworkingSockets::RunCallbacks`.
   *
   * @throws what a handler threw, when nobody listens to `error`; several as one AggregateError.
   * @throws ClosedError after {@link close}.
   */
  runCallbacks(): void {
    this.#hub.run(this.#backend);
  }

  /**
   * Does the library's work when the network was opened with `manualPoll`: sends, receives, resends. Call it often.
   *
   * On GameNetworkingSockets. C: `SteamNetworkingSockets_Poll`.
   *
   * @param maxWaitMilliseconds how long to wait for packets when there is nothing to do.
   * @throws NetworkingError when the network was not opened with `manualPoll`.
   */
  poll(maxWaitMilliseconds = 0): void {
    this.#backend.poll(count(maxWaitMilliseconds, "the longest wait"));
  }

  /**
   * Calls `tick` at a fixed rate, and around it does the network's work: it receives, ticks, sends what the tick has
   * sent, and delivers events, in this order. The first tick comes 1 / hz seconds after the call. Ticks are due at
   * fixed times, so that a late one makes none after it late.
   *
   * Between two ticks the event loop has its turn, also when the work of a tick takes longer than there is time, so that
   * HTTP, WebSockets and timers of the same process go on. The last 1 to 2 milliseconds before a tick the thread
   * sleeps, for no timer is exact enough: what comes then waits for the end of the tick.
   *
   * In manual poll mode the library's work is done before each tick and after it.
   *
   * On every library. C: `ISteamNetworkingSockets::RunCallbacks`.
   *
   * @returns when the run was ended, be it by `frame.stop()`, by the abort of `signal`, by a signal of the system, or
   * because the network was closed. Rejects with whatever a tick or a handler of events throws, which ends the run.
   * @throws TypeError, RangeError when an option is wrong, or when `tick` returns a promise.
   * @throws AlreadyRunningError when this network runs already.
   * @throws ClosedError after {@link close}.
   */
  async run(options: RunOptions): Promise<RunSummary> {
    if (this.#isRunning) throw new AlreadyRunningError();
    void this.#backend.sockets; // which throws when it is closed
    this.#isRunning = true;
    try {
      return await runLoop(this.#phases(), options);
    } finally {
      this.#isRunning = false;
    }
  }

  /**
   * Listens for connections, in Bun's own idiom: one object of handlers serves them all. See {@link listen}.
   *
   * @throws CreationError when the address is taken or not this machine's.
   * @throws ClosedError after {@link close}.
   */
  listen<Data = undefined>(options: ListenOptions<Data>): Server<Data> {
    return new Server(this, this.#dispatch(), options, () => {});
  }

  /**
   * Connects to a server by name or address. See {@link connect}.
   *
   * @throws ConnectError when it was refused, nobody answered, or the name does not resolve.
   * @throws CreationError when authentication is required and we have no certificate that counts.
   * @throws the reason of `signal` when that is aborted.
   * @throws ClosedError after {@link close}.
   */
  async connect<Data = undefined>(address: string, options: ConnectOptions<Data> = {}): Promise<Connection<Data>> {
    return await connectThrough(this.#dispatch(), address, options);
  }

  /**
   * Has a connection that was made otherwise, such as one of a socket pair, served as those of {@link connect} are. Its
   * user data, poll group and messages belong to it from now on.
   *
   * @param handle a connection that is Connecting, FindingRoute or Connected. One that came in must have been accepted.
   * @returns the connection; when it was Connected already, `open` was called.
   * @throws HandleError when there is no such connection, or it is served already.
   * @throws what `open` threw that no `error` handler took; the connection is served nevertheless.
   * @throws ClosedError after {@link close}.
   */
  adopt<Data = undefined>(handle: ConnectionHandle, options: AdoptOptions<Data> = {}): Connection<Data> {
    return adoptThrough(this.#dispatch(), handle, options);
  }

  /**
   * Makes a network beside this one, with an identity, a certificate, connections and sessions of its own: so that one
   * process holds a thousand bots of which each is somebody. It ends with {@link NetworkInstance.close}, or before this
   * network does. There can be 8,191 of them, and as many connections in all.
   *
   * On GameNetworkingSockets, the library of this package. On Steam user and game server are such a pair, each opened by
   * {@link openNetworking}.
   *
   * Signals are the first network's, as they do not tell which instance they are for. An instance reaches other processes
   * by address, and the networks of this process by identity, too. Otherwise `connectP2PCustomSignaling` with
   * {@link signaling} throws an UnsupportedError, `connectP2P` a CreationError, and `messages.sendMessageToUser` answers
   * `Fail`.
   *
   * @throws UnsupportedError on other libraries.
   * @throws ClosedError after {@link close}.
   */
  createInstance({ identity, certificate }: InstanceOptions = {}): NetworkInstance {
    const { library } = this.#backend;
    const native = identity === undefined ? undefined : parseIdentity(library, identity);
    const ground = {
      hub: this.#hub,
      backend: this.#backend.openInstance(native),
      config: this.#config,
      receiver: this.#receiver,
      dispatcher: () => this.#dispatch(),
      left: (left: NetworkInstance) => this.#instances.delete(left),
    };
    const instance = new NetworkInstance(this, ground, certificate);
    this.#instances.add(instance);
    return instance;
  }

  /**
   * Does once what is to be done for {@link listen} and {@link connect}: receives, sends what was collected, delivers
   * events. For those who chose `pump: "manual"`; call it often. Within a handler it does nothing.
   *
   * @returns whether there was something to do.
   * @throws what handlers threw that no `error` handler took; several as one AggregateError.
   * @throws ClosedError after {@link close}.
   */
  pump(): boolean {
    return this.#dispatch().turn();
  }

  #dispatch(): Dispatcher {
    void this.#backend.sockets; // which throws when it is closed
    if (this.#dispatcher === undefined) {
      const events = this.#hub.attach();
      this.#dispatcher = new Dispatcher(
        {
          sockets: this.sockets,
          certificates: this.certificates,
          events,
          library: this.library.path,
          runCallbacks: () => this.runCallbacks(),
          poll: () => {
            if (this.#backend.manualPoll) this.#backend.poll(0);
          },
          sendBufferSize: (connection) => Number(this.utils.getConfigValue("SendBufferSize", { connection })),
          widenSendBuffer: (connection) => this.utils.setConfigValue("SendBufferSize", mostSendBuffer, { connection }),
          left: () => this.#hub.detach(events, this.#backend),
        },
        this.#pool,
      );
      if (this.#isRunning) this.#dispatcher.pump.hold();
    }
    return this.#dispatcher;
  }

  #phases(): Phases {
    const backend = this.#backend;
    const poll = () => {
      if (backend.manualPoll) backend.poll(0);
    };
    return {
      get isOpen() {
        return backend.isOpen;
      },
      // Without listen and connect there is no dispatcher, or it comes while the network runs.
      begin: () => this.#dispatcher?.pump.hold(),
      receive: () => {
        poll();
        this.#dispatcher?.receive();
      },
      send: () => {
        this.#dispatcher?.flush();
        poll();
      },
      callbacks: () => (this.#dispatcher === undefined ? this.runCallbacks() : this.#dispatcher.callbacks()),
      end: () => this.#dispatcher?.pump.letGo(),
    };
  }

  /**
   * Plays a bad network, for trials: packets that come late, out of order, twice or never, and connections that send
   * slowly. Conditions take the place of those that were set so far for everything, or for the same connection; null
   * ends them, and what they changed is as it was before. All ends with the last close. They are one for all openings
   * of the network on this thread.
   *
   * On GameNetworkingSockets. C: `ISteamNetworkingUtils::SetConfigValue`; the options are told at
   * {@link NetworkConditions}.
   *
   * @param connection only this one; then there can be no other condition than `rate`.
   * @throws ConfigOptionError when a condition can't be had for one connection.
   * @throws HandleError when there is no such connection.
   * @throws TypeError, RangeError when a condition is none or out of range.
   * @throws ClosedError after {@link close}.
   */
  simulate(conditions: NetworkPreset | NetworkConditions | null, connection?: ConnectionHandle): void {
    void this.#backend.sockets; // which throws when it is closed
    Simulation.of(this.#hub).set(this.#config, conditions, connection);
  }

  /**
   * Gives the network back; within a handler, when all handlers are done. Its instances end first. Connections of {@link listen},
   * {@link connect} and {@link adopt} end first, each with its `close`; handlers can begin no new ones by then. The last
   * close on this thread closes what is still open, which the peers are told with the code 2999, waits up to 2 seconds for connections that linger, drops events that
   * nobody fetched, and ends the library. Closing twice does nothing.
   *
   * A Steam game server logs off before it ends.
   *
   * On GameNetworkingSockets and steam_api. C: `GameNetworkingSockets_Kill`, `SteamAPI_Shutdown`,
   * `SteamGameServer_Shutdown`.
   */
  close(): void {
    this.#hub.whenIdle(() => {
      if (this.#dispatcher === undefined) this.#end();
      else this.#dispatcher.whenIdle(() => this.#end());
    });
  }

  #end(): void {
    if (this.#isEnding || !this.#backend.isOpen) return;
    this.#isEnding = true;
    try {
      for (const instance of [...this.#instances]) instance.end();
      this.#dispatcher?.close();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    this.#hub.detach(this.handlers, this.#backend);
    this.#receiver.close();
    try {
      if (this.#backend.isOnlyOpening) {
        releaseHeldOf(this.#backend);
        this.signaling.end(this.#backend);
      }
    } finally {
      this.#backend.close(lingerMilliseconds, this.#hub.lingering);
    }
  }

  /** {@link close}, for `using net = openNetworking()`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
