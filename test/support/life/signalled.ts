/** Gets a signal of the system in a run, tells what came of it, and gets the same signal once more. */
import { openNetworking } from "../../../lib/index.ts";

const signal = process.argv[2] === "SIGTERM" ? "SIGTERM" : "SIGINT";
const net = openNetworking();
const summary = await net.run({
  hz: 100,
  signals: true,
  tick({ number }) {
    if (number === 3) process.kill(process.pid, signal);
  },
});
console.log(JSON.stringify({ reason: summary.reason, isOpen: net.isOpen, listeners: process.listenerCount(signal) }));
net.close();
process.kill(process.pid, signal);
await Bun.sleep(20_000);
