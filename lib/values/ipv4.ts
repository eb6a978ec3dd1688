/** IPv4 addresses that the library gives as numbers. */

/** An IPv4 address in host order as text: `"192.0.2.7"`. */
export function formatIPv4(address: number): string {
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 0xff).join(".");
}
