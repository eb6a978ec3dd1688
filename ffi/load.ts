/** Opens a shared library and takes from it what it has of the functions that we know. */
import { dlopen, type FFIFunction, type Library, type Pointer } from "bun:ffi";
import { symbolOf, type FlatFunction, type FlatFunctions, type LibraryKind } from "./functions/function.ts";

/** Groups of functions, as `functions/index.ts` gathers them. */
export type FunctionGroups = Readonly<Record<string, FlatFunctions>>;

/** The callable functions of one group; those that the library lacks are undefined. */
export type Functions<Group extends FlatFunctions> = {
  readonly [Name in keyof Group]: Library<Group>["symbols"][Name] | undefined;
};

/** What {@link loadFunctions} found. */
export interface LoadedFunctions<Groups extends FunctionGroups> {
  /** By group and name. */
  readonly functions: { readonly [Name in keyof Groups]: Functions<Groups[Name]> };
  /** Symbols that the library has. */
  readonly available: readonly string[];
  /** Symbols that it lacks. */
  readonly missing: readonly string[];
}

/** Lives as long as the process: a networking library has threads of its own and must never be unloaded. */
const opened: unknown[] = [];

/**
 * Opens the library at `path` and looks every function of `groups` up, each one optional.
 * @param kind which library it is. Functions that come in one form per library are undefined without it: the wrong
 *   form crashes.
 * @throws Error with the code `ERR_DLOPEN_FAILED` when the file can't be opened.
 */
export function loadFunctions<const Groups extends FunctionGroups>(
  path: string,
  groups: Groups,
  kind?: LibraryKind,
): LoadedFunctions<Groups> {
  const declarations = new Map<string, FlatFunction>();
  for (const group of Object.values(groups)) {
    for (const declared of Object.values(group)) {
      if (declared.form === undefined || declared.form === kind) declarations.set(symbolOf(declared), declared);
    }
  }
  const found = lookUp(path, declarations);
  const functions: Record<string, Record<string, unknown>> = {};
  for (const [groupName, group] of Object.entries(groups)) {
    const callable: Record<string, unknown> = (functions[groupName] = {});
    for (const [name, declared] of Object.entries(group)) {
      const symbol = symbolOf(declared);
      callable[name] = declarations.get(symbol) === declared ? found.get(symbol) : undefined;
    }
  }
  return {
    // Built name by name just above; only the loop's types are wider.
    functions: functions as LoadedFunctions<Groups>["functions"],
    available: [...found.keys()],
    missing: [...declarations.keys()].filter((symbol) => !found.has(symbol)),
  };
}

/** The address of a loaded function, for native code that shall call it. */
export function addressOfFunction(fn: object): Pointer {
  if ("ptr" in fn && typeof fn.ptr === "number") return fn.ptr as Pointer;
  throw new TypeError("Only a function that came out of a library has an address");
}

function lookUp(path: string, declarations: ReadonlyMap<string, FFIFunction>): Map<string, object> {
  try {
    return open(path, Object.fromEntries(declarations));
  } catch (error) {
    if (!lacksSymbol(error)) throw error;
  }
  const found = new Map<string, object>();
  for (const [symbol, declared] of declarations) {
    try {
      for (const [name, fn] of open(path, { [symbol]: declared })) found.set(name, fn);
    } catch (error) {
      if (!lacksSymbol(error)) throw error;
    }
  }
  return found;
}

function open(path: string, declarations: Record<string, FFIFunction>): Map<string, object> {
  const library = dlopen(path, declarations);
  opened.push(library);
  return new Map(Object.entries(library.symbols));
}

/** Tells a library without the symbol from a file that can't be opened; Bun has a code for the second only. */
function lacksSymbol(error: unknown): boolean {
  return error instanceof TypeError;
}
