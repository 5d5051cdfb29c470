import { fromHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import { type ConsensusHash, consensusHash, type OpsHash } from "../primitives/hash.ts";
import { merkleRoot } from "./merkle-root.ts";

/**
 * First 16 bytes of hash160 over the Merkle root of the sorted texts of this block's ops hash and of the earlier
 * consensus hashes that `skipListHeights` names (spec 03 §6). Sorting is by code unit, lengths mixed.
 */
export function consensusHashOf(ops: OpsHash, earlier: readonly ConsensusHash[]): ConsensusHash {
  const root = merkleRoot([...earlier, ops].sort());
  return consensusHash.of(hash160(fromHex(root)).slice(0, 16));
}
