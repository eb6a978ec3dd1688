/** How much is under way to each user of `NetworkingMessages`, where the library tells only bytes. */
import { helperSegments } from "../../ffi/constants.ts";
import type { SharedMemory } from "../../ffi/memory.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { Peer } from "./peers.ts";

// What the library puts before each message.
const headerBytes = 5;
const segmentBytes = 1000;
const checkEvery = 1000;
const firstSweep = 1024;

/** What is under way to somebody. Never less than there is. */
interface Session {
  readonly identity: SharedMemory;
  /** Segments that may not be acknowledged. */
  segments: number;
  /** How many there were when the library was asked. */
  checked: number;
  /** The fewest bytes that a segment has; 0 when one message had several, whose ends may be short. */
  leastBytes: number;
}

/** Tells how many reliable bytes to somebody are not acknowledged. */
export type OutstandingBytes = (identity: SharedMemory) => number;

/**
 * Keeps the library from ending the process, as it does when about 65,000 segments of a connection are not
 * acknowledged. The messages are the library's own, so nobody says when one of them arrived. Each is counted, and from
 * time to time the bytes that are under way tell how many segments there can be at most.
 */
export class SessionBacklog {
  // One for all openings, as a hub is, and gone with the last of them.
  static readonly #backlogs = new WeakMap<EventHub, SessionBacklog>();

  /** The backlog on the library whose hub this is. */
  static of(hub: EventHub): SessionBacklog {
    let backlog = SessionBacklog.#backlogs.get(hub);
    if (backlog === undefined) SessionBacklog.#backlogs.set(hub, (backlog = new SessionBacklog()));
    return backlog;
  }

  readonly #sessions = new Map<string, Session>();
  #sweepAt = firstSweep;

  private constructor() {}

  /** Whether a message of so many bytes may be sent. */
  hasRoom({ name }: Peer, bytes: number, outstanding: OutstandingBytes): boolean {
    const session = this.#sessions.get(name);
    if (session === undefined) return true;
    const isFull = () => session.segments + segmentsOf(bytes) > helperSegments;
    if (isFull() || session.segments - session.checked >= checkEvery) check(session, outstanding(session.identity));
    return !isFull();
  }

  /** Counts a message that was sent. */
  sent({ identity, name }: Peer, bytes: number, outstanding: OutstandingBytes): void {
    let session = this.#sessions.get(name);
    if (session === undefined) {
      if (this.#sessions.size >= this.#sweepAt) this.#sweep(outstanding);
      session = { identity, segments: 0, checked: 0, leastBytes: Infinity };
      this.#sessions.set(name, session);
    }
    const segments = segmentsOf(bytes);
    session.segments += segments;
    session.leastBytes =
      bytes + headerBytes > segmentBytes ? 0 : Math.min(session.leastBytes, (bytes + headerBytes) / segments);
  }

  /** A session was closed, and all that was under way with it. */
  forget({ name }: Peer): void {
    this.#sessions.delete(name);
  }

  /** Forgets all to whom nothing is under way. */
  #sweep(outstanding: OutstandingBytes): void {
    for (const [name, { identity }] of this.#sessions) if (outstanding(identity) === 0) this.#sessions.delete(name);
    this.#sweepAt = Math.max(firstSweep, 2 * this.#sessions.size);
  }
}

function check(session: Session, outstanding: number): void {
  if (outstanding === 0) {
    session.segments = 0;
    session.leastBytes = Infinity;
  } else if (session.leastBytes > 0) {
    session.segments = Math.min(session.segments, Math.ceil(outstanding / session.leastBytes));
  }
  session.checked = session.segments;
}

// One more than it must have, for packets end where they will.
function segmentsOf(bytes: number): number {
  return Math.ceil((bytes + headerBytes) / segmentBytes) + 1;
}
