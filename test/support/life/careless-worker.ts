/** A Worker that opens a network, takes connections, and never closes it. */
import { parentPort, workerData } from "node:worker_threads";
import { Acceptor } from "../acceptor.ts";
import { moment, openNetworking } from "../poll-mode.ts";

/** How the Worker goes: it is terminated, it comes to its end, or it throws. */
export type Going = "terminated" | "ended" | "thrown";

export interface WorkerData {
  readonly going: Going;
  /** One word, 1 when it shall go. */
  readonly signal: SharedArrayBuffer;
}

const { going, signal }: WorkerData = workerData;
const word = new Int32Array(signal);
const net = openNetworking();
parentPort?.postMessage(new Acceptor(net).address);

while (going === "terminated" || Atomics.load(word, 0) === 0) {
  net.runCallbacks();
  await moment();
}
if (going === "thrown") throw new Error("the Worker's own mistake");
