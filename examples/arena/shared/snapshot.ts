/**
 * The server's message of each tick, sent unreliably: one that is lost needs no repeating, for the next one says more.
 * It tells where everything is by the difference to an earlier tick that the client is known to have, and beside that
 * what only this one client needs to go on predicting itself.
 * @module
 */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { longestDifference, readDifference, writeDifference } from "./difference.ts";
import { historyTicks, type History } from "./history.ts";

/** What a snapshot tells beside the positions. */
export interface SnapshotHead {
  /** Which tick this is. */
  readonly tick: number;
  /** To which tick the difference is; 0 makes it a full snapshot. */
  readonly baseline: number;
  /** The client's latest input that has been obeyed. */
  readonly obeyed: number;
  /** The client's own velocity. */
  readonly velocityX: number;
  readonly velocityY: number;
}

const headBytes = 16;

/** No snapshot is longer. */
export const longestSnapshot = headBytes + longestDifference;

/** The tick to make a difference to, when a client has acknowledged this one: 0 when that is too long ago. */
export function baselineFor(tick: number, acknowledged: number, history: History): number {
  return tick - acknowledged < historyTicks && history.at(acknowledged) !== undefined ? acknowledged : 0;
}

/** Writes a snapshot. The history has both of its ticks. */
export function writeSnapshot(writer: ByteWriter, head: SnapshotHead, history: History): void {
  const [from, to] = [history.at(head.baseline), history.at(head.tick)];
  if (from === undefined || to === undefined) throw new RangeError("The history does not know these ticks");
  writer.uint32(head.tick);
  writer.uint32(head.baseline);
  writer.uint32(head.obeyed);
  writer.int16(head.velocityX);
  writer.int16(head.velocityY);
  writeDifference(writer, from, to);
}

/**
 * Reads a snapshot, and keeps its positions in the history.
 * @returns undefined when it came too late, or the history lacks its baseline.
 * @throws RangeError when it is none.
 */
export function readSnapshot(reader: ByteReader, history: History): SnapshotHead | undefined {
  const head: SnapshotHead = {
    tick: reader.uint32(),
    baseline: reader.uint32(),
    obeyed: reader.uint32(),
    velocityX: reader.int16(),
    velocityY: reader.int16(),
  };
  const from = history.at(head.baseline);
  const isOld = head.tick <= history.newest;
  const isUseless = head.baseline !== 0 && head.tick - head.baseline >= historyTicks;
  if (from === undefined || isOld || isUseless) return undefined;
  readDifference(reader, from, history.room(head.tick));
  history.keep(head.tick);
  return head;
}
