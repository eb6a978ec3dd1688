/**
 * IP addresses in the SDK's text form: `"127.0.0.1:27015"`, `"[::1]:27015"`. The library itself reads and prints them.
 */
import { maxAddressString } from "../ffi/constants.ts";
import { layoutOf } from "../ffi/layout.ts";
import { SharedMemory } from "../ffi/memory.ts";
import { SteamNetworkingIPAddr } from "../ffi/structs.ts";
import type { NativeLibrary } from "../sdk/library.ts";
import { integer, text } from "./validate.ts";

const layout = layoutOf(SteamNetworkingIPAddr);
const formatted = new SharedMemory(maxAddressString);

// The library reads as far as it understands, and takes "127.0.0.1:80x" for port 80.
const shape = /^(?:\d+(?:\.\d+){3}(?::\d{1,5})?|\[[\da-f:.]+\](?::\d{1,5})?|[\da-f.]*:[\da-f.]*:[\da-f:.]*)$/i;

/** An address in the layout of `SteamNetworkingIPAddr`, ready to be passed to native code. */
export class NativeAddress {
  /** Holds the struct. */
  readonly memory = new SharedMemory(layout.size);

  /** The port, 0 to 65535. */
  get port(): number {
    return this.memory.view.getUint16(layout.offsets.port, true);
  }
  set port(port: number) {
    this.memory.view.setUint16(layout.offsets.port, integer(port, "port", 0, 0xffff), true);
  }

  /** Whether it stands for every local address: `[::]` or `0.0.0.0`. */
  get isUnspecified(): boolean {
    const ip = this.memory.bytes.subarray(0, layout.offsets.port);
    const mapped = ip[10] === 0xff && ip[11] === 0xff;
    return ip.every((byte, at) => byte === 0 || (mapped && (at === 10 || at === 11)));
  }
}

/** Whether a text looks like an address, with or without a port. */
export function isAddressText(value: string): boolean {
  return shape.test(value);
}

/**
 * Reads an address with its port.
 * @throws TypeError when it is no address; host names are none: resolve them first.
 */
export function parseAddress(library: NativeLibrary, address: string): NativeAddress {
  const native = new NativeAddress();
  const isAddress =
    isAddressText(text(address, "an address")) && library.functions.address.ParseString(native.memory.bytes, address);
  if (!isAddress) {
    throw new TypeError(
      `${JSON.stringify(address)} is no IP address. Write "127.0.0.1:27015" or "[::1]:27015"; names of hosts must be resolved first`,
    );
  }
  return native;
}

/** Prints the address that lies in `memory` at `offset`. */
export function formatAddress(library: NativeLibrary, memory: SharedMemory, offset: number, withPort: boolean): string {
  library.functions.address.ToString(
    memory.bytes.subarray(offset, offset + layout.size),
    formatted.bytes,
    maxAddressString,
    withPort,
  );
  return formatted.text(0, maxAddressString);
}
