/** What this process holds of the system's resources, as Linux counts it. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Usage {
  readonly descriptors: number;
  readonly threads: number;
  readonly residentKilobytes: number;
}

/** Whether the system can be asked. */
export const usageIsKnown = process.platform === "linux";

/** After a collection, so that nothing counts that is merely not collected yet. */
export function usage(): Usage {
  Bun.gc(true);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  if (resident === undefined) throw new Error("/proc/self/status tells no VmRSS");
  return {
    descriptors: readdirSync("/proc/self/fd").filter(isOurs).length,
    threads: readdirSync("/proc/self/task").length,
    residentKilobytes: Number(resident),
  };
}

// JavaScriptCore opens /proc/<pid>/status when it first wonders how much memory there is, and keeps it.
function isOurs(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`) !== `/proc/${process.pid}/status`;
  } catch {
    // The descriptor by which the folder was read.
    return false;
  }
}
