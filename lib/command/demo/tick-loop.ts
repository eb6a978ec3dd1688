/** A loop that holds its rate. */

const sleeper = new Int32Array(new SharedArrayBuffer(4));

// A timer fires up to a millisecond early or late, so it ends before the deadline; a futex is exact to 0.1 ms.
const timerSlackMilliseconds = 1.2;

/**
 * Calls `tick` at `hz` until it answers false. Deadlines lie on a fixed grid, so that a late tick makes none after it
 * late; ticks that were missed are made up for. Between ticks the event loop has its turn.
 * @param tick is told how late it is, in milliseconds.
 */
export async function runTicks(hz: number, tick: (lateness: number) => boolean): Promise<void> {
  const period = 1000 / hz;
  const start = performance.now();
  for (let number = 1; ; number++) {
    const deadline = start + number * period;
    await sleepUntil(deadline);
    if (!tick(performance.now() - deadline)) return;
  }
}

async function sleepUntil(deadline: number): Promise<void> {
  const timer = Math.floor(deadline - performance.now() - timerSlackMilliseconds);
  await (timer >= 1 ? Bun.sleep(timer) : new Promise((resolve) => setImmediate(resolve)));
  for (let left = deadline - performance.now(); left > 0; left = deadline - performance.now()) {
    Atomics.wait(sleeper, 0, 0, left);
  }
}
