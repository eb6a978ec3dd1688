/**
 * Files that `bun build --compile` has put into a program. Bun itself opens a library among them, but not on every system
 * (Wine), and reads all of it each time that it is asked for a function; a file on the disk opens at once.
 */
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { threadId } from "node:worker_threads";

/** Whether a path leads into the running program. */
export function isEmbedded(path: string): boolean {
  return /^(\/\$bunfs|B:[\\/]~BUN)[\\/]/.test(path);
}

/** Puts an embedded file on the disk, once for all programs and threads of a user, and gives its path there. */
export function extract(path: string): string {
  try {
    const bytes = readFileSync(path);
    // Bun has put what tells its content into the name.
    const extracted = join(ownFolder(), basename(path));
    if (!holds(extracted, bytes)) replace(extracted, bytes);
    return extracted;
  } catch {
    // Nothing can be written here, or it is not ours; Bun may still open it.
    return path;
  }
}

// Nobody else may write there: whoever could would run code in our name.
function ownFolder(): string {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `steam-sockets-${user ?? "user"}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (user !== undefined && (uid !== user || (mode & 0o170022) !== 0o040000)) throw new Error(`${folder} is not ours`);
  return folder;
}

function holds(path: string, bytes: Buffer): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}

// At once, for others may be about to open it.
function replace(path: string, bytes: Buffer): void {
  const partial = `${path}.${process.pid}.${threadId}`;
  try {
    writeFileSync(partial, bytes, { mode: 0o700 });
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}
