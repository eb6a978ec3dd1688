/** The bots suite, ours: connections of one process that send an input each tick and hear what comes. */
import { openNetworking, type Connection } from "../../lib/index.ts";
import { cpuTime } from "./clock.ts";
import { config } from "./config.ts";
import { numberOf, obey } from "./obey.ts";
import { snapshotTick } from "./payload.ts";

const settleMilliseconds = 60;
const net = openNetworking({ config });
const unreliable = { reliable: false };
let bots: Connection[] = [];
let received = 0;

await obey({
  async connect(command) {
    const address = `127.0.0.1:${numberOf(command, "port")}`;
    const socket = {
      message(_: Connection, message: { view: DataView; offset: number }) {
        if (snapshotTick(message.view, message.offset) > 0) received++;
      },
      close() {
        throw new Error("A bot was lost");
      },
    };
    const connections = numberOf(command, "connections");
    bots = await Promise.all(
      Array.from({ length: connections }, () => net.connect(address, { socket, timeout: 30_000 })),
    );
    return { done: true };
  },
  async play(command) {
    const bytes = numberOf(command, "bytes");
    const hz = numberOf(command, "hz");
    const ticks = Math.trunc((numberOf(command, "milliseconds") * hz) / 1000);
    let sent = 0;
    received = 0;
    const cpu = cpuTime();
    await net.run({
      hz,
      overrun: "catch-up",
      tick(frame) {
        for (const bot of bots) {
          const at = bot.take();
          if (at < 0) continue;
          bot.view.setUint32(at, frame.number, true);
          if (bot.commit(bytes, unreliable) === 1) sent++;
        }
        if (frame.number >= ticks) frame.stop();
      },
    });
    await Bun.sleep(settleMilliseconds);
    const used = cpuTime() - cpu;
    Bun.gc(true);
    return { sent, received, cpu: used, memory: process.memoryUsage.rss() };
  },
});
