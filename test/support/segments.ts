/** Reliable segments that a network counts as un-acknowledged. */
import type { ConnectionHandle, Networking } from "../../lib/index.ts";

/** Over every connection that there could be: they are told apart by the low half of their handles. */
export function segmentsInAll({ sockets }: Networking): number {
  let sum = 0;
  for (let handle = 0; handle < 0x10000; handle++) {
    sum += Math.abs(sockets.getUnacknowledgedSegments(handle as ConnectionHandle));
  }
  return sum;
}
