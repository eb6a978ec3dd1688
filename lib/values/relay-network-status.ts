/** Whether Valve's relay network can be used. */
import type { Availability } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import type { SharedMemory } from "../../ffi/memory.ts";
import { SteamRelayNetworkStatus_t } from "../../ffi/structs.ts";

/** Whether Valve's relay network can be used. C: `SteamRelayNetworkStatus_t`. */
export interface RelayNetworkStatus {
  /** All in all. C: `m_eAvail`. */
  readonly available: Availability;
  /** Whether pings to the data centers are being measured right now. C: `m_bPingMeasurementInProgress`. */
  readonly pingMeasurement: boolean;
  /** Whether we know which relays there are. C: `m_eAvailNetworkConfig`. */
  readonly availableConfig: Availability;
  /** Whether we reach any relay. C: `m_eAvailAnyRelay`. */
  readonly availableRelay: Availability;
  /** The same in words, for developers. C: `m_debugMsg`. */
  readonly debugMessage: string;
}

const { offsets, sizes, size } = layoutOf(SteamRelayNetworkStatus_t);

/** Bytes of the struct. */
export const relayNetworkStatusBytes = size;

/** Reads a `SteamRelayNetworkStatus_t` at `at`. */
export function readRelayNetworkStatus(memory: SharedMemory, at: number): RelayNetworkStatus {
  const { view } = memory;
  return {
    available: view.getInt32(at + offsets.availability, true) as Availability,
    pingMeasurement: view.getInt32(at + offsets.pingMeasurementInProgress, true) !== 0,
    availableConfig: view.getInt32(at + offsets.availabilityNetworkConfig, true) as Availability,
    availableRelay: view.getInt32(at + offsets.availabilityAnyRelay, true) as Availability,
    debugMessage: memory.text(at + offsets.debugMessage, sizes.debugMessage),
  };
}
