/**
 * Addresses as values: text, taken apart and put together. Needs no library and no network.
 *
 * Fake addresses of Steam look as others do; only Steam's library can tell them: see
 * {@link NetworkingUtils.getIPv4FakeIPType}.
 */
import { describe, integer } from "../validate.ts";
import { addressOfText, isIPv4 as isMapped, mapIPv4, printAddress, tryAddress } from "./address-parts.ts";

/** An address, taken apart. */
export interface Parts {
  /** The address without its port: `"192.0.2.7"`, `"2001:db8::1"`. */
  readonly ip: string;
  /** The port, 0 to 65,535; 0 where the text has none. */
  readonly port: number;
}

/**
 * Takes an address apart. IPv4 addresses that are mapped into IPv6 come out as IPv4. C:
 * `SteamNetworkingIPAddr::ParseString`, `GetIPv4`.
 *
 * @param address `"192.0.2.7:27015"`, `"192.0.2.7"`, `"[2001:db8::1]:27015"` or `"2001:db8::1"`.
 * @throws TypeError when it is no address; names of hosts are none.
 */
export function parse(address: string): Parts {
  const parsed = addressOfText(address);
  return { ip: printAddress(parsed, false), port: parsed.port };
}

/**
 * Puts an address together, in the form in which events and other functions have it. C: `SteamNetworkingIPAddr::ToString`.
 *
 * @throws TypeError when `ip` is no address without a port; RangeError when the port is out of range.
 */
export function print({ ip, port }: Parts): string {
  const parsed = addressOfText(ip);
  if (/\]|\.\d+:/.test(ip)) throw new TypeError(`ip must be an address without a port, not ${describe(ip)}`);
  return printAddress({ ip: parsed.ip, port: integer(port, "port", 0, 0xffff) }, true);
}

/**
 * Whether two texts are the same address and port, however they are written: `"[::ffff:192.0.2.7]:80"` is
 * `"192.0.2.7:80"`. C: `SteamNetworkingIPAddr::operator==`.
 *
 * @throws TypeError when one of them is no address.
 */
export function equals(one: string, other: string): boolean {
  return printAddress(addressOfText(one), true) === printAddress(addressOfText(other), true);
}

/** Whether a text is an address, with or without a port. */
export function isAddress(text: string): boolean {
  return typeof text === "string" && tryAddress(text) !== undefined;
}

/**
 * Whether it is of IPv4. C: `SteamNetworkingIPAddr::IsIPv4`.
 * @throws TypeError when it is no address.
 */
export function isIPv4(address: string): boolean {
  return isMapped(addressOfText(address).ip);
}

/**
 * An address of IPv4 as one number, its first octet in the highest bits; undefined for one of IPv6. C:
 * `SteamNetworkingIPAddr::GetIPv4`, which says 0 for those.
 *
 * @throws TypeError when it is no address.
 */
export function ipv4Of(address: string): number | undefined {
  const { ip } = addressOfText(address);
  return isMapped(ip) ? new DataView(ip.buffer, ip.byteOffset).getUint32(12) : undefined;
}

/**
 * An address of IPv4 out of one number. C: `SteamNetworkingIPAddr::SetIPv4`.
 *
 * @param ip its first octet in the highest bits: 0x7f000001 is 127.0.0.1.
 * @param port 0 when it is left out.
 * @throws TypeError, RangeError when one of them is no integer of 32 or 16 bits.
 */
export function fromIPv4(ip: number, port = 0): string {
  integer(ip, "an IPv4 address", 0, 0xffff_ffff);
  integer(port, "port", 0, 0xffff);
  return printAddress({ ip: mapIPv4([ip >>> 24, (ip >>> 16) & 0xff, (ip >>> 8) & 0xff, ip & 0xff]), port }, true);
}

/**
 * Whether it is this machine's own, `[::1]` or `127.0.0.1`, at any port; others that begin with 127 don't count. C:
 * `SteamNetworkingIPAddr::IsLocalHost`.
 *
 * @throws TypeError when it is no address.
 */
export function isLocalHost(address: string): boolean {
  const ip = printAddress(addressOfText(address), false);
  return ip === "::1" || ip === "127.0.0.1";
}

/**
 * Whether all its bits are zero, `[::]`, at any port; `0.0.0.0` is not, in the eyes of the library. C:
 * `SteamNetworkingIPAddr::IsIPv6AllZeros`.
 *
 * @throws TypeError when it is no address.
 */
export function isIPv6AllZeros(address: string): boolean {
  return addressOfText(address).ip.every((byte) => byte === 0);
}
