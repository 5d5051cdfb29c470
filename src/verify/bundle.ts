/**
 * A proof that travels: what the network accepted of a name, for whoever trusts one pair of height and consensus hash.
 * Its levels, and why they hold: docs/protocol/proof.md. It is made by `prove-bundle`, checked by `verify-bundle`.
 */
import type { HashedNamespaceRecord, HashedRecord } from "../ops/hashed-record.ts";
import type { NetworkId } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Anchor } from "./anchor.ts";
import type { Inclusion } from "./inclusion.ts";
import type { NameState } from "./name-state.ts";
import type { WalkProof } from "./name-walk.ts";
import type { OperationProof } from "./operation-proof.ts";

/** From the least to the most. */
export const PROOF_LEVELS = ["included", "placed", "complete"] as const;

export type ProofLevel = (typeof PROOF_LEVELS)[number];

/** An operation with its way to the ops hash of its block, and the block that is said to hold it. */
export interface HeldOperation extends OperationProof {
  readonly height: BlockHeight;
}

/**
 * The hashes of a walk from the pin down to a run of blocks, through it, and to the block of the namespace's operation, in
 * the order of `planRun`. Ops hashes of blocks that the log lists are left out.
 */
export interface BundleWalk extends WalkProof {
  readonly upper: BlockHeight;
  readonly lower: BlockHeight;
}

/** The texts of a block's operations, in block order; at least one. */
export interface LoggedBlock {
  readonly height: BlockHeight;
  readonly texts: readonly string[];
}

export interface ProofBundle {
  readonly network: NetworkId;
  readonly name: Name;
  /** From which the walk goes down: who reads the proof must trust this very pair. */
  readonly pin: Anchor;
  /** The state at this height is shown; null below `complete`, where nothing is said of later operations. */
  readonly at: BlockHeight | null;
  /** What the proof was made for; the check says what it reaches. */
  readonly level: ProofLevel;
  /** The last operation on the name; null where the log holds it, or where there is none. */
  readonly operation: HeldOperation | null;
  /** The last operation on the name's namespace; null where the log holds it, and at `included`. */
  readonly namespace: HeldOperation | null;
  /** What dates the run's ends, upper before lower, where the operation does not and the end is not certain by itself. */
  readonly dates: readonly HeldOperation[];
  /** null: attached, for readers with a spine or a log of their own. */
  readonly walk: BundleWalk | null;
  /** All operations of the run, by block, upwards; null below `complete`, and where it is attached. */
  readonly log: readonly LoggedBlock[] | null;
  /** That the operation's transaction is in a Bitcoin block: a second way to `placed`, for readers who hold headers. */
  readonly inclusion: Inclusion | null;
  /** The zone file of the record, where it was at hand. */
  readonly zonefile: Uint8Array | null;
}

/** What a bundle came to: nothing but what the pin authenticates. */
export type ProvenName = { readonly zonefile: Uint8Array | null } & (
  | {
      /** Accepted at or before the pin, at a height that is not proven. */
      readonly level: "included";
      readonly record: HashedRecord;
    }
  | {
      /** Accepted in exactly that block. */
      readonly level: "placed";
      readonly record: HashedRecord;
      readonly height: BlockHeight;
      /** An operation on the namespace, which says how long names live; null in a bundle made for `included`. */
      readonly namespace: HashedNamespaceRecord | null;
    }
  | {
      /** No later operation exists up to `at`. */
      readonly level: "complete";
      readonly at: BlockHeight;
      readonly state: NameState;
    }
);

/** Blocks between the ends of a run below `complete`: what is wider is larger than it is worth. */
export const WIDEST_RUN = 2016;
