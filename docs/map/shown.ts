/** Which test files show what: by their calls of `shows`, read and not run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The libraries of the tables. */
export const libraries = ["gns", "steam_api"] as const;
/** One of {@link libraries}. */
export type Library = (typeof libraries)[number];

/** Where the tests are. */
export const usualTests = join(import.meta.dir, "../../test");

/** By library and name, the test files of a folder without `.test.ts`. */
export function testsThatShow(folder: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .sort()) {
    const source = readFileSync(join(folder, file), "utf8");
    for (const [, library = "", names = ""] of source.matchAll(/\bshows\(\s*("\w+"|\w+),([^;]*?)\);/g)) {
      // A test that runs on both names its library in a variable.
      const shown = library.startsWith('"') ? [library.slice(1, -1)] : libraries;
      for (const [, name = ""] of names.matchAll(/"(\w+)"/g)) {
        for (const each of shown) {
          const key = keyOf(each, name);
          const files = found.get(key) ?? [];
          found.set(key, files.includes(file) ? files : [...files, file.replace(".test.ts", "")]);
        }
      }
    }
  }
  return found;
}

/** Under which key something is found. */
export function keyOf(library: string, name: string): string {
  return `${library} ${name}`;
}
