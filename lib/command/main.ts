#!/usr/bin/env bun
/** The package's `bin`: `steam-sockets demo`, `steam-sockets doctor`, `steam-sockets authority init` and others. */
import { authority } from "./authority.ts";
import { UsageError } from "./command.ts";
import { demo } from "./demo.ts";
import { demoP2P } from "./demo-p2p.ts";
import { doctor } from "./doctor.ts";

const commands = [demo, demoP2P, doctor, ...authority];
const width = Math.max(...commands.map(({ name }) => name.length)) + 2;

const help = `Usage: steam-sockets <command> [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join("\n")}
  ${"help".padEnd(width)}Print this text, or that of a command.

Each command tells its options with --help, and has --json for programs.
`;

async function main(line: readonly string[]): Promise<number> {
  // A name may have two words.
  for (const words of [2, 1]) {
    const command = commands.find((candidate) => candidate.name === line.slice(0, words).join(" "));
    if (command !== undefined) return await command.run(line.slice(words));
  }
  const [name, ...args] = line;
  if (name === "help" && args.length > 0) return await main([...args, "--help"]);
  if (name === "help" || name === "--help") {
    process.stdout.write(help);
    return 0;
  }
  const longer = commands.map((command) => command.name).filter((longName) => longName.startsWith(`${name} `));
  if (longer.length > 0) throw new UsageError(`Name one of these: ${longer.join(", ")}`);
  throw new UsageError(name === undefined ? "Name a command" : `There is no command ${name}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof UsageError;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`steam-sockets: ${text}${usage ? ". See steam-sockets --help" : ""}\n`);
  process.exitCode = usage ? 2 : 1;
}
