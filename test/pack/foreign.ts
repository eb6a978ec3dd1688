/**
 * Roots of other Linux platforms, on a Debian on x64: the C library from Debian, what else Bun needs on musl from a
 * wheel that ships it, Bun from its own packages, and qemu where the processor is another one. All of it goes into the
 * cache.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheFolder } from "../../ffi/native/cache.ts";
import type { Target } from "../../packaging/targets.ts";
import { Root } from "./root.ts";

// Debian lacks what this ships: GCC's C++ library for musl, which Bun needs.
const WHEEL_WITH_LIBRARIES = "greenlet==3.2.4";
// Has a musl that is new enough for that.
const SUITE = "trixie";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const DEBIAN_CPU = { arm64: "arm64", x64: "amd64" } as const;
const GNU_CPU = { arm64: "aarch64", x64: "x86_64" } as const;

/** A root of the target's platform, with a Bun for it. */
export async function foreignRoot(target: Target): Promise<Root> {
  const { cpu, libc } = target;
  if (target.os !== "linux" || libc === undefined)
    throw new Error(`There is no root for ${target.name} on this machine`);
  const libraries =
    libc === "musl"
      ? new Map([...(await debianLibraries("musl", cpu)), ...(await wheelLibraries(cpu))])
      : await debianLibraries("libc6", cpu);
  const bun = await bunFor(target);
  const emulator = cpu === process.arch ? undefined : await emulatorOf(cpu);
  const kind = `a root folder with Bun and ${libc} for ${cpu} only${emulator === undefined ? "" : ", on qemu"}`;
  const root = Root.bare(kind, libraries, bun, emulator);
  if (root === undefined) throw new Error(`Bun for ${target.name} does not run in its root on this machine`);
  return root;
}

/** By the paths that programs look for, where the shared libraries of a Debian package lie. */
async function debianLibraries(name: string, cpu: Target["cpu"]): Promise<Map<string, string>> {
  const folder = await debian(name, DEBIAN_CPU[cpu]);
  const libraries = new Map<string, string>();
  for (const file of filesIn(folder)) {
    if (!/\.so(\.\d+)*$/.test(file) || file.includes("/gconv/")) continue;
    libraries.set(`/lib/${basename(file)}`, file);
    // The loader itself stands where each platform wants it.
    if (basename(file).startsWith("ld-linux-x86-64")) libraries.set(`/lib64/${basename(file)}`, file);
    if (basename(file) === "libc.so") libraries.set(`/lib/ld-musl-${GNU_CPU[cpu]}.so.1`, file);
  }
  return libraries;
}

async function wheelLibraries(cpu: Target["cpu"]): Promise<Map<string, string>> {
  const platform = `musllinux_1_2_${GNU_CPU[cpu]}`;
  const folder = await kept(`${WHEEL_WITH_LIBRARIES}-${platform}`, async (partial) => {
    const flags = [
      "--quiet",
      "--no-deps",
      "--only-binary",
      ":all:",
      "--python-version",
      "3.12",
      "--platform",
      platform,
    ];
    await run(["python3", "-m", "pip", "install", ...flags, "--target", partial, WHEEL_WITH_LIBRARIES]);
  });
  const libraries = new Map<string, string>();
  for (const file of filesIn(folder)) {
    const [, name, version] = /^(lib[a-z_+]+)-[0-9a-f]+(\.so\.\d+)/.exec(basename(file)) ?? [];
    if (name === undefined || version === undefined) continue;
    // Under the name that they have for each other, and under the one that Bun asks for.
    libraries.set(`/lib/${basename(file)}`, file);
    libraries.set(`/lib/${name}${version}`, file);
  }
  return libraries;
}

async function bunFor({ name, cpu, libc }: Target): Promise<string> {
  const package_ = `@oven/bun-linux-${cpu === "arm64" ? "aarch64" : cpu}${libc === "musl" ? "-musl" : ""}`;
  const folder = await kept(`bun-${Bun.version}-${name}`, async (partial) => {
    await Bun.write(join(partial, "package.json"), "{}");
    await run([
      process.execPath,
      "add",
      `--cwd=${partial}`,
      "--os=linux",
      `--cpu=${cpu}`,
      `${package_}@${Bun.version}`,
    ]);
  });
  return join(folder, "node_modules", package_, "bin", "bun");
}

async function emulatorOf(cpu: Target["cpu"]): Promise<string> {
  const folder = await debian("qemu-user", DEBIAN_CPU.x64);
  return join(folder, "usr", "bin", `qemu-${GNU_CPU[cpu]}`);
}

/** A Debian package for some processor, unpacked. Nothing is installed, and this machine's lists stay as they are. */
async function debian(name: string, architecture: string): Promise<string> {
  return await kept(`${name}-${architecture}`, async (partial) => {
    const apt = join(partial, "apt");
    for (const folder of ["lists/partial", "archives/partial"]) mkdirSync(join(apt, folder), { recursive: true });
    const mirror = (await run(["apt-get", "indextargets", "--format", "$(REPO_URI)"])).split("\n")[0] ?? "";
    const sources = join(apt, "sources.list");
    await Bun.write(sources, `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`);
    const settings = {
      "APT::Architecture": architecture,
      "APT::Architectures": architecture,
      "Dir::Etc::SourceList": sources,
      "Dir::Etc::SourceParts": "/dev/null",
      "Dir::State": apt,
      "Dir::State::lists": join(apt, "lists"),
      "Dir::State::status": "/dev/null",
      "Dir::Cache": apt,
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    await run(["apt-get", "-qq", ...options, "update"]);
    await run(["apt-get", "-qq", ...options, "download", name], partial);
    for (const file of readdirSync(partial)) {
      if (file.endsWith(".deb")) await run(["dpkg-deb", "-x", join(partial, file), partial]);
    }
    rmSync(apt, { recursive: true });
  });
}

/** A folder of the cache, filled once. */
async function kept(name: string, fill: (partial: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), "roots", name);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await fill(partial);
  renameSync(partial, folder);
  return folder;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function run(command: string[], cwd?: string): Promise<string> {
  const child = Bun.spawn(command, { ...(cwd === undefined ? {} : { cwd }), stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}${errors}`);
  return output;
}
