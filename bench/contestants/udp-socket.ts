/**
 * Bun's own UDP socket, on loopback: datagrams as they are, nothing is encrypted, resent or paced. What comes within a
 * tick has to find room in the system's receive buffer, whose size can't be set.
 */
import { endNumber } from "./load.ts";
import { compete, received } from "./udp-rival.ts";

const mostPerCall = 64;
const mostBytes = 16_384;
const payloads = Array.from({ length: mostPerCall }, () => new DataView(new ArrayBuffer(mostBytes)));
// One in each count of datagrams, for sendMany takes an array.
let datagrams: readonly Uint8Array[] = [];
let socket: Bun.udp.ConnectedSocket<"buffer"> | undefined;

await compete({
  async listen(port) {
    await Bun.udpSocket({ hostname: "127.0.0.1", port, socket: { data: (_, message) => received(message) } });
  },
  async connect(port) {
    socket = await Bun.udpSocket({ connect: { hostname: "127.0.0.1", port } });
  },
  send({ trial, bytes }, first, count, due) {
    if (datagrams[0]?.length !== bytes) datagrams = payloads.map(({ buffer }) => new Uint8Array(buffer, 0, bytes));
    for (let sent = 0; sent < count;) {
      const batch = Math.min(mostPerCall, count - sent);
      for (let i = 0; i < batch; i++) {
        payloads[i]!.setUint32(0, first + sent + i, true);
        payloads[i]!.setUint32(4, trial, true);
        payloads[i]!.setFloat64(8, due, true);
      }
      const taken = socket!.sendMany(batch === mostPerCall ? datagrams : datagrams.slice(0, batch));
      sent += taken;
      if (taken < batch) return sent;
    }
    return count;
  },
  end(trial) {
    const [view] = payloads;
    view!.setUint32(0, endNumber, true);
    view!.setUint32(4, trial, true);
    // One of several will come.
    for (let i = 0; i < 3; i++) socket?.send(new Uint8Array(view!.buffer, 0, 16));
  },
});
