/** All of it: makes keys, starts backend and game server, and lets players of each kind try. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../options.ts";
import { Actor } from "./actor.ts";

const { seconds } = readOptions(
  "Backend, game server and players, each a process. Exit code 0: all went as it should.",
  {
    seconds: { does: "how long alice plays; her certificates count for 9", usual: 11, least: 10 },
  },
);

const folder = await mkdtemp(join(tmpdir(), "steam-sockets-authenticated-"));
const [root, live, loot] = [join(folder, "root"), join(folder, "live"), join(folder, "alice.cert")];
const passwords = { ARENA_PASSWORD: crypto.randomUUID(), BOT_PASSWORD: crypto.randomUUID() };

/** What `steam-sockets authority init` does on the command line. */
function makeAuthority(...args: string[]): void {
  const command = join(import.meta.dir, "../../lib/command/main.ts");
  const { success } = Bun.spawnSync([process.execPath, command, "authority", "init", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (!success) throw new Error("There are no keys");
}

/** Starts one of the programs beside this one. */
function start(name: string, program: string, ...args: string[]): Actor {
  return new Actor(name, join(import.meta.dir, program), args, passwords);
}

try {
  makeAuthority(root);
  makeAuthority(live, "--under", root, "--days", "30");

  await using backend = start("backend", "backend.ts", "--port", "0", "--keys", live, "--seconds", "9");
  const url = await backend.says(/listening at (.+)/);
  const common = ["--trust", live];
  await using server = start("server", "server.ts", "--address", "127.0.0.1:0", "--backend", url, ...common);
  const address = await server.says(/listening at (.+)/);
  const player = (who: string, ...more: string[]) =>
    start(who, "bot.ts", "--name", "alice", "--address", address, ...common, ...more);

  await using alice = player("alice", "--backend", url, "--seconds", String(seconds), "--keep", loot);
  await alice.says(/is in/);
  // Two who say that they are alice: one without a certificate, one with a copy of hers.
  const others = [player("stranger", "--backend", ""), player("thief", "--backend", "", "--stolen", loot)];
  const outcomes = await Promise.all(others.map((other) => other.exited));
  const isWell = (await alice.exited) === 0 && outcomes.every((code) => code === 1);
  console.log(isWell ? "as it should be" : "not as it should be");
  process.exitCode = isWell ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
