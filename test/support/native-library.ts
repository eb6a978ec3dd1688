/** Small libraries of native code that a test needs, made by the machine's C++ compiler. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateLibrary } from "../../sdk/locate.ts";
import { compiler, run } from "../headers/run.ts";

const made: string[] = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/**
 * Makes a library of a file in `test/support/native`.
 * @param name of the file, without `.cpp`.
 * @param beforeNetworking whether it stands before the networking library, whose functions it then has as well.
 * @returns its path, a new one each time.
 */
export async function makeLibrary(name: string, beforeNetworking = false): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "steam-sockets-test-"));
  made.push(folder);
  const source = join(import.meta.dir, "native", `${name}.cpp`);
  const library = join(folder, `${name}.so`);
  // Under the name that it has inside.
  const behind = join(folder, "libsteam_sockets.so");
  if (beforeNetworking) copyFileSync(locateLibrary().path, behind);
  const links = beforeNetworking ? [behind, "-Wl,--no-as-needed", `-Wl,-rpath,${folder}`] : [];
  await run([
    compiler(),
    "-std=c++17",
    "-O1",
    "-shared",
    "-fPIC",
    source,
    "-o",
    library,
    "-Wl,--no-as-needed",
    ...links,
  ]);
  return library;
}
