/** Connects to a host of several addresses whose name is "several", and prints what came of it. */
import { ConnectError, type ConnectionClosing } from "../../../lib/index.ts";
import { Journal } from "../everyday.ts";
import { openNetworking } from "../poll-mode.ts";
import { waitUntil } from "../pump.ts";

/** What is printed. */
export interface Named {
  /**
   * What there is at 127.0.0.1 and 127.0.0.9: a server at the last one alone, none, or two of which each says yes only
   * after a while, lies far away, or says no.
   */
  readonly scene: "last answers" | "none answers" | "decide late" | "are far" | "refuse";
  /** Where the connection went. */
  readonly connected: string | undefined;
  readonly error: ConnectionClosing | undefined;
  /** How often `accept` was called. */
  readonly asked: number;
  readonly lines: string[];
  readonly milliseconds: number;
}

const scene = process.argv[2] as Named["scene"];
const journal = new Journal();
using net = openNetworking();
let asked = 0;
const options = {
  accept: async () => {
    asked++;
    if (scene === "decide late") await Bun.sleep(600);
    return scene !== "refuse";
  },
  socket: journal.handlers("server"),
};
const last = net.listen({ address: "127.0.0.9:0", ...options });
const { port } = last;
const first = net.listen({ address: `127.0.0.1:${port}`, ...options });
if (scene === "last answers" || scene === "none answers") await first.stop();
if (scene === "none answers") await last.stop();
// There and back, in this process alone: it is twice as long until an answer comes.
if (scene === "are far") net.simulate({ lag: 200 });
const start = performance.now();
let connected: string | undefined;
let error: ConnectionClosing | undefined;
let milliseconds: number;
try {
  const timeout = scene === "none answers" ? 800 : 10_000;
  const connection = await net.connect(`several:${port}`, { timeout, socket: journal.handlers("client") });
  milliseconds = performance.now() - start;
  connected = connection.address;
  const isOpenAt = () => first.connections + last.connections;
  await waitUntil("the server knew", () => isOpenAt() === 1);
  connection.close(1000, "bye");
  await waitUntil("the server knew", () => isOpenAt() === 0);
} catch (problem) {
  if (!(problem instanceof ConnectError)) throw problem;
  milliseconds = performance.now() - start;
  error = { code: problem.code, text: problem.text, by: problem.by };
}
console.log(JSON.stringify({ scene, connected, error, asked, lines: journal.lines, milliseconds } satisfies Named));
