#!/usr/bin/env bun
/** The package's `bin`: `steam-sockets demo`, `steam-sockets doctor`. */
import { UsageError } from "./command.ts";
import { demo } from "./demo.ts";
import { demoP2P } from "./demo-p2p.ts";
import { doctor } from "./doctor.ts";

const commands = [demo, demoP2P, doctor];

const help = `Usage: steam-sockets <command> [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")}
  help      Print this text, or that of a command.

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
