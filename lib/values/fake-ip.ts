/** Fake IP addresses: stand-ins that Steam gives out for hosts which are reached through its network. */
import { maxFakeIPPorts } from "../../ffi/constants.ts";
import type { Result } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import type { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetworkingFakeIPResult_t } from "../../ffi/structs.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { formatIPv4 } from "./ipv4.ts";
import { formatIdentity } from "./native-identity.ts";

/**
 * The fake address that we were given, or why there is none. Only with the result `OK` is there an address.
 * C: `SteamNetworkingFakeIPResult_t`.
 */
export interface FakeIPResult {
  /**
   * `OK`; `Busy`: it was asked for and is not there yet; `NoMatch`: nobody asked; `InvalidParam`: no such port;
   * `LimitExceeded`: too many ports, or a second request. Any but `Busy` is best taken as fatal. C: `m_eResult`.
   */
  readonly result: Result;
  /** Who was given the address: ourselves, as a user or as a game server. C: `m_identity`. */
  readonly identity: string;
  /** The IPv4 address, `"0.0.0.0"` when there is none. Others may have it, too, with other ports. C: `m_unIP`. */
  readonly fakeIP: string;
  /** The ports, as many as were given to us, in no order. C: `m_unPorts`. */
  readonly portList: readonly number[];
}

const { offsets, size } = layoutOf(SteamNetworkingFakeIPResult_t);

/** Bytes of the struct. */
export const fakeIPResultBytes = size;

/** Reads a `SteamNetworkingFakeIPResult_t` at `at`. */
export function readFakeIPResult(library: NativeLibrary, memory: SharedMemory, at: number): FakeIPResult {
  const { view } = memory;
  const ports = Array.from({ length: maxFakeIPPorts }, (_, i) => view.getUint16(at + offsets.ports + 2 * i, true));
  return {
    result: view.getInt32(at + offsets.result, true) as Result,
    identity: formatIdentity(library, memory, at + offsets.identity),
    fakeIP: formatIPv4(view.getUint32(at + offsets.ip, true)),
    portList: ports.slice(0, ports.findLastIndex((port) => port !== 0) + 1),
  };
}
