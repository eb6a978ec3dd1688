/** Tells people how far a build is. On standard error only: standard output belongs to what commands answer. */

const LINE_MILLISECONDS = 5_000;
const REDRAW_MILLISECONDS = 200;
// Before that, an estimate is a guess.
const ESTIMATE_AFTER_MILLISECONDS = 3_000;
const ESTIMATE_AFTER_FRACTION = 0.05;

/** One line that is drawn over in a terminal; elsewhere a line every few seconds. */
export class Progress {
  readonly #quiet: boolean;
  readonly #terminal = process.stderr.isTTY;
  #step = "";
  #stepStart = 0;
  #lastDraw = 0;
  #drawn = false;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** Begins something that is told by name. */
  step(text: string): void {
    this.#step = text;
    this.#stepStart = this.#lastDraw = performance.now();
    this.#draw(text);
  }

  /** How much of the present step is done, from 0 to 1. */
  advance(fraction: number): void {
    const now = performance.now();
    if (now - this.#lastDraw < (this.#terminal ? REDRAW_MILLISECONDS : LINE_MILLISECONDS)) return;
    this.#lastDraw = now;
    const elapsed = now - this.#stepStart;
    const percent = `${Math.floor(Math.min(fraction, 0.99) * 100)} %`;
    const known = elapsed > ESTIMATE_AFTER_MILLISECONDS && fraction > ESTIMATE_AFTER_FRACTION;
    const left = known ? `, ${duration((elapsed / fraction) * (1 - fraction))} left` : "";
    this.#draw(`${this.#step}: ${percent}${left}`);
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    if (!this.#quiet) process.stderr.write(`${text}\n`);
  }

  /** Takes the line that is drawn over away. */
  clear(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[2K");
    this.#drawn = false;
  }

  #draw(text: string): void {
    if (this.#quiet) return;
    if (!this.#terminal) return void process.stderr.write(`${text}\n`);
    process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.#drawn = true;
  }
}

/** A length of time for people. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
