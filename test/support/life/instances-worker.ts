/** A Worker that makes instances, connects them to the first network, and never closes anything. */
import { parentPort, workerData } from "node:worker_threads";
import { moment, openNetworking } from "../poll-mode.ts";

export interface WorkerData {
  readonly going: "terminated" | "ended";
  readonly instances: number;
  /** One word, 1 when it shall go. */
  readonly signal: SharedArrayBuffer;
}

const { going, instances, signal }: WorkerData = workerData;
const word = new Int32Array(signal);
const net = openNetworking({ identity: "str:worker" });
const server = net.listen({ address: "127.0.0.1:0", socket: {}, pump: "manual" });
for (let i = 0; i < instances; i++) {
  void net.createInstance({ identity: `str:${i}` }).connect(server.address, { pump: "manual" });
}
let isReady = false;
while (going === "terminated" || Atomics.load(word, 0) === 0) {
  net.pump();
  if (!isReady && server.connections === instances) {
    isReady = true;
    parentPort?.postMessage("ready");
  }
  await moment();
}
server.unref();
process.exit(0);
