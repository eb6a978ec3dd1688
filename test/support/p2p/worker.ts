/** A Worker that begins connections and a session by signals and ends without closing its network. */
import { parentPort, workerData } from "node:worker_threads";
import { SendFlags } from "../../../lib/index.ts";
import { openNetworking } from "../poll-mode.ts";

/** What it is told. */
export interface LostWorker {
  readonly identity: string;
  readonly to: string;
  /** Returned: its thread ends by itself. Terminated: somebody ends it. */
  readonly going: "returned" | "terminated";
}

const { identity, to, going } = workerData as LostWorker;
const net = openNetworking({ identity });
net.signaling.use({ send: () => {} });
net.sockets.connectP2PCustomSignaling(net.signaling, to, 0);
net.sockets.connectP2P(to, 0);
net.messages.sendMessageToUser(to, "hello", SendFlags.Reliable);
net.runCallbacks();
parentPort?.postMessage(net.signaling.connections);
if (going === "terminated") setInterval(() => net.runCallbacks(), 1);
