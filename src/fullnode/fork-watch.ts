/**
 * Watching for forks, as the whitepaper of the original has it: lagging followers at tip-1, -2, -4, -8, … keep the hashes of
 * their heights. Whatever another source says now is compared with what they kept, nearest first: the first one that
 * agrees proves all below it, since each hash commits to those before it. Pure: heights are yielded, answers taken.
 */
import type { BlockHash, ConsensusHash } from "../primitives/hash.ts";
import { lastAgreement } from "./fork-point.ts";

/** The hashes of one height. */
export interface Hashes {
  readonly blockHash: BlockHash;
  readonly consensusHash: ConsensusHash;
}

export interface Follower extends Hashes {
  readonly height: number;
}

/** What somebody else has at a height; null where nothing is there yet. A Bitcoin source knows no consensus hashes. */
export type Sighting = { readonly blockHash: BlockHash; readonly consensusHash: ConsensusHash | null } | null;

export type Comparison =
  /** The nearest follower that can be compared agrees. */
  | { readonly kind: "agrees"; readonly height: number }
  /** They have no block at the height of any follower. */
  | { readonly kind: "behind" }
  /** Another chain of blocks since `forkHeight`, the last common block. */
  | { readonly kind: "fork"; readonly forkHeight: number }
  /** The same blocks, and other operations accepted in them: `height` is the first where that shows. */
  | { readonly kind: "rules"; readonly height: number };

/** The followers of a chain that ends at `tip`: at most log2 of its length. */
export function followersOf(tip: number, firstBlock: number, hashesAt: (height: number) => Hashes | null): Follower[] {
  const followers: Follower[] = [];
  for (let lag = 1; tip - lag >= firstBlock; lag *= 2) {
    const hashes = hashesAt(tip - lag);
    if (hashes !== null) followers.push({ height: tip - lag, ...hashes });
  }
  return followers;
}

/**
 * Compares followers with what somebody else has. `hashesAt` are our own at heights between followers. Where there is no
 * fork, one question; where there is, as many as the logarithm of its depth.
 */
export function* compare(
  followers: readonly Follower[],
  firstBlock: number,
  hashesAt: (height: number) => Hashes | null,
): Generator<number, Comparison, Sighting> {
  for (const { height, blockHash, consensusHash } of followers) {
    const theirs = yield height;
    if (theirs === null) continue;
    if (theirs.blockHash !== blockHash) {
      const same = (sighting: Sighting, at: number) => sighting?.blockHash === hashesAt(at)?.blockHash;
      return { kind: "fork", forkHeight: yield* searched(lastAgreement(height, firstBlock), same) };
    }
    if (theirs.consensusHash === null || theirs.consensusHash === consensusHash) return { kind: "agrees", height };
    const same = (sighting: Sighting, at: number) => sighting?.consensusHash === hashesAt(at)?.consensusHash;
    return { kind: "rules", height: (yield* searched(lastAgreement(height, firstBlock), same)) + 1 };
  }
  return { kind: "behind" };
}

/** Passes a search's questions on, and tells it whether the answers agree with us. */
function* searched(
  search: Generator<number, number, boolean>,
  agrees: (sighting: Sighting, at: number) => boolean,
): Generator<number, number, Sighting> {
  let step = search.next();
  while (step.done !== true) step = search.next(agrees(yield step.value, step.value));
  return step.value;
}
