/** Which software a library is made of, and the folders that say under which terms. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CrossBuild } from "../../ffi/native/build.ts";
import type { Target } from "../targets.ts";

/** Software that is a part of a library. */
export interface Component {
  readonly name: string;
  /** Files with whole licences. */
  readonly licences: readonly string[];
  /** What was compiled of it, headers too; their comments may say more. */
  readonly sources: readonly string[];
}

const LICENCE = /^(licen[sc]es?|copying|copyright|notice)(\.(md|txt))?$/i;

// By the folders in cargo's registry.
const CRATES: Readonly<Record<string, string>> = {
  "game-networking-sockets-sys": "GameNetworkingSockets",
  "protobuf-src": "Protocol Buffers",
  "aws-lc-sys": "AWS-LC",
};

/**
 * Lists the components.
 * @throws Error when a file was compiled that belongs to nothing known.
 */
export function componentsOf(target: Target, { compiledFiles, folder, zigFolder }: CrossBuild): Component[] {
  const sources = new Map<string, string[]>();
  for (const file of compiledFiles) {
    // The helper, and what was written for it; what zig brings it compiles by itself, beside the headers.
    if (file.startsWith(`${folder}/`) || file.startsWith(`${zigFolder}/`)) continue;
    const crate = crateOf(file);
    sources.set(crate, [...(sources.get(crate) ?? []), file]);
  }
  const compiled = [...sources].map(([crate, files]) => ({
    name: nameOf(crate),
    licences: licencesAround(files, crate),
    sources: files,
  }));
  return [...compiled, ...broughtByZig(target, zigFolder)];
}

function crateOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, "Cargo.toml"))) {
    if (folder === dirname(folder)) throw new Error(`${file} was compiled, and belongs to nothing known`);
    folder = dirname(folder);
  }
  return folder;
}

function nameOf(crate: string): string {
  const [, name] = Object.entries(CRATES).find(([prefix]) => crate.includes(`/${prefix}-`)) ?? [];
  if (name === undefined) throw new Error(`${crate} is in the library, and unknown`);
  return name;
}

// Those beside the files and in every folder above them.
function licencesAround(files: readonly string[], crate: string): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); folder.length >= crate.length; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort().flatMap(licencesIn);
}

function licencesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => LICENCE.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function broughtByZig({ os, libc }: Target, zigFolder: string): Component[] {
  const library = (name: string, ...path: string[]): Component => ({
    name,
    licences: licencesIn(join(zigFolder, "lib", ...path)),
    sources: [],
  });
  const cLibrary =
    os === "win32"
      ? [library("mingw-w64, the start of a library", "libc", "mingw")]
      : os === "darwin"
        ? []
        : libc === "musl"
          ? [library("musl, the start of a library", "libc", "musl")]
          : [library("GNU C Library, the start of a library", "libc", "glibc")];
  const zig = { name: "Zig, routines of its compiler", licences: licencesIn(zigFolder), sources: [] };
  return [
    library("libc++ (LLVM)", "libcxx"),
    library("libc++abi (LLVM)", "libcxxabi"),
    ...(os === "darwin" ? [] : [library("libunwind (LLVM)", "libunwind")]),
    zig,
    ...cLibrary,
  ];
}
