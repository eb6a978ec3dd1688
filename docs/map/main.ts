/**
 * Writes docs/api-map.md and what stands beside it: `bun run docs`. With `--check` it writes nothing, and fails when
 * something is not as it would write it.
 *
 * It fails when a name of the documents has no row, and when a row has no test on a library that serves it. The names are
 * those of docs/names.json, which follow the documents where these are at hand: beside the repository, or where
 * `--documents FOLDER` says. The tests are those of test/, or of where `--tests FOLDER` says.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { apiMap, fromCSharp, fromGodotSteam } from "./markdown.ts";
import { json } from "./json.ts";
import { committedNames, hasDocuments, namesFile, readNames, usualDocuments } from "./names.ts";
import { tableOf } from "./rows.ts";
import { testsThatShow, usualTests } from "./shown.ts";

const { values } = parseArgs({
  options: { check: { type: "boolean" }, documents: { type: "string" }, tests: { type: "string" } },
});
const documents = values.documents ?? usualDocuments;
const atHand = hasDocuments(documents);
if (!atHand && values.documents !== undefined) throw new Error(`The documents are not in ${documents}`);
if (!atHand) console.log("The documents are not at hand: their names are those of docs/names.json");

const names = atHand ? readNames(documents) : committedNames();
const table = tableOf(names, testsThatShow(values.tests ?? usualTests));
const pages = {
  [namesFile]: `${json(names)}\n`,
  [beside("api-map.md")]: apiMap(table),
  [beside("coming-from-godotsteam.md")]: fromGodotSteam(names, table),
  [beside("coming-from-steamworks-csharp.md")]: fromCSharp(names, table),
};

const problems = [
  ...table.homeless.map((name) => `${name} has no row: give it a function, an event or a constant`),
  ...table.untested.map((name) => `no test shows ${name}`),
];
for (const [path, content] of Object.entries(pages)) {
  if (existsSync(path) && readFileSync(path, "utf8") === content) continue;
  if (values.check) problems.push(`${path} is not what \`bun run docs\` writes`);
  else writeFileSync(path, content);
}
for (const line of problems) console.log(line);
const { functions, signals, constants } = table;
console.log(`${functions.length} functions, ${signals.length} signals, ${constants.length} constants`);
if (problems.length > 0) process.exitCode = 1;

function beside(file: string): string {
  return join(import.meta.dir, "..", file);
}
