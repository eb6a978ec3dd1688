/** Where connections come from, as limits count them. */
import { isIPv4, printAddress, tryAddress } from "./address-parts.ts";

const networkBytes = 8;

/**
 * A text that is the same for all addresses that one host or household has: the IPv4 address, or the IPv6 network of 64
 * bits. Loopback and link-local addresses are each for themselves: their network is everybody's.
 */
export function originOf(address: string): string {
  const parsed = tryAddress(address);
  if (parsed === undefined) return address;
  const { ip } = parsed;
  if (isIPv4(ip) || isLinkLocal(ip) || ip.subarray(0, networkBytes).every((byte) => byte === 0)) {
    return printAddress(parsed, false);
  }
  return `${printAddress({ ip: ip.slice().fill(0, networkBytes), port: 0 }, false)}/64`;
}

/** Whether somebody comes from this machine itself. */
export function isThisMachine(origin: string): boolean {
  return origin.startsWith("127.") || origin === "::1";
}

function isLinkLocal(ip: Uint8Array): boolean {
  return ip[0] === 0xfe && (ip[1]! & 0xc0) === 0x80;
}
