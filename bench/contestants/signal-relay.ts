/**
 * The p2p suite: a relay for signals. Ours or, with `bare`, the least that carries them: it believes every name, limits
 * nothing and keeps nothing.
 */
import { signalFrame, readFrame } from "../../lib/signaling/relay-protocol.ts";
import { startRelay } from "../../lib/signaling/index.ts";
import { cpuTime } from "./clock.ts";
import { obey } from "./obey.ts";

const hostname = "127.0.0.1";
const limits = { signalsPerSecond: 1_000_000, bytesPerSecond: 1 << 30 };
const port = Bun.argv[2] === "bare" ? bareRelay() : startRelay({ hostname, trustClaims: true, limits }).port;

function bareRelay(): number {
  const sockets = new Map<string, Bun.ServerWebSocket<string>>();
  const server = Bun.serve<string>({
    hostname,
    port: 0,
    fetch: (request, bare) =>
      bare.upgrade(request, { data: new URL(request.url).searchParams.get("identity") ?? "" })
        ? undefined
        : new Response("This is a WebSocket", { status: 426 }),
    websocket: {
      open: (socket) => void sockets.set(socket.data, socket),
      message({ data }, message) {
        const frame = typeof message === "string" ? undefined : readFrame(message);
        if (frame?.kind === "signal") sockets.get(frame.peer)?.sendBinary(signalFrame(data, frame.signal));
      },
    },
  });
  return server.port ?? 0;
}

await obey({
  where: () => ({ url: `ws://${hostname}:${port}/` }),
  cpu: () => ({ cpu: cpuTime() }),
});
