/** Fake IP addresses: asking for our own, listening there, and what is known of others'. */
import { maxFakeIPPorts } from "../../ffi/constants.ts";
import { Result, type FakeIPType } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import type { ConfigOptions } from "../utils/config.ts";
import { count, handle, integer } from "../validate.ts";
import { fakeIPResultBytes, readFakeIPResult, type FakeIPResult } from "../values/fake-ip.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { formatAddress, NativeAddress } from "../values/native-address.ts";
import { asResult } from "./core.ts";
import { FakeUDPPort } from "./fake-udp-port.ts";
import { PeerToPeer } from "./peer-to-peer.ts";

const ownPort = -1;
const mostPortIndex = maxFakeIPPorts - 1;

/** What is known of the other end's fake address. */
export interface RemoteFakeIP {
  /** `OK`, `InvalidParam` when there is no such connection, `IPNotFound` when it was not made by a fake address. */
  readonly result: Result;
  /** The address without its port; only with `OK`. */
  readonly ipAddress?: string;
  /** Its port; only with `OK`. */
  readonly port?: number;
  /** Whether everybody or only this process knows the address; only with `OK`. */
  readonly ipType?: FakeIPType;
}

/** @internal */
export abstract class FakeIP extends PeerToPeer {
  readonly #ports = new Map<number, FakeUDPPort>();

  /**
   * Asks Steam for a fake IPv4 address by which others can reach us through its network. The event `fakeIPResult` tells
   * what came of it. A game server must ask before it logs on, and gets its answer after that, perhaps minutes later:
   * the option `gameServer.fakePorts` of {@link openNetworking} does so.
   *
   * On steam_api. C: `ISteamNetworkingSockets::BeginAsyncRequestFakeIP`.
   *
   * @param numPorts how many ports, 1 to 8; Steam gives no more than 4 at the time of writing.
   * @returns false when it was asked for already and there is no answer yet.
   * @throws UnsupportedError on GameNetworkingSockets, as do all functions with fake addresses.
   */
  beginAsyncRequestFakeIP(numPorts: number): boolean {
    integer(numPorts, "the number of ports", 1, maxFakeIPPorts);
    return this.functions.BeginAsyncRequestFakeIP(this.backend.sockets, numPorts);
  }

  /**
   * The fake address that we were given, if any. See that its `result` is `OK`.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetFakeIP`.
   *
   * @param firstPort has no meaning yet and must be 0; for others the result is `InvalidParam`.
   */
  getFakeIP(firstPort = 0): FakeIPResult {
    count(firstPort, "the first port");
    const answer = new SharedMemory(fakeIPResultBytes);
    this.functions.GetFakeIP(this.backend.sockets, firstPort, answer.bytes);
    return readFakeIPResult(this.backend.library, answer, 0);
  }

  /**
   * Listens for connections that come to our fake address; others begin them by {@link connectByIPAddress}. It can be
   * made as soon as the address was asked for.
   *
   * On steam_api. C: `ISteamNetworkingSockets::CreateListenSocketP2PFakeIP`.
   *
   * @param fakePort which of the ports that were asked for, 0 for the first; not the number of the port.
   * @param options set before anything can come in, and handed on to the connections.
   * @throws CreationError when no address was asked for; its `reason` has the library's words.
   */
  createListenSocketP2PFakeIP(fakePort: number, options?: ConfigOptions): ListenSocketHandle {
    integer(fakePort, "the index of a fake port", 0, mostPortIndex);
    const list = this.config.list(options);
    return this.made(
      () => this.functions.CreateListenSocketP2PFakeIP(this.backend.sockets, fakePort, list.count, list.array),
      `A listen socket at fake port ${fakePort}`,
      "Ask for a fake address by beginAsyncRequestFakeIP first",
    );
  }

  /**
   * The fake address of the other end of a connection that was made by one: the one that everybody knows it by, or one
   * that only this process has given it.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetRemoteFakeIPForConnection`.
   */
  getRemoteFakeIPForConnection(connection: ConnectionHandle): RemoteFakeIP {
    const { library } = this.backend;
    const address = new NativeAddress();
    const result = asResult(
      this.functions.GetRemoteFakeIPForConnection(
        this.backend.sockets,
        handle(connection, "connection"),
        address.memory.bytes,
      ),
    );
    if (result !== Result.OK) return { result };
    return {
      result,
      ipAddress: formatAddress(library, address.memory, 0, false),
      port: address.port,
      ipType: library.functions.utils.GetIPv4FakeIPType(this.backend.utils, ipv4Of(address)) as FakeIPType,
    };
  }

  /**
   * Makes a port that sends and receives datagrams by fake addresses, in the manner of a UDP socket.
   *
   * On steam_api. C: `ISteamNetworkingSockets::CreateFakeUDPPort`.
   *
   * @param fakeServerPort which of the ports that were asked for by {@link beginAsyncRequestFakeIP}, 0 for the first:
   * the same object each time. -1 for a port of a client's, a new one each time, which others see under an address that
   * they make up.
   * @throws CreationError when the library refuses; its `reason` has the library's words.
   */
  createFakeUDPPort(fakeServerPort: number): FakeUDPPort {
    integer(fakeServerPort, "the index of a fake port", ownPort, mostPortIndex);
    this.backend.takeComplaint();
    const address = this.functions.CreateFakeUDPPort(this.backend.sockets, fakeServerPort);
    if (address === null || typeof address === "bigint") {
      throw this.refused("A fake UDP port", "Ask for a fake address by beginAsyncRequestFakeIP first, or name -1");
    }
    const known = this.#ports.get(fakeServerPort);
    if (known?.isOpen && fakeServerPort !== ownPort) return known;
    const port = new FakeUDPPort(this.backend, this.hub, this.receiver, address);
    if (fakeServerPort !== ownPort) this.#ports.set(fakeServerPort, port);
    return port;
  }
}

/** Fake addresses are IPv4, which stands in the last four bytes, the first part first. */
function ipv4Of({ memory }: NativeAddress): number {
  return memory.view.getUint32(12, false);
}
