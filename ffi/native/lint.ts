#!/usr/bin/env bun
/**
 * Checks the helper's own C++ with clang-format and clang-tidy: `bun ffi/native/lint.ts [--fix]`. Both are pinned wheels
 * in the cache; clang-tidy gets the commands that the build compiles with.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureBuildFolder, type ReadyBuildFolder } from "./build.ts";
import { readFiles, sourceFolder } from "./cache.ts";
import type { Wheel } from "./tools.ts";

const CLANG_FORMAT: Wheel = { package: "clang-format", version: "22.1.5", program: "clang-format" };
const CLANG_TIDY: Wheel = { package: "clang-tidy", version: "22.1.7", program: "clang-tidy" };

interface CompileCommand {
  directory: string;
  command: string;
  file: string;
}

/** @returns whether nothing was found. */
async function lint(fix: boolean): Promise<boolean> {
  const build = await ensureBuildFolder([CLANG_FORMAT, CLANG_TIDY]);
  const [clangFormat = "", clangTidy = ""] = build.programs;
  const sources = [...readFiles(["bench", "include", "src", "test"]).keys()]
    .filter((name) => /\.(cpp|h)$/.test(name))
    .map((name) => join(sourceFolder, name));

  const commands = await writeCompileCommands(build);
  const tidy = (file: string): string[] => [clangTidy, "-p", commands, "--quiet", ...(fix ? ["--fix"] : []), file];
  const queue = sources.filter((file) => file.endsWith(".cpp")).map(tidy);
  // Two that mend the same header at once would mend it twice.
  const workers = fix ? 1 : navigator.hardwareConcurrency;
  const results = await Promise.all(Array.from({ length: workers }, () => drain(queue)));
  // Last, for what clang-tidy mends it does not format.
  const formatted = await run([
    clangFormat,
    ...(fix ? ["-i"] : ["--dry-run", "--Werror", "--ferror-limit=1"]),
    ...sources,
  ]);
  return formatted && results.every((clean) => clean);
}

async function drain(queue: string[][]): Promise<boolean> {
  let clean = true;
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    clean = (await run(command)) && clean;
  }
  return clean;
}

// The build's commands, for the files in the checkout in place of their copies.
async function writeCompileCommands({ objects, sources }: ReadyBuildFolder): Promise<string> {
  const commands = (await Bun.file(join(objects, "compile_commands.json")).json()) as CompileCommand[];
  const own = commands.filter(({ file, command }) => file.startsWith(`${sources}/`) && isPlain(command));
  const folder = join(objects, "lint");
  mkdirSync(folder, { recursive: true });
  // clang-tidy shall report what clang warns of beside what it finds itself.
  const text = JSON.stringify(own, null, 2).replaceAll(sources, sourceFolder).replaceAll(" -Werror ", " ");
  writeFileSync(join(folder, "compile_commands.json"), text);
  return folder;
}

// One command for each file: clang-tidy would look at it once for each. The name of what is written tells them apart.
function isPlain(command: string): boolean {
  return !/_(thread|address)\.dir\//.test(command);
}

async function run(command: string[]): Promise<boolean> {
  const child = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  // What both say besides is how many warnings other people's headers have.
  if (code !== 0) process.stderr.write(output + errors);
  return code === 0;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { fix: { type: "boolean" } } });
  process.exitCode = (await lint(values.fix ?? false)) ? 0 : 1;
}
