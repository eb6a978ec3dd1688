/** `NetworkInstance`: a network beside the first one, for another identity. */
import type { Backend } from "../sdk/backend.ts";
import { Certificates } from "./authentication/certificates.ts";
import { Demands } from "./authentication/demands.ts";
import type { RenewCertificate } from "./authentication/renewal.ts";
import type { Emitter } from "./emitter.ts";
import { EventHub } from "./events/event-hub.ts";
import { NetworkEventSource } from "./events/event-source.ts";
import type { NetworkingEvents } from "./events/events.ts";
import { adoptThrough, type AdoptOptions } from "./everyday/adopt.ts";
import { connectThrough, type ConnectOptions } from "./everyday/connect.ts";
import type { Connection } from "./everyday/connection.ts";
import type { Dispatcher } from "./everyday/dispatcher.ts";
import { Server, type ListenOptions } from "./everyday/server.ts";
import { NetworkingMessages } from "./messages/messages.ts";
import type { Networking } from "./networking.ts";
import { NetworkingSockets } from "./sockets/sockets.ts";
import type { Receiver } from "./traffic/receive.ts";
import type { ConfigTable } from "./utils/config.ts";
import type { NetworkingUtils } from "./utils/utils.ts";
import type { ConnectionHandle } from "./values/handles.ts";

/** Who an instance is. */
export interface InstanceOptions {
  /** Its identity, in the SDK's text form (`"str:bot-17"`); localhost, anonymous, without it. */
  readonly identity?: string;
  /** Gets its certificate from one's own authority, now and before it expires; see {@link CertificateOptions.renew}. */
  readonly certificate?: RenewCertificate;
}

/** @internal What an instance has of its network. */
export interface InstanceGround {
  readonly hub: EventHub;
  /** Its own. */
  readonly backend: Backend;
  readonly config: ConfigTable;
  readonly receiver: Receiver;
  dispatcher(): Dispatcher;
  left(instance: NetworkInstance): void;
}

const lingerMilliseconds = 2000;

/**
 * A network beside the one that made it by {@link Networking.createInstance}: it has its own identity, certificate,
 * connections, poll groups, sessions and events. Closing it leaves the others.
 *
 * Threads, clock, log, config options and the pump are those of its network, and whoever runs that one's callbacks or its
 * pump delivers the events of all instances, too. Signals are the first network's alone. Handles are one for the process: a connection should be closed by the
 * network that made it, messages may be received and sent through any.
 */
export class NetworkInstance extends NetworkEventSource implements Disposable {
  /** The network that made it: it runs, pumps and polls for all its instances. */
  readonly net: Networking;
  /** Connections, listen sockets, poll groups, messages. */
  readonly sockets: NetworkingSockets;
  /** Its own certificate. Who is trusted is one for the process. */
  readonly certificates: Certificates;
  readonly #ground: InstanceGround;
  readonly #hub: EventHub;
  #messages: NetworkingMessages | undefined;
  /** The handlers by which the dispatcher hears of its connections. */
  #served: Emitter<NetworkingEvents> | undefined;

  /** @internal Use {@link Networking.createInstance}. */
  constructor(net: Networking, ground: InstanceGround, certificate: RenewCertificate | undefined) {
    const { backend, config, receiver } = ground;
    const hub = EventHub.of(backend);
    super(hub, backend);
    this.net = net;
    this.#ground = ground;
    this.#hub = hub;
    this.certificates = Certificates.of(this.#hub, backend);
    this.sockets = new NetworkingSockets(backend, config, this.#hub, receiver);
    try {
      if (certificate !== undefined) this.certificates.configure({ renew: certificate });
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Whether {@link close} has not taken effect yet. */
  get isOpen(): boolean {
    return this.#ground.backend.isOpen;
  }

  /**
   * Messages by user. Users in this process are reached by their identity, others not: signals are the first network's,
   * and `sendMessageToUser` answers `Fail`.
   */
  get messages(): NetworkingMessages {
    const { backend, receiver } = this.#ground;
    return (this.#messages ??= new NetworkingMessages(backend, this.#hub, receiver));
  }

  /** Clock, config options, log: those of the network that made it. */
  get utils(): NetworkingUtils {
    return this.net.utils;
  }

  /** The same as {@link Networking.runCallbacks} of its network: events of all instances are delivered. */
  runCallbacks(): void {
    void this.#ground.backend.sockets; // which throws when it is closed
    this.net.runCallbacks();
  }

  /**
   * Listens as this identity. See {@link listen}.
   *
   * @throws CreationError when the address is taken or not this machine's.
   * @throws ClosedError after {@link close}.
   */
  listen<Data = undefined>(options: ListenOptions<Data>): Server<Data> {
    return new Server(this.net, this.#dispatch(), options, () => {}, this.sockets);
  }

  /**
   * Connects as this identity. See {@link connect}.
   *
   * @throws ConnectError when it was refused, nobody answered, or the name does not resolve.
   * @throws the reason of `signal` when that is aborted.
   * @throws ClosedError after {@link close}.
   */
  async connect<Data = undefined>(address: string, options: ConnectOptions<Data> = {}): Promise<Connection<Data>> {
    return await connectThrough(this.#dispatch(), address, options, undefined, this);
  }

  /** Has a connection of this instance served as those of {@link connect} are; see {@link Networking.adopt}. */
  adopt<Data = undefined>(handle: ConnectionHandle, options: AdoptOptions<Data> = {}): Connection<Data> {
    return adoptThrough(this.#dispatch(), handle, options, this.sockets);
  }

  /**
   * Ends the instance; within a handler, when all handlers are done. Connections of {@link listen}, {@link connect} and
   * {@link adopt} end first, each with its `close`. Then everything is ended that it still has, after waiting up to 2
   * seconds for connections that linger. Closing twice does nothing.
   */
  close(): void {
    this.#hub.whenIdle(() => {
      if (this.#served === undefined) this.end();
      else this.#ground.dispatcher().whenIdle(() => this.end());
    });
  }

  /** {@link close}, for `using bot = net.createInstance()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Ends it now. */
  end(): void {
    const { backend, left } = this.#ground;
    if (!backend.isOpen) return;
    try {
      if (this.#served !== undefined) this.#ground.dispatcher().dismiss(this.sockets);
    } finally {
      backend.close(lingerMilliseconds);
      Demands.of(this.#hub).left(this.#hub);
      for (const emitter of [this.handlers, this.#served]) {
        if (emitter !== undefined) this.#hub.detach(emitter, backend);
      }
      left(this);
    }
  }

  #dispatch(): Dispatcher {
    void this.#ground.backend.sockets; // which throws when it is closed
    const dispatcher = this.#ground.dispatcher();
    if (this.#served === undefined) dispatcher.hear((this.#served = this.#hub.attach()));
    return dispatcher;
  }
}
