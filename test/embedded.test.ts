/**
 * Files in a compiled program, put on the disk (that compiled programs run: `bun run test:pack`).
 *
 * - A file is there with its content, once for all who ask, in a folder of the user's own.
 * - What somebody has damaged is replaced.
 * - A folder that others can write to is not used, nor a link, nor anything when nothing can be written; then the path
 *   stays as it was.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { extract, isEmbedded } from "../sdk/embedded.ts";

const { TMPDIR } = process.env;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steam-sockets-embedded-"));
  file = join(folder, "library-abc.so");
  writeFileSync(file, "a library");
  process.env["TMPDIR"] = join(folder, "tmp");
  mkdirSync(join(folder, "tmp"));
});

afterEach(() => {
  if (TMPDIR === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = TMPDIR;
  rmSync(folder, { recursive: true });
});

test("knows a path into a program", () => {
  expect(isEmbedded("/$bunfs/root/libsteam_sockets-6273bedw.so")).toBe(true);
  expect(isEmbedded("B:\\~BUN\\root\\libsteam_sockets-6273bedw.dll")).toBe(true);
  expect(isEmbedded("B:/~BUN/root/libsteam_sockets-6273bedw.dll")).toBe(true);
  expect(isEmbedded("/usr/lib/libsteam_sockets.so")).toBe(false);
});

const isWindows = process.platform === "win32";
if (isWindows) console.log("Not tested here: where Windows keeps temporary files is not for TMPDIR to say");

test.skipIf(isWindows)("puts the file on the disk, once", () => {
  const path = extract(file);
  expect(dirname(dirname(path))).toBe(join(folder, "tmp"));
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(readFileSync(path, "utf8")).toBe("a library");
  const { ino } = statSync(path);
  expect(extract(file)).toBe(path);
  expect(statSync(path).ino).toBe(ino);
});

test.skipIf(isWindows)("replaces what is damaged", () => {
  const path = extract(file);
  writeFileSync(path, "half");
  expect(extract(file)).toBe(path);
  expect(readFileSync(path, "utf8")).toBe("a library");
});

test.skipIf(isWindows)("trusts no folder of others", () => {
  const own = dirname(extract(file));
  chmodSync(own, 0o777);
  expect(extract(file)).toBe(file);

  rmSync(own, { recursive: true });
  mkdirSync(join(folder, "elsewhere"), { mode: 0o700 });
  symlinkSync(join(folder, "elsewhere"), own);
  expect(extract(file)).toBe(file);

  process.env["TMPDIR"] = join(file, "no folder");
  expect(extract(file)).toBe(file);
});
