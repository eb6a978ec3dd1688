/** What can go wrong between this package and a native library. */

/** The base of every error that this package throws, but for `TypeError` and `RangeError` on wrong arguments. */
export class NetworkingError extends Error {
  override name = "NetworkingError";
}

/** One place where a library was looked for. */
export interface LibraryPlace {
  /** What kind of place it is, for people: "the environment variable STEAM_SOCKETS_LIBRARY". */
  readonly place: string;
  /** The path that was tried; undefined where the place names none (an unset variable). */
  readonly path: string | undefined;
  /** Why the library was not taken from there. */
  readonly outcome: string;
}

/** No native library was found. {@link places} and the message list every place that was looked at. */
export class LibraryNotFoundError extends NetworkingError {
  override name = "LibraryNotFoundError";
  /** Where it was looked for, in order. */
  readonly places: readonly LibraryPlace[];

  /** @internal */
  constructor(places: readonly LibraryPlace[], mend: string) {
    const lines = places.map(({ place, path, outcome }) => `  - ${place}${path ? ` (${path})` : ""}: ${outcome}`);
    super(`No networking library was found. Looked at:\n${lines.join("\n")}\n${mend}`);
    this.places = places;
  }
}

/** A file was found but is not a library that this package can use. */
export class LibraryLoadError extends NetworkingError {
  override name = "LibraryLoadError";
  /** The file. */
  readonly path: string;

  /** @internal */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} can't be used as a networking library: ${reason}`, options);
    this.path = path;
  }
}

/** The library did not start. The message has the library's own words. */
export class LibraryStartError extends NetworkingError {
  override name = "LibraryStartError";
}

/** The loaded library lacks a function. */
export class UnsupportedError extends NetworkingError {
  override name = "UnsupportedError";
  /** The flat C function that is missing. */
  readonly functionName: string;
  /** Path of the library that lacks it. */
  readonly library: string;

  /** @internal */
  constructor(functionName: string, library: string, whereToGetIt: string) {
    super(`${functionName} is not supported by ${library}. ${whereToGetIt}`);
    this.functionName = functionName;
    this.library = library;
  }
}

/** The library is open already, on another thread or with other settings; the message says what differs. */
export class AlreadyOpenError extends NetworkingError {
  override name = "AlreadyOpenError";
}

/** Something was used after it, or the network that it belongs to, was closed. */
export class ClosedError extends NetworkingError {
  override name = "ClosedError";
}
