/** A program that runs beside this one. What it says is shown with its name before it. */
export class Actor implements AsyncDisposable {
  readonly #name: string;
  readonly #process;
  readonly #reading: Promise<void>;
  #said = "";

  constructor(name: string, program: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.#name = name;
    this.#process = Bun.spawn([process.execPath, program, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#reading = this.#read();
  }

  /** Its exit code, when it has ended. */
  get exited(): Promise<number> {
    return this.#reading.then(() => this.#process.exited);
  }

  /** Waits until it has said something, and gives what the pattern captures. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found !== null) return found[1] ?? "";
      if (this.#process.exitCode !== null) throw new Error(`${this.#name} has ended too early`);
      await Bun.sleep(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGINT");
    await this.exited;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of this.#process.stdout) {
      const text = decoder.decode(chunk, { stream: true });
      this.#said += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) console.log(`${this.#name.padEnd(9)}${line}`);
    }
  }
}
