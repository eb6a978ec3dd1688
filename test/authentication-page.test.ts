/**
 * docs/authentication.md says what is true of this package.
 *
 * - Its programs are right by their types, as they stand.
 * - What its links lead to is there: files, and headings.
 * - Each command line that it tells is one.
 * - The words by which somebody is turned away are those of the sources.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const page = readFileSync(join(root, "docs/authentication.md"), "utf8");

function blocks(language: string): string[] {
  return Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms")), ([, code = ""]) => code);
}

describe("docs/authentication.md", () => {
  test("has programs that are right by their types", async () => {
    const programs = blocks("ts");
    expect(programs.length).toBeGreaterThanOrEqual(5);
    // In a folder that git ignores, where the package's own name leads to its sources.
    const folder = join(root, "dist", `authentication-page-${process.pid}`);
    try {
      const files = programs.map((_, index) => join(folder, `${index}.ts`));
      await Promise.all(programs.map((program, index) => Bun.write(files[index] ?? "", program)));
      const lenient = ["--noUnusedLocals=false"];
      const { exitCode, stdout } = Bun.spawnSync([process.execPath, "check", ...lenient, ...files], { cwd: root });
      expect(exitCode === 0 ? "" : stdout.toString()).toBe("");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("links to what is there", () => {
    const headings = Array.from(page.matchAll(/^## (.+)$/gm), ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^a-z ]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = Array.from(page.matchAll(/\]\(([^)]+)\)/g), ([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(headings.length);
    for (const link of links) {
      if (link.startsWith("#")) expect(headings).toContain(link.slice(1));
      else expect(existsSync(join(root, "docs", link))).toBeTrue();
    }
  });

  test("tells commands that there are", () => {
    const commands = new Set(Array.from(page.matchAll(/steam-sockets authority (\w+)/g), ([, name = ""]) => name));
    expect(commands).toEqual(new Set(["init", "revoke", "show"]));
    for (const name of commands) {
      const help = Bun.spawnSync([process.execPath, "lib/command/main.ts", "authority", name, "--help"], { cwd: root });
      expect(help.exitCode).toBe(0);
    }
  });

  test("explains the words that are said", () => {
    const [, section = ""] = page.split("## When somebody does not get in");
    const [table = ""] = section.split("\n## ");
    const rows = Array.from(table.matchAll(/^\| ([^|]+) \|/gm), ([, words = ""]) => words.trim());
    const sources = ["gate", "certificates"]
      .map((name) => readFileSync(join(root, `lib/authentication/${name}.ts`), "utf8"))
      .join("");
    const said = rows
      .filter((words) => !/^(words|-+|it is "str)/.test(words))
      .flatMap((words) => words.split(/, (?=the key|does)/));
    expect(said.length).toBeGreaterThan(6);
    for (const words of said) expect(sources).toContain(words);
  });
});
