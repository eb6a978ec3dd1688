/** What counts as one address where clients are counted. */
import { isIPv4, printAddress, tryAddress } from "../address.ts";

const loopback = /^(?:127\.|\[?::1\]?$|\[?::ffff:127\.)/;

/** Whether an IP address is this machine's own. */
export function isLoopback(address: string): boolean {
  return loopback.test(address);
}

/** An IPv4 address, or the network of 64 bits of an IPv6 one: so much has one customer of a provider. */
export function networkOf(address: string): string {
  const [ip = ""] = address.split("%");
  const parsed = tryAddress(ip);
  if (parsed === undefined) return address;
  const masked = parsed.ip.slice();
  if (!isIPv4(masked) && !isLoopback(ip)) masked.fill(0, 8);
  return printAddress({ ip: masked, port: 0 }, false);
}
