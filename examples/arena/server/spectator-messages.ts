/**
 * What the spectators' page is told, as JSON over its WebSocket.
 * @module
 */
import type { ArenaEvent, PlayerCard } from "../shared/events.ts";

/** What a page is told first. */
export interface SpectatorWelcome {
  readonly type: "welcome";
  readonly width: number;
  readonly height: number;
  readonly playerRadius: number;
  readonly sparkRadius: number;
  readonly players: readonly PlayerCard[];
}

/** Where things are: number, x and y of each, one after the other. */
export interface SpectatorFrame {
  readonly type: "frame";
  /** Milliseconds of game time. */
  readonly time: number;
  readonly players: readonly number[];
  readonly sparks: readonly number[];
}

/** How the server does: what happened a second, over the last one. */
export interface SpectatorStatistics {
  readonly type: "statistics";
  readonly ticks: number;
  /** Milliseconds that a tick takes, on average. */
  readonly work: number;
  /** Bytes of a snapshot, on average. */
  readonly snapshotBytes: number;
  readonly snapshots: number;
  readonly bytes: number;
}

/** Whatever a page is told. */
export type SpectatorMessage = SpectatorWelcome | SpectatorFrame | SpectatorStatistics | ArenaEvent;
