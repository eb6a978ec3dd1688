/** `steam-sockets/authority` for those who don't take TypeScript from packages, Node.js among them: JavaScript and its types. */
import { join } from "node:path";
import ts from "typescript";

const entry = join(import.meta.dir, "../lib/authority/index.ts");

/** Its folder in the package. */
export const authorityFolder = "authority";

/** How the package says where it is. */
export const authorityExports = {
  types: `./${authorityFolder}/index.d.ts`,
  default: `./${authorityFolder}/index.js`,
} as const;

/** Makes it in the folder of a package. */
export async function makeAuthority(folder: string): Promise<void> {
  const outdir = join(folder, authorityFolder);
  // Nothing of any runtime, browsers included.
  const { outputs } = await Bun.build({ entrypoints: [entry], outdir, target: "browser" });
  if (outputs.length !== 1) throw new Error("The authority is not one file");
  const { emitSkipped, diagnostics } = ts
    .createProgram([entry], {
      outDir: outdir,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      types: [],
      // Whether all is right is for bun check to say, which knows our runtime.
      noCheck: true,
    })
    .emit();
  const [problem] = diagnostics;
  if (problem !== undefined) throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
  if (emitSkipped) throw new Error("There are no types of the authority");
}
