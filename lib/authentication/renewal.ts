/** When a new certificate is asked for, and what becomes of it. */
import type { CertificateSource } from "./certificate-blob.ts";

/**
 * Gets a certificate from one's own authority.
 * @param request what `getCertificateRequest` gives.
 */
export type RenewCertificate = (request: Uint8Array) => Promise<CertificateSource> | CertificateSource;

/** What a renewal needs. */
export interface RenewalGround {
  /** The request for a certificate. @throws when there can be none. */
  request(): Uint8Array;
  /** Sets the certificate that came, and answers its times. @throws when it is not taken. */
  take(certificate: CertificateSource): Validity;
  /** Something is otherwise than before. */
  changed(): void;
}

/** From when until when a certificate counts, in milliseconds since 1970. */
export interface Validity {
  readonly created: number;
  readonly expires: number;
}

const patienceMilliseconds = 30_000;
const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 60_000;
// Of a certificate's life; then there is time for many attempts.
const renewedAfter = 2 / 3;

/** Asks at the beginning, when two thirds of a certificate's life are over, and after failures with longer and longer pauses. */
export class Renewal {
  readonly #renew: RenewCertificate;
  readonly #ground: RenewalGround;
  /** By the certificate's own times, in milliseconds since 1970. */
  #due = 0;
  /** When to go on, on a clock that nobody sets; undefined while the certificate's times count. */
  #again: number | undefined;
  #pause = firstPauseMilliseconds;
  /** The attempt that is under way; each has a number, so that a late answer is told from a new one. */
  #attempt = 0;
  #isAsking = false;
  #failure: string | undefined;

  constructor(renew: RenewCertificate, ground: RenewalGround) {
    this.#renew = renew;
    this.#ground = ground;
  }

  /** When to look again, in milliseconds since 1970. */
  get due(): number {
    return this.#again === undefined ? this.#due : Date.now() + (this.#again - performance.now());
  }

  /** Whether somebody was asked and has not answered. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** Why there was no certificate the last time; undefined when there was one, or nobody was asked. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Does what is due. */
  look(now: number): void {
    if (this.#again === undefined ? now < this.#due : performance.now() < this.#again) return;
    if (this.#isAsking) this.#fail(`no answer within ${patienceMilliseconds / 1000} seconds`);
    else this.ask();
  }

  /** Asks now, unless that is under way. */
  ask(): void {
    if (this.#isAsking) return;
    const attempt = ++this.#attempt;
    this.#isAsking = true;
    this.#again = performance.now() + patienceMilliseconds;
    this.#ground.changed();
    void this.#answer(attempt);
  }

  /** A certificate was set, by whomever. */
  schedule({ created, expires }: Validity): void {
    this.#failure = undefined;
    this.#pause = firstPauseMilliseconds;
    const begins = Math.min(Math.max(created, Date.now()), expires);
    this.#again = undefined;
    this.#due = begins + (expires - begins) * renewedAfter;
  }

  async #answer(attempt: number): Promise<void> {
    try {
      const certificate = await this.#renew(this.#ground.request());
      if (attempt !== this.#attempt || !this.#isAsking) return;
      this.#isAsking = false;
      this.schedule(this.#ground.take(certificate));
      this.#ground.changed();
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(why: string): void {
    this.#isAsking = false;
    this.#attempt++;
    this.#failure = why;
    // Many may have lost the same authority at the same moment.
    this.#again = performance.now() + this.#pause * (0.75 + Math.random() / 2);
    this.#pause = Math.min(2 * this.#pause, longestPauseMilliseconds);
    this.#ground.changed();
  }
}
