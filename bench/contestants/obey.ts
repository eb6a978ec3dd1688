/** The children's side of driver/contestant.ts. */
import type { Command } from "../driver/contestant.ts";

/** What a command does; what it returns is the answer. */
export type Deed = (command: Command) => object | Promise<object>;

/** Does what the driver says until it has gone. */
export async function obey(deeds: Readonly<Record<string, Deed>>): Promise<void> {
  for await (const line of console) {
    // The end of the input comes as a line, too.
    if (line === "") break;
    const command: Command = JSON.parse(line);
    const deed = deeds[String(command["do"])];
    if (deed === undefined) throw new Error(`no such command: ${line}`);
    say(await deed(command));
  }
  process.exit();
}

/** Says something without being asked. */
export function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** A command's number of this name. */
export function numberOf(command: Command, name: string): number {
  const value = command[name];
  if (typeof value !== "number") throw new TypeError(`${name} must be a number in ${JSON.stringify(command)}`);
  return value;
}
