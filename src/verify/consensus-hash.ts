import { fromHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import { type ConsensusHash, consensusHash, type OpsHash } from "../primitives/hash.ts";
import { merkleRootOfBytes } from "./merkle-root.ts";

/** Bytes of a consensus hash. */
export const CONSENSUS_HASH_BYTES = 16;

/**
 * First 16 bytes of hash160 over the Merkle root of the sorted texts of this block's ops hash and of the earlier
 * consensus hashes that `skipListHeights` names (spec 03 §6). Sorting is by code unit, lengths mixed.
 */
export function consensusHashOf(ops: OpsHash, earlier: readonly ConsensusHash[]): ConsensusHash {
  return consensusHash.of(consensusHashOfSorted([...earlier, ops].sort().map(fromHex)));
}

/** As `consensusHashOf`, over the bytes of all of them, sorted byte by byte: the order of their texts. */
export function consensusHashOfSorted(leaves: readonly Uint8Array[]): Uint8Array {
  return hash160(merkleRootOfBytes(leaves)).slice(0, CONSENSUS_HASH_BYTES);
}
