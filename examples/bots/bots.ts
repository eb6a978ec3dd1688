/** A load maker: many connections in one process, each of which sends at a fixed rate. Prints once a second how it goes. */
import { openNetworking } from "steam-sockets";
import { readOptions } from "../options.ts";
import { EchoServer } from "./echo-server.ts";
import { Meter } from "./meter.ts";
import { Swarm } from "./swarm.ts";

const options = readOptions("Many connections in one process, to any server of listen. Ctrl-C ends it.", {
  bots: { does: "how many", usual: 100, least: 1, most: 8000 },
  hz: { does: "messages a second that each sends", usual: 30, least: 1, most: 240 },
  bytes: { does: "bytes of each message", usual: 32, most: 1200 },
  seconds: { does: "how long, 0 for ever", usual: 10 },
  address: { does: "the server; without one, an echo server of its own", usual: "" },
});

await using echo = options.address === "" ? await EchoServer.start() : undefined;
using net = openNetworking();
const meter = new Meter();
const swarm = new Swarm(net, options);
const connecting = performance.now();
await swarm.connect(echo?.address ?? options.address);
console.log(`${swarm.connected} connected in ${((performance.now() - connecting) / 1000).toFixed(1)} s`);

// Bots take turns within a period, as players all over the world would, so that not all send at the same moment.
const turns = Math.max(1, Math.floor(240 / options.hz));
const hz = turns * options.hz;
meter.begin(swarm);
let nextLine = 1;
const { seconds } = await net.run({
  hz,
  signals: true,
  tick({ number, time, stop }) {
    swarm.send(number % turns, turns);
    if (time >= nextLine) {
      nextLine++;
      console.log(meter.line(swarm));
    }
    if (swarm.connected === 0 || (options.seconds > 0 && time >= options.seconds)) stop();
  },
});

const problems = swarm.problems(echo !== undefined);
console.log(`in all, ${seconds.toFixed(1)} s: ${meter.summary(swarm)}`);
for (const problem of problems) console.log(`problem: ${problem}`);
swarm.leave();
process.exitCode = problems.length === 0 ? 0 : 1;
