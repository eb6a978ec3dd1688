/** What a connection carries, and what is known of it. */
import { maxConnectionAppName, maxConnectionDescription } from "../../ffi/constants.ts";
import { Result } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetworkingIPAddr } from "../../ffi/structs.ts";
import { boolean, describe, handle, int32, integer, shortText, userData } from "../validate.ts";
import {
  infoBytes,
  laneStatusBytes,
  readConnectionInfo,
  readConnectionStatus,
  readLaneStatus,
  statusBytes,
  type ConnectionInfo,
  type ConnectionStatus,
  type LaneStatus,
} from "../values/connection-info.ts";
import type { ConnectionHandle, ListenSocketHandle } from "../values/handles.ts";
import { formatAddress } from "../values/native-address.ts";
import { asResult } from "./core.ts";
import { Groups } from "./groups.ts";

const mostLanes = 255;
// C counts the closing zero.
const mostNameBytes = maxConnectionAppName - 1;
const firstDetailBytes = 4096;
const noBytes = null;

/** @internal */
export abstract class Connections extends Groups {
  /**
   * Sets a connection's user data: an integer of your own that comes with its messages and events. Messages always
   * have the latest; an event has what was set when it was queued.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionUserData`.
   *
   * @param data within ±2^53 as a number; a bigint for all 64 bits.
   * @returns false when there is no such connection.
   */
  setConnectionUserData(connection: ConnectionHandle, data: number | bigint): boolean {
    return this.functions.SetConnectionUserData(
      this.backend.sockets,
      handle(connection, "connection"),
      BigInt(userData(data)),
    );
  }

  /**
   * A connection's user data; -1 when none was set, and when there is no such connection. Exact within ±2^53.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionUserData`.
   */
  getConnectionUserData(connection: ConnectionHandle): number {
    return Number(this.getConnectionUserDataBigInt(connection));
  }

  /** {@link getConnectionUserData} with all 64 bits. */
  getConnectionUserDataBigInt(connection: ConnectionHandle): bigint {
    return BigInt(this.functions.GetConnectionUserData(this.backend.sockets, handle(connection, "connection")));
  }

  /**
   * Names a connection in the library's log and in its `debugDescription`.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::SetConnectionName`.
   *
   * @param name up to 31 bytes of UTF-8.
   */
  setConnectionName(connection: ConnectionHandle, name: string): void {
    this.functions.SetConnectionName(
      this.backend.sockets,
      handle(connection, "connection"),
      shortText(name, "a connection's name", mostNameBytes),
    );
  }

  /**
   * A connection's name; empty when it has none, and when there is no such connection.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionName`.
   */
  getConnectionName(connection: ConnectionHandle): string {
    const scratch = new SharedMemory(maxConnectionDescription);
    const named = this.functions.GetConnectionName(
      this.backend.sockets,
      handle(connection, "connection"),
      scratch.bytes,
      maxConnectionDescription,
    );
    return named ? scratch.text(0, maxConnectionDescription) : "";
  }

  /**
   * What is known of a connection: peer, address, state, why it ended. Undefined when there is no such connection.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionInfo`.
   */
  getConnectionInfo(connection: ConnectionHandle): ConnectionInfo | undefined {
    const info = new SharedMemory(infoBytes);
    const known = this.functions.GetConnectionInfo(this.backend.sockets, handle(connection, "connection"), info.bytes);
    return known ? readConnectionInfo(this.backend.library, info, 0) : undefined;
  }

  /**
   * How a connection does right now: ping, quality, rates, and what waits to be sent, in all and by lane.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetConnectionRealTimeStatus`.
   *
   * @param lanes how many lanes to tell of, from the first; at most as many as the connection has.
   * @param getStatus false leaves `connectionStatus` out.
   * @returns `result` is `OK`, `NoConnection` when there is no such connection, or `InvalidParam` when it has fewer
   * lanes; the rest is there only with `OK`.
   */
  getConnectionRealTimeStatus(
    connection: ConnectionHandle,
    lanes = 0,
    getStatus = true,
  ): { result: Result; connectionStatus?: ConnectionStatus; lanesStatus: LaneStatus[] } {
    integer(lanes, "lanes", 0, mostLanes);
    const status = boolean(getStatus, "getStatus") ? new SharedMemory(statusBytes) : undefined;
    const laneMemory = lanes > 0 ? new SharedMemory(lanes * laneStatusBytes) : undefined;
    const result = asResult(
      this.functions.GetConnectionRealTimeStatus(
        this.backend.sockets,
        handle(connection, "connection"),
        status?.bytes ?? noBytes,
        lanes,
        laneMemory?.bytes ?? noBytes,
      ),
    );
    if (result !== Result.OK) return { result, lanesStatus: [] };
    const lanesStatus = Array.from({ length: lanes }, (_, lane) => readLaneStatus(laneMemory!, lane * laneStatusBytes));
    return status === undefined
      ? { result, lanesStatus }
      : { result, connectionStatus: readConnectionStatus(status, 0), lanesStatus };
  }

