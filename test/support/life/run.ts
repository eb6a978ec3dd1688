/** A script of this folder in a process of its own. */
import { join } from "node:path";

/** How it ended, and what it said. */
export interface Run {
  /** Exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals;
  readonly output: string;
  readonly errors: string;
}

/** How to start it. */
export interface RunOptions {
  /** Variables beside our own; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** After so many milliseconds it is killed: a minute when it is left out. */
  readonly timeout?: number;
}

/** Runs a script until it ends, or its time is over. */
export async function run(script: string, parameters: readonly string[] = [], options: RunOptions = {}): Promise<Run> {
  const child = Bun.spawn([process.execPath, join(options.folder ?? import.meta.dir, script), ...parameters], {
    env: { ...process.env, ...options.environment },
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeout ?? 60_000,
    killSignal: "SIGKILL",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { end: child.signalCode ?? child.exitCode ?? Number.NaN, output, errors };
}

/** Runs a script that prints one JSON value and ends well. */
export async function report<Report>(
  script: string,
  parameters: readonly string[] = [],
  options: RunOptions = {},
): Promise<Report> {
  const { end, output, errors } = await run(script, parameters, options);
  if (end !== 0) throw new Error(`${script} ended with ${end}:\n${errors}`);
  return JSON.parse(output);
}
