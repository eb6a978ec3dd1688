/** The same server as tick.ts, in handlers. */
import { openNetworking, type Connection } from "../../lib/index.ts";
import { cpuTime } from "./clock.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { writeSnapshot } from "./payload.ts";
import { percentile } from "./percentile.ts";

interface Player {
  newestInput: number;
}

const net = openNetworking({ config, pool: { slots: 8192, slotBytes: 512 } });
const unreliable = { reliable: false };
let received = 0;
// Not the server's own: those are looked at once a tick, and this costs no iterator.
const players: Connection<Player>[] = [];

await obey({
  listen(command) {
    net.listen<Player>({
      address: `127.0.0.1:${numberOf(command, "port")}`,
      data: () => ({ newestInput: 0 }),
      socket: {
        open: (player) => players.push(player),
        message(player, message) {
          received++;
          const { data } = player;
          data.newestInput = Math.max(data.newestInput, message.view.getUint32(message.offset, true));
        },
        close() {
          throw new Error("A player was lost");
        },
      },
    });
    return { done: true };
  },
  async gather(command) {
    while (players.length < numberOf(command, "connections")) await Bun.sleep(1);
    return { done: true };
  },
  async serve(command) {
    const bytes = numberOf(command, "bytes");
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    const lateness: number[] = [];
    let sent = 0;
    received = 0;
    const cpu = cpuTime();
    await net.run({
      hz,
      overrun: "catch-up",
      tick(frame) {
        const tick = lateness.push(frame.lateness);
        for (const player of players) {
          const at = player.take();
          if (at < 0) continue;
          writeSnapshot(player.view, at, bytes, tick, player.data.newestInput);
          if (player.commit(bytes, unreliable) === 1) sent++;
        }
        if (tick >= ticks) frame.stop();
      },
    });
    return {
      ...{ p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99), ticks: lateness.length },
      ...{ sent, received, cpu: cpuTime() - cpu },
    };
  },
});
