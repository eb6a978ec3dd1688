/** Messages for which there was no room: kept, and sent in order as soon as there is some. */
import { Result, SendFlags } from "../../ffi/enums.ts";
import { NetworkingError } from "../errors.ts";
import type { NetworkingSockets } from "../sockets/sockets.ts";
import type { Outbox } from "../traffic/outbox.ts";
import type { OutgoingMessage } from "../traffic/send.ts";
import type { ConnectionHandle } from "../values/handles.ts";
import type { Party } from "./party.ts";

/** What a backlog needs. */
export interface BacklogGround {
  readonly sockets: NetworkingSockets;
  /** How many bytes may wait to be sent on a connection. */
  sendBufferSize(connection: ConnectionHandle): number;
  /** The open connection of this handle. */
  partyOf(connection: ConnectionHandle): Party | undefined;
  /** Is told of a message that can't be sent. */
  failed(party: Party, error: NetworkingError): void;
}

const mostPerCall = 256;

/**
 * Connections that have no room, and their reliable messages that wait for it. A message that can't be sent at all, with
 * however much room, is told to its connection and stops nothing that comes after it.
 */
export class Backlog {
  // Private to TypeScript only: see Slots.
  private readonly ground: BacklogGround;
  private readonly waiting = new Map<Party, OutgoingMessage[]>();

  constructor(ground: BacklogGround) {
    this.ground = ground;
  }

  /** Whether no connection is without room. */
  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** Whether a connection has no room. */
  has(party: Party): boolean {
    return this.waiting.size > 0 && this.waiting.has(party);
  }

  /** Keeps what must be kept of the `count` messages that an outbox has just sent, or has failed to send. */
  keep(outbox: Outbox, count: number): void {
    const untried = new Set<Party>();
    for (let at = 0; at < count; at++) {
      const result = outbox.result(at);
      if (result > 0) continue;
      const { connection, payload, flags, lane } = outbox.entry(at);
      const party = this.ground.partyOf(connection);
      if (party === undefined) continue;
      // 0: it was not tried, because an earlier one to the same connection failed.
      if (result < 0) {
        const problem = this.problemOf(connection, payload.length, -result);
        if (problem === "over") continue;
        this.waiting.set(party, []);
        if (problem !== "full") {
          untried.add(party);
          this.ground.failed(party, problem);
          continue;
        }
      }
      const isReliable = (flags & SendFlags.Reliable) !== 0;
      if (isReliable || untried.has(party)) {
        this.waiting.get(party)?.push({ connection, data: payload.slice(), flags, lane });
      }
    }
    for (const party of untried) this.send(party);
  }

  /** Sends what waits on a connection. Answers whether something had waited, and all of it went. */
  send(party: Party): boolean {
    const waiting = this.waiting.get(party);
    if (waiting === undefined) return false;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostPerCall);
      const results = this.ground.sockets.sendMessages(batch);
      const failed = results.findIndex((result) => result <= 0);
      waiting.splice(0, failed < 0 ? batch.length : failed);
      const message = waiting[0];
      if (failed < 0 || message === undefined) continue;
      const problem = this.problemOf(message.connection, lengthOf(message), -results[failed]!);
      if (problem === "full" || problem === "over") return false;
      waiting.shift();
      this.ground.failed(party, problem);
    }
    this.waiting.delete(party);
    return true;
  }

  /** A connection has ended. */
  forget(party: Party): void {
    this.waiting.delete(party);
  }

  /** Why a message was refused: there is no room now, the connection is about to end, or what is wrong with it. */
  private problemOf(connection: ConnectionHandle, length: number, result: number): NetworkingError | "full" | "over" {
    if (result === Result.InvalidParam) return refused();
    if (result !== Result.LimitExceeded) return "over";
    return length > this.ground.sendBufferSize(connection) ? tooLarge(length) : "full";
  }
}

function lengthOf({ data }: OutgoingMessage): number {
  return data instanceof Uint8Array ? data.length : 0;
}

function tooLarge(length: number): NetworkingError {
  return new NetworkingError(
    `A message of ${length} bytes never fits into the connection's send buffer. Set SendBufferSize to more, or send it in parts`,
  );
}

function refused(): NetworkingError {
  return new NetworkingError(
    `The library refused a message with the result InvalidParam. See that its lane is one of those that lanes() has made`,
  );
}
