/** Dedicated servers in Valve's data centers. */
import { maxGameCoordinatorServerLoginAppData, maxGameCoordinatorServerLoginSerialized } from "../../ffi/constants.ts";
import { Result } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import type { ConfigOptions } from "../utils/config.ts";
import { bytes, integer, type MessageData } from "../validate.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import {
  hostedAddressBytes,
  loginWith,
  readHostedAddress,
  readHostedAddressProblem,
  readLogin,
  readTicket,
  ticketBytes,
  type GameCoordinatorServerLogin,
  type HostedAddress,
  type RelayAuthTicket,
} from "../values/hosted.ts";
import { parsePeerIdentity, type PeerIdentity } from "../values/peer-identity.ts";
import { asResult } from "./core.ts";
import { FakeIP } from "./fake-ip.ts";

const mostVirtualPort = 0xffff;

/** @internal */
export abstract class Hosted extends FakeIP {
  /**
   * Begins to connect to a server in a Valve data center that lets in clients with a ticket. The ticket must have been
   * given to {@link receivedRelayAuthTicket}. Servers that need none are reached by {@link connectP2P}.
   *
   * On steam_api. C: `ISteamNetworkingSockets::ConnectToHostedDedicatedServer`.
   *
   * @param identity the server, as text or as a Steam ID.
   * @param virtualPort where it listens, 0 to 65,535.
   * @throws CreationError when there is no ticket, or the library refuses otherwise; its `reason` has the library's
   * words.
   * @throws UnsupportedError on GameNetworkingSockets, as do all functions for hosted servers.
   */
  connectToHostedDedicatedServer(
    identity: PeerIdentity,
    virtualPort: number,
    options?: ConfigOptions,
  ): ConnectionHandle {
    const native = parsePeerIdentity(this.backend.library, identity);
    integer(virtualPort, "a virtual port", 0, mostVirtualPort);
    const list = this.config.list(options);
    const { ConnectToHostedDedicatedServer } = this.functions;
    return this.made(
      () => ConnectToHostedDedicatedServer(this.backend.sockets, native.bytes, virtualPort, list.count, list.array),
      `A connection to the hosted server ${identity}`,
      "Give its ticket to receivedRelayAuthTicket first",
    );
  }

  /**
   * Listens in a Valve data center for clients that have a ticket. The UDP port is that of the environment variable
   * `SDR_LISTEN_PORT`. For game servers only; where clients need no ticket, {@link createListenSocketP2P} does.
   *
   * On steam_api. C: `ISteamNetworkingSockets::CreateHostedDedicatedServerListenSocket`.
   *
   * @param virtualPort 0 to 65,535.
   * @param options set before anything can come in, and handed on to the connections.
   * @throws CreationError when no UDP port is named, or the library refuses otherwise; its `reason` has the library's
   * words.
   */
  createHostedDedicatedServerListenSocket(virtualPort: number, options?: ConfigOptions): ListenSocketHandle {
    integer(virtualPort, "a virtual port", 0, mostVirtualPort);
    const list = this.config.list(options);
    const { CreateHostedDedicatedServerListenSocket } = this.functions;
    return this.made(
      () => CreateHostedDedicatedServerListenSocket(this.backend.sockets, virtualPort, list.count, list.array),
      `A listen socket of a hosted server at virtual port ${virtualPort}`,
      "Open the network with gameServer, and name the UDP port in the environment variable SDR_LISTEN_PORT",
    );
  }

  /**
   * How relays reach this hosted server: for the tickets that one's own backend makes. {@link
   * getGameCoordinatorServerLogin} has it too, signed.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetHostedDedicatedServerAddress`.
   *
   * @returns `address` only with the result `OK`. `InvalidState`: `SDR_LISTEN_PORT` is not set; `Pending`: what is
   * needed for authentication is not there yet. `debugMessage` then tells more.
   */
  getHostedDedicatedServerAddress(): {
    readonly result: Result;
    readonly address?: HostedAddress;
    readonly debugMessage: string;
  } {
    const memory = new SharedMemory(hostedAddressBytes);
    const result = asResult(this.functions.GetHostedDedicatedServerAddress(this.backend.sockets, memory.bytes));
    return result === Result.OK
      ? { result, address: readHostedAddress(this.backend.library, memory, 0), debugMessage: "" }
      : { result, debugMessage: readHostedAddressProblem(memory, 0) };
  }

