/** Searching for the highest rate that something can bear. */

const step = 1.02;
const firstGuess = 50_000;
const mostRate = 20_000_000;
const nearSteps = 8;
// One stumble may be the machine's.
const tries = 3;

/**
 * The highest rate that is clean, to within 2 %.
 * @param near where it was found the last time.
 * @param isClean tries a rate.
 * @returns 0 when not even the lowest rate is clean.
 */
export async function highestClean(
  near: number | undefined,
  isClean: (rate: number) => Promise<boolean>,
): Promise<number> {
  const holds = async (steps: number): Promise<boolean> => {
    for (let left = tries; left > 0; left--) if (await isClean(step ** steps)) return true;
    return false;
  };
  const widest = near === undefined ? stepsOf(2) : nearSteps;
  let low = near === undefined ? stepsOf(firstGuess) : stepsOf(near) - nearSteps;
  let high = Infinity;
  // Down until one holds, then up until one does not.
  for (let width = widest; !(await holds(low)); width *= 2) {
    high = low;
    low = Math.max(0, low - width);
    if (high === 0) return 0;
  }
  while (high === Infinity) {
    const next = low + (near === undefined ? widest : 2 * nearSteps);
    if (next > stepsOf(mostRate)) return step ** low;
    if (await holds(next)) low = next;
    else high = next;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return step ** low;
}

function stepsOf(rate: number): number {
  return Math.round(Math.log(rate) / Math.log(step));
}
