/** What a library must be before it is packed. */
import { homedir } from "node:os";
import { cacheFolder } from "../../ffi/native/cache.ts";
import type { Target } from "../targets.ts";
import type { LibraryFacts } from "./facts.ts";
import { readFacts } from "./read.ts";

const FAMILIES = /^(SteamAPI|GameNetworkingSockets|SteamNetworkingSockets|steam_sockets)_/;

// What every system of that kind has.
const SYSTEM: Readonly<Record<Target["os"], RegExp>> = {
  linux: /^(lib(c|m|dl|pthread|rt)\.so(\.\d)?|ld-linux-.*)$/,
  darwin: /^\/usr\/lib\/libSystem\.B\.dylib$/,
  win32: /^(api-ms-win-crt-.*|bcrypt|crypt32|iphlpapi|kernel32|winmm|ws2_32)\.dll$/i,
};

/** A library is not fit for a package. */
export class UnfitLibraryError extends Error {
  override readonly name = "UnfitLibraryError";
}

/**
 * Checks a library: made for the platform, needs what every system has, exports its interface and nothing else, says
 * nothing of the machine that built it.
 * @throws UnfitLibraryError that names all that is wrong.
 */
export function checkLibrary(bytes: Uint8Array, target: Target): LibraryFacts {
  const facts = readFacts(bytes);
  const wrong: string[] = [];
  if (facts.os !== target.os || facts.cpu !== target.cpu) wrong.push(`it is for ${facts.os}-${facts.cpu}`);
  const strays = facts.exports.filter((name) => !FAMILIES.test(name));
  if (strays.length > 0) wrong.push(`it exports ${strays.join(", ")}`);
  const absent = facts.needs.filter((name) => !SYSTEM[target.os].test(name));
  if (absent.length > 0) wrong.push(`it needs ${absent.join(", ")}`);
  const oldest = /\d+\.\d+$/.exec(target.zig)?.[0];
  if (oldest !== undefined && facts.version !== undefined && !isUpTo(facts.version, oldest)) {
    wrong.push(`it asks for version ${facts.version} of the system, not ${oldest}`);
  }
  for (const folder of [homedir(), cacheFolder()]) {
    if (folder !== "/" && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(`${folder}/`)) {
      wrong.push(`it names ${folder}, a folder of this machine`);
    }
  }
  if (wrong.length > 0) throw new UnfitLibraryError(`The library for ${target.name} is not fit: ${wrong.join("; ")}`);
  return facts;
}

function isUpTo(version: string, limit: string): boolean {
  return version.localeCompare(limit, "en", { numeric: true }) <= 0;
}
