/** What one process has told another over IPC and the other has not taken yet. */

interface Letter {
  readonly name: string;
  readonly content: unknown;
}

/** Letters by name; `Names` says what each one holds. */
export class Letters<Names extends object> {
  readonly #letters: Letter[] = [];

  /** Keeps what came over IPC. */
  add(message: unknown): void {
    if (!isLetter(message)) throw new TypeError(`No letter: ${JSON.stringify(message)}`);
    this.#letters.push(message);
  }

  /** Whether there is one of this name. */
  has(name: keyof Names): boolean {
    return this.#letters.some((letter) => letter.name === name);
  }

  /** Takes the oldest one of this name. */
  take<Name extends keyof Names>(name: Name): Names[Name] {
    const index = this.#letters.findIndex((letter) => letter.name === name);
    const letter = this.#letters.splice(index, 1)[0];
    if (index < 0 || letter === undefined) throw new Error(`There is no letter ${String(name)}`);
    // Both ends are scripts of this folder and share the type.
    return letter.content as Names[Name];
  }
}

function isLetter(message: unknown): message is Letter {
  return typeof message === "object" && message !== null && "name" in message && "content" in message;
}
