/** Who there is, and what proves it. A real backend has a database here. */

const nobody = await Bun.password.hash(crypto.randomUUID());
// A hash takes 64 MB and tens of milliseconds on purpose: few at a time, or anybody could stop us by asking.
const mostAtOnce = 4;

/** Accounts with passwords, of which only hashes are kept. */
export class Accounts {
  readonly #hashes = new Map<string, string>();
  #underWay = 0;

  /** Makes an account. @returns whether it was made: the name may be taken. */
  async register(name: string, password: string): Promise<boolean> {
    if (this.#hashes.has(name)) return false;
    const hash = await this.#alone(() => Bun.password.hash(password));
    // Somebody may have come first meanwhile.
    if (this.#hashes.has(name)) return false;
    this.#hashes.set(name, hash);
    return true;
  }

  /** Whether this is the password. A name that nobody has takes as long as one that somebody has. */
  async verify(name: string, password: string): Promise<boolean> {
    const hash = this.#hashes.get(name);
    const isRight = await this.#alone(() => Bun.password.verify(password, hash ?? nobody));
    return isRight && hash !== undefined;
  }

  async #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.#underWay >= mostAtOnce) throw new BusyError("Too many log in at this moment");
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }
}

/** There is more to do than there is room for: to be tried again. */
export class BusyError extends Error {
  override name = "BusyError";
}
