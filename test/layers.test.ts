/**
 * The order of the house.
 *
 * - Code imports downwards only: lib on sdk, sdk on ffi, and within lib from folder to folder in the order below. Nothing
 *   of them imports tests, benchmarks, examples or documentation.
 * - No file imports itself by way of others.
 * - Each folder has its place in that order.
 */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dir, "..");

/** From the bottom to the top. A name without an end is a folder with all that is in it and has no place of its own. */
const order = [
  "ffi",
  "sdk",
  "lib/errors.ts",
  "lib/validate.ts",
  "lib/emitter.ts",
  "lib/token-bucket.ts",
  "lib/authority",
  "lib/values",
  "lib/traffic",
  "lib/events",
  "lib/utils",
  "lib/signaling",
  "lib/authentication",
  "lib/sockets",
  "lib/messages",
  "lib/everyday",
  "lib",
  "lib/command",
];

const transpiler = new Bun.Transpiler({ loader: "ts" });

/** What a file imports when it runs: types are gone by then, and may be of any layer. */
async function importsOf(file: string): Promise<string[]> {
  const text = await Bun.file(join(root, file)).text();
  return transpiler
    .scanImports(text.replace(/^#!.*/, ""))
    .filter(({ path }) => path.startsWith("."))
    .map(({ path }) => relative(root, join(root, dirname(file), path)));
}

function placeOf(file: string): number {
  const [, place] = order.reduce(
    ([length, place], each, index) =>
      (file === each || file.startsWith(`${each}/`)) && each.length > length ? [each.length, index] : [length, place],
    [0, -1],
  );
  return place;
}

const files = ["ffi", "sdk", "lib"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("native"))
    .map((name) => join(folder, name)),
);
const imports = new Map(await Promise.all(files.map(async (file) => [file, await importsOf(file)] as const)));

test("imports go downwards", () => {
  expect(files.length).toBeGreaterThan(100);
  const upwards = [...imports].flatMap(([file, imported]) =>
    imported
      .filter((other) => placeOf(other) < 0 || placeOf(other) > placeOf(file))
      .filter((other) => other !== "package.json")
      .map((other) => `${file} imports ${other}`),
  );
  expect(upwards).toEqual([]);
});

test("nothing imports itself by way of others", () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const met = way.indexOf(file);
    if (met >= 0) circles.push([...way.slice(met), file].join(" > "));
    if (met >= 0 || done.has(file)) return;
    for (const other of imports.get(file) ?? []) visit(other, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test("each folder has its place", () => {
  const folders = readdirSync(join(root, "lib"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => `lib/${name}`).filter((folder) => !order.includes(folder))).toEqual([]);
  const gone = order.filter((each) => !files.some((file) => file === each || file.startsWith(`${each}/`)));
  expect(gone).toEqual([]);
});
