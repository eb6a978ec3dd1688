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
  /** Its value when it is left out; without one, that is up to the command. */
  readonly default?: number;
  readonly least: number;
  readonly most: number;
  /** Whether 2.5 is refused. */
  readonly whole: boolean;
}

/** An option that takes a text. */
export interface Text extends Switch {
  /** What stands for the text in the usage. */
  readonly placeholder: string;
  /** Whether the command can't do without it. */
  readonly required: boolean;
}

/** Options by name, without the dashes. */
export type Options = Readonly<Record<string, Switch | Amount | Text>>;

type OptionValue<Declared> = Declared extends Text
  ? Declared extends { readonly required: true }
    ? string
    : string | undefined
  : Declared extends Amount
    ? Declared extends { readonly default: number }
      ? number
      : number | undefined
    : boolean;

/** What a command line said. */
export type OptionValues<Declared extends Options> = {
  readonly [Name in keyof Declared]: OptionValue<Declared[Name]>;
};

/** What stands on the command line beside the options. */
export interface Operands {
  /** What stands for them in the usage. */
  readonly placeholder: string;
  readonly least: number;
  readonly most: number;
}

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
  /** None when it is left out. */
  readonly operands?: Operands;
  readonly run: (values: OptionValues<Declared>, operands: readonly string[]) => Promise<number>;
}): Command {
  const { name, summary, options, operands } = command;
  const help = helpOf(command);
  return {
    name,
    summary,
    help,
    async run(args) {
      const { values, positionals } = parse(args, options, operands !== undefined);
      if (values["help"] !== undefined) {
        process.stdout.write(help);
        return 0;
      }
      if (operands !== undefined) checkNumber(positionals, operands);
      return await command.run(valuesOf(values, options), positionals);
    },
  };
}

type Given = Readonly<Record<string, string | boolean | undefined>>;

function parse(
  args: readonly string[],
  options: Options,
  allowPositionals: boolean,
): { readonly values: Given; readonly positionals: readonly string[] } {
  try {
    const types = Object.entries({ ...options, help: helpSwitch }).map(
      ([name, option]) => [name, { type: takesValue(option) ? "string" : "boolean" }] as const,
    );
    return parseArgs({ args: [...args], options: Object.fromEntries(types), allowPositionals });
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UsageError(line);
  }
}

function checkNumber({ length }: readonly string[], { placeholder, least, most }: Operands): void {
  if (length < least) throw new UsageError(`Say what it is about: ${placeholder}`);
  if (length > most) throw new UsageError(`There is too much behind ${placeholder}`);
}

function valuesOf<Declared extends Options>(given: Given, options: Declared): OptionValues<Declared> {
  const values: Record<string, string | number | boolean | undefined> = {};
  for (const [name, option] of Object.entries(options)) {
    const value = given[name];
    if (isAmount(option)) values[name] = numberOf(name, option, value);
    else values[name] = isText(option) ? textOf(name, option, value) : value === true;
  }
  // Built from the same table, name by name; only the loop's types are wider.
  return values as OptionValues<Declared>;
}

function textOf(name: string, { placeholder, required }: Text, given: Given[string]): string | undefined {
  if (typeof given === "string" && given !== "") return given;
  if (given !== undefined || required) throw new UsageError(`Say which: --${name} ${placeholder}`);
  return undefined;
}

function numberOf(
  name: string,
  { default: preset, least, most, whole }: Amount,
  given: Given[string],
): number | undefined {
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
  operands,
}: Omit<Command, "help" | "run"> & { details: string; options: Options; operands?: Operands }): string {
  const rows = Object.entries({ ...options, help: helpSwitch }).map(([option, declared]) => ({
    left: takesValue(declared) ? `--${option} ${declared.placeholder}` : `--${option}`,
    right: isAmount(declared) ? `${declared.does}: ${rangeOf(declared)}` : declared.does,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
  const usage = [name, ...(operands === undefined ? [] : [operands.placeholder]), "[options]"].join(" ");
  return `Usage: steam-sockets ${usage}\n\n${summary}\n\n${lines.join("\n")}\n\n${details}\n`;
}

function rangeOf({ least, most, default: preset }: Amount): string {
  return `${least} to ${most}${preset === undefined ? "" : `, ${preset} without it`}`;
}

function isAmount(option: Switch | Amount | Text): option is Amount {
  return "least" in option;
}

function isText(option: Switch | Amount | Text): option is Text {
  return "required" in option;
}

function takesValue(option: Switch | Amount | Text): option is Amount | Text {
  return isAmount(option) || isText(option);
}
