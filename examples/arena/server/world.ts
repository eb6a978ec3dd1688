/** What is true: players, sparks, and what happens when they meet. It knows nothing of networks. */
import { mostPlayers, putAt, sparks, type Positions } from "../shared/positions.ts";
import { arena, keptInside, playerRadius, sparkRadius, type Motion, type Place } from "../shared/rules.ts";

/** Somebody who plays. */
export interface Player extends Motion {
  readonly id: number;
  readonly name: string;
  score: number;
}

const touchingPlayers = 2 * playerRadius;
const touchingSpark = playerRadius + sparkRadius;
const softness = 4;

/** The world. Its players are moved by their inputs; {@link step} does the rest. */
export class World {
  readonly #players = new Map<number, Player>();
  readonly #sparks: Place[];
  readonly #random: () => number;

  /** @param random as `Math.random`. */
  constructor(random = Math.random) {
    this.#random = random;
    this.#sparks = Array.from({ length: sparks }, () => this.#somewhere());
  }

  /** Who plays. */
  get players(): readonly Player[] {
    return [...this.#players.values()];
  }

  /** Somebody joins; undefined when the arena is full. */
  join(name: string): Player | undefined {
    let id = 0;
    while (this.#players.has(id)) id++;
    if (id >= mostPlayers) return undefined;
    const player: Player = { id, name, score: 0, velocityX: 0, velocityY: 0, ...this.#somewhere() };
    this.#players.set(id, player);
    return player;
  }

  /** Somebody leaves. */
  leave({ id }: Player): void {
    this.#players.delete(id);
  }

  /**
   * One tick: players that touch push each other away, and collect the sparks that they touch.
   * @returns who has collected one.
   */
  step(): Player[] {
    const { players } = this;
    players.forEach((one, index) => {
      for (let other = index + 1; other < players.length; other++) pushApart(one, players[other]!);
    });
    return players.filter((player) => this.#collect(player));
  }

  /** Writes where everything is into a table. */
  write(positions: Positions): void {
    positions.fill(0);
    for (const player of this.#players.values()) putAt(positions, player.id, player);
    this.#sparks.forEach((spark, index) => putAt(positions, mostPlayers + index, spark));
  }

  #collect(player: Player): boolean {
    const found = this.#sparks.findIndex((spark) => distance(player, spark) < touchingSpark);
    if (found < 0) return false;
    this.#sparks[found] = this.#somewhere();
    player.score++;
    return true;
  }

  #somewhere(): Place {
    const within = (size: number) => playerRadius + Math.floor(this.#random() * (size - 2 * playerRadius));
    return { x: within(arena.width), y: within(arena.height) };
  }
}

/** Clients can't foresee this: here it shows that predictions get corrected. */
function pushApart(one: Player, other: Player): void {
  if (Math.abs(one.x - other.x) >= touchingPlayers) return;
  const apart = distance(one, other);
  if (apart >= touchingPlayers) return;
  const strength = (touchingPlayers - apart) / softness;
  // Where one stands right on the other, any direction does.
  const right = Math.round(apart === 0 ? strength : ((one.x - other.x) / apart) * strength);
  const down = Math.round(apart === 0 ? 0 : ((one.y - other.y) / apart) * strength);
  Object.assign(one, keptInside({ x: one.x + right, y: one.y + down }));
  Object.assign(other, keptInside({ x: other.x - right, y: other.y - down }));
}

function distance(one: Place, other: Place): number {
  const [right, down] = [one.x - other.x, one.y - other.y];
  return Math.sqrt(right * right + down * down);
}
