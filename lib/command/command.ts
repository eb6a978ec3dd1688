/** What a command is: its options declared once, from which parsing, validation and `--help` follow. */
import { parseArgs } from "node:util";

/** A command line that makes no sense. The message says what is wrong with it. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** An option that is there or not. */
export interface Switch {
  /** What it does. */
  readonly does: string;
}

/** An option that takes a number. */
export interface Amount extends Switch {
  /** What stands for the number in the usage. */
  readonly placeholder: string;
  /** Its value when it is left out. */
  readonly default: number;
  readonly least: number;
  readonly most: number;
  /** Whether 2.5 is refused. */
  readonly whole: boolean;
}

/** Options by name, without the dashes. */
export type Options = Readonly<Record<string, Switch | Amount>>;

/** What a command line said. */
export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Amount ? number : boolean;
};

/** A command, ready to be run. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** The text for `--help`. */
  readonly help: string;
  /**
   * Runs it with the command line behind its name.
   * @returns the exit code.
   * @throws UsageError
   */
  run(args: readonly string[]): Promise<number>;
}

const helpSwitch: Switch = { does: "print this text" };

/** Makes a command. */
export function defineCommand<const Declared extends Options>(command: {
  readonly name: string;
  readonly summary: string;
  /** What there is to know beside the options: what is printed, what the exit code says. */
  readonly details: string;
  readonly options: Declared;
  readonly run: (values: OptionValues<Declared>) => Promise<number>;
}): Command {
  const { name, summary, options } = command;
  const help = helpOf(command);
  return {
    name,
    summary,
    help,
    async run(args) {
      const given = parse(args, options);
      if (given["help"] !== undefined) {
        process.stdout.write(help);
        return 0;
      }
      return await command.run(valuesOf(given, options));
    },
  };
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: readonly string[], options: Options): Given {
  try {
    const types = Object.entries({ ...options, help: helpSwitch }).map(
      ([name, option]) => [name, { type: isAmount(option) ? "string" : "boolean" }] as const,
    );
    return parseArgs({ args: [...args], options: Object.fromEntries(types) }).values;
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UsageError(line);
  }
}

function valuesOf<Declared extends Options>(given: Given, options: Declared): OptionValues<Declared> {
  const values: Record<string, number | boolean> = {};
  for (const [name, option] of Object.entries(options)) {
    const value = given[name];
    values[name] = isAmount(option) ? numberOf(name, option, value) : value === true;
  }
  // Built from the same table, name by name; only the loop's types are wider.
  return values as OptionValues<Declared>;
}

function numberOf(name: string, { default: preset, least, most, whole }: Amount, given: Given[string]): number {
  if (given === undefined) return preset;
  const value = typeof given === "string" && given.trim() !== "" ? Number(given) : NaN;
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} takes ${whole ? "an integer" : "a number"} from ${least} to ${most}, not ${given}`);
  }
  return value;
}

function helpOf({
  name,
  summary,
  details,
  options,
}: Omit<Command, "help" | "run"> & { details: string; options: Options }): string {
  const rows = Object.entries({ ...options, help: helpSwitch }).map(([option, declared]) =>
    isAmount(declared)
      ? {
          left: `--${option} ${declared.placeholder}`,
          right: `${declared.does}: ${declared.least} to ${declared.most}, ${declared.default} without it`,
        }
      : { left: `--${option}`, right: declared.does },
  );
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
  return `Usage: steam-sockets ${name} [options]\n\n${summary}\n\n${lines.join("\n")}\n\n${details}\n`;
}

function isAmount(option: Switch | Amount): option is Amount {
  return "default" in option;
}
