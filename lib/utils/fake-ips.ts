/** Fake addresses, and who stands behind them. */
import { FakeIPType, Result } from "../../ffi/enums.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { ipv4Of } from "../values/address.ts";
import { parseAddress } from "../values/native-address.ts";
import { formatIdentity, identityBytes } from "../values/native-identity.ts";
import { Locations } from "./locations.ts";

/** @internal */
export abstract class FakeIPs extends Locations {
  /**
   * Whether an address is one that Steam or this process gives out in place of real ones. It is told by the address alone.
   *
   * On steam_api. C: `ISteamNetworkingUtils::IsFakeIPv4`.
   *
   * @param address of IPv4, with a port or without.
   * @throws TypeError when it is no address of IPv4.
   * @throws UnsupportedError on GameNetworkingSockets, which has no fake addresses.
   */
  isFakeIPv4(address: string): boolean {
    return this.functions.IsFakeIPv4(this.backend.utils, bitsOf(address));
  }

  /**
   * Whether an address is a fake one, and whose: {@link FakeIPType}.GlobalIPv4 for those that Steam gives out,
   * LocalIPv4 for those that mean something in this process only.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetIPv4FakeIPType`.
   *
   * @param address of IPv4, with a port or without.
   * @throws TypeError when it is no address of IPv4.
   * @throws UnsupportedError on GameNetworkingSockets, which has no fake addresses.
   */
  getIPv4FakeIPType(address: string): FakeIPType {
    // The library's own enum: it has no other values.
    return this.functions.GetIPv4FakeIPType(this.backend.utils, bitsOf(address)) as FakeIPType;
  }

  /**
   * Who stands behind a fake address: known for connections that are open, for ourselves, and for a while after a
   * connection was closed.
   *
   * On steam_api. C: `ISteamNetworkingUtils::GetRealIdentityForFakeIP`.
   *
   * @param fakeIP the address with its port.
   * @returns `result` is `OK`, `InvalidParam` when the address is no fake one, or `NoMatch` when it is not known;
   * `identity` is there only with `OK`.
   * @throws TypeError when it is no address.
   * @throws UnsupportedError on GameNetworkingSockets, which has no fake addresses.
   */
  getRealIdentityForFakeIP(fakeIP: string): { readonly result: Result; readonly identity?: string } {
    const { library } = this.backend;
    const address = parseAddress(library, fakeIP);
    const identity = new SharedMemory(identityBytes);
    const { GetRealIdentityForFakeIP } = this.functions;
    // The library's own enum: it has no other values.
    const result = GetRealIdentityForFakeIP(this.backend.utils, address.memory.bytes, identity.bytes) as Result;
    return result === Result.OK ? { result, identity: formatIdentity(library, identity, 0) } : { result };
  }
}

function bitsOf(address: string): number {
  const bits = ipv4Of(address);
  if (bits === undefined)
    throw new TypeError(`${JSON.stringify(address)} is no address of IPv4, and only those can be fake`);
  return bits;
}
