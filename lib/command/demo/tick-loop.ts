/** A loop that holds its rate. */

const sleeper = new Int32Array(new SharedArrayBuffer(4));

// A timer fires up to a millisecond early or late, so it ends before the deadline; a futex is exact to 0.1 ms.
const timerSlackMilliseconds = 1.2;

// Who is further behind than this can't keep the rate, and would only fall further behind by making up for it.
const mostBehindMilliseconds = 250;

/**
 * Calls `tick` at `hz` until it answers false. Deadlines lie on a fixed grid, so that a late tick makes none after it
 * late; a few ticks that were missed are made up for, more are left out. Between ticks the event loop has its turn.
 * @param tick is told how late it is, in milliseconds.
 */
export async function runTicks(hz: number, tick: (lateness: number) => boolean): Promise<void> {
  const period = 1000 / hz;
  const start = performance.now();
  for (let number = 1; ; number++) {
    const deadline = start + number * period;
    await sleepUntil(deadline);
    const lateness = performance.now() - deadline;
    if (!tick(lateness)) return;
    if (lateness > mostBehindMilliseconds) number += Math.floor(lateness / period);
  }
}

async function sleepUntil(deadline: number): Promise<void> {
  const timer = Math.floor(deadline - performance.now() - timerSlackMilliseconds);
  await (timer >= 1 ? Bun.sleep(timer) : new Promise((resolve) => setImmediate(resolve)));
  for (let left = deadline - performance.now(); left > 0; left = deadline - performance.now()) {
    Atomics.wait(sleeper, 0, 0, left);
  }
}
