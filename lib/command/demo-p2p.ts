/** `steam-sockets demo p2p`: two peers who find each other by signals and then talk directly. */
import type { WriteStream } from "node:tty";
import { fileURLToPath } from "node:url";
import { defineCommand } from "./command.ts";
import { meet, type MeetingProgress } from "./demo/p2p/meeting.ts";
import { hasInterface, inNamespace, reasonAgainstNamespace } from "./demo/p2p/namespace.ts";
import type { Meeting } from "./demo/p2p/protocol.ts";
import { describeMeeting, judgeMeeting } from "./demo/p2p/verdict.ts";
import { prepareLibrary } from "./library.ts";

const lineMilliseconds = 990;
const noInterface = "There is no network interface but loopback, which ICE does not use";

/** The command. */
export const demoP2P = defineCommand({
  name: "demo p2p",
  summary: "Two peers in two processes, who find each other over a relay for signals and then talk directly.",
  options: {
    seconds: { does: "how long they talk", placeholder: "S", default: 5, least: 0.1, most: 3600, whole: false },
    hz: { does: "messages a second each way", placeholder: "H", default: 128, least: 10, most: 1000, whole: false },
    "message-bytes": {
      does: "bytes of such a message",
      placeholder: "B",
      default: 256,
      least: 16,
      // Larger ones the library would send reliably.
      most: 16_384,
      whole: true,
    },
    json: { does: "print the verdict as one line of JSON, all else on standard error" },
  },
  details: `Both peers know the relay and each other's name, and nothing else. Each sends a message, unreliably, once a tick;
now and then one reliably; both check every byte that they receive.
ICE, which finds the way, never uses the loopback interface. Where the machine has no other one, all of it runs in
a network namespace (Linux; it takes unshare and ip, and the right to make one).
Exit code 0: they connected, nothing was corrupt, every reliable message arrived, both processes ended by
themselves. Exit code 1: not so; the verdict says why.`,
  async run({ seconds, hz, "message-bytes": messageBytes, json }) {
    const meeting = { seconds, hz, messageBytes };
    const stream = json ? process.stderr : process.stdout;
    let result: MeetingResult;
    try {
      const library = await prepareLibrary();
      if (!hasInterface()) {
        const obstacle = await reasonAgainstNamespace();
        if (obstacle !== undefined) throw new Error(`${noInterface}, and a namespace can't be made: ${obstacle}`);
        stream.write(`${noInterface}: this runs in a namespace\n`);
        return await runInNamespace(meeting, json);
      }
      result = await run({ ...meeting, library }, stream);
    } catch (error) {
      result = { progress: {}, problems: [error instanceof Error ? error.message : String(error)] };
    }
    const verdict = judgeMeeting(result.progress, result.problems);
    process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : describeMeeting(verdict));
    return verdict.ok ? 0 : 1;
  },
});

interface MeetingResult {
  readonly progress: MeetingProgress;
  readonly problems: readonly string[];
}

async function run(meeting: Meeting & { readonly library: string }, stream: WriteStream): Promise<MeetingResult> {
  const interruption = new AbortController();
  const interrupt = (signal: string) => interruption.abort(`It was interrupted by ${signal}`);
  const leave = () => interruption.abort("The process that started it is gone");
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("disconnect", leave);
  let last = performance.now();
  const spectator = {
    started: (name: string, pid: number) => void stream.write(`The ${name} is number ${pid}\n`),
    progress(progress: MeetingProgress) {
      if (performance.now() - last < lineMilliseconds || progress.alice === undefined) return;
      last = performance.now();
      stream.write(`${line(progress)}\n`);
    },
  };
  try {
    const { problems, ...progress } = await meet(meeting, spectator, interruption.signal);
    return { progress, problems };
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("disconnect", leave);
    process.disconnect?.();
  }
}

function line({ alice, bob, signals = 0 }: MeetingProgress): string {
  const seconds = (alice?.seconds ?? 0).toFixed(0).padStart(4);
  const route = alice?.route === undefined ? "no way yet" : `${alice.route.description}, to ${alice.route.address}`;
  const counts = `messages to alice ${alice?.traffic.received ?? 0} to bob ${bob?.traffic.received ?? 0}`;
  return `${seconds} s  ${route}  ${counts}  signals ${signals}`;
}

/** The same command once more, in a namespace. It ends when this process does. */
async function runInNamespace({ seconds, hz, messageBytes }: Meeting, json: boolean): Promise<number> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const options = ["--seconds", seconds, "--hz", hz, "--message-bytes", messageBytes].map(String);
  const line = [process.execPath, main, "demo", "p2p", ...options, ...(json ? ["--json"] : [])];
  const child = Bun.spawn(inNamespace(...line), { stdio: ["ignore", "inherit", "inherit"], ipc() {} });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", pass).on("SIGTERM", pass);
  try {
    return await child.exited;
  } finally {
    process.off("SIGINT", pass).off("SIGTERM", pass);
  }
}