  /**
   * Everything about a connection, as text for a log; its form may change.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetDetailedConnectionStatus`.
   *
   * @returns `success` 0, or -1 and no text when there is no such connection.
   */
  getDetailedConnectionStatus(connection: ConnectionHandle): { success: 0 | -1; buffer: string } {
    handle(connection, "connection");
    let memory = new SharedMemory(firstDetailBytes);
    for (;;) {
      const { length } = memory.bytes;
      const answer = this.functions.GetDetailedConnectionStatus(this.backend.sockets, connection, memory.bytes, length);
      if (answer < 0) return { success: -1, buffer: "" };
      if (answer === 0) return { success: 0, buffer: memory.text(0, length) };
      // A positive answer is how much room the text needs; it may have grown by the next call.
      memory = new SharedMemory(Math.max(answer, length) * 2);
    }
  }

  /**
   * The local address of a listen socket, with the real port where a free one was asked for. It is not the address
   * under which the world sees this machine. Undefined when there is no such listen socket.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::GetListenSocketAddress`.
   */
  getListenSocketAddress(socket: ListenSocketHandle, withPort = true): string | undefined {
    boolean(withPort, "withPort");
    const address = new SharedMemory(layoutOf(SteamNetworkingIPAddr).size);
    const known = this.functions.GetListenSocketAddress(
      this.backend.sockets,
      handle(socket, "listen socket"),
      address.bytes,
    );
    return known ? formatAddress(this.backend.library, address, 0, withPort) : undefined;
  }

  /**
   * Makes lanes of a connection for what we send on it. Reliable messages of one lane arrive in the order in which
   * they were sent; those of different lanes may overtake each other. Each lane numbers its messages from 1. Lanes can
   * be added later, not taken away.
   *
   * On GameNetworkingSockets and steam_api. C: `ISteamNetworkingSockets::ConfigureConnectionLanes`.
   *
   * @param lanes how many, 1 to 255; a few are cheap. GameNetworkingSockets 1.6.0 loses connections that use more than
   * 8, so those are `InvalidParam`.
   * @param priorities one for each lane: a LOWER number goes first, and a lane waits while one with a lower number has
   * anything to send. Without it all are equal.
   * @param weights one for each lane, 1 to 65535: how lanes of equal priority share the bandwidth. Without it equally.
   * @returns `NoConnection` when there is no such connection, `InvalidParam` for too many lanes or fewer than there
   * are, `InvalidState` when it has ended, `Fail` when the peer is too old for lanes, which ends the connection.
   */
  configureConnectionLanes(
    connection: ConnectionHandle,
    lanes: number,
    priorities?: readonly number[] | null,
    weights?: readonly number[] | null,
  ): Result {
    integer(lanes, "lanes", 1, mostLanes);
    const priorityList = priorities == null ? null : new Int32Array(eachLane(priorities, lanes, "priorities", int32));
    const weightList =
      weights == null
        ? null
        : new Uint16Array(eachLane(weights, lanes, "weights", (weight, what) => integer(weight, what, 1, 0xffff)));
    return asResult(this.backend.configureLanes(handle(connection, "connection"), lanes, priorityList, weightList));
  }
}

function eachLane(
  values: readonly number[],
  lanes: number,
  what: string,
  check: (value: number, what: string) => number,
): number[] {
  if (!Array.isArray(values)) throw new TypeError(`${what} must be an array, not ${describe(values)}`);
  if (values.length !== lanes)
    throw new RangeError(`${what} must hold one for each of ${lanes} lanes, not ${values.length}`);
  // By index, which neither skips holes nor asks the array's own iterator.
  return Array.from({ length: lanes }, (_, lane) => check(values[lane]!, what));
}
