/** The options of all connections of the demo, on both sides. */
import type { ConfigOptions } from "../../index.ts";

/** Room for snapshots of 16 KiB at a high rate: by default a connection sends no more than 256 KiB a second. */
export const connectionOptions: ConfigOptions = {
  SendRateMin: 50_000_000,
  SendRateMax: 50_000_000,
  SendBufferSize: 4 << 20,
  RecvBufferSize: 16 << 20,
  RecvBufferMessages: 10_000,
};
