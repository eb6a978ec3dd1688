/** Ends this process while a network with a connection is open: in the way that the first parameter names. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { openNetworking } from "../poll-mode.ts";
import { pumpUntil } from "../pump.ts";
import { connectOverUDP } from "../udp-pair.ts";
import type { WorkerData } from "./careless-worker.ts";

/** Each way with the exit code that the process should have. */
export const leavings = {
  "at the end of the script": 0,
  "by process.exit in a handler": 7,
  "by an error in a handler": 1,
  "by process.exit while a Worker has it open": 8,
} as const;

if (import.meta.main) {
  const leaving = process.argv[2] as keyof typeof leavings;
  if (leaving === "by process.exit while a Worker has it open") {
    const workerData: WorkerData = { going: "terminated", signal: new SharedArrayBuffer(4) };
    const worker = new Worker(join(import.meta.dir, "careless-worker.ts"), { workerData });
    worker.once("message", () => process.exit(leavings[leaving]));
  } else {
    const net = openNetworking();
    const { client } = await connectOverUDP(net);
    net.on("connectionStatusChanged", () => {
      if (leaving === "by process.exit in a handler") process.exit(leavings[leaving]);
      throw new Error("a mistake in a handler");
    });
    if (leaving !== "at the end of the script") {
      net.sockets.closeConnection(client);
      await pumpUntil(net, "the process had ended", () => false);
    }
  }
}
