/** Where a native library is looked for, in this order: the caller's path, the environment, the package, the checkout. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { builtLibrary } from "../ffi/native/cache.ts";
import { LibraryNotFoundError, type LibraryPlace } from "./errors.ts";
import { packagedLibrary, PLATFORM_PACKAGE } from "./packaged.ts";

/** Names a library file in place of all others. Read at each open. */
export const LIBRARY_VARIABLE = "STEAM_SOCKETS_LIBRARY";

/** A library file that is there. */
export interface LocatedLibrary {
  readonly path: string;
  /** In which place it was found, for people. */
  readonly place: string;
}

/**
 * Finds the library file to load.
 * @param explicit a path that the caller names; then no other place is looked at.
 * @throws LibraryNotFoundError that lists every place that was looked at, and what to do.
 */
export function locateLibrary(explicit?: string): LocatedLibrary {
  return firstFound(candidates(explicit), explicit);
}

/**
 * Finds the library that this package ships or that this checkout built, whatever the environment names.
 * @throws LibraryNotFoundError
 */
export function locateShippedLibrary(): LocatedLibrary {
  return firstFound([fromPackage(), fromCheckout()], undefined);
}

/** Every place where a library is looked for, found or not, in order. */
export function libraryPlaces(): LibraryPlace[] {
  return [fromEnvironment(), fromPackage(), fromCheckout()];
}

function firstFound(places: LibraryPlace[], explicit: string | undefined): LocatedLibrary {
  for (const { place, path } of places) {
    if (path !== undefined && isFile(path)) return { path, place };
  }
  throw new LibraryNotFoundError(places, mend(explicit));
}

function candidates(explicit: string | undefined): LibraryPlace[] {
  // What somebody names is meant: another library in its stead would only hide the mistake.
  if (explicit !== undefined) return [named("the path that was given", explicit)];
  const environment = fromEnvironment();
  if (environment.path !== undefined) return [environment];
  const packaged = fromPackage();
  // Only where it is needed: whoever looks for a checkout's build reads all sources.
  return packaged.path !== undefined ? [environment, packaged] : [environment, packaged, fromCheckout()];
}

function named(place: string, path: string): LibraryPlace {
  const full = resolve(path);
  return { place, path: full, outcome: isFile(full) ? "found" : existsSync(full) ? "not a file" : "no such file" };
}

function fromEnvironment(): LibraryPlace {
  const place = `the environment variable ${LIBRARY_VARIABLE}`;
  const path = process.env[LIBRARY_VARIABLE];
  return path ? named(place, path) : { place, path: undefined, outcome: "not set" };
}

function fromPackage(): LibraryPlace {
  const place = `the package ${PLATFORM_PACKAGE}`;
  const path = packagedLibrary();
  return path === undefined ? { place, path, outcome: "not installed" } : named(place, path);
}

function fromCheckout(): LibraryPlace {
  const place = "this checkout's own build";
  const built = builtLibrary();
  return "path" in built ? named(place, built.path) : { place, path: built.expected, outcome: "not built" };
}

function mend(explicit: string | undefined): string {
  if (explicit !== undefined || process.env[LIBRARY_VARIABLE]) {
    return "Name an existing library file, or none, so that the package's own is used.";
  }
  return `Install ${PLATFORM_PACKAGE}, or build the library in a checkout with "bun run native", or name one with ${LIBRARY_VARIABLE}.`;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
