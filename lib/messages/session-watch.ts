/** Which sessions of `NetworkingMessages` there are, and which have ended without a word of the library's. */
import { maxConnectionDescription } from "../../ffi/constants.ts";
import { ConnectionState } from "../../ffi/enums.ts";
import { layoutOf } from "../../ffi/layout.ts";
import { SharedMemory } from "../../ffi/memory.ts";
import { SteamNetConnectionInfo_t, SteamNetConnectionRealTimeStatus_t } from "../../ffi/structs.ts";
import type { Backend } from "../../sdk/backend.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { NetworkingEvent } from "../events/events.ts";
import { infoBytes, statusBytes } from "../values/connection-info.ts";
import type { Peer } from "./peers.ts";

const lookMilliseconds = 1000;
const { None, Connecting, FindingRoute, Connected } = ConnectionState;
const infoOffsets = layoutOf(SteamNetConnectionInfo_t).offsets;
const statusOffsets = layoutOf(SteamNetConnectionRealTimeStatus_t).offsets;

interface Session {
  readonly peer: Peer;
  /** The connection behind it; undefined when there is none, or it failed. */
  connection: string | undefined;
  /** Messages that were sent since the library last had nothing under way. */
  unconfirmed: number;
}

/**
 * The library tells when a session could not be made, but not when one that stood is lost, and with it what was under
 * way. So each one is looked at about once a second while callbacks are run.
 */
export class SessionWatch {
  // One for all openings, as a hub is, and gone with the last of them.
  static readonly #watches = new WeakMap<EventHub, SessionWatch>();

  /** The watch on the library whose hub this is. */
  static of(hub: EventHub): SessionWatch {
    let watch = SessionWatch.#watches.get(hub);
    if (watch === undefined) SessionWatch.#watches.set(hub, (watch = new SessionWatch(hub)));
    return watch;
  }

  readonly #hub: EventHub;
  readonly #sessions = new Map<string, Session>();
  readonly #info = new SharedMemory(infoBytes);
  readonly #status = new SharedMemory(statusBytes);
  #lookAt = 0;
  /** Whoever runs callbacks. */
  #backend: Backend | undefined;

  private constructor(hub: EventHub) {
    this.#hub = hub;
    hub.beforeRuns.push((backend) => {
      this.#backend = backend;
      if (this.#sessions.size === 0 || performance.now() < this.#lookAt) return;
      this.#lookAt = performance.now() + lookMilliseconds;
      for (const session of this.#sessions.values()) this.#look(backend, session);
    });
    // The end of the one before comes first.
    hub.insiders.on("messagesSessionRequest", ({ identity }) => {
      const session = this.#sessions.get(identity);
      const backend = this.#backend;
      if (session !== undefined && backend?.isOpen === true) this.#look(backend, session, true);
    });
    // Of its end the library tells by itself.
    hub.insiders.on("messagesSessionFailed", ({ connection: { identity } }) => {
      const session = this.#sessions.get(identity);
      if (session !== undefined) session.connection = undefined;
    });
  }

  /** A message was sent to somebody, or his session was accepted. */
  used(backend: Backend, peer: Peer, messages: number): void {
    let session = this.#sessions.get(peer.name);
    if (session === undefined) {
      session = { peer, connection: undefined, unconfirmed: 0 };
      this.#sessions.set(peer.name, session);
    }
    session.unconfirmed += messages;
    if (session.connection === undefined) this.#look(backend, session);
  }

  /** A session was closed by us. */
  forget({ name }: Peer): void {
    this.#sessions.delete(name);
  }

  #look(backend: Backend, session: Session, tellsNow = false): void {
    const { GetSessionConnectionInfo } = backend.library.functions.messages;
    const state = GetSessionConnectionInfo(
      backend.messages,
      session.peer.identity.bytes,
      this.#info.bytes,
      this.#status.bytes,
    );
    const isAlive = state === Connecting || state === FindingRoute || state === Connected;
    const connection = isAlive ? this.#connection() : undefined;
    // One that failed keeps its last state, for the event that tells it.
    const hasEnded =
      session.connection !== undefined && connection !== session.connection && (isAlive || state === None);
    if (hasEnded) {
      const { peer, unconfirmed } = session;
      const told: NetworkingEvent = { name: "messagesSessionEnded", event: { identity: peer.name, unconfirmed } };
      if (tellsNow) this.#hub.tell(told);
      else this.#hub.queue(told);
    }
    if (!this.#isUnderWay()) session.unconfirmed = 0;
    if (isAlive) session.connection = connection;
    else this.#sessions.delete(session.peer.name);
  }

  /** What tells the connection that was looked at from the next one of the same peer: its number, in a text. */
  #connection(): string {
    const description = this.#info.text(infoOffsets.description, maxConnectionDescription);
    return /#\d+/.exec(description)?.[0] ?? "";
  }

  #isUnderWay(): boolean {
    const { view } = this.#status;
    return (
      view.getInt32(statusOffsets.pendingReliable, true) + view.getInt32(statusOffsets.sentUnackedReliable, true) > 0
    );
  }
}
