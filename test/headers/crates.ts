import { dirname, join } from "node:path";
import { run } from "./run.ts";

interface Metadata {
  readonly packages: readonly { readonly name: string; readonly manifest_path: string }[];
}

/** The folder where cargo keeps a pinned crate, fetched when it must be. */
export async function crateFolder(manifest: string, crate: string): Promise<string> {
  const path = join(import.meta.dir, manifest);
  const metadata = await run(["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", path]);
  const { packages }: Metadata = JSON.parse(metadata);
  const found = packages.find((candidate) => candidate.name === crate);
  if (!found) throw new Error(`cargo does not know the crate ${crate} of ${manifest}`);
  return dirname(found.manifest_path);
}
