/** Options of the examples' programs: `--bots 32`, and `--help`. */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

/** An option: what it does, its value when it is left out, and, for a number, what it can be. */
export interface OptionDescription {
  readonly does: string;
  readonly usual: string | number;
  readonly least?: number;
  readonly most?: number;
}

/** Options by name. */
export type OptionDescriptions = Readonly<Record<string, OptionDescription>>;

/** The values: numbers where the usual value is one. */
export type OptionValues<Options extends OptionDescriptions> = {
  readonly [Name in keyof Options]: Options[Name]["usual"] extends number ? number : string;
};

/** Reads the command line. Ends the process when it asks for help, or can't be understood. */
export function readOptions<const Options extends OptionDescriptions>(
  about: string,
  descriptions: Options,
): OptionValues<Options> {
  const entries = Object.entries(descriptions);
  const types: ParseArgsOptionsConfig = { help: { type: "boolean" } };
  for (const [name] of entries) types[name] = { type: "string" };
  try {
    const { values } = parseArgs({ options: types });
    if (values["help"] === true) {
      const lines = entries.map(
        ([name, { does, usual }]) => `  --${name.padEnd(10)}${does}${usual === "" ? "" : ` (${usual})`}\n`,
      );
      process.stdout.write(`${about}\n\n${lines.join("")}`);
      process.exit(0);
    }
    const read = entries.map(([name, description]) => [name, valueOf(name, values[name], description)]);
    return Object.fromEntries(read) as OptionValues<Options>;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}. See --help\n`);
    process.exit(2);
  }
}

function valueOf(
  name: string,
  given: unknown,
  { usual, least = 0, most = Infinity }: OptionDescription,
): string | number {
  if (given === undefined) return usual;
  if (typeof usual === "string") return String(given);
  const value = Number(given);
  if (given === "" || !(value >= least && value <= most)) {
    throw new RangeError(`--${name} takes a number from ${least}${most === Infinity ? "" : ` to ${most}`}`);
  }
  return value;
}
