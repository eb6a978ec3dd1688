/** Files that a command reads, and those that it makes and never overwrites. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

/** Reads a file, or standard input for `-`. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new Error(`${path} can't be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Reads a file of text. */
export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

/**
 * Makes a file that was not there before.
 * @param mode who may read it: it has no other for a moment.
 */
export function makeFile(path: string, text: string, mode: number): void {
  let file: number;
  try {
    file = openSync(path, "wx", mode);
  } catch (error) {
    throw new Error(`${path} can't be made: ${reasonOf(error)}`, { cause: error });
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "its owner doesn't allow it",
  EEXIST: "there is such a file already, and nothing is overwritten",
  EISDIR: "it is a folder",
  ENOENT: "it is not there",
  ENOTDIR: "it is in no folder",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
