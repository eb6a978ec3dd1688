import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallbackPacking, Header } from "../../ffi/layout.ts";
import { crateFolder } from "./crates.ts";
import { compiler, run } from "./run.ts";

const includes = {
  gns: ["steam/steamnetworkingsockets.h", "steam/steamnetworkingsockets_flat.h"],
  steam: ["steam/steam_api.h", "steam/steam_gameserver.h", "steam/steam_api_flat.h", "steam/steamnetworkingfakeip.h"],
  helper: ["steam_sockets.h"],
} as const satisfies Record<Header, readonly string[]>;

/** The real headers of one library. */
export class RealHeaders {
  private constructor(
    /** Which library. */
    readonly name: Header,
    /** Where its include folder lies. */
    readonly folder: string,
    /** All that they declare, and the macros that they define, without comments. */
    readonly text: string,
    /** As they are, with comments. */
    readonly original: string,
  ) {}

  /** Finds the headers and reads them. */
  static async open(name: Header): Promise<RealHeaders> {
    const folder = await folderOf(name);
    const source = includeLines(name).join("\n");
    const text = await run([compiler(), "-std=c++17", "-E", "-dD", "-P", `-I${folder}`, "-xc++", "-"], source);
    return new RealHeaders(name, folder, text, await readAll(name === "helper" ? folder : join(folder, "steam")));
  }

  /** Whether a function, a constant, an enumerator, or a member (`Struct::member`) is declared. */
  declares(name: string): boolean {
    const [first = "", member] = name.split("::");
    return member === undefined ? new RegExp(`\\b${name}\\b`).test(this.text) : this.defines(first);
  }

  /** Whether a struct is there with its fields, not by name only. */
  defines(struct: string): boolean {
    return new RegExp(`struct\\s+${struct}\\s*\\{`).test(this.text);
  }

  /** Compiles a program with `body` as its main function, runs it, and reads lines of name, tab, value. */
  async ask(declarations: string, body: string, packing?: CallbackPacking): Promise<Map<string, string>> {
    const source = [
      ...(packing && this.name !== "helper" ? packingLines(packing) : []),
      ...includeLines(this.name),
      "#include <cstddef>",
      "#include <cstdio>",
      "#include <type_traits>",
      declarations,
      `int main() {\n${body}\n}`,
    ].join("\n");
    const folder = await mkdtemp(join(tmpdir(), "steam-sockets-headers-"));
    try {
      const file = join(folder, "program.cpp");
      const program = join(folder, "program.exe");
      await Bun.write(file, source);
      await run([compiler(), "-std=c++17", "-w", `-I${this.folder}`, "-o", program, file]);
      const lines = (await run([program])).split(/\r?\n/).filter((line) => line !== "");
      return new Map(lines.map((line) => [line.slice(0, line.indexOf("\t")), line.slice(line.indexOf("\t") + 1)]));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The folder of GameNetworkingSockets' sources. */
export async function gnsSources(): Promise<string> {
  const crate = await crateFolder("../../ffi/native/sources/Cargo.toml", "game-networking-sockets-sys");
  return join(crate, "thirdparty/GameNetworkingSockets");
}

/** The folder of Valve's Steam SDK. */
export async function steamSDK(): Promise<string> {
  return join(await crateFolder("Cargo.toml", "steamworks-sys"), "lib/steam");
}

// Of Valve's SDK, by platform.
const redistributables: Readonly<Record<string, string>> = {
  "darwin-arm64": "osx/libsteam_api.dylib",
  "darwin-x64": "osx/libsteam_api.dylib",
  "linux-arm64": "linuxarm64/libsteam_api.so",
  "linux-x64": "linux64/libsteam_api.so",
  "win32-x64": "win64/steam_api64.dll",
};

/** Valve's real steam_api for this platform. */
export async function steamLibrary(): Promise<string> {
  const file = redistributables[`${process.platform}-${process.arch}`];
  if (file === undefined) throw new Error(`Valve has no steam_api for ${process.platform} on ${process.arch}`);
  return join(await steamSDK(), "redistributable_bin", file);
}

async function folderOf(name: Header): Promise<string> {
  if (name === "gns") return join(await gnsSources(), "include");
  if (name === "steam") return join(await steamSDK(), "public");
  return join(import.meta.dir, "../../ffi/native/include");
}

function includeLines(name: Header): string[] {
  return includes[name].map((file) => `#include <${file}>`);
}

// The first header chooses the packing by platform; those after it only obey.
function packingLines(packing: CallbackPacking): string[] {
  return [
    "#include <steam/steamclientpublic.h>",
    "#undef VALVE_CALLBACK_PACK_SMALL",
    "#undef VALVE_CALLBACK_PACK_LARGE",
    `#define VALVE_CALLBACK_PACK_${packing === 4 ? "SMALL" : "LARGE"}`,
  ];
}

async function readAll(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".h"));
  return (await Promise.all(files.map((file) => Bun.file(join(folder, file)).text()))).join("\n");
}
