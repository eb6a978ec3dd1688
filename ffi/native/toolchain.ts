/** What a library is built with, and for what: this machine's compilers for itself, or zig for any platform. */
import { join } from "node:path";
import { hostPlatform, libraryFileName, libraryFileNameOn, nativeCacheFolder } from "./cache.ts";
import type { Compilers, Source, Wheel } from "./tools.ts";

/** Zig, which compiles C++ for all platforms and brings each one's C library. */
export const ZIG: Wheel = { package: "ziglang", version: "0.17.1", program: "zig" };

/** A way to build. */
export interface Toolchain {
  /** What it builds for, in the names of folders. */
  readonly platform: string;
  readonly libraryFileName: string;
  /** All that tells it from others. */
  readonly identity: string;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What CMake is told of it.
   * @param sources the folder of `CMakeLists.txt`.
   * @param provide fetches a program where needed, and gives its path.
   */
  settings(sources: string, provide: (source: Source) => Promise<string>): Promise<string[]>;
}

/** This machine's compilers, for itself. */
export function hostToolchain({ c, cxx, identity }: Compilers): Toolchain {
  return {
    platform: hostPlatform,
    libraryFileName,
    identity,
    environment: {},
    settings: () => Promise.resolve([`-DCMAKE_C_COMPILER=${c}`, `-DCMAKE_CXX_COMPILER=${cxx}`]),
  };
}

/**
 * Zig, for another platform or an older C library.
 * @param target as zig names it: "x86_64-linux-gnu.2.17".
 * @param system as Node names it: "linux".
 */
export function zigToolchain(target: string, system: NodeJS.Platform): Toolchain {
  const cache = join(nativeCacheFolder(), "zig");
  return {
    platform: target,
    libraryFileName: libraryFileNameOn(system),
    identity: `${ZIG.package} ${ZIG.version} ${target}`,
    environment: {
      ZIG_GLOBAL_CACHE_DIR: cache,
      ZIG_LOCAL_CACHE_DIR: cache,
      // Meant for this machine.
      ...{ CFLAGS: "", CXXFLAGS: "", ASMFLAGS: "", LDFLAGS: "" },
    },
    settings: async (sources, provide) => [
      `-DCMAKE_TOOLCHAIN_FILE=${join(sources, "cmake", "ZigToolchain.cmake")}`,
      `-DZIG=${await provide({ wheel: ZIG })}`,
      `-DZIG_TARGET=${target}`,
    ],
  };
}
