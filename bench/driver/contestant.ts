/** A process that lives as long as a suite and measures when it is told to: one JSON object a line each way. */

const patienceMilliseconds = 120_000;

/** What a process is told: a flat object. */
export type Command = Readonly<Record<string, string | number | boolean>>;

/** One variant's process. */
export class Contestant implements AsyncDisposable {
  readonly name: string;
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #answers: AsyncGenerator<string, undefined>;
  readonly #errors: Promise<string>;

  private constructor(name: string, command: readonly string[], environment: Readonly<Record<string, string>>) {
    this.name = name;
    this.#child = Bun.spawn([...command], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    this.#answers = lines(this.#child.stdout);
    this.#errors = this.#child.stderr.text();
  }

  /** Starts a native program. */
  static native(name: string, program: string, ...args: readonly string[]): Contestant {
    return new Contestant(name, [program, ...args], {});
  }

  /**
   * Starts a script of `bench/contestants/`.
   * @param within gives the command line that runs another one elsewhere, such as in a network namespace.
   */
  static script(
    name: string,
    file: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
    within: (...line: readonly string[]) => readonly string[] = (...line) => line,
  ): Contestant {
    const path = new URL(`../contestants/${file}`, import.meta.url).pathname;
    return new Contestant(name, within(process.execPath, path, ...args), environment);
  }

  /** The process's id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Says something and waits for the answer. */
  async ask<T>(command: Command): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    this.#child.stdin.flush();
    return await this.answer<T>();
  }

  /**
   * Waits for what the process says next.
   * @throws Error with the process's own words when it ends in place of an answer.
   */
  async answer<T>(): Promise<T> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patienceMilliseconds);
    const { value } = await this.#answers.next();
    clearTimeout(timer);
    if (value !== undefined) return JSON.parse(value) as T;
    const code = await this.#child.exited;
    throw new Error(`${this.name}: ended with ${this.#child.signalCode ?? `code ${code}`}. ${await this.#errors}`);
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  /** Lets the process end by itself, which it does when nobody will say anything any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await this.#child.exited;
    clearTimeout(timer);
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of stream) {
    const pieces = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces;
  }
  return undefined;
}
