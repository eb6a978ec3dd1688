/** IP addresses as they lie in native memory. */
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetworkingIPAddr } from "../../ffi/structs.ts";
import type { NativeLibrary } from "../../sdk/library.ts";
import { integer } from "../validate.ts";
import { addressOfText, isIPv4, printAddress, type SocketAddress } from "./address-parts.ts";

const layout = layoutOf(SteamNetworkingIPAddr);

/** Bytes of a `SteamNetworkingIPAddr`. */
export const addressBytes = layout.size;

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
    const { ip } = readAddress(this.memory, 0);
    return ip.subarray(12).every((byte) => byte === 0) && (isIPv4(ip) || ip.every((byte) => byte === 0));
  }
}

/**
 * Reads an address with its port.
 * @throws TypeError when it is no address; host names are none: resolve them first.
 */
export function parseAddress(_library: NativeLibrary, address: string): NativeAddress {
  const native = new NativeAddress();
  writeAddress(native.memory, 0, addressOfText(address));
  return native;
}

/** Prints the address that lies in `memory` at `offset`. */
export function formatAddress(
  _library: NativeLibrary,
  memory: SharedMemory,
  offset: number,
  withPort: boolean,
): string {
  return printAddress(readAddress(memory, offset), withPort);
}

/** The address that lies in `memory` at `offset`, seen, not copied. */
export function readAddress(memory: SharedMemory, offset: number): SocketAddress {
  return {
    ip: memory.bytes.subarray(offset, offset + layout.offsets.port),
    port: memory.view.getUint16(offset + layout.offsets.port, true),
  };
}

/** Puts an address into `memory` at `offset`, in the layout of `SteamNetworkingIPAddr`. */
export function writeAddress(memory: SharedMemory, offset: number, { ip, port }: SocketAddress): void {
  memory.bytes.set(ip, offset);
  memory.view.setUint16(offset + layout.offsets.port, port, true);
}
