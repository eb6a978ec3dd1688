/** The platforms that there are packages for. */

/** A platform, and the package for it. */
export interface Target {
  /** The package is `@steam-sockets/` and this. */
  readonly name: string;
  /** As Node names it. */
  readonly os: "darwin" | "linux" | "win32";
  readonly cpu: "arm64" | "x64";
  /** On Linux. */
  readonly libc?: "glibc" | "musl";
  /** As zig names it, with the oldest version of the C library or the system that is enough. */
  readonly zig: string;
  /** The same for people. */
  readonly platform: string;
  /** Where the library was run before it is published, or undefined when it was only built. */
  readonly tried?: string;
}

/** All of them. */
export const targets: readonly Target[] = [
  {
    name: "linux-x64",
    os: "linux",
    cpu: "x64",
    libc: "glibc",
    zig: "x86_64-linux-gnu.2.17",
    platform: "Linux on x64 with glibc 2.17 or newer",
    tried: "in Bun",
  },
  {
    name: "linux-arm64",
    os: "linux",
    cpu: "arm64",
    libc: "glibc",
    zig: "aarch64-linux-gnu.2.17",
    platform: "Linux on arm64 with glibc 2.17 or newer",
    tried: "in Bun, on an emulated processor (qemu)",
  },
  {
    name: "linux-x64-musl",
    os: "linux",
    cpu: "x64",
    libc: "musl",
    zig: "x86_64-linux-musl",
    platform: "Linux on x64 with musl",
    tried: "in Bun",
  },
  {
    name: "linux-arm64-musl",
    os: "linux",
    cpu: "arm64",
    libc: "musl",
    zig: "aarch64-linux-musl",
    platform: "Linux on arm64 with musl",
    tried: "in Bun, on an emulated processor (qemu)",
  },
  {
    name: "win32-x64",
    os: "win32",
    cpu: "x64",
    zig: "x86_64-windows-gnu",
    platform: "Windows 10 or newer on x64",
    tried: "in Bun on Wine, not on Windows itself",
  },
  {
    name: "darwin-arm64",
    os: "darwin",
    cpu: "arm64",
    zig: "aarch64-macos.11.0",
    platform: "macOS 11 or newer on arm64",
  },
  {
    name: "darwin-x64",
    os: "darwin",
    cpu: "x64",
    zig: "x86_64-macos.11.0",
    platform: "macOS 11 or newer on x64",
  },
];

/** The package's whole name. */
export function packageName({ name }: Target): string {
  return `@steam-sockets/${name}`;
}
