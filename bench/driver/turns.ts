/** Variants take turns, so that whatever else the machine does hits all of them alike. */

/** One way to do a piece of work. */
export interface Variant {
  readonly name: string;
  /** Does it for a while, and answers the figure. */
  measure(): Promise<number>;
}

/** The figures of each variant, by its name; those of one round have the same index. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/** Lets each variant warm up once, then measures all of them in each round, each round beginning with another one. */
export async function takeTurns<One extends Variant>(
  variants: readonly One[],
  rounds: number,
  warmUp: (variant: One) => Promise<unknown> = (variant) => variant.measure(),
): Promise<Samples> {
  for (const variant of variants) await warmUp(variant);
  const samples = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < variants.length; turn++) {
      const { name, measure } = variants[(turn + round) % variants.length]!;
      samples.get(name)!.push(await measure());
    }
  }
  return samples;
}
