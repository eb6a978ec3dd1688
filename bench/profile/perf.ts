/** Where a process spends its time, by `perf`, where that is there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const samplesPerSecond = 4000;

/** One look at a thread. */
export interface Sample {
  readonly thread: number;
  /** The file's name that the code is from; "[JIT] ..." for code that was compiled while it ran. */
  readonly file: string;
  readonly symbol: string;
}

/** Whether {@link samplesOf} can tell anything. */
export const hasPerf: boolean = Bun.which("perf") !== null;

/**
 * Looks at a process again and again while it works.
 * @throws Error with perf's own words when it may not.
 */
export async function samplesOf(process: number, work: () => Promise<unknown>): Promise<Sample[]> {
  const folder = mkdtempSync(join(tmpdir(), "steam-sockets-profile-"));
  try {
    const file = join(folder, "perf.data");
    const record = Bun.spawn(
      ["perf", "record", "-q", "-e", "cpu-clock", "-F", `${samplesPerSecond}`, "-o", file, "-p", `${process}`],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    // It does not say when it has begun; what it misses is the same as the rest.
    await work();
    record.kill("SIGINT");
    await record.exited;
    const script = Bun.spawn(["perf", "script", "-i", file, "-F", "tid,ip,sym,dso"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [text] = await Promise.all([script.stdout.text(), script.stderr.text()]);
    const samples = [...text.matchAll(/^ *(\d+) +[0-9a-f]+ (.*) \((.*)\)$/gm)].map(
      ([, thread, symbol, file]): Sample => ({ thread: Number(thread), file: basename(file!), symbol: symbol! }),
    );
    if (samples.length === 0) throw new Error(`perf saw nothing: ${await record.stderr.text()}`);
    return samples;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
