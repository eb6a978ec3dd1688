/** The loop suite: `net.run` without players, beside an HTTP server that is asked all the time, or not. */
import { openNetworking } from "../../lib/index.ts";
import { numberOf, obey } from "./obey.ts";
import { percentile } from "./percentile.ts";

const net = openNetworking();

await obey({
  serveHttp() {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json({ players: 200, map: "dust", uptime: performance.now() }),
    });
    return { port: server.port };
  },
  async loop(command) {
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const lateness: number[] = [];
    await net.run({
      hz,
      tick(frame) {
        if (lateness.push(frame.lateness) >= ticks) frame.stop();
      },
    });
    return { p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99) };
  },
});
