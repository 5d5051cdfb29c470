/**
 * Which fee rate a transaction gets, by how long it may take: an operation dies with its consensus hash, and a register
 * with its preorder, so what a fee must buy is a block before that height. Pure: estimates come as data.
 */

/** Satoshis per virtual byte. */
export interface FeeBounds {
  /** What nodes relay at all. */
  readonly floor: number;
  /** Never more than this (`--max-fee-rate`). */
  readonly ceiling: number;
}

/** What is asked for at an urgency. */
export interface Urgency {
  /** Blocks within which it should confirm. */
  readonly targetBlocks: number;
  /** The estimate is multiplied by it: estimates are medians, and the last blocks do not forgive. */
  readonly factor: number;
}

/** Fewer blocks left, more urgent. Twice as many blocks as the target, and more, are left at each step. */
const SCHEDULE: readonly (Urgency & { readonly blocksLeft: number })[] = [
  { blocksLeft: 12, targetBlocks: 6, factor: 1 },
  { blocksLeft: 8, targetBlocks: 4, factor: 1 },
  { blocksLeft: 5, targetBlocks: 2, factor: 1.25 },
  { blocksLeft: 3, targetBlocks: 1, factor: 1.5 },
  { blocksLeft: -Infinity, targetBlocks: 1, factor: 2 },
];

/** Every target that the schedule asks for, ascending: what a source has to be asked. */
export const FEE_TARGETS: readonly number[] = [...new Set(SCHEDULE.map(({ targetBlocks }) => targetBlocks))].toSorted(
  (a, b) => a - b,
);

/** What fits the blocks that are left, the last good one included; null: it may take as long as it likes. */
export function urgencyOf(blocksLeft: number | null): Urgency {
  const left = blocksLeft ?? Infinity;
  const { targetBlocks, factor } = SCHEDULE.find((step) => left >= step.blocksLeft) ?? { targetBlocks: 1, factor: 2 };
  return { targetBlocks, factor };
}

/** Satoshis per virtual byte by target in blocks; a target without an estimate is left out. */
export type FeeEstimates = ReadonlyMap<number, number>;

export interface ChosenRate extends Urgency {
  /** Satoshis per virtual byte, within the bounds. */
  readonly feeRate: number;
  /** What the estimate asks for lies above the ceiling. */
  readonly capped: boolean;
}

/**
 * The rate for so many blocks left: the estimate of its target, and never less than that of a slower one, since sources
 * contradict themselves. Null without any estimate.
 */
export function chooseFeeRate(
  blocksLeft: number | null,
  estimates: FeeEstimates,
  { floor, ceiling }: FeeBounds,
): ChosenRate | null {
  const urgency = urgencyOf(blocksLeft);
  const slower = [...estimates].filter(([target]) => target >= urgency.targetBlocks).map(([, rate]) => rate);
  const slowest = [...estimates].toSorted(([a], [b]) => b - a)[0]?.[1];
  if (slowest === undefined) return null;
  // Where all estimates are for faster targets, the slowest of them is more than enough.
  const wanted = Math.max(floor, Math.max(slowest, ...slower) * urgency.factor);
  return { ...urgency, feeRate: Math.min(wanted, ceiling), capped: wanted > ceiling };
}
