/**
 * What batching is worth: 64 messages through a pair in memory, with one native call each way and with one a message.
 * The two run in turn in one process; what counts is the ratio.
 *
 *   bun bench/messages.ts [--smoke]
 */
import { Bench } from "tinybench";
import { ensureNativeLibrary } from "../ffi/native/build.ts";
import { openNetworking, SendFlags } from "../lib/index.ts";

const batch = 64;
const sizes = [32, 128, 1024, 16_384];
const time = process.argv.includes("--smoke") ? 50 : 1000;

await ensureNativeLibrary();
using net = openNetworking({ config: { SendBufferSize: 16 << 20, RecvBufferSize: 16 << 20 } });
const { sockets } = net;

console.log(
  `${net.library.kind} ${net.library.version}, Bun ${Bun.version}, batches of ${batch}, reliable, in memory\n`,
);
console.log("  bytes   batched M/s   one by one M/s   ratio");
for (const size of sizes) {
  const { connection1, connection2 } = sockets.createSocketPair();
  const payload = new Uint8Array(size).fill(7);
  const payloads = Array.from({ length: batch }, () => payload);

  const bench = new Bench({ time, warmupTime: time / 4 });
  bench.add("batched", () => {
    sockets.sendMessages(payloads, connection1, SendFlags.Reliable);
    expect(sockets.receiveMessagesOnConnection(connection2, batch).length, batch);
  });
  bench.add("one by one", () => {
    for (let i = 0; i < batch; i++) sockets.sendMessageToConnection(connection1, payload, SendFlags.Reliable);
    for (let i = 0; i < batch; i++) expect(sockets.receiveMessagesOnConnection(connection2, 1).length, 1);
  });
  const [batched = 0, single = 0] = (await bench.run()).map(({ result }) =>
    result.state === "completed" ? (batch * 1e3) / result.latency.p50 / 1e6 : 0,
  );
  const column = (value: number, width: number) => value.toFixed(2).padStart(width);
  console.log(`${String(size).padStart(7)}${column(batched, 14)}${column(single, 17)}${column(batched / single, 8)}`);
  sockets.closeConnection(connection1);
  sockets.closeConnection(connection2);
}

function expect(received: number, sent: number): void {
  if (received !== sent) throw new Error(`${sent} messages were sent and ${received} came`);
}
