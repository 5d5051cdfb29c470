/** A chain as the original hashed it: what a server of proofs knows of it. */
import { type ConsensusHash, consensusHash, type OpsHash, opsHash } from "../../src/primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../../src/primitives/units.ts";
import type { Anchor } from "../../src/verify/anchor.ts";
import type { HashesByHeight } from "../../src/verify/name-walk.ts";
import { type ExpectedBlock, readReplayVector, readVectors } from "./vectors.ts";

export interface HashedChain extends HashesByHeight {
  readonly firstBlock: BlockHeight;
  readonly tip: BlockHeight;
  /** Texts of the operations that were hashed. */
  readonly operationsAt: (height: number) => readonly string[];
  anchorAt(height: number): Anchor;
}

interface HashedBlock {
  readonly opsHash: OpsHash;
  readonly consensusHash: ConsensusHash;
  readonly operations: readonly string[];
}

function chainOf(firstBlock: number, blocks: readonly HashedBlock[]): HashedChain {
  const at = (height: number): HashedBlock => {
    const block = blocks[height - firstBlock];
    if (block === undefined) throw new RangeError(`no block ${height}`);
    return block;
  };
  return {
    firstBlock: blockHeight(firstBlock),
    tip: blockHeight(firstBlock + blocks.length - 1),
    opsHashAt: (height) => at(height).opsHash,
    consensusHashAt: (height) => at(height).consensusHash,
    operationsAt: (height) => at(height).operations,
    anchorAt: (height) => ({ height: blockHeight(height), consensusHash: at(height).consensusHash }),
  };
}

const hashedBlock = ({ opsHash: ops, consensusHash: hash, accepted }: ExpectedBlock): HashedBlock => ({
  opsHash: opsHash(ops),
  consensusHash: consensusHash(hash),
  operations: accepted.flatMap(({ serialized }) => (serialized === undefined ? [] : [serialized])),
});

/** A chain of test/vectors/replay. */
export function replayedChain(path: string): HashedChain {
  const { expected } = readReplayVector(path);
  return chainOf(expected[0]?.height ?? 0, expected.map(hashedBlock));
}

/** A chain of test/vectors/toy. */
export function toyHashes(file: string): HashedChain {
  const { blocks } = readVectors(`toy/${file}`) as {
    blocks: { height: number; ops_hash: string; consensus_hash: string; serialized_ops: string[] }[];
  };
  return chainOf(
    blocks[0]?.height ?? 0,
    blocks.map((block) => ({
      opsHash: opsHash(block.ops_hash),
      consensusHash: consensusHash(block.consensus_hash),
      operations: block.serialized_ops,
    })),
  );
}
