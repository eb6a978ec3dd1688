/**
 * What the packages are made of, without building them (for that: `bun run test:pack`).
 *
 * - This checkout's own library passes the checks, but for the version of the system; a program of the machine does not.
 * - Each platform has one package that npm's fields tell from all others; the main package wants all, of its own version.
 * - The authority is TypeScript for Bun, and JavaScript for all others, with types for programs with no special settings;
 *   what is internal is not in them.
 * - The checkout's own package.json wants none: it must install before they are published.
 * - What was tried stands in the README, word for word.
 * - Notices: comments with terms are found in each style, and no others; the texts of two lines.
 * - This process's package is the one for the C library that it runs on.
 */
import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import packageJson from "../package.json";
import { makeAuthority } from "../packaging/authority.ts";
import { checkLibrary, UnfitLibraryError } from "../packaging/library/check.ts";
import { readFacts } from "../packaging/library/read.ts";
import { mainManifest, platformManifest } from "../packaging/manifests.ts";
import { noticesIn } from "../packaging/notices/comments.ts";
import { packageName, targets } from "../packaging/targets.ts";
import { locateLibrary } from "../sdk/locate.ts";
import { PLATFORM_PACKAGE } from "../sdk/packaged.ts";

const own = targets.find((target) => packageName(target) === PLATFORM_PACKAGE);

describe("a library", () => {
  const bytes = new Uint8Array(readFileSync(locateLibrary().path));

  test("tells its exports and needs", () => {
    const { os, cpu, exports, needs } = readFacts(bytes);
    expect(`${os}-${cpu}`).toBe(`${process.platform}-${process.arch}`);
    expect(exports).toContain("SteamAPI_ISteamNetworkingSockets_ConnectByIPAddress");
    expect(exports).toContain("steam_sockets_build");
    expect(exports.length).toBeGreaterThan(100);
    expect(needs).not.toEqual([]);
  });

  test("is refused for another platform, and for all that is wrong at once", () => {
    const other = targets.find((target) => target.cpu !== process.arch && target.os !== process.platform);
    expect(() => checkLibrary(bytes, other!)).toThrow(UnfitLibraryError);
    const check = (): unknown => checkLibrary(new Uint8Array(readFileSync(process.execPath)), own!);
    expect(check).toThrow(/it exports .*; it asks for version|it exports/);
    expect(() => readFacts(Buffer.from("no library, but a text that is long enough"))).toThrow(RangeError);
  });
});

describe("the packages", () => {
  test("are told from each other by their fields", () => {
    const fields = targets.map(platformManifest).map(({ os, cpu, libc }) => JSON.stringify([os, cpu, libc]));
    expect(new Set(fields).size).toBe(targets.length);
    for (const { os, libc } of targets) expect(libc === undefined).toBe(os !== "linux");
  });

  test("are wanted by the main package, and not by the checkout", () => {
    expect(mainManifest(packageJson)["optionalDependencies"]).toEqual(
      Object.fromEntries(targets.map((target) => [packageName(target), packageJson.version])),
    );
    expect(packageJson).not.toHaveProperty("optionalDependencies");
  });

  test("have the authority for Bun and for others", () => {
    const { exports, files } = mainManifest(packageJson);
    expect(exports).toMatchObject({
      ".": packageJson.exports["."],
      "./authority": {
        bun: { default: "./lib/authority/index.ts" },
        types: "./authority/index.d.ts",
        default: "./authority/index.js",
      },
    });
    expect(files).toEqual([...packageJson.files, "authority"]);
    expect(packageJson.exports["./authority"].default).toBe("./lib/authority/index.ts");
  });

  test("have types of the authority", async () => {
    const folder = mkdtempSync(join(tmpdir(), "steam-sockets-types-"));
    try {
      const package_ = join(folder, "node_modules/steam-sockets");
      await Bun.write(join(package_, "package.json"), JSON.stringify(mainManifest(packageJson)));
      await makeAuthority(package_);
      const programs = {
        "right.mts": `
          import { CertificateAuthority, SigningKey, verifyCertificate, type Verification } from "steam-sockets/authority";
          const authority: CertificateAuthority = await CertificateAuthority.create({ key: await SigningKey.generate() });
          const certificate = await authority.issue("", { identity: "str:alice", lifetime: 60 });
          const verification: Verification = await verifyCertificate(certificate, { roots: [authority.certificate] });
          export const identity: string | undefined = verification.valid ? verification.identity : verification.reason;`,
        "internal.mts": 'import { Certificate } from "steam-sockets/authority"; export const { sign } = Certificate;',
        "wrong.mts":
          'import { SigningKey } from "steam-sockets/authority"; export const key: string = await SigningKey.read("");',
      };
      for (const [name, program] of Object.entries(programs)) await Bun.write(join(folder, name), program);
      const files = Object.keys(programs).map((name) => join(folder, name));
      const options = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
      const settings = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ESNext };
      const checked = ts.createProgram(files, { ...options, ...settings });
      const problems = files.map((file) =>
        ts
          .getPreEmitDiagnostics(checked, checked.getSourceFile(file))
          .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      );
      expect(problems).toEqual([
        [],
        [expect.stringContaining("'sign' does not exist")],
        [expect.stringContaining("'SigningKey' is not assignable to type 'string'")],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);

  test("are listed in the README with what was tried", () => {
    const readme = readFileSync(join(import.meta.dir, "../README.md"), "utf8");
    for (const { name, platform, tried = "never run, only built" } of targets) {
      expect(readme).toMatch(new RegExp(`\\| ${name} +\\| ${literal(platform)} +\\| ${literal(tried)} +\\|`));
    }
  });

  test("have one for this process", () => {
    expect(own).toMatchObject({ os: process.platform, cpu: process.arch });
    if (own?.libc !== undefined) {
      const { glibcVersionRuntime } = (process.report.getReport() as { header: Record<string, unknown> }).header;
      expect(own.libc).toBe(glibcVersionRuntime === undefined ? "musl" : "glibc");
    }
  });
});

describe("notices", () => {
  test("are the comments with terms", () => {
    const source = `/* Copyright (c) 2001 Somebody
 * =============
 *
 *
 *
 *   All rights reserved. */
int copyright = 1; // not a notice
// ----------------
// Public domain,
// by nobody
int x; /* plain */
# define Y
`;
    expect(noticesIn(source)).toEqual([
      "Copyright (c) 2001 Somebody\n\n  All rights reserved.",
      "Public domain,\nby nobody",
    ]);
    expect(noticesIn("; SPDX-License-Identifier: ISC\nret\n")).toEqual(["SPDX-License-Identifier: ISC"]);
  });
});

function literal(text: string): string {
  return text.replaceAll(/[.()]/g, "\\$&");
}
