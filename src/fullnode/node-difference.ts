/** Where two nodes of one network part, and what their blocks hold there: a fork-set difference. */
import type { BlockHash, ConsensusHash, Txid } from "../primitives/hash.ts";
import { answered, lastAgreement } from "./fork-point.ts";

/** What is asked of a node. */
export interface ComparedNode<Operation extends { readonly txid: Txid }> {
  /** Height of its last block, null before the first. */
  tip(): Promise<number | null>;
  blockAt(height: number): Promise<{ readonly hash: BlockHash; readonly consensusHash: ConsensusHash } | null>;
  operationsAt(height: number): Promise<readonly Operation[]>;
}

export type NodeDifference<Operation> =
  /** At `height`, the last that both have, their consensus hashes agree, and so they do below. */
  | { readonly kind: "same"; readonly height: number }
  /** One of them has no block yet. */
  | { readonly kind: "nothing-in-common" }
  | {
      /** `chain`: other blocks. `rules`: the same block, and other operations accepted in it. */
      readonly kind: "chain" | "rules";
      /** The first at which the consensus hashes differ. */
      readonly height: number;
      readonly ours: NodeSide<Operation>;
      readonly theirs: NodeSide<Operation>;
    };

export interface NodeSide<Operation> {
  readonly blockHash: BlockHash;
  readonly consensusHash: ConsensusHash;
  readonly operations: readonly (Operation & {
    /** The other node accepted it in this block too. */ readonly both: boolean;
  })[];
}

/**
 * Bisects to the first height at which the consensus hashes differ: each commits to all before it, so that they agree up to
 * some height and nowhere above. On a block without operations two chains of blocks agree in it: other block hashes
 * alone are no difference in names.
 * @throws BskError as the nodes do
 */
export async function differenceOf<Operation extends { readonly txid: Txid }>(
  ours: ComparedNode<Operation>,
  theirs: ComparedNode<Operation>,
  firstBlock: number,
): Promise<NodeDifference<Operation>> {
  const tips = [await ours.tip(), await theirs.tip()] as const;
  if (tips[0] === null || tips[1] === null) return { kind: "nothing-in-common" };
  const top = Math.min(tips[0], tips[1]);
  const agree = async (height: number): Promise<boolean> => {
    const [a, b] = await Promise.all([ours.blockAt(height), theirs.blockAt(height)]);
    return a?.consensusHash === b?.consensusHash;
  };
  if (await agree(top)) return { kind: "same", height: top };
  const height = (await answered(lastAgreement(top, firstBlock), agree)) + 1;
  const [a, b] = await Promise.all([ours.blockAt(height), theirs.blockAt(height)]);
  // One of them took the block back while it was being asked.
  if (a === null || b === null) return { kind: "nothing-in-common" };
  const [inOurs, inTheirs] = await Promise.all([ours.operationsAt(height), theirs.operationsAt(height)]);
  return {
    kind: a.hash === b.hash ? "rules" : "chain",
    height,
    ours: sideOf(a, inOurs, inTheirs),
    theirs: sideOf(b, inTheirs, inOurs),
  };
}

function sideOf<Operation extends { readonly txid: Txid }>(
  { hash, consensusHash }: { readonly hash: BlockHash; readonly consensusHash: ConsensusHash },
  own: readonly Operation[],
  other: readonly Operation[],
): NodeSide<Operation> {
  const known = new Set(other.map(({ txid }) => txid));
  const operations = own.map((operation) => ({ ...operation, both: known.has(operation.txid) }));
  return { blockHash: hash, consensusHash, operations };
}
