#!/usr/bin/env bun
/** The package's `bin`: `steam-sockets demo`, `steam-sockets doctor`. */
import { UsageError } from "./command.ts";
import { demo } from "./demo.ts";
import { doctor } from "./doctor.ts";

const commands = [demo, doctor];

const help = `Usage: steam-sockets <command> [options]

${commands.map(({ name, summary }) => `  ${name.padEnd(8)}${summary}`).join("\n")}
  help    Print this text, or that of a command.

Each command tells its options with --help, and has --json for programs.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return await command.run(args);
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
