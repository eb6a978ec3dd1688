/** What went wrong, in words. */

const most = 5;

/** Problems, of which the first ones are told and the others counted. */
export class Problems {
  readonly #first: string[] = [];
  #more = 0;

  /** Takes one down. */
  add(problem: string): void {
    if (this.#first.length < most) this.#first.push(problem);
    else this.#more++;
  }

  /** All that is to be told. */
  list(): string[] {
    return this.#more > 0 ? [...this.#first, `and ${this.#more} more of this kind`] : [...this.#first];
  }
}
