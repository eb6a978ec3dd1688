/** What to say to whom programs are missing that the native build needs. */
import { existsSync } from "node:fs";

/** A program that is missing. */
export interface Missing {
  name: string;
  /** What the build does with it. */
  purpose: string;
  requirement: Requirement;
}

/** What is had in one go from a package manager. */
export type Requirement = "cargo" | "compiler" | "python";

/** Programs that the native build needs are not on this machine. The message says which, and what mends it. */
export class MissingToolsError extends Error {
  override readonly name = "MissingToolsError";
  /** What is missing. */
  readonly missing: readonly string[];

  constructor(missing: readonly Missing[]) {
    const list = missing.map((one) => `  ${one.name}: ${one.purpose}`).join("\n");
    super(`The native library cannot be built, because this is missing:\n${list}\nThis mends it:\n  ${mend(missing)}`);
    this.missing = missing.map((one) => one.name);
  }
}

interface PackageManager {
  install: string;
  packages: Record<Requirement, string>;
}

const DEBIAN = { cargo: "cargo", compiler: "g++", python: "python3-pip" };
const FEDORA = { cargo: "cargo", compiler: "gcc-c++ libstdc++-static", python: "python3-pip" };
const SUSE = { cargo: "cargo", compiler: "gcc-c++", python: "python3-pip" };
const PACKAGE_MANAGERS: Readonly<Record<string, PackageManager>> = {
  "apt-get": { install: "apt-get install -y", packages: DEBIAN },
  dnf: { install: "dnf install -y", packages: FEDORA },
  zypper: { install: "zypper install -y", packages: SUSE },
  pacman: { install: "pacman -S --noconfirm", packages: { cargo: "rust", compiler: "gcc", python: "python-pip" } },
  apk: { install: "apk add", packages: { cargo: "cargo", compiler: "g++", python: "py3-pip" } },
};

function mend(missing: readonly Missing[]): string {
  const requirements = missing.map((one) => one.requirement);
  if (process.platform === "darwin") return mendDarwin(requirements);
  const found = Object.keys(PACKAGE_MANAGERS).find(
    (program) => existsSync(`/usr/bin/${program}`) || Bun.which(program),
  );
  const manager = found === undefined ? undefined : PACKAGE_MANAGERS[found];
  if (manager === undefined) return `installing ${missing.map((one) => one.name).join(", ")} in this system's own way`;
  const asRoot = process.getuid?.() === 0 ? "" : "sudo ";
  return `${asRoot}${manager.install} ${requirements.map((requirement) => manager.packages[requirement]).join(" ")}`;
}

// Apple's own tools have the compiler, and Python with pip.
function mendDarwin(requirements: readonly Requirement[]): string {
  const own = requirements.some((requirement) => requirement !== "cargo") ? ["xcode-select --install"] : [];
  const homebrew = requirements.includes("cargo") ? ["brew install rust"] : [];
  return [...own, ...homebrew].join(" && ");
}
