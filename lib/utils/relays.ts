/** Valve's relay network: whether it can be used, and its data centers. */
import type { Availability } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { handle, number } from "../validate.ts";
import {
  readRelayNetworkStatus,
  relayNetworkStatusBytes,
  type RelayNetworkStatus,
} from "../values/relay-network-status.ts";
import { Logging } from "./logging.ts";

const mostSeconds = 1e9;

/** @internal */
export abstract class Relays extends Logging {
  /**
   * Begins to make the relay network usable, or tries again when that failed. Whatever needs it does so, too; this is to
   * have it done early. It takes some seconds: {@link getRelayNetworkStatus} and the event `relayNetworkStatus` tell of
   * the progress.
   *
   * On steam_api. C: `ISteamNetworkingUtils::InitRelayNetworkAccess`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  initRelayNetworkAccess(): void {
    this.functions.InitRelayNetworkAccess(this.backend.utils);
  }

  /**
   * Whether the relay network can be used, and what is missing.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetRelayNetworkStatus`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getRelayNetworkStatus(): RelayNetworkStatus {
    const memory = new SharedMemory(relayNetworkStatusBytes);
    const available = this.functions.GetRelayNetworkStatus(this.backend.utils, memory.bytes);
    // The library's own enum: it has no other values.
    return { ...readRelayNetworkStatus(memory, 0), available: available as Availability };
  }

  /**
   * Whether pings to the relays are as young as is asked for; else measures them anew, if that is not going on yet. Only
   * for when it must be now: the library keeps them fresh by itself.
   *
   * On steam_api. C: `ISteamNetworkingUtils::CheckPingDataUpToDate`.
   *
   * @param maxAgeSeconds 0 to 1e9.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  checkPingDataUpToDate(maxAgeSeconds: number): boolean {
    const age = number(maxAgeSeconds, "maxAgeSeconds", 0, mostSeconds);
    return this.functions.CheckPingDataUpToDate(this.backend.utils, age);
  }

  /**
   * The ping to a data center by the best way through the relays.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetPingToDataCenter`.
   *
   * @param popId as in {@link getPOPList}, or of {@link POP.parse}.
   * @returns `ping` in milliseconds, {@link PING_FAILED} or {@link PING_UNKNOWN}; `viaRelayPop`, the data center whose
   * relays are on that way, 0 where none is known.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getPingToDataCenter(popId: number): { readonly ping: number; readonly viaRelayPop: number } {
    const via = new SharedMemory(4);
    const { GetPingToDataCenter } = this.functions;
    const ping = GetPingToDataCenter(this.backend.utils, handle(popId, "a point of presence"), via.bytes);
    return { ping, viaRelayPop: via.view.getUint32(0, true) };
  }

  /**
   * The ping to the relays of a data center, straight.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetDirectPingToPOP`.
   *
   * @returns milliseconds, {@link PING_FAILED} or {@link PING_UNKNOWN}.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getDirectPingToPOP(popId: number): number {
    return this.functions.GetDirectPingToPOP(this.backend.utils, handle(popId, "a point of presence"));
  }

  /**
   * How many points of presence there are.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetPOPCount`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getPOPCount(): number {
    return this.functions.GetPOPCount(this.backend.utils);
  }

  /**
   * All points of presence, as numbers: {@link POP.print} has their letters.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetPOPList`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getPOPList(): number[] {
    const room = Math.max(1, this.getPOPCount());
    const list = new SharedMemory(room * 4);
    const count = this.functions.GetPOPList(this.backend.utils, list.bytes, room);
    return Array.from({ length: Math.min(count, room) }, (_, at) => list.view.getUint32(at * 4, true));
  }
}
