/** The arena's server: ticks 128 times a second, and shows the game to spectators. */
import { openNetworking } from "steam-sockets";
import { readOptions } from "../options.ts";
import { Arena } from "./server/arena.ts";
import { Spectators } from "./server/spectators.ts";
import { ticksPerSecond } from "./shared/rules.ts";
import { longestSnapshot } from "./shared/snapshot.ts";

const options = readOptions("The arena's server. Ctrl-C ends it.", {
  address: { does: "where players connect", usual: ":27020" },
  web: { does: "the port of the spectators' page, 0 for a free one", usual: 8080, most: 65_535 },
});

// A slot holds a snapshot, however much it tells.
using net = openNetworking({ pool: { slots: 2048, slotBytes: longestSnapshot } });
const arena: Arena = new Arena(net, options.address, (event) => spectators.tell(event));
const spectators = new Spectators(options.web, () => arena.players);
console.log(`players connect to ${arena.server.address}`);
console.log(`spectators look at ${spectators.url}`);

const { ticks, overruns } = await net.run({
  hz: ticksPerSecond,
  signals: true,
  tick(frame) {
    arena.tick(Math.round(frame.delta * ticksPerSecond));
    spectators.tick(frame, arena);
  },
});
console.log(`${ticks} ticks, ${overruns} left out`);
await spectators.stop();
await arena.server.stop();
