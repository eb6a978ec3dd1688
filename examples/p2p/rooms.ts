/** Rooms for two, found by a code. */

/** What somebody needs who has a place in a room. */
export interface Ticket {
  /** The room's code. */
  readonly room: string;
  readonly identity: string;
  /** Proves to the relay that the identity is his. */
  readonly token: string;
  /** Who has the other place. */
  readonly other: string;
  /** STUN servers, separated by commas; may be empty. */
  readonly stun: string;
}

// No letters that are taken for others.
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const codeLength = 6;
const lifeMilliseconds = 3_600_000;
const mostRooms = 10_000;

/** All rooms that there are. Each is gone an hour after it was opened. */
export class Rooms {
  readonly #stun: string;
  // The oldest first.
  readonly #rooms = new Map<string, { readonly until: number; isFull: boolean }>();
  readonly #identities = new Map<string, { readonly identity: string; readonly until: number }>();

  constructor(stun: string) {
    this.#stun = stun;
  }

  /** Opens a room, and gives its first place; undefined when there are too many rooms. */
  open(): Ticket | undefined {
    this.#expire();
    if (this.#rooms.size >= mostRooms) return undefined;
    const room = this.#newCode();
    this.#rooms.set(room, { until: performance.now() + lifeMilliseconds, isFull: false });
    return this.#ticket(room, "host", "guest");
  }

  /** Gives the second place in a room; undefined when there is no such room, or none free in it. */
  enter(code: string): Ticket | undefined {
    this.#expire();
    const room = this.#rooms.get(code);
    if (room === undefined || room.isFull) return undefined;
    room.isFull = true;
    return this.#ticket(code, "guest", "host");
  }

  /** Who has this token. */
  identityOf(token: string): string | undefined {
    this.#expire();
    return this.#identities.get(token)?.identity;
  }

  /** Whether two are in the same room. */
  areTogether(one: string, other: string): boolean {
    return roomOf(one) === roomOf(other);
  }

  #ticket(room: string, own: string, others: string): Ticket {
    const token = crypto.randomUUID();
    const identity = `str:${room}-${own}`;
    this.#identities.set(token, { identity, until: performance.now() + lifeMilliseconds });
    return { room, identity, token, other: `str:${room}-${others}`, stun: this.#stun };
  }

  #newCode(): string {
    for (;;) {
      const numbers = crypto.getRandomValues(new Uint8Array(codeLength));
      const code = Array.from(numbers, (number) => letters[number % letters.length]).join("");
      if (!this.#rooms.has(code)) return code;
    }
  }

  #expire(): void {
    const now = performance.now();
    for (const things of [this.#rooms, this.#identities]) {
      for (const [key, { until }] of things) {
        if (until > now) break;
        things.delete(key);
      }
    }
  }
}

function roomOf(identity: string): string {
  return identity.slice(0, identity.indexOf("-"));
}
