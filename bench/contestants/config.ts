/** The options that every variant has, as the native program sets them. */
import type { ConfigOptions } from "../../lib/index.ts";

const mostRate = 100 << 20;
const bufferBytes = 64 << 20;

export const config: ConfigOptions = {
  SendRateMin: mostRate,
  SendRateMax: mostRate,
  SendBufferSize: bufferBytes,
  RecvBufferSize: bufferBytes,
  RecvBufferMessages: 200_000,
};
