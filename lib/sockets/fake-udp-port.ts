/** `FakeUDPPort`: datagrams to and from fake IP addresses, in the manner of a UDP socket. */
import { fakeUDPPortMaxMessageSize, fakeUDPPortRecommendedMTU } from "../../ffi/constants.ts";
import { HelperSource, type Result } from "../../ffi/enums.ts";
import type { Address } from "../../ffi/memory.ts";
import type { Backend } from "../../sdk/backend.ts";
import { ClosedError, NetworkingError } from "../errors.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { Inbox } from "../traffic/inbox.ts";
import { receiveInto, type ReceivedMessage, type Receiver } from "../traffic/receive.ts";
import { bytes, int32, type MessageData } from "../validate.ts";
import { parseAddress } from "../values/native-address.ts";
import { asResult } from "./core.ts";

/**
 * Datagrams of a fake UDP port are best no larger than this, so that none is cut in two on its way.
 * C: `k_cbSteamNetworkingSocketsFakeUDPPortRecommendedMTU`.
 */
export const NETWORKING_SOCKETS_FAKE_UDP_PORT_RECOMMENDED_MTU = fakeUDPPortRecommendedMTU;

/**
 * Datagrams of a fake UDP port can be no larger than this.
 * C: `k_cbSteamNetworkingSocketsFakeUDPPortMaxMessageSize`.
 */
export const NETWORKING_SOCKETS_FAKE_UDP_PORT_MAX_MESSAGE_SIZE = fakeUDPPortMaxMessageSize;

const noBytes = null;

/** The library's own object, which all that share the library have in common. */
class NativePort {
  // By library, as a hub is, and gone with it.
  static readonly #byLibrary = new WeakMap<EventHub, Map<Address, NativePort>>();

  /** The port at an address. The library gives the same one for the same index. */
  static of(hub: EventHub, backend: Backend, address: Address): NativePort {
    const ports = NativePort.#byLibrary.get(hub) ?? new Map<Address, NativePort>();
    NativePort.#byLibrary.set(hub, ports);
    let port = ports.get(address);
    if (port === undefined) ports.set(address, (port = new NativePort(backend, address, ports)));
    return port;
  }

  readonly #ports: Map<Address, NativePort>;
  readonly #address: Address;
  /** By which the helper knows it. */
  readonly number: number;
  #isOpen = true;

