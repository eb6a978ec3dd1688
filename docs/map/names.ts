/**
 * The names that the documents name, and nothing else of theirs. The documents are not part of this repository: what was
 * read out of them is kept in names.json, and compared with them wherever they are at hand.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The documents, by file name. */
const files = {
  newest: "godotsteam-networking-sockets-newest.md",
  older: "godotsteam-networking-sockets-older.md",
  oldest: "godotsteam-networking-sockets-oldest.md",
  messages: "godotsteam-networking-messages.md",
  csharp: "swiftlys2-gameserver-networking-sockets.md",
} as const;

/** What the documents name. */
export interface Names {
  readonly godotSteam: {
    /** Functions, and what their arguments are called in the latest document that has them. */
    readonly functions: Readonly<Record<string, readonly string[]>>;
    readonly signals: readonly string[];
    /** Constants and the values of enums, with their number where it is told as one. */
    readonly constants: Readonly<Record<string, number | null>>;
  };
  readonly csharp: {
    /** Functions and their arguments' types. */
    readonly functions: Readonly<Record<string, readonly string[]>>;
  };
  /** Constants under the SDK's own names. */
  readonly sdk: readonly string[];
}

/** Where the committed names are. */
export const namesFile = join(import.meta.dir, "..", "names.json");

/** Where the documents lie unless it is said. */
export const usualDocuments = resolve(import.meta.dir, "../../../shared/seeds");

/** The committed names. */
export function committedNames(): Names {
  return JSON.parse(readFileSync(namesFile, "utf8"));
}

/** Whether the documents are there. */
export function hasDocuments(folder: string): boolean {
  return Object.values(files).every((file) => existsSync(join(folder, file)));
}

/** Reads the names out of the documents. */
export function readNames(folder: string): Names {
  const text = (name: keyof typeof files) => readFileSync(join(folder, files[name]), "utf8");
  // The latest last: what it says of arguments rules.
  const godotSteam = [text("oldest"), text("older"), text("messages"), text("newest")];
  const all = [...godotSteam, text("csharp")];
  return {
    godotSteam: {
      functions: sorted(godotSteam.flatMap(functionsOf)),
      signals: [...new Set(godotSteam.flatMap(signalsOf))].sort(),
      constants: sorted(godotSteam.flatMap(constantsOf)),
    },
    csharp: { functions: sorted(methodsOf(text("csharp"))) },
    sdk: [...new Set(all.flatMap((page) => page.match(/\bk_[A-Za-z]\w+/g) ?? []))]
      .filter((name) => !name.endsWith("_xxx")) // which stands for several
      .sort(),
  };
}

type Functions = [name: string, args: readonly string[]][];

function functionsOf(page: string): Functions {
  return [...page.matchAll(/^!!! function "(\w+)(?!["\w])(.*)"/gm)].map(([, name = "", args = ""]) => [
    name.replace(/^[A-Z]/, (letter) => letter.toLowerCase()),
    [...args.matchAll(/`+\w+`+\s+(\w+)/g)].map(([, argument = ""]) => argument),
  ]);
}

function signalsOf(page: string): string[] {
  const described = [...page.matchAll(/^!!! function "([a-z_]+)"/gm)];
  const linked = [...page.matchAll(/\]\(#(network_\w+)\)/g)];
  return [...described, ...linked].map(([, name = ""]) => name);
}

function constantsOf(page: string): [name: string, value: number | null][] {
  const rows = [...page.matchAll(/^([A-Z][A-Za-z\d_]+) \| (?:k_\w+ \| )?([^|\n]+)/gm)];
  const linked = [...page.matchAll(/(?:\[|\*\*)([A-Z][A-Z\d]*_[A-Z\d_]*[A-Z\d])(?:\]\(|\*\*)/g)];
  return [
    ...linked.map(([, name = ""]): [string, null] => [name, null]),
    ...rows
      .filter(([, name = ""]) => name.includes("_"))
      .map(([, name = "", value = ""]): [string, number | null] => [name, numberOf(value)]),
  ];
}

function numberOf(value: string): number | null {
  const factors = value.trim().split("*").map(Number);
  return factors.some(Number.isNaN) ? null : factors.reduce((product, factor) => product * factor);
}

function methodsOf(page: string): Functions {
  return [...page.matchAll(/^### (\w+)\((.*)\)$/gm)].map(([, name = "", args = ""]) => [
    name,
    args === "" ? [] : args.split(", "),
  ]);
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...new Map(entries)].sort(([one], [other]) => (one < other ? -1 : 1)));
}
