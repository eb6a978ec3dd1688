/** Pings between hosts, estimated by where they are. */
import { maxPingLocationString } from "../../ffi/constants.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { describe, text } from "../validate.ts";
import { PingLocation } from "./ping-location.ts";
import { Relays } from "./relays.ts";

/** @internal */
export abstract class Locations extends Relays {
  /**
   * Where this host is, by the latest that is known. Undefined while nothing is known: some seconds after
   * {@link initRelayNetworkAccess}.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetLocalPingLocation`.
   *
   * @returns `age`, how old the measurement is, in seconds; `location`.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  getLocalPingLocation(): { readonly age: number; readonly location: PingLocation } | undefined {
    const location = new PingLocation();
    const age = this.functions.GetLocalPingLocation(this.backend.utils, location.memory.bytes);
    return age < 0 ? undefined : { age, location };
  }

  /**
   * Estimates the ping between two hosts, through the relays; straight it is mostly no worse. Nothing is sent.
   *
   * On steam_api. C: `ISteamNetworkingUtils::EstimatePingTimeBetweenTwoLocations`.
   *
   * @returns milliseconds there and back, {@link PING_FAILED} or {@link PING_UNKNOWN}.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  estimatePingTimeBetweenTwoLocations(location1: PingLocation, location2: PingLocation): number {
    const { EstimatePingTimeBetweenTwoLocations } = this.functions;
    return EstimatePingTimeBetweenTwoLocations(this.backend.utils, bytesOf(location1), bytesOf(location2));
  }

  /**
   * Estimates the ping from this host to another: quicker than {@link estimatePingTimeBetweenTwoLocations}, and a bit more
   * exact.
   *
   * On steam_api. C: `ISteamNetworkingUtils::EstimatePingTimeFromLocalHost`.
   *
   * @returns milliseconds there and back, {@link PING_FAILED} or {@link PING_UNKNOWN}.
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  estimatePingTimeFromLocalHost(remoteLocation: PingLocation): number {
    return this.functions.EstimatePingTimeFromLocalHost(this.backend.utils, bytesOf(remoteLocation));
  }

  /**
   * A location as text, to be sent to others. Its form may change with the library: don't read it yourself.
   *
   * On steam_api. C: `ISteamNetworkingUtils::ConvertPingLocationToString`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  convertPingLocationToString(location: PingLocation): string {
    const scratch = new SharedMemory(maxPingLocationString);
    const { ConvertPingLocationToString } = this.functions;
    ConvertPingLocationToString(this.backend.utils, bytesOf(location), scratch.bytes, maxPingLocationString);
    return scratch.text(0, maxPingLocationString);
  }

  /**
   * A location out of its text; undefined when the library does not understand that.
   *
   * On steam_api. C: `ISteamNetworkingUtils::ParsePingLocationString`.
   *
   * @throws UnsupportedError on GameNetworkingSockets, which has no relays.
   */
  parsePingLocationString(location: string): PingLocation | undefined {
    const parsed = new PingLocation();
    const { ParsePingLocationString } = this.functions;
    const given = text(location, "a ping location");
    return ParsePingLocationString(this.backend.utils, given, parsed.memory.bytes) ? parsed : undefined;
  }
}

function bytesOf(location: PingLocation): Uint8Array {
  if (!(location instanceof PingLocation)) {
    throw new TypeError(`A location must be a PingLocation, not ${describe(location)}`);
  }
  return location.memory.bytes;
}
