/** Where a native library is looked for, in this order: the caller's path, the environment, the package, the checkout. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { builtLibrary } from "../ffi/native/cache.ts";
import { LibraryNotFoundError, type LibraryPlace } from "./errors.ts";
import { packagedLibrary, PLATFORM_PACKAGE } from "./packaged.ts";

/** Names a library file in place of all others. Read at each open. */
export const LIBRARY_VARIABLE = "STEAM_SOCKETS_LIBRARY";
/** Names Valve's steam_api, for those who ask for Steam. Read at each open. */
export const STEAM_VARIABLE = "STEAM_SOCKETS_STEAM_API";

const steamFiles: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: "steam_api64.dll",
  darwin: "libsteam_api.dylib",
};
/** What Valve's library is called on this platform. */
export const STEAM_FILE = steamFiles[process.platform] ?? "libsteam_api.so";

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
  return firstFound(candidates(explicit), explicit, withoutLibrary);
}

/**
 * Finds Valve's steam_api: where the caller or the environment says, else where games keep it.
 * @throws LibraryNotFoundError that lists every place that was looked at, and what to do.
 */
export function locateSteam(explicit?: string): LocatedLibrary {
  return firstFound(
    explicit === undefined ? steamPlaces() : [named("the path that was given", explicit)],
    explicit,
    `Put ${STEAM_FILE} of Valve's Steamworks SDK beside the program, or name it with the option "library" or with ${STEAM_VARIABLE}.`,
  );
}

/** Every place where Valve's steam_api is looked for, found or not, in order. */
export function steamPlaces(): LibraryPlace[] {
  const environment = fromEnvironment(STEAM_VARIABLE);
  if (environment.path !== undefined) return [environment];
  return [
    environment,
    named("the folder of the program", join(dirname(Bun.main), STEAM_FILE)),
    named("the folder of the executable", join(dirname(process.execPath), STEAM_FILE)),
    named("the working folder", STEAM_FILE),
  ];
}

/**
 * Finds the library that this package ships or that this checkout built, whatever the environment names.
 * @throws LibraryNotFoundError
 */
export function locateShippedLibrary(): LocatedLibrary {
  return firstFound([fromPackage(), fromCheckout()], undefined, withoutLibrary);
}

/** Every place where a library is looked for, found or not, in order. */
export function libraryPlaces(): LibraryPlace[] {
  return [fromEnvironment(), fromPackage(), fromCheckout()];
}

const withoutLibrary = `Install ${PLATFORM_PACKAGE}, or build the library in a checkout with "bun run native", or name one with ${LIBRARY_VARIABLE}.`;

function firstFound(places: LibraryPlace[], explicit: string | undefined, mend: string): LocatedLibrary {
  for (const { place, path } of places) {
    if (path !== undefined && isFile(path)) return { path, place };
  }
  // A single place is one that somebody named.
  const isNamed = explicit !== undefined || places.length === 1;
  throw new LibraryNotFoundError(
    places,
    isNamed ? "Name an existing library file, or none, so that the usual one is used." : mend,
  );
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

function fromEnvironment(variable = LIBRARY_VARIABLE): LibraryPlace {
  const place = `the environment variable ${variable}`;
  const path = process.env[variable];
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

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
