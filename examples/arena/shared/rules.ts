/**
 * The rules of movement. The server and its clients run this same code on the same whole numbers, so a client that
 * repeats what the server did comes to exactly the same place.
 * @module
 */

/** Ticks a second, of the server and of its clients. */
export const ticksPerSecond = 128;

/** How large the arena is. Places are whole numbers in it, so that what is simulated is exactly what is sent. */
export const arena = { width: 12_800, height: 7_200 } as const;

/** From the middle of a player to its edge. */
export const playerRadius = 160;

/** From the middle of a spark to its edge. */
export const sparkRadius = 60;

/** Where a body is. */
export interface Place {
  x: number;
  y: number;
}

/** What decides where a player goes on: its place and its velocity, in 64ths of a step per tick. */
export interface Motion extends Place {
  velocityX: number;
  velocityY: number;
}

/** What a player wants at one tick: -127 to 127 each way. */
export interface Steering {
  readonly right: number;
  readonly down: number;
}

const fineness = 64;
const topSpeed = 26 * fineness;
const inertia = 24;
const fullSteering = 127;

/** Moves a player on by one tick. */
export function move(motion: Motion, { right, down }: Steering): void {
  // Not faster across than straight.
  const length = Math.max(fullSteering, Math.sqrt(right * right + down * down));
  motion.velocityX += Math.round(((right / length) * topSpeed - motion.velocityX) / inertia);
  motion.velocityY += Math.round(((down / length) * topSpeed - motion.velocityY) / inertia);
  motion.x += Math.round(motion.velocityX / fineness);
  motion.y += Math.round(motion.velocityY / fineness);
  const inside = keptInside(motion);
  if (inside.x !== motion.x) motion.velocityX = bounced(motion.velocityX);
  if (inside.y !== motion.y) motion.velocityY = bounced(motion.velocityY);
  Object.assign(motion, inside);
}

/** The place in the arena that is nearest to one that may be outside. */
export function keptInside({ x, y }: Place): Place {
  return {
    x: Math.min(Math.max(x, playerRadius), arena.width - playerRadius),
    y: Math.min(Math.max(y, playerRadius), arena.height - playerRadius),
  };
}

function bounced(velocity: number): number {
  return 0 - Math.trunc(velocity / 2);
}
