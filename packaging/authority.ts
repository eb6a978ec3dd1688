/** `steam-sockets/authority` for runtimes that don't take TypeScript from packages, Node.js among them: one file of JavaScript. */
import { join } from "node:path";

/** Its name in the package. */
export const authorityModule = "authority.js";

/** Makes it in a folder. @returns its path. */
export async function makeAuthorityModule(folder: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "../lib/authority/index.ts")],
    outdir: folder,
    naming: authorityModule,
    // Nothing of any runtime, browsers included.
    target: "browser",
  });
  const [output] = outputs;
  if (output === undefined || outputs.length > 1) throw new Error(`${authorityModule} is not one file`);
  return output.path;
}
