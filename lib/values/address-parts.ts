/**
 * IP addresses in the SDK's text form: `"127.0.0.1:27015"`, `"[::1]:27015"`. Read and printed here as the library does,
 * for Valve's steam_api can do it only while Steam runs.
 */
import { text } from "../validate.ts";

/** An address, taken apart: 16 bytes of IPv6, IPv4 ones mapped into it, and a port. */
export interface SocketAddress {
  readonly ip: Uint8Array;
  readonly port: number;
}

/**
 * What an address in text form is.
 * @throws TypeError when it is none.
 */
export function addressOfText(address: string): SocketAddress {
  const parsed = tryAddress(text(address, "an address"));
  if (parsed === undefined) {
    throw new TypeError(
      `${JSON.stringify(address)} is no IP address. Write "127.0.0.1:27015" or "[::1]:27015"; names of hosts must be resolved first`,
    );
  }
  return parsed;
}

const forms = [
  /^(?<v4>\d+\.\d+\.\d+\.\d+)(?::(?<port>\d{1,5}))?$/,
  /^\[(?<v6>[\da-f:.]+)\](?::(?<port>\d{1,5}))?$/i,
  /^(?<v6>[\da-f:.]+)$/i,
];

/** What an address in text form is, undefined when it is none. */
export function tryAddress(address: string): SocketAddress | undefined {
  for (const form of forms) {
    const groups = form.exec(address)?.groups;
    if (groups === undefined) continue;
    const { v4, v6 = "", port = "0" } = groups;
    const ip = v4 === undefined ? ipv6(v6) : mapped(v4);
    return ip === undefined || Number(port) > 0xffff ? undefined : { ip, port: Number(port) };
  }
  return undefined;
}

/** Prints an address as the library does: IPv6 with a port in brackets, without one bare. */
export function printAddress({ ip, port }: SocketAddress, withPort: boolean): string {
  if (isIPv4(ip)) {
    const dotted = ip.subarray(12).join(".");
    return withPort ? `${dotted}:${port}` : dotted;
  }
  const quads = printIPv6(ip);
  return withPort ? `[${quads}]:${port}` : quads;
}

/** Whether 16 bytes of IPv6 are a mapped IPv4 address. */
export function isIPv4(ip: Uint8Array): boolean {
  return ip[10] === 0xff && ip[11] === 0xff && ip.subarray(0, 10).every((byte) => byte === 0);
}

/** An IPv4 address of four bytes as 16 bytes of IPv6. */
export function mapIPv4(octets: ArrayLike<number>): Uint8Array {
  const ip = new Uint8Array(16).fill(0xff, 10, 12);
  ip.set(octets, 12);
  return ip;
}

function mapped(dotted: string): Uint8Array | undefined {
  const octets = octetsOf(dotted);
  return octets && mapIPv4(octets);
}

function octetsOf(dotted: string): number[] | undefined {
  const octets = dotted.split(".").map(Number);
  return octets.length === 4 && octets.every((octet) => octet <= 255) ? octets : undefined;
}

function ipv6(address: string): Uint8Array | undefined {
  const [head = "", tail, more] = withoutDots(address)?.split("::") ?? [];
  const quads = (part: string) => (part === "" ? [] : part.split(":"));
  const [before, after] = [quads(head), quads(tail ?? "")];
  const zeros = 8 - before.length - after.length;
  // What two colons stand for is at least one group.
  if (more !== undefined || (tail === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const all = [...before, ...Array<string>(zeros).fill("0"), ...after];
  if (!all.every((quad) => /^[\da-f]{1,4}$/i.test(quad))) return undefined;
  return Uint8Array.from(all.flatMap((quad) => [Number.parseInt(quad, 16) >> 8, Number.parseInt(quad, 16) & 0xff]));
}

// The last two groups may be written as an IPv4 address.
function withoutDots(address: string): string | undefined {
  const dotted = /(?<=:)\d{1,3}(?:\.\d{1,3}){3}$/.exec(address)?.[0];
  if (dotted === undefined) return address;
  const [a = 0, b = 0, c = 0, d = 0] = octetsOf(dotted) ?? [];
  const quads = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  return octetsOf(dotted) && address.slice(0, -dotted.length) + quads;
}

// The longest run of two zero groups or more is left out, the first one of equals.
function printIPv6(ip: Uint8Array): string {
  const quads = Array.from({ length: 8 }, (_, at) => ip[at * 2]! * 256 + ip[at * 2 + 1]!);
  let [start, length] = [0, 1];
  for (let at = 0, run = 0; at < 8; at++) {
    run = quads[at] === 0 ? run + 1 : 0;
    if (run > length) [start, length] = [at - run + 1, run];
  }
  const hex = (part: readonly number[]) => part.map((quad) => quad.toString(16)).join(":");
  return length === 1 ? hex(quads) : `${hex(quads.slice(0, start))}::${hex(quads.slice(start + length))}`;
}
