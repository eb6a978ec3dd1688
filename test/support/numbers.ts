/** Lists of numbers. */

/** The numbers from `first` on, `count` of them. */
export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}
