/** Where a virtualchain keeps what it computed. One block is one unit: all of it is stored or none. */
import type { BlockHash, ConsensusHash, OpsHash, Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";

/** One operation that the rules accepted. */
export interface AcceptedOperation<Accepted> {
  readonly txid: Txid;
  readonly vtxindex: number;
  readonly accepted: Accepted;
  /** The exact hashed text; null for stateless operations. */
  readonly canonical: string | null;
  /** The transaction without witnesses, as it hashes to the txid. */
  readonly rawTransaction: Uint8Array;
  /** Script of the output that input 0 spends. */
  readonly senderScript: Uint8Array;
}

export interface RejectedOperation {
  readonly txid: Txid;
  readonly vtxindex: number;
  /** As of an accepted one: with these, the block can be judged again without its source. */
  readonly rawTransaction: Uint8Array;
  readonly senderScript: Uint8Array;
  readonly rule: string;
  readonly because: string;
}

/** Everything that a block came to. */
export interface IndexedBlock<Accepted, Changes> {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970, from the header. */
  readonly time: number;
  readonly opsHash: OpsHash;
  readonly consensusHash: ConsensusHash;
  readonly accepted: readonly AcceptedOperation<Accepted>[];
  readonly rejected: readonly RejectedOperation[];
  /** As in the candidate block. */
  readonly hashedOnly?: true;
  readonly changes: Changes;
}

/** The store of one virtualchain. */
export interface VirtualchainStore<View, Accepted, Changes> {
  /** The past as of the last stored block. */
  readonly view: View;
  /** Last stored block, null before the first. */
  tip(): { readonly height: BlockHeight; readonly hash: BlockHash } | null;
  consensusHashAt(height: number): ConsensusHash | null;
  /** Stores one block on top of the tip, durably and whole. */
  append(block: IndexedBlock<Accepted, Changes>): void;
  /** Takes the tip block back, exactly. */
  rollBack(): void;
}
