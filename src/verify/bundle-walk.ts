/** The way of a bundle: from the pin to a run of blocks, through it one by one, and to other blocks besides. */
import type { ConsensusHash } from "../primitives/hash.ts";
import { planOf, planWalk, type WalkPlan } from "./name-walk.ts";
import { skipListHeights } from "./skip-list.ts";

/** Blocks that a walk visits one by one, none left out; heights, both ends included. */
export interface Run {
  readonly upper: number;
  readonly lower: number;
}

export const isInRun = ({ upper, lower }: Run, height: number): boolean => lower <= height && height <= upper;

/** The classic walks to the run's upper end and to the others, and all of the run. @throws RangeError as `planWalk` */
export function planRun(from: number, run: Run, others: readonly number[], firstBlock: number): WalkPlan {
  if (!(firstBlock <= run.lower && run.lower <= run.upper)) throw new RangeError(`no run ${run.upper} to ${run.lower}`);
  const steps = new Set([run.upper, ...others].flatMap((to) => planWalk(from, to, firstBlock).steps));
  for (let height = run.upper - 1; height >= run.lower; height--) steps.add(height);
  return planOf(
    [...steps].sort((a, b) => b - a),
    firstBlock,
  );
}

/**
 * The leaves of a plan in the one order that is written: the tree sorts what it hashes, so leaves that the same steps
 * commit to could change places and nothing would show it. Such leaves are put in ascending order.
 */
export function inOneOrder(
  { steps, leaves }: WalkPlan,
  firstBlock: number,
  consensusHashes: readonly ConsensusHash[],
): ConsensusHash[] {
  const places = new Map(leaves.map((height, place) => [height, place]));
  const users = leaves.map(() => "");
  for (const step of steps) {
    for (const height of skipListHeights(step, firstBlock)) {
      const place = places.get(height);
      if (place !== undefined) users[place] = `${users[place] ?? ""} ${step}`;
    }
  }
  const groups = new Map<string, number[]>();
  users.forEach((key, place) => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [place]);
    else group.push(place);
  });
  const ordered = [...consensusHashes];
  for (const group of groups.values()) {
    const ascending = group.map((place) => consensusHashes[place] as ConsensusHash).sort();
    group.forEach((place, i) => (ordered[place] = ascending[i] as ConsensusHash));
  }
  return ordered;
}
