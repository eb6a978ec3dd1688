/**
 * Where everything is at one tick: a table with one place for each body. Nothing is ever at 0, 0, so that stands for a
 * body that is not there, and joining and leaving are changes like any other.
 * @module
 */
import type { Place } from "./rules.ts";

/** How many players there can be: bodies 0 to 191. */
export const mostPlayers = 192;

/** How many sparks there are: bodies 192 to 223. */
export const sparks = 32;

/** How many bodies a table has. */
export const bodies = mostPlayers + sparks;

/** x and y of body 0, x and y of body 1, and so on. */
export type Positions = Uint16Array<ArrayBuffer>;

/** A table in which nothing is. */
export function noPositions(): Positions {
  return new Uint16Array(2 * bodies);
}

/** Where a body is; undefined when it is not there. */
export function placeOf(positions: Positions, body: number): Place | undefined {
  const x = positions[2 * body] ?? 0;
  const y = positions[2 * body + 1] ?? 0;
  return x === 0 && y === 0 ? undefined : { x, y };
}

/** Puts a body somewhere; undefined takes it away. */
export function putAt(positions: Positions, body: number, place: Place | undefined): void {
  positions[2 * body] = place?.x ?? 0;
  positions[2 * body + 1] = place?.y ?? 0;
}

/** The bodies of a table that are there, from one number to before another. */
export function* bodiesOf(positions: Positions, from: number, to: number): Generator<Place & { body: number }> {
  for (let body = from; body < to; body++) {
    const place = placeOf(positions, body);
    if (place !== undefined) yield { body, ...place };
  }
}
