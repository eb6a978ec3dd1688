/** Bun's own WebSocket, on loopback: plain TCP, nothing is encrypted. */
import { endNumber } from "./load.ts";
import { compete, received } from "./udp-rival.ts";

const mostBuffered = 16 << 20;
const mostBytes = 16_384;
const payload = new Uint8Array(new ArrayBuffer(mostBytes));
const view = new DataView(payload.buffer);
let socket: WebSocket | undefined;

await compete({
  listen(port) {
    Bun.serve({
      hostname: "127.0.0.1",
      port,
      fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("no", { status: 400 })),
      websocket: {
        perMessageDeflate: false,
        message: (_, message) => received(message as Buffer),
      },
    });
  },
  async connect(port) {
    socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await new Promise((resolve, reject) => {
      socket?.addEventListener("open", resolve);
      socket?.addEventListener("error", reject);
    });
  },
  send({ trial, bytes }, first, count, due) {
    const message = payload.subarray(0, bytes);
    for (let i = 0; i < count; i++) {
      if (socket!.bufferedAmount > mostBuffered) return i;
      view.setUint32(0, first + i, true);
      view.setUint32(4, trial, true);
      view.setFloat64(8, due, true);
      socket!.send(message);
    }
    return count;
  },
  end(trial) {
    view.setUint32(0, endNumber, true);
    view.setUint32(4, trial, true);
    socket?.send(payload.subarray(0, 16));
  },
});
