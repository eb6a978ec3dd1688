/** The table at the end of a test run: every function and event of the documents, on each real library. */
import { readFileSync } from "node:fs";
import { committedNames } from "../../docs/map/names.ts";
import { tableOf, type Row } from "../../docs/map/rows.ts";
import { keyOf, libraries, type Library } from "../../docs/map/shown.ts";
import { missing } from "../steam/shim.ts";

/** A table, and what was not shown although a library has it. */
export interface ShownTable {
  readonly text: string;
  readonly missing: readonly string[];
}

const titles: Readonly<Record<Library, string>> = { gns: "GameNetworkingSockets", steam_api: "steam_api" };

/** Reads what the tests noted in `file`. */
export function shownTable(file: string): ShownTable {
  const shown = new Set(readFileSync(file, "utf8").split("\n").filter(Boolean));
  const { functions, signals } = tableOf(committedNames(), new Map());
  const lacking: string[] = [];
  const stateOf = ({ name, has }: Row, library: Library) => {
    if (!has[library]) return "not in this library";
    if (shown.has(keyOf(library, name))) return "shown";
    if (library === "steam_api" && missing !== undefined) return "not tried here";
    lacking.push(`${name} on ${titles[library]}`);
    return "NOT SHOWN";
  };
  const lines = (rows: readonly Row[]) =>
    rows.map((row) => [row.name, ...libraries.map((library) => stateOf(row, library))]);
  const text = [
    columns([[`${functions.length} functions`, ...libraries.map((library) => titles[library])], ...lines(functions)]),
    columns([[`${signals.length} signals`, ...libraries.map((library) => titles[library])], ...lines(signals)]),
    ...(missing === undefined ? [] : [`steam_api was not tried here: ${missing}`]),
  ].join("\n\n");
  return { text, missing: lacking };
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows
    .map(([first = "", ...rest]) => [first.padEnd(width), ...rest.map((cell) => cell.padEnd(21))].join("  ").trimEnd())
    .join("\n");
}
