#!/usr/bin/env bun
/**
 * Makes the packages that are published: `bun run packages [--here | TARGET...]`. Everything lands in `dist/packages`: a
 * tarball for each package, and a folder with what is in it.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildWithZig, type CrossBuild } from "../ffi/native/build.ts";
import { libraryFileNameOn } from "../ffi/native/cache.ts";
import { duration } from "../ffi/native/progress.ts";
import { makeAuthority } from "./authority.ts";
import type { LibraryFacts } from "./library/facts.ts";
import { checkLibrary } from "./library/check.ts";
import { entryPoint, entryPointTypes, howTried, mainManifest, platformManifest, platformReadme } from "./manifests.ts";
import { notices } from "./notices/notices.ts";
import ownManifest from "../package.json";
import { PLATFORM_PACKAGE } from "../sdk/packaged.ts";
import { pack, unpack } from "./pack.ts";
import { packageName, type Target, targets } from "./targets.ts";

const root = join(import.meta.dir, "..");

/** Where the packages land. */
export const packagesFolder = join(root, "dist", "packages");

/** A package for a platform that was made. */
export interface PlatformPackage {
  readonly target: Target;
  readonly tarball: string;
  readonly facts: LibraryFacts;
}

/** Builds, checks and packs the library for a platform. */
export async function makePlatformPackage(target: Target): Promise<PlatformPackage> {
  return await buildWithZig(target.zig, target.os, async (build) => await packLibrary(target, build));
}

/** Packs the main package as it is published, and gives the tarball's path. */
export async function makeMainPackage(): Promise<string> {
  const folder = join(packagesFolder, "steam-sockets");
  const tarball = await pack(root, packagesFolder);
  await unpack(tarball, folder);
  rmSync(tarball);
  const manifest = join(folder, "package.json");
  await Bun.write(manifest, json(mainManifest(ownManifest)));
  await makeAuthority(folder);
  return await pack(folder, packagesFolder);
}

async function packLibrary(target: Target, build: CrossBuild): Promise<PlatformPackage> {
  const facts = checkLibrary(await Bun.file(build.library).bytes(), target);
  const folder = join(packagesFolder, target.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(build.library, join(folder, libraryFileNameOn(target.os)));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  await Bun.write(join(folder, "THIRD-PARTY-NOTICES"), notices(target, build));
  await Bun.write(join(folder, "README.md"), platformReadme(target));
  await Bun.write(join(folder, "index.js"), entryPoint(target));
  await Bun.write(join(folder, "index.d.ts"), entryPointTypes);
  await Bun.write(join(folder, "package.json"), json(platformManifest(target)));
  return { target, tarball: await pack(folder, packagesFolder), facts };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// ---- the command ------------------------------------------------------------------------------------------------------

const USAGE = `Usage: bun run packages [--here | TARGET...]

Makes the packages that are published, in dist/packages: the main one, and with --here that of this machine, or those of
the targets, or of all of them:

${targets.map(({ name, platform }) => `  ${name.padEnd(18)}${platform}`).join("\n")}
`;

function targetNamed(name: string): Target {
  const target = targets.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`There is no target ${name}\n\n${USAGE}`);
  return target;
}

function isHere(target: Target): boolean {
  return packageName(target) === PLATFORM_PACKAGE;
}

async function main(names: readonly string[]): Promise<void> {
  const chosen = names.length === 0 ? targets : names.map(targetNamed);
  mkdirSync(packagesFolder, { recursive: true });
  const main = await makeMainPackage();
  process.stdout.write(`steam-sockets: ${size(main)} packed\n`);
  for (const target of chosen) {
    const start = performance.now();
    const { tarball, facts } = await makePlatformPackage(target);
    const library = join(packagesFolder, target.name, libraryFileNameOn(target.os));
    process.stdout.write(
      `${packageName(target)}: library ${size(library)}, ${size(tarball)} packed, ${facts.exports.length} exports, ` +
        `needs ${facts.needs.join(" ")}${facts.version === undefined ? "" : ` (${facts.version})`}; ` +
        `${duration(performance.now() - start)}. ${howTried(target)}\n`,
    );
  }
}

function size(path: string): string {
  return `${(Bun.file(path).size / 1e6).toFixed(2)} MB`;
}

if (import.meta.main) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { here: { type: "boolean" }, help: { type: "boolean" } },
    });
    if (values.help) process.stdout.write(USAGE);
    else await main(values.here ? targets.filter(isHere).map(({ name }) => name) : positionals);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
