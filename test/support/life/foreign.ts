/**
 * Gives certificates to a GameNetworkingSockets from elsewhere, and prints what was said to each: a copy of ours in which
 * names are other ones, so that it seems to lack the helper and more.
 *
 * Parameters: the C names of what it lacks beside the helper.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openNetworking, UnsupportedError } from "../../../lib/index.ts";
import { locateShippedLibrary } from "../../../sdk/locate.ts";
import { Authority, keyOf, seconds } from "../certificate.ts";

export interface Report {
  /** Whether our own functions take it for the library of this package, so that it is not from elsewhere at all. */
  readonly isOurs: boolean;
  /** `"taken"`, or why not. */
  readonly answers: Readonly<Record<string, string>>;
}

function without(library: Buffer, symbol: string): void {
  const at = library.indexOf(`\0${symbol}\0`);
  if (at < 0) throw new Error(`There is no ${symbol} to take away`);
  library.write("x", at + 1);
}

function judge(path: string): Report {
  const identity = "str:alice";
  using net = openNetworking({ library: path, identity });
  const { sockets, certificates } = net;
  const authority = new Authority();
  const key = keyOf(sockets.getCertificateRequest().certificate);
  const blobs: Readonly<Record<string, string | Uint8Array>> = {
    text: "no certificate",
    byte: Uint8Array.of(1),
    hollow: Uint8Array.of(0x22, 0),
    long: new Uint8Array(5000).fill(0xff),
    unsigned: authority.certificate({ key, identity }).slice(0, -66),
    secret: authority.certificate({ key, identity, privateKey: new Uint8Array(64) }),
    expired: authority.certificate({ key, identity, expires: seconds() - 1 }),
    others: authority.certificate({ key: new Uint8Array(32), identity }),
    good: authority.certificate({ key, identity }),
  };
  const answers = Object.entries(blobs).map(([name, blob]) => {
    const { success, reason = "" } = sockets.setCertificate(blob);
    return [name, success ? "taken" : reason] as const;
  });
  return { isOurs: isOurs(() => certificates.isTrusted(1n)), answers: Object.fromEntries(answers) };
}

function isOurs(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (problem) {
    if (problem instanceof UnsupportedError) return false;
    throw problem;
  }
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "steam-sockets-foreign-"));
  try {
    const library = readFileSync(locateShippedLibrary().path);
    for (const symbol of ["steam_sockets_contract", ...process.argv.slice(2)]) without(library, symbol);
    const path = join(folder, "foreign.so");
    writeFileSync(path, library);
    console.log(JSON.stringify(judge(path)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