  private constructor(backend: Backend, address: Address, ports: Map<Address, NativePort>) {
    this.#address = address;
    this.#ports = ports;
    this.number = backend.fakePort(address);
    if (this.number < 0) throw new NetworkingError("The fake UDP port can't be received from");
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** @throws ClosedError when it was destroyed. */
  get address(): Address {
    if (!this.#isOpen) throw new ClosedError("The fake UDP port was destroyed. Make another one by createFakeUDPPort");
    return this.#address;
  }

  destroy(backend: Backend): void {
    if (!this.#isOpen) return;
    const { DestroyFakeUDPPort } = backend.library.functions.fakeUDPPort;
    backend.forgetFakePort(this.number);
    this.#isOpen = false;
    this.#ports.delete(this.#address);
    DestroyFakeUDPPort(this.#address);
  }
}

/**
 * Sends and receives datagrams by fake IP addresses, in the manner of a UDP socket. Made by
 * {@link NetworkingSockets.createFakeUDPPort}; works until it is destroyed, or its network closed.
 *
 * On steam_api. C: `ISteamNetworkingFakeUDPPort`.
 */
export class FakeUDPPort {
  readonly #backend: Backend;
  readonly #receiver: Receiver;
  readonly #port: NativePort;

  /** @internal Use {@link NetworkingSockets.createFakeUDPPort}. */
  constructor(backend: Backend, hub: EventHub, receiver: Receiver, address: Address) {
    this.#backend = backend;
    this.#receiver = receiver;
    this.#port = NativePort.of(hub, backend, address);
  }

  /** Whether it can be used: neither it was destroyed nor its network closed. */
  get isOpen(): boolean {
    return this.#port.isOpen && this.#backend.isOpen;
  }

  /**
   * Sends a datagram to a fake address.
   *
   * On steam_api. C: `ISteamNetworkingFakeUDPPort::SendMessageToFakeIP`.
   *
   * @param address with its port, as {@link NetworkingSockets.getRemoteFakeIPForConnection}, a received message's
   * identity or the other end told it.
   * @param data up to {@link NETWORKING_SOCKETS_FAKE_UDP_PORT_MAX_MESSAGE_SIZE} bytes; better no more than
   * {@link NETWORKING_SOCKETS_FAKE_UDP_PORT_RECOMMENDED_MTU}. Copied before the call returns.
   * @param flags a sum of {@link SendFlags}, mostly `UnreliableNoNagle`. Reliable datagrams there are none.
   * @returns as `sendMessageToConnection` does, and besides `Busy`: our own fake address was not given to us yet;
   * `IPNotFound`: it is an address of this process's own for somebody with whom there is no connection any more.
   * @throws ClosedError when the port was destroyed.
   */
  sendMessageToFakeIP(address: string, data: MessageData, flags: number): Result {
    const native = parseAddress(this.#backend.library, address);
    const payload = bytes(data);
    int32(flags, "flags");
    return asResult(
      this.#functions.SendMessageToFakeIP(
        this.#self,
        native.memory.bytes,
        payload.length === 0 ? noBytes : payload,
        payload.length,
        flags,
      ),
    );
  }

  /**
   * Receives datagrams, as many as have come, with one native call for up to 256. The identity of each is a fake
   * address: `"ip:169.254.1.2:27015"`.
   *
   * On steam_api. C: `ISteamNetworkingFakeUDPPort::ReceiveMessages`.
   *
   * @param maxMessages at most so many.
   * @throws ClosedError when the port was destroyed.
   */
  receiveMessages(maxMessages?: number): ReceivedMessage[];
  /**
   * Receives datagrams into an inbox, with one native call and nothing allocated.
   *
   * @param maxMessages at most so many, and as many as the inbox has room for.
   * @returns how many came.
   * @throws ClosedError when the port was destroyed.
   */
  receiveMessages(inbox: Inbox, maxMessages?: number): number;
  receiveMessages(into?: Inbox | number, maxMessages?: number): number | ReceivedMessage[] {
    void this.#self; // which throws when it was destroyed
    const { number } = this.#port;
    const received = receiveInto(this.#backend, this.#receiver, HelperSource.FakePort, number, into, maxMessages);
    if (received === undefined) throw new ClosedError("The library does not know this fake UDP port any more");
    return received;
  }

  /**
   * Says that we are done with somebody: what the library keeps for him goes in a few seconds, unless datagrams are
   * sent or come until then. It would time out by itself, later.
   *
   * On steam_api. C: `ISteamNetworkingFakeUDPPort::ScheduleCleanup`.
   *
   * @throws ClosedError when the port was destroyed.
   */
  scheduleCleanup(address: string): void {
    const native = parseAddress(this.#backend.library, address);
    this.#functions.ScheduleCleanup(this.#self, native.memory.bytes);
  }

  /**
   * Ends the port and the connections behind it, for everybody who was given it. Doing so twice does nothing, nor does
   * doing so after the network was closed, which ends it as well.
   *
   * On steam_api. C: `ISteamNetworkingFakeUDPPort::DestroyFakeUDPPort`.
   */
  destroy(): void {
    if (this.#backend.isOpen) this.#port.destroy(this.#backend);
  }

  /** {@link destroy}. */
  close(): void {
    this.destroy();
  }

  /** {@link destroy}, for `using port = sockets.createFakeUDPPort(-1)`. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  get #functions() {
    return this.#backend.library.functions.fakeUDPPort;
  }

  get #self(): Address {
    void this.#backend.sockets; // which throws when the network was closed
    return this.#port.address;
  }
}
