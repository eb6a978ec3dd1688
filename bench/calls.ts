/**
 * What single calls of the API cost, beside a call into the library that does next to nothing.
 *
 *   bun bench/calls.ts [--smoke]
 */
import { bench, run, summary } from "mitata";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { openNetworking, SendFlags } from "../lib/index.ts";

await ensureNativeLibrary();
using net = openNetworking();
const { sockets, utils } = net;
const { connection1, connection2 } = sockets.createSocketPair();
const payload = new Uint8Array(64);

summary(() => {
  bench("getLocalTimestamp", () => utils.getLocalTimestamp()).baseline();
  bench("runCallbacks, nothing waits", () => net.runCallbacks());
  bench("receiveMessagesOnConnection, nothing waits", () => sockets.receiveMessagesOnConnection(connection2));
  bench("getConnectionUserData", () => sockets.getConnectionUserData(connection1));
  bench("getConnectionRealTimeStatus", () => sockets.getConnectionRealTimeStatus(connection1));
  bench("send and receive 64 bytes in memory", () => {
    sockets.sendMessageToConnection(connection1, payload, SendFlags.Reliable);
    sockets.receiveMessagesOnConnection(connection2, 1);
  });
});

const smoke = process.argv.includes("--smoke");
await run(smoke ? { filter: /getLocalTimestamp|nothing waits/, format: "quiet" } : {});
