/**
 * Two sides of one comparison, timed in turns: what else the machine does then hits both alike. The median of the rounds
 * is what counts, so a few that were disturbed do not.
 */

/** One side of a comparison. */
export interface Side {
  /** What a round needs before it; not timed. */
  readonly prepare?: () => void;
  /** One round of work. */
  readonly work: () => void | Promise<void>;
}

export interface Rounds {
  /** Rounds that are run but not counted: the compiler and the caches get warm. */
  readonly warmUp: number;
  readonly counted: number;
}

/** Median seconds that a round takes, of each side. */
export interface Timed {
  readonly ours: number;
  readonly theirs: number;
}

/** The middle one of some values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

async function secondsOf({ prepare, work }: Side): Promise<number> {
  prepare?.();
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export async function inTurns(ours: Side, theirs: Side, { warmUp, counted }: Rounds): Promise<Timed> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -warmUp; round < counted; round++) {
    const first = round % 2 === 0;
    // Whoever comes second finds warmer caches: the sides take turns in that too.
    const a = await secondsOf(first ? ours : theirs);
    const b = await secondsOf(first ? theirs : ours);
    if (round < 0) continue;
    times.ours.push(first ? a : b);
    times.theirs.push(first ? b : a);
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}
