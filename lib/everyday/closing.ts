/** How connections end. */

/** How a connection ended. */
export interface ConnectionClosing {
  /** Why: an application's code from 1000 to 2999, or one of the library's, see {@link ConnectionEnd}. */
  readonly code: number;
  /** The same in words. */
  readonly text: string;
  /** Who ended it: the other side, this one, or nobody, because something went wrong. */
  readonly by: "peer" | "local" | "problem";
}
