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
  const others = new Set<number>();
  for (let at = from; at > to;) {
    at = skipListHeights(at, firstBlock).findLast((height) => height >= to) ?? to;
    steps.push(at);
  }
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
  const { steps, leaves } = planWalk(from, to, firstBlock);
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
  const { steps, leaves } = planWalk(pin.height, target, firstBlock);
  const { opsHashes, consensusHashes } = proof;
  if (opsHashes.length < steps.length || consensusHashes.length < leaves.length) {
    return unproven(`${steps.length} ops hashes and ${leaves.length} consensus hashes from ${pin.height} to ${target}`);
  }
  if (opsHashes.length > steps.length || consensusHashes.length > leaves.length) {
    return refuted(`the walk has more hashes than one from ${pin.height} to ${target}`);
  }
  if (new Set(consensusHashes).size < consensusHashes.length) return refuted("the walk repeats a consensus hash");
  const known = new Map(leaves.map((height, i) => [height, consensusHashes[i]] as const));
  for (let i = steps.length - 1; i >= 0; i--) {
    const [height, ops] = [steps[i] ?? target, opsHashes[i]];
    const earlier = skipListHeights(height, firstBlock).map((leaf) => known.get(leaf));
    if (ops === undefined || earlier.includes(undefined)) return unproven(`the leaves of step ${height}`);
    known.set(height, consensusHashOf(ops, earlier as ConsensusHash[]));
  }
  const computed = known.get(pin.height);
  const found = opsHashes.at(-1);
  if (found === undefined || computed !== pin.consensusHash) {
    return refuted(`the walk leads to ${computed ?? "nothing"}, not to the pinned ${pin.consensusHash}`);
  }
  return proven(found);
}
