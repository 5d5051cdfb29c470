/**
 * What the hash of one block says of the hashes before it: that an earlier pin is part of its history, and which hashes
 * its last blocks had.
 *
 * Anybody can extend a history with blocks of their own, so that an old pin is reached from a new one is needed to trust
 * the new one, and not enough (docs/protocol/pins.md).
 */
import type { ConsensusHash } from "../primitives/hash.ts";
import type { Anchor } from "./anchor.ts";
import {
  type HashesByHeight,
  planOf,
  planWalk,
  provePlan,
  verifyPlan,
  type WalkPlan,
  type WalkProof,
} from "./name-walk.ts";
import { type Outcome, proven, refuted } from "./outcome.ts";

/** Blocks that a stretch covers at most: two weeks. */
export const LONGEST_STRETCH = 2016;

/**
 * `kept`: the older pair is part of the newer one's history. `parted`: the newer one's history has another hash there.
 */
export type Reach = { readonly kind: "kept" } | { readonly kind: "parted"; readonly has: ConsensusHash };

/** Checks a walk from the newer to the older of two pairs. @throws RangeError unless the older is not above the newer */
export function verifyReach(newer: Anchor, older: Anchor, firstBlock: number, proof: WalkProof): Outcome<Reach> {
  const walked = verifyPlan(newer, planWalk(newer.height, older.height, firstBlock), firstBlock, proof);
  if (walked.kind !== "proven") return walked;
  const has = walked.value.get(older.height);
  if (has === undefined) return refuted(`the walk does not come to block ${older.height}`);
  return proven(has === older.consensusHash ? { kind: "kept" } : { kind: "parted", has });
}

/** @throws what the lookups throw, and RangeError as `verifyStretch` */
export function proveStretch(to: number, from: number, firstBlock: number, hashes: HashesByHeight): WalkProof {
  return provePlan(planStretch(to, from, firstBlock), hashes);
}

/**
 * The consensus hashes of the blocks from a height up to the pin, by height: every one of them is part of the pin's
 * history, at that height or before (unit steps never go up).
 * @throws RangeError unless firstBlock <= from <= pin.height, and beyond `LONGEST_STRETCH` blocks
 */
export function verifyStretch(
  pin: Anchor,
  from: number,
  firstBlock: number,
  proof: WalkProof,
): Outcome<ReadonlyMap<number, ConsensusHash>> {
  const walked = verifyPlan(pin, planStretch(pin.height, from, firstBlock), firstBlock, proof);
  if (walked.kind !== "proven") return walked;
  return proven(new Map([...walked.value].filter(([height]) => height >= from).sort(([a], [b]) => a - b)));
}

function planStretch(to: number, from: number, firstBlock: number): WalkPlan {
  if (!(firstBlock <= from && from <= to) || to - from >= LONGEST_STRETCH) {
    throw new RangeError(`no stretch from ${from} to ${to}`);
  }
  return planOf(
    Array.from({ length: to - from + 1 }, (_, i) => to - i),
    firstBlock,
  );
}
