/** Connects to a host of several addresses whose name is "several", and prints what came of it. */
import { ConnectError, type ConnectionClosing } from "../../../lib/index.ts";
import { Journal } from "../everyday.ts";
import { openNetworking } from "../poll-mode.ts";
import { waitUntil } from "../pump.ts";

/** What is printed. */
export interface Named {
  /** What the server does: it has one of the addresses or all, none at all, and says yes at once, late, or no. */
  readonly scene: "last answers" | "none answers" | "decides late" | "refuses";
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
const server = net.listen({
  address: scene === "last answers" ? "127.0.0.9:0" : "0.0.0.0:0",
  accept: async () => {
    asked++;
    if (scene === "decides late") await Bun.sleep(600);
    return scene !== "refuses";
  },
  socket: journal.handlers("server"),
});
const { port } = server;
if (scene === "none answers") await server.stop();
const start = performance.now();
let connected: string | undefined;
let error: ConnectionClosing | undefined;
let milliseconds: number;
try {
  const timeout = scene === "none answers" ? 800 : 10_000;
  const connection = await net.connect(`several:${port}`, { timeout, socket: journal.handlers("client") });
  milliseconds = performance.now() - start;
  connected = connection.address;
  await waitUntil("the server knew", () => server.connections === 1);
  connection.close(1000, "bye");
  await waitUntil("the server knew", () => server.connections === 0);
} catch (problem) {
  if (!(problem instanceof ConnectError)) throw problem;
  milliseconds = performance.now() - start;
  error = { code: problem.code, text: problem.text, by: problem.by };
}
console.log(JSON.stringify({ scene, connected, error, asked, lines: journal.lines, milliseconds } satisfies Named));
