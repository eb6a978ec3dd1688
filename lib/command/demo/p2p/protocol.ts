/** What the processes of `demo p2p` tell each other. */
import type { LibraryInfo } from "../../../index.ts";
import type { TrafficCounts } from "../traffic.ts";

/** What a meeting of two peers is like. */
export interface Meeting {
  readonly seconds: number;
  readonly hz: number;
  /** Bytes of an unreliable message. */
  readonly messageBytes: number;
}

/** What a peer's process is told on its command line, as JSON. */
export interface PeerAssignment extends Meeting {
  /** Path of the library to open. */
  readonly library: string;
  /** The relay's URL. */
  readonly relay: string;
  /** Who it is. */
  readonly identity: string;
  /** Whom it talks to. */
  readonly peer: string;
  /** Whether it is the one who connects. */
  readonly begins: boolean;
}

/** The way that messages take. */
export interface Route {
  /** The library's own words: kind, peer and virtual port. */
  readonly description: string;
  /** Where the peer's packets come from. */
  readonly address: string;
}

/** How it goes in a peer's process. */
export interface PeerState {
  /** When this was so, in milliseconds on the process's own clock. */
  readonly at: number;
  readonly library: LibraryInfo;
  /** From the call that begins the connection, or from its request, until it stood; undefined until then. */
  readonly connectMilliseconds: number | undefined;
  readonly route: Route | undefined;
  readonly pingMilliseconds: number | undefined;
  /** Time of play. */
  readonly seconds: number;
  readonly traffic: TrafficCounts;
  readonly problems: readonly string[];
}

/** The reason with which a peer closes the connection when both have said all. */
export const goodEnd = { code: 1001, text: "all is said" } as const;
