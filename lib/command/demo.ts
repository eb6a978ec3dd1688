/** `steam-sockets demo`: a game server and its bots, two processes over UDP. */
import type { WriteStream } from "node:tty";
import { defineCommand } from "./command.ts";
import { playMatch, type MatchProgress } from "./demo/match.ts";
import type { Match } from "./demo/protocol.ts";
import { Table } from "./demo/table.ts";
import { describeVerdict, judge } from "./demo/verdict.ts";
import { prepareLibrary } from "./library.ts";

/** The command. */
export const demo = defineCommand({
  name: "demo",
  summary: "A game server and its bots, two processes that talk over encrypted UDP on this machine.",
  options: {
    seconds: { does: "how long they play", placeholder: "S", default: 5, least: 0.1, most: 3600, whole: false },
    bots: { does: "how many bots there are", placeholder: "N", default: 8, least: 1, most: 1000, whole: true },
    hz: { does: "ticks a second", placeholder: "H", default: 128, least: 10, most: 1000, whole: false },
    "message-bytes": {
      does: "bytes of the snapshot that each bot gets each tick",
      placeholder: "B",
      default: 256,
      least: 16,
      // Larger ones the library would send reliably.
      most: 16_384,
      whole: true,
    },
    json: { does: "print the verdict as one line of JSON, all else on standard error" },
  },
  details: `The server takes each bot's input and sends each bot a snapshot, unreliably, once a tick; now and then a bot
sends something reliably, and the server echoes it. Both check every byte that they receive.
Exit code 0: every bot connected, nothing was corrupt, every reliable message arrived, both processes ended
by themselves. Exit code 1: not so; the verdict says why.`,
  async run({ seconds, bots, hz, "message-bytes": messageBytes, json }) {
    const match = { seconds, bots, hz, messageBytes };
    const { progress, problems } = await play(match, json ? process.stderr : process.stdout);
    const verdict = judge(match, progress, problems);
    process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : describeVerdict(verdict));
    return verdict.ok ? 0 : 1;
  },
});

async function play(match: Match, stream: WriteStream): Promise<{ progress: MatchProgress; problems: string[] }> {
  const interruption = new AbortController();
  const interrupt = (signal: string) => interruption.abort(`It was interrupted by ${signal}`);
  try {
    const library = await prepareLibrary();
    process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
    const table = new Table(match, stream);
    const { problems, ...progress } = await playMatch({ ...match, library }, table, interruption.signal);
    return { progress, problems };
  } catch (error) {
    return { progress: {}, problems: [error instanceof Error ? error.message : String(error)] };
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
