/** Bots for the arena, all in one process. Prints once a second how they do. */
import { openNetworking } from "steam-sockets";
import { readOptions } from "../options.ts";
import { ArenaClient, type Measures } from "./client/arena-client.ts";
import { Bot } from "./client/bot.ts";
import { mostPlayers } from "./shared/positions.ts";
import { ticksPerSecond } from "./shared/rules.ts";

const options = readOptions("Bots for the arena. Ctrl-C ends them.", {
  address: { does: "the arena's server", usual: "127.0.0.1:27020" },
  bots: { does: "how many", usual: 32, least: 1, most: mostPlayers },
  seconds: { does: "how long they play, 0 for ever", usual: 0 },
});

const names =
  "Ada Bo Cleo Dag Edda Finn Gus Hedy Ida Jun Kit Lou Mio Nia Odo Pia Quin Rex Sol Tea Una Val Wim Xia Yul Zoe";
const nameOf = (index: number) => {
  const bases = names.split(" ");
  const round = 1 + Math.floor(index / bases.length);
  return `${bases[index % bases.length]}${round === 1 ? "" : ` ${round}`}`;
};

using net = openNetworking();
const bots: Bot[] = [];
try {
  for (let index = 0; index < options.bots; index++) {
    bots.push(new Bot(await ArenaClient.join(net, options.address, nameOf(index))));
  }
} catch (error) {
  console.error(`No arena: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

let before = total();
let toldAt = 0;
const { reason } = await net.run({
  hz: ticksPerSecond,
  signals: true,
  tick({ time, stop }) {
    for (const bot of bots) bot.tick();
    if (time - toldAt >= 1) {
      const now = total();
      console.log(describe(now, before, time - toldAt));
      before = now;
      toldAt = time;
    }
    if (bots.every(({ client }) => !client.isOpen) || (options.seconds > 0 && time >= options.seconds)) stop();
  },
});

const left = bots.filter(({ client }) => client.isOpen).length;
console.log(`${left} of ${options.bots} bots played to the end (${reason})`);
for (const { client } of bots) client.leave();
process.exitCode = left === options.bots ? 0 : 1;

function total(): Measures {
  const sum: Measures = { bytesReceived: 0, bytesSent: 0, snapshots: 0, lost: 0, error: 0, worstError: 0 };
  for (const { client } of bots) {
    for (const name of ["bytesReceived", "bytesSent", "snapshots", "lost", "error"] as const) {
      sum[name] += client.measures[name];
    }
    sum.worstError = Math.max(sum.worstError, client.measures.worstError);
    client.measures.worstError = 0;
  }
  return sum;
}

function describe(now: Measures, before: Measures, seconds: number): string {
  const open = bots.filter(({ client }) => client.isOpen).length;
  const snapshots = now.snapshots - before.snapshots;
  const lost = now.lost - before.lost;
  const off = (now.error - before.error) / Math.max(1, snapshots);
  const kilobytes = (name: "bytesReceived" | "bytesSent") =>
    ((now[name] - before[name]) / Math.max(1, open) / seconds / 1000).toFixed(1);
  return [
    `${open} bots`,
    `each gets ${kilobytes("bytesReceived")} KB/s and sends ${kilobytes("bytesSent")} KB/s`,
    `${snapshots} snapshots, ${lost} lost`,
    `predictions off by ${off.toFixed(2)}, at worst ${now.worstError.toFixed(0)}`,
  ].join("; ");
}
