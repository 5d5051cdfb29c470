/**
 * Which of two operations came first, where the labels of a server are not to be trusted (spec 04 §7.1).
 *
 * A consensus hash commits to those of earlier blocks alone. So a walk that goes down from the consensus hash of the block
 * that holds one operation, and comes to the ops hash of the block that holds another, shows that the other block comes
 * before, whatever heights the server gives to either.
 */
import type { HashedRecord } from "../ops/hashed-record.ts";
import type { ConsensusHash, NetworkId, OpsHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { consensusHashOf } from "./consensus-hash.ts";
import { type HashesByHeight, planWalk, proveWalk, verifyWalk, type WalkProof } from "./name-walk.ts";
import { type Outcome, proven, refuted } from "./outcome.ts";
import { datedHeight } from "./self-dated.ts";
import { skipListHeights } from "./skip-list.ts";

/** An operation that was proven under a pin, and the block that holds it. */
export interface PlacedOperation {
  /** The text that was hashed. */
  readonly text: string;
  readonly record: HashedRecord;
  readonly block: {
    readonly opsHash: OpsHash;
    readonly consensusHash: ConsensusHash;
    /** What the server called it: says how many leaves its consensus hash has, and nothing else. */
    readonly label: BlockHeight;
    /** Its height, where an operation in it says so; else null. */
    readonly height: BlockHeight | null;
  };
}

/** A walk from the block of a later operation down to the block of an earlier one, as a server labels them. */
export interface AncestryProof {
  readonly network: NetworkId;
  readonly later: BlockHeight;
  readonly earlier: BlockHeight;
  readonly walk: WalkProof;
}

/** The consensus hash of the block that a walk leads to; worth what `verifyWalk` said of the walk. */
export function consensusHashAtEnd(from: number, target: number, firstBlock: number, walk: WalkProof): ConsensusHash {
  const { leaves } = planWalk(from, target, firstBlock);
  const own = new Set(skipListHeights(target, firstBlock));
  const earlier = walk.consensusHashes.filter((_, i) => own.has(leaves[i] ?? -1));
  return consensusHashOf(walk.opsHashes.at(-1) as OpsHash, earlier);
}

/** @throws what the lookups throw, and RangeError unless firstBlock <= earlier <= later */
export function proveAncestry(
  later: BlockHeight,
  earlier: BlockHeight,
  chain: HashesByHeight & { readonly firstBlock: number; readonly network: NetworkId },
): AncestryProof {
  const { firstBlock, network } = chain;
  return { network, later, earlier, walk: proveWalk(later, earlier, firstBlock, chain) };
}

/** Does the proof show that one operation's block comes before the other's? Never throws for what a proof says. */
export function verifyAncestry(
  proof: AncestryProof,
  { later, earlier }: { readonly later: PlacedOperation; readonly earlier: PlacedOperation },
  { network, firstBlock }: { readonly network: NetworkId; readonly firstBlock: number },
): Outcome<true> {
  if (proof.network !== network) return refuted(`a walk of another network, ${proof.network}`);
  if (proof.later !== later.block.label) return refuted(`a walk from block ${proof.later}, not ${later.block.label}`);
  if (proof.earlier < firstBlock || proof.earlier >= proof.later) {
    return refuted(`no block ${proof.earlier} stands between ${firstBlock} and ${proof.later}`);
  }
  const from = { height: proof.later, consensusHash: later.block.consensusHash };
  const found = verifyWalk(from, proof.earlier, firstBlock, proof.walk);
  if (found.kind !== "proven") return found;
  return found.value === earlier.block.opsHash ? proven(true) : refuted("the walk leads to another block");
}

/**
 * Is the first operation the earlier one, as far as both say by themselves: in one block by their indices, which are
 * hashed; else by heights that their blocks or records carry. null: that takes a proof of ancestry.
 */
export function isEarlier(one: PlacedOperation, other: PlacedOperation): boolean | null {
  if (one.block.opsHash === other.block.opsHash) return one.record.vtxindex < other.record.vtxindex;
  const [a, b] = [spanOf(one), spanOf(other)];
  const [before, after] = [a.last <= b.first, b.last <= a.first];
  return before === after ? null : before;
}

/** Between which heights an operation's block is, by what is hashed: not before its name's last renewal. The blocks differ. */
function spanOf({ record, block: { height } }: PlacedOperation): { readonly first: number; readonly last: number } {
  const dated = height ?? datedHeight(record);
  if (dated !== null) return { first: dated, last: dated };
  return { first: "lastRenewed" in record ? record.lastRenewed : 0, last: Infinity };
}
