/**
 * What happens now and then. Sent reliably and as JSON: it must not be lost, and is too rare for its size to matter.
 * @module
 */

/** A player as all know it. */
export interface PlayerCard {
  /** Its number, which is that of its body in the positions. */
  readonly id: number;
  readonly name: string;
  readonly score: number;
}

/** What the server tells everybody. */
export type ArenaEvent =
  | ({ readonly type: "joined" } & PlayerCard)
  | { readonly type: "left"; readonly id: number }
  | { readonly type: "scored"; readonly id: number; readonly score: number };

/** What the server tells somebody who joins: who he is, and who else is there. */
export interface Welcome {
  readonly type: "welcome";
  readonly id: number;
  readonly players: readonly PlayerCard[];
}

const longestName = 24;

/** What a client says first. */
export function writeGreeting(name: string): string {
  return JSON.stringify({ name });
}

/**
 * Reads what a client says first. Clients are not to be trusted: they can send anything.
 * @returns the name.
 * @throws SyntaxError, TypeError when it is no greeting.
 */
export function readGreeting(text: string): string {
  const greeting: unknown = JSON.parse(text);
  if (typeof greeting === "object" && greeting !== null && "name" in greeting && typeof greeting.name === "string") {
    const name = greeting.name.trim().slice(0, longestName);
    if (name !== "") return name;
  }
  throw new TypeError("A greeting has a name");
}
