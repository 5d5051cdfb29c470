/** The last blocks of the history that a node tells, proven under the pair that it gives for its last one. */
import { type ConsensusHash, consensusHash, type OpsHash } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type HashedRecord, parseHashedRecord } from "../ops/hashed-record.ts";
import { ParseError } from "../errors.ts";
import type { Anchor } from "../verify/anchor.ts";
import { opsHashOf } from "../verify/ops-hash.ts";
import { type Outcome, proven, refuted, unproven } from "../verify/outcome.ts";
import { LONGEST_STRETCH, verifyStretch } from "../verify/reach.ts";
import type { NodeClient } from "./node-client.ts";

type Asked = Pick<NodeClient, "url" | "info" | "consensusHashAt" | "stretch" | "operationTexts">;

/** A history that somebody claims. It hangs together; whether it is the right one is another question. */
export interface CandidateHistory {
  readonly url: string;
  readonly last: Anchor;
  /** By height; each is of this history, at that height or below (verify/reach.ts). */
  readonly hashes: ReadonlyMap<number, ConsensusHash>;
  /** The hash that the first operations of all may carry; null where the history does not reach down to the first block. */
  readonly initial: ConsensusHash | null;
  /** The records of a block's operations: no more and no less than were hashed. */
  recordsAt(height: number): Promise<Outcome<readonly HashedRecord[]>>;
}

/** From a height on, up to `to` or the node's last block, 2016 blocks at most. @throws BskError `machine` as the client does */
export async function candidateHistory(
  node: Asked,
  { firstBlock, genesisConsensusHash }: Pick<Network, "firstBlock" | "genesisConsensusHash">,
  from: number,
  to?: BlockHeight,
): Promise<Outcome<CandidateHistory>> {
  const last = await lastOf(node, to, from + LONGEST_STRETCH - 1);
  if (last === null || last.height < from) {
    return unproven(`a history up to block ${to ?? from}: ${node.url} has come to ${last?.height ?? "none"}`);
  }
  const proof = await node.stretch(from, last.height);
  if (proof === null) return unproven(`the hashes of blocks ${from} to ${last.height} from ${node.url}`);
  const stretch = verifyStretch(last, from, firstBlock, proof);
  if (stretch.kind !== "proven") return stretch;
  return proven({
    url: node.url,
    last,
    hashes: stretch.value,
    initial: from === firstBlock ? consensusHash(genesisConsensusHash) : null,
    recordsAt: async (height) => {
      const ops = proof.opsHashes[last.height - height];
      if (ops === undefined) return unproven(`block ${height}`);
      const texts = await node.operationTexts(height);
      return texts === null ? unproven(`the operations of block ${height}`) : recordsOf(texts, ops, height);
    },
  });
}

/** The node's pair of `to`, else of its last block, but none above `most`; null where it has not come there. */
async function lastOf(node: Asked, to: BlockHeight | undefined, most: number): Promise<Anchor | null> {
  const tip = to === undefined ? (await node.info()).tip : null;
  if (to === undefined && tip === null) return null;
  const height = blockHeight(Math.min(to ?? tip?.height ?? most, most));
  if (tip?.height === height) return { height, consensusHash: tip.consensusHash };
  const hash = await node.consensusHashAt(height);
  return hash === null ? null : { height, consensusHash: hash };
}

function recordsOf(texts: readonly string[], ops: OpsHash, height: number): Outcome<readonly HashedRecord[]> {
  // The tree repeats the last leaf of an odd row: a text that is there twice does not show (spec 04 §7.8).
  if (new Set(texts).size < texts.length) return refuted(`an operation of block ${height} is there twice`);
  if (opsHashOf(texts) !== ops) return refuted(`the operations of block ${height} do not have its ops hash`);
  try {
    return proven(texts.map(parseHashedRecord));
  } catch (error) {
    if (error instanceof ParseError) return refuted(`block ${height} holds what is no operation: ${error.message}`);
    throw error;
  }
}
