/** What a message or a tick costs each variant, by thread and by function. */
import { median } from "../driver/rows.ts";
import { functionGroups, groupOf } from "./functions.ts";
import { samplesOf } from "./perf.ts";
import type { Case, Subject } from "./subjects.ts";
import { ThreadClock, threadKinds, type ThreadKind } from "./threads.ts";

/** A line of a profile: what costs each of the subjects how much, in the order of the case. */
export interface Line {
  readonly what: string;
  readonly costs: readonly number[];
  /** For each subject its figure by that of the last one: the middle of all rounds, the least and the most. */
  readonly ratios?: readonly { readonly middle: number; readonly least: number; readonly most: number }[];
}

/** Figures of one round by what they are figures of. */
type Round = Map<string, number>;

const tries = 3;
// JavaScript that runs 128 times a second is being compiled for some 10 seconds.
const warmUps = 4;
const total = "all threads";

/** By thread: each variant works in turns, as often as is said. */
export async function costsByThread({ subjects, nanoseconds }: Case, rounds: number): Promise<Line[]> {
  for (let times = 0; times < warmUps; times++) for (const subject of subjects) await subject.work();
  const measured = subjects.map((): Round[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const at = (turn + round) % subjects.length;
      measured[at]!.push(await oneRound(subjects[at]!, nanoseconds));
    }
  }
  const lines = new Set(measured.flatMap((all) => all.flatMap((round) => [...round.keys()])));
  return [...lines].map((what) => {
    const figures = measured.map((all) => all.map((round) => round.get(what) ?? 0));
    const base = figures.at(-1)!;
    const ratios = figures.map((own) => own.map((figure, round) => figure / base[round]!).toSorted((a, b) => a - b));
    return {
      what,
      costs: figures.map(median),
      ratios: ratios.map((all) => ({ middle: median(all), least: all[0]!, most: all.at(-1)! })),
    };
  });
}

/** By function, of threads that cost more than `least`: perf tells the shares, `lines` how much they are shares of. */
export async function costsByFunction({ subjects }: Case, lines: readonly Line[], least: number): Promise<Line[]> {
  const all = new Map<string, number[]>();
  for (const [at, subject] of subjects.entries()) {
    for (const [process, pid] of Object.entries(subject.pids)) {
      const clock = new ThreadClock(pid);
      const samples = await samplesOf(pid, async () => {
        for (let times = 0; times < 3; times++) await subject.work();
      });
      // Its new threads have names, too.
      clock.lap();
      for (const kind of threadKinds) {
        const cost = lines.find(({ what }) => what === lineOf(process, kind))?.costs[at] ?? 0;
        const ofKind = samples.filter(({ thread }) => clock.kindOf(thread) === kind).map(groupOf);
        for (const group of functionGroups) {
          const what = `${lineOf(process, kind)}: ${group}`;
          const costs = all.get(what) ?? subjects.map(() => 0);
          const share = ofKind.filter((other) => other === group).length / Math.max(1, ofKind.length);
          all.set(what, costs.with(at, cost * share));
        }
      }
    }
  }
  return [...all].map(([what, costs]) => ({ what, costs })).filter(({ costs }) => Math.max(...costs) >= least);
}

async function oneRound(subject: Subject, unit: number): Promise<Round> {
  for (let left = tries; left > 0; left--) {
    const round = await tryRound(subject, unit);
    if (round !== undefined) return round;
  }
  throw new Error(`${subject.name}: its connection ended ${tries} times. The machine is too busy`);
}

async function tryRound(subject: Subject, unit: number): Promise<Round | undefined> {
  const clocks = Object.entries(subject.pids).map(([process, pid]) => ({ process, clock: new ThreadClock(pid) }));
  const work = await subject.work();
  // The processes may be others now.
  if (work === undefined) return undefined;
  const { amount, figures = {} } = work;
  const round: Round = new Map();
  let sum = 0;
  for (const { process, clock } of clocks) {
    const used = clock.lap();
    for (const kind of threadKinds) {
      const cost = (used.get(kind) ?? 0) / unit / amount;
      round.set(lineOf(process, kind), cost);
      sum += cost;
    }
  }
  round.set(total, sum);
  for (const [name, figure] of Object.entries(figures)) round.set(name, figure);
  return round;
}

function lineOf(process: string, kind: ThreadKind): string {
  return process === "" ? kind : `${process}, ${kind}`;
}
