/**
 * The classic walk from a trusted block to an earlier one (spec 04 §4), in one answer: each step's leaves, each hash once.
 *
 * What it proves is `included`: a block with this ops hash is the pinned one or comes before it. Which one is not proven:
 * leaves are sorted before they are hashed, so whoever answers chooses which of them to call "block n - 3" (spec 04 §7.1).
 */
import type { ConsensusHash, OpsHash } from "../primitives/hash.ts";
import type { Anchor } from "./anchor.ts";
import { consensusHashOf } from "./consensus-hash.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";
import { skipListHeights } from "./skip-list.ts";

/** Where a walk goes: what it says of heights follows from the two ends, so an answer need not repeat it. */
export interface WalkPlan {
  /** Heights from the pin down to the target. */
  readonly steps: readonly number[];
  /** Heights of the other leaves of these steps, descending. */
  readonly leaves: readonly number[];
}

/** Hashes of a plan, in its order. */
export interface WalkProof {
  readonly opsHashes: readonly OpsHash[];
  readonly consensusHashes: readonly ConsensusHash[];
}

/** Each step takes the longest jump that does not pass the target. @throws RangeError unless first <= to <= from */
export function planWalk(from: number, to: number, firstBlock: number): WalkPlan {
  if (!(firstBlock <= to && to <= from)) throw new RangeError(`no walk from ${from} to ${to}`);
  const steps = [from];
  for (let at = from; at > to;) {
    at = skipListHeights(at, firstBlock).findLast((height) => height >= to) ?? to;
    steps.push(at);
  }
  return planOf(steps, firstBlock);
}

/** Of steps from the pin down, each among the leaves of the one before. */
export function planOf(steps: readonly number[], firstBlock: number): WalkPlan {
  const others = new Set<number>();
  for (const step of steps) for (const height of skipListHeights(step, firstBlock)) others.add(height);
  for (const step of steps) others.delete(step);
  return { steps, leaves: [...others].sort((a, b) => b - a) };
}

/** Hashes by height, of whoever has indexed the chain. */
export interface HashesByHeight {
  opsHashAt(height: number): OpsHash;
  consensusHashAt(height: number): ConsensusHash;
}

/** @throws what the lookups throw, and RangeError as `planWalk` */
export function proveWalk(from: number, to: number, firstBlock: number, hashes: HashesByHeight): WalkProof {
  return provePlan(planWalk(from, to, firstBlock), hashes);
}

/** @throws what the lookups throw */
export function provePlan({ steps, leaves }: WalkPlan, hashes: HashesByHeight): WalkProof {
  return {
    opsHashes: steps.map((height) => hashes.opsHashAt(height)),
    consensusHashes: leaves.map((height) => hashes.consensusHashAt(height)),
  };
}

/**
 * Hashes upward from the target: the consensus hash of every step is computed, never taken. The ops hash of the target if
 * the last one computed is the pinned one. The caller says of no height that it was proven.
 * @throws RangeError as `planWalk`: heights that make no walk are the caller's mistake
 */
export function verifyWalk(pin: Anchor, target: number, firstBlock: number, proof: WalkProof): Outcome<OpsHash> {
  const walked = verifyPlan(pin, planWalk(pin.height, target, firstBlock), firstBlock, proof);
  if (walked.kind !== "proven") return walked;
  const found = proof.opsHashes.at(-1);
  return found === undefined ? unproven(`the ops hash of block ${target}`) : proven(found);
}

/** The consensus hashes of a plan, by the heights that it gives them: of its steps computed, of its leaves committed to. */
export function verifyPlan(
  pin: Anchor,
  { steps, leaves }: WalkPlan,
  firstBlock: number,
  { opsHashes, consensusHashes }: WalkProof,
): Outcome<ReadonlyMap<number, ConsensusHash>> {
  const [from, to] = [pin.height, steps.at(-1) ?? pin.height];
  if (opsHashes.length < steps.length || consensusHashes.length < leaves.length) {
    return unproven(`${steps.length} ops hashes and ${leaves.length} consensus hashes from ${from} to ${to}`);
  }
  if (opsHashes.length > steps.length || consensusHashes.length > leaves.length) {
    return refuted(`the walk has more hashes than one from ${from} to ${to}`);
  }
  const known = new Map<number, ConsensusHash>();
  leaves.forEach((height, i) => known.set(height, consensusHashes[i] as ConsensusHash));
  for (let i = steps.length - 1; i >= 0; i--) {
    const [height, ops] = [steps[i] ?? to, opsHashes[i]];
    const earlier = skipListHeights(height, firstBlock).map((leaf) => known.get(leaf));
    if (ops === undefined || earlier.includes(undefined)) return unproven(`the leaves of step ${height}`);
    known.set(height, consensusHashOf(ops, earlier as ConsensusHash[]));
  }
  // The tree repeats the last leaf of an odd row: where two heights have one hash, it would not show which is left out.
  if (new Set(known.values()).size < known.size) return refuted("the walk repeats a consensus hash");
  const computed = known.get(pin.height);
  if (computed === pin.consensusHash) return proven(known);
  return refuted(`the walk leads to ${computed ?? "nothing"}, not to the pinned ${pin.consensusHash}`);
}
