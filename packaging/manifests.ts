/** What the packages say of themselves: their package.json and README. */
import { libraryFileNameOn } from "../ffi/native/cache.ts";
import ownManifest from "../package.json";
import { authorityExports, authorityFolder } from "./authority.ts";
import { packageName, type Target, targets } from "./targets.ts";

/** The version of all packages: they belong together. */
export const version = ownManifest.version;

/** The module of a platform package. Bundlers take the file along that it names. */
export function entryPoint({ os }: Target): string {
  return `import path from "./${libraryFileNameOn(os)}" with { type: "file" };\nexport default path;\n`;
}

/** The types of {@link entryPoint}. */
export const entryPointTypes = `/** The path of the library. */\ndeclare const path: string;\nexport default path;\n`;

/** The package.json of a platform package. */
export function platformManifest(target: Target): Record<string, unknown> {
  return {
    name: packageName(target),
    version,
    description: `The native library of steam-sockets for ${target.platform}. ${howTried(target)}`,
    license: ownManifest.license,
    type: "module",
    exports: { ".": { types: "./index.d.ts", default: "./index.js" }, "./package.json": "./package.json" },
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc === undefined ? {} : { libc: [target.libc] }),
    preferUnplugged: true,
  };
}

/** The README of a platform package. */
export function platformReadme(target: Target): string {
  return `# ${packageName(target)}

The native library of \`steam-sockets\` for ${target.platform}. \`steam-sockets\` brings it along where it fits: install that.

${howTried(target)}

It is made of the software that THIRD-PARTY-NOTICES lists, and needs nothing but what the system has.
`;
}

/** Whether the library was ever run, in a sentence. */
export function howTried({ tried }: Target): string {
  return tried === undefined ? "Built, and never run." : `Tried ${tried}.`;
}

/** The checkout's own package.json, as far as packing cares. */
export interface MainManifest extends Record<string, unknown> {
  readonly exports: { readonly "./authority": object };
  readonly files: readonly string[];
}

/**
 * The package.json of the main package as it is published.
 * @param manifest the checkout's own, which does without: its packages may not be published yet.
 */
export function mainManifest(manifest: MainManifest): Record<string, unknown> {
  const { devDependencies: _, scripts: __, exports, files, ...kept } = manifest;
  return {
    ...kept,
    exports: { ...exports, "./authority": { bun: exports["./authority"], ...authorityExports } },
    files: [...files, authorityFolder],
    optionalDependencies: Object.fromEntries(targets.map((target) => [packageName(target), version])),
  };
}
