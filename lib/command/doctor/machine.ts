/** What the machine allows. */
import { readFileSync } from "node:fs";

/** Bytes of a UDP socket's buffers: what it gets unasked, and the most that it can ask for. */
export interface UdpBuffers {
  readonly receive: { readonly default: number; readonly most: number };
  readonly send: { readonly default: number; readonly most: number };
}

/** The limits of this machine; undefined where the system does not tell them in a file. */
export function udpBuffers(): UdpBuffers | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return {
      receive: { default: limit("rmem_default"), most: limit("rmem_max") },
      send: { default: limit("wmem_default"), most: limit("wmem_max") },
    };
  } catch {
    // A container may hide them.
    return undefined;
  }
}

function limit(name: string): number {
  return Number(readFileSync(`/proc/sys/net/core/${name}`, "utf8"));
}
