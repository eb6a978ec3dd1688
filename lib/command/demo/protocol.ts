/** What the demo's processes tell each other. */
import type { LibraryInfo } from "../../index.ts";
import type { LatenessSummary } from "./lateness.ts";
import type { TrafficCounts } from "./traffic.ts";

/** What a match is like. */
export interface Match {
  readonly seconds: number;
  readonly bots: number;
  readonly hz: number;
  /** Bytes of a snapshot. */
  readonly messageBytes: number;
}

/** What a process is told on its command line, as JSON. */
export interface Assignment extends Match {
  /** Path of the library to open. */
  readonly library: string;
  /** The server's address, for the bots. */
  readonly address?: string;
}

/** How it goes in a child process. */
export interface State {
  /** When this was so, in milliseconds on the process's own clock. */
  readonly at: number;
  /** How many bots connected. */
  readonly connections: number;
  readonly traffic: TrafficCounts;
  /** Share of the inputs or snapshots sent to this process that did not arrive, 0 to 1; undefined while unknown. */
  readonly loss: number | undefined;
  readonly problems: readonly string[];
}

/** How it goes in the server process. */
export interface ServerState extends State {
  readonly library: LibraryInfo;
  readonly address: string;
  /** From before the library was loaded until the listen socket was there. */
  readonly openToListeningMilliseconds: number;
  /** Ticks of play. */
  readonly ticks: number;
  /** Time of play. */
  readonly seconds: number;
  /** Of the ticks of the latest second; when play is over, of all. */
  readonly lateness: LatenessSummary;
  /** Mean over the connections; undefined while unknown. */
  readonly pingMilliseconds: number | undefined;
  /** Processor time per time of play; undefined before its end. */
  readonly cpuPercent: number | undefined;
}

/** What a child process says: how it goes, several times a second; that its work is done; or why it can't be done. */
export type Report<T> =
  | { readonly kind: "state"; readonly state: T }
  | { readonly kind: "done"; readonly state: T }
  | { readonly kind: "failed"; readonly reason: string };

/** The reason with which bots close their connections when the match is over. */
export const goodEnd = { code: 1001, text: "the match is over" } as const;
