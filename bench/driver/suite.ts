/** What a suite is. */
import type { Row } from "./rows.ts";

/** What suites are run with. */
export interface Bench {
  /** Path of the library that everybody loads. */
  readonly library: string;
  /** Path of the native program. */
  readonly native: string;
  /** Fewer cases, shorter rounds. */
  readonly quick: boolean;
  /** Tells what is done now. */
  progress(text: string): void;
}

/** One of the suites: measures, and hands each case's rows over as soon as they are there. */
export type Suite = (bench: Bench) => AsyncIterable<Row[]>;
