/** A Worker that fills its share with snapshots and hands them over, for as long as it shall. */
import { PoolShare, SendFlags, type ConnectionHandle, type ShareTicket } from "../../lib/index.ts";
import { writeSnapshot } from "./payload.ts";

export interface Assignment {
  readonly ticket: ShareTicket;
  /** 1 while there is work. */
  readonly run: Int32Array;
  readonly connection: ConnectionHandle;
  readonly bytes: number;
  readonly batch: number;
}

declare const self: Worker;

const restMilliseconds = 0.02;

self.onmessage = ({ data }: MessageEvent<Assignment>) => {
  const { ticket, run, connection, bytes, batch } = data;
  const share = PoolShare.attach(ticket);
  const { view } = share;
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let tick = 1; ;) {
    if (Atomics.load(run, 0) === 0) {
      Atomics.wait(run, 0, 0);
      continue;
    }
    let filled = 0;
    for (; filled < batch; filled++) {
      const slot = share.take();
      if (slot < 0) break;
      writeSnapshot(view, share.offset(slot), bytes, tick++ >>> 0, 0);
      share.push(connection, slot, bytes, SendFlags.Reliable);
    }
    if (filled > 0) share.flush();
    else Atomics.wait(never, 0, 0, restMilliseconds);
  }
};
