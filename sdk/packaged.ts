/** The packages that carry the library, one for each platform. */
import { readFileSync } from "node:fs";
import { extract, isEmbedded } from "./embedded.ts";

const isMusl = process.platform === "linux" && usesMusl();

/** The package that carries the library for this platform. */
export const PLATFORM_PACKAGE = `@steam-sockets/${process.platform}-${process.arch}${isMusl ? "-musl" : ""}`;

/** The library of {@link PLATFORM_PACKAGE}, if that is installed; in a compiled program, the one that it carries. */
export function packagedLibrary(): string | undefined {
  // Bundlers take along what they can read here and what is installed. They know platform and architecture, and that
  // what stands inside of try may be missing.
  try {
    if (process.platform === "linux" && process.arch === "x64") {
      return pathOf(isMusl ? require("@steam-sockets/linux-x64-musl") : require("@steam-sockets/linux-x64"));
    }
    if (process.platform === "linux" && process.arch === "arm64") {
      return pathOf(isMusl ? require("@steam-sockets/linux-arm64-musl") : require("@steam-sockets/linux-arm64"));
    }
    if (process.platform === "darwin" && process.arch === "arm64")
      return pathOf(require("@steam-sockets/darwin-arm64"));
    if (process.platform === "darwin" && process.arch === "x64") return pathOf(require("@steam-sockets/darwin-x64"));
    if (process.platform === "win32" && process.arch === "x64") return pathOf(require("@steam-sockets/win32-x64"));
  } catch {
    // It is not installed.
  }
  return undefined;
}

// The module of a platform package.
function pathOf(module: { readonly default: string }): string {
  const path = module.default;
  return isEmbedded(path) ? extract(path) : path;
}

// Both can be installed; what counts is which one this process runs on.
function usesMusl(): boolean {
  try {
    return readFileSync("/proc/self/maps", "latin1").includes("/ld-musl-");
  } catch {
    return false;
  }
}
