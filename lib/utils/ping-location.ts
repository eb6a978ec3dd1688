/** Where a host is in the network. */
import { pingFailed, pingUnknown } from "../../ffi/constants.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetworkPingLocation_t } from "../../ffi/structs.ts";

/** In place of a ping: it could not be estimated, for trouble with the network. C: `k_nSteamNetworkingPing_Failed`. */
export const PING_FAILED = pingFailed;

/** In place of a ping: nothing is known yet, or for another reason. C: `k_nSteamNetworkingPing_Unknown`. */
export const PING_UNKNOWN = pingUnknown;

/**
 * Where a host is in the network, by its pings to the relays. It can't be looked into; as text, by
 * {@link NetworkingUtils.convertPingLocationToString}, it can be sent to others, who estimate their ping to it. It stays
 * valid when the network is closed. C: `SteamNetworkPingLocation_t`.
 */
export class PingLocation {
  /** @internal The struct. */
  readonly memory = new SharedMemory(layoutOf(SteamNetworkPingLocation_t).size);

  /** @internal Use {@link NetworkingUtils.getLocalPingLocation} or {@link NetworkingUtils.parsePingLocationString}. */
  constructor() {}
}