  /**
   * The data center that this server is hosted in, 0 when `SDR_LISTEN_PORT` is not set; {@link DATAGRAM_POP_ID_DEV} in
   * development.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetHostedDedicatedServerPOPID`.
   */
  getHostedDedicatedServerPOPId(): number {
    return this.functions.GetHostedDedicatedServerPOPID(this.backend.sockets);
  }

  /**
   * The UDP port at which this hosted server listens, as `SDR_LISTEN_PORT` says; 0 when that is not set.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetHostedDedicatedServerPort`.
   */
  getHostedDedicatedServerPort(): number {
    return this.functions.GetHostedDedicatedServerPort(this.backend.sockets);
  }

  /**
   * Makes the login by which this hosted server shows its own backend who and where it is, signed with the certificate
   * that Valve gave it.
   *
   * On steam_api. C: `ISteamNetworkingSockets::GetGameCoordinatorServerLogin`.
   *
   * @param appData what the application adds, up to 2,048 bytes.
   * @returns `login` and `signedBlob`, which is it for the backend, only with the result `OK`. `NotLoggedOn`: not yet;
   * else as {@link getHostedDedicatedServerAddress}. `debugMessage` then tells more.
   */
  getGameCoordinatorServerLogin(appData: MessageData = ""): {
    readonly result: Result;
    readonly login?: GameCoordinatorServerLogin;
    readonly signedBlob?: Uint8Array;
    readonly debugMessage: string;
  } {
    const added = bytes(appData);
    integer(added.length, "the number of bytes that the application adds", 0, maxGameCoordinatorServerLoginAppData);
    const login = loginWith(added);
    const blob = new SharedMemory(maxGameCoordinatorServerLoginSerialized);
    const size = new SharedMemory(4);
    size.view.setInt32(0, blob.bytes.length, true);
    const result = asResult(
      this.functions.GetGameCoordinatorServerLogin(this.backend.sockets, login.bytes, size.bytes, blob.bytes),
    );
    if (result !== Result.OK) return { result, debugMessage: blob.text(0, blob.bytes.length) };
    return {
      result,
      login: readLogin(this.backend.library, login),
      signedBlob: Uint8Array.from(blob.bytes.subarray(0, size.view.getInt32(0, true))),
      debugMessage: "",
    };
  }

  /**
   * Keeps a ticket that came from one's own backend, for {@link connectToHostedDedicatedServer}, also over a restart.
   *
   * On steam_api. C: `ISteamNetworkingSockets::ReceivedRelayAuthTicket`.
   *
   * @param ticket as the backend made it, at least one byte.
   * @returns what it says, or undefined when it is none that is good.
   */
  receivedRelayAuthTicket(ticket: MessageData): RelayAuthTicket | undefined {
    const payload = bytes(ticket);
    if (payload.length === 0) throw new RangeError("a ticket must have at least one byte");
    const parsed = new SharedMemory(ticketBytes);
    const isGood = this.functions.ReceivedRelayAuthTicket(this.backend.sockets, payload, payload.length, parsed.bytes);
    return isGood ? readTicket(this.backend.library, parsed) : undefined;
  }

  /**
   * Looks for a ticket that is kept.
   *
   * On steam_api. C: `ISteamNetworkingSockets::FindRelayAuthTicketForServer`.
   *
   * @param gameServer the server that it shall lead to, as text or as a Steam ID.
   * @param virtualPort the virtual port there, 0 to 65,535.
   * @returns `secondsUntilExpiry` is 0 when there is no ticket.
   */
  findRelayAuthTicketForServer(
    gameServer: PeerIdentity,
    virtualPort: number,
  ): { readonly secondsUntilExpiry: number; readonly ticket?: RelayAuthTicket } {
    const native = parsePeerIdentity(this.backend.library, gameServer);
    integer(virtualPort, "a virtual port", 0, mostVirtualPort);
    const parsed = new SharedMemory(ticketBytes);
    const secondsUntilExpiry = this.functions.FindRelayAuthTicketForServer(
      this.backend.sockets,
      native.bytes,
      virtualPort,
      parsed.bytes,
    );
    return secondsUntilExpiry > 0
      ? { secondsUntilExpiry, ticket: readTicket(this.backend.library, parsed) }
      : { secondsUntilExpiry: 0 };
  }
}
