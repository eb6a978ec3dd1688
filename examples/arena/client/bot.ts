/** Plays by simple rules: to the nearest spark, and away from others who come close. */
import { bodiesOf, bodies, mostPlayers } from "../shared/positions.ts";
import { playerRadius, type Place, type Steering } from "../shared/rules.ts";
import type { ArenaClient } from "./arena-client.ts";

const tooClose = 4 * playerRadius;
const fullSteering = 127;
// It decides 16 times a second and holds to it in between.
const ticksPerDecision = 8;
const resting: Steering = { right: 0, down: 0 };

/** A bot. Call {@link tick} at the arena's rate. */
export class Bot {
  readonly client: ArenaClient;
  /** Whether it moves; it rests otherwise. */
  isPlaying = true;
  #steering = resting;
  #ticks = 0;

  constructor(client: ArenaClient) {
    this.client = client;
  }

  /** Decides and moves. */
  tick(): void {
    if (this.#ticks++ % ticksPerDecision === 0) this.#steering = this.#decide();
    this.client.tick(this.#steering);
  }

  #decide(): Steering {
    const { place, history } = this.client;
    const positions = history.at(history.newest);
    if (!this.isPlaying || place === undefined || positions === undefined) return resting;
    const sparks = [...bodiesOf(positions, mostPlayers, bodies)];
    return steer(place, sparks, this.#others());
  }

  /** The other players, as a person would see them. */
  #others(): Place[] {
    const { players, interpolation, id } = this.client;
    return [...players.keys()].filter((other) => other !== id).flatMap((other) => interpolation.placeOf(other) ?? []);
  }
}

/** Where to go from here. */
export function steer(here: Place, sparks: readonly Place[], others: readonly Place[]): Steering {
  const far = (place: Place) => Math.hypot(place.x - here.x, place.y - here.y);
  const target = sparks.toSorted((one, other) => far(one) - far(other))[0];
  if (target === undefined) return resting;
  const toTarget = Math.max(1, far(target));
  let right = (target.x - here.x) / toTarget;
  let down = (target.y - here.y) / toTarget;
  for (const other of others) {
    const apart = Math.max(1, far(other));
    if (apart > tooClose) continue;
    const fear = 1 - apart / tooClose;
    right += ((here.x - other.x) / apart) * fear;
    down += ((here.y - other.y) / apart) * fear;
  }
  const length = Math.max(1, Math.hypot(right, down));
  return { right: Math.round((right / length) * fullSteering), down: Math.round((down / length) * fullSteering) };
}
