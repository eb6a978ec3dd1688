/** The shared libraries of this process, as Linux tells of them. */
import { readFileSync } from "node:fs";

/** Whether the system can be asked. */
export const loadedLibrariesAreKnown = process.platform === "linux";

/** Their paths, each once. */
export function loadedLibraries(): string[] {
  const paths = readFileSync("/proc/self/maps", "utf8").matchAll(/\s(\/\S*\.so\b\S*)$/gm);
  return [...new Set(Array.from(paths, ([, path]) => path!))].sort();
}
