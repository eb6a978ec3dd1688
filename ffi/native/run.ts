/** Runs the programs of a build, one after the other, so that nothing of them outlives an interrupted build. */
import { closeSync, openSync, writeSync } from "node:fs";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const TAIL_LINES = 30;
// Compile commands would push all else off the screen.
const LINE_LENGTH = 240;

/** The process was told to end while it built. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`The native build was interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** Listens for the signals that end a process, for as long as it lives. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #interrupt = (signal: NodeJS.Signals): void => {
    this.#controller.abort(new InterruptedError(signal));
    this.onInterrupt?.();
  };

  /** Called at each signal; the second one may mean more than the first. */
  onInterrupt: (() => void) | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#interrupt);
  }

  /** Aborted by the first signal, with an {@link InterruptedError}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#interrupt);
  }
}

/** Writes all that a build's programs say to a file. */
export class Log implements Disposable {
  readonly path: string;
  readonly #descriptor: number;
  readonly #rewrite: (line: string) => string;
  readonly #tail: string[] = [];

  /** @param rewrite changes each line, before it is kept. */
  constructor(path: string, rewrite: (line: string) => string) {
    this.path = path;
    this.#descriptor = openSync(path, "w");
    this.#rewrite = rewrite;
  }

  /** Notes that a command begins. */
  begin(command: readonly string[]): void {
    this.#tail.length = 0;
    this.write(`$ ${command.join(" ")}`);
  }

  write(line: string): void {
    const kept = this.#rewrite(line);
    writeSync(this.#descriptor, `${kept}\n`);
    this.#tail.push(kept.length > LINE_LENGTH ? `${kept.slice(0, LINE_LENGTH)}…` : kept);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }

  /** The last lines since the last command began, the longest cut. */
  tail(): string {
    return this.#tail.join("\n");
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** What a {@link Runner} takes beside the command. */
export interface RunOptions {
  environment?: Record<string, string>;
  /** Gets each line of output. */
  line?: (line: string) => void;
  /** The output is an answer to {@link line} and no business of the log. */
  unlogged?: boolean;
  /** Called when the command has ended by itself, well or not, and was not killed. */
  ended?: () => void;
}

/** Runs commands with their output in a log. */
export class Runner {
  readonly #log: Log;
  readonly #descriptor: number;
  readonly #interruption: Interruption;

  /** @param descriptor a lock for all commands to inherit, see lock.ts. */
  constructor(log: Log, descriptor: number, interruption: Interruption) {
    this.#log = log;
    this.#descriptor = descriptor;
    this.#interruption = interruption;
  }

  /** Answers whether the command ended well. Throws when the build is interrupted, after the command has ended. */
  async run(
    command: readonly string[],
    { environment = {}, line, unlogged, ended }: RunOptions = {},
  ): Promise<boolean> {
    const { signal } = this.#interruption;
    signal.throwIfAborted();
    this.#log.begin(command);
    const child = Bun.spawn(["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", ...command], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit", this.#descriptor],
      // A group of its own, so that all of it can be ended at once.
      detached: true,
    });
    let asked = false;
    this.#interruption.onInterrupt = () => {
      // Who asks twice does not want to wait.
      endGroup(child.pid, asked ? "SIGKILL" : "SIGTERM");
      asked = true;
    };
    try {
      for await (const text of lines(child.stdout)) {
        if (!unlogged) this.#log.write(text);
        line?.(text);
      }
      const code = await child.exited;
      if (child.signalCode === null) ended?.();
      signal.throwIfAborted();
      if (code !== 0) this.#log.write(`(ended with ${child.signalCode ?? `code ${code}`})`);
      return code === 0;
    } finally {
      this.#interruption.onInterrupt = undefined;
    }
  }
}

function endGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended meanwhile.
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}
