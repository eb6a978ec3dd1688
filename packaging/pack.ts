/** Packs folders the way they are published. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { version } from "./manifests.ts";

/** What packing calls the tarball of one of our packages. */
export function tarballName(name: string): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/**
 * Packs a folder with a package.json.
 * @param destination where the tarball goes.
 * @returns its path.
 */
export async function pack(folder: string, destination: string): Promise<string> {
  const child = Bun.spawn([process.execPath, "pm", "pack", "--quiet", "--destination", destination], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${folder} could not be packed:\n${errors}`);
  return output.trim();
}

/** Unpacks a tarball, in place of what was in the folder. */
export async function unpack(tarball: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = await new Bun.Archive(await Bun.file(tarball).bytes()).files();
  // All that is in a package's tarball lies in one folder.
  for (const [name, file] of files) await Bun.write(join(folder, name.slice(name.indexOf("/") + 1)), file);
}
